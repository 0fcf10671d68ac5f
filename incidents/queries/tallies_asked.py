"""An agreement's tallies in another window or at an earlier point, in the shape that its tallies always have."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from incidents.models import AggregateClaim, Party, Side
from incidents.queries import answers, claims_within, methods, points, tallies
from incidents.queries.answers import Cell, Choice
from incidents.queries.questions import Question, shows_places
from incidents.queries.tallies import ClaimedFigure, HarmFigure, SideTally, StatementBehind, Tallies
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket, Grouping, HarmGroup, HarmKind, Periods, Qualifier, Unit

OURS = ("logged", "incidents", "verified")


@dataclass(frozen=True)
class Asked(Tallies):
    """Tallies as they were asked for, and every series broken down where that was asked."""

    first_day: date | None  # type: ignore[assignment]
    periods: Periods = Periods.IN_FORCE
    by: str = ""
    cells: list[tuple[Question, Cell]] | None = field(default=None)


def of(question: Question, reader: Reader, by: str = "") -> Asked:
    """Return the agreement's tallies as the question asks for them. Up to a settled point nothing waits to be counted."""
    agreement, point = question.agreement, question.point
    counted = tallies.counted(agreement, point.number, reader, window=question.window)
    claimed = _claimed(claims_within.once(question), reader)
    zero = 0 if point.number > 0 else None

    def tally(bucket: Bucket, side: Side | None) -> SideTally:
        code = side.code if side else ""
        numbers = {name: counted.get((name, bucket, side.pk if side else None), zero) for name in OURS}
        return SideTally(bucket=bucket, side=side, claimed=claimed.get((str(bucket), code), []), **numbers)

    first, last = question.window
    return Asked(
        agreement=agreement,
        first_day=first,
        last_day=last,
        change=point.number,
        as_known_on=point.sealed_at,
        waiting=points.waiting(point, reader),
        sides=[tally(Bucket.SIDE, side) for side in agreement.sides.all()],
        no_side=tally(Bucket.NO_SIDE, None),
        nobody=tally(Bucket.NOBODY, None),
        periods=question.periods,
        by=by,
        cells=list(broken_down(question, reader, by)) if by else None,
    )


def broken_down(question: Question, reader: Reader, by: str) -> Iterable[tuple[Question, Cell]]:
    """Yield every number of every method that can be broken down so, each with its question."""
    for name, method in methods.methods().items():
        if by in method.groupings and (by != Grouping.AREA or shows_places(reader)):
            asked = question.of(name, by=by)
            yield from ((asked, cell) for cell in answers.answer(asked, reader).cells)


def _claimed(question: Question, reader: Reader) -> dict[tuple[str, str], list[ClaimedFigure]]:
    asked = question.of("claimed")
    counts = answers.answer(asked, reader).cells
    if not counts:
        return {}
    behind = answers.behind(asked, reader, Choice()).rows
    claims = AggregateClaim.objects.filter(public_id__in={one.record_id for one in behind}).select_related("claimant", "source")
    statements = {claim.public_id: claim for claim in claims}
    harm: dict[tuple[Any, ...], list[HarmFigure]] = {}
    for kind in HarmKind:
        for cell in answers.answer(question.of("claimed", kind), reader).cells:
            amount = cell.amount
            harmed = HarmFigure(
                kind, HarmGroup(cell.group or ""), amount.low, amount.best, amount.high, Qualifier(cell.qualifier or Qualifier.EXACTLY)
            )
            harm.setdefault(cell.identity[:4], []).append(harmed)
    parties = {party.slug: party for party in Party.objects.filter(slug__in={cell.claimant for cell in counts})}
    members = set(question.agreement.memberships.filter(side__isnull=False).values_list("party_id", flat=True))
    figures: dict[tuple[str, str], list[ClaimedFigure]] = {}
    for cell in counts:
        figure = ClaimedFigure(
            claimant=parties[cell.claimant or ""],
            unit=Unit(cell.unit or ""),
            count=cell.amount.best,
            qualifier=Qualifier(cell.qualifier or Qualifier.EXACTLY),
            harm=harm.get(cell.identity[:4], []),
            statements=[
                StatementBehind(statements[one.record_id], one.amount.best)
                for one in behind
                if one.identity == cell.identity and one.record_id in statements
            ],
            flags=cell.flags,
        )
        figures.setdefault((cell.bucket, cell.side), []).append(figure)
    for group in figures.values():
        group.sort(key=lambda figure: (figure.claimant.pk not in members, figure.claimant.name, list(Unit).index(figure.unit)))
    return figures
