"""What this reader may see. Every list, count, map, export and feed starts here; nothing is withheld later than here."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from incidents.models import AggregateClaim, Agreement, Report, Source, User
from incidents.models.aggregates import AggregateClaimQuerySet
from incidents.models.reports import ReportQuerySet
from incidents.permissions import Capability, may
from incidents.vocabulary import ReportState

Reader = User | AnonymousUser


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements this reader may see."""
    return Agreement.objects.all() if may(reader, Capability.READ) else Agreement.objects.none()


def reports(reader: Reader) -> ReportQuerySet:
    """Return the reports this reader may see: partners see no drafts."""
    if not may(reader, Capability.READ):
        return Report.objects.none()
    if may(reader, Capability.READ_DRAFTS):
        return Report.objects.all()
    return Report.objects.exclude(state=ReportState.DRAFT)


def aggregate_claims(reader: Reader) -> AggregateClaimQuerySet:
    """Return the published totals this reader may see."""
    return AggregateClaim.objects.all() if may(reader, Capability.READ) else AggregateClaim.objects.none()


def shows_source(reader: Reader, source: Source) -> bool:
    """Return whether this reader may learn which source it was, and see its link and wording."""
    return not source.is_protected or may(reader, Capability.READ_PROTECTED_SOURCES)
