"""Published totals as lists and JSON show them: what this reader may see, newest first. Nothing here adds them up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Accused, AggregateClaim, AggregateClaimPart, Agreement, Party
from incidents.permissions import Capability, may
from incidents.queries import contributions, cursors, sides, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import SIDES_BY_NAME, ReportFilter, said_once, stood_on, word
from incidents.queries.visibility import Reader
from incidents.rules import digests, tallying
from incidents.vocabulary import Basis, Bucket, ClaimState, Unit

OF_A_PART = ("parent", "place", "accused_party", "accused_side")
WITHHELD_WITH_THE_SOURCE = ("source", "link", "wording", "spoken_by", "external_id")


@dataclass(frozen=True)
class ClaimFilter:
    """Which statements are asked for, in the words of the report filter. Every field may be empty."""

    agreement: str = ""
    side: str = ""
    claimant: str = ""
    unit: str = ""
    basis: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        said = {name: said_once(params, name) for name in cls.names()}
        asked = ReportFilter.parse({name: said[name] for name in ("agreement", "side", "claimant", "since", "until")})
        return cls(
            agreement=asked.agreement,
            side=asked.side,
            claimant=asked.claimant,
            unit=word(said["unit"], Unit, "unit"),
            basis=word(said["basis"], Basis, "basis"),
            state=word(said["state"], ClaimState, "state"),
            since=asked.since,
            until=asked.until,
        )

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: str(value) for name in self.names() if (value := getattr(self, name))}


def filtered(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements that this reader may see and asks for, newest first, joined for a list."""
    return joined(reader, narrowed(reader, asked)).order_by("-id")


def narrowed(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements that this reader may see and asks for, in no order.

    Raise RuleBroken, naming the field, for an agreement, side or claimant that is not there for this reader.
    """
    claims = visibility.aggregate_claims(reader)
    agreement = None
    if asked.agreement:
        agreement = visibility.agreements(reader).filter(slug=asked.agreement).first() or _absent(asked.agreement, "agreement")
        claims = claims.filter(agreement=agreement)
    if asked.claimant:
        party = Party.objects.filter(slug=asked.claimant).first() or _absent(asked.claimant, "claimant")
        claims = claims.filter(Q(claimant=party) | Q(claimant__organ_of=party))
    if asked.side:
        claims = claims.filter(_against(agreement, asked.side))
    claims = claims.filter(**{name: value for name in ("unit", "basis") if (value := getattr(asked, name))})
    if asked.state:
        claims = claims.filter(_STATES[ClaimState(asked.state)])
    if asked.since:
        claims = claims.filter(period_end__gte=asked.since)
    if asked.until:
        # What does not say from when it counts speaks of its last day at least.
        claims = claims.filter(Q(counted_from__lte=asked.until) | Q(period_start__lte=asked.until) | Q(period_end__lte=asked.until))
    return claims


def page(claims: QuerySet[AggregateClaim], *, cursor: str | None = None, limit: int = 50) -> Page[AggregateClaim]:
    """Return one page of these statements, the latest published first."""
    return cursors.page_by_day(claims, "published_on", cursor, limit)


_STATES = {
    ClaimState.CURRENT: Q(superseded_by=None, retracted_at=None),
    ClaimState.SUPERSEDED: Q(superseded_by__isnull=False),
    ClaimState.RETRACTED: Q(retracted_at__isnull=False),
}


def joined(reader: Reader, claims: QuerySet[AggregateClaim]) -> QuerySet[AggregateClaim]:
    """Return the statements with all that is shown of each, in a constant number of queries.

    `replaces_id` and `replaced_by_id` are the public ids of its neighbours in supersession, where this reader may see them.
    """
    seen = visibility.aggregate_claims(reader).order_by()
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
        accused = Accused.objects.filter(party__isnull=False).exclude(stood_on(camps, set(camps.sides), "party", "claim__period_end"))
    else:
        accused = Accused.objects.filter(Q(side=camps.sides[side]) | stood_on(camps, {side}, "party", "claim__period_end"))
    return Q(pk__in=accused.values("claim"))


def _absent(word: str, field: str) -> Any:
    raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": word}, field)
