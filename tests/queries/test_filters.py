"""What may be asked of reports: read strictly, named when it cannot be."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from incidents.errors import RuleBroken
from incidents.queries.filters import ReportFilter


def test_nothing_asked_narrows_nothing() -> None:
    assert ReportFilter.parse({}) == ReportFilter.parse(QueryDict("side=&since=&text=%20")) == ReportFilter()
    assert ReportFilter().as_params() == {}


def test_what_was_asked_can_be_asked_again() -> None:
    params = {
        "agreement": "syria-2016-09",
        "side": "A",
        "claimant": "russia",
        "type": "airstrike",
        "state": "submitted",
        "since": "2016-09-12",
        "until": "2016-09-19",
        "text": "حلب",
    }
    asked = ReportFilter.parse(QueryDict(mutable=True) | params)
    assert asked.as_params() == params
    assert asked.since == date(2016, 9, 12)
    assert ReportFilter.parse(asked.as_params()) == asked


def test_digits_of_any_script_make_a_day() -> None:
    assert ReportFilter.parse({"since": "٢٠١٦-٠٩-١٢", "until": "۲۰۱۶-۰۹-۱۹"}) == ReportFilter(since=date(2016, 9, 12), until=date(2016, 9, 19))


def test_names_of_other_things_are_left_alone() -> None:
    assert ReportFilter.parse({"cursor": "x", "lang": "ar"}) == ReportFilter()


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"since": "2016-W37-1"}, "not_a_date", "since"),
        ({"since": "20160912"}, "not_a_date", "since"),
        ({"since": "12.09.2016"}, "not_a_date", "since"),
        ({"until": "2016-02-30"}, "not_a_date", "until"),
        ({"until": "²016-09-12"}, "not_a_date", "until"),
        ({"since": "2016-09-19", "until": "2016-09-12"}, "ends_before_start", "until"),
        ({"type": "air strike"}, "unknown_word", "type"),
        ({"state": "SUBMITTED"}, "unknown_word", "state"),
        ({"side": "a"}, "unknown_word", "side"),
        ({"side": "AB"}, "unknown_word", "side"),
        ({"side": "A"}, "agreement_required", "side"),
        ({"side": "no_side"}, "agreement_required", "side"),
        ({"agreement": "a b"}, "unknown_word", "agreement"),
        ({"claimant": "'; --"}, "unknown_word", "claimant"),
        ({"text": "a\0b"}, "not_text", "text"),
        ({"text": "\ud800"}, "not_text", "text"),
        ({"text": "x" * 201}, "too_long", "text"),
        (QueryDict("state=draft&state=submitted"), "said_twice", "state"),
    ],
)
def test_what_cannot_be_read_is_named(params: Any, code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        ReportFilter.parse(params)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_nobody_needs_no_agreement() -> None:
    assert ReportFilter.parse({"side": "nobody"}).side == "nobody"
