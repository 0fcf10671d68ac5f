"""What this reader may see. Every list, count, map, export and feed starts here; nothing is withheld later than here."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from incidents.models import AggregateClaim, Agreement, Assessment, Convoy, ConvoyEntry, Incident, LedgerEntry, ReadEntry, Report, Source, User
from incidents.models.aggregates import AggregateClaimQuerySet
from incidents.models.convoys import ConvoyQuerySet
from incidents.models.reports import ReportQuerySet
from incidents.permissions import Capability, Reach, may, reach
from incidents.vocabulary import ReportState

Reader = User | AnonymousUser


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements this reader may see."""
    return Agreement.objects.filter(reach(reader, Capability.READ).over("pk"))


def reports(reader: Reader) -> ReportQuerySet:
    """Return the reports this reader may see: partners see no drafts, and none that is tied to a convoy not released to them."""
    read, drafts = reach(reader, Capability.READ), reach(reader, Capability.READ_DRAFTS)
    if not read.is_somewhere:
        return Report.objects.none()
    seen = Report.objects.filter(read.over())
    if not drafts.is_everywhere:
        seen = seen.filter(~Q(state=ReportState.DRAFT) | drafts.over())
    if not reach(reader, Capability.READ_CONVOYS).is_everywhere:
        hidden = _hidden_convoys(reader)
        # A convoy reaches a report directly, by an event in its history, or by the incident that both belong to.
        tied = Q(convoy__in=hidden) | Q(convoy_events__convoy__in=hidden)
        seen = seen.exclude(pk__in=Report.objects.filter(tied).values("pk"))
        # Whatever else is said of a hidden incident would name it, and with it the convoy.
        seen = seen.exclude(incident__in=Incident.objects.filter(_tied_to(hidden)).values("pk"))
    return seen


def convoys(reader: Reader) -> ConvoyQuerySet:
    """Return the convoys this reader may see: partners none until it is released."""
    read, planned = reach(reader, Capability.READ), reach(reader, Capability.READ_CONVOYS)
    if not read.is_somewhere:
        return Convoy.objects.none()
    seen = Convoy.objects.filter(read.over())
    return seen if planned.is_everywhere else seen.filter(Q(pk__in=Convoy.objects.released()) | planned.over())


def _hidden_convoys(reader: Reader) -> QuerySet[Convoy]:
    planned = Convoy.objects.filter(reach(reader, Capability.READ_CONVOYS).over())
    return Convoy.objects.exclude(pk__in=Convoy.objects.released()).exclude(pk__in=planned)


def incidents(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents this reader may see: those of a hidden convoy are hidden with it, those of a hidden agreement with that."""
    read = reach(reader, Capability.READ)
    if not read.is_somewhere:
        return Incident.objects.none()
    seen = Incident.objects.all() if read.is_everywhere else Incident.objects.filter(_under(read))
    if reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return seen
    return seen.exclude(pk__in=Incident.objects.filter(_tied_to(_hidden_convoys(reader))).values("pk"))


def cases(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents whose case this reader may see: who is at it, what is said of it, why it waits."""
    notes = reach(reader, Capability.READ_INTERNAL_NOTES)
    return incidents(reader) if notes.is_everywhere else incidents(reader).filter(_under(notes))


def is_case(reader: Reader, incident: Incident) -> bool:
    """Return whether this reader may see the case of an incident that they see. Most hold that right everywhere, and then nothing is asked."""
    return may(reader, Capability.READ_INTERNAL_NOTES) or cases(reader).filter(pk=incident.pk).exists()


def _under(held: Reach) -> Q:
    """Return the incidents reported or judged under these agreements, or merged into one that is."""
    if not held.is_somewhere:
        return Q(pk__in=[])
    reported = Report.objects.filter(held.over(), incident__isnull=False).values("incident")
    judged = Assessment.objects.filter(held.over()).values("incident")
    return Q(pk__in=reported) | Q(pk__in=judged) | Q(merged_into__in=reported) | Q(merged_into__in=judged)


def _tied_to(hidden: QuerySet[Convoy]) -> Q:
    """Return the incidents that belong to these convoys, themselves or through a report."""
    return Q(convoys__in=hidden) | Q(reports__convoy__in=hidden) | Q(reports__convoy_events__convoy__in=hidden)


def counted(reader: Reader, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Return the lines of the ledger that this reader may see counted: none of a report or an incident that is hidden."""
    if reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return entries
    hidden_reports = Report.objects.exclude(pk__in=reports(reader).order_by().values("pk"))
    hidden_incidents = Incident.objects.exclude(pk__in=incidents(reader).order_by().values("pk"))
    entries = entries.exclude(record_type="report", record_id__in=hidden_reports.order_by().values("public_id"))
    return entries.exclude(record_type="incident", record_id__in=hidden_incidents.order_by().values("public_id"))


def counted_convoys(reader: Reader, entries: QuerySet[ConvoyEntry]) -> QuerySet[ConvoyEntry]:
    """Return the lines of the ledger of convoys that this reader may see counted: none of a convoy that is hidden from them."""
    if reach(reader, Capability.READ).is_everywhere and reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return entries
    return entries.filter(record_id__in=convoys(reader).order_by().values("public_id"))


def uncounted(reader: Reader, agreement: Agreement) -> list[str]:
    """Return the subjects of this agreement's ledger that `counted` leaves out for this reader: what is hidden with a convoy."""
    if reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return []
    hidden = _hidden_convoys(reader)
    tied = Incident.objects.filter(_tied_to(hidden))
    kept = Report.objects.filter(Q(convoy__in=hidden) | Q(convoy_events__convoy__in=hidden) | Q(incident__in=tied.values("pk")), agreement=agreement)
    return [
        *(f"report:{public_id}" for public_id in kept.order_by().values_list("public_id", flat=True).distinct()),
        *(f"incident:{slug}" for slug in tied.order_by().values_list("slug", flat=True).distinct()),
    ]


def aggregate_claims(reader: Reader) -> AggregateClaimQuerySet:
    """Return the published totals this reader may see."""
    return AggregateClaim.objects.filter(reach(reader, Capability.READ).over())


def sources(reader: Reader) -> QuerySet[Source]:
    """Return the sources this reader may learn of: to partners a protected one does not exist."""
    if not reach(reader, Capability.READ).is_somewhere:
        return Source.objects.none()
    return Source.objects.all() if may(reader, Capability.READ_PROTECTED_SOURCES) else Source.objects.filter(is_protected=False)


def reads(reader: Reader) -> QuerySet[ReadEntry]:
    """Return what is written of looks at what is protected: administrators see it, to others it does not exist."""
    return ReadEntry.objects.all() if may(reader, Capability.ADMINISTER) else ReadEntry.objects.none()


def shows_source(reader: Reader, source: Source, of: Model | None = None) -> bool:
    """Return whether this reader may learn that it was this source of this record, and see its link and wording.

    Of no record, whether they may under every agreement. What is said of an incident is asked by the agreements of its reports.
    """
    if not source.is_protected:
        return True
    held = reach(reader, Capability.READ_PROTECTED_SOURCES)
    if held.is_everywhere or of is None:
        return held.is_everywhere
    if hasattr(of, "agreement_id"):
        return may(reader, Capability.READ_PROTECTED_SOURCES, of)
    incident = getattr(of, "incident_id", None)
    return incident is not None and Incident.objects.filter(_under(held), pk=incident).exists()


def open_sources(reader: Reader, path: str = "") -> Q:
    """Return the condition for rows whose source is not withheld from this reader; `path` leads from a row to what has source and agreement."""
    return Q(**{f"{path}source__in": Source.objects.filter(is_protected=False)}) | reach(reader, Capability.READ_PROTECTED_SOURCES).over(
        f"{path}agreement"
    )
