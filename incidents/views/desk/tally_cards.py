"""The tally cards: figures as the ledger has them, laid out. Nothing is added up here; the longest number only sets the scale."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from incidents.queries.filters import ReportFilter
from incidents.queries.tallies import ClaimedFigure, HarmFigure, SideTally, Tallies
from incidents.rules import ranges
from incidents.views import dates
from incidents.views.desk import notes, units
from incidents.views.desk.accused import Accused, of_side
from incidents.vocabulary import Bucket, HarmKind, Periods, Qualifier, ReportState, Series


@dataclass(frozen=True)
class Figure:
    """What one claimant claims, as a large number with everything that must stand beside it."""

    count: int | None
    hedge: str
    unit: str
    claimant: str
    speakers: list[str]
    address: str
    as_of: str
    harm: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Bar:
    """One of the four series. `length` is a share of the common scale in per cent. A value of None: not computed, or no number."""

    series: Series
    value: int | None
    length: str
    address: str


@dataclass(frozen=True)
class Card:
    """One side's card."""

    accused: Accused
    figures: list[Figure]
    bars: list[Bar]

    @property
    def first(self) -> Figure | None:
        """Return the figure of the first claimant, in an order that ranks no number."""
        return self.figures[0] if self.figures else None

    @property
    def has_zero(self) -> bool:
        """Return whether something was counted and none found: who could observe stands beside that."""
        return any(bar.value == 0 for bar in self.bars)

    @property
    def others(self) -> list[Figure]:
        """Return what other claimants, or the same in other units, claim: figures of their own."""
        return self.figures[1:]


@dataclass(frozen=True)
class Beside:
    """A count that belongs to no side: parties on none, or nobody accused."""

    label: str
    logged: int | None
    figures: list[Figure]
    address: str


@dataclass(frozen=True)
class Cards:
    """All that is shown of an agreement's tallies."""

    tallies: Tallies
    cards: list[Card]
    beside: list[Beside]
    flags: int


def of(tallies: Tallies) -> Cards:
    """Return the cards of the sides in the agreement's order, all on one scale, and what stands beside them. Who spoke is left out
    where the source is protected, whoever reads."""
    longest = max(_lengths(tallies), default=0)
    cards = [_card(tally, tallies, longest) for tally in tallies.sides]
    beside = [_beside(tally, tallies) for tally in _apart(tallies)]
    flags = sum(len(notes.sentences(figure.flags)) for tally in every(tallies) for figure in tally.claimed)
    return Cards(tallies, cards, beside, flags)


def every(tallies: Tallies) -> list[SideTally]:
    """Return the tallies of all sides, and those that belong to none."""
    return [*tallies.sides, *_apart(tallies)]


def _apart(tallies: Tallies) -> list[SideTally]:
    found: list[SideTally | None] = [tallies.no_side, tallies.nobody, getattr(tallies, "several", None)]
    return [tally for tally in found if tally is not None]


def _lengths(tallies: Tallies) -> Iterator[int]:
    """Yield every number that is drawn as a bar."""
    for tally in tallies.sides:
        yield from (figure.count for figure in tally.claimed[:1] if figure.count is not None)
        yield from (count for count in (tally.logged, tally.incidents, tally.verified) if count is not None)


def _card(tally: SideTally, tallies: Tallies, longest: int) -> Card:
    assert tally.side is not None

    def bar(series: Series, value: int | None, address: str = "") -> Bar:
        return Bar(series, value, f"{100 * (value or 0) / longest:.2f}" if longest else "0", address if value is not None else "")

    claimed = [bar(Series.CLAIMED, figure.count, statements_of(figure, tally, tallies)) for figure in tally.claimed[:1]]
    return Card(
        accused=of_side(tally.side),
        figures=[_figure(figure, tally, tallies) for figure in tally.claimed],
        bars=[
            *(claimed or [bar(Series.CLAIMED, None)]),
            bar(Series.LOGGED, tally.logged, logged_behind(tallies, tally.side.code)),
            bar(Series.INCIDENTS, tally.incidents, opened(tallies, Series.INCIDENTS, tally.side.code)),
            bar(Series.VERIFIED, tally.verified, opened(tallies, Series.VERIFIED, tally.side.code)),
        ],
    )


def _beside(tally: SideTally, tallies: Tallies) -> Beside:
    labels = {
        Bucket.NO_SIDE: _("Parties on no side"),
        Bucket.NOBODY: _("Nobody accused"),
        Bucket.SEVERAL: _("Several accused, not told apart"),
    }
    logged = None if tally.bucket == Bucket.SEVERAL else tally.logged
    figures = [_figure(figure, tally, tallies) for figure in tally.claimed]
    return Beside(labels[tally.bucket], logged, figures, logged_behind(tallies, str(tally.bucket)) if logged else "")


def logged_behind(tallies: Tallies, side: str) -> str:
    """Return the address of the reports that "logged" counts for a side, in the days that are counted."""
    first, last = tallies.first_day, tallies.last_day
    asked = ReportFilter(agreement=tallies.agreement.slug, side=side, state=ReportState.SUBMITTED, since=first, until=last)
    return f"{reverse('reports')}?{urlencode(asked.as_params())}"


def opened(tallies: Tallies, series: Series, side: str) -> str:
    """Return the address of exactly the records that one of our own numbers counts for a side."""
    return _opened(tallies, {"method": str(series), "bucket": str(Bucket.SIDE), "side": side})


def _opened(tallies: Tallies, asked: Mapping[str, str]) -> str:
    return f"{reverse('tallies-opened', args=[tallies.agreement.slug])}?{urlencode({**asked, **_days(tallies)})}"


def _days(tallies: Tallies) -> dict[str, str]:
    """Return how an address names the days that are counted; nothing for the days in force, which it means without."""
    agreement, days = tallies.agreement, {"from": tallies.first_day, "until": tallies.last_day}
    if (tallies.first_day, tallies.last_day) == (agreement.first_day, agreement.last_day):
        return {}
    periods = getattr(tallies, "periods", Periods.IN_FORCE)
    said = {} if periods == Periods.IN_FORCE else {"periods": str(periods)}
    return said | {name: day.isoformat() for name, day in days.items() if day}


def statements_of(figure: ClaimedFigure, tally: SideTally, tallies: Tallies) -> str:
    """Return the address of the statement, or of the list of statements, that the figure is taken from."""
    if len(figure.statements) == 1:
        return reverse("claim", args=[figure.statements[0].claim.public_id])
    accused, said_by = against(tally), {"claimant": figure.claimant.slug, "unit": str(figure.unit)}
    if _days(tallies):
        return _opened(tallies, {"method": str(Series.CLAIMED), "bucket": str(tally.bucket), "side": accused if tally.side else ""} | said_by)
    asked = {"agreement": tallies.agreement.slug, "claimant": said_by["claimant"], "against": accused, "unit": said_by["unit"]}
    return f"{reverse('claims')}?{urlencode(asked)}"


def against(tally: SideTally) -> str:
    """Return how an address names whom a tally is held against: the side's letter, or the bucket."""
    return tally.side.code if tally.side else str(tally.bucket)


def behind(tallies: Tallies, claimant: str, accused: str, unit: str) -> list[int]:
    """Return the keys of the statements from which one claimed figure is taken."""
    return [
        statement.claim.pk
        for tally in every(tallies)
        if against(tally) == accused
        for figure in tally.claimed
        if figure.claimant.slug == claimant and figure.unit == unit
        for statement in figure.statements
    ]


def _figure(figure: ClaimedFigure, tally: SideTally, tallies: Tallies) -> Figure:
    ends = [statement.claim.period_end for statement in figure.statements]
    return Figure(
        count=figure.count,
        hedge="" if figure.qualifier == Qualifier.EXACTLY else str(figure.qualifier.label),
        unit=units.claimed(figure.unit, figure.count or 0),
        claimant=figure.claimant.label,
        speakers=_speakers(figure),
        address=statements_of(figure, tally, tallies),
        as_of=dates.day(max(ends), short=True) if ends and figure.count is not None else "",
        harm=[_harm(row) for row in figure.harm],
        notes=notes.sentences(figure.flags),
    )


def _speakers(figure: ClaimedFigure) -> list[str]:
    said: dict[str, Any] = {statement.claim.spoken_by: None for statement in figure.statements if not statement.claim.source.is_protected}
    said.pop("", None)
    return list(said) if len(said) == 1 else []


def _harm(row: HarmFigure) -> str:
    count = ranges.Range(row.low, row.best, row.high, row.qualifier)
    words = {"count": ranges.plain(count), "group": row.group.label}
    match row.kind:
        case HarmKind.KILLED:
            return _("killed: %(count)s %(group)s") % words
        case HarmKind.WOUNDED:
            return _("wounded: %(count)s %(group)s") % words
        case HarmKind.MISSING:
            return _("missing: %(count)s %(group)s") % words
        case HarmKind.DETAINED:
            return _("detained: %(count)s %(group)s") % words
