"""People killed, wounded, missing and detained in our own sheets: their columns, and ranges that are out of order."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.actions.reports import HarmStated
from incidents.imports.columns import Column, Count, Word
from incidents.imports.messages import Message, flag
from incidents.rules import ranges
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier


def harm_columns() -> list[Column]:
    """Return the columns of each kind of harm: low, best, high, how it was stated, and of whom."""
    found: list[Column] = []
    for kind in HarmKind:
        found += [
            Count(f"{kind}", kind.label, aliases=[f"{kind}_best", f"{kind} best"]),
            Count(f"{kind}_low", _("%(harm)s, at least") % {"harm": kind.label}, aliases=[f"{kind} min"]),
            Count(f"{kind}_high", _("%(harm)s, at most") % {"harm": kind.label}, aliases=[f"{kind} max"]),
            Word(f"{kind}_qualifier", _("%(harm)s, as stated") % {"harm": kind.label}, Qualifier),
            Word(f"{kind}_of", _("%(harm)s, of whom") % {"harm": kind.label}, HarmGroup, HarmGroup.UNKNOWN),
        ]
    return found


def _harm_columns(kind: HarmKind) -> tuple[HarmKind, str, str, str, str, str, str]:
    return kind, str(kind), f"{kind}", f"{kind}_low", f"{kind}_high", f"{kind}_qualifier", f"{kind}_of"


HARM_COLUMNS = [_harm_columns(kind) for kind in HarmKind]


def harm_of(values: dict[str, Any], said: list[Message]) -> list[HarmStated]:
    """Return the harm that a row states. A range out of order keeps its best number, leaves the bound that breaks it unknown, and says so."""
    found = []
    for kind, field, middle, lowest, highest, hedge, group in HARM_COLUMNS:
        best, low, high = values[middle], values[lowest], values[highest]
        if best is None and low is None and high is None:
            continue
        qualifier = Qualifier(values[hedge] or Qualifier.EXACTLY)
        if low is None and high is None:
            stated = ranges.stated(best, qualifier)
            low, best, high = stated.low, stated.best, stated.high
        low, best, high = in_order(low, best, high, qualifier, field, said)
        found.append(HarmStated(kind, low, best, high, HarmGroup(values[group] or HarmGroup.UNKNOWN), qualifier))
    return found


def in_order(
    low: int | None, best: int | None, high: int | None, qualifier: Qualifier, field: str, said: list[Message]
) -> tuple[int | None, int | None, int | None]:
    """Return the bounds that can stand beside the best number. One that cannot is unknown to us: it is flagged with the numbers as sent."""
    raw = {"low": low, "best": best, "high": high}
    middle = best if best is not None else low
    if high is not None and (qualifier in ranges.OPEN_ABOVE or (middle is not None and high < middle)):
        high = None
    if low is not None and best is not None and low > best:
        low = None
    if (low, high) != (raw["low"], raw["high"]):
        shown = {name: "-" if number is None else number for name, number in raw.items()}
        text = gettext_noop("The numbers are out of order and were sent so: lowest %(low)s, best %(best)s, highest %(high)s.")
        said.append(flag("out_of_order", text, field, **shown))
    return low, best, high
