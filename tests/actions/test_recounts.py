"""Recounts: what differs is found, late is not wrong, and what is healed is healed by entries that are added."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from incidents.actions import convoy_tallies, folds, incidents, recounts, reports, seals, tallies
from incidents.actions.reports import HarmStated
from incidents.models import Change, ChangeKind, ConvoyEntry, LedgerEntry, LedgerHead, Recount, Rollup
from incidents.queries import tallies as figures
from incidents.vocabulary import HarmKind, TimePrecision
from tests.builders import make_agreement, make_claim, make_member, make_party, make_place, make_report, sealed_and_posted
from tests.builders.convoys import make_convoy, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled() -> None:
    """Some records of each kind, posted and folded."""
    said = [make_report(harm=[HarmStated(HarmKind.KILLED, 1, 2, 3)], place=make_place("Ford"), stated_count=number) for number in range(3)]
    incidents.open_for(reports=said[:2], by=None, name="Shelling of the ford")
    make_claim(254)
    sealed_and_posted()
    folds.fold()


def recounted(*, heals: bool = True) -> list[str]:
    recount = recounts.request(heals=heals)
    while not recounts.work(recount.pk):
        pass
    recount.refresh_from_db()
    assert recount.state == Recount.State.DONE
    assert recount.finished_at is not None
    return list(recount.found)


def plant(entry: LedgerEntry, **otherwise: Any) -> None:
    """Add a line that no record makes. The role that serves pages may add lines and change none; the drill alters them as the owner."""
    values = {field.attname: getattr(entry, field.attname) for field in LedgerEntry._meta.concrete_fields if field.attname != "id"}
    LedgerEntry.objects.create(**values | otherwise)


def settle() -> None:
    sealed_and_posted()
    while folds.fold():
        pass


@pytest.mark.usefixtures("settled")
def test_nothing_differs_and_nothing_is_written() -> None:
    entries, changes = LedgerEntry.objects.count(), Change.objects.count()
    assert recounted() == []
    assert (LedgerEntry.objects.count(), Change.objects.count()) == (entries, changes)


@pytest.mark.usefixtures("settled")
def test_what_differs_is_corrected_by_entries_of_a_change_of_their_own() -> None:
    at = LedgerHead.objects.get().number
    was = list(LedgerEntry.objects.order_by("id").values())
    wrong = LedgerEntry.objects.filter(series="logged", measure="count").order_by("id")[0]
    plant(wrong, best=7)
    plant(LedgerEntry.objects.filter(series="claimed").order_by("id")[0], best=1)
    plant(wrong, subject="report:nobody")
    found = recounted(heals=False)
    assert len([line for line in found if ": report:" in line]) == 2
    assert len([line for line in found if ": claimed:" in line]) == 1
    assert recounted() == found
    assert [line for line in recounted(heals=False) if "roll-up" not in line] == []  # corrections that are not posted yet are under way
    settle()
    assert recounted() == []
    assert Change.objects.filter(kind=ChangeKind.TALLIES_HEALED).count() == 1
    assert LedgerEntry.objects.count() > len(was) + 1
    assert not LedgerEntry.objects.filter(number__gt=at).exclude(number=Change.objects.get(kind=ChangeKind.TALLIES_HEALED).seal.number).exists()
    assert figures.of_agreement(make_agreement()).sides[0].logged == 3


@pytest.mark.usefixtures("settled")
def test_a_wrong_roll_up_is_summed_up_again() -> None:
    Rollup.objects.filter(grain="type").order_by("id")[:1].get().delete()
    Rollup.objects.filter(grain="day").update(best=F("best") + 1)
    found = recounted(heals=False)
    assert found and all("roll-up" in line for line in found)
    assert recounted() == found
    assert recounted() == []


@pytest.mark.usefixtures("settled")
def test_what_is_not_posted_yet_is_late_and_not_wrong() -> None:
    reports.retract(report=make_report(), by=None, reason="no")
    make_claim(300, published_on=make_agreement().last_day + timedelta(days=1))
    assert recounted(heals=False) == []
    while seals.seal():
        pass
    assert recounted(heals=False) == []
    sealed_and_posted()
    assert recounted(heals=False) == []


def test_reports_of_every_shape_are_recounted_as_they_were_posted() -> None:
    agreement = make_agreement()
    turncoat = make_party("Marsh")
    make_member(agreement.sides.get(code="A"), turncoat, until_on=date(2020, 6, 2))
    make_member(agreement.sides.get(code="B"), turncoat, from_on=date(2020, 6, 3))
    organ = make_party("Marsh Staff", organ_of=turncoat)
    at = datetime(2020, 6, 2, 20, 59, 59, tzinfo=UTC)  # a second before midnight in the agreement's zone
    spans = [(at, at), (at, at + timedelta(seconds=1)), (at, at + timedelta(seconds=2)), (at - timedelta(days=3), at + timedelta(days=9))]
    for accused in (turncoat, organ, make_party("Lowlands"), make_party("Islanders"), None):
        for day in (date(2020, 6, 2), date(2020, 6, 3)):
            make_report(accused_party=accused, claimant=organ, occurred_on=day)
        for starts_at, ends_at in spans:
            make_report(accused_party=accused, occurred_on=None, starts_at=starts_at, ends_at=ends_at, time_precision=TimePrecision.WEEK)
        make_report(accused_party=accused, occurred_on=None, time_precision=TimePrecision.UNKNOWN, stated_count=3)
    make_report(accused_side=agreement.sides.get(code="B"), harm=[HarmStated(HarmKind.WOUNDED), HarmStated(HarmKind.KILLED, None, 20, None)])
    sealed_and_posted()
    assert tallies.astray(agreement) == []
    assert LedgerEntry.objects.values("bucket", "side_id").distinct().count() == 4


def test_one_is_asked_for_every_hour_and_no_more() -> None:
    first = recounts.request_if_due()
    assert first is not None
    assert recounts.request_if_due() is None
    recounts.work(first.pk)
    assert recounts.request_if_due() is None
    Recount.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert recounts.request_if_due() is not None


@pytest.mark.usefixtures("settled")
def test_a_worker_that_went_away_is_followed_by_another() -> None:
    make_agreement("hill-2021", name="Hill truce")
    recount = recounts.request()
    assert recounts.work(recount.pk, turn=0) is False
    recount.refresh_from_db()
    assert (recount.state, recount.agreements_done, recount.agreements) == (Recount.State.RUNNING, 1, 2)
    assert recounts.work(recount.pk, turn=0) is False
    assert recounts.work(recount.pk, turn=0) is True


@pytest.mark.usefixtures("settled")
def test_the_commands_say_what_they_found(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_tallies")
    assert "equals a recount" in capsys.readouterr().out
    plant(LedgerEntry.objects.filter(series="logged", measure="count").order_by("id")[0])
    with pytest.raises(CommandError, match="differ from a recount"):
        call_command("audit_tallies")
    call_command("recompute_tallies", here=True)
    assert "corrected" in capsys.readouterr().out
    settle()
    call_command("audit_tallies", heal=True)
    assert "equals a recount" in capsys.readouterr().out


def test_the_ledger_of_convoys_is_healed_by_a_change_of_its_own() -> None:
    convoy = make_convoy("C-1")
    tell(convoy, "delivered", datetime(2020, 6, 3, tzinfo=UTC))
    settle()
    wrong = ConvoyEntry.objects.order_by("id")[0]
    values = {field.attname: getattr(wrong, field.attname) for field in ConvoyEntry._meta.concrete_fields if field.attname != "id"}
    ConvoyEntry.objects.create(**values)
    assert recounted(heals=False) == [f"convoy {convoy.public_id}: missing 0, too many 1"]
    assert not Change.objects.filter(kind=ChangeKind.TALLIES_HEALED).exists()
    with pytest.raises(CommandError, match="1 balances differ"):
        call_command("audit_tallies")
    assert len(recounted()) == 1
    assert recounted() == []  # the correction waits to be posted: late, not wrong
    settle()
    assert convoy_tallies.differences() == []
    assert recounted() == []
    tell(convoy, "attacked", datetime(2020, 6, 4, tzinfo=UTC))
    assert recounted() == []  # told and not posted yet
