"""The filter bar of the report list: a GET form whose fields are the address."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Agreement
from incidents.queries import dashboard
from incidents.queries.filters import Filter, ReportFilter
from incidents.queries.visibility import Reader
from incidents.vocabulary import TYPES_OF, Bucket, ReportState

Options = list[tuple[str, Any]]


@dataclass(frozen=True)
class Choice:
    """One drop-down: its name, what it says when nothing is chosen, and what may be."""

    name: str
    label: str
    empty: str
    chosen: str
    options: Options
    groups: list[tuple[Any, Options]]


@dataclass(frozen=True)
class Filters:
    """The fields of the bar, with what was asked, as it was written."""

    agreement: str
    choices: list[Choice]
    since: str
    until: str
    text: str
    others: list[tuple[str, str]] = field(default_factory=list)


def of(reader: Reader, agreement: Agreement | None, asked: ReportFilter, params: Mapping[str, Any]) -> Filters:
    """Return the bar for this filter. Days and text stay as they were typed, so that a mistake can be mended where it was made."""

    def choice(name: str, label: str, empty: str, options: Options, groups: list[tuple[Any, Options]] | None = None) -> Choice:
        return Choice(name, label, empty, str(params.get(name) or getattr(asked, name)), options, groups or [])

    sides = [(side.code, side.label) for side in agreement.sides.all()] if agreement else []
    apart: Options = [(Bucket.NO_SIDE.value, _("Parties on no side")), (Bucket.NOBODY.value, _("Nobody accused"))]
    types = [(group.label, [(one.value, one.label) for one in members]) for group, members in TYPES_OF.items()]
    claimants: Options = [(party.slug, party.label) for party in dashboard.claimants(reader, agreement)] if agreement else []
    return Filters(
        agreement=agreement.slug if agreement else "",
        choices=[
            choice("side", _("Accused (as claimed)"), _("Anybody"), [*sides, *apart]),
            choice("type", _("Type"), _("All types"), [], types),
            choice("claimant", _("Claimant"), _("Any claimant"), claimants),
            choice("state", _("Status"), _("Any status"), list(ReportState.choices)),
        ],
        since=str(params.get("since") or ""),
        until=str(params.get("until") or ""),
        text=str(params.get("text") or ""),
        others=others(asked, {"agreement", "side", "type", "claimant", "state", "since", "until", "text"}),
    )


def others(asked: Filter, shown: Collection[str]) -> list[tuple[str, str]]:
    """Return what narrows the list beside the fields of the bar: it came with the address, is said, and goes on with it."""
    return [(name, value) for name, value in asked.as_params().items() if name not in shown]
