"""A reference, or an id from elsewhere, that another agreement's records bear is free: nobody learns by trying that it is taken there."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from incidents.actions import roles
from incidents.models import Convoy, Coverage, Report, User
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user
from tests.builders.convoys import make_convoy
from tests.imports.conftest import run

pytestmark = pytest.mark.django_db

OURS, THEIRS = "hill-2021", "river-2020"
CONVOY = {"reference": "CANARY-7", "external_id": "EXT-7", "operator": "relief", "destination": "ford", "source": "gazette"}
REPORT = {"claimant": "highlands", "source": "gazette", "violation_type": "shelling", "accused_party": "lowlands", "occurred_on": "2020-06-02"}
CLAIM = {
    "claimant": "highlands", "source": "gazette", "count": 3, "basis": "cumulative", "counted_from": "2020-06-01", "period_end": "2020-06-02",
    "published_on": "2020-06-03", "accused": [{"side": "A"}],
}  # fmt: skip
COVERAGE = {"observer": "relief", "kind": "presence", "from_on": "2020-06-01", "source": "gazette", "place": "ford"}
FACTS: dict[str, dict[str, Any]] = {"convoys": CONVOY, "reports": REPORT, "aggregate-claims": CLAIM, "coverage": COVERAGE}


@pytest.fixture
def elsewhere(db: None) -> APIClient:
    """Return an analyst of one agreement alone; under another are a convoy, a report, a total and coverage that they may not see."""
    make_convoy("CANARY-7", external_id="EXT-7")
    make_report(external_id="EXT-7")
    make_claim(10, external_id="EXT-7")
    coverage = {"observer": make_party("Relief"), "kind": "presence", "from_on": "2020-06-01", "source": make_source()}
    Coverage.objects.create(agreement=make_agreement(), external_id="EXT-7", **coverage)
    make_place()
    user = make_user(User.Role.NONE, "elsewhere")
    roles.grant(user=user, agreement=make_agreement(OURS, name="Hill truce"), role=User.Role.ANALYST, by=None)
    return client_of(User.objects.get(pk=user.pk))


def test_what_is_taken_elsewhere_is_answered_like_what_is_free(elsewhere: APIClient) -> None:
    for (path, facts), taken in product(FACTS.items(), ("EXT-7", "EXT-8")):
        named = {"external_id": taken} | ({"reference": taken.replace("EXT", "CANARY")} if path == "convoys" else {})
        first = elsewhere.post(f"/api/v1/{path}/", facts | named | {"agreement": OURS}, format="json")
        again = elsewhere.post(f"/api/v1/{path}/", facts | named | {"agreement": OURS}, format="json")
        assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "already_recorded"), first.content


def test_a_sheet_finds_only_what_its_own_agreement_holds(elsewhere: APIClient, tmp_path: Path) -> None:
    convoys, reports = tmp_path / "convoys.csv", tmp_path / "reports.csv"
    convoys.write_text("reference,operator,destination,source\nCANARY-7,Relief,Ford,Gazette\n")
    reports.write_text("id,claimant,accused,type,date,source\nEXT-9,Highlands,Lowlands,shelling,2020-06-02,Gazette\n")
    for _time in range(2):
        run(convoys, "convoys", OURS)
    assert sorted(Convoy.objects.filter(reference="CANARY-7").values_list("agreement__slug", flat=True)) == [OURS, THEIRS]
    for agreement in (THEIRS, OURS, OURS):
        run(reports, "reports", agreement)
    assert sorted(Report.objects.filter(external_id="reports:EXT-9").values_list("agreement__slug", flat=True)) == [OURS, THEIRS]


def test_under_one_agreement_and_under_none_it_is_given_once(db: None) -> None:
    for agreement in (make_agreement(), None):
        first = make_convoy("C-1", agreement=agreement, external_id="X-1")
        for same in ({"reference": "C-1"}, {"reference": "C-2", "external_id": "X-1"}):
            facts = {"operator": first.operator, "source": first.source, "destination": first.destination, "agreement": agreement}
            with pytest.raises(IntegrityError), transaction.atomic():
                Convoy.objects.create(**facts, **same)
    assert Convoy.objects.count() == 2
