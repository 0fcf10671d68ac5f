"""Logging a report, and retracting one."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.forms.values import ClockField, CountField, DayField, EvidenceField, coordinates
from incidents.models import Agreement, Party, Place, Side
from incidents.queries.dashboard import Choices
from incidents.rules import timespans
from incidents.rules.timespans import PartOfDay, Timespan
from incidents.vocabulary import TYPES_OF, Credibility, HarmKind, PlacePrecision, Qualifier, TimePrecision, ViolationType

NOBODY = "nobody"
PARTY = "party"
# What stays on the form for the next report of the same sitting.
KEPT = ("day", "claimant", "source", "credibility")
PARTS_OF_DAY = {f"{TimePrecision.PART_OF_DAY}:{part}": part for part in PartOfDay}
# Fields that rules name and the form shows elsewhere.
SHOWN_AT = {
    "starts_at": "day",
    "ends_at": "until",
    "occurred_on": "day",
    "latitude": "place",
    "longitude": "place",
    "accused_side": "accused",
    "accused_party": "accused_party",
    "killed": "killed_low",
    "wounded": "wounded_low",
}


def _labelled(choices: type[TextChoices], empty: Any = None) -> list[tuple[str, Any]]:
    listed = [(member.value, member.label) for member in choices]
    return [("", empty), *listed] if empty is not None else listed


class LogReport(forms.Form):
    """What one source says of one happening, on one screen. Words received are kept as they came."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    wording = EvidenceField(
        label=_("Paste text"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "aria-keyshortcuts": "p", "data-key": "KeyP"})
    )

    day = DayField(label=_("Date"), required=False)
    clock = ClockField(label=_("Time"), required=False)
    until = ClockField(label=_("Until"), required=False)
    time_precision = forms.ChoiceField(label=_("Time precision"))
    place = forms.CharField(label=_("Place or coordinates"), required=False, max_length=300)
    place_precision = forms.ChoiceField(label=_("Location precision"), required=False)

    violation_type = forms.ChoiceField(label=_("Type"))
    accused = forms.ChoiceField(label=_("Accused (as claimed)"), required=False, widget=forms.RadioSelect)
    accused_party = forms.CharField(label=_("Or a party by name"), required=False, max_length=200)
    killed_low = CountField(label=_("Killed, at least"), required=False)
    killed_high = CountField(label=_("Killed, at most"), required=False)
    wounded_low = CountField(label=_("Wounded, at least"), required=False)
    wounded_high = CountField(label=_("Wounded, at most"), required=False)
    summary = forms.CharField(label=_("Summary"), required=False, max_length=1000)

    claimant = forms.ChoiceField(label=_("Claimant"))
    source = forms.ChoiceField(label=_("Source"))
    link = EvidenceField(label=_("Link or reference"), required=False, max_length=2000)
    credibility = forms.ChoiceField(label=_("Credibility"), initial=Credibility.UNJUDGED)

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, sides: list[Side], choices: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.agreement, self.sides, self.choices = agreement, sides, choices
        self._offer()
        for name, field in self.fields.items():
            look = "textarea" if isinstance(field.widget, forms.Textarea) else "select" if isinstance(field.widget, forms.Select) else "input"
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["class"] = look
            if name in {"place", "accused_party", "summary", "link"}:
                field.widget.attrs["dir"] = "auto"
            if isinstance(field, DayField | ClockField | CountField):
                field.widget.attrs |= {"autocomplete": "off", "dir": "ltr"}
            if isinstance(field, CountField):
                field.widget.attrs["inputmode"] = "numeric"

    def _offer(self) -> None:
        exactness = [(value, label) for value, label in TimePrecision.choices if value != TimePrecision.PART_OF_DAY]
        parts = [(value, part.label) for value, part in PARTS_OF_DAY.items()]
        self._choose("time_precision", [*exactness[:2], *parts, *exactness[2:]])
        self._choose("place_precision", _labelled(PlacePrecision, pgettext_lazy("precision of a place", "of the place named")))
        types: list[tuple[Any, Any]] = [("", "")]
        types += [(group.label, [(one.value, one.label) for one in members]) for group, members in TYPES_OF.items()]
        self._choose("violation_type", types)
        self._choose("accused", [*((side.code, side.label) for side in self.sides), (NOBODY, _("Nobody accused"))])
        self._choose("claimant", [("", ""), *((party.slug, party.label) for party in self.choices.parties)])
        self._choose("source", [("", ""), *((source.slug, f"{source.name} ({source.reliability})") for source in self.choices.sources)])
        self._choose("credibility", _labelled(Credibility))
        self.fields["place"].widget.attrs["list"] = "places"
        self.fields["accused_party"].widget.attrs["list"] = "parties"

    def _choose(self, name: str, offered: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered

    def clean_claimant(self) -> Party:
        """Return the party chosen."""
        return next(party for party in self.choices.parties if party.slug == self.cleaned_data["claimant"])

    def clean_source(self) -> Any:
        """Return the source chosen."""
        return next(source for source in self.choices.sources if source.slug == self.cleaned_data["source"])

    def clean_accused_party(self) -> Party | None:
        """Return the party of that name, short name or acronym, or None where nothing was written."""
        said = self.cleaned_data["accused_party"].strip().casefold()
        if not said:
            return None
        for party in self.choices.parties:
            if said in {name.casefold() for name in (party.name, party.name_ar, party.short_name, party.short_name_ar, party.slug) if name}:
                return party
        raise ValidationError(_("No party of this name is on record."), code="no_such_party")

    def clean_place(self) -> Place | tuple[Any, Any] | str:
        """Return the place of that name, a point, or the words as they are: a name not in the gazetteer is kept as worded."""
        said = self.cleaned_data["place"].strip()
        return (said and (self._place_named(said) or coordinates(said))) or said

    def _place_named(self, said: str) -> Place | None:
        # A name may be followed by where it lies, as the list of suggestions writes it.
        name = said.casefold()
        for place in self.choices.places:
            names = {place.name, place.name_ar, place.slug, *(alias.name for alias in place.aliases.all())}
            if name in {one.casefold() for one in names if one}:
                return place
        return None

    def clean(self) -> dict[str, Any]:
        """Return the values, with the time as a span and the accused as a side, a party or nobody."""
        values = super().clean() or {}
        chosen, party = values.get("accused"), values.get("accused_party")
        if "accused_party" not in self.errors and "accused" not in self.errors:
            if not chosen and party is None:
                self.add_error("accused", _("Choose a side, name a party, or say that nobody is accused."))
            elif chosen and party is not None:
                self.add_error("accused_party", _("Name the accused party or the accused side, not both."))
        if isinstance(values.get("place"), tuple) and not values.get("place_precision"):
            self.add_error("place_precision", _("Say how exactly the place is known."))
        if not {"day", "clock", "until", "time_precision"} & self.errors.keys():
            try:
                values["span"] = self._span(values)
            except RuleBroken as error:
                self.add_rule(error)
        return values

    def _span(self, values: dict[str, Any]) -> Timespan:
        said, day = values["time_precision"], values.get("day")
        precision = TimePrecision(said.partition(":")[0])
        if day is None and precision != TimePrecision.UNKNOWN:
            raise RuleBroken("day_required", _("Give the date, or choose “unknown” as the time precision."), "day")
        # A day, week or month needs no clock: one typed beside it would pretend to more than is known.
        on_the_clock = precision in {TimePrecision.EXACT, TimePrecision.HOUR}
        if on_the_clock and values.get("clock") is None:
            raise RuleBroken("time_required", _("This precision needs a time of day."), "clock")
        start = timespans.Local(day, values.get("clock") if on_the_clock else None) if day else None
        end = timespans.Local(day, values["until"]) if day and on_the_clock and values.get("until") else None
        return timespans.timespan(precision, self.agreement.zone, start, end, PARTS_OF_DAY.get(said), now=timezone.now())

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at the field it names, or above the form where it names none that is here."""
        name = SHOWN_AT.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, ValidationError(str(error.message), code=error.code))

    def facts(self) -> dict[str, Any]:
        """Return the fields of the report that the action takes."""
        values = self.cleaned_data
        span, place = values["span"], values["place"]
        chosen = values["accused"]
        point = place if isinstance(place, tuple) else (None, None)
        return {
            "public_id": values["token"],
            "agreement": self.agreement,
            "claimant": values["claimant"],
            "accused_side": next((side for side in self.sides if side.code == chosen), None),
            "accused_party": values["accused_party"],
            "violation_type": ViolationType(values["violation_type"]),
            "occurred_on": span.day,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "time_precision": span.precision,
            "place": place if isinstance(place, Place) else None,
            "place_as_worded": place if isinstance(place, str) else "",
            "latitude": point[0],
            "longitude": point[1],
            "place_precision": values["place_precision"] or (place.precision if isinstance(place, Place) else ""),
            "source": values["source"],
            "link": values["link"],
            "wording": values["wording"],
            "summary": values["summary"],
            "credibility": values["credibility"],
        }

    def harm(self) -> Iterator[HarmStated]:
        """Yield the harm stated. Only a lowest number is "at least", only a highest "up to"; two equal ones are exact."""
        for kind in (HarmKind.KILLED, HarmKind.WOUNDED):
            low, high = self.cleaned_data[f"{kind}_low"], self.cleaned_data[f"{kind}_high"]
            if low is None and high is None:
                continue
            if high is None:
                yield HarmStated(kind, low=low, best=low, qualifier=Qualifier.AT_LEAST)
            elif low is None:
                yield HarmStated(kind, high=high, qualifier=Qualifier.UP_TO)
            else:
                yield HarmStated(kind, low=low, best=low if low == high else None, high=high)

    def kept(self, names: tuple[str, ...] = KEPT) -> dict[str, str]:
        """Return what was typed into the fields that stay for the next report."""
        return {name: str(self.data.get(name, "")) for name in names}


class Retract(forms.Form):
    """Why a report is withdrawn. It stays on record."""

    reason = forms.CharField(
        label=_("Why is it retracted?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "textarea", "dir": "auto"}),
        error_messages={"required": _("Say why the report is retracted.")},
    )
