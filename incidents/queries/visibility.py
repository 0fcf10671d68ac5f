"""What this reader may see. Every list, count, map, export and feed starts here; nothing is withheld later than here."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from incidents.models import AggregateClaim, Agreement, Convoy, Incident, LedgerEntry, ReadEntry, Report, Source, User
from incidents.models.aggregates import AggregateClaimQuerySet
from incidents.models.convoys import ConvoyQuerySet
from incidents.models.reports import ReportQuerySet
from incidents.permissions import Capability, may
from incidents.vocabulary import ReportState

Reader = User | AnonymousUser


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements this reader may see."""
    return Agreement.objects.all() if may(reader, Capability.READ) else Agreement.objects.none()


def reports(reader: Reader) -> ReportQuerySet:
    """Return the reports this reader may see: partners see no drafts, and none that is tied to a convoy not released to them."""
    if not may(reader, Capability.READ):
        return Report.objects.none()
    seen = Report.objects.all()
    if not may(reader, Capability.READ_DRAFTS):
        seen = seen.exclude(state=ReportState.DRAFT)
    if not may(reader, Capability.READ_CONVOYS):
        hidden = Convoy.objects.exclude(pk__in=Convoy.objects.released())
        # A convoy reaches a report directly, by an event in its history, or by the incident that both belong to.
        tied = Q(convoy__in=hidden) | Q(convoy_events__convoy__in=hidden)
        seen = seen.exclude(pk__in=Report.objects.filter(tied).values("pk"))
        # Whatever else is said of a hidden incident would name it, and with it the convoy.
        seen = seen.exclude(incident__in=Incident.objects.filter(_tied_to(hidden)).values("pk"))
    return seen


def convoys(reader: Reader) -> ConvoyQuerySet:
    """Return the convoys this reader may see: partners none until it is released."""
    if not may(reader, Capability.READ):
        return Convoy.objects.none()
    return Convoy.objects.all() if may(reader, Capability.READ_CONVOYS) else Convoy.objects.released()


def incidents(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents this reader may see: those of a hidden convoy are hidden with it."""
    if not may(reader, Capability.READ):
        return Incident.objects.none()
    if may(reader, Capability.READ_CONVOYS):
        return Incident.objects.all()
    hidden = Convoy.objects.exclude(pk__in=Convoy.objects.released())
    return Incident.objects.exclude(pk__in=Incident.objects.filter(_tied_to(hidden)).values("pk"))


def _tied_to(hidden: QuerySet[Convoy]) -> Q:
    """Return the incidents that belong to these convoys, themselves or through a report."""
    return Q(convoys__in=hidden) | Q(reports__convoy__in=hidden) | Q(reports__convoy_events__convoy__in=hidden)


def counted(reader: Reader, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Return the lines of the ledger that this reader may see counted: none of a report or an incident that is hidden with a convoy."""
    if may(reader, Capability.READ_CONVOYS):
        return entries
    hidden_reports = Report.objects.exclude(pk__in=reports(reader).order_by().values("pk"))
    hidden_incidents = Incident.objects.exclude(pk__in=incidents(reader).order_by().values("pk"))
    entries = entries.exclude(record_type="report", record_id__in=hidden_reports.order_by().values("public_id"))
    return entries.exclude(record_type="incident", record_id__in=hidden_incidents.order_by().values("public_id"))


def aggregate_claims(reader: Reader) -> AggregateClaimQuerySet:
    """Return the published totals this reader may see."""
    return AggregateClaim.objects.all() if may(reader, Capability.READ) else AggregateClaim.objects.none()


def sources(reader: Reader) -> QuerySet[Source]:
    """Return the sources this reader may learn of: to partners a protected one does not exist."""
    if not may(reader, Capability.READ):
        return Source.objects.none()
    return Source.objects.all() if may(reader, Capability.READ_PROTECTED_SOURCES) else Source.objects.filter(is_protected=False)


def reads(reader: Reader) -> QuerySet[ReadEntry]:
    """Return what is written of looks at what is protected: administrators see it, to others it does not exist."""
    return ReadEntry.objects.all() if may(reader, Capability.ADMINISTER) else ReadEntry.objects.none()


def shows_source(reader: Reader, source: Source) -> bool:
    """Return whether this reader may learn which source it was, and see its link and wording."""
    return not source.is_protected or may(reader, Capability.READ_PROTECTED_SOURCES)
