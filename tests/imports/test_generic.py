"""Our own sheets: what a row becomes, what it is refused for, and that twice is harmless."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError

from incidents.actions import imports as action
from incidents.actions import reports as single
from incidents.actions.imports import Ready, Submission
from incidents.actions.reports import HarmStated
from incidents.imports import running
from incidents.models import AggregateClaim, Change, Convoy, Coverage, ImportRow, Party, Place, Report, UnresolvedName, User
from incidents.vocabulary import Basis, HarmKind, TimePrecision, ViolationType
from tests.builders import make_agreement, make_party, make_place, make_source, make_user
from tests.imports.conftest import SAMPLES, run

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
HEAD = "id,claimant,accused,type,when,source"


@pytest.fixture(autouse=True)
def cast() -> None:
    make_agreement()
    make_source()
    make_place("Ford", name_ar="المخاضة")
    make_place("Mill")
    make_user(username="ana")


def outcomes(path: Path, **options: Any) -> dict[int, ImportRow]:
    batch, _said = run(path, **options)
    assert batch
    counts = action.counts(batch)
    assert counts["imported"] + counts["rejected"] + counts["held"] == batch.rows_sent
    return {row.number: row for row in batch.rows.all()}


def test_a_sheet_of_reports_goes_round(written: Write) -> None:
    rows = outcomes(SAMPLES / "reports.csv", by="ana")
    assert {number: row.outcome for number, row in rows.items()} == {2: "imported", 3: "imported", 4: "held", 5: "rejected"}
    first, second = Report.objects.order_by("pk")
    assert (first.claimant, first.accused_side and first.accused_side.code) == (make_party("Highlands"), "A")
    assert (first.occurred_on, first.starts_at) == (date(2020, 6, 2), datetime(2020, 6, 2, 16, 12, tzinfo=UTC))
    assert first.time_precision == TimePrecision.EXACT and first.place == make_place("Ford")
    assert [(one.low, one.best, one.high, one.qualifier) for one in first.casualty_claims.all()] == [
        (62, 62, None, "at_least"),
        (3, None, 5, "exactly"),
    ]
    assert first.wording == " words as received \n" or first.wording == " words as received "
    assert second.violation_type == ViolationType.AIRSTRIKE and second.time_precision == TimePrecision.MONTH and second.occurred_on is None
    assert second.entered_by and second.entered_by.username == "ana"
    assert [(message["field"], message["code"]) for message in rows[5].messages] == [("type", "unknown_word"), ("when", "not_a_date")]


def test_arabic_headers_words_and_digits_are_understood(written: Write) -> None:
    Party.objects.filter(pk=make_party("Highlands").pk).update(name_ar="المرتفعات")
    path = written("id,claimant,accused,type,when,source,place,killed\n١,المرتفعات,A,قصف مدفعي,٢٠٢٠-٠٦-٠٢,Gazette,المخاضة,٧\n")
    from django.utils.translation import override

    with override("ar"):
        label = str(ViolationType.SHELLING.label)
    path.write_text(path.read_text(encoding="utf-8").replace("قصف مدفعي", label), encoding="utf-8")
    assert outcomes(path)[2].outcome == "imported"
    report = Report.objects.get()
    assert report.casualty_claims.get().best == 7 and report.place == make_place("Ford")


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("1,,A,shelling,2020-06-02,Gazette", "claimant", "required"),
        ("1,Highlands,A,shelling,2020-02-30,Gazette", "when", "not_a_date"),
        ("1,Highlands,A,shelling,2999-01-01,Gazette", "when", "in_future"),
        ("1,Highlands,A,boom,2020-06-02,Gazette", "type", "unknown_word"),
    ],
)
def test_a_row_that_breaks_a_rule_is_rejected_with_the_field_named(written: Write, row: str, field: str, code: str) -> None:
    rows = outcomes(written(f"{HEAD}\n{row}\n"))
    assert [(message["field"], message["code"]) for message in rows[2].messages] == [(field, code)]
    assert not Report.objects.exists()


@pytest.mark.parametrize("number", ["-1", "1_000", "1,5", "1e3", "²", "99999999999", "NaN"])
def test_numbers_that_are_none_are_rejected(written: Write, number: str) -> None:
    assert outcomes(written(f'{HEAD},killed\n1,Highlands,A,shelling,2020-06-02,Gazette,"{number}"\n'))[2].outcome == "rejected"


def test_unknown_is_not_zero(written: Write) -> None:
    outcomes(written(f"{HEAD},killed,wounded\n1,Highlands,A,shelling,2020-06-02,Gazette,,0\n"))
    assert [(one.kind, one.best) for one in Report.objects.get().casualty_claims.all()] == [("wounded", 0)]


def test_twice_is_harmless_with_and_without_an_id(written: Write) -> None:
    path = written(f"{HEAD}\n1,Highlands,A,shelling,2020-06-02,Gazette\n,Highlands,A,mortar,2020-06-02,Gazette\n")
    assert [row.is_known for row in outcomes(path).values()] == [False, False]
    made = Change.objects.filter(record_type="report").count()
    assert [row.is_known for row in outcomes(path).values()] == [True, True]
    assert (Report.objects.count(), Change.objects.filter(record_type="report").count()) == (2, made)


def test_one_id_twice_in_a_file_makes_one_report(written: Write) -> None:
    rows = outcomes(written(f"{HEAD}\n1,Highlands,A,shelling,2020-06-02,Gazette\n1,Highlands,A,shelling,2020-06-02,Gazette\n"))
    assert [(row.outcome, row.is_known) for row in rows.values()] == [("imported", False), ("imported", True)]


def test_after_an_undo_the_same_file_can_be_sent_again(written: Write) -> None:
    path = written(f"{HEAD}\n1,Highlands,A,shelling,2020-06-02,Gazette\n")
    batch, _said = run(path)
    assert batch
    action.begin_undo(batch=batch, by=None, reason="Wrong column.")
    assert running.undo(batch).state == "undone"
    assert outcomes(path)[2].is_known is False
    assert [report.state for report in Report.objects.order_by("pk")] == ["retracted", "submitted"]


def test_a_name_that_leads_nowhere_is_offered_with_scored_candidates_and_never_picked(written: Write) -> None:
    batch, _said = run(written(f"{HEAD},place\n1,Highlands,A,shelling,2020-06-02,Gazette,Frod\n2,High lands,A,shelling,2020-06-02,Gazete,Ford\n"))
    assert batch and action.counts(batch)["held"] == 2
    names = {(one.kind, one.name): one for one in batch.unresolved.all()}
    assert set(names) == {("place", "Frod"), ("party", "High lands"), ("source", "Gazete")}
    for one in names.values():
        assert one.candidates and 0 < one.candidates[0]["score"] <= 1 and one.candidates[0]["reasons"]
    action.resolve(name=names["place", "Frod"], by=None, record=make_place("Ford"))
    action.resolve(name=names["party", "High lands"], by=None, record=None)
    action.resolve(name=names["source", "Gazete"], by=None, record=make_source())
    action.queue(batch=batch)
    assert running.work(batch.pk)
    assert {row.number: row.outcome for row in batch.rows.all()} == {2: "imported", 3: "rejected"}
    assert Report.objects.get().place == make_place("Ford")


def test_a_range_out_of_order_is_flagged_and_kept(written: Write) -> None:
    rows = outcomes(written(f"{HEAD},killed_low,killed,killed_high\n1,Highlands,A,shelling,2020-06-02,Gazette,9,5,7\n"))
    assert rows[2].is_flagged
    assert [(one.low, one.best, one.high) for one in Report.objects.get().casualty_claims.all()] == [(None, 5, 7)]


def test_coordinates_stand_for_a_place_that_nobody_knows(written: Write) -> None:
    rows = outcomes(written(f"{HEAD},place,latitude,longitude,place_precision\n1,Highlands,A,shelling,2020-06-02,Gazette,Nowhere,36.2,37.1,town\n"))
    assert rows[2].outcome == "imported" and rows[2].messages[0]["code"] == "place_as_worded"
    assert Report.objects.get().place_as_worded == "Nowhere" and not UnresolvedName.objects.exists()


def test_columns_can_be_named_and_given_for_every_row(written: Write) -> None:
    path = written("Nr,Wer,Was,Tag\n1,Highlands,shelling,02.06.2020\n")
    with pytest.raises(CommandError, match="No column for: claimant, type, source"):
        run(path, separator="comma")
    batch, _said = run(path, separator="comma", column=["claimant=Wer", "type=Was", "when=Tag"], value=["source=Gazette"])
    assert batch and action.counts(batch)["imported"] == 1
    assert Report.objects.get().occurred_on == date(2020, 6, 2)


def test_a_dry_run_keeps_nothing_and_says_all(written: Write) -> None:
    _batch, said = run(SAMPLES / "reports.csv", dry_run=True)
    assert "Nothing was kept: 2 imported (of them 0 known before) + 1 rejected + 1 held = 4 sent" in said
    assert not Report.objects.exists() and not ImportRow.objects.exists() and not UnresolvedName.objects.exists()


def test_what_only_the_database_refuses_is_refused_alone(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from incidents.imports.columns import Text

    monkeypatch.setattr(Text, "_cleaned", lambda self, text: text.strip())
    said = "Highlands,A,shelling,2020-06-02,Gazette"
    rows = outcomes(written(f"{HEAD},spoken_by\n1,{said},x\n2,{said},{'y' * 300}\n"))
    assert [(row.outcome, row.messages and row.messages[0]["code"]) for row in rows.values()] == [("imported", []), ("rejected", "refused")]


def test_many_at_once_are_checked_and_recorded_as_one_is() -> None:
    facts = {
        "agreement": make_agreement(),
        "claimant": make_party("Highlands"),
        "source": make_source(),
        "violation_type": ViolationType.SHELLING,
        "time_precision": TimePrecision.DAY,
        "occurred_on": date(2020, 6, 2),
        "place": make_place(),
    }
    harm = [HarmStated(HarmKind.KILLED, 1, 2, None)]
    by = make_user(username="bob")
    alone = single.submit(by=by, harm=harm, **facts)
    batch = action.receive(by=by, format="reports", file_name="x", sha256="0" * 64, size=1)
    submissions = [Submission(facts, harm), Submission(facts | {"occurred_on": date(2999, 1, 1)})]
    ready, broken = action.reports_ready(by=by, submissions=submissions, operation=batch.public_id)
    assert isinstance(ready, Ready) and getattr(broken, "code", "") == "in_future"
    action.submit_many(by=by, ready=[ready])
    among_many = Report.objects.get(pk=ready.report.pk)
    told = [Change.objects.select_related("payload").get(record_id=report.public_id) for report in (alone, among_many)]
    bodies = [change.payload.body | {"after": change.payload.body["after"] | {"submitted_at": ""}} for change in told]
    assert bodies[0] == bodies[1]
    assert told[1].payload.body["after"] == among_many.facts()
    assert [(change.kind, change.agreement_id, change.actor_id, change.record_type) for change in told[:1]] == [
        (change.kind, change.agreement_id, change.actor_id, change.record_type) for change in told[1:]
    ]
    for change in told:
        assert bytes(change.digest) == change.computed_digest() and bytes(change.payload_hash) == change.payload.computed_hash()


def test_many_at_once_are_refused_to_whom_one_is() -> None:
    facts = {"agreement": make_agreement(), "claimant": make_party("Highlands"), "source": make_source(), "violation_type": ViolationType.SHELLING}
    submission = Submission(facts | {"time_precision": TimePrecision.DAY, "occurred_on": date(2020, 6, 2), "place": None}, [])
    partner = make_user(User.Role.PARTNER)
    (ready,) = action.reports_ready(by=partner, submissions=[submission], operation=uuid.uuid4())
    assert isinstance(ready, Ready)
    with pytest.raises(PermissionDenied):
        action.submit_many(by=partner, ready=[ready])


def test_a_sheet_of_totals_goes_round() -> None:
    rows = outcomes(SAMPLES / "aggregate-claims.csv", format="aggregate-claims")
    assert [row.outcome for row in rows.values()] == ["imported", "imported", "rejected"]
    cumulative, daily = AggregateClaim.objects.order_by("pk")
    assert (cumulative.count, cumulative.basis, [str(one) for one in cumulative.accused.all()]) == (254, Basis.CUMULATIVE, ["Lowlands and allies"])
    assert [(part.label, part.count) for part in daily.parts.all()] == [("Ford", 30), ("Mill", 11)]
    assert rows[3].is_flagged and rows[3].messages[0]["values"] == {"sum": 41, "count": 42}
    assert rows[4].messages[0]["field"] == "period_end"
    assert all(row.is_known for row in outcomes(SAMPLES / "aggregate-claims.csv", format="aggregate-claims").values() if row.outcome == "imported")


def test_a_total_goes_with_its_import() -> None:
    batch, _said = run(SAMPLES / "aggregate-claims.csv", "aggregate-claims")
    assert batch
    action.begin_undo(batch=batch, by=None, reason="Wrong file.")
    running.undo(batch)
    assert not AggregateClaim.objects.current().exists() and AggregateClaim.objects.count() == 2


def test_sheets_of_convoys_and_coverage_go_round_and_are_undone() -> None:
    for format, model in (("convoys", Convoy), ("coverage", Coverage)):
        rows = outcomes(SAMPLES / f"{format}.csv", format=format)
        assert [row.outcome for row in rows.values()] == ["imported", "rejected"], [row.messages for row in rows.values()]
        assert outcomes(SAMPLES / f"{format}.csv", format=format)[2].is_known
        batch = rows[2].batch
        action.begin_undo(batch=batch, by=None, reason="Wrong file.")
        assert running.undo(batch).state == "undone"
        assert not model._default_manager.exists()


def test_a_sheet_of_places_goes_round_and_is_undone() -> None:
    rows = outcomes(SAMPLES / "places.csv", format="places", agreement="")
    assert [row.outcome for row in rows.values()] == ["imported", "imported", "rejected"]
    town = Place.objects.get(pcode="T1")
    assert (town.name, town.name_ar, town.parent and town.parent.pcode) == ("Weir", "السد", "D1")
    assert {(alias.name, alias.language) for alias in town.aliases.all()} == {("The Weir", ""), ("سد", "ar")}
    batch = rows[2].batch
    action.begin_undo(batch=batch, by=None, reason="Wrong file.")
    running.undo(batch)
    assert not Place.objects.filter(pcode__in=["T1", "D1"]).exists()
