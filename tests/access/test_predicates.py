"""The predicates of visibility, taken out one by one: without any of them a query tells somebody what the table says it does not.

Walking every address without each takes hours; the queries are asked instead. `test_states` walks the addresses without whole queries.
"""

import sys

import pytest
from django.db import Error, transaction

from tests.access.mutants import mutants
from tests.access.test_told import everything, wrongs
from tests.access.wide_cast import Wide

__all__ = ["everything"]
pytestmark = pytest.mark.slow

# What may be taken out without anybody being told more or less, and why it stands there.
REDUNDANT: dict[str, str] = {}


def noticed(everything: Wide) -> str:
    """Return the first thing that is told otherwise than the table says; also a query that does not run is noticed."""
    try:
        with transaction.atomic():
            return next(wrongs(everything), "")
    except (Error, LookupError, TypeError, AttributeError, ValueError) as broke:
        return type(broke).__name__


def test_without_any_one_predicate_it_is_noticed(everything: Wide) -> None:
    assert not noticed(everything)
    found: dict[str, str] = {}
    for mutant in mutants():
        with mutant.alive():
            found[mutant.name] = noticed(everything)
    survivors = {name for name, what in found.items() if not what}
    sys.stdout.write(
        f"\n{len(found) - len(survivors)} predicates of {len(found)} noticed when they are gone, {len(survivors & REDUNDANT.keys())} redundant\n"
    )
    sys.stdout.writelines(f"  {name}\n" for name in sorted(survivors - REDUNDANT.keys()))
    assert not noticed(everything)
    assert survivors == REDUNDANT.keys()
