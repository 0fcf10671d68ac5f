"""`bin/manage` speaks to the running instance, and says so when there is none."""

from pathlib import Path

import pytest

from truce.local import manage
from truce.local.datafolder import DataFolder, State
from truce.local.processes import Recorded

ENV = {"DATABASE_URL": "postgres://instance", "REDIS_URL": "redis://instance", "SECRET_KEY": "s"}


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What it became, instead of becoming it."""
    became: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(manage, "become", lambda command, env: became.append((command, env)))
    return became


def test_without_an_instance_it_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main(["--data", str(tmp_path), "load_demo"]) == 1
    assert "Truce is not running from" in capsys.readouterr().out


def test_a_state_whose_supervisor_was_killed_is_no_instance(tmp_path: Path) -> None:
    DataFolder(tmp_path).write_state(State(Recorded(1, 0.0), "http://127.0.0.1:1", ENV))
    assert manage.main([f"--data={tmp_path}", "load_demo"]) == 1


def test_a_command_gets_the_environment_of_the_instance(
    tmp_path: Path, became: list[tuple[list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://of-this-shell")
    folder = DataFolder(tmp_path)
    folder.acquire()
    folder.write_state(State(Recorded(1, 0.0), "http://127.0.0.1:1", ENV))
    manage.main(["--data", str(tmp_path), "audit_tallies", "--data", "kept"])
    folder.release()
    ((command, env),) = became
    assert command[1].endswith("manage.py")
    assert command[2:] == ["audit_tallies", "--data", "kept"]
    assert env["DATABASE_URL"] == "postgres://instance"


def test_commands_that_look_at_the_code_alone_need_no_instance(tmp_path: Path, became: list[tuple[list[str], dict[str, str]]]) -> None:
    manage.main(["--data", str(tmp_path), "makemigrations"])
    assert became[0][0][2:] == ["makemigrations"]


def test_without_a_command_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main([]) == 2
    assert "Use: bin/manage" in capsys.readouterr().out
