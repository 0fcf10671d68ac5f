"""The ways of counting by name. Each module of this folder that names METHODS is one, or several of a kind."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from incidents.queries import filters
from incidents.queries.methods.base import Method
from incidents.vocabulary import Series


@cache
def methods() -> dict[str, Method]:
    """Return every method by its name, in the order of the series that they add."""
    found: dict[str, Method] = {}
    for module in iter_modules([str(Path(__file__).parent)]):
        for one in getattr(import_module(f"incidents.queries.methods.{module.name}"), "METHODS", ()):
            if one.name in found:
                raise ValueError(f"two methods are called {one.name}")
            found[one.name] = one
    order = list(Series)
    return dict(sorted(found.items(), key=lambda item: (order.index(item[1].series), item[1].is_whole, item[1].counts != "count")))


def named(name: str) -> Method:
    """Return the method of this name. Raise RuleBroken if there is none."""
    try:
        return methods()[name]
    except KeyError:
        raise filters.unknown(name, "method") from None
