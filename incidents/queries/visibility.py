"""What this reader may see. Every list, count, map, export and feed starts here; nothing is withheld later than here.

Rows and columns both: where values are withheld or coarsened for a reader, the querysets below read what is left of the table in place
of the table (`reduction`), so that filters, orders, counts and searches behind them find no more than is shown. Join from these, and to
these; a path from elsewhere to a report (`incident.reports`) leads around them.
"""

import hashlib
from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from incidents.models import (
    AggregateClaim,
    Agreement,
    Assessment,
    CargoLine,
    Checkpoint,
    Convoy,
    ConvoyEntry,
    ConvoyEvent,
    Coverage,
    Declaration,
    Evidence,
    Incident,
    LedgerEntry,
    Profile,
    ReadEntry,
    Report,
    Response,
    Seal,
    Snapshot,
    Source,
    User,
)
from incidents.models.aggregates import AggregateClaimQuerySet
from incidents.models.base import Record
from incidents.models.changes import canonical
from incidents.models.convoys import ConvoyQuerySet
from incidents.models.incidents import IncidentQuerySet
from incidents.models.profiles import told_states
from incidents.models.reports import ReportQuerySet
from incidents.permissions import SEEING, Capability, Reach, may, reach
from incidents.queries import looks, withholding
from incidents.queries.reduction import reduced
from incidents.queries.withholding import EVERY, cutoff, profile_of
from incidents.vocabulary import ReportState

Reader = User | AnonymousUser
Rows = TypeVar("Rows", bound=QuerySet[Any])

# Beyond every number in the log.
LATEST = 2**62
SPOKEN = ("link", "wording", "spoken_by")


def standing(reader: Reader) -> Hashable:
    """Return all that decides what a reader may see, as far as queries say it: whoever stands alike is asked for alike."""
    return tuple(reach(reader, capability) for capability in Capability), _carried(reader)


def sight(reader: Reader) -> str:
    """Return, as one word that can be kept, all that decides what a reader may see: what was told under another is not for them any more."""
    held = [(capability, reach(reader, capability)) for capability in SEEING]
    told = [[str(capability), found.by_default, sorted(found.otherwise)] for capability, found in held]
    fields, named = _carried(reader)
    return hashlib.sha256(canonical([told, [str(field) for field in fields], sorted(named or ())])).hexdigest()


def _carried(reader: Reader) -> tuple[tuple[Any, ...], frozenset[int] | None]:
    """Return what the profile says that a reader carries, and which agreements it names."""
    profile = profile_of(reader)
    if profile is None:
        return (), None
    fields = (getattr(profile, field.attname) for field in profile._meta.concrete_fields)
    return tuple(tuple(value) if isinstance(value, list) else value for value in fields), profile.named


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements this reader may see."""
    return Agreement.objects.filter(reach(reader, Capability.READ).over("pk"))


def reports(reader: Reader) -> ReportQuerySet:
    """Return the reports this reader may see: partners see no drafts, and none that is tied to a convoy not released to them."""
    drafts = reach(reader, Capability.READ_DRAFTS)
    seen = Report.objects.filter(reach(reader, Capability.READ).over())
    if not drafts.is_everywhere:
        seen = seen.filter(~Q(state=ReportState.DRAFT) | drafts.over())
    if not reach(reader, Capability.READ_CONVOYS).is_everywhere:
        hidden = _hidden_convoys(reader)
        # A convoy reaches a report directly, by an event in its history, or by the incident that both belong to.
        seen = seen.exclude(convoy__in=hidden).exclude(pk__in=_told_by_events(hidden))
        # Whatever else is said of a hidden incident would name it, and with it the convoy.
        for tied in _tied_to(hidden):
            seen = seen.exclude(incident__in=tied)
    profile = profile_of(reader)
    if profile:
        seen = _since(profile, seen, Coalesce("submitted_at", "created_at"))
    where = withholding.has_withheld_source(reader)
    seen = reduced(
        seen,
        withholding.words(reader, (*SPOKEN, "external_id"), where)
        | withholding.where_it_was(reader)
        | withholding.ties_to_convoys(reader)
        | withholding.state(reader),
    )
    return _as_profiled(profile, seen) if profile else seen


def _since(profile: Profile, rows: Rows, entered: Any) -> Rows:
    """Return the rows that were entered before the delay of the profile began; `entered` is when, as a field or an expression."""
    instant = cutoff(profile)
    if instant is None:
        return rows
    return rows.alias(entered=F(entered) if isinstance(entered, str) else entered).filter(entered__lte=instant)


def _as_profiled(profile: Profile, seen: ReportQuerySet) -> ReportQuerySet:
    """Return the reports in the states, and judged as, the profile says."""
    if set(profile.report_states) != set(told_states()):
        seen = seen.filter(state__in=profile.report_states)
    if profile.occurrences:
        judged = _judged(profile).filter(incident=OuterRef("incident"), agreement=OuterRef("agreement"))
        seen = seen.filter(Exists(judged))
    return seen


def _judged(profile: Profile) -> QuerySet[Assessment]:
    """Return the confirmed assessments that the profile lets through."""
    found = _since(profile, Assessment.objects.filter(confirmed_by__isnull=False), "confirmed_at")
    return found.filter(occurrence__in=profile.occurrences) if profile.occurrences else found


def convoys(reader: Reader) -> ConvoyQuerySet:
    """Return the convoys this reader may see: partners none until it is released."""
    read, planned = reach(reader, Capability.READ), reach(reader, Capability.READ_CONVOYS)
    seen = Convoy.objects.filter(read.over())
    if not planned.is_everywhere:
        released = Convoy.objects.released().filter(reach(reader, Capability.READ_RELEASED_CONVOYS).over())
        if profile := profile_of(reader):
            released = _since(profile, released, "released_at")
        seen = seen.filter(Q(pk__in=released) | planned.over())
    where = withholding.has_withheld_source(reader)
    return reduced(seen, withholding.words(reader, ("link", "external_id"), where) | withholding.notes(reader) | withholding.ends_of_the_way(reader))


def checkpoints(reader: Reader) -> QuerySet[Checkpoint]:
    """Return the checkpoints of the convoys this reader may see; none to whom places are coarsened, as their names are places."""
    if withholding.hides_checkpoints(reader):
        return Checkpoint.objects.none()
    return Checkpoint.objects.filter(convoy__in=convoys(reader).order_by().values("pk"))


def cargo(reader: Reader) -> QuerySet[CargoLine]:
    """Return what the convoys this reader may see carry, without where it was taken off for whom checkpoints are hidden from."""
    seen = CargoLine.objects.filter(convoy__in=convoys(reader).order_by().values("pk"))
    return reduced(seen, {"removed_at": Cast(Value(None), BigIntegerField())} if withholding.hides_checkpoints(reader) else {})


def convoy_events(reader: Reader) -> QuerySet[ConvoyEvent]:
    """Return what is reported of the convoys this reader may see."""
    seen = ConvoyEvent.objects.filter(convoy__in=convoys(reader).order_by().values("pk"))
    if profile := profile_of(reader):
        seen = _since(profile, seen, "created_at")
    where = withholding.has_withheld_source(reader, "convoy__agreement")
    return reduced(seen, withholding.words(reader, ("link", "wording"), where) | withholding.on_the_way(reader))


def _hidden_convoys(reader: Reader) -> QuerySet[Convoy]:
    """Return the convoys that are not released to this reader, told with delay as they may be, and that they may not see before."""
    released, planned = Convoy.objects.released(), Convoy.objects.filter(reach(reader, Capability.READ_CONVOYS).over())
    if profile := profile_of(reader):
        released = _since(profile, released, "released_at")
    return Convoy.objects.exclude(pk__in=released.order_by().values("pk")).exclude(pk__in=planned.order_by().values("pk"))


def incidents(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents this reader may see: those of a hidden convoy are hidden with it, those of a hidden agreement with that.

    One that was merged away is seen by whoever sees the one in which it goes on: its name and its address lead there.
    """
    return _incidents(reader, Incident.objects.with_heirs(), "heir")


def standing_incidents(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents this reader may see that go on: neither merged into another nor withdrawn."""
    return _incidents(reader, Incident.objects.filter(merged_into=None, withdrawn_at=None), "pk")


def _incidents(reader: Reader, seen: IncidentQuerySet, key: str) -> IncidentQuerySet:
    read = reach(reader, Capability.READ)
    if not read.is_everywhere:
        seen = seen.filter(_under(read, key))
    profile = profile_of(reader)
    if profile and profile.hides_reports:
        # Without a report that exists for the reader, nothing would tell them of it but its name.
        return seen.filter(**{f"{key}__in": reports(reader).order_by().values("incident")})
    if reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return seen
    for tied in _tied_to(_hidden_convoys(reader)):
        seen = seen.exclude(**{f"{key}__in": tied})
    return seen


def cases(reader: Reader) -> QuerySet[Incident]:
    """Return the incidents whose case this reader may see: who is at it, what is said of it, why it waits."""
    notes = reach(reader, Capability.READ_INTERNAL_NOTES)
    return incidents(reader) if notes.is_everywhere else incidents(reader).filter(_under(notes, "heir"))


def is_case(reader: Reader, incident: Incident) -> bool:
    """Return whether this reader may see the case of an incident that they see. Most hold that right everywhere, and then nothing is asked."""
    return may(reader, Capability.READ_INTERNAL_NOTES) or cases(reader).filter(pk=incident.pk).exists()


def _under(held: Reach, key: str = "pk") -> Q:
    """Return the incidents reported or judged under these agreements; `key` is the incident itself, or its heir."""
    reported = Report.objects.filter(held.over(), incident__isnull=False).values("incident")
    judged = Assessment.objects.filter(held.over()).values("incident")
    return Q(**{f"{key}__in": reported}) | Q(**{f"{key}__in": judged})


def _told_by_events(hidden: QuerySet[Convoy]) -> QuerySet[Any]:
    """Return the keys of the reports that tell of these convoys."""
    return ConvoyEvent.objects.filter(convoy__in=hidden, report__isnull=False).order_by().values("report")


def _tied_to(hidden: QuerySet[Convoy]) -> tuple[QuerySet[Any], ...]:
    """Return the keys of the incidents that belong to these convoys: themselves, by a report, or by an event in a report.

    Each begins at the convoys, of which there are few: asked in one, every report there is would be read.
    """
    told = Report.objects.filter(incident__isnull=False)
    return (
        hidden.filter(incident__isnull=False).order_by().values("incident"),
        told.filter(convoy__in=hidden).order_by().values("incident"),
        told.filter(pk__in=_told_by_events(hidden)).order_by().values("incident"),
    )


def counted(reader: Reader, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Return the lines of the ledger that this reader may see counted: none of a report or an incident that is hidden."""
    if reach(reader, Capability.READ).is_everywhere and reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return entries
    profile = profile_of(reader)
    if profile and profile.delay_hours:
        entries = entries.filter(number__lte=told_up_to(reader, LATEST))
    return _of_seen(reader, entries)


def counted_under(reader: Reader, agreement: Agreement) -> QuerySet[LedgerEntry]:
    """Return the lines of one agreement's ledger that `counted` gives, found by the few subjects that are left out, not by asking every report."""
    entries = LedgerEntry.objects.filter(agreement=agreement)
    profile = profile_of(reader)
    if (profile and profile.hides_reports) or not may(reader, Capability.READ, agreement):
        return counted(reader, entries)
    return entries.exclude(subject__in=uncounted(reader, agreement))


def _of_seen(reader: Reader, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Return the lines of records that exist for this reader, whenever they were posted."""
    profile = profile_of(reader)
    if profile and profile.hides_reports:
        told = reports(reader).filter(incident__public_id=OuterRef("record_id"), agreement=OuterRef("agreement")).order_by()
        entries = entries.filter(~Q(record_type="incident") | Exists(told))
    hidden_reports = Report.objects.exclude(pk__in=reports(reader).order_by().values("pk"))
    hidden_incidents = Incident.objects.exclude(pk__in=incidents(reader).order_by().values("pk"))
    entries = entries.exclude(record_type="report", record_id__in=hidden_reports.order_by().values("public_id"))
    return entries.exclude(record_type="incident", record_id__in=hidden_incidents.order_by().values("public_id"))


def counted_convoys(reader: Reader, entries: QuerySet[ConvoyEntry]) -> QuerySet[ConvoyEntry]:
    """Return the lines of the ledger of convoys that this reader may see counted: none of a convoy that is hidden from them."""
    if reach(reader, Capability.READ).is_everywhere and reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return entries
    if profile_of(reader):
        entries = entries.filter(number__lte=told_up_to(reader, LATEST))
    return entries.filter(record_id__in=convoys(reader).order_by().values("public_id"))


def uncounted(reader: Reader, agreement: Agreement) -> list[str]:
    """Return the subjects of this agreement's ledger that `counted` leaves out for this reader.

    What is hidden with a convoy is found by its convoy; where a profile hides more, by asking every entry.
    """
    if reach(reader, Capability.READ_CONVOYS).is_everywhere:
        return []
    profile = profile_of(reader)
    if profile and profile.hides_reports:
        entries = LedgerEntry.objects.filter(agreement=agreement, number__lte=told_up_to(reader, LATEST))
        hidden = entries.exclude(pk__in=counted(reader, entries).order_by().values("pk"))
        return list(hidden.order_by().values_list("subject", flat=True).distinct())
    unreleased = _hidden_convoys(reader)
    by_itself, by_report, by_event = _tied_to(unreleased)
    is_tied = Q(pk__in=by_itself) | Q(pk__in=by_report) | Q(pk__in=by_event)
    tied = _with_merged(dict(Incident.objects.filter(is_tied).order_by().values_list("pk", "slug")))
    of_convoys = (Q(convoy__in=unreleased), Q(pk__in=_told_by_events(unreleased)), Q(incident__in=list(tied)))
    # Each by its own index: asked in one, or joined to these incidents, every report there is would be read.
    first, *others = [Report.objects.filter(one, agreement=agreement).order_by().values_list("public_id", flat=True) for one in of_convoys]
    return [
        *(f"report:{public_id}" for public_id in first.union(*others)),
        *(f"incident:{slug}" for slug in tied.values()),
    ]


def _with_merged(incidents: dict[int, str]) -> dict[int, str]:
    """Return these incidents' keys and slugs with those of all that goes on in them: at an earlier instant it counts under its own name."""
    found = merged = incidents
    while merged:
        merged = dict(Incident.objects.filter(merged_into__in=list(merged)).order_by().values_list("pk", "slug"))
        found = found | merged
    return found


def aggregate_claims(reader: Reader) -> AggregateClaimQuerySet:
    """Return the published totals this reader may see."""
    seen: AggregateClaimQuerySet = AggregateClaim.objects.filter(reach(reader, Capability.READ).over())
    if profile := profile_of(reader):
        seen = _since(profile, seen, "created_at")
    where = withholding.has_withheld_source(reader)
    return reduced(seen, withholding.words(reader, (*SPOKEN, "external_id"), where) | withholding.notes(reader))


def snapshots(reader: Reader) -> QuerySet[Snapshot]:
    """Return the published figures this reader may see. They count what any partner may see, so to whoever is told less none exists."""
    if profile_of(reader):
        return Snapshot.objects.none()
    return Snapshot.objects.filter(reach(reader, Capability.READ).over())


def told_up_to(reader: Reader, number: int) -> int:
    """Return how far into the sealed log this reader is told: up to this number, or to where the delay of their profile begins."""
    profile = profile_of(reader)
    instant = cutoff(profile) if profile else None
    if instant is None:
        return number
    return min(number, Seal.objects.filter(sealed_at__lte=instant).aggregate(last=Max("number"))["last"] or 0)


def declarations(reader: Reader) -> QuerySet[Declaration]:
    """Return what parties declared of the agreements this reader may see."""
    seen = Declaration.objects.filter(reach(reader, Capability.READ).over())
    if profile := profile_of(reader):
        seen = _since(profile, seen, "created_at")
    return reduced(seen, withholding.words(reader, (*SPOKEN, "wording_ar"), withholding.has_withheld_source(reader)))


def responses(reader: Reader) -> QuerySet[Response]:
    """Return the answers for incidents that exist for this reader."""
    seen = Response.objects.filter(incident__in=incidents(reader).order_by().values("pk"))
    profile, held = profile_of(reader), reach(reader, Capability.READ_PROTECTED_SOURCES)
    if profile:
        seen = _since(profile, seen, "created_at")
    if profile and not profile.shows_sources:
        where: Q | None = EVERY
    elif held.is_everywhere:
        where = None
    else:
        where = Q(source__is_protected=True)
        where &= ~Q(incident__in=Incident.objects.filter(_under(held)).values("pk")) if held.is_somewhere else Q()
    return reduced(seen, withholding.words(reader, SPOKEN, where))


def assessments(reader: Reader) -> QuerySet[Assessment]:
    """Return the judgements of incidents that exist for this reader. To partners one that no second editor has confirmed does not exist."""
    read, notes = reach(reader, Capability.READ), reach(reader, Capability.READ_INTERNAL_NOTES)
    seen = Assessment.objects.filter(read.over(), incident__in=incidents(reader).order_by().values("pk"))
    if not notes.is_everywhere:
        seen = seen.filter(Q(confirmed_by__isnull=False) | notes.over())
    profile = profile_of(reader)
    if profile and profile.hides_reports:
        seen = seen.filter(pk__in=_judged(profile).values("pk"))
    return reduced(seen, withholding.notes(reader, name="reason"))


def coverage(reader: Reader) -> QuerySet[Coverage]:
    """Return who could observe, under the agreements this reader may see."""
    seen = Coverage.objects.filter(reach(reader, Capability.READ).over())
    if profile := profile_of(reader):
        seen = _since(profile, seen, "created_at")
    where = withholding.has_withheld_source(reader)
    return reduced(seen, withholding.words(reader, ("link", "external_id"), where) | withholding.notes(reader) | withholding.place(reader))


def evidence(reader: Reader) -> QuerySet[Evidence]:
    """Return the evidence of reports this reader may see, but what would give a withheld source away."""
    seen = Evidence.objects.filter(report__in=reports(reader).order_by().values("pk"))
    seen = seen.filter(reach(reader, Capability.READ_EVIDENCE).over("report__agreement"), open_sources(reader, "report__"))
    profile = profile_of(reader)
    return _since(profile, seen, "received_at") if profile else seen


def sources(reader: Reader) -> QuerySet[Source]:
    """Return the sources this reader may learn of: to partners a protected one does not exist."""
    if not reach(reader, Capability.READ).is_somewhere:
        return Source.objects.none()
    if (profile := profile_of(reader)) and not profile.shows_sources:
        return Source.objects.none()
    return Source.objects.all() if may(reader, Capability.READ_PROTECTED_SOURCES) else Source.objects.filter(is_protected=False)


def reads(reader: Reader) -> QuerySet[ReadEntry]:
    """Return what is written of looks at what is protected: administrators see it, to others it does not exist."""
    return ReadEntry.objects.all() if may(reader, Capability.ADMINISTER) else ReadEntry.objects.none()


def shows_source(reader: Reader, source: Source, of: Record | None = None) -> bool:
    """Return whether this reader may learn that it was this source of this record, and see its link and wording. If so, it is noted.

    Of no record, whether they may under every agreement. What is said of an incident is asked by the agreements of its reports.
    """
    if (profile := profile_of(reader)) and not profile.shows_sources:
        return False
    if not source.is_protected:
        return True
    is_shown = _shows_protected(reader, of)
    if is_shown:
        looks.note(reader, of or source)
    return is_shown


def look(reader: Reader, records: Iterable[Any]) -> None:
    """Note that this reader is shown what tells of the sources of these records, as far as they may see them."""
    for record in records:
        shows_source(reader, record.source, record)


def _shows_protected(reader: Reader, of: Record | None) -> bool:
    held = reach(reader, Capability.READ_PROTECTED_SOURCES)
    if held.is_everywhere or of is None:
        return held.is_everywhere
    if hasattr(of, "agreement_id"):
        return may(reader, Capability.READ_PROTECTED_SOURCES, of)
    incident = getattr(of, "incident_id", None)
    return incident is not None and Incident.objects.filter(_under(held), pk=incident).exists()


def shows_wording(reader: Reader) -> bool:
    """Return whether this reader is given words as they were received."""
    profile = profile_of(reader)
    return profile is None or profile.shows_wording


def withheld(reader: Reader, record: Any, with_the_source: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of a record that has a source: null in JSON, and said to be withheld on pages."""
    always = withheld_from_all(reader, with_the_source, has_place=hasattr(record, "place_as_worded"))
    if shows_source(reader, record.source, record):
        return always
    return (*with_the_source, *(name for name in always if name not in with_the_source))


def withheld_from_all(reader: Reader, with_the_source: tuple[str, ...], *, has_place: bool) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of any record, whatever its source."""
    profile = profile_of(reader)
    if profile is None:
        return ()
    names = with_the_source
    if profile.shows_sources:
        names = () if profile.shows_wording else tuple(name for name in with_the_source if name in withholding.WORDING)
    return (*names, "place_as_worded") if has_place and profile.step else names


def open_sources(reader: Reader, path: str = "") -> Q:
    """Return the condition for rows whose source is not withheld from this reader; `path` leads from a row to what has source and agreement."""
    if (profile := profile_of(reader)) and not profile.shows_sources:
        return Q(pk__in=[])
    held = reach(reader, Capability.READ_PROTECTED_SOURCES)
    if held.is_everywhere:
        return Q()
    return Q(**{f"{path}source__in": Source.objects.filter(is_protected=False)}) | held.over(f"{path}agreement")
