"""Agreements, their terms and their sides as JSON lists them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from incidents.models import Agreement, Membership, Side, Term
from incidents.queries import filters, narrowing, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.vocabulary import TermSubject


@dataclass(frozen=True)
class AgreementFilter(Filter):
    """Which agreements are asked for."""

    own = {
        "since": replace(filters.WORDS["since"], says="Day, in UTC: in force on it or later, as it was agreed."),
        "until": replace(filters.WORDS["until"], says="Day, in UTC: in force on it or earlier."),
        "text": replace(filters.WORDS["text"], says="In the name, the country or the slug."),
    }

    since: date | None = None
    until: date | None = None
    text: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True)
class TalliedFilter(Filter):
    """Of which agreements the tallies are asked for."""

    own = AgreementFilter.own

    agreement: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


def tallied(reader: Reader, asked: TalliedFilter) -> QuerySet[Agreement]:
    """Return the agreements of which tallies are asked for."""
    found = filtered(reader, AgreementFilter(asked.since, asked.until, asked.text))
    agreement = narrowing.agreement(reader, asked.agreement)
    return found.filter(pk=agreement.pk) if agreement else found


def filtered(reader: Reader, asked: AgreementFilter) -> QuerySet[Agreement]:
    """Return the agreements that this reader may see and asks for."""
    found = visibility.agreements(reader)
    if asked.since:
        found = found.filter(Q(in_force_until=None) | Q(in_force_until__date__gte=asked.since))
    if asked.until:
        found = found.filter(in_force_from__date__lte=asked.until)
    if asked.text:
        named = Q()
        for name in ("name", "name_ar", "country", "country_ar", "slug"):
            named |= Q(**{f"{name}__icontains": asked.text})
        found = found.filter(named)
    return narrowing.updated(reader, found, asked.updated_since)


@dataclass(frozen=True)
class TermFilter(Filter):
    """Which articles are asked for."""

    own = {"subject": filters.one_of(TermSubject, "What it is about."), "text": replace(filters.WORDS["text"], says="In its summary.")}

    agreement: str = ""
    subject: str = ""
    text: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True)
class SideFilter(Filter):
    """Which sides are asked for."""

    own = {
        "party": filters.slug_of("Slug of a party that is or was a member, itself or an organ of it."),
        "text": replace(filters.WORDS["text"], says="In its name."),
    }

    agreement: str = ""
    party: str = ""
    text: str = ""
    updated_since: datetime | None = None


def terms(reader: Reader, asked: TermFilter | None = None) -> QuerySet[Term]:
    """Return the articles asked for, of agreements that this reader may see, those put on record last first."""
    found = Term.objects.filter(agreement__in=visibility.agreements(reader)).select_related("agreement").order_by("-id")
    if asked is None:
        return found
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(agreement=agreement)
    if asked.subject:
        found = found.filter(subject=asked.subject)
    if asked.text:
        found = found.filter(summary__icontains=asked.text)
    return narrowing.updated(reader, found, asked.updated_since)


def sides(reader: Reader, asked: SideFilter | None = None) -> QuerySet[Side]:
    """Return the sides asked for with their members, of agreements that this reader may see, those put on record last first."""
    members = Prefetch("memberships", queryset=Membership.objects.select_related("party").order_by("id"))
    found = Side.objects.filter(agreement__in=visibility.agreements(reader)).select_related("agreement").prefetch_related(members).order_by("-id")
    if asked is None:
        return found
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(agreement=agreement)
    if asked.party:
        held = Membership.objects.filter(narrowing.is_party(asked.party, "party", "party"), side__isnull=False)
        found = found.filter(pk__in=held.values("side"))
    if asked.text:
        found = found.filter(Q(name__icontains=asked.text) | Q(name_ar__icontains=asked.text))
    return narrowing.updated(reader, found, asked.updated_since)
