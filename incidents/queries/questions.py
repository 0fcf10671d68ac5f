"""What may be asked of the tallies: one vocabulary for pages, charts, spreadsheets and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext as _

from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.queries import filters, methods, points, withholding
from incidents.queries.contributions import Contribution
from incidents.queries.methods import Method
from incidents.queries.methods.base import COUNT
from incidents.queries.points import Point
from incidents.queries.visibility import Reader
from incidents.rules.tallying import Window
from incidents.vocabulary import Grouping, Periods

# `since` is what the rest of the vocabulary says for `from`.
WINDOW_NAMES = ("from", "since", "until", "periods")
NAMES = ("method", "measure", "by", *WINDOW_NAMES, *points.NAMES)


@dataclass(frozen=True)
class Question:
    """A tally that is asked for: how it is counted, over which days, broken down by what, as known at which point of the log."""

    agreement: Agreement
    method: Method
    point: Point
    measure: str = COUNT
    by: str = ""
    first: date | None = None
    last: date | None = None
    periods: Periods = Periods.IN_FORCE
    # What statements come to in this window at this point, where it was worked out once for several numbers (`claims_within.once`).
    held: Mapping[str, Contribution] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, params: Mapping[str, str], agreement: Agreement, reader: Reader | None = None, method: str = "logged") -> Self:
        """Return the question asked. Raise RuleBroken, naming the field, for what cannot be read or has no answer."""
        said = {name: filters.said_once(params, name) for name in NAMES}
        counting = methods.named(said["method"] or method)
        if said["from"] and said["since"]:
            raise RuleBroken("said_twice", _("`from` and `since` mean the same: say one of them."), "since")
        begins = "since" if said["since"] else "from"
        first, last = filters.day(said[begins], begins), filters.day(said["until"], "until")
        if first and last and last < first:
            raise RuleBroken("ends_before_start", _("The last day lies before the first."), "until")
        measure = said["measure"] or COUNT
        if measure not in counting.measures:
            raise filters.unknown(measure, "measure")
        by = filters.word(said["by"], Grouping, "by")
        if by and (by not in counting.groupings or (by == Grouping.AREA and not shows_places(reader))):
            words = {"method": counting.label, "by": Grouping(by).label}
            raise RuleBroken("cannot_be_broken_down", _("“%(method)s” cannot be broken down by %(by)s.") % words, "by")
        periods = Periods(filters.word(said["periods"], Periods, "periods") or Periods.IN_FORCE)
        return cls(agreement, counting, points.parse(params, agreement.zone, reader), measure, by, first, last, periods)

    def of(self, method: str, measure: str = COUNT, by: str = "") -> "Question":
        """Return the same question of another method, measure or breakdown."""
        return replace(self, method=methods.named(method), measure=measure, by=by)

    def now(self, reader: Reader | None = None) -> "Question":
        """Return the same question as of now."""
        return replace(self, point=points.now(reader), held=None)

    @cached_property
    def in_force(self) -> Window:
        """Return the days in force as they were known then."""
        return points.window_at(self.agreement, self.point)

    @property
    def window(self) -> tuple[date | None, date | None]:
        """Return the first and the last day looked at; None where there is no bound."""
        return (self.first, self.last) if self.periods == Periods.ALL else points.overlapping(self.in_force, self.first, self.last)

    @property
    def claimed_within(self) -> Window:
        """Return the window of claimed totals, which always have one: where none is given, the days in force."""
        first, last = self.window
        return Window(first or self.in_force.first, last or (self.in_force.last if self.periods == Periods.ALL and not self.first else None))

    def touches(self) -> Q:
        """Return the condition that a line of the ledger touches the window. What names no time at all touches only all days."""
        first, last = self.window
        found = Q(last_day__gte=first) if first else Q()
        return found & Q(first_day__lte=last) if last else found

    def as_params(self, *, settled: bool = True) -> dict[str, str]:
        """Return what `parse` would read this question from, tied to its point of the log or left to follow it."""
        said = {
            "method": self.method.name,
            "measure": "" if self.measure == COUNT else self.measure,
            "by": self.by,
            "from": self.first and self.first.isoformat(),
            "until": self.last and self.last.isoformat(),
            "periods": "" if self.periods == Periods.IN_FORCE else str(self.periods),
            "change": str(self.point.number) if settled and self.point.number else "",
        }
        return {name: value for name, value in said.items() if value}


def shows_places(reader: Reader | None) -> bool:
    """Return whether numbers may be broken down by place for this reader: not where places are coarsened or withheld for them."""
    profile = withholding.profile_of(reader) if reader is not None else None
    return not (profile and profile.step)
