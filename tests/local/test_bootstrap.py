"""Making the environment: what is missing is said, what was interrupted is made again, what is there is left alone."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from truce.local import bootstrap, python
from truce.local.bootstrap import CannotPrepare

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose locks are small, with pip and uv replaced by notes of what was called."""
    (tmp_path / "requirements").mkdir()
    for name in ("local", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def done(clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done to make the environment."""
    done: list[str] = []

    def make() -> None:
        done.append("made")
        (clone / ".venv" / "bin").mkdir()
        (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(bootstrap, "make", make)
    monkeypatch.setattr(bootstrap, "fill", lambda file: done.append(f"filled from {file.stem}"))
    return done


def test_a_python_without_ensurepip_and_no_uv_says_what_to_do(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(CannotPrepare, match=r"(?s)its `ensurepip` is missing.*apt install python3-venv.*uv on the PATH"):
        bootstrap.prepare("local")
    assert not (clone / ".venv").exists(), "nothing half-made may stay behind"


def test_uv_alone_is_enough(clone: Path, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/uv" if name == "uv" else None)
    monkeypatch.setattr(bootstrap, "find_spec", lambda name: None)
    bootstrap.prepare("local")
    assert done == ["made", "filled from local"]


def test_the_second_start_has_nothing_to_do(done: list[str]) -> None:
    bootstrap.prepare("local")
    bootstrap.prepare("local")
    assert done == ["made", "filled from local"]


def test_the_test_lock_serves_everyone_but_not_the_other_way_round(done: list[str]) -> None:
    bootstrap.prepare("test")
    bootstrap.prepare("local")
    assert done == ["made", "filled from test"]
    assert bootstrap.is_filled("local")


def test_the_local_lock_does_not_serve_the_tests(done: list[str]) -> None:
    bootstrap.prepare("local")
    bootstrap.prepare("test")
    assert done == ["made", "filled from local", "filled from test"]


def test_a_changed_lock_is_installed_into_what_is_there(clone: Path, done: list[str]) -> None:
    bootstrap.prepare("local")
    (clone / "requirements" / "local.txt").write_text("# newer\n")
    bootstrap.prepare("local")
    assert done == ["made", "filled from local", "filled from local"]


def test_an_interrupted_installation_is_made_again(clone: Path, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(file: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bootstrap, "fill", interrupted)
        bootstrap.prepare("local")
    (clone / ".venv" / "half-copied").touch()
    bootstrap.prepare("local")
    assert done == ["made", "made", "filled from local"]
    assert not (clone / ".venv" / "half-copied").exists()


def test_an_environment_whose_python_has_gone_is_made_again(clone: Path, done: list[str]) -> None:
    bootstrap.prepare("local")
    (clone / ".venv" / "bin" / "python").unlink()
    (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    bootstrap.prepare("local")
    assert done == ["made", "filled from local"] * 2


def test_two_starts_in_one_clone_take_turns(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from truce.local.bootstrap import file_lock\n"
        "with file_lock(Path('lock'), 'waiting'):\n"
        "    assert not Path('busy').exists(); Path('busy').touch(); time.sleep(0.3); Path('busy').unlink()"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    starts = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environ) for _ in range(3)]
    assert [start.wait() for start in starts] == [0, 0, 0]
    assert time.monotonic() - began >= 0.9


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    """-S leaves out every installed package."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import truce.local.python, truce.local.bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], check=True)


def test_an_old_python_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(python, "other_pythons", list)
    with pytest.raises(SystemExit, match=r"(?s)needs Python 3\.11 or newer; `python3` is 3\.9\.2.*try again"):
        python.ensure_new_enough("bin/up")


def test_an_old_python_hands_over_to_a_newer_one_that_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = tmp_path / "python3.12"  # like a pyenv shim of a version that is not active
    silent.write_text("#!/bin/sh\nexit 127\n")
    silent.chmod(0o755)
    became: list[list[str]] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["bin/up", "--port", "1"])
    monkeypatch.setattr(python, "other_pythons", lambda: [str(silent), sys.executable])

    def become(program: str, words: list[str]) -> None:
        became.append(words)
        raise SystemExit

    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit):
        python.ensure_new_enough("bin/up")
    assert became == [[sys.executable, "bin/up", "--port", "1"]]


@pytest.mark.parametrize("name", ["up", "test", "manage"])
def test_the_commands_can_be_read_by_an_old_python(name: str) -> None:
    """One that is too old must get as far as saying so: what runs before that check keeps to the grammar of 3.7."""
    import ast

    for file in (
        ROOT / "bin" / name,
        ROOT / "truce" / "__init__.py",
        ROOT / "truce" / "local" / "__init__.py",
        ROOT / "truce" / "local" / "python.py",
    ):
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))
    assert os.access(ROOT / "bin" / name, os.X_OK)


@pytest.mark.parametrize("name", ["server", "local", "test"])
def test_locks_hold_hashes_and_no_addresses(name: str) -> None:
    words = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = [line for line in words.splitlines() if "==" in line and not line.lstrip().startswith("#")]
    assert pinned
    assert all(line.endswith("\\") for line in pinned), "each is followed by its hashes"
    assert not [line for line in words.splitlines() if "://" in line or line.startswith("-")]


def test_narrower_locks_agree_with_the_widest() -> None:
    def versions(name: str) -> set[str]:
        words = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return {line.split(" ")[0] for line in words.splitlines() if line[:1].isalnum()}

    assert versions("server") < versions("local") < versions("test")
