"""The list of reports, which PostgreSQL spells, says of each what the serializer of one report says, to every kind of reader."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from incidents.actions import reports
from incidents.actions.reports import HarmStated
from incidents.models import Report
from incidents.vocabulary import HarmKind, Qualifier, TimePrecision
from tests.access.conftest import World
from tests.builders import make_agreement, make_party, make_place, make_report, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_sorts(world: World) -> None:
    """Add what the cast's reports are not: every way of saying when, where, by whom and how much."""
    agreement = make_agreement()
    at = datetime(2020, 6, 3, 4, 5, 6, 789, tzinfo=UTC)
    make_report(occurred_on=None, starts_at=at, ends_at=at, time_precision=TimePrecision.EXACT, wording='He said "no"\n\\ \u2028 نعم')
    make_report(occurred_on=None, starts_at=None, ends_at=None, time_precision=TimePrecision.UNKNOWN, place=None, summary="")
    make_report(latitude=Decimal("-36.5"), longitude=Decimal("0.000001"), place_precision="point", relayed_by=make_party("Monitor"))
    make_report(accused_party=None, accused_side=agreement.sides.first(), term=agreement.terms.first(), stated_count=0, published_on=date(2020, 6, 2))
    make_report(accused_party=None, external_id="S-1", target_as_claimed="a well", spoken_by="the spokesman", unit="violation")
    harm = [HarmStated(HarmKind.KILLED, 1, 2, None, qualifier=Qualifier.AT_LEAST), HarmStated(HarmKind.WOUNDED, None, 0, None)]
    first = make_report(harm=harm, source=make_source("Whisper", is_protected=True), link="https://example.org/1")
    reports.retract(report=first, by=None, reason="Told twice.")
    old = make_report(place=make_place("Mill"), credibility="2")
    facts = {name: getattr(old, name) for name in ("agreement", "claimant", "source", "violation_type", "time_precision", "occurred_on", "place")}
    reports.supersede(report=old, by=None, harm=harm, **facts)


def test_the_list_says_of_each_report_what_its_serializer_says(world: World, all_sorts: None) -> None:
    seen = 0
    for name, identity in world.identities.items():
        client = identity.json()
        listed = client.get("/api/v1/reports/", {"limit": "1000"})
        if listed.status_code != 200:
            continue
        rows = listed.json()["results"]
        # Asked for by name, fields are serialized from records.
        asked = {"limit": "1000", "fields": ",".join(rows[0])} if rows else {}
        serialized = client.get("/api/v1/reports/", asked).json()["results"]
        assert [list(row.items()) for row in rows] == [list(row.items()) for row in serialized], name
        seen += len(rows)
    assert seen > 3 * Report.objects.count()
