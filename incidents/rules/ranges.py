"""Counts as low, best and high with the qualifier they were stated with: checking, adding, and deriving one range from several claims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.vocabulary import Qualifier

OPEN_ABOVE = frozenset({Qualifier.AT_LEAST, Qualifier.MORE_THAN})


@dataclass(frozen=True)
class Range:
    """A count as stated. All three None: not stated, which is not zero."""

    low: int | None = None
    best: int | None = None
    high: int | None = None
    qualifier: Qualifier = Qualifier.EXACTLY

    @property
    def is_known(self) -> bool:
        return not (self.low is None and self.best is None and self.high is None)


@dataclass(frozen=True)
class Total:
    """The known part of a sum, and how many of its terms gave no number (rule 2 of the domain)."""

    known: Range
    unknown: int

    @property
    def whole(self) -> Range:
        """Return the range of the whole sum. With unknown terms the known part is only its lower bound."""
        if not self.unknown or not self.known.is_known:
            return self.known
        return Range(self.known.low, self.known.best, None, with_unknown(self.known.qualifier))


class DerivedBy(TextChoices):
    """How one range was derived from the claims beside which it stands."""

    NOTHING_STATED = "nothing_stated", _("No claim states a number.")
    ONE_NUMBER = "one_number", _("Every claim that states a number states this one.")
    LOWEST_TO_HIGHEST = "lowest_to_highest", _("From the lowest to the highest number that a claim states.")


@dataclass(frozen=True)
class Derived:
    """A range over claims that may contradict one another, with the rule that derived it. It replaces none of them."""

    low: int | None
    high: int | None
    low_qualifier: Qualifier
    high_qualifier: Qualifier
    rule: DerivedBy
    claims: int
    unknown: int


def stated(number: int | None, qualifier: Qualifier = Qualifier.EXACTLY) -> Range:
    """Return the range that a stated number means. "At least 62" has no upper bound, "about 20" no bound at all."""
    if number is None:
        return Range()
    match qualifier:
        case Qualifier.EXACTLY:
            return Range(number, number, number, qualifier)
        case Qualifier.AT_LEAST | Qualifier.MORE_THAN:
            return Range(number, number, None, qualifier)
        case Qualifier.ABOUT:
            return Range(None, number, None, qualifier)
        case Qualifier.UP_TO:
            return Range(None, None, number, qualifier)


def must_be_ordered(low: int | None, best: int | None, high: int | None, qualifier: Qualifier = Qualifier.EXACTLY) -> None:
    """Raise RuleBroken, naming the field, unless 0 <= low <= best <= high (rule 3 of the domain). Absent values are not compared."""
    for field, value in (("low", low), ("best", best), ("high", high)):
        if value is not None and value < 0:
            raise RuleBroken("negative", _("A count cannot be negative."), field)
    if high is not None and qualifier in OPEN_ABOVE:
        raise RuleBroken("open_above", _("A number stated as a minimum has no upper bound."), "high")
    if low is not None and best is not None and low > best:
        raise RuleBroken("out_of_order", _("The lowest number is above the best one."), "low")
    floor = best if best is not None else low
    if floor is not None and high is not None and high < floor:
        raise RuleBroken("out_of_order", _("The highest number is below the others."), "high")


def total(ranges: Iterable[Range]) -> Total:
    """Return the sum of what is known and the number of terms that are not.

    A term without a low adds nothing to the low of the sum, which stays a lower bound because no count is negative;
    best and high are given only when every known term gives them. Where bounds in both directions leave only "about", best is the sum of
    the numbers as stated, so that nothing known is lost.
    """
    terms = list(ranges)
    known = [term for term in terms if term.is_known]
    lows = [term.low for term in known if term.low is not None]
    qualifier = together(term.qualifier for term in known)
    best = _sum_if_complete([_closest(term) if qualifier == Qualifier.ABOUT else term.best for term in known])
    high = _sum_if_complete([term.high for term in known])
    return Total(Range(sum(lows) if lows else None, best, high, qualifier), len(terms) - len(known))


def together(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """Return the qualifier of a sum: exact numbers take on the other terms' bound, bounds in both directions leave only "about"."""
    hedges = set(qualifiers) - {Qualifier.EXACTLY}
    if not hedges:
        return Qualifier.EXACTLY
    if hedges <= OPEN_ABOVE:
        # More than a, plus at least b, is more than a + b.
        return Qualifier.MORE_THAN if Qualifier.MORE_THAN in hedges else Qualifier.AT_LEAST
    return Qualifier.UP_TO if hedges == {Qualifier.UP_TO} else Qualifier.ABOUT


def with_unknown(qualifier: Qualifier) -> Qualifier:
    """Return the qualifier of a known part when terms are missing from it: a lower bound, unless the part is itself no more than "about"."""
    if qualifier == Qualifier.EXACTLY:
        return Qualifier.AT_LEAST
    return qualifier if qualifier in OPEN_ABOVE else Qualifier.ABOUT


def derived(claims: Sequence[Range]) -> Derived:
    """Return the range from the lowest to the highest number claimed, each end with its own qualifier.

    Of claims with the same number at one end the exact one names the end; claims without a number are counted as unknown.
    """
    known = [claim for claim in claims if claim.is_known]
    unknown = len(claims) - len(known)
    if not known:
        return Derived(None, None, Qualifier.EXACTLY, Qualifier.EXACTLY, DerivedBy.NOTHING_STATED, len(claims), unknown)
    hedges = list(Qualifier)
    low, low_rank = min((_lowest(claim), hedges.index(claim.qualifier)) for claim in known)
    high, high_rank = max((_highest(claim), -hedges.index(claim.qualifier)) for claim in known)
    ends = (hedges[low_rank], hedges[-high_rank])
    is_one = low == high and ends[0] == ends[1]
    return Derived(low, high, *ends, DerivedBy.ONE_NUMBER if is_one else DerivedBy.LOWEST_TO_HIGHEST, len(claims), unknown)


def plain(count: Range) -> str:
    """Return the range for reading: 14, 62+, 14-20 with an en dash, about 20, more than 100, up to 20, or "unknown"."""
    if not count.is_known:
        return pgettext("a count", "unknown")
    low, high = _lowest(count), _highest(count)
    span = str(low) if low == high else f"{low}\u2013{high}"
    match count.qualifier:
        case Qualifier.ABOUT:
            # Of a sum that is partly "about", the low is what is sure and not what is meant.
            return _after(count.qualifier, span if count.high is not None or count.best is None else str(count.best))
        case Qualifier.UP_TO:
            return _after(count.qualifier, str(high))
        case Qualifier.MORE_THAN:
            return _after(count.qualifier, str(low))
        case Qualifier.AT_LEAST | Qualifier.EXACTLY:
            return span if count.high is not None else f"{low}+"


def plain_derived(count: Derived) -> str:
    """Return the range for reading, with how each end was hedged: 62 (at least) to 90."""
    if count.low is None or count.high is None:
        return pgettext("a count", "unknown")
    low = _hedged(count.low, count.low_qualifier)
    if count.rule == DerivedBy.ONE_NUMBER:
        return low
    return gettext("%(low)s to %(high)s") % {"low": low, "high": _hedged(count.high, count.high_qualifier)}


def _sum_if_complete(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _lowest(claim: Range) -> int:
    return next(number for number in (claim.low, claim.best, claim.high) if number is not None)


def _highest(claim: Range) -> int:
    return next(number for number in (claim.high, claim.best, claim.low) if number is not None)


def _closest(claim: Range) -> int:
    return next(number for number in (claim.best, claim.high, claim.low) if number is not None)


def _after(qualifier: Qualifier, number: str) -> str:
    return gettext("%(qualifier)s %(count)s") % {"qualifier": qualifier.label, "count": number}


def _hedged(number: int, qualifier: Qualifier) -> str:
    if qualifier == Qualifier.EXACTLY:
        return str(number)
    return gettext("%(count)s (%(qualifier)s)") % {"count": number, "qualifier": qualifier.label}
