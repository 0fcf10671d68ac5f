"""The ledger of convoys: exact whatever was told in whatever order, as known on an earlier day, and silent on what is hidden."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidents.actions import changes, convoy_tallies, convoys, seals
from incidents.actions.convoys import CheckpointStated
from incidents.models import ChangeKind, Convoy, ConvoyEntry, Seal, User
from incidents.queries import convoy_tallies as queries
from incidents.queries.convoy_tallies import Asked, Statistics
from incidents.rules.outcomes import Outcome
from tests.builders import make_agreement, make_member, make_party, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, make_random, release, tell

pytestmark = pytest.mark.django_db


def statistics(**options: Any) -> Statistics:
    return queries.of(make_reader(User.Role.ANALYST), make_agreement(), **options)


def make_reader(role: str) -> User:
    return User.objects.filter(role=role).first() or make_user(role)


def keyed(cells: Iterable[queries.Cell], outcome: Outcome) -> dict[str, int]:
    return {cell.key: cell.counts[outcome] for cell in cells if outcome in cell.counts}


def test_agreed_and_delivered_are_counted_with_what_they_are_a_share_of() -> None:
    post = [CheckpointStated("Post", controlled_by=make_party("Lowlands")), CheckpointStated("Bridge", controlled_by=make_party("Highlands"))]
    for number in range(3):
        tell(make_convoy(f"C-{number}", mode="cross_line", checkpoints=post), "approved", datetime(2020, 6, 1, tzinfo=UTC))
    tell(Convoy.objects.get(reference="C-0"), "delivered", datetime(2020, 6, 3, tzinfo=UTC))
    tell(make_convoy("C-3"), "denied", datetime(2020, 5, 9, tzinfo=UTC))
    make_convoy("C-4", planned_on=date(2020, 6, 5))
    sealed_and_posted()
    found = statistics()
    delivered, agreed = found.whole.share(Outcome.DELIVERED), found.whole.share(Outcome.AGREED)
    assert (delivered.number, delivered.whole, agreed.number, agreed.whole) == (1, 3, 3, 4)
    assert keyed(found.by["month"], Outcome.ENTERED) == {"2020-05": 1, "2020-06": 4}
    assert keyed(found.by["mode"], Outcome.AGREED) == {"cross_line": 3}
    # One whose way both control counts under each, and once in all.
    assert keyed(found.by["controller"], Outcome.AGREED) == {"A": 3, "B": 3}
    assert found.whole.counts[Outcome.ENTERED] == 5


def test_a_number_opens_to_the_convoys_behind_it() -> None:
    tell(make_convoy("C-1", mode="air_drop"), "delivered", datetime(2020, 6, 3, tzinfo=UTC))
    make_convoy("C-2")
    sealed_and_posted()
    reader = make_reader(User.Role.ANALYST)

    def opened(**asked: str) -> list[str]:
        return sorted(queries.behind(reader, make_agreement(), Asked(**asked)).values_list("reference", flat=True))

    assert opened() == ["C-1", "C-2"]
    assert opened(counted="delivered", month="2020-06") == opened(mode="air_drop") == ["C-1"]
    assert opened(month="unknown") == opened(mode="unknown") == ["C-2"]


def test_people_nobody_states_are_unknown_and_not_nought() -> None:
    make_convoy("C-1", people_reached=7)
    make_convoy("C-2", people_reached_low=3, people_reached_high=9)
    make_convoy("C-3")
    sealed_and_posted()
    (reached,) = (row for row in statistics().whole.people if row.name == "people_reached")
    assert (reached.low, reached.best, reached.high, reached.unknown) == (10, 7, 16, 2)
    (approved,) = (row for row in statistics().whole.people if row.name == "people_approved")
    assert (approved.best, approved.unknown) == (None, 3)


def test_as_known_on_an_earlier_day_stays_what_it_was() -> None:
    convoy = make_convoy()
    tell(convoy, "approved", datetime(2020, 6, 1, tzinfo=UTC))
    sealed_and_posted()
    then = Seal.objects.latest("number").sealed_at
    tell(convoy, "delivered", datetime(2020, 6, 2, tzinfo=UTC))
    sealed_and_posted()
    assert Outcome.DELIVERED in statistics().whole.counts
    assert Outcome.DELIVERED not in statistics(known_on=then).whole.counts
    assert statistics(known_on=then).whole.counts[Outcome.AGREED] == 1


def test_one_removed_no_longer_counts_and_once_did() -> None:
    make_convoy("C-2")
    convoy = make_convoy()
    tell(convoy, "delivered", datetime(2020, 6, 2, tzinfo=UTC))
    sealed_and_posted()
    then = Seal.objects.latest("number").sealed_at
    convoys.remove(convoy=convoy, by=None, reason="entered twice")
    sealed_and_posted()
    assert statistics().whole.counts == {Outcome.ENTERED: 1}
    assert statistics(known_on=then).whole.counts[Outcome.DELIVERED] == 1
    assert not convoy_tallies.differences()


def test_a_controller_that_changes_sides_is_counted_anew() -> None:
    ferrymen = make_party("Ferrymen")
    make_convoy(checkpoints=[CheckpointStated("Ferry", controlled_by=ferrymen)])
    sealed_and_posted()
    assert keyed(statistics().by["controller"], Outcome.ENTERED) == {"no_side": 1}
    member = make_member(make_agreement().sides.get(code="B"), ferrymen)

    changes.record(by=None, kind=ChangeKind.REFERENCE_CHANGED, record=member.party, after={"name": "Ferrymen"})
    sealed_and_posted()
    assert keyed(statistics().by["controller"], Outcome.ENTERED) == {"B": 1}


def test_to_partners_what_is_hidden_does_not_count() -> None:
    shown, hidden = make_convoy("C-1", people_requested=50), make_convoy("C-2", people_requested=900)
    for convoy in (shown, hidden):
        tell(convoy, "delivered", datetime(2020, 6, 2, tzinfo=UTC))
    release(shown)
    sealed_and_posted()
    partner = make_reader(User.Role.PARTNER)
    found = queries.of(partner, make_agreement())
    assert found.whole.counts[Outcome.DELIVERED] == 1
    assert [row.best for row in found.whole.people if row.name == "people_requested"] == [50]
    assert [row.reference for row in queries.behind(partner, make_agreement(), Asked())] == ["C-1"]


@pytest.mark.parametrize(
    ("seed", "convoys_told"), [(1, 20), pytest.param(2, 150, marks=pytest.mark.slow), pytest.param(3, 150, marks=pytest.mark.slow)]
)
def test_whatever_is_told_statistics_equal_a_recount(seed: int, convoys_told: int) -> None:
    random = Random(seed)
    for number in range(convoys_told):
        make_random(random, f"C-{number}")
        if random.random() < 0.3:
            while seals.seal():
                pass
            convoy_tallies.post(limit=random.randint(1, 9))
    while seals.seal():
        pass
    while convoy_tallies.post(limit=7):
        pass
    assert not convoy_tallies.differences()
    assert convoy_tallies.post() == 0
    found, zone = queries.of(make_reader(User.Role.ANALYST)), ZoneInfo("Asia/Damascus")
    records = list(Convoy.objects.select_related("agreement").prefetch_related("events"))
    assert found.whole.counts[Outcome.ENTERED] == len(records) == convoys_told
    for status in ("delivered", "attacked"):
        outcome = Outcome.DELIVERED if status == "delivered" else Outcome.STRUCK
        told = {status, "looted"} if outcome == Outcome.STRUCK else {status}
        recount = sum(any(event.happened and event.status in told for event in convoy.events.all()) for convoy in records)
        assert found.whole.counts.get(outcome, 0) == recount
    months: Counter[str] = Counter()
    for convoy in records:
        here = zone if convoy.agreement else UTC
        days = [event.occurred_on or event.starts_at.astimezone(here).date() for event in convoy.events.all() if event.occurred_on or event.starts_at]
        months[f"{min(days):%Y-%m}" if days else "unknown"] += 1
    assert keyed(found.by["month"], Outcome.ENTERED) == months
    for cell in (found.whole, *(cell for cells in found.by.values() for cell in cells)):
        assert all(share.number <= share.whole for share in cell.shares if share.outcome != Outcome.DELIVERED_IN_PART), cell
    assert ConvoyEntry.objects.exists()
