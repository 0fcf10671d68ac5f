"""Each service's very command, with its very environment, on servers of its own: the whole of docker-compose.yml but the containers."""

import json
import os
import secrets as random
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.processes import eventually
from tests.server import compose
from tests.server.compose import Place
from truce.local import postgres
from truce.local.datafolder import DataFolder
from truce.local.supervisor import Supervisor

FACTS = compose.compose()
OURS = compose.ours(FACTS)
pytestmark = pytest.mark.slow

# What a request may bring along that must not be in a log.
PRIVATE = ("salma", "hunter2", "Abu+Khalil", "203.0.113.77", "abu@khalil.example")


def test_the_whole_file(tmp_path: Path) -> None:
    with cluster() as server, Supervisor() as supervisor:
        postgres.initialise(server)
        supervisor.start(postgres.part(server))
        passwords = {name: random.token_hex(16) for name in FACTS["secrets"]} | {"secret_key": random.token_hex(32)}
        place = placed(server, passwords, tmp_path)
        make_roles(server, place)
        the_roles_are_apart(server, passwords)
        migrating_twice_is_migrating_once(place)
        staying = {name: service for name, service in OURS.items() if name != "migrate"}
        with place.running(staying) as started:
            try:
                the_web_answers(place)
                what_is_saved_is_sealed_and_posted(place)
                beat_sends_what_is_due(place)
                for name, service in staying.items():
                    assert place.is_healthy(service), name
                assert {name: process.poll() for name, process in started.items()} == dict.fromkeys(staying)
            except BaseException:
                for name in staying:
                    print(f"== {name}\n{place.log(name).read_text()[-3000:]}")  # noqa: T201
                raise
        for name in staying:
            every_line_is_json_without_personal_data(place.log(name))
        backups_run_where_the_owner_is(place)


def cluster() -> Any:
    """Return a throw-away database server, as a context."""
    from contextlib import contextmanager

    @contextmanager
    def made() -> Iterator[postgres.Cluster]:
        folder = DataFolder(Path(tempfile.mkdtemp(prefix="truce-test-")))
        folder.acquire()
        try:
            yield postgres.cluster(folder, throw_away=True)
        finally:
            folder.remove(postgres.unprivileged())
            folder.release()

    return made()


def placed(server: postgres.Cluster, passwords: dict[str, str], tmp_path: Path) -> Place:
    """Return where on this machine is what the file names: hosts, port, secrets and volumes."""
    for name in ("secrets", "image", "logs", "lib/files", "lib/backups", "lib/beat"):
        (tmp_path / name).mkdir(parents=True)
    for name, password in passwords.items():
        (tmp_path / "secrets" / name).write_text(f"{password}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    instead = {
        "database:5432": quote(str(server.sockets), safe=""),
        "redis://valkey:6379/0": os.environ["REDIS_URL"],
        "/run/secrets": str(tmp_path / "secrets"),
        "/var/lib/truce": str(tmp_path / "lib"),
        "0.0.0.0:8000": f"127.0.0.1:{port}",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "web:8000": f"127.0.0.1:{port}",
    }
    return Place(compose.build(tmp_path / "image"), instead, tmp_path / "logs")


def make_roles(server: postgres.Cluster, place: Place) -> None:
    """Run the file's own script as the database's image does: once, as superuser, on a database just made."""
    with server.connect() as connection:
        connection.execute("CREATE DATABASE truce")
    env = {"PATH": f"{server.programs}:{os.defpath}", "PGHOST": str(server.sockets), "PGPASSWORD": server.secrets["superuser"]}
    env |= {"POSTGRES_USER": "postgres", "POSTGRES_DB": FACTS["services"]["database"]["environment"]["POSTGRES_DB"]}
    script = place.mapped(FACTS["configs"]["roles"]["content"])
    done = subprocess.run(["bash", "-c", f"set -Eeo pipefail\n{script}"], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def the_roles_are_apart(server: postgres.Cluster, passwords: dict[str, str]) -> None:
    with psycopg.connect(server.url("truce_web", passwords["web_password"])) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("CREATE TABLE mine (id integer)")
    with psycopg.connect(server.url("truce_owner", passwords["owner_password"])) as owner:
        row = owner.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == (False,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("truce_web", passwords["owner_password"]))


def migrating_twice_is_migrating_once(place: Place) -> None:
    first, second = place.run(OURS["migrate"]), place.run(OURS["migrate"])
    assert first.returncode == 0, first.stdout + first.stderr
    assert second.returncode == 0 and "No migrations to apply" in second.stdout, second.stdout + second.stderr
    # Of the services that stay, none could do it.
    refused = place.run(OURS["web"], OURS["migrate"]["command"])
    assert refused.returncode != 0


def ask(place: Place, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body as the proxy would get them."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    base = place.mapped("http://127.0.0.1:8000")
    request = urllib.request.Request(base + path, headers={"Host": "truce.example.org"} | headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay).open(request, timeout=20) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def ready(place: Place) -> dict[str, Any]:
    try:
        parts: dict[str, Any] = json.loads(ask(place, "/readyz")[2])["parts"]
        return parts
    except OSError:
        return {}


def the_web_answers(place: Place) -> None:
    parts = eventually(lambda: ready(place), within=60)
    assert (parts["database"], parts["broker"]) == ({"status": "ok"}, {"status": "ok"})
    proxied = {"X-Forwarded-Proto": "https"}
    assert ask(place, "/")[:2][0] == 301, "plain HTTP is sent to HTTPS"
    status, headers, _ = ask(place, "/en/", **proxied)
    assert status == 302 and headers["Strict-Transport-Security"]
    status, headers, page = ask(place, f"/en/accounts/login/?next={PRIVATE[2]}", **proxied, **{"X-Request-ID": "asked-by-proxy-1"})
    assert (status, headers["X-Request-ID"]) == (200, "asked-by-proxy-1")
    assert "csrftoken" in headers["Set-Cookie"] and "Secure" in headers["Set-Cookie"]
    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert ask(place, sheet, **proxied)[0] == 200
    assert "تسجيل" in ask(place, "/ar/accounts/login/", **proxied)[2], "translations are compiled into the image"
    assert ask(place, f"/api/v1/reports/?q={PRIVATE[2]}&user={PRIVATE[0]}", **proxied, **{"X-Forwarded-For": PRIVATE[3]})[0] == 401
    assert ask(place, "/en/", **proxied, Host="other.example")[0] == 400


def what_is_saved_is_sealed_and_posted(place: Place) -> None:
    code = f"""
from incidents.models import User
from tests.builders import make_claim, make_report
user = User.objects.create_user({PRIVATE[0]!r}, password={PRIVATE[1]!r}, email={PRIVATE[4]!r}, role="analyst")
make_claim(254, by=user)
make_report(by=user)
"""
    # The builders are not in the image; what they write goes through its database as the web's role.
    command = [str(compose.PROGRAMS / "python"), str(compose.ROOT / "manage.py"), "shell", "-c", code]
    done = subprocess.run(command, cwd=compose.ROOT, env=place.environment(OURS["web"]), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    ledger = eventually(lambda: posted(place), within=30)
    assert (ledger["sealed"], ledger["posted"], ledger["status"]) == (2, 2, "ok")


def posted(place: Place) -> dict[str, Any]:
    ledger: dict[str, Any] = ready(place).get("ledger", {})
    return ledger if ledger.get("posted", 0) >= 2 else {}


def beat_sends_what_is_due(place: Place) -> None:
    eventually(lambda: "Sending due task" in place.log("beat").read_text(), within=60)
    eventually(lambda: "succeeded" in place.log("worker").read_text(), within=20)


def every_line_is_json_without_personal_data(log: Path) -> None:
    text = log.read_text()
    for word in (*PRIVATE, "127.0.0.1"):
        assert word not in text, f"{log.name}: {[line for line in text.splitlines() if word in line][:3]}"
    # Celery says good-bye in its own words, whatever it is told about logs.
    lines = [json.loads(line) for line in text.splitlines() if line and not line.startswith("worker: Warm shutdown")]
    assert log.name == "relay.log" or lines, f"{log.name} says nothing"
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    if log.name == "web.log":
        answered = [line for line in lines if line["logger"] == "truce.requests"]
        assert {"request": "asked-by-proxy-1", "method": "GET", "route": "en/accounts/login/", "status": 200}.items() <= answered[2].items()


def backups_run_where_the_owner_is(place: Place) -> None:
    backup = ["python", "manage.py", "backup", "--to", "/var/lib/truce/backups/one"]
    done = place.run(OURS["migrate"], backup)
    assert done.returncode == 0 and "Last seal: 2 " in done.stdout, done.stdout + done.stderr
    checked = place.run(OURS["migrate"], ["python", "manage.py", "verify_changes", "--against", "/var/lib/truce/backups/one/manifest.json"])
    assert checked.returncode == 0 and "1 seals noted elsewhere" in checked.stdout, checked.stdout + checked.stderr
    shutil.rmtree(place.mapped("/var/lib/truce/backups"))
