"""Published figures stay as they were, say what has changed, and hold nothing that a partner may not see."""

import hashlib
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from incidents.actions import reports, snapshots
from incidents.models import Change, Snapshot, User
from incidents.queries.questions import Question
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_report, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db


def published(**params: str) -> Snapshot:
    return snapshots.publish(question=Question.parse(params, make_agreement()), by=make_user(User.Role.EDITOR))


def test_it_is_kept_with_definition_citation_and_a_hash_that_anybody_can_compute() -> None:
    make_report()
    sealed_and_posted()
    snapshot = published()
    told = client_of(make_user(User.Role.PARTNER)).get(f"/api/v1/snapshots/{snapshot.public_id}/")
    check("/api/v1/snapshots/{id}/", "get", told)
    content = told.json()["content"]
    spelled = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert told.json()["hash"] == hashlib.sha256(spelled).hexdigest()
    assert [cell["best"] for cell in content["cells"]] == [1]
    assert content["definition"]["en"].startswith("Submitted reports") and content["definition"]["ar"] != content["definition"]["en"]
    assert "Lowlands and allies 1" in content["citation"]["en"] and "حتى التغيير" in content["citation"]["ar"]
    assert Change.objects.latest("id").kind == "snapshot.published"


def test_later_changes_are_a_difference_and_alter_nothing() -> None:
    report = make_report()
    sealed_and_posted()
    snapshot = published()
    partner = client_of(make_user(User.Role.PARTNER))
    address = f"/api/v1/snapshots/{snapshot.public_id}/"
    before = partner.get(address).json()
    assert before["since"]["differences"] == []
    make_report()
    make_report()
    reports.retract(report=report, by=None, reason="another truce")
    sealed_and_posted()
    after = partner.get(address).json()
    assert (after["content"], after["hash"]) == (before["content"], before["hash"])
    (difference,) = after["since"]["differences"]
    assert (difference["published"]["best"], difference["now"]["best"]) == (1, 2)


def test_what_partners_may_not_see_is_in_no_published_figure() -> None:
    make_report()
    make_report(convoy=make_convoy())
    sealed_and_posted()
    assert [cell["best"] for cell in published().content["cells"]] == [1]


def test_only_editors_publish() -> None:
    make_report()
    sealed_and_posted()
    for role in (User.Role.PARTNER, User.Role.ANALYST):
        with pytest.raises(PermissionDenied):
            snapshots.publish(question=Question.parse({}, make_agreement()), by=make_user(role))
        assert signed_in(User.objects.get(role=role)).post("/en/tallies/river-2020/publish/").status_code == 403
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_editor_publishes_from_the_page_and_it_has_an_address(language: str) -> None:
    make_report()
    sealed_and_posted()
    editor: Client = signed_in(make_user(User.Role.EDITOR))
    assert f"/{language}/tallies/river-2020/publish/" in editor.get(f"/{language}/tallies/?agreement=river-2020").content.decode()
    answer = editor.post(f"/{language}/tallies/river-2020/publish/", {"method": "logged", "by": "day"}, follow=True)
    snapshot = Snapshot.objects.get()
    assert answer.redirect_chain[-1][0].endswith(f"/tallies/published/{snapshot.public_id}/")
    assert bytes(snapshot.hash).hex() in answer.content.decode()
    assert str(snapshot.public_id) in editor.get(f"/{language}/tallies/published/").content.decode()


def test_a_reader_who_is_told_less_than_a_partner_finds_none() -> None:
    make_report()
    sealed_and_posted()
    snapshot = published()
    nobody = client_of(make_user(User.Role.NONE))
    assert nobody.get(f"/api/v1/snapshots/{snapshot.public_id}/").status_code in {403, 404}
