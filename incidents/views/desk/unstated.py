"""What a record does not say, named together instead of in a row each: with the field to enter it in, for whoever may."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.forms.records import label_of
from incidents.models import Report
from incidents.queries.provenance import Setting
from incidents.vocabulary import HarmKind

# What the page shows of a report where it is stated, and otherwise names together; by card.
SAYS: dict[str, str | Promise] = {
    "spoken_by": _("Spoken by"),
    "relayed_by": _("Relayed by"),
    "term": _("Term"),
    **{f"{kind}_low": kind.label for kind in HarmKind},
    "stated_count": _("How many it counts"),
    "target_as_claimed": _("Target, as claimed"),
    "summary": _("Summary"),
}
SOURCE: dict[str, str | Promise] = {"wording": _("Wording received"), "published_on": _("Published on")}

Missing = dict[str, tuple[str | Promise, str]]


def of(record: Model, names: Iterable[str], form: str = "") -> list[tuple[Any, str]]:
    """Return what the record calls these fields, each with the address at which it is entered, "" for whoever may not."""
    return [(label_of(type(record), name), f"{form}#id_{name}" if form else "") for name in names]


def missing(record: Model, names: Iterable[str]) -> list[str]:
    """Return those of the fields that hold nothing. Zero is something."""
    return [name for name in names if getattr(record, name) in {None, ""}]


def of_report(
    report: Report, labels: Mapping[str, str | Promise], said: Mapping[str, Setting], hidden: Collection[str], *, may_correct: bool
) -> Missing:
    """Return what nobody stated, by field: its label, and the address of the field for whoever may correct the report.

    A fact that was stated and taken back is not among them: its history is to be seen in its row.
    """
    form = f"{reverse('log-report')}?corrects={report.public_id}" if may_correct else ""
    harmed = {f"{claim.kind}_low" for claim in report.casualty_claims.all()}
    return {
        field: (label, f"{form}#id_{field}" if form else "")
        for field, label in labels.items()
        if field not in hidden and field not in harmed and _value(report, field) in {None, ""} and not _was_stated(said, field)
    }


def _value(report: Report, field: str) -> Any:
    return getattr(report, f"{field}_id", getattr(report, field, None))


def _was_stated(said: Mapping[str, Setting], field: str) -> bool:
    key = "count" if field == "stated_count" else field.removesuffix("_low")
    return key in said and bool(said[key].earlier)
