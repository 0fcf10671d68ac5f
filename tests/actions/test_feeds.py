"""A reader's feed: what exists for them, once, in the order in which it last changed, and a tombstone for what left their view."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.actions import agreements, changes, feeds, incidents, reference, reports, seals
from incidents.models import ChangeKind, Convoy, Feed, FeedRow, User
from incidents.queries import feeds as queries
from incidents.queries.feeds import NOUNS
from tests.builders import make_agreement, make_claim, make_party, make_report, make_source, make_user

pytestmark = pytest.mark.django_db


def told(reader: User, after: int = 0) -> list[tuple[str, str, bool]]:
    while seals.seal():
        pass
    rows = queries.rows(feeds.follow(by=reader), after)
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    return [(row.record_type, str(row.record_id), row.is_there) for row in rows]


def end(reader: User) -> int:
    return Feed.objects.get(user=reader).number


def looked_at_long_ago(reader: User) -> None:
    Feed.objects.filter(user=reader).update(looked_at=timezone.now() - timedelta(minutes=1))


def convoy_at(reader: User) -> Convoy:
    return Convoy.objects.create(reference="C-1", operator=make_party("Relief"), agreement=make_agreement(), source=make_source())


def test_it_begins_with_all_that_exists_for_the_reader_in_an_order_in_which_nothing_is_shown_before_it_is_there() -> None:
    report, claim = make_report(), make_claim()
    partner = make_user(User.Role.PARTNER)
    rows = told(partner)
    assert {("report", str(report.public_id), True), ("aggregate_claim", str(claim.public_id), True)} <= set(rows)
    assert len(rows) == len(set(rows)) == 2 + 2 + 1, "two reports and statements, two parties, one agreement"
    nouns = [noun.name for noun in NOUNS]
    assert [noun for noun, _id, _there in rows] == sorted((noun for noun, _id, _there in rows), key=nouns.index)


def test_what_is_new_comes_once_and_what_changes_comes_again() -> None:
    partner = make_user(User.Role.PARTNER)
    make_agreement()
    told(partner)
    place = end(partner)
    report = make_report()
    assert ("report", str(report.public_id), True) in told(partner, place)
    place = end(partner)
    assert told(partner, place) == []
    reports.retract(report=report, by=None, reason="entered twice")
    assert told(partner, place) == [("report", str(report.public_id), True)]
    assert FeedRow.objects.filter(record_id=report.public_id).count() == 1, "a record has one row, which moves"


def test_a_record_whose_last_change_is_not_sealed_waits_and_is_not_told_twice() -> None:
    partner = make_user(User.Role.PARTNER)
    report = make_report()
    unsealed = queries.rows(feeds.follow(by=partner), 0)
    assert report.public_id not in {row.record_id for row in unsealed}
    place = end(partner)
    assert told(partner, place) == [("report", str(report.public_id), True)]


def test_who_is_renamed_brings_all_that_shows_the_name() -> None:
    partner = make_user(User.Role.PARTNER)
    report, claim = make_report(), make_claim()
    other = make_report(claimant=make_party("Lowlands"), accused_party=make_party("Outsiders"))
    told(partner)
    place = end(partner)
    highlands = make_party("Highlands")
    highlands.name = "Highland Council"
    reference.save(highlands, by=None)
    again = {(noun, record_id) for noun, record_id, _there in told(partner, place)}
    assert {("party", str(highlands.public_id)), ("report", str(report.public_id)), ("aggregate_claim", str(claim.public_id))} <= again
    assert ("agreement", str(make_agreement().public_id)) in again, "it lists its members"
    assert ("report", str(other.public_id)) not in again


def test_whoever_joins_a_side_brings_the_reports_that_are_then_held_against_it() -> None:
    partner = make_user(User.Role.PARTNER)
    rangers, side = make_party("Rangers"), make_agreement().sides.get(code="A")
    report = make_report(accused_party=make_party("Ranger Command", organ_of=rangers))
    elsewhere = make_report(agreement=make_agreement("hill-2021"), accused_party=rangers)
    told(partner)
    for change in (
        lambda: agreements.add_member(by=None, side=side, party=rangers),
        lambda: reference.save(side, by=None),
        lambda: reference.remove(side.memberships.get(party=rangers), by=None),
    ):
        place, side.name = end(partner), f"{side.name} again"
        change()
        again = {record_id for noun, record_id, _there in told(partner, place) if noun == "report"}
        assert str(report.public_id) in again and str(elsewhere.public_id) not in again


def test_an_incident_comes_again_when_a_report_comes_to_it_or_leaves_it() -> None:
    partner = make_user(User.Role.PARTNER)
    first, second = make_report(), make_report()
    incident = incidents.open_for(reports=[first], by=None, name="Strike")
    told(partner)
    for move in (lambda: incidents.attach(report=second, incident=incident, by=None), lambda: incidents.detach(report=second, by=None)):
        place = end(partner)
        move()
        assert {("incident", str(incident.public_id), True), ("report", str(second.public_id), True)} <= set(told(partner, place))


def test_what_a_hidden_convoy_draws_out_of_view_leaves_tombstones_and_returns_with_it() -> None:
    partner, analyst = make_user(User.Role.PARTNER), make_user(User.Role.ANALYST)
    report = make_report()
    told(partner)
    told(analyst)
    place, watched = end(partner), end(analyst)
    convoy = convoy_at(partner)
    reports_row = ("report", str(report.public_id), False)
    report.convoy = convoy
    report.save(update_fields=["convoy"])
    changes.record(by=None, kind=ChangeKind.CONVOY_CHANGED, record=convoy, after=convoy.facts())
    assert told(partner, place) == [("party", str(convoy.operator.public_id), True), reports_row]
    assert not any(not there for _noun, _id, there in told(analyst, watched))
    place = end(partner)
    one, two = make_user(User.Role.EDITOR, "one"), make_user(User.Role.EDITOR, "two")
    Convoy.objects.update(released_at=timezone.now(), released_by=one, release_confirmed_by=two)
    looked_at_long_ago(partner)
    assert set(told(partner, place)) == {("report", str(report.public_id), True), ("convoy", str(convoy.public_id), True)}


def test_a_hidden_record_leaves_no_gap() -> None:
    partner = make_user(User.Role.PARTNER)
    convoy = convoy_at(partner)
    make_report()
    told(partner)
    numbers = [FeedRow.objects.filter(feed__user=partner).count()]
    for _turn in range(3):
        make_report(convoy=convoy)
        told(partner)
        make_report()
        told(partner)
        numbers.append(end(partner))
    assert numbers == [numbers[0] + turn for turn in range(4)]
