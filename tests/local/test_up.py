"""Whole starts: what a newcomer, an impatient person and a failing machine do to `bin/up`."""

import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.local.conftest import eventually, is_running
from tests.local.whole import PARTS, ROOT, clone_to, own_environment, run_up, still_running, up
from truce.local import ports
from truce.local.datafolder import DataFolder
from truce.local.postgres import unprivileged

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder, with what may be placed outside of it removed afterwards."""
    folder = tmp_path / "data"
    yield folder
    forget(folder)


def forget(folder: Path) -> None:
    """Remove a data folder and what was placed elsewhere for it. Run as root that is a whole database, in the system's own folder."""
    if folder.exists():
        DataFolder(folder).remove(unprivileged())


def test_a_start_a_second_start_and_the_end(folder: Path) -> None:
    with up(folder) as first:
        before = first.pids()
        assert list(before) == PARTS
        assert first.answers("/livez")
        assert first.answers("/readyz")
        assert stat.S_IMODE((folder / "state.json").stat().st_mode) == 0o600

        second = run_up(folder, "--port", "0")
        assert second.returncode == 1
        assert f"already running from {folder}: {first.state['base_url']}" in second.stdout
        wiped = run_up(folder, "wipe", "--yes")
        assert wiped.returncode == 1
        assert "already running" in wiped.stdout
        assert first.pids() == before
        assert first.answers("/readyz")

        managed = subprocess.run(
            [sys.executable, ROOT / "bin" / "manage", "--data", folder, "migrate", "--check"], env=own_environment(), capture_output=True, check=False
        )
        assert managed.returncode == 0, managed.stderr

        assert first.end(signal.SIGINT) == 0
    stopped = [line.split(":")[0].removeprefix("  Stopping ") for line in first.said.splitlines() if line.startswith("  Stopping ")]
    assert stopped == PARTS[::-1]
    assert still_running(folder) == []
    assert not (folder / "state.json").exists()


def test_every_part_comes_back_after_kill_9(folder: Path) -> None:
    with up(folder) as instance:
        for name in PARTS:
            before = instance.pids()[name]
            instance.kill(name)
            assert eventually(lambda name=name, before=before: instance.pids().get(name, before) != before), instance.said  # type: ignore[misc]
            assert eventually(lambda: instance.answers("/readyz"), within=30), instance.said
        instance.kill(*PARTS)
        assert eventually(lambda: len(instance.pids()) == len(PARTS) and all(map(is_running, instance.pids().values())), within=30), instance.said
        assert eventually(lambda: instance.answers("/readyz"), within=30), instance.said
    assert still_running(folder) == []


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(folder: Path) -> None:
    with up(folder) as first:
        secret = first.state["env"]["SECRET_KEY"]
        first.end(signal.SIGKILL)
        assert eventually(lambda: still_running(folder) == [], within=10), still_running(folder)
    with up(folder) as second:
        assert second.state["env"]["SECRET_KEY"] == secret
        assert second.answers("/readyz")


def test_what_is_left_after_everything_was_killed_at_once_does_not_stop_the_next_start(folder: Path) -> None:
    with up(folder) as first:
        frozen = first.pids()["relay"]
        stale = Path(psutil.Process(first.pids()["postgres"]).cwd()) / "postmaster.pid"
        os.kill(frozen, signal.SIGSTOP)  # it will not notice that its supervisor dies
        pids = [first.process.pid, *(pid for name, pid in first.pids().items() if name != "relay")]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        first.process.wait()
        assert is_running(frozen)
    # Worse than stale: its number belongs to a living process of somebody else, as after a reboot.
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    with up(folder) as second:
        assert not is_running(frozen)
        assert "an earlier start had left running" in second.said
        assert second.answers("/readyz")
    assert still_running(folder) == []


def test_being_told_twice_ends_it_at_once(folder: Path) -> None:
    with up(folder) as instance:
        instance.process.send_signal(signal.SIGINT)
        assert eventually(lambda: "stopping" in instance.said)
        instance.end(signal.SIGINT, within=6)
    assert still_running(folder) == []


def test_it_runs_in_a_clone_with_a_long_path_spaces_and_arabic(tmp_path: Path) -> None:
    clone = clone_to(tmp_path / "a folder with spaces" / "مراقبة الهدنة" / ("long" * 30))
    with up(clone / ".truce", clone=clone) as instance:
        assert instance.answers("/readyz")
        sockets = DataFolder(clone / ".truce").sockets()
        instance.kill("postgres", "valkey")
        assert eventually(lambda: instance.answers("/readyz"), within=30), instance.said
    assert still_running(clone / ".truce") == []
    subprocess.run([sys.executable, clone / "bin" / "up", "wipe", "--yes"], cwd=clone, env=own_environment(), check=True, capture_output=True)
    assert not (clone / ".truce").exists()
    assert not sockets.exists()


def test_two_at_once_take_two_ports(tmp_path: Path) -> None:
    with up(tmp_path / "one", "--no-demo") as one, up(tmp_path / "two", "--no-demo") as two:
        assert one.state["base_url"] != two.state["base_url"]
        assert one.answers("/readyz")
        assert two.answers("/readyz")
    forget(one.folder)
    forget(two.folder)


def test_servers_that_the_caller_names_are_used_and_none_of_ours_is_started(folder: Path, tmp_path: Path) -> None:
    with up(folder) as servers:
        theirs = {name: servers.state["env"][name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
        with up(tmp_path / "other", env=own_environment() | theirs) as instance:
            assert list(instance.pids()) == ["web", "relay", "worker", "beat"]
            assert instance.state["env"] | theirs == instance.state["env"]
            assert instance.answers("/readyz")
            assert "Using the database that DATABASE_URL names" in instance.said


def test_a_taken_port_that_was_asked_for_is_a_clear_error(folder: Path) -> None:
    with ports.listen(0) as taken:
        ended = run_up(folder, "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "another program listens on it" in ended.stdout
    assert still_running(folder) == []


def test_a_step_that_fails_shows_its_log_and_ends_what_was_started(folder: Path) -> None:
    nowhere = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL"), "postgres://nobody@127.0.0.1:9/nothing")
    ended = run_up(folder, "--port", "0", env=own_environment() | nowhere)
    assert ended.returncode == 1
    assert "Truce did not start. Migrating: the command ended with status 1." in ended.stdout
    assert "connection refused" in ended.stdout.lower()
    assert still_running(folder) == []


def test_wipe_asks_and_takes_silence_for_no(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.acquire()
    folder.release()
    assert run_up(folder.path, "wipe").returncode == 1
    assert folder.path.exists()
    assert run_up(folder.path, "wipe", "--yes").returncode == 0
    assert not folder.path.exists()


def test_wipe_leaves_a_folder_alone_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    assert run_up(tmp_path / "letters", "wipe", "--yes").returncode == 1
    assert (tmp_path / "letters").exists()


def test_a_newcomer_without_rights_starts_from_an_empty_clone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An ordinary user, a clone with nothing made in it yet, packages from the registry. Run as root, it becomes such a user first."""
    place = tmp_path_factory.mktemp("newcomer").resolve()
    clone = clone_to(place / "clone", with_environment=False)
    env = own_environment() | {"HOME": str(place)}
    command = [python_for_everyone()]
    if os.geteuid() == 0:
        give_away(place)
        command = ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups", *command]
    with up(clone / ".truce", clone=clone, env=env, command=command) as instance:
        assert "Installing packages" in instance.said
        assert instance.answers("/readyz")
        instance.kill("postgres", "worker")
        assert eventually(lambda: instance.answers("/readyz"), within=30), instance.said
    assert still_running(clone / ".truce") == []


def test_root_runs_it_from_a_folder_that_nobody_else_can_enter(tmp_path: Path) -> None:
    if os.geteuid() != 0:  # PostgreSQL then runs as we do, and there is nothing to try
        return
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    closed.chmod(0o700)
    clone = clone_to(closed / "clone")
    with up(clone / ".truce", clone=clone) as instance:
        server = Path(f"/proc/{instance.pids()['postgres']}")
        assert server.stat().st_uid != 0
        data = (server / "cwd").readlink()
        assert closed not in data.parents
        assert instance.answers("/readyz")
    subprocess.run([sys.executable, clone / "bin" / "up", "wipe", "--yes"], cwd=clone, env=own_environment(), check=True, capture_output=True)
    assert not data.exists(), "wiping takes what was placed elsewhere along"


def python_for_everyone() -> str:
    """Return an interpreter that an ordinary user can run: ours may lie in a home that is closed to others."""
    for python in ["/usr/bin/python3", *(f"/usr/bin/python3.{minor}" for minor in range(20, 10, -1)), "/usr/local/bin/python3", sys.executable]:
        question = [python, "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"]
        user = {"user": "nobody"} if os.geteuid() == 0 else {}
        try:
            if subprocess.run(question, capture_output=True, check=False, cwd="/", **user).returncode == 0:  # type: ignore[call-overload]
                return python
        except OSError:
            continue
    raise AssertionError("there is no Python 3.11 with ensurepip that an ordinary user could run")


def give_away(place: Path) -> None:
    """Make everything there nobody's, and let them reach it."""
    owner = pwd.getpwnam("nobody")
    for path in [place, *place.rglob("*")]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    for folder in place.parents:
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
