"""Convoys as counted: balances of their ledger by month, mode, class of destination and who controls the way. Read, never added up here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from incidents.models import Agreement, Convoy, ConvoyEntry, ConvoyLedgerHead, Seal, SealHead
from incidents.models.convoys import PEOPLE
from incidents.queries import visibility
from incidents.queries.convoy_contributions import UNKNOWN
from incidents.queries.visibility import Reader
from incidents.rules.outcomes import Outcome
from incidents.vocabulary import Bucket, ConvoyMode, DestinationClass

# What a share is of. What is not here is of all that are entered.
SHARE_OF = {
    Outcome.AGREED: Outcome.REQUESTED,
    Outcome.DENIED: Outcome.REQUESTED,
    Outcome.UNANSWERED: Outcome.REQUESTED,
    Outcome.DEPARTED: Outcome.AGREED,
    Outcome.DELIVERED: Outcome.AGREED,
    Outcome.DELIVERED_IN_PART: Outcome.AGREED,
}
DIMENSIONS = {"month": _("Month"), "mode": _("Mode"), "destination_class": _("Class of destination"), "controller": _("Who controls the way")}


@dataclass(frozen=True)
class Share:
    """How many, of how many. `share` None where there are none to have a share of."""

    outcome: Outcome
    number: int
    of: Outcome
    whole: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.number) / self.whole if self.whole else None


@dataclass(frozen=True)
class People:
    """A number of people over several convoys: the known part, and of how many convoys nobody states it."""

    name: str
    low: int | None
    best: int | None
    high: int | None
    unknown: int


@dataclass(frozen=True)
class Cell:
    """One row of the statistics. `key` is what it is asked by, `label` what it is called."""

    key: str
    label: Any
    counts: Mapping[Outcome, int]
    people: tuple[People, ...]

    def share(self, outcome: Outcome) -> Share:
        """Return a count with what it is a share of."""
        whole = SHARE_OF.get(outcome, Outcome.ENTERED)
        return Share(outcome, self.counts.get(outcome, 0), whole, self.counts.get(whole, 0))

    @property
    def shares(self) -> tuple[Share, ...]:
        return tuple(self.share(outcome) for outcome in Outcome)


@dataclass(frozen=True)
class Statistics:
    """All cells of one agreement, or of all convoys; sides are an agreement's own, so only there told apart.

    `whole` counts each convoy once; under `controller` one may count several times.
    """

    change: int
    as_known_on: datetime | None
    waiting: int
    whole: Cell
    by: Mapping[str, tuple[Cell, ...]]


@dataclass(frozen=True)
class Asked:
    """One cell of the statistics: what a number opens to."""

    counted: str = ""
    month: str = ""
    mode: str = ""
    destination_class: str = ""
    controller: str = ""


def of(reader: Reader, agreement: Agreement | None = None, *, known_on: datetime | None = None) -> Statistics:
    """Return the statistics of the convoys that this reader may see, as the ledger has them now or had them at an earlier instant.

    To those who see only what is released, what is hidden does not count, neither now nor as known earlier.
    """
    posted = ConvoyLedgerHead.objects.values_list("number", flat=True).first() or 0
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    number = posted
    if known_on is not None:
        number = min(posted, Seal.objects.filter(sealed_at__lte=known_on).aggregate(last=Max("number"))["last"] or 0)
    entries = _seen(reader, agreement).filter(number__lte=number)
    once = entries.filter(controller="")
    return Statistics(
        change=number,
        as_known_on=Seal.objects.filter(number=number).values_list("sealed_at", flat=True).first(),
        waiting=sealed - posted,
        whole=next(iter(_cells(once, None, agreement)), Cell("", "", {}, ())),
        by={
            name: tuple(_cells(entries.exclude(controller="") if name == "controller" else once, name, agreement))
            for name in DIMENSIONS
            if agreement or name != "controller"
        },
    )


def behind(reader: Reader, agreement: Agreement | None, asked: Asked) -> QuerySet[Convoy]:
    """Return the convoys that a number of the statistics counts, as the ledger has them now."""
    entries = _seen(reader, agreement).filter(measure=asked.counted or Outcome.ENTERED, controller=asked.controller)
    for name in ("mode", "destination_class"):
        if value := getattr(asked, name):
            entries = entries.filter(**{name: "" if value == UNKNOWN else value})
    if asked.month:
        entries = entries.filter(month=None) if asked.month == UNKNOWN else entries.filter(month=f"{asked.month}-01")
    standing = entries.values("record_id").annotate(held=Sum("records")).filter(held__gt=0)
    return visibility.convoys(reader).filter(public_id__in=standing.values("record_id"))


def _seen(reader: Reader, agreement: Agreement | None) -> QuerySet[ConvoyEntry]:
    entries = visibility.counted_convoys(reader, ConvoyEntry.objects.all())
    return entries.filter(agreement=agreement) if agreement else entries


def _cells(entries: QuerySet[ConvoyEntry], dimension: str | None, agreement: Agreement | None) -> Iterable[Cell]:
    names = [dimension] if dimension else []
    rows = (
        entries.values(*names, "measure")
        .annotate(
            held=Sum("records"),
            low_sum=Sum("low"), best_sum=Sum("best"), high_sum=Sum("high"),
            low_gone=Sum("low_unknown"), best_gone=Sum("best_unknown"), high_gone=Sum("high_unknown"),
        )
        .filter(Q(held__gt=0))
        .order_by(*names)
    )  # fmt: skip
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row[dimension] if dimension else None, {})[row["measure"]] = row
    for value, measures in found.items():
        yield Cell(
            key=_key(value),
            label=_label(dimension, value, agreement),
            counts={outcome: measures[outcome]["held"] for outcome in Outcome if outcome in measures},
            people=tuple(_people(name, measures[name]) for name in PEOPLE if name in measures),
        )


def _people(name: str, row: Mapping[str, int]) -> People:
    def known(bound: str) -> int | None:
        return None if row[f"{bound}_gone"] >= row["held"] else row[f"{bound}_sum"]

    return People(name, known("low"), known("best"), known("high"), row["best_gone"])


def _key(value: Any) -> str:
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value or UNKNOWN)


def _label(dimension: str | None, value: Any, agreement: Agreement | None) -> Any:
    if dimension == "month":
        return value or _("Undated")
    if dimension == "mode" and value:
        return ConvoyMode(value).label
    if dimension == "destination_class" and value:
        return DestinationClass(value).label
    if dimension == "controller" and value != UNKNOWN:
        sides = {side.code: side.label for side in agreement.sides.all()} if agreement else {}
        return sides.get(value) or (Bucket.NO_SIDE.label if value == Bucket.NO_SIDE else value)
    return _("Not stated")
