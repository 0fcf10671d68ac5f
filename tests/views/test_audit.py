"""The audit page: every change, to administrators alone, narrowed by kind, person, record and day, and whether the log is whole."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.actions import reports
from incidents.models import Change, User
from incidents.queries import integrity
from tests.builders import make_report, make_source, make_user, sealed_and_posted
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db
AUDIT = "/en/audit/"


def test_changes_are_listed_and_narrowed_for_administrators_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "verify", lambda: integrity.walk("default"))  # a test stands in a transaction already
    analyst = make_user(User.Role.ANALYST, "ana")
    kept, gone = make_report(by=analyst), make_report(source=make_source("Whispering Willow", is_protected=True))
    reports.retract(report=gone, by=None, reason="Sent by mistake")
    sealed_and_posted()
    client = signed_in(make_user(User.Role.ADMINISTRATOR, "root"))
    page = client.get(AUDIT).content.decode()
    assert f"/en/reports/{kept.public_id}/" in page and "Sent by mistake" in page
    assert "willow" not in page.lower(), "what a record held is on its own page, where looks are noted"

    def listed(**asked: str) -> int:
        return client.get(AUDIT, asked).content.decode().count("its changes")

    assert listed(kind="report.retracted") == 1
    assert listed(record=str(gone.public_id)) == 2
    assert listed(actor="ana") == Change.objects.filter(actor_id=analyst.pk).count() == 1
    assert listed(since="2020-01-01", until="2020-01-02") == 0
    assert client.get(AUDIT, {"record": "x"}).status_code == client.get(AUDIT, {"kind": "x"}).status_code == 400
    assert "The log is whole" in client.post(f"{AUDIT}verify/", follow=True).content.decode()
    assert signed_in(analyst).get(AUDIT).status_code == signed_in(analyst).post(f"{AUDIT}verify/").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_changes() -> None:
    client = signed_in(make_user(User.Role.ADMINISTRATOR, "root"))
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_report()
        client.get(AUDIT)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(AUDIT)
        counts.append(len(seen))
    assert counts[0] == counts[1]
