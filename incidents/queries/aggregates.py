"""Published totals as lists and JSON show them: what this reader may see, newest first. Nothing here adds them up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, When
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Accused, AggregateClaim, AggregateClaimPart, Agreement, ChangeKind, Party
from incidents.permissions import Capability, may
from incidents.queries import contributions, cursors, filters, narrowing, points, sides, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import SIDES_BY_NAME, Filter
from incidents.queries.reduction import reduced
from incidents.queries.visibility import Reader
from incidents.rules import digests, tallying
from incidents.vocabulary import Basis, Bucket, ClaimState, Unit

OF_A_PART = ("parent", "place", "accused_party", "accused_side")
WITHHELD_WITH_THE_SOURCE = ("source", "link", "wording", "spoken_by", "external_id")


@dataclass(frozen=True)
class ClaimFilter(Filter):
    """Which statements are asked for."""

    own = {
        "basis": filters.one_of(Basis, "How it is counted."),
        "state": filters.one_of(ClaimState, "Whether it still stands."),
        "grade": filters.RELIABILITY,
    }

    agreement: str = ""
    side: str = ""
    claimant: str = ""
    accused: str = ""
    unit: str = ""
    basis: str = ""
    state: str = ""
    grade: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""
    text: str = ""
    updated_since: datetime | None = None
    as_known_on: datetime | None = None


def filtered(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements that this reader may see and asks for, newest first, joined for a list."""
    return joined(reader, narrowed(reader, asked), _on_record(reader, asked)).order_by("-id")


def narrowed(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements that this reader may see and asks for, in no order.

    Raise RuleBroken, naming the field, for an agreement, side, party or place that is not there for this reader.
    """
    claims = _on_record(reader, asked)
    agreement = narrowing.agreement(reader, asked.agreement)
    if agreement:
        claims = claims.filter(agreement=agreement)
    if asked.claimant:
        claims = claims.filter(narrowing.is_party(asked.claimant, "claimant", "claimant"))
    if asked.side:
        claims = claims.filter(_against(agreement, asked.side))
    if asked.accused:
        blamed = Accused.objects.filter(narrowing.is_party(asked.accused, "party", "accused"))
        claims = claims.filter(pk__in=blamed.values("claim"))
    claims = claims.filter(**{name: value for name in ("unit", "basis") if (value := getattr(asked, name))})
    if asked.state:
        # By those that exist for the reader: of another that took its place nothing is told.
        claims = claims.filter(_stands_as(ClaimState(asked.state), _on_record(reader, asked)))
    if asked.grade:
        claims = claims.filter(narrowing.relied_on(reader, asked.grade))
    if asked.source:
        claims = claims.filter(narrowing.came_by(reader, asked.source))
    if asked.since:
        claims = claims.filter(period_end__gte=asked.since)
    if asked.until:
        # What does not say from when it counts speaks of its last day at least.
        claims = claims.filter(Q(counted_from__lte=asked.until) | Q(period_start__lte=asked.until) | Q(period_end__lte=asked.until))
    if asked.area:
        claims = claims.filter(narrowing.lies_in(asked.area, "area"))
    if asked.text:
        parts = AggregateClaimPart.objects.filter(claim=OuterRef("pk"), label__icontains=asked.text)
        worded = Q(wording__icontains=asked.text) | Q(accused_as_worded__icontains=asked.text) | Q(spoken_by__icontains=asked.text)
        claims = claims.filter(worded | Exists(parts))
    return narrowing.updated(reader, claims, asked.updated_since)


def _on_record(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements this reader may see: as they stand, or those on record at an instant as they stood then."""
    seen: QuerySet[AggregateClaim] = visibility.aggregate_claims(reader)
    if asked.as_known_on is None:
        return seen
    number = points.on_record(asked.as_known_on, reader)
    was_retracted = Q(last=ChangeKind.AGGREGATE_CLAIM_RETRACTED)
    found = narrowing.on_record(seen, number).alias(last=narrowing.last_kind(number, _STANDING))
    retracted_at = Case(When(was_retracted, then=F("retracted_at")), default=None, output_field=DateTimeField())
    reason = Case(When(was_retracted, then=F("retraction_reason")), default=None, output_field=TextField())
    return reduced(found, {"retracted_at": retracted_at, "retraction_reason": reason})


_STANDING = (ChangeKind.AGGREGATE_CLAIM_LOGGED, ChangeKind.AGGREGATE_CLAIM_SUPERSEDED, ChangeKind.AGGREGATE_CLAIM_RETRACTED)


def page(claims: QuerySet[AggregateClaim], *, cursor: str | None = None, limit: int = 50) -> Page[AggregateClaim]:
    """Return one page of these statements, the latest published first."""
    return cursors.page_by_day(claims, "published_on", cursor, limit)


def _stands_as(state: ClaimState, others: QuerySet[AggregateClaim]) -> Q:
    """Return the statements of this state, given the others that may have taken their place."""
    is_superseded = Q(Exists(others.order_by().filter(supersedes=OuterRef("pk"))))
    if state == ClaimState.RETRACTED:
        return Q(retracted_at__isnull=False)
    return is_superseded if state == ClaimState.SUPERSEDED else ~is_superseded & Q(retracted_at=None)


def joined(reader: Reader, claims: QuerySet[AggregateClaim], seen: QuerySet[AggregateClaim] | None = None) -> QuerySet[AggregateClaim]:
    """Return the statements with all that is shown of each, in a constant number of queries.

    `replaces_id` and `replaced_by_id` are the public ids of its neighbours in supersession, where they are among those `seen`.
    """
    seen = (visibility.aggregate_claims(reader) if seen is None else seen).order_by()
    return (
        claims.select_related("agreement", "claimant__organ_of", "source", "area", "counterpart", "entered_by", "supersedes")
        .prefetch_related(
            Prefetch("accused", queryset=Accused.objects.select_related("party", "side").order_by("id")),
            Prefetch("parts", queryset=AggregateClaimPart.objects.select_related(*OF_A_PART).order_by("position")),
            "harm",
        )
        .annotate(
            replaces_id=Subquery(seen.filter(pk=OuterRef("supersedes_id")).values("public_id")[:1]),
            replaced_by_id=Subquery(seen.filter(supersedes_id=OuterRef("pk")).values("public_id")[:1]),
        )
    )


def one(reader: Reader, public_id: Any) -> AggregateClaim:
    """Return the statement. Raise AggregateClaim.DoesNotExist alike for one that is not there and one that this reader may not see."""
    return joined(reader, visibility.aggregate_claims(reader)).get(public_id=public_id)


def withheld(reader: Reader, claim: AggregateClaim) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of this statement."""
    notes = () if may(reader, Capability.READ_INTERNAL_NOTES, claim) else ("note",)
    return (*visibility.withheld(reader, claim, WITHHELD_WITH_THE_SOURCE), *notes)


def claimants(reader: Reader, agreement: Agreement) -> QuerySet[Party]:
    """Return the parties that published a total under this agreement, organs by themselves, by name."""
    seen = visibility.aggregate_claims(reader).filter(agreement=agreement).order_by()
    return Party.objects.filter(pk__in=seen.values("claimant")).order_by("name")


def figures(claims: Iterable[AggregateClaim], agreement: Agreement) -> dict[int, tuple[digests.Reading, ...]]:
    """Return what each of these statements says of each of the accused, per unit, by the statement's key."""
    parties = {party.slug: party for party in Party.objects.select_related("organ_of")}
    around = contributions.Surroundings(agreement, sides.camps(agreement), parties, {})
    return {claim.pk: digests.readings(contributions.statement_of(claim.public_id, claim.facts(), around)) for claim in claims}


def chain(reader: Reader, claim: AggregateClaim) -> list[AggregateClaim]:
    """Return the statements whose place this one took and those that took its, the earliest first, itself included."""
    seen = visibility.aggregate_claims(reader).select_related("claimant")
    found = [claim]
    while found[0].supersedes_id and (earlier := seen.filter(pk=found[0].supersedes_id).first()):
        found.insert(0, earlier)
    while later := seen.filter(supersedes=found[-1]).first():
        found.append(later)
    return found


def doubts(claim: AggregateClaim) -> list[dict[str, Any]]:
    """Return the flags of the statement itself, whether or not a figure is taken from it: arithmetic, counterpart, correction.

    In the shape in which flags travel with a figure. The claim is to be `joined`.
    """
    earlier = claim.supersedes
    statement = tallying.Statement(
        id=str(claim.public_id),
        claimant=claim.claimant.slug,
        accused=(),
        count=claim.count,
        unit=Unit(claim.unit),
        basis=Basis(claim.basis),
        period_start=claim.period_start,
        period_end=claim.period_end,
        published_on=claim.published_on,
        parts=parts_of(claim),
        counterpart=claim.counterpart.slug if claim.counterpart else "",
        confirmed=claim.confirmed_count,
        replaces=(tallying.Replaced(str(earlier.public_id), earlier.count),) if earlier else (),
    )
    return [{"code": str(flag.code), **flag.detail} for flag in digests.doubts(statement)]


def parts_of(claim: AggregateClaim) -> tuple[tallying.Part, ...]:
    """Return the printed rows as the rules read them, without whom they accuse."""
    under: dict[int | None, list[AggregateClaimPart]] = {}
    for part in claim.parts.all():
        under.setdefault(part.parent_id, []).append(part)

    def rows(parent: int | None) -> tuple[tallying.Part, ...]:
        return tuple(
            tallying.Part(part.label, part.count, Unit(part.unit) if part.unit else None, None, rows(part.pk)) for part in under.get(parent, [])
        )

    return rows(None)


def _against(agreement: Agreement | None, side: str) -> Q:
    """Return the statements that accuse this side by name, or a party that stood on it on their last day; a party on no side; or nobody."""
    if side == Bucket.NOBODY:
        return Q(accused=None)
    if agreement is None or (side not in SIDES_BY_NAME and not agreement.sides.filter(code=side).exists()):
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": side}, "side")
    camps = sides.camps(agreement)
    if side == Bucket.NO_SIDE:
        accused = Accused.objects.filter(party__isnull=False).exclude(sides.stood_on(camps, set(camps.sides), "party", "claim__period_end"))
    else:
        accused = Accused.objects.filter(Q(side=camps.sides[side]) | sides.stood_on(camps, {side}, "party", "claim__period_end"))
    return Q(pk__in=accused.values("claim"))
