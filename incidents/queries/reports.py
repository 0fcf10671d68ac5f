"""Reports as lists, pages and JSON show them: what this reader may see, narrowed by a filter, newest first."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, Convoy, PlaceAlias, Report
from incidents.permissions import Capability, reach
from incidents.queries import cursors, narrowing, points, sides, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import ReportFilter
from incidents.queries.reduction import reduced
from incidents.queries.visibility import Reader
from incidents.rules.numerals import western
from incidents.vocabulary import OBSTRUCTIONS, Bucket, ReportState

WITHHELD_WITH_THE_SOURCE = ("source", "link", "wording", "spoken_by", "external_id")

_REFERENCE = re.compile(r"[rR]-?0*([0-9]{1,18})")


def filtered(reader: Reader, asked: ReportFilter) -> QuerySet[Report]:
    """Return the reports that this reader may see and asks for, newest first, joined for a list page."""
    return joined(reader, narrowed(reader, asked), _on_record(reader, asked)).order_by("-id")


def narrowed(reader: Reader, asked: ReportFilter) -> QuerySet[Report]:
    """Return the reports that this reader may see and asks for, in no order.

    Raise RuleBroken, naming the field, for an agreement, side, party, place or convoy that is not there for this reader.
    """
    reports = _on_record(reader, asked)
    agreement = narrowing.agreement(reader, asked.agreement)
    if agreement:
        reports = reports.filter(agreement=agreement)
    if asked.side:
        reports = reports.filter(against(agreement, asked.side))
    if asked.claimant:
        reports = reports.filter(narrowing.is_party(asked.claimant, "claimant", "claimant"))
    if asked.accused:
        reports = reports.filter(narrowing.is_party(asked.accused, "accused_party", "accused"))
    if asked.grade:
        reports = reports.filter(narrowing.graded(reader, asked.grade))
    if asked.source:
        reports = reports.filter(narrowing.came_by(reader, asked.source))
    same = {"violation_type": asked.type, "unit": asked.unit, "state": asked.state}
    reports = reports.filter(**{name: value for name, value in same.items() if value})
    if asked.since or asked.until:
        reports = _during(reports, asked.since, asked.until)
    if asked.area:
        reports = reports.filter(narrowing.lies_in(asked.area, "place"))
    if asked.box:
        reports = reports.filter(narrowing.points_in(reader, asked.box))
    if asked.coordinates:
        reports = reports.filter(narrowing.located(asked.coordinates))
    if asked.text:
        reports = reports.filter(_says(reader, asked.text))
    if asked.convoy:
        reports = reports.filter(_tied_to(reader, narrowing.convoy(reader, asked.convoy)))
    if asked.hinders:
        told_of = _tied_to(reader, narrowing.convoy(reader, asked.hinders, "hinders"))
        reports = reports.filter(told_of, state=ReportState.SUBMITTED, violation_type__in=OBSTRUCTIONS)
    return narrowing.updated(reader, reports, asked.updated_since)


# What narrows by its own value alone.
_PLAIN = {"agreement", "type", "unit", "state", "since", "until", "coordinates"}


def standing(reader: Reader, asked: ReportFilter) -> Hashable | None:
    """Return all that decides the query `narrowed` composes, for one that is kept; None where records are looked up while it is composed."""
    if any(value for name, value in vars(asked).items() if name not in _PLAIN):
        return None
    agreement = narrowing.agreement(reader, asked.agreement)
    return visibility.standing(reader), replace(asked, agreement=""), agreement and agreement.pk


def _on_record(reader: Reader, asked: ReportFilter) -> QuerySet[Report]:
    """Return the reports this reader may see: as they stand, or those on record at an instant as they stood then.

    What was superseded or retracted later stands, and what came later is not there. All else is as it is now.
    """
    seen: QuerySet[Report] = visibility.reports(reader)
    if asked.as_known_on is None:
        return seen
    number = points.on_record(asked.as_known_on, reader)
    last = narrowing.last_kind(number, tuple(_STATE_AFTER))
    found = narrowing.on_record(seen, number).alias(last=last)
    state = Case(*(When(last=kind, then=Value(state)) for kind, state in _STATE_AFTER.items()), default=F("state"), output_field=TextField())
    was_retracted = Q(last=ChangeKind.REPORT_RETRACTED)
    retracted = {
        "retracted_at": Case(When(was_retracted, then=F("retracted_at")), default=None, output_field=DateTimeField()),
        "retraction_reason": Case(When(was_retracted, then=F("retraction_reason")), default=None, output_field=TextField()),
    }
    return reduced(found, {"state": state} | retracted)


_STATE_AFTER = {
    ChangeKind.REPORT_SUBMITTED: ReportState.SUBMITTED,
    ChangeKind.REPORT_SUPERSEDED: ReportState.SUPERSEDED,
    ChangeKind.REPORT_RETRACTED: ReportState.RETRACTED,
    ChangeKind.REPORT_RESTORED: ReportState.SUBMITTED,
}


def joined(reader: Reader, reports: QuerySet[Report], seen: QuerySet[Report] | None = None) -> QuerySet[Report]:
    """Return the reports with all that a list or a page shows of each, in a constant number of queries.

    `replaces_id` and `replaced_by_id` are the public ids of its neighbours in supersession, where they are among those `seen`.
    """
    seen = (visibility.reports(reader) if seen is None else seen).order_by()
    return (
        reports.select_related(
            "agreement", "claimant__organ_of", "relayed_by", "accused_party__organ_of", "accused_side", "term", "place", "source", "incident"
        )
        .prefetch_related("casualty_claims")
        .annotate(
            replaces_id=Subquery(seen.filter(pk=OuterRef("supersedes_id")).values("public_id")[:1]),
            replaced_by_id=Subquery(seen.filter(supersedes_id=OuterRef("pk")).values("public_id")[:1]),
        )
    )


def page(reader: Reader, asked: ReportFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Report]:
    """Return one page, newest first. What is logged meanwhile shifts nothing on the pages that follow."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def one(reader: Reader, public_id: Any) -> Report:
    """Return the report. Raise Report.DoesNotExist alike for one that is not there and one that this reader may not see."""
    return joined(reader, visibility.reports(reader)).get(public_id=public_id)


def count(reader: Reader, asked: ReportFilter, cap: int = cursors.MOST_COUNTED) -> tuple[int, bool]:
    """Return how many there are, and whether that is all of them: counting stops at the cap."""
    return cursors.count(narrowed(reader, asked), cap)


@dataclass(frozen=True)
class Spread:
    """How many reports there are under one agreement, of how many places, and between which days; None where none has a day."""

    agreement: Agreement
    reports: int = 0
    places: int = 0
    first: date | None = None
    last: date | None = None


def spread(reader: Reader, rows: QuerySet[Report]) -> list[Spread]:
    """Return how these reports, which are some that the reader may see, spread over agreements, the newest agreement first."""
    counted = rows.order_by().values("agreement").annotate(
        reports=Count("pk"), places=Count("place", distinct=True), first=Min("occurred_on"), last=Max("occurred_on")
    )  # fmt: skip
    found: dict[int, Any] = {row.pop("agreement"): row for row in cast(Any, counted)}
    agreements = visibility.agreements(reader).filter(pk__in=found).order_by("-in_force_from", "id")
    return [Spread(agreement, **found[agreement.pk]) for agreement in agreements]


def withheld(reader: Reader, report: Report) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of this report."""
    return visibility.withheld(reader, report, WITHHELD_WITH_THE_SOURCE)


def _tied_to(reader: Reader, convoy: Convoy) -> Q:
    """Return the reports that hang on a convoy, or say what its history tells, as far as this reader is told it."""
    events = visibility.convoy_events(reader).filter(convoy=convoy, report=OuterRef("pk"))
    return Q(convoy=convoy) | Q(Exists(events))


def against(agreement: Agreement | None, side: str) -> Q:
    """Return the reports that accuse this side, by name or by a party that stood on it on the day; a party on no side; or nobody."""
    if side == Bucket.NOBODY:
        return Q(accused_side=None, accused_party=None)
    if agreement is None:
        raise RuleBroken("agreement_required", _("A side belongs to one agreement: say of which."), "side")
    camps = sides.camps(agreement)
    if side == Bucket.NO_SIDE:
        return Q(accused_party__isnull=False) & ~sides.stood_on(camps, set(camps.sides))
    if side not in camps.sides:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": side}, "side")
    return Q(accused_side=camps.sides[side]) | sides.stood_on(camps, {side})


def _during(reports: QuerySet[Report], since: date | None, until: date | None) -> QuerySet[Report]:
    """Return the reports whose local days touch these. One whose time is unknown has no day and is not among them."""
    reports = reports.alias(
        first_local_day=Coalesce("occurred_on", _local_day(F("starts_at"))),
        last_local_day=Coalesce("occurred_on", _local_day(_LAST_INSTANT)),
    )
    if since:
        reports = reports.filter(last_local_day__gte=since)
    if until:
        reports = reports.filter(first_local_day__lte=until)
    return reports


def _local_day(instant: Any) -> Cast:
    """Return the day of an instant in the agreement's own zone, reckoned by the database."""
    return Cast(Func(F("agreement__timezone"), instant, function="timezone", output_field=DateTimeField()), DateField())


# A span ends just before `ends_at`: midnight belongs to the day before it.
_LAST_INSTANT = Greatest(F("starts_at"), ExpressionWrapper(F("ends_at") - Value(timedelta(microseconds=1)), output_field=DateTimeField()))


def _says(reader: Reader, text: str) -> Q:
    """Return the reports in which this text stands, as far as this reader may read them: where a source is withheld, its wording is too."""
    wording = Q(wording__icontains=text)
    if not reach(reader, Capability.READ_PROTECTED_SOURCES).is_everywhere:
        wording &= visibility.open_sources(reader)
    place = Q(place_as_worded__icontains=text) | Q(place__name__icontains=text) | Q(place__name_ar__icontains=text)
    place |= Q(Exists(PlaceAlias.objects.filter(place=OuterRef("place"), name__icontains=text)))
    found = Q(summary__icontains=text) | place | wording
    reference = _REFERENCE.fullmatch(western(text))
    return found | Q(pk=int(reference[1])) if reference else found
