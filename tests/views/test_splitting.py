"""Paste and split: a digest becomes one report for each part; a mistake in one part holds up no other; sent twice it is logged once."""

import re
from typing import Any

import pytest
from django.test import Client

from incidents.models import Report
from tests.builders import make_agreement, make_place, make_source
from tests.views.reading import text_of

SPLIT = "/en/reports/split/?agreement=river-2020"
DIGEST = """Violations of 2 June 2020:
- Shelling by Lowlands in Ford at 18:20, 3 killed
- Sniper fire in Ford at 19:40, nobody hurt
- Words of which nothing is understood"""
SHARED = {"claimant": "highlands", "source": "gazette", "credibility": "6"}


@pytest.fixture
def cut(analyst: Client) -> dict[str, Any]:
    """Return the rows' form as a browser would send it back."""
    make_agreement()
    make_source()
    make_place()
    page = analyst.post(SPLIT, SHARED | {"digest": DIGEST, "then": "split"})
    assert page.status_code == 200
    sent: dict[str, Any] = dict(SHARED)
    for row in page.context["rows"]:
        sent |= {field.html_name: field.value() or "" for field in row.form if field.name not in SHARED}
    return sent | {"then": "save"}


def test_each_part_has_its_own_suggestions_and_the_day_above_them(cut: dict[str, Any]) -> None:
    assert [cut[f"{number}-day"] for number in range(3)] == ["02/06/2020"] * 3
    assert [cut[f"{number}-clock"] for number in range(3)] == ["18:20", "19:40", ""]
    assert [cut[f"{number}-violation_type"] for number in range(3)] == ["shelling", "sniper", ""]
    assert (cut["0-place"], cut["0-accused"], cut["0-killed_low"], cut["1-wounded_low"]) == ("Ford", "A", "3", "0")
    assert cut["2-wording"] == "- Words of which nothing is understood"


def test_each_part_is_saved_with_its_own_outcome(analyst: Client, cut: dict[str, Any]) -> None:
    answer = analyst.post(SPLIT, cut | {"1-accused": "nobody"})
    assert answer.status_code == 422
    outcomes = [row.report.violation_type if row.report else sorted(row.form.errors) for row in answer.context["rows"]]
    assert outcomes[:2] == ["shelling", "sniper"]
    assert "violation_type" in outcomes[2]
    assert "2 reports saved." in text_of(answer)
    assert Report.objects.get(violation_type="shelling").wording == "- Shelling by Lowlands in Ford at 18:20, 3 killed"
    # Sent again, with the last part left out: nothing is logged twice.
    again = analyst.post(SPLIT, cut | {"1-accused": "nobody", "2-left_out": "1"})
    assert again.status_code == 200
    assert Report.objects.count() == 2


def test_a_part_that_may_be_on_file_is_asked_about_alone(analyst: Client, cut: dict[str, Any]) -> None:
    analyst.post(SPLIT, {name: value for name, value in cut.items() if not re.match("[12]-", name)})
    page = analyst.post(SPLIT, SHARED | {"digest": DIGEST, "then": "split"})
    first = page.context["rows"][0]
    assert len(first.candidates) == 1
    token = first.form["token"].value()
    sent = cut | {"0-token": token, "1-left_out": "1", "2-left_out": "1"}
    asked = analyst.post(SPLIT, sent)
    assert [row.is_asked for row in asked.context["rows"]] == [True, False, False]
    same = Report.objects.get(violation_type="shelling").public_id
    analyst.post(SPLIT, sent | {"0-seen": str(same), "0-same": str(same)})
    assert Report.objects.filter(violation_type="shelling").count() == 2
    assert len(set(Report.objects.filter(violation_type="shelling").values_list("incident_id", flat=True))) == 1


def test_partners_split_nothing(partner: Client) -> None:
    assert partner.get(SPLIT).status_code == 403
