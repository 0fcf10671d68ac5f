"""What the log page is told while somebody types: suggestions from the text, names in any spelling, the place drawn. With script and without."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from incidents.models import Agreement, AgreementArea, Report
from tests.builders import make_agreement, make_place, make_source
from tests.views.reading import text_of
from tests.views.test_logging import FORM, typed

__all__ = ["typed"]

READ = "/en/reports/reading/?agreement=river-2020"
NAMES = "/en/reports/names/"
TEXT = "Shelling by Lowlands on 2 June 2020 at 6:20 pm in Ford, at least 3 killed and 2 missing. <b>https://example.org/a</b>"


def test_a_text_suggests_values_for_its_fields_and_is_shown_with_its_readings(analyst: Client, typed: dict[str, str]) -> None:
    told = analyst.post(READ, typed | {"wording": TEXT}).json()
    wanted = {"day": "02/06/2020", "clock": "18:20", "time_precision": "exact", "place": "Ford", "violation_type": "shelling", "accused": "A"}
    assert told["values"] | wanted | {"killed_low": "3", "killed_high": "", "missing_low": "2", "link": "https://example.org/a"} == told["values"]
    assert "<mark>Shelling</mark>" in told["marks"]
    assert "&lt;b&gt;" in told["marks"]
    assert told["said"] == "7 fields suggested"


def test_what_can_be_read_in_two_ways_is_offered_and_not_filled(analyst: Client, typed: dict[str, str]) -> None:
    told = analyst.post(READ, typed | {"wording": "Shelling at 6:20 on 2 June 2020"}).json()
    assert "clock" not in told["values"]
    assert told["offers"].count('name="take"') == 2


def test_yesterday_counts_from_the_day_of_posting_and_from_no_other(analyst: Client, typed: dict[str, str]) -> None:
    text = typed | {"wording": "Shelling in Ford yesterday"}
    assert analyst.post(READ, text | {"published_on": "03/06/2020"}).json()["values"]["day"] == "02/06/2020"
    told = analyst.post(READ, text).json()
    assert "day" not in told["values"], "the truce is long over: nobody posted this today"
    assert "Give the day of posting" in told["offers"]


def test_without_script_the_same_round_trip_fills_what_is_empty_and_keeps_what_was_typed(analyst: Client, typed: dict[str, str]) -> None:
    sent = typed | {"wording": TEXT, "clock": "", "place": "", "day": "01/06/2020", "then": "read"}
    form = analyst.post(FORM, sent).context["form"]
    assert (form["clock"].value(), form["place"].value(), form["day"].value()) == ("18:20", "Ford", "01/06/2020")
    assert "clock" in form["suggested"].value()
    assert "day" not in form["suggested"].value()
    assert not Report.objects.exists()
    chosen = analyst.post(FORM, sent | {"then": "", "take": json.dumps({"clock": "06:20", "token": "x"})}).context["form"]
    assert (chosen["clock"].value(), chosen["token"].value()) == ("06:20", typed["token"]), "only fields that a text may fill are filled"


@pytest.mark.parametrize("take", ["{", '{"day": 3}'])
def test_a_choice_that_is_none_changes_nothing(analyst: Client, typed: dict[str, str], take: str) -> None:
    assert analyst.post(FORM, typed | {"take": take}).context["form"]["day"].value() == typed["day"]


def test_names_are_found_in_any_script_and_spelling(analyst: Client) -> None:
    make_place("Handarat", slug="handarat", name_ar="حندرات", latitude=Decimal("36.296"), longitude=Decimal("37.19"))
    make_source()

    def found(kind: str, text: str) -> list[str]:
        return [row["value"] for row in analyst.get(NAMES, {"kind": kind, "text": text}).json()["names"]]

    assert [found("place", text) for text in ("hand", "Handrat", "Hindarat", "حندر", "حندرات")] == [["handarat"]] * 5
    assert found("place", "\0") == found("place", " ") == []
    assert found("source", "gaz") == ["gazette"]
    make_agreement()
    assert found("party", "lowl") == ["lowlands"]
    assert analyst.get(NAMES, {"kind": "user", "text": "a"}).status_code == 404


def test_the_place_is_drawn_with_its_precision_and_what_lies_around(analyst: Client, typed: dict[str, str]) -> None:
    where = typed | {"place": "35.2° N, 38.2° E", "place_precision": "neighbourhood"}
    panel = analyst.post("/en/reports/duplicates/?agreement=river-2020", where)
    assert "11 km north of Ford" in text_of(panel)
    assert "locator-precision" in panel.content.decode()
    assert "± 1 km" in panel.content.decode()


DRAWING = "/en/reports/drawing/?agreement=river-2020"
SQUARE = {"type": "Polygon", "coordinates": [[[38, 35], [39, 35], [39, 36], [38, 36], [38, 35]]]}


def test_before_a_place_is_named_what_the_agreement_covers_is_drawn(analyst: Client, typed: dict[str, str]) -> None:
    agreement = make_agreement()

    def shown(**facts: str) -> tuple[Any, list[int]]:
        Agreement.objects.filter(pk=agreement.pk).update(**facts)
        drawing = analyst.get(FORM).context["locator"]
        return drawing, [round(float(word)) for word in drawing.ground.split()][:2] if drawing else []

    assert shown(country="Syria")[1] == [35, 39]
    assert shown(country="Nowhere")[1] == [35, 38], "where the known places are"
    AgreementArea.objects.create(agreement=agreement, name="The valley", geometry=SQUARE)
    AgreementArea.objects.create(agreement=agreement, name="The north", geometry=SQUARE, is_excluded=True)
    drawing, _middle = shown(country="Syria")
    assert drawing.ground.startswith("35.500000 38.500000 ")
    assert [(area.name, area.is_excluded, area.path[:1]) for area in drawing.areas] == [("The valley", False, "M"), ("The north", True, "M")]
    assert 'aria-label="What the agreement covers"' in analyst.get(FORM).content.decode()
    drawing = analyst.post(FORM, typed | {"place": "Ford", "violation_type": ""}).context["locator"]
    assert (drawing.has_point, drawing.ground.split()[4]) == (True, "16.000")


@pytest.mark.parametrize("look", ["", "35 38", "91 38 5", "35 38 0.1", "35 38 9999", "35 181 5", "nan 38 5", "35 38 5 6", "35;38;5"])
def test_only_ground_that_can_be_drawn_is_drawn(analyst: Client, typed: dict[str, str], look: str) -> None:
    assert 'data-ground="35.1' in analyst.post(DRAWING, typed | {"look": look}).content.decode()
    asked = analyst.post(DRAWING, typed | {"look": "36.500000 37.250000 80.000"}).content.decode()
    assert 'data-ground="36.500000 37.250000 ' in asked
    assert 'value="36.500000 37.250000 80.000"' in asked, "it stays there with the next answer"


def test_partners_are_told_nothing(partner: Client, typed: dict[str, Any]) -> None:
    assert partner.post(READ, typed | {"wording": TEXT}).status_code == 403
    assert partner.get(NAMES, {"kind": "place", "text": "ford"}).status_code == 403
    assert partner.post(DRAWING, typed).status_code == 403
