"""UCDP GED: a fight accuses nobody, long rows are undated, several sources are several, and broken ranges are flagged."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest

from incidents.actions import imports as action
from incidents.actions import seals, tallies
from incidents.imports import running
from incidents.models import Change, Citation, ImportRow, Report, Source
from incidents.vocabulary import HarmGroup, ReportState, TimePrecision
from tests.builders import make_agreement, make_party
from tests.imports.conftest import SAMPLES, run, show

pytestmark = pytest.mark.django_db

ACCUSED = ("IS", "Syrian insurgents", "SDF", "Government of Syria", "Government of Turkey", "Government of Jordan")
Find = Callable[[str], Path]


def accused_on_record() -> None:
    for name in ACCUSED:
        make_party(name)


def sample(**options: object) -> dict[str, Report]:
    make_agreement()
    accused_on_record()
    batch, _said = run(SAMPLES / "ucdp.csv", "ucdp-ged", **options)
    assert batch
    return {str(report.external_id).partition(":")[2]: report for report in Report.objects.select_related("accused_party", "claimant", "source")}


@pytest.mark.slow
def test_the_whole_year_is_accounted_for(shared: Find) -> None:
    path = shared("ucdp-ged-syria-2016.csv")
    make_agreement("syria-2016", timezone="Asia/Damascus")
    accused_on_record()
    began = monotonic()
    batch, said = run(path, "ucdp-ged", "syria-2016")
    show(said, f"first run {monotonic() - began:.1f} s")
    assert batch
    counts = action.counts(batch)
    assert (counts["imported"], counts["rejected"], counts["held"], counts["known"]) == (6170, 0, 0, 0)
    assert counts["flagged"] == 15
    assert ImportRow.objects.filter(batch=batch, messages__contains=[{"code": "no_adm_1"}]).count() == 127
    assert Report.objects.filter(accused_party__isnull=False).count() == 185
    assert Report.objects.exclude(time_precision=TimePrecision.DAY).filter(occurred_on__isnull=False).count() == 0
    assert Report.objects.filter(occurred_on__isnull=True).count() == 262
    whole_year = Report.objects.get(external_id="ucdp-ged:233200")
    assert whole_year.occurred_on is None and whole_year.starts_at and whole_year.ends_at and (whole_year.ends_at - whole_year.starts_at).days == 366
    assert sum(claim.best or 0 for claim in whole_year.casualty_claims.all()) == 8179
    assert Citation.objects.count() == 7228
    with path.open(encoding="utf-8") as file:
        assert batch.rows_sent == 6170 and file.readline()

    again, said = run(path, "ucdp-ged", "syria-2016")
    show(said)
    assert again and again.pk != batch.pk
    assert action.counts(again)["known"] == 6170
    assert Report.objects.count() == 6170

    recorded = Change.objects.count()
    action.begin_undo(batch=batch, by=None, reason="Sent by mistake.")
    began = monotonic()
    running.undo(batch)
    left = Report.objects.current().count()
    show(f"undone in {monotonic() - began:.1f} s; {left} left counted; {recorded} changes before, {Change.objects.count()} after")
    assert left == 0
    assert Report.objects.filter(state=ReportState.RETRACTED, retraction_reason="Sent by mistake.").count() == 6170
    assert Change.objects.count() >= recorded + 6171


def test_the_log_stays_whole_and_the_tally_ends_at_nothing() -> None:
    sample()
    batch = ImportRow.objects.select_related("batch").all()[0].batch
    settle()
    action.begin_undo(batch=batch, by=None, reason="Sent by mistake.")
    running.undo(batch)
    settle()
    assert tallies.differences(make_agreement()) == []
    for change in Change.objects.select_related("payload"):
        assert bytes(change.digest) == change.computed_digest()
        assert bytes(change.payload_hash) == change.payload.computed_hash()


def settle() -> None:
    while seals.seal():
        pass
    while tallies.post():
        pass


def test_a_fight_accuses_nobody_and_one_sided_violence_accuses_side_a() -> None:
    reports = sample()
    assert reports["1"].accused_party is None and reports["1"].accused_as_worded == ""
    assert reports["3"].accused_party == make_party("IS") and reports["3"].target_as_claimed == "Civilians"


def test_ucdp_is_the_claimant_and_its_data_set_the_source() -> None:
    report = sample()["1"]
    assert (report.claimant.slug, report.source.slug) == ("ucdp", "ucdp-ged")


def test_several_sources_in_a_cell_become_several_sources() -> None:
    report = sample()["2"]
    cited = [(cite.source.name, str(cite.published_on), cite.title) for cite in report.citations.select_related("source")]
    assert cited == [
        ("SOHR", "2016-01-30", "Airstrikes; and shells"),
        ("Human Rights Watch", "2016-02-08", "Cluster munition"),
        ("syria.liveuamap.com", "2016-02-09", "Map"),
    ]
    assert Source.objects.filter(name="SOHR").count() == 1
    assert report.wording.startswith('"SOHR,2016-01-30,')


def test_what_spans_days_is_undated_and_keeps_its_span() -> None:
    report = sample()["2"]
    assert report.occurred_on is None and report.time_precision == TimePrecision.WEEK
    assert report.starts_at and report.ends_at and (report.ends_at - report.starts_at).days == 3


def test_deaths_go_by_group_where_they_add_up() -> None:
    reports = sample()
    harm = {(claim.group, claim.low, claim.best, claim.high) for claim in reports["1"].casualty_claims.all()}
    assert harm == {(HarmGroup.FIGHTERS, 4, 4, 4)}
    harm = {(claim.group, claim.low, claim.best, claim.high) for claim in reports["2"].casualty_claims.all()}
    assert harm == {(HarmGroup.FIGHTERS, None, 3, None), (HarmGroup.CIVILIANS, None, 2, None)}


def test_a_range_out_of_order_is_kept_flagged_and_not_mended() -> None:
    report = sample()["4"]
    assert [(claim.low, claim.best, claim.high) for claim in report.casualty_claims.all()] == [(None, 142, 177)]
    assert "lowest 177, best 142, highest 177" in report.summary
    row = ImportRow.objects.get(record_id=report.public_id)
    assert row.is_flagged and row.messages[0]["values"] == {"low": 177, "best": 142, "high": 177}


def test_the_accused_that_nobody_knows_holds_the_row_and_a_person_lets_it_go_on() -> None:
    make_agreement()
    batch, said = run(SAMPLES / "ucdp.csv", "ucdp-ged")
    assert batch and action.counts(batch)["held"] == 1 and "1 party names" in said
    name = batch.unresolved.get()
    assert (name.kind, name.name, name.rows) == ("party", "IS", 1)
    party = make_party("Islamic State")
    action.resolve(name=name, by=None, record=party, as_alias=True)
    action.queue(batch=batch)
    assert running.work(batch.pk)
    assert action.counts(batch)["held"] == 0
    assert Report.objects.get(external_id="ucdp-ged:3").accused_party == party
    name.refresh_from_db()
    assert name.rows == 0
    assert party.aliases.get().name == "IS"


def test_without_the_option_no_source_is_put_on_record() -> None:
    make_agreement()
    batch, _said = run(SAMPLES / "ucdp.csv", "ucdp-ged", option=["create_sources=no"])
    assert batch and action.counts(batch)["imported"] == 0
    assert not Source.objects.exists()


@pytest.mark.slow
def test_places_are_taken_only_by_the_same_name_near_the_coordinates(shared: Find) -> None:
    make_agreement("syria-2016")
    accused_on_record()
    run(shared("gazetteer-syria-ocha.csv"), "ocha-places", "")
    batch, said = run(shared("ucdp-ged-syria-2016.csv"), "ucdp-ged", "syria-2016")
    placed = Report.objects.filter(place__isnull=False)
    show(said, f"{placed.count()} reports with a place of the list")
    assert batch and action.counts(batch)["imported"] == 6170
    assert placed.count() == ImportRow.objects.filter(batch=batch, messages__contains=[{"code": "place"}]).count() > 3000
    for report in placed.select_related("place"):
        assert report.place and report.place.latitude is not None and report.latitude is not None
        assert abs(report.place.latitude - report.latitude) < Decimal("0.1")
