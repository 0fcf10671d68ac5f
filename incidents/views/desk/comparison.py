"""Claims about one event as a table, a column per claim in order of receipt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.models import Report
from incidents.queries.sides import Camps
from incidents.rules import ranges
from incidents.rules.contradictions import Comparison, Field, Verdict
from incidents.rules.contradictions import Row as Compared
from incidents.rules.reasons import Reason
from incidents.views import dates
from incidents.views.desk import accused, rows
from incidents.vocabulary import TimePrecision

ICONS = {
    Verdict.NOT_STATED: "minus",
    Verdict.ONLY_ONE: "eye",
    Verdict.AGREE: "check",
    Verdict.NOT_COMPARED: "circle-question-mark",
    Verdict.CLOSE: "circle-dashed",
    Verdict.CONTRADICT: "split",
}
# A text longer than this gets a wider column, so that it takes fewer lines.
LONG = 44
# How many pairs may differ for one and the same reason before it is said once for all of them.
PAIRS = 3


@dataclass(frozen=True)
class Cell:
    """What one claim says of one field; nothing at all where it does not say.

    `is_ours`: the note only spells the text out. `is_apart`: it is one of those that contradict one another.
    """

    text: str = ""
    note: str = ""
    icon: str = ""
    whom: accused.Accused | None = None
    address: str = ""
    is_ours: bool = False
    is_apart: bool = False

    @property
    def css(self) -> str:
        """Return the classes of the cell."""
        marks = {"is-apart": self.is_apart, "is-long": len(self.text) > LONG}
        return " ".join(name for name, is_so in marks.items() if is_so)


@dataclass(frozen=True)
class Row:
    """One field over all claims. `verdict` is empty where a field is not compared but only shown."""

    label: str
    cells: list[Cell]
    verdict: str = ""
    look: str = ""
    icon: str = ""
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """One claim: its number in order of receipt, and its report."""

    number: int
    report: Report
    row: rows.Row


def columns(comparison: Comparison, reports: Sequence[Report], camps: dict[int, Camps]) -> list[Column]:
    """Return the claims in the order in which they are compared."""
    by_id = {str(report.public_id): report for report in reports}
    found = [by_id[key] for key in comparison.reports]
    return [Column(number, report, rows.row(report, camps[report.agreement_id])) for number, report in enumerate(found, start=1)]


def table(comparison: Comparison, shown: Sequence[Column], files: Mapping[int, int]) -> list[Row]:
    """Return the rows of the table: who says so first, then every field that anybody states. `files`: how much evidence a report has, by its key."""
    numbers = {str(column.report.public_id): column.number for column in shown}
    said = [_said(row, shown, numbers) for row in comparison.rows if row.verdict != Verdict.NOT_STATED]
    return [_claimants(shown), *said, *_evidence(shown, files), _grades(shown)]


def _claimants(shown: Sequence[Column]) -> Row:
    cells = [
        Cell(
            column.report.claimant.short_label,
            _("relayed by %(party)s") % {"party": column.report.relayed_by.short_label} if column.report.relayed_by else "",
            address=column.row.address,
        )
        for column in shown
    ]
    return Row(_("Claimed by"), cells)


def _evidence(shown: Sequence[Column], files: Mapping[int, int]) -> list[Row]:
    """Return what is attached to each claim, as far as the reader may learn of it. It is counted, and not compared."""
    if not files:
        return []
    cells = []
    for column in shown:
        number = files.get(column.report.pk, 0)
        text = ngettext("%(number)d file", "%(number)d files", number) % {"number": number}
        cells.append(Cell(text, address=f"{column.row.address}#evidence") if number else Cell())
    return [Row(_("Evidence"), cells)]


def _grades(shown: Sequence[Column]) -> Row:
    """Return how far source and statement are trusted. Which source it was, a protected one included, the report itself says."""
    cells = [
        Cell(
            dates.isolated(f"{column.report.source.reliability}{column.report.credibility}"),
            f"{column.report.source.get_reliability_display()}; {column.report.get_credibility_display()}",
            is_ours=True,
        )
        for column in shown
    ]
    return Row(_("Reliability, credibility"), cells)


def _said(row: Compared, shown: Sequence[Column], numbers: dict[str, int]) -> Row:
    apart = {key for reason in row.reasons for key in reason.reports} if row.verdict == Verdict.CONTRADICT else set()
    cells = [
        replace(_cell(row, value, column), is_apart=str(column.report.public_id) in apart) if value is not None else Cell()
        for value, column in zip(row.values, shown, strict=True)
    ]
    return Row(_label(row), cells, str(row.verdict.label), row.verdict.value, ICONS[row.verdict], list(_reasons(row.reasons, numbers)))


def _reasons(reasons: Sequence[Reason], numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield why the claims stand as they do to one another, pair by pair; a reason that many pairs share is said once, with the pairs behind it."""
    pairs: dict[str, list[list[int]]] = {}
    for reason in reasons:
        pairs.setdefault(reason.text, []).append([numbers[report] for report in reason.reports])
    for text, between in pairs.items():
        if not between[0]:
            yield text
        elif len(between) > PAIRS:
            listed = _(", ").join(dates.isolated("–".join(map(str, pair))) for pair in between)
            yield _("%(reason)s Claims %(pairs)s") % {"reason": text, "pairs": listed}
        else:
            for one, other in between:
                yield _("Claims %(one)s and %(other)s: %(reason)s") % {"one": one, "other": other, "reason": text}


def _label(row: Compared) -> str:
    if row.kind and row.group:
        return f"{row.kind.label} · {row.group.label}"
    return row.name or str(row.field.label)


def _cell(row: Compared, value: object, column: Column) -> Cell:
    report = column.report
    match row.field:
        case Field.WHEN:
            # That a day is known to the day, and a time to the minute, the time itself says.
            is_plain = report.time_precision in {TimePrecision.DAY, TimePrecision.EXACT}
            return Cell(dates.when(report), report.time_as_worded or ("" if is_plain else str(report.get_time_precision_display())))
        case Field.WHERE:
            return Cell(column.row.place, str(report.get_place_precision_display() or "") if report.latitude is not None else "")
        case Field.ACCUSED:
            return Cell(whom=column.row.accused)
        case Field.TYPE:
            return Cell(str(report.get_violation_type_display()), icon=column.row.icon)
    return Cell(dates.isolated(ranges.plain(value)) if isinstance(value, ranges.Range) else str(value))
