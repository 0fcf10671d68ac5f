"""Merging places: whatever named the one names the other, nothing is lost, and the tallies follow."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied

from incidents.actions import places, roles, tallies
from incidents.errors import RuleBroken
from incidents.models import AgreementArea, Change, Coverage, LedgerEntry, Place, PlaceAlias, Report, User
from incidents.queries import names, reports
from incidents.queries import places as place_queries
from incidents.queries.filters import ReportFilter
from incidents.queries.places import PlaceFilter
from incidents.vocabulary import CoverageKind
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, tell

pytestmark = pytest.mark.django_db


def the_same_place_twice() -> tuple[Place, Place]:
    ford = make_place("Ford", name_ar="المخاضة", latitude=34, longitude=36, pcode="C1")
    twin = make_place("The ford", parent=make_place("Valley"))
    PlaceAlias.objects.create(place=ford, name="Fjord")
    return ford, twin


def test_every_key_that_leads_to_a_place_is_moved_or_is_history() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields if field.is_relation]
    ours = {(field.model, field.name) for field in fields if field.related_model is Place}
    moved = {(model, name) for model, fields in places.NAMED_BY.items() for name in fields} | {
        (rows, "place") for rows, _ in places.NAMED_IN.values()
    }
    kept = {(model._meta.model_name, name) for model, name in ours - moved}
    assert kept == {("placealias", "place"), ("unresolvedname", "place"), ("place", "merged_into"), ("ledgerentry", "area"), ("rollup", "area")}


def test_whatever_named_the_one_names_the_other_and_says_what_it_named_before() -> None:
    ford, twin = the_same_place_twice()
    truce, editor = make_agreement(), make_user(User.Role.EDITOR)
    report, other = make_report(place=ford), make_report(place=twin)
    claim = make_claim(area=ford)
    claim.parts.create(position=1, label="At the ford", count=10, place=ford)
    convoy = make_convoy(origin=ford, destination=twin)
    convoy.checkpoints.create(position=1, name="Bank", place=ford)
    event = tell(convoy, "departed", datetime(2020, 6, 3, tzinfo=UTC), place=ford)
    area = AgreementArea.objects.create(agreement=truce, name="the ford", place=ford)
    mill = make_place("Mill", parent=ford)
    watched = Coverage.objects.create(
        agreement=truce, observer=make_party(), source=make_source(), place=ford, from_on=date(2020, 6, 1), kind=CoverageKind.PATROL
    )
    sealed_and_posted()
    assert places.merge(place=ford, into=twin, by=editor, note="One bridge, two names.") == twin
    sealed_and_posted()
    for record, name in ((report, "place"), (other, "place"), (claim, "area"), (convoy, "origin"), (convoy, "destination"), (event, "place")):
        record.refresh_from_db()
        assert getattr(record, name) == twin, (record, name)
    for record, name in ((area, "place"), (mill, "parent"), (watched, "place"), (claim.parts.get(), "place"), (convoy.checkpoints.get(), "place")):
        record.refresh_from_db()
        assert getattr(record, name) == twin, (record, name)
    told = {change.record_id: change.payload.body for change in Change.objects.filter(operation_id=Change.objects.latest("id").operation_id)}
    assert {report.public_id, claim.public_id, convoy.public_id, event.public_id, area.public_id, mill.public_id, watched.public_id} < told.keys()
    assert (told[report.public_id]["before"]["place"], told[report.public_id]["after"]["place"]) == ("ford", "the-ford")
    assert told[claim.public_id]["after"]["parts"][0]["place"] == "the-ford"
    assert tallies.differences(truce) == []
    logged = LedgerEntry.objects.filter(record_id=report.public_id, measure="count", best=1).order_by("-number").first()
    assert logged and logged.area == twin


def test_the_names_go_on_and_the_old_address_code_and_word_lead_to_the_other() -> None:
    ford, twin = the_same_place_twice()
    report, analyst = make_report(place=ford), make_user()
    places.merge(place=ford, into=twin, by=None, note="One.")
    twin.refresh_from_db()
    assert (twin.name_ar, twin.pcode, twin.latitude) == ("المخاضة", "C1", 34)
    assert set(twin.aliases.values_list("name", flat=True)) == {"Ford", "Fjord"}
    assert place_queries.one("ford") == twin and set(place_queries.filtered(analyst, PlaceFilter())) == {twin, twin.parent}
    assert names.places("Fjord") == [twin], "it is found by every name, and alone"
    assert reports.narrowed(analyst, ReportFilter(area="ford")).get() == report
    third = make_place("Crossing")
    places.merge(place=twin, into=third, by=None, note="One more.")
    assert place_queries.one("ford") == third and Report.objects.get().place == third


def test_what_is_not_one_place_is_refused_and_so_is_whoever_may_not(db: None) -> None:
    ford, twin = the_same_place_twice()
    assert twin.parent

    def refused(**said: Any) -> tuple[str, str]:
        with pytest.raises(RuleBroken) as caught:
            places.merge(**{"place": ford, "into": twin, "by": None, "note": "One."} | said)
        return caught.value.code, caught.value.field

    assert refused(into=ford) == ("merged", "into")
    assert refused(place=twin.parent) == ("lies_within", "into")
    assert refused(note=" ") == ("required", "reason")
    analyst, visitor = make_user(), make_user(User.Role.NONE, "of one agreement")
    roles.grant(user=visitor, agreement=make_agreement(), role=User.Role.EDITOR, by=None)
    for nobody in (analyst, User.objects.get(pk=visitor.pk)):
        with pytest.raises(PermissionDenied):
            places.merge(place=ford, into=twin, by=nobody, note="One.")
    places.merge(place=ford, into=twin, by=None, note="One.")
    assert refused() == refused(place=make_place("Mill"), into=ford) == ("merged", "into")
