"""Logging a published total with its printed rows and its harm, correcting one, and withdrawing one."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incidents.actions.aggregates import PartStated
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.forms.records import PartyField, PlaceField, RecordForm, SourceField, label_of, offered
from incidents.forms.values import CountField, DayField, EvidenceField
from incidents.models import AggregateClaim, AggregateClaimPart, Agreement, Party, Place, Side
from incidents.queries.visibility import Reader
from incidents.vocabulary import Basis, HarmGroup, HarmKind, Qualifier, Unit, ViolationType

PART_ROWS, HARM_ROWS, MORE, MOST_ROWS = 3, 1, 3, 200
DEEPEST = 3
FIELDS = (
    "claimant", "spoken_by", "accused_as_worded", "count", "qualifier", "unit", "basis", "counted_from", "period_start", "period_end",
    "covers_24_hours", "area", "counterpart", "confirmed_count", "source", "published_on", "link", "wording", "note",
)  # fmt: skip
# What another statement of the same document says as well.
OF_THE_DOCUMENT = ("claimant", "spoken_by", "accused_as_worded", "source", "published_on", "period_end", "link", "area", "counterpart")

_of_claim, _of_part = partial(label_of, AggregateClaim), partial(label_of, AggregateClaimPart)


class LogClaim(RecordForm):
    """A total as its claimant published it. What is left empty is not stated, which is not zero."""

    shown_at = {"accused_party": "accused"}

    token = forms.UUIDField(widget=forms.HiddenInput)
    claimant = PartyField(label=_of_claim("claimant"))
    spoken_by = forms.CharField(label=_of_claim("spoken_by"), required=False, max_length=200)
    accused = forms.MultipleChoiceField(label=_("Accused sides"), required=False, widget=forms.CheckboxSelectMultiple)
    accused_parties = forms.CharField(label=_("Accused parties, by name, one on each line"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    accused_as_worded = forms.CharField(label=_of_claim("accused_as_worded"), required=False, max_length=300)
    count = CountField(label=_of_claim("count"), required=False)
    qualifier = forms.ChoiceField(label=_of_claim("qualifier"), choices=lambda: offered(Qualifier), initial=Qualifier.EXACTLY)
    unit = forms.ChoiceField(label=_of_claim("unit"), choices=lambda: offered(Unit), initial=Unit.VIOLATION)
    basis = forms.ChoiceField(label=_of_claim("basis"), choices=lambda: offered(Basis), initial=Basis.PERIODIC)
    counted_from = DayField(label=_of_claim("counted_from"), required=False)
    period_start = DayField(label=_of_claim("period_start"), required=False)
    period_end = DayField(label=_of_claim("period_end"))
    covers_24_hours = forms.BooleanField(label=_of_claim("covers_24_hours"), required=False)
    area = PlaceField(label=_of_claim("area"), required=False)
    counterpart = PartyField(label=_of_claim("counterpart"), required=False)
    confirmed_count = CountField(label=_of_claim("confirmed_count"), required=False)
    source = SourceField(label=_of_claim("source"))
    published_on = DayField(label=_of_claim("published_on"))
    link = EvidenceField(label=_of_claim("link"), required=False, max_length=2000)
    wording = EvidenceField(label=_of_claim("wording"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    note = forms.CharField(label=_of_claim("note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label=_("Why it is corrected"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, reader: Reader, correcting: bool = False, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.agreement = agreement
        self.sides: dict[str, Side] = {side.code: side for side in agreement.sides.all()}
        self.fields["accused"].choices = [(code, side.label) for code, side in self.sides.items()]  # type: ignore[attr-defined]
        self.fields["accused"].widget.attrs.pop("class", None)
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]
        if not correcting:
            del self.fields["reason"]

    def clean_area(self) -> Place | None:
        """Return the area. What is not in the gazetteer has no edges, so that nothing could lie in it."""
        value = self.cleaned_data["area"]
        if isinstance(value, str) and value:
            raise ValidationError(_("This place is not in the gazetteer."), code="unknown_word")
        return value or None

    def clean_accused_parties(self) -> list[Party]:
        """Return the parties named."""
        return [_party(line.strip()) for line in str(self.cleaned_data["accused_parties"]).splitlines() if line.strip()]

    def facts(self) -> dict[str, Any]:
        """Return the statement as the action takes it, but for its rows."""
        values = dict(self.cleaned_data)
        accused = [*(self.sides[code] for code in values["accused"]), *values["accused_parties"]]
        return {
            "agreement": self.agreement,
            "public_id": values["token"],
            "accused": list(dict.fromkeys(accused)),
            **{name: values[name] for name in FIELDS},
        }


class PartRow(RecordForm):
    """A row of the printed breakdown. `depth`: under which kind of row it is printed."""

    label = forms.CharField(label=_of_part("label"), required=False, max_length=200)
    count = CountField(label=_of_part("count"), required=False)
    depth = forms.TypedChoiceField(label=_("Printed"), coerce=int, required=False)
    unit = forms.ChoiceField(label=_of_part("unit"), required=False, choices=lambda: offered(Unit, empty=True))
    side = forms.ChoiceField(label=_("Accused side"), required=False)
    party = forms.CharField(label=_("Or a party by name"), required=False, max_length=200)
    place = PlaceField(label=_("Place"), required=False)
    violation_type = forms.ChoiceField(label=_of_part("violation_type"), required=False, choices=lambda: offered(ViolationType, empty=True))

    def __init__(self, data: Mapping[str, Any] | None = None, *, sides: Mapping[str, Side], **options: Any) -> None:
        super().__init__(data, **options)
        self.sides = sides
        self.fields["side"].choices = [("", "—"), *((code, side.label) for code, side in sides.items())]  # type: ignore[attr-defined]
        depths = [_("by itself"), _("under the row above"), _("two levels under"), _("three levels under")]
        self.fields["depth"].choices = list(enumerate(depths))  # type: ignore[attr-defined]

    def clean_party(self) -> Party | None:
        """Return the party named, or None."""
        said = str(self.cleaned_data["party"]).strip()
        return _party(said) if said else None

    def clean(self) -> dict[str, Any]:
        """Return the row. One that says anything has a label, and accuses a party or a side."""
        values = super().clean() or self.cleaned_data
        if self.says_something and not values.get("label"):
            self.add_error("label", ValidationError(_("Write what the row is called, as printed."), code="required"))
        if values.get("party") and values.get("side"):
            self.add_error("party", ValidationError(_("Name the accused party or the accused side, not both."), code="accused_twice"))
        return values

    @property
    def says_something(self) -> bool:
        """Return whether anything is filled in; where it stands alone says nothing."""
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields if name != "depth")

    def stated(self, parts: tuple[PartStated, ...]) -> PartStated:
        """Return the row as the action takes it, with the rows under it."""
        values = self.cleaned_data
        place = values["place"] if isinstance(values["place"], Place) else None
        return PartStated(
            label=values["label"],
            count=values["count"],
            unit=values["unit"],
            place=place,
            accused_party=values["party"],
            accused_side=self.sides.get(values["side"]),
            violation_type=values["violation_type"],
            parts=parts,
        )


class HarmRow(RecordForm):
    """Harm stated with the total, of one kind to one group. Empty numbers are not stated."""

    kind = forms.ChoiceField(label=_("Harm"), required=False, choices=lambda: offered(HarmKind, empty=True))
    group = forms.ChoiceField(label=_("Of whom"), required=False, choices=lambda: offered(HarmGroup), initial=HarmGroup.UNKNOWN)
    low = CountField(label=_("At least"), required=False)
    best = CountField(label=_("Number"), required=False)
    high = CountField(label=_("At most"), required=False)
    qualifier = forms.ChoiceField(label=_("As stated"), required=False, choices=lambda: offered(Qualifier), initial=Qualifier.EXACTLY)

    def clean(self) -> dict[str, Any]:
        """Return the row. One with a number says of what."""
        values = super().clean() or self.cleaned_data
        if not values.get("kind") and any(values.get(name) is not None for name in ("low", "best", "high")):
            self.add_error("kind", ValidationError(_("Say what harm it is."), code="required"))
        return values

    def stated(self) -> HarmStated:
        """Return the row as the action takes it."""
        values = self.cleaned_data
        return HarmStated(
            kind=HarmKind(values["kind"]),
            low=values["low"],
            best=values["best"],
            high=values["high"],
            group=HarmGroup(values["group"] or HarmGroup.UNKNOWN),
            qualifier=Qualifier(values["qualifier"] or Qualifier.EXACTLY),
        )


class Withdraw(RecordForm):
    """Why a statement is withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)


def nested(rows: list[PartRow]) -> tuple[PartStated, ...]:
    """Return the filled rows as a tree, each under the last row before it that stands higher. Raise RuleBroken for a row under nothing."""
    tree, rest = _nested([row for row in rows if row.says_something], 0)
    if rest:
        raise RuleBroken("stands_under_nothing", _("This row stands under a row that is not there."), rest[0].add_prefix("depth"))
    return tree


def _nested(rows: list[PartRow], depth: int) -> tuple[tuple[PartStated, ...], list[PartRow]]:
    """Return the rows of this depth from the start on, with those under each, and the rows that are left."""
    found = []
    while rows and (rows[0].cleaned_data["depth"] or 0) == depth:
        row, *rows = rows
        below, rows = _nested(rows, depth + 1)
        found.append(row.stated(below))
    return tuple(found), rows


def _party(said: str) -> Party:
    found = list(Party.objects.filter(slug__iexact=said)[:1] or _named(said))
    if len(found) != 1:
        raise ValidationError(_("“%(word)s” is not known here.") % {"word": said}, code="unknown_word")
    return found[0]


def _named(said: str) -> list[Party]:
    by_name = [party for party in Party.objects.all() if said.casefold() in {str(party.label).casefold(), party.name.casefold()}]
    return by_name or [party for party in Party.objects.all() if said.casefold() == party.short_name.casefold()]


def filled(claim: AggregateClaim) -> dict[str, Any]:
    """Return what the form holds for a correction of this statement: all that it says."""
    return _values(claim, FIELDS) | _accused(claim)


def like(claim: AggregateClaim) -> dict[str, Any]:
    """Return what the form holds for another statement of the same document: who, against whom, where it stands."""
    return _values(claim, OF_THE_DOCUMENT) | _accused(claim)


def begun(**values: Any) -> dict[str, Any]:
    """Return what every form begins with."""
    return {"token": uuid.uuid4(), **values}


def rows_of(claim: AggregateClaim) -> list[dict[str, Any]]:
    """Return the printed rows as the form holds them."""
    depths: dict[int | None, int] = {None: -1}
    found = []
    for part in claim.parts.all():
        depths[part.pk] = depths[part.parent_id] + 1
        found.append(
            {
                "label": part.label,
                "count": part.count,
                "depth": depths[part.pk],
                "unit": part.unit,
                "side": part.accused_side and part.accused_side.code,
                "party": part.accused_party and part.accused_party.label,
                "place": part.place and part.place.slug,
                "violation_type": part.violation_type,
            }
        )
    return found


def harm_of(claim: AggregateClaim) -> list[dict[str, Any]]:
    """Return the harm as the form holds it."""
    return [{name: getattr(row, name) for name in ("kind", "group", "low", "best", "high", "qualifier")} for row in claim.harm.all()]


def _values(claim: AggregateClaim, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _typed(getattr(claim, name)) for name in names}


def _typed(value: Any) -> Any:
    if hasattr(value, "slug"):
        return value.slug
    return value.isoformat() if hasattr(value, "isoformat") else value


def _accused(claim: AggregateClaim) -> dict[str, Any]:
    accused = list(claim.accused.all())
    parties = "\n".join(str(row.party.label) for row in accused if row.party)
    return {"accused": [row.side.code for row in accused if row.side], "accused_parties": parties}
