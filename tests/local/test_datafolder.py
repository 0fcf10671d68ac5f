"""The data folder: one holder at a time, private files, and places that sockets and servers can use."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from truce.local import datafolder
from truce.local.datafolder import BadFolder, DataFolder, Occupied, State
from truce.local.processes import Recorded

ROOT = Path(__file__).parents[2]


def held_by_another(path: Path) -> "subprocess.Popen[bytes]":
    """Return a process that holds the folder."""
    # The object must live on: it keeps the locked file open.
    code = "import sys, time; from pathlib import Path; from truce.local.datafolder import DataFolder\n"
    code += "folder = DataFolder(Path(sys.argv[1])); folder.acquire(); print('held', flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_a_second_start_is_refused_while_the_first_lives_however_it_ends(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with held_by_another(folder.path) as holder:
        assert folder.is_held()
        with pytest.raises(Occupied):
            folder.acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert not folder.is_held()
        folder.acquire()
    folder.release()
    assert not folder.is_held()


def test_a_folder_of_somebodys_files_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    tmp_path.chmod(0o755)
    with pytest.raises(BadFolder, match="not empty"):
        DataFolder(tmp_path).acquire()
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_looking_whether_it_is_held_does_not_take_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.acquire()
    assert DataFolder(tmp_path).is_held()
    assert not DataFolder(tmp_path / "elsewhere").is_held()
    folder.release()


def test_secrets_are_kept_private_and_differ_between_folders(tmp_path: Path) -> None:
    one, other = DataFolder(tmp_path / "one"), DataFolder(tmp_path / "other")
    one.path.mkdir()
    other.path.mkdir()
    secrets = one.secrets()
    assert one.secrets() == secrets
    assert not set(secrets.values()) & set(other.secrets().values())
    assert len(set(secrets.values())) == 4
    assert stat.S_IMODE((one.path / "secrets.json").stat().st_mode) == 0o600


def test_the_state_can_be_read_back_and_is_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    state = State(Recorded(1, 2.5), "http://127.0.0.1:8000", {"SECRET_KEY": "x"}, {"web": Recorded(3, 4.5)})
    folder.write_state(state)
    assert folder.read_state() == state
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600
    folder.forget_state()
    assert folder.read_state() is None


def test_the_state_in_a_copy_of_a_folder_is_not_its_own(tmp_path: Path) -> None:
    """A start from the copy of a running folder would otherwise end the processes of the original."""
    original = DataFolder(tmp_path / "original")
    original.path.mkdir()
    original.write_state(State(Recorded(1, 2.5), "", {}, {"web": Recorded(3, 4.5)}))
    shutil.copytree(original.path, tmp_path / "copy")
    assert DataFolder(tmp_path / "copy").read_state() is None
    original.path.rename(tmp_path / "moved")
    assert DataFolder(tmp_path / "moved").read_state() is not None


def test_the_state_of_before_a_reboot_is_not_of_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path)
    folder.write_state(State(Recorded(1, 2.5), "", {}, {"web": Recorded(3, 4.5)}))
    monkeypatch.setattr(datafolder, "this_boot", lambda: "another")
    assert folder.read_state() is None


@pytest.mark.parametrize("words", ["", "{", "[]", '{"supervisor": {}}'])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, words: str) -> None:
    (tmp_path / "state.json").write_text(words)
    assert DataFolder(tmp_path).read_state() is None


@pytest.mark.parametrize("name", ["a folder", "مجلد", "x" * 120, "per%cent", 'quo"te'])
def test_sockets_of_awkward_folders_lie_in_a_private_short_one(tmp_path: Path, name: str) -> None:
    folder = DataFolder(tmp_path / name)
    folder.path.mkdir()
    sockets = folder.sockets()
    try:
        assert datafolder.suits_sockets(sockets)
        assert len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) <= 107
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert DataFolder(folder.path).sockets() == sockets, "the next start must find the same"
    finally:
        folder.remove()
    assert not sockets.exists()


def test_sockets_of_a_plain_folder_lie_in_it() -> None:
    assert datafolder.suits_sockets(Path("/home/somebody/truce/.truce/run"))


def test_a_link_or_an_open_folder_put_in_the_place_of_ours_is_not_used(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a folder")
    folder.path.mkdir()
    first = folder.sockets()
    first.rmdir()
    first.symlink_to(tmp_path)
    second = folder.sockets()
    assert second != first
    second.chmod(0o777)
    third = folder.sockets()
    assert third not in {first, second}
    first.unlink()
    second.rmdir()
    folder.remove()


def test_a_copy_gets_places_of_its_own(tmp_path: Path) -> None:
    original = DataFolder(tmp_path / "a folder")
    original.path.mkdir()
    sockets = original.sockets()
    copy = DataFolder(tmp_path / "a copy")
    shutil.copytree(original.path, copy.path)
    copied = copy.sockets()
    assert copied != sockets
    copy.remove()
    assert sockets.exists(), "removing the copy must leave the original's alone"
    original.remove()


def test_a_log_that_has_grown_large_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datafolder, "LOG_LIMIT", 10)
    folder = DataFolder(tmp_path)
    folder.logs.mkdir()
    folder.log("web").write_text("a long story")
    assert not folder.log("web").exists()
    assert (folder.logs / "web.log.1").read_text() == "a long story"


def test_a_private_file_is_never_seen_half_written(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    datafolder.write_private(file, {"a": 1})
    inode = file.stat().st_ino
    datafolder.write_private(file, {"a": 2})
    assert file.stat().st_ino != inode, "replaced, not rewritten"
    assert json.loads(file.read_text()) == {"a": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["facts.json"]
