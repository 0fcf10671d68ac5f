"""Which convoys are asked for: one set of words for board, table, map, statistics, JSON and CSV."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, Convoy
from incidents.queries import convoy_tallies, filters, visibility
from incidents.queries.convoy_contributions import UNKNOWN
from incidents.queries.convoy_tallies import Asked
from incidents.queries.visibility import Reader
from incidents.rules.outcomes import Outcome
from incidents.vocabulary import ConvoyMode, ConvoyStatus, DestinationClass

_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_CONTROLLER = re.compile(r"[A-Za-z0-9_]{1,20}")


@dataclass(frozen=True)
class ConvoyFilter:
    """Which convoys are asked for. What is empty narrows nothing.

    `counted`, `month` and `controller` ask the ledger: they open exactly what a number of the statistics counts.
    """

    agreement: str = ""
    status: str = ""
    operator: str = ""
    mode: str = ""
    destination_class: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    counted: str = ""
    month: str = ""
    controller: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(one.name for one in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        said = {name: filters.said_once(params, name) for name in cls.names()}
        asked = cls(
            agreement=filters.slug(said["agreement"], "agreement"),
            status=filters.word(said["status"], ConvoyStatus, "status"),
            operator=filters.slug(said["operator"], "operator"),
            mode=said["mode"] if said["mode"] == UNKNOWN else filters.word(said["mode"], ConvoyMode, "mode"),
            destination_class=said["destination_class"]
            if said["destination_class"] == UNKNOWN
            else filters.word(said["destination_class"], DestinationClass, "destination_class"),
            since=filters.day(said["since"], "since"),
            until=filters.day(said["until"], "until"),
            text=said["text"],
            counted=filters.word(said["counted"], Outcome, "counted"),
            month=said["month"],
            controller=said["controller"],
        )
        if asked.month not in {"", UNKNOWN} and not _MONTH.fullmatch(asked.month):
            raise filters.unknown(asked.month, "month")
        if asked.controller and not _CONTROLLER.fullmatch(asked.controller):
            raise filters.unknown(asked.controller, "controller")
        if asked.controller and not asked.agreement:
            raise RuleBroken("agreement_required", _("A side belongs to one agreement: say of which."), "controller")
        return asked

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: str(value) for name in self.names() if (value := getattr(self, name))}


def asked_for(reader: Reader, asked: ConvoyFilter) -> QuerySet[Convoy]:
    """Return the convoys that this reader may see and asks for."""
    found: QuerySet[Convoy] = visibility.convoys(reader)
    agreement = agreement_of(reader, asked)
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
    if asked.counted or asked.month or asked.controller:
        counted = Asked(counted=asked.counted, month=asked.month, controller=asked.controller)
        found = found.filter(pk__in=convoy_tallies.behind(reader, agreement, counted).order_by().values("pk"))
    return found


def agreement_of(reader: Reader, asked: ConvoyFilter) -> Agreement | None:
    """Return the agreement asked for, None where none is. Raise RuleBroken alike for one that is not there and one that is hidden."""
    if not asked.agreement:
        return None
    agreement = visibility.agreements(reader).filter(slug=asked.agreement).first()
    if agreement is None:
        raise filters.unknown(asked.agreement, "agreement")
    return agreement


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
