"""Drafts on the pages: kept while somebody types, opened exactly, never overwritten unseen, and gone once submitted."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from incidents.actions import roles
from incidents.models import Draft, Report, User
from tests.builders import make_agreement, make_place, make_report, make_source, make_user
from tests.views.conftest import signed_in
from tests.views.reading import text_of
from tests.views.test_logging import sent

FORM = "/en/reports/new/?agreement=river-2020"
KEEP = "/en/reports/drafts/keep/?agreement=river-2020"
SCRIPT: Any = {"Accept": "application/json"}


@pytest.fixture
def typed(db: None) -> dict[str, str]:
    """Return a form that somebody is in the middle of."""
    make_agreement()
    make_source()
    make_place()
    return {"token": str(uuid.uuid4()), "writer": "mine", "wording": "  \u200fغارة\r\n", "day": "31/02", "killed_low": "3 or 4?", "accused": "B"}


@pytest.fixture
def whole(typed: dict[str, str]) -> dict[str, str]:
    """Return a form that can be submitted."""
    said = {"day": "02/06/2020", "time_precision": "day", "place": "Ford", "violation_type": "shelling", "killed_low": "3"}
    return typed | said | {"claimant": "highlands", "source": "gazette", "credibility": "6", "then": "next"}


@pytest.fixture
def colleague(db: None) -> Client:
    return signed_in(make_user(User.Role.ANALYST, "colleague"))


def kept(client: Client, fields: dict[str, str]) -> dict[str, Any]:
    """Keep it as the script does; return what it is told."""
    answer = client.post(KEEP, fields, headers=SCRIPT)
    told: dict[str, Any] = json.loads(answer.content) | {"status": answer.status_code}
    return told


def test_what_is_typed_is_kept_and_opened_to_the_letter(analyst: Client, typed: dict[str, str]) -> None:
    told = kept(analyst, typed)
    assert told["status"] == 200 and told["said"].startswith("Draft kept ")
    page = analyst.get(f"/en/reports/new/?draft={told['draft']}")
    form = page.context["form"]
    shown = {name: form[name].value() for name in typed if name != "writer"}
    assert {name: value for name, value in shown.items() if name != "wording"} == {
        name: value for name, value in typed.items() if name not in {"wording", "writer"}
    }
    assert shown["wording"] == "  \u200fغارة\n"
    assert form["draft_version"].value() == told["version"] == 1
    assert not Report.objects.exists()


def test_the_button_keeps_it_without_a_script(analyst: Client, typed: dict[str, str]) -> None:
    answer = analyst.post(KEEP, typed)
    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/en/reports/new/?agreement=river-2020&draft={draft.public_id}"
    assert "Draft kept" in text_of(analyst.get(answer.headers["Location"]))
    assert 'formaction="/en/reports/drafts/keep/?agreement=river-2020"' in analyst.get(FORM).content.decode()


def test_a_window_goes_on_keeping_one_draft_even_where_answers_are_lost(analyst: Client, typed: dict[str, str]) -> None:
    first = kept(analyst, typed)
    assert kept(analyst, typed | {"summary": "a"})["draft"] == first["draft"], "the id never came back; the token finds it"
    again = kept(analyst, typed | {"draft": first["draft"], "draft_version": "1", "summary": "b"})
    assert (again["status"], again["version"]) == (200, 3)
    assert Draft.objects.get().fields["summary"] == "b"


def test_an_old_version_is_refused_with_both_texts_and_nothing_is_lost(analyst: Client, colleague: Client, typed: dict[str, str]) -> None:
    mine = kept(analyst, typed)
    theirs = sent(colleague.get(f"/en/reports/new/?draft={mine['draft']}")) | {"summary": "what they <b>saw</b>", "accused": "A"}
    assert kept(colleague, theirs)["version"] == 2
    held = typed | {"draft": mine["draft"], "draft_version": "1", "summary": "what I heard"}
    told = kept(analyst, held)
    assert told["status"] == 409
    for text in ("what they &lt;b&gt;saw&lt;/b&gt;", "what I heard", "Lowlands and allies", "Highlands and allies", "colleague"):
        assert text in told["conflict"]
    page = analyst.post(KEEP, held)
    assert page.status_code == 409
    assert "what they <b>saw</b>" in text_of(page) and 'value="what I heard"' in page.content.decode()
    assert Draft.objects.get().fields["summary"] == "what they <b>saw</b>"

    analyst.post(KEEP, held | {"settle": "apart"})
    assert sorted(draft.fields["summary"] for draft in Draft.objects.all()) == ["what I heard", "what they <b>saw</b>"]
    analyst.post(KEEP, held | {"settle": "over:1"})
    assert Draft.objects.get(public_id=mine["draft"]).fields["summary"] != "what I heard", "that was not the version shown"
    analyst.post(KEEP, held | {"settle": "over:2"})
    assert Draft.objects.get(public_id=mine["draft"]).fields["summary"] == "what I heard"


def test_submitting_removes_the_draft(analyst: Client, whole: dict[str, str]) -> None:
    told = kept(analyst, whole)
    assert analyst.post(FORM, whole | {"draft": told["draft"], "draft_version": "1", "summary": "more"}).status_code == 302
    assert (Draft.objects.count(), Report.objects.get().summary) == (0, "more")
    late = kept(analyst, whole)
    assert late["status"] == 422 and Report.objects.get().reference in late["said"]
    assert not Draft.objects.exists(), "a save that comes late makes no draft of what is logged"


def test_a_draft_that_cannot_be_submitted_stays(analyst: Client, typed: dict[str, str]) -> None:
    told = kept(analyst, typed)
    assert analyst.post(FORM, typed | {"draft": told["draft"]}).status_code == 422
    assert Draft.objects.count() == 1


def test_submitting_an_old_version_is_refused(analyst: Client, colleague: Client, whole: dict[str, str]) -> None:
    mine = kept(analyst, whole)
    kept(colleague, sent(colleague.get(f"/en/reports/new/?draft={mine['draft']}")) | {"summary": "theirs"})
    page = analyst.post(FORM, whole | {"draft": mine["draft"], "draft_version": "1", "summary": "mine"})
    assert page.status_code == 409
    assert "theirs" in text_of(page)
    assert not Report.objects.exists() and Draft.objects.exists()


def test_the_list_shows_ones_own_and_those_of_colleagues(analyst: Client, colleague: Client, typed: dict[str, str]) -> None:
    kept(analyst, typed | {"place": "Ford", "violation_type": "shelling"})
    kept(colleague, typed | {"token": str(uuid.uuid4()), "summary": "theirs"})
    page = analyst.get("/en/reports/drafts/")
    assert [row.place for row in page.context["own"]] == ["Ford"]
    assert [row.text for row in page.context["others"]] == ["theirs"]
    own, theirs = (page.context[name][0].draft.public_id for name in ("own", "others"))
    assert analyst.post(f"/en/reports/drafts/{theirs}/discard/").status_code == 403
    assert analyst.post(f"/en/reports/drafts/{own}/discard/").status_code == 302
    assert Draft.objects.get().public_id == theirs
    assert analyst.get("/ar/reports/drafts/").status_code == 200


def test_drafts_are_of_the_desk_alone(as_role: Callable[[str], Client], analyst: Client, typed: dict[str, str]) -> None:
    told = kept(analyst, typed)
    partner = as_role(User.Role.PARTNER)
    assert partner.post(KEEP, typed).status_code == 403
    assert partner.get("/en/reports/drafts/").status_code == 403
    assert partner.get(f"/en/reports/new/?draft={told['draft']}").status_code == 403
    assert analyst.get(f"/en/reports/new/?draft={uuid.uuid4()}").status_code == 404
    assert analyst.get("/en/reports/new/?draft=x").status_code == 404


def test_what_cannot_be_kept_is_said(analyst: Client, typed: dict[str, str]) -> None:
    told = kept(analyst, typed | {"summary": "nul \0"})
    assert told["status"] == 422
    assert analyst.post(KEEP, typed | {"summary": "nul \0"}).status_code == 422
    assert not Draft.objects.exists()


def test_a_token_that_is_the_id_of_a_hidden_report_tells_nothing_of_it(typed: dict[str, str]) -> None:
    hidden, person = make_report(agreement=make_agreement("hills")), make_user(User.Role.NONE, "of one agreement")
    roles.grant(user=person, agreement=make_agreement(), role=User.Role.ANALYST, by=None)
    told = kept(signed_in(User.objects.get(pk=person.pk)), typed | {"token": str(hidden.public_id)})
    assert told["status"] == 200 and hidden.reference not in str(told)
