"""Canaries: what is hidden is sought through every address, parameter, form, box, order, tag, file and error, and found nowhere.

An editor's walk is the control: there each of them is found, so that a walk which reads nothing would fail.
"""

import re
import sys
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.db import transaction

from incidents.models import Convoy, Report, Source
from tests.access.conftest import World
from tests.access.doors import doors
from tests.access.seeking import BOX, ELSEWHERE, HIDDEN, KEPT_FROM, fields, parameters, told
from tests.access.test_doors import expected

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("who", KEPT_FROM)
def test_no_address_tells_of_what_is_hidden(world: World, who: str) -> None:
    assert list(told(world, who, KEPT_FROM[who])) == []


def test_an_editor_is_told_of_each(world: World) -> None:
    found = {secret for _address, secret in told(world, "editor", HIDDEN)}
    assert found == {secret.casefold() for secret in HIDDEN}


@pytest.mark.parametrize("who", ["coarse", "partner", "key here"])
def test_no_parameter_finds_what_is_hidden(world: World, who: str) -> None:
    client: Any = world.identities[who].client_at(is_json=True)
    asked, wrong = 0, []
    for path, names in parameters().items():
        for name in names:
            for secret in KEPT_FROM[who]:
                asked += 1
                if (answer := _said(client, path, name, secret)) != _said(client, path, name, _nonsense(secret)):
                    wrong.append((path, name, secret, answer))
    sys.stdout.write(f"\n{asked:,} questions by {who}, {len(wrong)} answered otherwise than nonsense\n")
    assert "\n".join(map(str, wrong)) == ""


def _said(client: Any, path: str, name: str, value: str) -> tuple[int, str]:
    answer = client.get(path, {name: value})
    return answer.status_code, _body(answer).replace(value, "WORD").replace(quote_plus(value), "WORD")


def _body(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # A cursor is signed with the instant at which it was given; forms have a secret of their own; paper says the minute it was asked for.
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|"cursor":"[^"]*"|(?<=As on record on )[^<]*', "", body.decode("utf-8", "replace"))


def _nonsense(secret: str) -> str:
    """Return a word of the same make, which nothing is called."""
    return re.sub(r"[0-9]", "9", re.sub(r"[A-Z]", "Q", re.sub(r"[a-z]", "z", secret)))


@pytest.mark.parametrize("who", ["coarse", "partner"])
def test_no_form_on_a_page_finds_what_is_hidden(world: World, who: str) -> None:
    client: Any = world.identities[who].client_at(is_json=False)
    listed = {name for name, method in expected() if method == "GET"}
    asked, wrong = 0, []
    for path in sorted({door.address() for door in doors() if door.name in listed and not door.is_json and "<" not in door.path}):
        for name in fields(_body(client.get(path))):
            # Only what takes a text could find any of them; of the rest one is asked.
            for secret in KEPT_FROM[who] if name in {"text", "q", "search"} else KEPT_FROM[who][:1]:
                asked += 1
                if (answer := _said(client, path, name, secret)) != _said(client, path, name, _nonsense(secret)):
                    wrong.append((path, name, secret, answer[0]))
    sys.stdout.write(f"\n{asked:,} questions by {who}, {len(wrong)} answered otherwise than nonsense\n")
    assert asked > 50
    assert "\n".join(map(str, wrong)) == ""


def test_no_box_is_finer_than_what_is_shown(world: World) -> None:
    """Around the exact point lies nothing to whom points are snapped for; to an editor the report does."""
    boxed = [(path, name) for path, names in parameters().items() for name in names if name in {"box", "bbox"}]
    assert boxed
    found = []
    for path, name in boxed:
        answers = [world.identities[who].client_at(is_json=True).get(path, {name: box}) for who in ("coarse", "editor") for box in (BOX, ELSEWHERE)]
        bodies = [_body(answer).replace(BOX, "").replace(ELSEWHERE, "") for answer in answers]
        assert bodies[0] == bodies[1], path
        found.append(bodies[2] != bodies[3])
    assert any(found)


def test_no_tag_and_no_count_moves_with_what_is_hidden(world: World) -> None:
    """What only others may see is changed; the answers to a partner, their tags and their counts stay to the letter."""
    identities = [world.identities[name] for name in ("coarse", "partner")]

    def answers() -> dict[tuple[str, str], tuple[int, str, str]]:
        found = {}
        for identity in identities:
            client: Any = identity.client_at(is_json=True)
            for path, names in parameters().items():
                answer = client.get(path, {"count": "true"} if "count" in names else {})
                tag = "" if path.endswith("/changes/") else answer.get("ETag", "")
                found[identity.name, path] = (answer.status_code, tag, _body(answer))
        return found

    before = answers()
    with transaction.atomic():
        Convoy.objects.filter(reference="CONVOY-EMBARGO").update(note="another note", people_requested=5)
        Source.objects.filter(slug="whispering-willow").update(name="Weeping Willow", reliability="A")
        Report.objects.filter(source__slug="whispering-willow").update(spoken_by="the gardener", wording="something else")
        Report.objects.filter(summary="half-written-draft").update(summary="another draft")
        assert {key: value for key, value in answers().items() if value != before[key]} == {}
        transaction.set_rollback(True)
