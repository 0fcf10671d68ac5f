"""Which reports are shown to somebody who is about to log the same thing twice, and that finding them stays cheap."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks import duplicates as benchmark
from incidents.actions import reports
from incidents.models import Convoy, NotTheSame, Report, User
from incidents.queries import duplicates
from incidents.queries.duplicates import COARSE, FINE, Draft, candidates, cells
from incidents.rules.areas import Point, distance_km
from incidents.vocabulary import PlacePrecision, TimePrecision, ViolationType
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user

LATITUDE, LONGITUDE = 36.13, 36.97
NOON = datetime(2020, 6, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def analyst(db: None) -> User:
    return make_user(User.Role.ANALYST)


def spot(km_north: float = 0.0, precision: PlacePrecision = PlacePrecision.POINT) -> dict[str, Any]:
    return {"latitude": round(LATITUDE + km_north / 111.195, 6), "longitude": LONGITUDE, "place_precision": precision}


def at(hours: float = 0.0, length: timedelta = timedelta(0), precision: TimePrecision = TimePrecision.EXACT) -> dict[str, Any]:
    starts_at = NOON + hours * HOUR
    return {"starts_at": starts_at, "ends_at": starts_at + length, "time_precision": precision}


def report(**facts: Any) -> Report:
    given = spot() | at() | {"occurred_on": None, "violation_type": ViolationType.SHELLING} | facts
    return make_report(**given)


def draft(**facts: Any) -> Draft:
    return Draft(**(spot() | at() | {"violation_type": ViolationType.SHELLING} | facts))


def found(reader: Any, asked: Draft, **options: Any) -> list[Report]:
    return [candidate.report for candidate in candidates(reader, asked, **options)]


class TestWhatIsFound:
    def test_nothing_is_found_where_nothing_is_on_file(self, analyst: User) -> None:
        assert candidates(analyst, draft()) == []
        assert candidates(analyst, Draft()) == []

    def test_each_candidate_comes_with_its_reasons(self, analyst: User) -> None:
        one = report(wording="Shells fell on the market of the old town", source=make_source("Gazette"))
        [candidate] = candidates(
            analyst, draft(**spot(0.4), **at(0.5), wording="Shells fell on a market in the old town", source_id=make_source("Gazette").pk)
        )
        assert candidate.report == one
        assert [reason.text for reason in candidate.reasons] == [
            "0.4 km apart",
            "30 min apart",
            "same type",
            "similar wording (82 %)",
            "same source",
        ]
        assert 0.8 < candidate.score < 1

    def test_the_most_alike_come_first_and_no_more_than_asked_for(self, analyst: User) -> None:
        far, near, nearest = (report(**spot(km)) for km in (0.8, 0.4, 0.1))
        other = report(violation_type=ViolationType.AID_DELAYED)
        assert found(analyst, draft()) == [nearest, near, far, other]
        assert found(analyst, draft(), limit=2) == [nearest, near]

    @pytest.mark.parametrize(
        ("on_file", "typed", "km", "expected"),
        [
            (PlacePrecision.POINT, PlacePrecision.POINT, 0.9, True),
            (PlacePrecision.POINT, PlacePrecision.POINT, 1.1, False),
            (PlacePrecision.TOWN, PlacePrecision.POINT, 2.9, True),
            (PlacePrecision.POINT, PlacePrecision.TOWN, 2.9, True),
            (PlacePrecision.TOWN, PlacePrecision.TOWN, 3.1, False),
            (PlacePrecision.DISTRICT, PlacePrecision.POINT, 14.9, True),
            (PlacePrecision.POINT, PlacePrecision.DISTRICT, 14.9, True),
            (PlacePrecision.POINT, PlacePrecision.DISTRICT, -14.9, True),
            (PlacePrecision.DISTRICT, PlacePrecision.DISTRICT, 15.1, False),
            (PlacePrecision.GOVERNORATE, PlacePrecision.GOVERNORATE, 0.0, True),
            (PlacePrecision.GOVERNORATE, PlacePrecision.GOVERNORATE, 40.0, False),
        ],
    )
    def test_places_are_compared_as_exactly_as_they_are_known(
        self, analyst: User, on_file: PlacePrecision, typed: PlacePrecision, km: float, expected: bool
    ) -> None:
        one = report(**spot(km, on_file))
        assert found(analyst, draft(**spot(0, typed))) == [one] * expected

    @pytest.mark.parametrize("typed_at_place", [True, False])
    def test_a_report_without_coordinates_stands_where_its_place_does(self, analyst: User, typed_at_place: bool) -> None:
        ford = make_place("Ford", latitude=LATITUDE, longitude=LONGITUDE)
        mill = make_place("Mill", latitude=LATITUDE + 0.02, longitude=LONGITUDE)
        hill = make_place("Hill", latitude=LATITUDE + 0.1, longitude=LONGITUDE)
        nowhere = {"latitude": None, "longitude": None, "place_precision": ""}
        here, near, _far = (report(**nowhere, place=place) for place in (ford, mill, hill))
        district = report(latitude=None, longitude=None, place_precision=PlacePrecision.DISTRICT, place=hill)
        asked = draft(**nowhere, place=ford) if typed_at_place else draft()
        assert set(found(analyst, asked)) == {here, near, district}

    def test_a_place_that_is_on_no_map_is_compared_by_its_name(self, analyst: User) -> None:
        unmapped, other = make_place("Unmapped"), make_place("Elsewhere")
        nowhere = {"latitude": None, "longitude": None, "place_precision": ""}
        one = report(**nowhere, place=unmapped)
        report(**nowhere, place=other)
        assert found(analyst, draft(**nowhere, place=unmapped)) == [one]

    def test_a_report_of_the_whole_governorate_is_shown_for_a_village_in_it(self, analyst: User) -> None:
        governorate = make_place("Governorate", precision=PlacePrecision.GOVERNORATE, latitude=LATITUDE + 0.6, longitude=LONGITUDE)
        district = make_place("District", precision=PlacePrecision.DISTRICT, parent=governorate)
        village = make_place("Village", parent=district, latitude=LATITUDE, longitude=LONGITUDE)
        nowhere = {"latitude": None, "longitude": None, "place_precision": ""}
        one = report(**nowhere, place=governorate)
        assert found(analyst, draft(**nowhere, place=village)) == [one]

    def test_reports_that_name_no_place_are_compared_with_each_other(self, analyst: User) -> None:
        nowhere = {"latitude": None, "longitude": None, "place_precision": ""}
        one = report(**nowhere, wording="convoy shelled on the river road")
        report(**nowhere, agreement=make_agreement("other-2020"), wording="convoy shelled on the river road")
        report(wording="convoy shelled on the river road")
        assert found(analyst, draft(**nowhere, agreement=make_agreement(), wording="the convoy was shelled on the river road")) == [one]

    @pytest.mark.parametrize(
        ("on_file", "typed", "expected"),
        [
            (at(), at(2.9), True),
            (at(), at(-2.9), True),
            (at(), at(3.1), False),
            (at(-12, DAY, TimePrecision.DAY), at(11.9), True),
            (at(-12, DAY, TimePrecision.DAY), at(15.5), False),
            (at(), at(-12, DAY, TimePrecision.DAY), True),
            (at(-84, 7 * DAY, TimePrecision.WEEK), at(80), True),
            (at(-84, 7 * DAY, TimePrecision.WEEK), at(88), False),
            (at(80), at(-84, 7 * DAY, TimePrecision.WEEK), True),
            (at(-24 * 20, 30 * DAY, TimePrecision.MONTH), at(100), True),
            (at(-24 * 20, 300 * DAY, TimePrecision.MONTH), at(-24 * 20, 300 * DAY, TimePrecision.MONTH), True),
        ],
    )
    def test_times_are_compared_by_overlap(self, analyst: User, on_file: dict[str, Any], typed: dict[str, Any], expected: bool) -> None:
        one = report(**on_file)
        assert found(analyst, draft(**typed)) == [one] * expected

    @pytest.mark.parametrize(("hours", "expected"), [(-15.5, True), (-18.5, False), (11.5, True), (12.5, False)])
    def test_a_day_without_an_instant_is_the_local_day(self, analyst: User, hours: float, expected: bool) -> None:
        # 2 June in Damascus lasts from 21:00 to 21:00 UTC; three hours of grace come on both sides.
        one = report(starts_at=None, ends_at=None, occurred_on=date(2020, 6, 2), time_precision=TimePrecision.DAY)
        assert found(analyst, draft(**at(hours), agreement=make_agreement())) == [one] * expected

    def test_undated_reports_are_shown_beside_dated_ones_and_to_each_other(self, analyst: User) -> None:
        undated = {"starts_at": None, "ends_at": None, "occurred_on": None, "time_precision": TimePrecision.UNKNOWN}
        one, dated = report(**undated), report()
        assert found(analyst, draft()) == [dated, one]
        assert found(analyst, draft(**undated)) == [one]

    def test_an_address_already_on_file_is_caught_wherever_and_whenever(self, analyst: User) -> None:
        one = report(**spot(300), **at(24 * 40), link="https://example.org/story/7 ")
        [candidate] = candidates(analyst, Draft(link=" https://example.org/story/7"))
        assert (candidate.report, [reason.text for reason in candidate.reasons]) == (one, ["same address"])
        assert found(analyst, draft(link="https://example.org/story/7")) == [one]
        assert found(analyst, draft(link="https://example.org/story/8")) == []
        assert found(analyst, draft(link="  ")) == []

    def test_of_many_reports_at_one_address_the_one_of_the_same_event_comes_first(self, analyst: User) -> None:
        bulletin = {"link": "https://example.org/bulletin"}
        one = report(**bulletin)
        for day in range(1, 30):
            report(**spot(100), **at(-24.0 * day), **bulletin)
        assert found(analyst, draft(**bulletin))[0] == one


class TestWhatIsNotFound:
    def test_only_what_stands_is_shown(self, analyst: User) -> None:
        retracted, superseded, duplicate, unsent = report(), report(), report(), report()
        reports.retract(report=retracted, by=analyst, reason="Typed twice.")
        Report.objects.filter(pk=superseded.pk).update(state="superseded")
        Report.objects.filter(pk=duplicate.pk).update(state="duplicate")
        Report.objects.filter(pk=unsent.pk).update(state="draft", submitted_at=None)
        assert found(analyst, draft()) == []

    def test_a_report_is_no_duplicate_of_itself_nor_of_what_was_told_apart(self, analyst: User) -> None:
        first, mine, last = report(), report(), report()
        assert set(found(analyst, Draft.of(mine))) == {first, last}
        NotTheSame.objects.create(first=first, second=mine, by=analyst)
        assert found(analyst, Draft.of(mine)) == [last]
        NotTheSame.objects.create(first=mine, second=last, by=analyst)
        assert found(analyst, Draft.of(mine)) == []

    def test_nobody_in_particular_is_shown_nothing(self, analyst: User) -> None:
        report(link="https://example.org/story/7")
        assert candidates(AnonymousUser(), draft(link="https://example.org/story/7")) == []

    def test_what_a_reader_may_not_see_is_no_candidate(self, analyst: User) -> None:
        partner, one = make_user(User.Role.PARTNER), report()
        assert found(partner, draft()) == [one]
        Report.objects.filter(pk=one.pk).update(convoy=_convoy())
        assert found(partner, draft()) == []
        assert found(analyst, draft()) == [one]

    def test_what_a_reader_may_not_see_takes_nobodys_place(self, analyst: User) -> None:
        seen, hidden = report(**spot(0.5)), [report() for _ in range(duplicates.CONSIDERED)]
        Report.objects.filter(pk__in=[one.pk for one in hidden]).update(convoy=_convoy())
        assert found(make_user(User.Role.PARTNER), draft()) == [seen]

    def test_a_source_that_is_withheld_makes_nothing_a_candidate(self, analyst: User) -> None:
        hidden = make_source("Hotline", is_protected=True)
        one = report(source=hidden, link="https://example.org/secret", wording="Shells fell on the market")
        asked = draft(source_id=hidden.pk, link="https://example.org/secret", wording="Shells fell on the market")
        partner = make_user(User.Role.PARTNER)
        [seen], [withheld] = candidates(analyst, asked), candidates(partner, asked)
        assert [reason.code for reason in seen.reasons][3:] == ["similar_wording", "same_address"]
        assert [reason.code for reason in withheld.reasons] == ["km_apart", "same_time", "same_type"]
        assert withheld.report == seen.report == one
        assert candidates(partner, Draft(link="https://example.org/secret")) == []
        elsewhere = Draft(**at(), violation_type=ViolationType.SHELLING, link="https://example.org/secret")
        assert (found(analyst, elsewhere), found(partner, elsewhere)) == ([one], [])


def _convoy() -> Convoy:
    return Convoy.objects.create(operator=make_party("Crescent"), source=make_source())


class TestSquares:
    @given(st.floats(-89, 89), st.floats(-180, 180), st.sampled_from([1.0, 3.0, 15.0]), st.floats(0, 1), st.floats(0, 2 * math.pi))
    @example(0.02, -179.999, 15.0, 0.9, 1.5 * math.pi)
    @example(0.02, 179.999, 15.0, 0.9, 0.5 * math.pi)
    def test_no_point_within_reach_lies_in_another_square(self, latitude: float, longitude: float, km: float, share: float, bearing: float) -> None:
        north = share * km / 111.3 * math.cos(bearing)
        east = share * km / 111.3 * math.sin(bearing) / math.cos(math.radians(latitude))
        other = Point(latitude + north, (longitude + east + 540) % 360 - 180)
        middle = Point(latitude, longitude)
        if distance_km(middle, other) > km:
            return
        for per_degree in (FINE, COARSE):
            [square] = set(cells(other, 0, per_degree)) & {_square(other, per_degree)}
            assert square in cells(middle, km, per_degree)

    @pytest.mark.django_db
    def test_the_database_numbers_them_alike(self) -> None:
        random = Random(3)
        points = [(round(random.uniform(-90, 90), 6), round(random.uniform(-180, 180), 6)) for _ in range(200)]
        points += [(-90, -180), (90, 180), (0, 180), (36.15, 36.95), (36.2, 37.0)]
        with connection.cursor() as cursor:
            for latitude, longitude in points:
                cursor.execute(
                    "SELECT truce_cell(%(a)s::numeric, %(o)s::numeric, 'town'), truce_cell(%(a)s::numeric, %(o)s::numeric, 'district')",
                    {"a": str(latitude), "o": str(longitude)},
                )
                fine, coarse = cursor.fetchone()
                # A point on an edge may fall to either side when reckoned in binary; a circle of a metre has both.
                assert fine in cells(Point(latitude, longitude), 0.001, FINE)
                assert coarse in cells(Point(latitude, longitude), 0.001, COARSE)
                assert fine >= 0 > coarse


def _square(point: Point, per_degree: int) -> int:
    number = math.floor((point.latitude + 90) * per_degree) * 10_000 + math.floor((point.longitude + 180) * per_degree)
    return -1 - number if per_degree == COARSE else number


class TestAmongTenThousand:
    @pytest.fixture
    def drafts(self, analyst: User) -> Iterator[list[tuple[Report, Draft]]]:
        benchmark.make_ground()
        benchmark.make_reports(1, 10_000)
        reports = list(Report.objects.select_related("agreement", "place").filter(state="submitted").order_by("pk")[::49])
        yield list(benchmark.drafts_like(reports, Random(5)))

    def test_the_right_one_is_among_the_first_five(self, analyst: User, drafts: list[tuple[Report, Draft]]) -> None:
        assert len(drafts) == 200
        assert benchmark.recall(analyst, drafts) >= benchmark.GOAL_RECALL

    def test_it_takes_two_queries_and_looks_at_a_handful(self, analyst: User, drafts: list[tuple[Report, Draft]]) -> None:
        for _report, asked in drafts[:50]:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                candidates(analyst, asked)
            assert len(queries) <= 2
            assert len(duplicates.nearby(analyst, asked)) <= 2 * duplicates.CONSIDERED + duplicates.AT_ADDRESS

    def test_no_table_is_read_through(self, analyst: User, drafts: list[tuple[Report, Draft]]) -> None:
        asked = next(asked for _report, asked in drafts if asked.place)
        with CaptureQueriesContext(connection) as queries:
            candidates(analyst, asked)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + queries[0]["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on incidents_report" not in plan, plan
        assert "report_cell_time" in plan and "report_place_time" in plan, plan
