"""Published totals as lists and JSON show them: what this reader may see, newest first. Nothing here adds them up."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Accused, AggregateClaim, AggregateClaimPart, Agreement, Party
from incidents.permissions import Capability, may
from incidents.queries import sides, visibility
from incidents.queries.filters import SIDES_BY_NAME, ReportFilter, said_once, stood_on
from incidents.queries.visibility import Reader
from incidents.rules import digests, tallying
from incidents.vocabulary import Basis, Bucket, Unit

OF_A_PART = ("parent", "place", "accused_party", "accused_side")
WITHHELD_WITH_THE_SOURCE = ("source", "link", "wording", "spoken_by", "external_id")


@dataclass(frozen=True)
class ClaimFilter:
    """Which statements are asked for, in the words of the report filter. Every field may be empty."""

    agreement: str = ""
    side: str = ""
    claimant: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        asked = ReportFilter.parse({name: said_once(params, name) for name in cls.names()})
        return cls(agreement=asked.agreement, side=asked.side, claimant=asked.claimant)


def filtered(reader: Reader, asked: ClaimFilter) -> QuerySet[AggregateClaim]:
    """Return the statements that this reader may see and asks for, newest first, joined for a list.

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
    return joined(reader, claims).order_by("-id")


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
