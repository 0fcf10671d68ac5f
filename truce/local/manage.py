"""`bin/manage`: a management command, with the environment of the instance that runs from a data folder."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from truce.local import environment, terminal
from truce.local.datafolder import DataFolder
from truce.local.up import DEFAULT_FOLDER

# Commands that look at the code alone; they run with no instance, on addresses that lead nowhere.
WITHOUT_SERVERS = {"check", "help", "makemessages", "makemigrations", "spectacular", "version", "--help", "--version"}
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0", "SECRET_KEY": "for commands that need none"}

USAGE = "Use: bin/manage [--data FOLDER] COMMAND [arguments]; bin/manage help lists the commands."


def main(argv: list[str]) -> int:
    folder, command = DataFolder(DEFAULT_FOLDER), list(argv)
    if command[:1] == ["--data"] and len(command) > 1:
        folder, command = DataFolder(Path(command[1])), command[2:]
    elif command and command[0].startswith("--data="):
        folder, command = DataFolder(Path(command[0].removeprefix("--data="))), command[1:]
    if not command:
        terminal.say(USAGE)
        return 2
    try:
        added = environment_of(folder, command[0])
    except PermissionError as error:
        terminal.say(f"{error.filename} cannot be read: Truce runs there as another user. Run this as that user.")
        return 1
    if added is None:
        where = terminal.short(folder.path)
        terminal.say(f"Truce is not running from {where}. Start it with bin/up, or name the folder it runs from: bin/manage --data FOLDER ...")
        return 1
    become([*environment.MANAGE, *command], environment.complete(added))


def environment_of(folder: DataFolder, command: str) -> dict[str, str] | None:
    """Return the variables of the running instance; else those for a command that needs none; else None."""
    state = folder.read_state() if folder.is_held() else None
    if state and state.env:
        return state.env
    if command in WITHOUT_SERVERS:
        return environment.ours("http://127.0.0.1:8000", NOWHERE)
    return None


def become(command: list[str], env: dict[str, str]) -> NoReturn:
    sys.stdout.flush()
    os.execve(command[0], command, env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
