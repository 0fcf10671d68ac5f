"""The addresses that our processes are given, read back by the libraries that use them."""

from pathlib import Path

import dj_database_url
import pytest
from kombu import Connection

from truce.local import environment, valkey
from truce.local.environment import BadCombination
from truce.local.postgres import Cluster

SECRETS = {"owner": "p/a:s@s%w#o?d", "web": "w", "superuser": "s"}


@pytest.mark.parametrize("folder", ["/tmp/truce-x", "/srv/Truce Data/run", "/srv/هدنة/run", "/srv/50%/run"])
def test_a_database_address_survives_any_socket_folder_and_password(folder: str) -> None:
    cluster = Cluster(Path("/bin"), Path("/srv"), Path(folder), None, SECRETS, Path("/srv/log"))
    parsed = dj_database_url.parse(cluster.owner_url)
    assert (parsed["HOST"], parsed["NAME"], parsed["USER"], parsed["PASSWORD"]) == (folder, "truce", "truce_owner", SECRETS["owner"])


def test_a_broker_address_is_in_celerys_dialect_for_sockets() -> None:
    with Connection(valkey.url(Path("/tmp/truce-x"))) as connection:
        assert connection.transport_cls == "redis+socket" or connection.transport_cls == "redis"
        assert connection.as_uri() == "redis+socket:///tmp/truce-x/valkey.sock"


def test_what_the_caller_brings_wins_and_is_handed_on() -> None:
    caller = {"DATABASE_URL": "postgres://theirs", "DATABASE_OWNER_URL": "postgres://owners", "SECRET_KEY_FILE": "/run/secret", "HOME": "/h"}
    added = environment.ours("http://127.0.0.1:1", {"DATABASE_URL": "ours", "REDIS_URL": "ours", "SECRET_KEY": "ours"}, caller)
    assert added["DATABASE_URL"] == "postgres://theirs"
    assert added["REDIS_URL"] == "ours"
    # The settings refuse NAME and NAME_FILE together.
    assert "SECRET_KEY" not in added
    assert added["SECRET_KEY_FILE"] == "/run/secret"
    assert "HOME" not in added, "the state must not hold what is none of its business"


def test_an_instance_keeps_its_addresses_whatever_the_callers_shell_says() -> None:
    """bin/manage may be called from a shell that knows another database."""
    shell = {"DATABASE_URL_FILE": "/other", "BASE_URL_FILE": "/other", "PYTHONHOME": "/other", "REDIS_URL": "other", "LANG": "C"}
    complete = environment.complete({"DATABASE_URL": "ours", "REDIS_URL": "ours", "SECRET_KEY": "ours"}, shell)
    assert complete == {"LANG": "C", "DATABASE_URL": "ours", "REDIS_URL": "ours", "SECRET_KEY": "ours"}


def test_half_a_database_is_refused() -> None:
    with pytest.raises(BadCombination, match="DATABASE_OWNER_URL is set and DATABASE_URL is not"):
        environment.uses_own_database({"DATABASE_OWNER_URL": "postgres://owner"})
    assert environment.uses_own_database({"DATABASE_URL_FILE": "/run/url"})
    assert not environment.uses_own_database({"DATABASE_URL": ""})
