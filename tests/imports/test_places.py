"""Gazetteers: every settlement and town with all its names, twice harmless, thousands in seconds."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from incidents.actions import imports as action
from incidents.imports import running
from incidents.models import Change, Place, PlaceAlias
from tests.builders import make_place
from tests.imports.conftest import SAMPLES, run, show

pytestmark = pytest.mark.django_db
Find = Callable[[str], Path]


def test_an_ocha_list_goes_round_with_its_districts_and_both_languages() -> None:
    batch, _said = run(SAMPLES / "ocha.csv", "ocha-places", "")
    assert batch and action.counts(batch)["imported"] == 3
    orm = Place.objects.select_related("parent__parent").get(pcode="C1029")
    assert (orm.name, orm.name_ar) == ("Big Orm", "أورم الكبرى")
    assert orm.parent and orm.parent.parent
    assert (orm.parent.name, orm.parent.name_ar, orm.parent.parent.name) == ("Atareb", "أتارب", "Jebel Saman")
    again, _said = run(SAMPLES / "ocha.csv", "ocha-places", "")
    assert again and action.counts(again)["known"] == 3 and Place.objects.count() == 8


def test_a_place_on_record_keeps_its_name_and_gains_the_list_s_as_another() -> None:
    place = make_place("Urum al-Kubra", pcode="C1029")
    run(SAMPLES / "ocha.csv", "ocha-places", "")
    place.refresh_from_db()
    assert place.name == "Urum al-Kubra" and place.latitude is not None
    assert {alias.name for alias in place.aliases.all()} == {"Big Orm", "أورم الكبرى"}


def test_a_geonames_list_goes_round_with_every_alternate_name() -> None:
    batch, _said = run(SAMPLES / "geonames.csv", "geonames-places", "")
    assert batch and [row.outcome for row in batch.rows.all()] == ["imported", "imported", "rejected"]
    tikrit = Place.objects.select_related("parent").get(pcode="geonames:90150")
    assert (tikrit.name, tikrit.name_ar, tikrit.parent and tikrit.parent.name_ar) == ("Tikrīt", "تكريت", "العراق")
    assert ("Тикрит", "") in {(alias.name, alias.language) for alias in tikrit.aliases.all()}


def test_undoing_a_list_leaves_what_somebody_refers_to() -> None:
    batch, _said = run(SAMPLES / "ocha.csv", "ocha-places", "")
    assert batch
    kept = Place.objects.get(pcode="C1029")
    make_place("Suburb", parent=kept)
    action.begin_undo(batch=batch, by=None, reason="Another edition.")
    running.undo(batch)
    assert {place.name for place in Place.objects.all()} == {"Big Orm", "Atareb", "Jebel Saman", "Suburb"}
    assert "3 records" in Change.objects.get(kind="import.undone").payload.body["note"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format", "rows"), [("gazetteer-syria-ocha.csv", "ocha-places", 5621), ("gazetteer-geonames-region.csv", "geonames-places", 1495)]
)
def test_the_real_lists(shared: Find, name: str, format: str, rows: int) -> None:
    path = shared(name)
    began = monotonic()
    batch, said = run(path, format, "")
    took = monotonic() - began
    assert batch
    counts = action.counts(batch)
    show(said, f"{name}: {rows} rows in {took:.1f} s, {Place.objects.count()} places, {PlaceAlias.objects.count()} other names")
    assert (counts["imported"] + counts["rejected"], counts["held"]) == (rows, 0)
    assert counts["imported"] == rows
    places = Place.objects.count()
    again, _said = run(path, format, "")
    assert again and action.counts(again)["known"] == rows and Place.objects.count() == places
    began = monotonic()
    action.begin_undo(batch=batch, by=None, reason="Another edition.")
    running.undo(batch)
    show(f"undone in {monotonic() - began:.1f} s, {Place.objects.count()} places left")
    assert not Place.objects.exists()
