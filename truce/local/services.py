"""The servers that everything else needs: the embedded ones, or those the caller brought."""

from truce.local import environment, postgres, terminal, valkey
from truce.local.datafolder import DataFolder
from truce.local.processes import kill, left_running
from truce.local.supervisor import Supervisor


def start(folder: DataFolder, supervisor: Supervisor, throw_away: bool = False) -> dict[str, str]:
    """Start the servers that the caller did not bring. Return the variables that say where they are, and the secret key."""
    values: dict[str, str] = {}
    if not environment.uses_own_database():
        cluster = postgres.cluster(folder, throw_away)
        values |= {"DATABASE_URL": cluster.web_url, "DATABASE_OWNER_URL": cluster.owner_url}
        if not cluster.data.exists():
            with terminal.step("Making the database cluster"):
                postgres.initialise(cluster)
        supervisor.start(postgres.part(cluster))
        postgres.make_roles(cluster)
    else:
        terminal.say("  Using the database that DATABASE_URL names")
    if not environment.given("REDIS_URL"):
        values["REDIS_URL"] = valkey.url(folder.sockets())
        supervisor.start(valkey.part(folder))
    else:
        terminal.say("  Using the broker that REDIS_URL names")
    return values | {"SECRET_KEY": folder.secrets()["secret_key"]}


def end_leftovers(folder: DataFolder) -> int:
    """End what an earlier supervisor left running here when it was killed, and return how many processes that were.

    Only the holder of the folder's lock may call this: whatever runs from here then has no supervisor.
    """
    state = folder.read_state()
    recorded = list(state.processes.values()) if state else []
    leftovers = left_running(recorded)
    kill(leftovers)
    return len(leftovers)
