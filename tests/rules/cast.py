"""The recurring cast of the rules' tests: the truce of September 2016, its sides, and what was published about it."""

from dataclasses import replace
from datetime import date
from typing import Any

from incidents.rules.tallying import Accused, ClaimedTally, Harm, Part, Statement, Window
from incidents.vocabulary import Basis, Bucket, ClaimFlag, HarmGroup, HarmKind, Qualifier, Unit

GOVERNMENT = Accused(Bucket.SIDE, "A")
OPPOSITION = Accused(Bucket.SIDE, "B")
NO_SIDE = Accused(Bucket.NO_SIDE)
NOBODY = Accused(Bucket.NOBODY)

SEPTEMBER = Window(date(2016, 9, 12), date(2016, 9, 19))


def sept(day: int) -> date:
    return date(2016, 9, day)


def make_statement(id: str, count: int | None, **facts: Any) -> Statement:
    """Return Russia's periodic statement against the opposition for 14 September, or what the facts make of it."""
    base = Statement(id, "russia", (OPPOSITION,), count, Unit.VIOLATION, Basis.PERIODIC, sept(14), sept(14), sept(14))
    return replace(base, **facts)


def cumulative(id: str, count: int | None, as_of: date, **facts: Any) -> Statement:
    """Return a statement counted from the first day of September's truce."""
    return make_statement(
        id, count, **{"basis": Basis.CUMULATIVE, "period_start": None, "period_end": as_of, "published_on": as_of, "counted_from": sept(12)} | facts
    )


def periodic(id: str, count: int | None, first: date, last: date, **facts: Any) -> Statement:
    return make_statement(id, count, **{"period_start": first, "period_end": last, "published_on": last} | facts)


def bulletin(id: str, count: int | None, day: date, **facts: Any) -> Statement:
    """Return a bulletin for the 24 hours before it was published."""
    return make_statement(
        id, count, **{"period_start": date.fromordinal(day.toordinal() - 1), "period_end": day, "published_on": day, "covers_24_hours": True} | facts
    )


def harmed(kind: HarmKind, group: HarmGroup, count: int) -> Harm:
    return Harm(kind, group, count, count, count, Qualifier.EXACTLY)


OPPOSITION_254 = cumulative("OP-254", 254, sept(19), claimant="opposition", accused=(GOVERNMENT,))
RUSSIA_302 = cumulative(
    "RU-302",
    302,
    sept(19),
    harm=(harmed(HarmKind.KILLED, HarmGroup.CIVILIANS, 63), harmed(HarmKind.KILLED, HarmGroup.FIGHTERS, 153)),
)
SNHR_242 = cumulative(
    "SN-242",
    242,
    sept(19),
    claimant="snhr",
    accused=(GOVERNMENT, GOVERNMENT, OPPOSITION, NO_SIDE),
    published_on=sept(23),
    parts=(
        Part(
            "combat",
            219,
            parts=(Part("Syria", 203, accused=GOVERNMENT), Part("Russia", 10, accused=GOVERNMENT), Part("opposition", 6, accused=OPPOSITION)),
        ),
        Part("arrests", 32, unit=Unit.ARREST, parts=(Part("Syria", 18, accused=GOVERNMENT), Part("Kurdish forces", 5, accused=NO_SIDE))),
    ),
)
BULLETINS = (
    bulletin("RC-14", 42, sept(14), harm=(harmed(HarmKind.KILLED, HarmGroup.UNKNOWN, 3), harmed(HarmKind.WOUNDED, HarmGroup.UNKNOWN, 7))),
    bulletin("RC-17", 55, sept(17)),
    bulletin("RC-20", 45, sept(20)),
)
RUSSIA_199 = cumulative("RC-17-199", 199, sept(17))
OTHERS = (
    *BULLETINS,
    RUSSIA_199,
    SNHR_242,
    periodic("OP-130", 130, sept(13), sept(15), claimant="opposition", accused=(GOVERNMENT,), published_on=sept(17)),
    periodic("OP-46", 46, sept(15), sept(15), claimant="opposition", accused=(GOVERNMENT,), published_on=sept(17)),
)


def figure(tallies: list[ClaimedTally], claimant: str, accused: Accused, unit: Unit = Unit.VIOLATION) -> ClaimedTally:
    """Return the one figure for this key. The test fails if there is none or more than one."""
    (found,) = [tally for tally in tallies if (tally.claimant, tally.accused, tally.unit) == (claimant, accused, unit)]
    return found


def codes(tally: ClaimedTally) -> list[ClaimFlag]:
    return [flag.code for flag in tally.flags]
