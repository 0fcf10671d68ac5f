"""Which reports a reader gets, and that pages lead through all of them once."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.models import PlaceAlias, Report, User
from incidents.queries import reports, sides
from incidents.queries.cursors import Page
from incidents.queries.filters import ReportFilter
from incidents.vocabulary import Bucket, HarmKind, ReportState, TimePrecision
from tests.builders import make_agreement, make_member, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> User:
    return make_user(User.Role.ANALYST)


@pytest.fixture
def partner() -> User:
    return make_user(User.Role.PARTNER)


def found(reader: User, **asked: object) -> list[str]:
    return [report.summary for report in reports.filtered(reader, ReportFilter(**asked))]  # type: ignore[arg-type]


def test_nobody_in_particular_sees_nothing() -> None:
    make_report()
    assert not reports.filtered(AnonymousUser(), ReportFilter()).exists()
    assert reports.count(AnonymousUser(), ReportFilter()) == (0, True)


def test_newest_come_first(analyst: User) -> None:
    for summary in ("first", "second"):
        make_report(summary=summary, occurred_on=date(2020, 6, 5 if summary == "first" else 1))
    assert found(analyst) == ["second", "first"]


def test_a_party_is_held_to_the_side_it_stood_on_that_day(analyst: User) -> None:
    agreement = make_agreement()
    turncoats = make_party("Turncoats")
    organ = make_party("Their staff", organ_of=turncoats)
    make_member(agreement.sides.get(code="A"), turncoats, until_on=date(2020, 6, 3))
    make_member(agreement.sides.get(code="B"), turncoats, from_on=date(2020, 6, 4))
    make_report(summary="before", accused_party=turncoats, occurred_on=date(2020, 6, 3))
    make_report(summary="after", accused_party=organ, occurred_on=date(2020, 6, 4))
    make_report(summary="undated", accused_party=turncoats, occurred_on=None, time_precision=TimePrecision.UNKNOWN)
    make_report(summary="by name", accused_party=None, accused_side=agreement.sides.get(code="B"))
    make_report(summary="outsider", accused_party=make_party("Outsiders"))
    make_report(summary="nobody", accused_party=None)
    assert found(analyst, agreement=agreement.slug, side="A") == ["before"]
    assert found(analyst, agreement=agreement.slug, side="B") == ["by name", "after"]
    assert found(analyst, agreement=agreement.slug, side="no_side") == ["outsider", "undated"]
    assert found(analyst, agreement=agreement.slug, side="nobody") == ["nobody"]
    assert found(analyst, side="nobody") == ["nobody"]


def test_the_database_agrees_with_the_one_function_that_says_who_stood_where(analyst: User) -> None:
    random = Random(7)
    agreement = make_agreement()
    letters = [side.code for side in agreement.sides.all()]
    parties = [make_party(f"Party {number}") for number in range(6)]
    parties += [make_party(f"Organ {number}", organ_of=random.choice(parties[:6])) for number in range(6)]

    for party in parties[:9]:
        # A life of stretches, each on some side or on none; the last organs stand where their party stands.
        borders = sorted(random.sample([date(2020, 6, day) for day in range(1, 8)], random.randrange(3)))
        for first, after in zip([None, *borders], [*borders, None], strict=True):
            if letter := random.choice([*letters, ""]):
                make_member(agreement.sides.get(code=letter), party, from_on=first, until_on=after and after - timedelta(days=1))
    for party in parties:
        for day in (None, *(date(2020, 5, 31) + timedelta(days=offset) for offset in range(9))):
            make_report(accused_party=party, occurred_on=day, time_precision=TimePrecision.DAY if day else TimePrecision.UNKNOWN)
    camps = sides.camps(agreement)
    told = {report.pk: camps.side_of(report.accused_party, report.occurred_on) for report in Report.objects.select_related("accused_party")}
    for letter in letters:
        expected = {pk for pk, (_bucket, side) in told.items() if side and side.code == letter}
        assert expected
        assert {report.pk for report in reports.filtered(analyst, ReportFilter(agreement=agreement.slug, side=letter))} == expected
    expected = {pk for pk, (bucket, _side) in told.items() if bucket == Bucket.NO_SIDE}
    assert {report.pk for report in reports.filtered(analyst, ReportFilter(agreement=agreement.slug, side="no_side"))} == expected


def test_an_organ_claims_for_its_party(analyst: User) -> None:
    make_report(summary="organ", claimant=make_party("Staff", organ_of=make_party("Highlands")))
    make_report(summary="party")
    make_report(summary="other", claimant=make_party("Monitor"))
    assert found(analyst, claimant="highlands") == ["party", "organ"]
    assert found(analyst, claimant="staff") == ["organ"]


def test_days_are_local_and_spans_count_where_they_touch(analyst: User) -> None:
    span = {"occurred_on": None, "time_precision": TimePrecision.WEEK}
    make_report(summary="second", occurred_on=date(2020, 6, 2))
    # 2 to 4 June in Damascus, to the last midnight: the fifth is not touched.
    make_report(summary="span", starts_at=datetime(2020, 6, 1, 21, tzinfo=UTC), ends_at=datetime(2020, 6, 4, 21, tzinfo=UTC), **span)
    make_report(summary="unknown", occurred_on=None, time_precision=TimePrecision.UNKNOWN)
    assert found(analyst, since=date(2020, 6, 2), until=date(2020, 6, 2)) == ["span", "second"]
    assert found(analyst, until=date(2020, 6, 1)) == []
    assert found(analyst, since=date(2020, 6, 4)) == ["span"]
    assert found(analyst, since=date(2020, 6, 5)) == []
    assert found(analyst) == ["unknown", "span", "second"]


def test_text_is_sought_where_the_reader_may_read(analyst: User, partner: User) -> None:
    place = make_place("Ford", name_ar="المخاضة")
    PlaceAlias.objects.create(place=place, name="Crossing")
    make_report(summary="place", place=place)
    make_report(summary="100 % of it", wording="قصف المطحنة")
    protected = make_report(summary="protected", wording="قصف الجسر", source=make_source("Hotline", is_protected=True))
    for text in ("for", "FORD", "مخاض", "crossing"):
        assert found(partner, text=text) == ["place"], text
    assert found(partner, text="100 %") == ["100 % of it"]
    assert found(partner, text="0_%") == []
    assert found(partner, text="قصف") == ["100 % of it"]
    assert found(analyst, text="قصف") == ["protected", "100 % of it"]
    assert found(partner, text=protected.reference.lower()) == ["protected"]
    assert found(partner, text=f"r{protected.pk}") == ["protected"]


@pytest.mark.parametrize("field", ["agreement", "claimant", "side"])
def test_a_name_that_is_not_there_is_an_error_and_not_an_empty_list(analyst: User, field: str) -> None:
    make_agreement()
    asked = ReportFilter(**{"agreement": "river-2020", field: "Q"})
    with pytest.raises(RuleBroken) as caught:
        reports.filtered(analyst, asked)
    assert caught.value.field == field


def test_drafts_are_hidden_from_partners_in_lists_counts_and_by_id(analyst: User, partner: User) -> None:
    report = make_report()
    Report.objects.update(state=ReportState.DRAFT)
    assert reports.one(analyst, report.public_id) == report
    assert reports.count(analyst, ReportFilter()) == (1, True)
    assert found(partner, state="draft") == []
    assert reports.count(partner, ReportFilter()) == (0, True)
    for public_id in (report.public_id, uuid4()):
        with pytest.raises(Report.DoesNotExist):
            reports.one(partner, public_id)


def test_counting_stops_at_the_cap(analyst: User) -> None:
    for _ in range(3):
        make_report()
    assert reports.count(analyst, ReportFilter(), cap=3) == (3, True)
    assert reports.count(analyst, ReportFilter(), cap=2) == (2, False)


def many(number: int) -> None:
    """Make many reports that differ in nothing, the instant included."""
    one = make_report()
    facts = {field.attname: getattr(one, field.attname) for field in Report._meta.concrete_fields if field.name not in {"id", "public_id"}}
    Report.objects.bulk_create(Report(**facts) for _ in range(number - 1))


def test_equal_instants_are_paged_through_completely_both_ways(analyst: User) -> None:
    many(1205)
    seen, cursor, back = [], None, None
    while True:
        page = reports.page(analyst, ReportFilter(), cursor=cursor, limit=100)
        seen += [report.pk for report in page.rows]
        back = page.previous
        if page.next is None:
            break
        cursor = page.next
    assert len(seen) == len(set(seen)) == 1205
    assert seen == sorted(seen, reverse=True)
    returned: list[int] = [report.pk for report in page.rows]
    while back is not None:
        page = reports.page(analyst, ReportFilter(), cursor=back, limit=100)
        returned = [report.pk for report in page.rows] + returned
        back = page.previous
    assert returned == seen


def test_what_is_logged_meanwhile_shifts_nothing(analyst: User) -> None:
    old = [make_report().pk for _ in range(4)]
    first = reports.page(analyst, ReportFilter(), limit=2)
    new = make_report()
    second = reports.page(analyst, ReportFilter(), cursor=first.next, limit=2)
    assert [report.pk for report in (*first.rows, *second.rows)] == old[::-1]
    newer = reports.page(analyst, ReportFilter(), cursor=first.previous or second.previous, limit=10)
    assert newer.rows[0] == new


def test_past_the_ends_there_is_a_way_back(analyst: User) -> None:
    assert reports.page(analyst, ReportFilter()) == Page([], None, None)
    report = make_report()
    make_report()
    first = reports.page(analyst, ReportFilter(), limit=1)
    Report.objects.filter(pk=report.pk).update(state=ReportState.DRAFT)
    partner = make_user(User.Role.PARTNER)
    beyond = reports.page(partner, ReportFilter(), cursor=first.next, limit=1)
    assert (beyond.rows, beyond.next) == ([], None)
    assert len(reports.page(partner, ReportFilter(), cursor=beyond.previous, limit=5).rows) == 1


@pytest.mark.parametrize("cursor", ["x", "bjE9", "YQ", "bi0x", "bjE5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "é", "\0", "n5"])
def test_a_cursor_of_ones_own_making_is_refused(analyst: User, cursor: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        reports.page(analyst, ReportFilter(), cursor=cursor)
    assert caught.value.code == "unreadable_cursor"


def test_a_page_costs_the_same_whatever_is_on_it(analyst: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for report in reports.page(analyst, ReportFilter(agreement="river-2020", side="A", text="o")).rows:
                assert report.accused_party and report.place
                assert all([report.agreement.label, report.claimant.principal.name, report.source.name, report.place.name])
                assert report.accused_party.principal.name and list(report.casualty_claims.all()) is not None
        return len(captured)

    make_report(summary="one", place=make_place(), harm=[HarmStated(HarmKind.KILLED, low=1)])
    few = queries()
    for number in range(6):
        organ = make_party(f"Organ {number}", organ_of=make_party("Lowlands"))
        make_report(summary="more", place=make_place(f"Place {number}"), accused_party=organ, source=make_source(f"Source {number}"))
    assert queries() == few
