"""Parties, and how they are tied to one another in time, as lists, pages and JSON show them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from incidents.models import Affiliation, Membership, Party, PartyAlias
from incidents.queries import cursors, filters, narrowing, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.vocabulary import AffiliationKind, PartyKind

WITHHELD_WITH_THE_SOURCE = ("source", "link")


@dataclass(frozen=True)
class PartyFilter(Filter):
    """Which parties are asked for."""

    own = {"text": replace(filters.WORDS["text"], says="In any name."), "kind": filters.one_of(PartyKind, "What it is.")}

    text: str = ""
    kind: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True)
class AffiliationFilter(Filter):
    """Which ties are asked for: those of a party, either way; of a kind; that held on a day as far as days are known."""

    own = {
        "party": filters.slug_of("Slug; ties of it, either way."),
        "kind": filters.one_of(AffiliationKind, "How they are tied."),
        "on": replace(filters.WORDS["since"], says="Local day on which it held, as far as days are known."),
    }

    party: str = ""
    kind: str = ""
    on: date | None = None


def joined() -> QuerySet[Party]:
    """Return the parties with their names, whom they speak for and who speaks for them, in a constant number of queries."""
    aliases = Prefetch("aliases", queryset=PartyAlias.objects.order_by("language", "name"))
    return Party.objects.select_related("organ_of").prefetch_related(aliases, Prefetch("organs", queryset=Party.objects.order_by("name", "id")))


def filtered(reader: Reader, asked: PartyFilter) -> QuerySet[Party]:
    """Return the parties asked for, those put on record last first. None of them is hidden from a reader. Text is looked for in every name."""
    found = joined()
    if asked.text:
        named = Q()
        for name in ("name", "name_ar", "short_name", "short_name_ar"):
            named |= Q(**{f"{name}__icontains": asked.text})
        found = found.filter(named | Exists(PartyAlias.objects.filter(party=OuterRef("pk"), name__icontains=asked.text)))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    return narrowing.updated(reader, found, asked.updated_since).order_by("-id")


def page(reader: Reader, asked: PartyFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Party]:
    """Return one page of parties."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def one(slug: Any) -> Party:
    """Return the party. Raise Party.DoesNotExist if there is none."""
    return joined().get(slug=slug)


def affiliations(asked: AffiliationFilter) -> QuerySet[Affiliation]:
    """Return the ties asked for, those put on record last first. Raise RuleBroken for a party that is not there."""
    found = Affiliation.objects.select_related("party", "other", "source")
    if asked.party:
        if not Party.objects.filter(slug=asked.party).exists():
            raise filters.unknown(asked.party, "party")
        found = found.filter(Q(party__slug=asked.party) | Q(other__slug=asked.party))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.on:
        found = found.filter(Q(from_on=None) | Q(from_on__lte=asked.on), Q(until_on=None) | Q(until_on__gte=asked.on))
    return found.order_by("-id")


def affiliation(public_id: Any) -> Affiliation:
    """Return the tie. Raise Affiliation.DoesNotExist if there is none."""
    return affiliations(AffiliationFilter()).get(public_id=public_id)


def ties_of(party: Party) -> list[Affiliation]:
    """Return the ties of a party, either way, in the order of the days on which they began."""
    found = affiliations(AffiliationFilter(party=party.slug))
    return sorted(found, key=lambda tie: (tie.from_on or date.min, tie.pk))


def withheld(reader: Reader, tie: Affiliation) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of a tie."""
    return () if tie.source is None or visibility.shows_source(reader, tie.source) else WITHHELD_WITH_THE_SOURCE


def roles_of(reader: Reader, party: Party) -> list[Membership]:
    """Return what the party is to the agreements that this reader may see, the newest agreement first."""
    found = Membership.objects.filter(party=party, agreement__in=visibility.agreements(reader)).select_related("agreement", "side")
    return list(found.order_by("-agreement__in_force_from", "id"))
