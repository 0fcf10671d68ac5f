"""The predicates of visibility, taken out one by one: how many of them the table of `test_states` and the secrets notice at once.

Not all: what needs records that the cast has not (events of convoys, incidents that were merged, other grids) is held by the tests of
profiles, of convoys and of tallies. Those that go unnoticed here are printed.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import Error, transaction

from incidents.models import ApiKey, ConvoyEntry, LedgerEntry, User
from incidents.queries import visibility
from tests.access.cast import Identity
from tests.access.conftest import World
from tests.access.mutants import mutants
from tests.access.seeking import KEPT_FROM
from tests.access.test_states import WHO, expected

QUERIES: dict[str, Callable[..., Any]] = {
    "agreement": visibility.agreements,
    "report": visibility.reports,
    "incident": visibility.incidents,
    "assessment": visibility.assessments,
    "convoy": visibility.convoys,
    "evidence": visibility.evidence,
    "claim": visibility.aggregate_claims,
    "response": visibility.responses,
    "coverage": visibility.coverage,
    "declaration": visibility.declarations,
    "source": visibility.sources,
}

# No fewer than are noticed now.
NOTICED = 50


def _reader(identity: Identity) -> User:
    """Return whoever asks as the request would have them, with the key that was sent."""
    user = User.objects.get(pk=identity.user.pk) if identity.user else None
    assert user is not None
    if identity.headers:
        user.key = ApiKey.objects.get(lookup=identity.headers["Authorization"].split("_")[1])
    return user


def wrongs(world: World) -> Iterator[str]:
    """Yield what is seen that is not to be, or not seen that is, asked of the queries themselves."""
    table = expected()
    for who in WHO:
        reader = _reader(world.identities[who])
        seen: dict[str, set[str]] = {}
        for noun, query in QUERIES.items():
            rows = list(query(reader).values())
            for row in rows:
                row.pop("reason", None)  # of an assessment: kept from partners where it would be shown, and no word asks for it
            name = "slug" if noun in {"agreement", "source"} else "public_id"
            seen[noun] = {str(row[name]) for row in rows}
            things = [thing for thing in world.things.values() if thing.noun == noun]
            right = {str(thing.key) for thing in things if table[thing.name, who]}
            if seen[noun] & {str(thing.key) for thing in things} != right:
                yield f"{who}: {noun}"
            said = str(rows).casefold()
            yield from (f"{who}: {noun} says {secret}" for secret in KEPT_FROM.get(who, ()) if secret.casefold() in said)
        yield from _wrongly_counted(world, who, reader, seen)


def _wrongly_counted(world: World, who: str, reader: User, seen: dict[str, set[str]]) -> Iterator[str]:
    hidden = {str(thing.key) for thing in world.things.values() if thing.noun in {"report", "incident", "convoy"}} - set().union(*seen.values())
    counted = {str(row) for row in visibility.counted(reader, LedgerEntry.objects.all()).values_list("record_id", flat=True)}
    convoys = {str(row) for row in visibility.counted_convoys(reader, ConvoyEntry.objects.all()).values_list("record_id", flat=True)}
    if (counted | convoys) & hidden:
        yield f"{who}: counts what is hidden"
    if {str(row) for row in visibility.standing_incidents(reader).values_list("public_id", flat=True)} != seen["incident"]:
        yield f"{who}: standing incidents"


def test_the_queries_show_what_the_table_says(world: World) -> None:
    assert list(wrongs(world)) == []


@pytest.mark.slow
def test_without_any_one_predicate_it_is_noticed(world: World) -> None:
    killed, survivors = 0, []
    for mutant in mutants():
        with mutant.alive():
            try:
                with transaction.atomic():
                    found = next(wrongs(world), "")
            except (Error, LookupError, TypeError, AttributeError) as broke:
                found = type(broke).__name__
        killed += bool(found)
        if not found:
            survivors.append(mutant.name)
    sys.stdout.write(
        f"\n{killed} predicates of {killed + len(survivors)} noticed at once when they are gone\n" + "".join(f"  {name}\n" for name in survivors)
    )
    assert killed >= NOTICED
