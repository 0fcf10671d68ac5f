"""No word, no field and no opened name finds or shows what a narrow profile takes away; and each field alone is what it is among the others."""

import json
from typing import Any

import pytest

from incidents.actions import exports
from incidents.api.v1.urls import router
from tests.access.cast import SECRETS, Identity
from tests.access.conftest import World

pytestmark = pytest.mark.slow
# The gazetteer and the parties are everybody's.
OPEN = {"places", "parties"}
PROBES = [
    *(("text", secret) for secret in SECRETS),
    ("box", "37.028,36.171,37.029,36.172"),
    ("box", "37.29,36.29,37.31,36.31"),
    ("area", "embargoed-depot"),
]


def lists(world: World, who: str) -> Any:
    client = world.identities[who].json()
    for prefix, view, _name in router.registry:
        yield prefix, view, lambda prefix=prefix, **asked: client.get(f"/api/v1/{prefix}/", asked)


def test_no_name_opened_shows_what_is_withheld(world: World) -> None:
    opened = 0
    for prefix, view, get in lists(world, "coarse"):
        answer = get(expand=",".join(view.expands))
        if answer.status_code == 200 and prefix not in OPEN:
            found = [secret for secret in SECRETS if secret in answer.content.decode()]
            assert not found, (prefix, found)
            opened += len(answer.json()["results"]) * len(view.expands)
    assert opened > 30


def test_no_word_finds_what_is_withheld(world: World) -> None:
    asked = 0
    hidden = [
        ("convoy", str(world.things["convoy secret"].key)),
        ("incident", "ambush-on-the-embargoed"),
        ("grade", "F"),
        ("source", "whispering-willow"),
    ]
    for prefix, view, get in lists(world, "coarse"):
        for name, value in [*PROBES, *hidden]:
            if name not in view.asked_by.names() or prefix in OPEN:
                continue
            answer = get(**{name: value, "count": "1"})
            rows = answer.json().get("results", [])
            assert answer.status_code in {200, 400} and not rows, (prefix, name, value, rows)
            assert answer.json().get("count", 0) == 0
            asked += 1
    assert asked > 60


def test_each_field_alone_is_what_it_is_among_the_others(world: World, settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path
    identity: Identity = world.identities["administrator"]
    assert identity.user
    exports.ask(by=identity.user, of="reports", format="csv", asked={}, mark="user:1")
    shown = 0
    for prefix, _view, get in lists(world, "administrator"):
        whole = get(limit="5")
        if whole.status_code == 405:
            continue
        rows = whole.json()["results"]
        for name in rows[0] if rows else ():
            alone = get(limit="5", fields=name)
            assert alone.status_code == 200 and alone.json()["results"] == [{name: row[name]} for row in rows], (
                prefix,
                name,
                json.dumps(alone.json())[:300],
            )
            shown += 1
        again = get(limit="5")
        assert again["ETag"] == whole["ETag"], f"{prefix} is the same each time it is asked"
    assert shown > 200


NASTY = (
    *("\0", "\ud800", "x" * 201, "0", "-1", "9" * 40, "٣", "²", "%", "_", "'; --", "\\", "A", "Z", "B7", "nan,nan,nan,nan", "1,2,3,4,5", "181,0,1,1"),
    *("0001-01-01", "9999-12-31", "2016-02-30", "2016-W01-1", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2016-09-19T25:00:00Z"),
    *("2016-09-19T18:20:00 03:00", "00000000-0000-0000-0000-000000000000", "{}", "null", "verified", "unknown", "river-2020", "secret", "killed"),
)  # fmt: skip


def test_nothing_that_is_said_by_any_word_breaks_a_list(world: World) -> None:
    asked = 0
    for prefix, view, get in lists(world, "analyst"):
        for name in (*view.asked_by.names(), "fields", "expand", "count", "cursor", "limit"):
            for value in NASTY:
                with_it = {"agreement": "river-2020"} if name == "side" and "agreement" in view.asked_by.names() else {}
                answer = get(**{name: value.encode("utf-8", "surrogatepass"), **with_it})
                assert answer.status_code in {200, 400, 403, 405}, (prefix, name, value, answer.status_code)
                asked += 1
    assert asked > 2_500
