"""The formats by name. A format is one module, named here; adding one is adding it to this list."""

from functools import cache
from importlib import import_module

from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.imports.base import Format

MODULES = ("generic", "ucdp", "ocha", "geonames")


@cache
def formats() -> dict[str, Format]:
    """Return every format by its name, in the order in which they are offered."""
    found: dict[str, Format] = {}
    for module in MODULES:
        for one in import_module(f"incidents.imports.{module}").FORMATS:
            if one.name in found:
                raise ValueError(f"two formats are called {one.name}")
            found[one.name] = one
    return found


def named(name: str) -> Format:
    """Return the format of this name. Raise RuleBroken if there is none."""
    try:
        return formats()[name]
    except KeyError:
        raise RuleBroken("unknown_format", _("There is no format called “%(name)s”.") % {"name": name}, "format") from None
