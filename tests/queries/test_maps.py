"""Marks on the map: they hold what the list has, nobody finds in them what they may not see, and their numbers are the readers' own."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.errors import RuleBroken
from incidents.models import Profile, Report, User
from incidents.queries import maps, reports
from incidents.queries.filters import MapFilter, ReportFilter
from incidents.queries.maps import Marks
from incidents.queries.visibility import Reader
from incidents.rules import boxes
from incidents.vocabulary import Grid, PlacePrecision, ReportState
from tests.builders import make_agreement, make_party, make_place, make_report, make_user
from tests.builders.convoys import make_convoy

pytestmark = pytest.mark.django_db


def draft(report: Report) -> Report:
    Report.objects.filter(pk=report.pk).update(state=ReportState.DRAFT)
    return report


def at(latitude: str, longitude: str, **facts: Any) -> Report:
    return make_report(latitude=Decimal(latitude), longitude=Decimal(longitude), place_precision=PlacePrecision.POINT, **facts)


def marks(reader: Reader, **asked: Any) -> Marks:
    return maps.of(reader, make_agreement(), MapFilter(agreement="river-2020", **asked), 960, 600)


def test_near_ones_are_one_mark_and_a_closer_look_takes_them_apart() -> None:
    reader = make_user()
    for latitude, longitude in (("36.10", "37.10"), ("36.12", "37.11"), ("33.50", "36.30")):
        at(latitude, longitude)
    far = marks(reader, box=boxes.parse("30,30,42,40", "box"), zoom=6)
    assert [mark.total for mark in far.marks] == [2, 1]
    assert far.marks[0].box == boxes.parse("37.100000,36.100000,37.110000,36.120000", "box")
    assert (round(far.marks[0].latitude, 3), round(far.marks[0].longitude, 3)) == (36.11, 37.105)
    assert far.marks[1].report and not far.marks[0].report
    near = marks(reader, box=boxes.parse("37,36,37.3,36.2", "box"), zoom=13)
    assert [mark.total for mark in near.marks] == [1, 1]
    assert (near.total, near.outside) == (2, 1)


def test_a_mark_says_how_many_accuse_each_side() -> None:
    truce = make_agreement()
    first, second = truce.sides.order_by("position")
    member = second.memberships.first()
    assert member
    at("36.1", "37.1", accused_side=first)
    at("36.1", "37.1", accused_party=member.party)
    at("36.1", "37.1", accused_party=make_party("Nobody's friend"))
    at("36.1", "37.1", accused_party=None)
    mark = marks(make_user()).marks[0]
    assert mark.counts == {first.code: 1, second.code: 1, maps.NOBODY: 2}
    assert mark.is_point


def test_marks_hold_what_the_list_has_of_the_same_box_under_every_filter() -> None:
    reader, town = make_user(User.Role.PARTNER), make_place("Town", latitude="36.3", longitude="37.2")
    for number in range(12):
        at(f"36.{number:02}", f"37.{number * 7 % 50:02}", violation_type="airstrike" if number % 3 else "shelling")
    make_report(place=town)
    make_report(place=make_place("Nowhere"))
    draft(at("36.05", "37.05"))
    for box in ("36.9,35.9,37.3,36.06", "37.2,36.3,37.2,36.3", "-180,-90,180,90"):
        for more in ({}, {"type": "airstrike"}, {"text": "Town"}):
            asked = {"box": boxes.parse(box, "box"), **more}
            listed, _is_all = reports.count(reader, ReportFilter(agreement="river-2020", **asked))
            assert marks(reader, **asked).total == listed, (box, more)
    assert marks(reader).unplaced == 1


def test_on_a_grid_marks_stand_on_its_nodes_and_say_nothing_finer() -> None:
    profile = Profile.objects.create(slug="coarse", name="Coarse", is_every_agreement=True, grid=Grid.KM_11)
    reader = make_user(User.Role.PARTNER, profile=profile)
    at("36.171717", "37.028282")
    at("36.222222", "36.981818")
    found = marks(reader, box=boxes.parse("36.9,36.1,37.1,36.3", "box"), zoom=13)
    assert [(mark.latitude, mark.longitude, mark.total, mark.is_point) for mark in found.marks] == [(36.2, 37.0, 2, True)]
    exact = marks(reader, box=boxes.parse("37.028,36.171,37.029,36.172", "box"), zoom=18)
    assert exact.marks == [] and exact.outside == 2, "where it truly was, nothing is"
    assert len(marks(make_user(), box=boxes.parse("36.9,36.1,37.1,36.3", "box"), zoom=13).marks) == 2


def test_what_does_not_exist_for_a_reader_is_in_no_number_of_the_map() -> None:
    partner, editor = make_user(User.Role.PARTNER), make_user(User.Role.EDITOR)
    at("36.1", "37.1")
    before = marks(partner)
    at("36.1", "37.1", convoy=make_convoy())
    draft(at("38.1", "39.1"))
    make_report(convoy=make_convoy(reference="CV-2"), place=None)
    assert marks(partner) == before
    everything = marks(editor)
    assert (everything.total, everything.unplaced) == (3, 1)
    outside = Profile.objects.create(slug="none", name="None", is_every_agreement=False)
    with pytest.raises(RuleBroken, match="is not known here"):
        marks(make_user(User.Role.PARTNER, "elsewhere", profile=outside))


def test_no_more_is_asked_of_the_database_for_more_reports() -> None:
    reader = make_user(User.Role.EDITOR)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            marks(reader, box=boxes.parse("-180,-90,180,90", "box"), zoom=4)
        return len(queries)

    at("36.1", "37.1", place=make_place("First"))
    few = asked()
    for number in range(12):
        at(f"{number * 5}.5", f"{number * 9}.5", place=make_place(f"Place {number}"))
    assert asked() == few


def test_over_the_180th_meridian_both_sides_are_in_view() -> None:
    at("-16", "179.5")
    at("-16", "-179.5")
    found = marks(make_user(), box=boxes.parse("179,-17,-179,-15", "box"), zoom=8)
    assert found.total == 2


@pytest.mark.parametrize(("spread", "least", "most"), [(3.0, 1, maps.FINE), (0.2, maps.FINE + 1, 18)])
def test_all_there_is_has_the_marks_of_the_window_that_shows_it(spread: float, least: int, most: int) -> None:
    reader, town = make_user(), make_place("Town")
    for number in range(30):
        at(f"{-1.0 + number % 7 * spread / 7:.6f}", f"{-1.5 + number % 11 * spread / 11:.6f}", place=town if number % 2 else None)
    make_report(place=None)
    whole = marks(reader)
    window = marks(reader, box=whole.window, zoom=whole.zoom)
    assert least <= whole.zoom <= most and len(whole.marks) > 3
    told = [[(mark.total, mark.box, mark.counts, mark.place, mark.places, mark.report) for mark in found.marks] for found in (whole, window)]
    assert told[0] == told[1]
    assert (whole.unplaced, whole.outside) == (window.unplaced, window.outside) == (1, 0)
