"""Which reports are of which incident, as JSON: every step and its undoing; by version; and possible duplicates answered."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from incidents.actions import incidents as placing
from incidents.models import Change, Incident, NotTheSame, Report, User
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_report, make_user

pytestmark = pytest.mark.django_db
Two = tuple[Incident, Incident]


@pytest.fixture
def editor(db: None) -> APIClient:
    return client_of(make_user(User.Role.EDITOR))


@pytest.fixture
def two(db: None) -> Two:
    """Return an incident of two reports, and another of one."""
    first = placing.open_for(reports=[make_report(), make_report()], by=None, name="Shelling of the ford")
    return first, placing.open_for(reports=[make_report()], by=None, name="Shelling of the mill")


def post(client: APIClient, record: Report | Incident, what: str, status: int = 200, **body: Any) -> Any:
    noun = "reports" if isinstance(record, Report) else "incidents"
    answer = client.post(f"/api/v1/{noun}/{record.public_id}/{what}/", body, format="json")
    assert answer.status_code == status, answer.content
    check(f"/api/v1/{noun}/{{id}}/{what}/", "post", answer)
    return answer.json()


def homes() -> list[str | None]:
    return [report.incident and report.incident.slug for report in Report.objects.select_related("incident").order_by("id")]


def test_a_report_is_detached_attached_and_moved_and_each_is_undone(editor: APIClient, two: Two) -> None:
    first, second = two
    report = first.reports.order_by("id")[0]
    before = homes()
    done = post(editor, report, "detach", note="another day", version=report.version)
    assert done["incident"] is None and homes()[0] is None
    post(editor, first, "undo", operation=done["operation"])
    assert homes() == before
    done = post(editor, report, "move", to=second.slug)
    assert done["incident"]["slug"] == second.slug == homes()[0]
    post(editor, second, "undo", operation=done["operation"])
    assert homes() == before
    post(editor, report, "detach")
    done = post(editor, report, "attach", incident=second.slug)
    assert homes()[0] == second.slug
    post(editor, second, "undo", operation=done["operation"])
    assert homes()[0] is None


def test_incidents_are_merged_and_split_and_each_is_undone(editor: APIClient, two: Two) -> None:
    first, second = two
    before = homes()
    done = post(editor, second, "merge", into=first.slug, note="one shell")
    assert done["incident"]["id"] == str(first.public_id) and set(homes()) == {first.slug}
    assert editor.get(f"/api/v1/incidents/{second.public_id}/").json()["merged_into"] == str(first.public_id)
    post(editor, first, "undo", operation=done["operation"])
    assert homes() == before
    leaving = first.reports.order_by("id")[1]
    done = post(editor, first, "split", reports=[str(leaving.public_id)], name="Shelling at noon")
    assert homes()[1] == done["incident"]["slug"] == "shelling-at-noon"
    post(editor, first, "undo", operation=done["operation"])
    assert homes() == before
    assert Change.objects.filter(kind="incident.withdrawn").exists()


def test_an_older_version_is_refused_and_nothing_is_done(editor: APIClient, two: Two) -> None:
    first, second = two
    report, before = first.reports.order_by("id")[0], homes()
    told = editor.get(f"/api/v1/incidents/{first.public_id}/").json()
    assert told["version"] == first.version
    placing.rename(incident=first, by=None, name="Ford")
    for record, what, body in (
        (report, "detach", {"version": 99}),
        (report, "move", {"to": second.slug, "version": 99}),
        (second.reports.get(), "attach", {"incident": first.slug, "version": 99}),
        (first, "merge", {"into": second.slug, "version": told["version"]}),
        (first, "split", {"reports": [str(report.public_id)], "name": "x", "version": told["version"]}),
    ):
        refused = post(editor, record, what, 409, **body)  # type: ignore[arg-type]
        assert (refused["code"], refused["field"]) == ("stale", "version"), what
    assert homes() == before


def test_what_was_moved_again_or_is_none_of_this_is_not_undone(editor: APIClient, two: Two) -> None:
    first, second = two
    report = first.reports.order_by("id")[0]
    done = post(editor, report, "move", to=second.slug)
    post(editor, report, "detach")
    assert post(editor, first, "undo", 422, operation=done["operation"])["code"] == "changed_since"
    assert post(editor, first, "undo", 422, operation=str(uuid4()))["field"] == "operation"
    other = placing.open_for(reports=[make_report()], by=None, name="Elsewhere")
    assert post(editor, other, "undo", 422, operation=done["operation"])["field"] == "operation"


def test_mistakes_name_their_field(editor: APIClient, two: Two) -> None:
    first, second = two
    assert post(editor, first, "split", 422, reports=[str(uuid4())], name="x")["field"] == "reports"
    assert post(editor, first, "split", 422, reports=[str(r.public_id) for r in first.reports.all()], name="x")["field"] == "reports"
    assert post(editor, first, "split", 422, reports=[], name="x")["field"] == "reports"
    assert post(editor, first, "merge", 422, into=first.slug)["field"] == "into"
    assert post(editor, first.reports.all()[0], "attach", 422, incident=second.slug)["code"] == "already_attached"
    assert post(editor, first.reports.all()[0], "move", 422, to="nowhere")["field"] == "to"


def test_only_editors_arrange_and_partners_find_nothing_to_do(analyst: APIClient, partner: APIClient, two: Two) -> None:
    report = two[0].reports.order_by("id")[0]
    for client in (analyst, partner):
        post(client, report, "detach", 403)
        post(client, two[0], "merge", 403, into=two[1].slug)
        post(client, two[0], "undo", 403, operation=str(uuid4()))
    post(partner, report, "duplicates", 403, different=[str(report.public_id)])


def test_possible_duplicates_are_answered(analyst: APIClient, partner: APIClient) -> None:
    by = User.objects.get(role=User.Role.ANALYST)
    mine, same, other = make_report(by=by), make_report(), make_report()
    done = post(analyst, mine, "duplicates", same=str(same.public_id), different=[str(other.public_id)])
    mine.refresh_from_db()
    same.refresh_from_db()
    assert mine.incident == same.incident and str(mine.incident and mine.incident.public_id) == done["incident"]["id"]
    assert done["incident"]["name"].startswith("Shelling") and "قصف" in done["incident"]["name_ar"]
    assert NotTheSame.objects.count() == 1
    draft = {"agreement": "river-2020", "occurred_on": "2020-06-02", "report": str(mine.public_id)}
    found = analyst.post("/api/v1/duplicates/", draft, format="json").json()["candidates"]
    assert str(other.public_id) not in {row["report"]["id"] for row in found}
    assert post(analyst, mine, "duplicates", 422, same=str(uuid4()))["field"] == "same"
    post(analyst, other, "duplicates", 403, different=[str(mine.public_id)])
