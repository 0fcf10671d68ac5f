"""Imprecise time: what a local date, time and precision mean, and what is refused with its field named."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import RuleBroken
from incidents.rules.timespans import Local, PartOfDay, Timespan, days_in_force, parse_clock, parse_day, parse_local, timespan, zone_named
from incidents.vocabulary import TimePrecision as P

DAMASCUS = ZoneInfo("Asia/Damascus")
NOW = datetime(2016, 11, 30, 12, tzinfo=UTC)
THE_17TH = date(2016, 9, 17)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> Local:
    return parse_local(text, "starts_at")[0]


@pytest.mark.parametrize(
    ("precision", "start", "end", "part", "starts_at", "ends_at", "day"),
    [
        (P.EXACT, "2016-09-17 17:10", None, None, "2016-09-17T14:10", "2016-09-17T14:10", THE_17TH),
        (P.EXACT, "2016-09-19 19:12", "2016-09-19 20:00", None, "2016-09-19T16:12", "2016-09-19T17:00", date(2016, 9, 19)),
        (P.EXACT, "2016-09-17 23:50", "2016-09-18 00:10", None, "2016-09-17T20:50", "2016-09-17T21:10", None),
        (P.EXACT, "2016-09-17 23:50", "2016-09-18 00:00", None, "2016-09-17T20:50", "2016-09-17T21:00", THE_17TH),
        (P.EXACT, "2016-09-17 00:30", None, None, "2016-09-16T21:30", "2016-09-16T21:30", THE_17TH),
        (P.HOUR, "2016-09-17 17:59", None, None, "2016-09-17T14:00", "2016-09-17T15:00", THE_17TH),
        (P.HOUR, "2016-09-17 23:00", None, None, "2016-09-17T20:00", "2016-09-17T21:00", THE_17TH),
        (P.PART_OF_DAY, "2016-09-17", None, PartOfDay.EVENING, "2016-09-17T15:00", "2016-09-17T21:00", THE_17TH),
        (P.PART_OF_DAY, "2016-09-17 04:00", None, None, "2016-09-16T21:00", "2016-09-17T03:00", THE_17TH),
        (P.DAY, "2016-09-17", None, None, "2016-09-16T21:00", "2016-09-17T21:00", THE_17TH),
        (P.DAY, "2016-09-17", "2016-09-17", None, "2016-09-16T21:00", "2016-09-17T21:00", THE_17TH),
        (P.DAY, "2016-09-17", "2016-09-18", None, "2016-09-16T21:00", "2016-09-18T21:00", None),
        (P.WEEK, "2016-09-12", None, None, "2016-09-11T21:00", "2016-09-18T21:00", None),
        (P.MONTH, "2016-09", None, None, "2016-08-31T21:00", "2016-09-30T21:00", None),
        (P.MONTH, "2016-02-29", None, None, "2016-01-31T22:00", "2016-02-29T22:00", None),
        (P.UNKNOWN, "2016-09-17", "2016-09-18", None, "2016-09-16T21:00", "2016-09-18T21:00", None),
    ],
)
def test_a_precision_means_a_span_and_a_day(
    precision: P, start: str, end: str | None, part: PartOfDay | None, starts_at: str, ends_at: str, day: date | None
) -> None:
    found = timespan(precision, DAMASCUS, local(start), local(end) if end else None, part, now=NOW)
    assert found == Timespan(precision, utc(starts_at), utc(ends_at), day)


def test_an_unknown_time_has_no_span_and_no_day() -> None:
    assert timespan(P.UNKNOWN, DAMASCUS, None, now=NOW) == Timespan(P.UNKNOWN, None, None, None)


def test_days_are_as_long_as_clocks_make_them() -> None:
    begins, ends = (timespan(P.DAY, DAMASCUS, local(day), now=NOW) for day in ("2016-03-25", "2016-10-27"))
    assert (begins.starts_at, begins.ends_at) == (utc("2016-03-24T22:00"), utc("2016-03-25T21:00"))
    assert (ends.starts_at, ends.ends_at) == (utc("2016-10-26T21:00"), utc("2016-10-27T22:00"))


def test_of_an_hour_that_came_twice_the_first_is_meant() -> None:
    assert timespan(P.EXACT, DAMASCUS, local("2016-10-27 23:30"), now=NOW).starts_at == utc("2016-10-27T20:30")


@pytest.mark.parametrize(
    ("precision", "start", "end", "code", "field"),
    [
        (P.EXACT, "2016-11-30 14:01", None, "in_future", "starts_at"),
        (P.DAY, "2016-12-01", None, "in_future", "starts_at"),
        (P.DAY, "9999-12-31", None, "in_future", "starts_at"),
        (P.WEEK, "9999-12-31", None, "in_future", "starts_at"),
        (P.DAY, "2016-09-17", "2016-12-01", "in_future", "ends_at"),
        (P.EXACT, "2016-11-30 13:00", "2016-11-30 14:01", "in_future", "ends_at"),
        (P.DAY, "2016-09-17", "2016-09-16", "ends_before_start", "ends_at"),
        (P.EXACT, "2016-09-17 17:00", "2016-09-17 16:59", "ends_before_start", "ends_at"),
        (P.EXACT, "2016-09-17", None, "time_required", "starts_at"),
        (P.HOUR, "2016-09-17 17:00", "2016-09-17", "time_required", "ends_at"),
        (P.EXACT, "2016-03-25 00:30", None, "no_such_time", "starts_at"),
        (P.DAY, "1899-12-31", None, "too_early", "starts_at"),
        (P.DAY, "0001-01-01", None, "too_early", "starts_at"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(precision: P, start: str, end: str | None, code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        timespan(precision, DAMASCUS, local(start), local(end) if end else None, now=NOW)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(("precision", "end"), [(P.DAY, None), (P.UNKNOWN, Local(THE_17TH))])
def test_a_start_is_required_unless_the_time_is_unknown(precision: P, end: Local | None) -> None:
    with pytest.raises(RuleBroken) as refused:
        timespan(precision, DAMASCUS, None, end, now=NOW)
    assert (refused.value.code, refused.value.field) == ("required", "starts_at")


def test_today_may_be_reported_before_it_is_over() -> None:
    assert timespan(P.DAY, DAMASCUS, local("2016-11-30"), now=NOW).day == date(2016, 11, 30)


class TestReadingDatesAndTimes:
    @pytest.mark.parametrize("text", ["2016-09-17", " 2016-09-17 ", "٢٠١٦-٠٩-١٧", "۲۰۱۶-۰۹-۱۷"])
    def test_a_date_is_read_in_any_digits(self, text: str) -> None:
        assert parse_day(text, "day") == THE_17TH

    @pytest.mark.parametrize(
        "text",
        ["", "2016-W37-6", "2016W376", "20160917", "2016-261", "17/09/2016", "2016-9-17", "2016-09-31", "2_16-09-17", "2016-09-17T", "२०१६-०९-१७"],
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(RuleBroken) as refused:
            parse_day(text, "published_on")
        assert (refused.value.code, refused.value.field) == ("not_a_date", "published_on")

    @pytest.mark.parametrize(
        ("text", "clock"), [("19:12", time(19, 12)), ("7:05", time(7, 5)), ("١٩:١٢", time(19, 12)), ("19:12:30", time(19, 12, 30))]
    )
    def test_a_time_is_read_in_any_digits(self, text: str, clock: time) -> None:
        assert parse_clock(text, "clock") == clock

    @pytest.mark.parametrize("text", ["", "24:00", "19:60", "1912", "19", "7pm", "19:1", "19:12Z", "1_9:12"])
    def test_other_times_are_refused(self, text: str) -> None:
        with pytest.raises(RuleBroken) as refused:
            parse_clock(text, "clock")
        assert (refused.value.code, refused.value.field) == ("not_a_time", "clock")

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("2016-09", (Local(date(2016, 9, 1)), P.MONTH)),
            ("2016-09-17", (Local(THE_17TH), P.DAY)),
            ("2016-09-17 17:00", (Local(THE_17TH, time(17)), P.EXACT)),
            ("٢٠١٦-٠٩-١٧T١٧:٠٠", (Local(THE_17TH, time(17)), P.EXACT)),
        ],
    )
    def test_how_it_is_written_says_how_exact_it_is(self, text: str, meant: tuple[Local, P]) -> None:
        assert parse_local(text, "starts_at") == meant

    @pytest.mark.parametrize("text", ["2016", "2016-13", "2016-09-17 25:00", "17 September 2016"])
    def test_a_date_and_time_is_strict_too(self, text: str) -> None:
        with pytest.raises(RuleBroken):
            parse_local(text, "starts_at")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Asia", "/etc/localtime"])
def test_a_zone_must_exist(name: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        zone_named(name, "time_zone")
    assert (refused.value.code, refused.value.field) == ("no_such_zone", "time_zone")


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "days"),
    [
        ("2016-09-12T16:00", "2016-09-19T16:00", (date(2016, 9, 12), date(2016, 9, 19))),
        ("2016-09-11T21:00", "2016-09-19T21:00", (date(2016, 9, 12), date(2016, 9, 19))),
        ("2016-02-26T22:00", None, (date(2016, 2, 27), None)),
        ("2016-09-11T21:00", "2016-09-11T21:00", (date(2016, 9, 12), date(2016, 9, 12))),
    ],
    ids=["the truce of September", "ending at midnight", "the truce of February", "no time at all"],
)
def test_the_days_in_force_are_local(starts_at: str, ends_at: str | None, days: tuple[date, date | None]) -> None:
    assert days_in_force(utc(starts_at), utc(ends_at) if ends_at else None, DAMASCUS) == days


def test_an_agreement_does_not_end_before_it_begins() -> None:
    with pytest.raises(RuleBroken) as refused:
        days_in_force(utc("2016-09-19T16:00"), utc("2016-09-12T16:00"), DAMASCUS)
    assert refused.value.field == "ends_at"


@given(st.dates(date(1900, 1, 2), date(2016, 11, 29)), st.sampled_from(["Asia/Damascus", "Asia/Beirut", "Asia/Kathmandu", "America/St_Johns", "UTC"]))
def test_a_day_counts_under_itself_in_every_zone(day: date, zone: str) -> None:
    found = timespan(P.DAY, ZoneInfo(zone), Local(day), now=NOW)
    assert found.day == day
    assert found.starts_at is not None
    assert found.ends_at is not None
    assert found.starts_at < found.ends_at
