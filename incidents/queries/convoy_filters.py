"""Which convoys are asked for: one set of words for board, table, map, statistics, JSON and CSV."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Convoy, ConvoyEvent, Place
from incidents.queries import convoy_tallies, filters, narrowing, visibility
from incidents.queries.convoy_contributions import UNKNOWN
from incidents.queries.convoy_tallies import Asked
from incidents.queries.filters import WORDS, Filter, Word
from incidents.queries.visibility import Reader
from incidents.rules.boxes import Box
from incidents.rules.outcomes import Outcome
from incidents.vocabulary import ConvoyMode, ConvoyStatus, DestinationClass

_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_CONTROLLER = re.compile(r"[A-Za-z0-9_]{1,20}")


def _month(value: str, field: str) -> str:
    if value not in {"", UNKNOWN} and not _MONTH.fullmatch(value):
        raise filters.unknown(value, field)
    return value


def _controller(value: str, field: str) -> str:
    if value and not _CONTROLLER.fullmatch(value):
        raise filters.unknown(value, field)
    return value


@dataclass(frozen=True)
class ConvoyFilter(Filter):
    """Which convoys are asked for.

    `counted`, `month` and `controller` ask the ledger: they open exactly what a number of the statistics counts.
    """

    own = {
        "status": filters.one_of(ConvoyStatus, "Of which it is reported, at whatever time."),
        "operator": filters.slug_of("Slug of the party that runs it."),
        "mode": filters.one_of(ConvoyMode, "How it moves.", UNKNOWN),
        "destination_class": filters.one_of(DestinationClass, "What it is bound for.", UNKNOWN),
        "counted": filters.one_of(Outcome, "As the statistics count it."),
        "month": Word(_month, "As the statistics count it: YYYY-MM, or unknown.", {"type": "string"}),
        "controller": Word(
            _controller, "As the statistics count it: a side's letter, no_side or unknown; with `agreement`.", {"type": "string", "maxLength": 20}
        ),
        "since": replace(WORDS["since"], says="Local day from which something is reported or planned."),
        "until": replace(WORDS["until"], says="Local day until which something is reported or planned."),
        "area": replace(WORDS["area"], says="Slug of a place: convoys that set out there, pass it or are bound for it, or for what lies in it."),
        "box": replace(WORDS["box"], says="`west,south,east,north` in degrees: a place of their way lies in it, as this key is shown it."),
    }

    agreement: str = ""
    status: str = ""
    operator: str = ""
    mode: str = ""
    destination_class: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""
    box: Box | None = None
    text: str = ""
    counted: str = ""
    month: str = ""
    controller: str = ""
    updated_since: datetime | None = None

    def check(self) -> None:
        """Raise RuleBroken for words that do not go together."""
        super().check()
        if self.controller and not self.agreement:
            raise RuleBroken("agreement_required", _("A side belongs to one agreement: say of which."), "controller")


def asked_for(reader: Reader, asked: ConvoyFilter) -> QuerySet[Convoy]:
    """Return the convoys that this reader may see and asks for."""
    found: QuerySet[Convoy] = visibility.convoys(reader)
    agreement = narrowing.agreement(reader, asked.agreement)
    if agreement:
        found = found.filter(agreement=agreement)
    if asked.operator:
        found = found.filter(operator__slug=asked.operator)
    for name in ("mode", "destination_class"):
        if value := getattr(asked, name):
            found = found.filter(**{name: "" if value == UNKNOWN else value})
    if asked.status:
        found = found.filter(Exists(visibility.convoy_events(reader).filter(convoy=OuterRef("pk"), status=asked.status)))
    if asked.text:
        found = found.filter(_named(asked.text))
    if asked.since or asked.until:
        found = found.filter(_between(reader, asked.since or date.min, asked.until or date.max))
    if asked.area:
        found = found.filter(_passes(reader, narrowing.within(asked.area)))
    if asked.box:
        found = found.filter(_passes(reader, Place.objects.filter(narrowing.is_in(asked.box, "latitude", "longitude"))))
    if asked.counted or asked.month or asked.controller:
        counted = Asked(counted=asked.counted, month=asked.month, controller=asked.controller)
        found = found.filter(pk__in=convoy_tallies.behind(reader, agreement, counted).order_by().values("pk"))
    if asked.updated_since:
        told = visibility.convoy_events(reader).filter(public_id__in=narrowing.changed(reader, ConvoyEvent, asked.updated_since))
        itself = Q(public_id__in=narrowing.changed(reader, Convoy, asked.updated_since))
        found = found.filter(itself | Exists(told.filter(convoy=OuterRef("pk"))))
    return found


def _passes(reader: Reader, places: QuerySet[Place]) -> Q:
    """Return the convoys of which an end, a checkpoint or something reported lies at one of these places, as this reader is told it."""
    at = {"convoy": OuterRef("pk"), "place__in": places.values("pk")}
    ends = Q(origin__in=places.values("pk")) | Q(destination__in=places.values("pk"))
    return ends | Exists(visibility.checkpoints(reader).filter(**at)) | Exists(visibility.convoy_events(reader).filter(**at))


def _named(text: str) -> Q:
    """Return the convoys whose reference, operator or places bear these words."""
    names = ("reference", "operator__name", "operator__name_ar", "origin_as_worded", "destination_as_worded", "destination__name")
    found = Q()
    for name in (*names, "destination__name_ar", "origin__name", "origin__name_ar"):
        found |= Q(**{f"{name}__icontains": text})
    return found


def _between(reader: Reader, first: date, last: date) -> Q:
    """Return the convoys of which something is reported, or planned, on these days; a time that spans days touches each of them."""
    events = visibility.convoy_events(reader).filter(convoy=OuterRef("pk"))
    on_a_day = Q(occurred_on__range=(first, last))
    over_days = Q(occurred_on=None, starts_at__date__lte=last, ends_at__date__gte=first)
    return Exists(events.filter(on_a_day | over_days)) | Q(planned_on__range=(first, last))
