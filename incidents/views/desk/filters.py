"""The filter bar of the report list: a GET form whose fields are the address."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from incidents.models import Agreement
from incidents.queries import choices as choosable
from incidents.queries import dashboard
from incidents.queries.filters import Filter, ReportFilter
from incidents.queries.visibility import Reader
from incidents.vocabulary import TYPES_OF, Bucket, Credibility, Located, Reliability, ReportState, Unit

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
class Typed:
    """One word that is typed, with what was asked as it was written."""

    name: str
    label: str
    example: str
    value: str


@dataclass(frozen=True)
class Filters:
    """The fields of the bar, with what was asked, as it was written. `more` and `typed` are asked for less often, and folded."""

    agreement: str
    choices: list[Choice]
    since: str
    until: str
    text: str
    others: list[tuple[str, str]] = field(default_factory=list)
    more: list[Choice] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    hidden: list[Choice] = field(default_factory=list)

    @property
    def is_more_asked(self) -> bool:
        """Return whether something folded narrows the list, which must then be seen."""
        return any(one.chosen for one in self.more) or any(one.value for one in self.typed)


@dataclass(frozen=True)
class InForce:
    """One word that narrows the list, as it is read, and the address of the list without it."""

    label: Any
    value: Any
    address: str


def of(reader: Reader, agreement: Agreement | None, asked: ReportFilter, params: Mapping[str, Any], *, has_box: bool = True) -> Filters:
    """Return the bar for this filter. What is typed stays as it was written, so that a mistake can be mended where it was made.

    `has_box`: whether the box is a field, and not the window of a map.
    """

    def said(name: str) -> str:
        kept = getattr(asked, name)
        return str(params.get(name) or ("" if kept is None else kept))

    def choice(name: str, label: str, empty: str, options: Options, groups: list[tuple[Any, Options]] | None = None) -> Choice:
        return Choice(name, label, empty, said(name), options, groups or [])

    def all_of(name: str, label: str, empty: str, options: Options) -> Choice:
        """Return a drop-down that keeps what the address said where it is not on offer."""
        chosen = said(name)
        return choice(name, label, empty, options if not chosen or chosen in {value for value, _label in options} else [*options, (chosen, chosen)])

    sides = [(side.code, side.label) for side in agreement.sides.all()] if agreement else []
    apart: Options = [(Bucket.NO_SIDE.value, _("Parties on no side")), (Bucket.NOBODY.value, _("Nobody accused"))]
    types = [(group.label, [(one.value, one.label) for one in members]) for group, members in TYPES_OF.items()]
    claimants: Options = [(party.slug, party.label) for party in dashboard.claimants(reader, agreement)] if agreement else []
    parties: Options = [(one.slug, one.label) for one in choosable.accused(reader, agreement)] if agreement else []
    areas: Options = [(one.slug, one.label) for one in choosable.areas(reader, agreement)] if agreement else []
    sources: Options = [(one.slug, one.name) for one in choosable.sources(reader, agreement)] if agreement else []
    convoys: Options = [(str(one.public_id), one.reference) for one in choosable.convoys(reader, agreement)] if agreement else []
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
        more=[
            all_of(
                "accused",
                _("Party accused by name"),
                _("Any party"),
                parties,
            ),
            choice("unit", _("Unit"), _("Any unit"), list(Unit.choices)),
            choice("grade", _("Grade"), _("Any grade"), [], _grades(said("grade"))),
            all_of("source", _("Source"), _("Any source"), sources),
            all_of("area", _("Area"), _("Anywhere"), areas),
            choice("coordinates", _("Coordinates"), _("With or without"), list(Located.choices)),
            all_of(
                "convoy",
                _("Convoy"),
                _("Any or none"),
                convoys,
            ),
            # Whoever opens a convoy's number comes with it; it is taken out here, and need not be chosen.
            all_of("hinders", _("Obstruction of convoy"), _("Any or none"), [one for one in convoys if one[0] == said("hinders")]),
        ],
        typed=[
            *([Typed("box", _("Box: west, south, east, north"), "36.5,35.8,37.6,36.6", said("box"))] if has_box else []),
            Typed("updated_since", _("Changed since"), INSTANT, _instant(params, asked, "updated_since")),
            Typed("as_known_on", _("As known on"), INSTANT, _instant(params, asked, "as_known_on")),
        ],
    )


UNDER_AN_AGREEMENT = ("side", "controller")
INSTANT = "2016-09-19T19:12:00+03:00"


def _instant(params: Mapping[str, Any], asked: ReportFilter, name: str) -> str:
    kept = getattr(asked, name)
    return str(params.get(name) or (kept.isoformat() if kept else ""))


def _grades(chosen: str) -> list[tuple[Any, Options]]:
    """Return the grades of sources and those of statements, each a scale of its own; and both at once where the address says so."""
    both: list[tuple[Any, Options]] = [(_("Both"), [(chosen, chosen)])] if len(chosen) == 2 else []
    return [(_("Source"), list(Reliability.choices)), (_("Statement"), [(str(value), label) for value, label in Credibility.choices]), *both]


def others(asked: Filter, shown: Collection[str]) -> list[tuple[str, str]]:
    """Return what narrows the list beside the fields of the bar: it came with the address, is said, and goes on with it."""
    return [(name, value) for name, value in asked.as_params().items() if name not in shown]


def in_force(bar: Filters, asked: Filter, view: Mapping[str, str], *, is_of_one: bool = True) -> list[InForce]:
    """Return what the bar's fields narrow a list by, each with the address that takes it alone away.

    `is_of_one`: the list is of one agreement always, which narrows nothing. What means something under an agreement only goes with it.
    """
    shown = asked.as_params()
    labels: dict[str, Any] = {"since": _("From day"), "until": _("To day"), "text": _("Says")}
    chosen = [*bar.choices, *bar.more, *bar.hidden]
    labels |= {one.name: one.label for one in chosen} | {one.name: one.label for one in bar.typed}
    said = {(one.name, value): label for one in chosen for value, label in _offered(one)}

    def without(name: str) -> str:
        gone = {name, *(UNDER_AN_AGREEMENT if name == "agreement" else ())}
        return f"?{urlencode({word: value for word, value in shown.items() if word not in gone} | {**view})}"

    named = [(name, value) for name, value in shown.items() if name in labels and (name != "agreement" or not is_of_one)]
    return [InForce(labels[name], said.get((name, value), value), without(name)) for name, value in named]


def _offered(choice: Choice) -> Options:
    return [*choice.options, *(option for _group, options in choice.groups for option in options)]
