"""Every format, from rows with everything that breaks formats in them; and what a reader may not see in none of them."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from incidents.actions.reports import HarmStated
from incidents.exports.columns import EXPORTS
from incidents.exports.copying import Drawn, selected
from incidents.exports.formats import FORMATS
from incidents.models import AggregateClaim, Convoy, Report, User
from incidents.vocabulary import HarmGroup, HarmKind
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db
NASTY = '=cmd|"x"!A1,\r\nأورم\tالكبرى \\N \\. \x0b{}'


def drawn(format: str, of: str = "reports", reader: User | None = None, **asked: str) -> bytes:
    export = EXPORTS[of]
    reader = reader or User.objects.filter(role=User.Role.ANALYST).first() or make_user()
    rows = export.rows(reader, asked)
    columns = export.columns(reader)
    return b"".join(FORMATS[format].stream(selected(rows, columns), columns, export.point, "key:ab12", Drawn()))


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.fixture
def report(db: None) -> Any:
    harm = [HarmStated(HarmKind.KILLED, 20, 20, None, HarmGroup.CIVILIANS)]
    point = {"latitude": Decimal("36.123456"), "longitude": Decimal("37.654321"), "place_precision": "point"}
    return make_report(wording=NASTY, summary="-1", place=make_place(), harm=harm, **point)


def test_csv_holds_each_value_once_and_nothing_that_runs(report: Any) -> None:
    (row,) = table(drawn("csv"))
    assert (row["id"], row["reference"], row["claimant"], row["occurred_on"]) == (str(report.public_id), report.reference, "highlands", "2020-06-02")
    assert (row["wording"], row["summary"]) == (f"'{NASTY}", "'-1")
    assert (row["latitude"], row["stated_count"], row["drawn_for"]) == ("36.123456", "", "key:ab12")
    assert json.loads(row["harm"]) == [{"kind": "killed", "group": "civilians", "low": 20, "best": 20, "high": None, "qualifier": "exactly"}]


def test_csv_keeps_all_that_would_run_from_running_and_the_rest_as_it_is(db: None) -> None:
    runs, stays = ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"], ["1+1", " =1", "＝1", "'=1", "أورم"]
    for text in (*runs, *stays):
        make_report(summary=text)
    assert [row["summary"] for row in table(drawn("csv"))] == [*(f"'{text}" for text in runs), *stays]


def test_words_of_ours_begin_with_nothing_that_runs() -> None:
    for export, model in (("reports", Report), ("aggregate-claims", AggregateClaim)):
        names = {column.name for column in EXPORTS[export].columns(User()) if column.is_word}
        chosen = [model._meta.get_field(name) for name in names - {"id", "reference", "incident"}]
        assert chosen and all(str(word)[:1].isalnum() or word == "" for field in chosen for word, _label in field.flatchoices), export


def test_hxl_has_a_tag_for_each_column(report: Any) -> None:
    header, tags, row = list(csv.reader(io.StringIO(drawn("hxl").decode(), newline="")))
    assert len(header) == len(tags) == len(row)
    assert all(tag.startswith("#") for tag in tags) and dict(zip(header, tags, strict=True))["latitude"] == "#geo+lat"


def test_ndjson_is_one_object_a_line_and_says_the_same(report: Any) -> None:
    make_report()
    first, second = [json.loads(line) for line in drawn("ndjson").decode().split("\n") if line]
    assert first["wording"] == NASTY and first["latitude"] == 36.123456 and second["wording"] is None
    assert first["harm"][0]["low"] == 20 and second["harm"] is None


def test_geojson_keeps_what_has_no_place(report: Any) -> None:
    other = make_report()
    features = json.loads(drawn("geojson"))["features"]
    assert [feature["geometry"] and feature["geometry"]["coordinates"] for feature in features] == [[37.654321, 36.123456], None]
    assert [feature["id"] for feature in features] == [str(report.public_id), str(other.public_id)]
    assert json.loads(drawn("geojson", state="retracted")) == {"type": "FeatureCollection", "features": []}


def test_a_spreadsheet_holds_numbers_as_numbers_and_no_formula(report: Any) -> None:
    sheet = load_workbook(io.BytesIO(drawn("xlsx"))).active
    assert sheet
    header, row = (list(line) for line in sheet.iter_rows())
    found = {str(name.value): value for name, value in zip(header, row, strict=True)}
    assert float(found["latitude"].value) == 36.123456 and found["wording"].data_type == "s" and str(found["wording"].value).startswith("=cmd")


def test_all_formats_have_the_same_columns(report: Any) -> None:
    names = list(table(drawn("csv"))[0])
    assert list(json.loads(drawn("ndjson"))) == names
    assert list(json.loads(drawn("geojson"))["features"][0]["properties"]) == names


def test_ucdp_columns_add_no_groups(report: Any) -> None:
    both = [HarmStated(HarmKind.KILLED, 20, 20, 20, HarmGroup.CIVILIANS), HarmStated(HarmKind.KILLED, 5, 5, 5, HarmGroup.CHILDREN)]
    make_report(harm=both)
    one, two = table(drawn("csv", "reports-like-ucdp"))
    assert (one["low"], one["best"], one["high"], one["where_prec"], one["date_prec"]) == ("20", "20", "", "1", "1")
    assert (two["low"], two["best"], two["high"]) == ("", "", "")


def test_claims_are_taken_away_as_published(report: Any) -> None:
    make_claim(254)
    (row,) = table(drawn("csv", "aggregate-claims"))
    assert (row["claimant"], row["count"], row["basis"]) == ("highlands", "254", "cumulative")
    assert json.loads(row["accused"]) == [{"party_slug": None, "side_code": "A"}]


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_partner_may_not_see_is_in_no_format(format: str) -> None:
    partner = make_user(User.Role.PARTNER)
    convoy = Convoy.objects.create(reference="C-1", operator=make_party("Relief"), agreement=make_agreement(), source=make_source())
    make_report(convoy=convoy, summary="canary of a convoy")
    make_report(source=make_source("Canary Radio", is_protected=True), wording="canary words", link="canary link")
    told = make_report(summary="open")
    data = drawn(format, reader=partner)
    if format == "xlsx":
        book = load_workbook(io.BytesIO(data)).active
        assert book
        data = repr([[cell.value for cell in row] for row in book.iter_rows()]).encode()
    assert str(told.public_id).encode() in data and b"anary" not in data
