"""What a way of counting is: what one of it is, which lines of the ledger it adds, and by what it can be broken down."""

from dataclasses import dataclass

from django.utils.functional import Promise

from incidents.vocabulary import Grouping, HarmKind, Series

COUNT = "count"
WHERE_AND_WHEN = (Grouping.DAY, Grouping.WEEK, Grouping.TYPE, Grouping.AREA)


@dataclass(frozen=True)
class Method:
    """A way of counting. `says` is the sentence that tells what is counted.

    `counts` is the measure in the ledger that it adds, and `harm` what stands before a kind of harm there (None: it counts none).
    `apart` are the breakdowns that are made whether asked for or not, since numbers of different claimants and units are never added.
    """

    name: str
    label: str | Promise
    says: str | Promise
    series: Series
    opens: str
    groupings: tuple[Grouping, ...] = WHERE_AND_WHEN
    apart: tuple[Grouping, ...] = ()
    counts: str = COUNT
    harm: str | None = ""
    is_whole: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        """Return what it can give: its count, and the harm stated with what is counted."""
        return (COUNT, *(HarmKind.values if self.harm is not None else ()))

    def measure_of(self, measure: str) -> str:
        """Return what the ledger calls one of these measures."""
        return self.counts if measure == COUNT else f"{self.harm}{measure}"
