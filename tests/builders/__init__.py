"""Plain functions that make records, filling only what is required. A small named cast recurs.

Two camps, the Lowlands (side A) and the Highlands (side B), one guarantor, one truce of a week in a made-up land,
three places. Nothing here goes through actions: `sealed_and_posted` catches the ledger up where a test needs it.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from incidents.actions import aggregates, convoy_tallies, reports, seals, tallies
from incidents.actions.reports import HarmStated
from incidents.models import AggregateClaim, Agreement, Membership, Party, Place, Report, Side, Source, Term, User
from incidents.vocabulary import Basis, PartyKind, PlacePrecision, Role, SourceKind, TermSubject, TimePrecision, Unit, ViolationType


def make_user(role: str = User.Role.ANALYST, username: str = "", **facts: Any) -> User:
    """Return a person of this role."""
    return User.objects.create_user(username or str(role), role=role, **facts)


def make_party(name: str = "Lowlands", **facts: Any) -> Party:
    """Return the party of this name, made if it is not there."""
    slug = facts.pop("slug", name.lower().replace(" ", "-"))
    return Party.objects.get_or_create(slug=slug, defaults={"name": name, "short_name": name, "kind": PartyKind.STATE} | facts)[0]


def make_source(name: str = "Gazette", **facts: Any) -> Source:
    """Return the source of this name, made if it is not there."""
    slug = facts.pop("slug", name.lower().replace(" ", "-"))
    return Source.objects.get_or_create(slug=slug, defaults={"name": name, "kind": SourceKind.PRESS} | facts)[0]


def make_place(name: str = "Ford", **facts: Any) -> Place:
    """Return the place of this name, made if it is not there."""
    slug = facts.pop("slug", name.lower().replace(" ", "-"))
    return Place.objects.get_or_create(slug=slug, defaults={"name": name, "precision": PlacePrecision.TOWN} | facts)[0]


def make_agreement(slug: str = "river-2020", **facts: Any) -> Agreement:
    """Return a truce of 1-7 June 2020, two sides with one member each, one term; made if it is not there."""
    agreement, is_new = Agreement.objects.get_or_create(
        slug=slug,
        defaults={
            "name": "River truce",
            "timezone": "Asia/Damascus",
            "in_force_from": datetime(2020, 5, 31, 21, tzinfo=UTC),
            "in_force_until": datetime(2020, 6, 7, 20, 59, tzinfo=UTC),
        }
        | facts,
    )
    if is_new:
        for position, (code, name) in enumerate((("A", "Lowlands"), ("B", "Highlands"))):
            side = Side.objects.create(agreement=agreement, code=code, position=position, name=f"{name} and allies")
            make_member(side, make_party(name))
        Term.objects.create(agreement=agreement, number="1", subject=TermSubject.CESSATION_OF_FIRE)
    return agreement


def make_member(side: Side, party: Party, **facts: Any) -> Membership:
    """Return the party's membership of a side."""
    return Membership.objects.create(agreement=side.agreement, side=side, party=party, role=Role.ON_SIDE, **facts)


def make_report(*, by: User | None = None, harm: Iterable[HarmStated] = (), **facts: Any) -> Report:
    """Return a submitted report: the Highlands say the Lowlands shelled them on 2 June 2020."""
    agreement = facts.pop("agreement", None) or make_agreement()
    values = {
        "agreement": agreement,
        "claimant": make_party("Highlands"),
        "source": make_source(),
        "violation_type": ViolationType.SHELLING,
        "occurred_on": date(2020, 6, 2),
        "time_precision": TimePrecision.DAY,
    }
    if "accused_party" not in facts and "accused_side" not in facts:
        values["accused_party"] = make_party("Lowlands")
    return reports.submit(by=by, harm=harm, **values | facts)


def make_claim(count: int | None = 10, *, by: User | None = None, **facts: Any) -> AggregateClaim:
    """Return a statement: the Highlands claim `count` violations by side A since the truce began, as of its last day."""
    agreement = facts.pop("agreement", None) or make_agreement()
    accused = facts.pop("accused", None)
    values = {
        "agreement": agreement,
        "claimant": make_party("Highlands"),
        "source": make_source(),
        "count": count,
        "unit": Unit.VIOLATION,
        "basis": Basis.CUMULATIVE,
        "counted_from": agreement.first_day,
        "period_end": agreement.last_day,
        "published_on": agreement.last_day,
    }
    return aggregates.log(by=by, accused=[agreement.sides.get(code="A")] if accused is None else accused, **values | facts)


def correct_claim(claim: AggregateClaim, count: int) -> AggregateClaim:
    """Return the statement that corrects this one's number and says all else as it did."""
    kept = (
        "agreement",
        "claimant",
        "source",
        "unit",
        "basis",
        "counted_from",
        "period_start",
        "period_end",
        "published_on",
        "covers_24_hours",
        "qualifier",
    )
    accused = [row.party or row.side for row in claim.accused.all()]
    return aggregates.supersede(claim=claim, by=None, accused=accused, count=count, **{name: getattr(claim, name) for name in kept})


def sealed_and_posted() -> None:
    """Seal every change and post it, as the relay and a worker would."""
    while seals.seal():
        pass
    while tallies.post():
        pass
    while convoy_tallies.post():
        pass
