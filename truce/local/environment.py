"""The variables that every process of ours is given, as `truce.settings` reads them."""

import os
import sys
from collections.abc import Mapping

from truce.local.bootstrap import ROOT

# What the caller may have set. `NAME_FILE`, a file holding the value, counts as setting NAME.
FROM_CALLER = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY")
STATIC_ROOT = ROOT / "staticfiles"

MANAGE = [sys.executable, str(ROOT / "manage.py")]


class BadCombination(Exception):
    """The caller set variables that do not go together; the message says which."""


def given(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the caller set that variable, itself or as a file."""
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))


def uses_own_database(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the caller brought a database. Raise BadCombination if only half of one was brought."""
    if given("DATABASE_OWNER_URL", environ) and not given("DATABASE_URL", environ):
        raise BadCombination("DATABASE_OWNER_URL is set and DATABASE_URL is not. Set both, or neither for the embedded server.")
    return given("DATABASE_URL", environ)


def ours(base_url: str, values: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what we add to the environment: the values the caller did not set, and where pages are served and static files lie."""
    added = {name: value for name, value in values.items() if not given(name, environ)}
    added |= {name: environ[name] for key in FROM_CALLER for name in (key, f"{key}_FILE") if environ.get(name)}
    return added | {"BASE_URL": base_url, "STATIC_ROOT": str(STATIC_ROOT), "DJANGO_SETTINGS_MODULE": "truce.settings", "PYTHONPATH": str(ROOT)}


def complete(added: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the caller's environment with ours laid over it, without the variables that would contradict ours."""
    contradicting = {"BASE_URL_FILE", "STATIC_ROOT_FILE", "PYTHONHOME"} | {name for key in FROM_CALLER for name in (key, f"{key}_FILE")}
    return {name: value for name, value in environ.items() if name not in contradicting} | dict(added)
