"""Every route that leads to one record, with every record in every state: what is hidden answers word for word like what is not there."""

import re
import sys
from collections.abc import Iterator

import pytest

from tests.access.cast import Identity
from tests.access.conftest import World
from tests.access.doors import LET_IN, REFUSED, Door, Tried, doors, tried
from tests.access.test_doors import expected
from tests.access.test_states import expected as seen_by

# What stands before the key in a path, by the noun that the key is of.
NOUNS = {
    "agreements": "agreement",
    "tallies": "agreement",
    "reports": "report",
    "incidents": "incident",
    "review": "incident",
    "responses": "response",
    "assessments": "assessment",
    "declarations": "declaration",
    "aggregate-claims": "claim",
    "claims": "claim",
    "reconciliations": "claim",
    "convoys": "convoy",
    "coverage": "coverage",
    "evidence": "evidence",
    "sources": "source",
}
# Nobody's own records: their routes are walked with what is not there, and their lists are told apart in the tests of their nouns.
OF_ONE_PERSON = {"imports", "drafts", "exports", "keys", "webhooks", "names", "snapshots", "published", "invited", "invitations", "filters"}
# Under a deployment's own switch, and tried in the tests of what is public.
OPEN = {"public"}
# Parts of a record that is walked itself.
PARTS = {"terms", "sides", "casualty-claims"}
# The same for everybody who reads.
COMMON = {"parties", "affiliations", "areas", "places", "methods", "tally-methods", "ground", "interface"}
# Seen as another column of the table says.
AS = {"key": "partner", "key writing": "key reading", "editor": "analyst", "administrator": "analyst"}
# Told of an incident to those alone who may see its case, whoever else sees the incident.
INTERNAL = {"json incident-comments", "json incident-history"}
# There is no file behind a link.
EMPTY = {"json api-evidence-copy", "json api-evidence-original", "page evidence-copy", "page evidence-original"}
# Analysts come as far as the convoy; that it is told is decided by editors.
DECIDED = {"json convoy-release": {}, "json convoy-confirm-release": {"version": 1}, "json convoy-withdraw-release": {"reason": "x"}}
READERS = ("partner", "here", "delayed", "verified", "coarse", "key", "key here", "key reading")


def keyed() -> Iterator[tuple[Door, str, str]]:
    """Yield every route that takes a key, with the name of its parameter and what stands before it."""
    for door in doors():
        found = re.search(r"/([\w-]+)/<\w+:(\w+)>", door.path)
        if found:
            yield door, found[2], found[1]


def test_every_record_has_a_noun() -> None:
    assert {before for _door, _name, before in keyed()} <= NOUNS.keys() | OF_ONE_PERSON | COMMON | OPEN | PARTS


def cells(world: World, who: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield for every cell what is wrong with it, nothing if all is well."""
    table, seen = expected(), seen_by()
    for door, parameter, before in keyed():
        things = [thing for thing in world.things.values() if thing.noun == NOUNS.get(before)]
        for method in [method for name, method in table if name == door.name and things]:
            for identity in (world.identities[name] for name in who or world.identities):
                said = DECIDED.get(door.name)
                is_told = door.name not in INTERNAL or identity.name not in (*READERS, "key writing")
                missing = tried(identity, door, method, _address(door), said)
                for thing in things:
                    sees = is_told and missing.outcome == LET_IN and seen.get((thing.name, AS.get(identity.name, identity.name)), False)
                    came = tried(identity, door, method, _address(door, **{parameter: str(thing.key)}), said)
                    why = _of_seen(door, method, identity, came) if sees else _of_hidden(came, missing)
                    if why and not sees:  # the clock may have gone on to another minute between the two, or before either
                        again = tried(identity, door, method, _address(door, **{parameter: str(thing.key)}), said)
                        why = _of_hidden(again, tried(identity, door, method, _address(door), said))
                    yield why and f"{identity.name} {method} {door.name} of {thing.name}: {why}"


def _address(door: Door, **key: str) -> str:
    return door.address(**({"slug": "river-2020", "part": "matched"} if "<uuid" in door.path else {}) | key)


def _of_hidden(came: Tried, missing: Tried) -> str:
    """Return how the answer differs from that for what is not there."""
    is_same = (came.status, came.told()) == (missing.status, missing.told()) and not came.written
    return "" if is_same else f"tells of what is hidden: {came.status}, for what is not there {missing.status}"


def _of_seen(door: Door, method: str, identity: Identity, came: Tried) -> str:
    """Return what is wrong with the answer for what this one sees."""
    if method == "GET":
        return "" if came.status == (404 if door.name in EMPTY else 200) else f"not shown: {came.status}"
    if door.name in DECIDED and identity.name == "analyst" and came.outcome != REFUSED:
        return f"decided by an analyst: {came.status}"
    return "written by one who only reads" if identity.name in READERS and came.written else ""


@pytest.mark.slow
def test_what_is_hidden_answers_at_every_route_like_what_is_not_there(world: World) -> None:
    found = list(cells(world))
    wrong = list(filter(None, found))
    sys.stdout.write(f"\n{len(found):,} cells (identity x route of one record x method x state), {len(wrong)} deviations\n")
    assert "\n".join(map(str, wrong)) == ""
