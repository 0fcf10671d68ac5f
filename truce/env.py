"""Reading the environment, loudly: the one place that touches `os.environ`, used by the settings alone.

Every name may instead be given as `NAME_FILE`, the path of a file that holds the value (secrets mounted by a container).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from dj_database_url import DBConfig


class BadEnvironment(Exception):
    """A variable is missing or cannot be read as what it must be."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable's value, the content of the file `NAME_FILE` names, or the default. Raise BadEnvironment if there is none."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        if name in os.environ:
            raise BadEnvironment(f"{name} and {name}_FILE are both set; set one.")
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE: {file} cannot be read ({error.strerror}).") from error
    value = os.environ.get(name, default)
    if value is None:
        raise BadEnvironment(f"{name} is not set. `bin/up` and `bin/manage` set it; on a server, set {name} or {name}_FILE.")
    return value


def flag(name: str, default: bool) -> bool:
    """Return the variable read as yes or no."""
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off", ""}:
        return False
    raise BadEnvironment(f"{name} must be yes or no, not {value!r}.")


def whole(name: str, default: int) -> int:
    """Return the variable read as a whole number."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise BadEnvironment(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, default: str) -> list[str]:
    """Return the variable split at commas, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def several(name: str, choices: list[str], default: str) -> list[str]:
    """Return the variable split at commas, each of them one of these words. One that is misspelt would else mean nothing."""
    found = words(name, default)
    if strange := [word for word in found if word not in choices]:
        raise BadEnvironment(f"{name} may name {', '.join(choices)}, not {strange[0]!r}.")
    return found


def choice(name: str, choices: list[str]) -> str:
    """Return the variable, one of these words; the first where it is not set."""
    value = text(name, choices[0])
    if value not in choices:
        raise BadEnvironment(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def tile_server(name: str, default: str) -> str:
    """Return the address of map tiles, with its three places for numbers, or none."""
    value = text(name, default)
    if value and not (value.startswith("https://") and all(place in value for place in ("{z}", "{x}", "{y}")) and urlsplit(value).hostname):
        raise BadEnvironment(f"{name} must be an address with https:// that holds {{z}}, {{x}} and {{y}}, not {value!r}.")
    return value


def database(name: str, *, instead: str = "", conn_max_age: int = 0, conn_health_checks: bool = False) -> DBConfig:
    """Return the database of NAME_URL, with the password of NAME_PASSWORD where the address holds none; of `instead` where neither is set."""
    if instead and not {f"{name}_URL", f"{name}_URL_FILE"} & os.environ.keys():
        name = instead
    found = dj_database_url.parse(text(f"{name}_URL"), conn_max_age=conn_max_age, conn_health_checks=conn_health_checks)
    password = text(f"{name}_PASSWORD", "")
    if password and found.get("PASSWORD"):
        raise BadEnvironment(f"{name}_URL holds a password and {name}_PASSWORD is set too; set one.")
    found["PASSWORD"] = found.get("PASSWORD") or password
    found.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return found
