"""`bin/test --all` says that everything has run, so a skip fails it - but for one reason."""

import subprocess
import sys
from pathlib import Path

import pytest

from truce.local.test import is_whole_suite, pytest_command

ROOT = Path(__file__).parents[2]


def run_all(folder: Path, code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_it.py").write_text(f"import pytest\n{code}\n")
    # Alone: neither Django's settings nor this repository's configuration.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "truce.local.skips",
        "-p",
        "no:django",
        "-p",
        "no:valkey",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ".",
    ]
    (folder / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [*command, *arguments], cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "def test_it(): pytest.skip('no browser')",
        "@pytest.mark.skip(reason='later')\ndef test_it(): pass",
        "pytest.skip('all of it', allow_module_level=True)",
        "nothing = pytest.importorskip('nothing_of_that_name')",
    ],
)
def test_a_skip_fails_the_run_and_is_named(tmp_path: Path, code: str) -> None:
    ended = run_all(tmp_path, code)
    assert ended.returncode == 1
    assert "skipped, which --all does not accept" in ended.stdout


def test_a_skip_fails_the_run_when_spread_over_processes(tmp_path: Path) -> None:
    ended = run_all(tmp_path, "def test_it(): pytest.skip('no browser')\ndef test_other(): pass", "-n", "2")
    assert ended.returncode == 1
    assert "test_it.py::test_it: no browser" in ended.stdout


@pytest.mark.parametrize("code", ["def test_it(): pytest.skip('shared data absent: claims')", "@pytest.mark.xfail\ndef test_it(): assert False"])
def test_absent_shared_data_and_expected_failures_are_accepted(tmp_path: Path, code: str) -> None:
    assert run_all(tmp_path, f"{code}\ndef test_other(): pass").returncode == 0


def test_a_failure_stays_a_failure(tmp_path: Path) -> None:
    assert run_all(tmp_path, "def test_it(): assert False").returncode == 1


def test_slow_and_browser_tests_wait_for_all() -> None:
    assert "not slow and not browser" in pytest_command([])
    assert "not slow and not browser" not in pytest_command(["--all"])
    assert "--all" not in pytest_command(["--all", "-x"])


def test_only_the_whole_suite_is_spread_over_processes() -> None:
    assert is_whole_suite([])
    assert is_whole_suite(["-q", "--durations=5"])
    for selecting in (["tests/local"], ["-k", "name"], ["--lf"], ["-x"], ["--pdb"], ["-n", "0"], ["-m", "slow"]):
        assert not is_whole_suite(selecting), selecting
    assert "worksteal" not in pytest_command(["--all"])


def test_what_the_caller_selects_wins() -> None:
    """pytest takes the last -m."""
    command = pytest_command(["-m", "slow", "tests/local"])
    assert command[-3:] == ["-m", "slow", "tests/local"]
