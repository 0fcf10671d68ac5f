"""What the desk's first pages ask: which agreements there are, what needs a person's attention, what parties declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window

from incidents.models import AggregateClaim, Agreement, Declaration, Incident, LedgerEntry, Membership, Party, Place, Report, Response, Source, User
from incidents.queries import convoys, narrowing, reports, visibility
from incidents.queries.convoys import Journey
from incidents.queries.visibility import Reader
from incidents.vocabulary import Located, Role, Series

# What the demonstration brings: the two totals it is about.
DEMONSTRATION = ("OP-2016-09-19", "RU-2016-09-19")
# So many of each are listed; of incidents fewer, since each brings its reports.
LISTED, LISTED_INCIDENTS = 50, 20


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements this reader may see, newest first."""
    return visibility.agreements(reader).order_by("-in_force_from", "id")


def most_spoken_of(found: Iterable[Agreement]) -> Agreement | None:
    """Return the newest of these under which more than one side stands accused in a published total; failing that one; failing that the newest."""
    newest = sorted(found, key=lambda agreement: agreement.in_force_from, reverse=True)
    if len(newest) < 2:
        return newest[0] if newest else None
    claimed = LedgerEntry.objects.filter(series=Series.CLAIMED, side__isnull=False).order_by()
    accused = dict(claimed.values_list("agreement_id").annotate(Count("side", distinct=True)))
    return max(newest, key=lambda agreement: (min(accused.get(agreement.pk, 0), 2), agreement.in_force_from))


def is_demonstration() -> bool:
    """Return whether the demonstration's records are among those shown."""
    return AggregateClaim.objects.filter(external_id__in=DEMONSTRATION).exists()


@dataclass(frozen=True)
class Attention:
    """What a person should look at: the newest of each, and how many there are. Incidents come with their reports."""

    numbers: "Numbers"
    contradictory: list[tuple[Incident, list[Report]]]
    without_coordinates: list[Report]
    undated: list[Report]
    without_incident: list[Report]
    convoys: list[Journey]


@dataclass(frozen=True)
class Numbers:
    """How many there are of each that a person should look at."""

    contradictory: int
    without_coordinates: int
    undated: int
    without_incident: int
    convoys: int


# What a report lacks, by the list that it stands in for it.
LACKS = {
    "without_coordinates": narrowing.located(Located.WITHOUT),
    "undated": Q(occurred_on=None),
    "without_incident": Q(incident=None),
}


def attention(reader: Reader, agreement: Agreement) -> Attention:
    """Return what can be told today: incidents blamed on several, and current reports that lack a point, a day or an incident."""
    current = visibility.reports(reader).current().filter(agreement=agreement)
    several = list(_blamed_on_several(current).annotate(every=Window(Count("pk"))).order_by("-id")[:LISTED_INCIDENTS])
    pressing = convoys.needing_attention(reader, agreement)
    # Which they are is asked first, and all are joined at once: of each list in one, planning took longer than answering.
    newest = current.order_by("-id").values_list("pk", flat=True)
    keys = {name: list(newest.filter(lack)[:LISTED]) for name, lack in LACKS.items()}
    named = current.filter(Q(pk__in=set().union(*keys.values())) | Q(incident__in=several))
    listed = {report.pk: report for report in reports.joined(reader, named).order_by("id")}
    return Attention(
        numbers=Numbers(contradictory=several[0].every if several else 0, convoys=len(pressing), **_lacking(current)),
        contradictory=[(one, [report for report in listed.values() if report.incident_id == one.pk]) for one in several],
        convoys=pressing,
        **{name: [listed[key] for key in found if key in listed] for name, found in keys.items()},
    )


def numbers(reader: Reader, agreement: Agreement) -> Numbers:
    """Return how many there are of each, without reading them."""
    current = visibility.reports(reader).current().filter(agreement=agreement)
    return Numbers(
        contradictory=_blamed_on_several(current).count(),
        convoys=len(convoys.needing_attention(reader, agreement)),
        **_lacking(current),
    )


def _lacking(current: QuerySet[Report]) -> dict[str, int]:
    return current.order_by().aggregate(**{name: Count("pk", filter=lack) for name, lack in LACKS.items()})


def _blamed_on_several(current: QuerySet[Report]) -> QuerySet[Incident]:
    """Return the incidents whose reports do not all name the same party, the same side or nobody."""
    blamed = current.filter(incident__isnull=False).order_by()
    several = (
        blamed.values("incident_id")
        .annotate(
            party=Min("accused_party"),
            camp=Min("accused_side"),
            nobody=Count("pk", filter=Q(accused_party=None, accused_side=None)),
        )
        .alias(another_party=Max("accused_party"), another_camp=Max("accused_side"))
        # The least and the greatest key, not the number of distinct ones, for which all would be sorted.
        .filter(
            Q(party__lt=F("another_party"))
            | Q(camp__lt=F("another_camp"))
            | Q(party__isnull=False, camp__isnull=False)
            | Q(nobody__gt=0) & (Q(party__isnull=False) | Q(camp__isnull=False))
        )
    )
    return Incident.objects.filter(pk__in=several.values("incident_id"))


def number_of_statements(reader: Reader, agreement: Agreement) -> int:
    """Return how many totals are on record for this agreement."""
    return visibility.aggregate_claims(reader).filter(agreement=agreement).count()


def declarations(reader: Reader, agreement: Agreement, number: int | None = None) -> list[tuple[Declaration, bool]]:
    """Return what parties declared of this truce, latest first, each with whether words and speaker are withheld to protect the source.

    With the number of a sealed change, only what was on record at that point of the log.
    """
    found = visibility.declarations(reader).filter(agreement=agreement).select_related("party__organ_of", "source").prefetch_related("blamed")
    found = found if number is None else narrowing.on_record(found, number)
    return [(row, not visibility.shows_source(reader, row.source, row)) for row in found.order_by("-declared_on", "-declared_at", "-id")]


def memberships(agreement: Agreement) -> list[Membership]:
    """Return who is what to this agreement, members of sides before other roles."""
    roles = list(Role)
    found = agreement.memberships.select_related("party", "side")
    return sorted(found, key=lambda row: (roles.index(Role(row.role)), row.side.position if row.side else 0, row.party.name))


@dataclass(frozen=True)
class Event:
    """What else is on record of the happening that a report speaks of; of an answer also whether its words and speaker are withheld."""

    siblings: list[Report]
    responses: list[tuple[Response, bool]]


def event_of(reader: Reader, report: Report) -> Event:
    """Return the other reports of the same incident that this reader may see, and the answers given for it."""
    if report.incident is None:
        return Event([], [])
    siblings = reports.joined(reader, visibility.reports(reader).filter(incident=report.incident_id).exclude(pk=report.pk))
    answers = visibility.responses(reader).filter(incident=report.incident_id).select_related("party", "blamed", "source")
    answers = answers.order_by("answered_on", "id")
    return Event(list(siblings.order_by("id")), [(row, not visibility.shows_source(reader, row.source, row)) for row in answers])


@dataclass(frozen=True)
class Choices:
    """What a report may name."""

    parties: list[Party]
    places: list[Place]
    sources: list[Source]


def choices(reader: Reader) -> Choices:
    """Return the parties, places and sources that this reader may name in a report, by name."""
    found = Source.objects.all().order_by("name")
    return Choices(
        parties=list(Party.objects.order_by("name")),
        places=list(Place.objects.select_related("parent").prefetch_related("aliases").order_by("name")),
        sources=[source for source in found if visibility.shows_source(reader, source)],
    )


def logged(reader: Reader, public_ids: Iterable[str]) -> QuerySet[Report]:
    """Return these reports, joined for a list."""
    return reports.joined(reader, visibility.reports(reader).filter(public_id__in=list(public_ids)))


def claimants(reader: Reader, agreement: Agreement) -> QuerySet[Party]:
    """Return the parties that claim something in a report of this agreement which this reader may see."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    return Party.objects.filter(pk__in=seen.values("claimant")).order_by("name")


def logged_on(user: User, agreement: Agreement, now: datetime) -> int:
    """Return how many reports this user has logged on the local day that it is now."""
    begins = now.astimezone(agreement.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Report.objects.filter(agreement=agreement, entered_by=user, created_at__gte=begins).count()
