"""Logging a report, and correcting one."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.forms.typed import NOBODY, filled
from incidents.forms.values import ClockField, CountField, DayField, EvidenceField, reading_of
from incidents.models import Agreement, Party, Place, Report, Side, Term
from incidents.queries import duplicates
from incidents.queries.dashboard import Choices
from incidents.rules import timespans
from incidents.rules.coordinates import Reading
from incidents.rules.spelling import ARABIC
from incidents.rules.timespans import PartOfDay, Timespan
from incidents.vocabulary import TYPES_OF, Credibility, HarmGroup, HarmKind, PlacePrecision, Qualifier, TimePrecision, Unit, ViolationType

PARTY = "party"
# What stays on the form for the next report of the same sitting.
KEPT = ("day", "claimant", "source", "credibility", "published_on")
PARTS_OF_DAY = {f"{TimePrecision.PART_OF_DAY}:{part}": part for part in PartOfDay}
WHEN = ("day", "clock", "until", "last_day", "time_precision")
LONGEST_NAME = 300
# Seldom needed, and folded away until they are.
MORE_NUMBERS = ("missing_low", "missing_high", "detained_low", "detained_high")
RARE = ("last_day", "spoken_by", "relayed_by", "accused_as_worded", "term", "target_as_claimed", "stated_count", "unit")
# What the page keeps for itself: which draft and report it is about, and which window wrote.
BOOKKEEPING = ("token", "draft", "draft_version", "writer", "corrects", "convoy", "convoy_event", "suggested")
# What a correction takes over, as this form does not ask for it.
TAKEN_OVER = ("target_party", "time_as_worded", "convoy", "checkpoint", "may_be_duplicate")
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
    "missing": "missing_low",
    "detained": "detained_low",
}


def _labelled(choices: type[TextChoices], empty: Any = None) -> list[tuple[str, Any]]:
    listed = [(member.value, member.label) for member in choices]
    return [("", empty), *listed] if empty is not None else listed


@dataclass(frozen=True)
class Difference:
    """A field that two people filled differently: what the draft on file says, and what was typed here."""

    label: Any
    kept: str
    typed: str


class LogReport(forms.Form):
    """What one source says of one happening, on one screen. Words received are kept as they came.

    `correcting` is the report that this one will take the place of: what is not touched stays exactly as it was there.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    draft = forms.UUIDField(widget=forms.HiddenInput, required=False)
    draft_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    writer = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    corrects = forms.UUIDField(widget=forms.HiddenInput, required=False)
    convoy = forms.UUIDField(widget=forms.HiddenInput, required=False)
    convoy_event = forms.UUIDField(widget=forms.HiddenInput, required=False)
    suggested = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    wording = EvidenceField(
        label=_("Paste text"),
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "dir": "auto",
                "aria-keyshortcuts": "p",
                "data-key": "KeyP",
                "placeholder": _("The words as received, in any language. They are kept as they are."),
            }
        ),
    )

    day = DayField(label=_("Date"), required=False)
    clock = ClockField(label=_("Time"), required=False)
    until = ClockField(label=_("Until"), required=False)
    time_precision = forms.ChoiceField(label=_("Time precision"))
    place = forms.CharField(label=_("Place or coordinates"), required=False, max_length=1000)
    order = forms.CharField(label=_("Which of the two is meant?"), required=False, max_length=100)
    place_precision = forms.ChoiceField(label=_("Location precision"), required=False)

    place_name = forms.CharField(label=_("Name of this place, to add it to the gazetteer"), required=False, max_length=200)

    violation_type = forms.ChoiceField(label=_("Type"))
    accused = forms.ChoiceField(label=_("Accused (as claimed)"), required=False, widget=forms.RadioSelect)
    accused_party = forms.CharField(label=_("Or a party by name"), required=False, max_length=200)
    killed_low = CountField(label=_("Killed, at least"), required=False)
    killed_high = CountField(label=_("Killed, at most"), required=False)
    wounded_low = CountField(label=_("Wounded, at least"), required=False)
    wounded_high = CountField(label=_("Wounded, at most"), required=False)
    missing_low = CountField(label=_("Missing, at least"), required=False)
    missing_high = CountField(label=_("Missing, at most"), required=False)
    detained_low = CountField(label=_("Detained, at least"), required=False)
    detained_high = CountField(label=_("Detained, at most"), required=False)
    summary = forms.CharField(label=_("Summary"), required=False, max_length=1000)

    claimant = forms.ChoiceField(label=_("Claimant"))
    source = forms.ChoiceField(label=_("Source"))
    link = EvidenceField(label=_("Link or reference"), required=False, max_length=2000)
    credibility = forms.ChoiceField(label=_("Credibility"), initial=Credibility.UNJUDGED)

    last_day = DayField(label=_("Last day, if it took several"), required=False)
    spoken_by = forms.CharField(label=_("Spoken by"), required=False, max_length=200)
    relayed_by = forms.CharField(label=_("Relayed by"), required=False, max_length=200)
    accused_as_worded = forms.CharField(label=_("Accused, as worded"), required=False, max_length=300)
    published_on = DayField(label=_("Posted on"), required=False)
    term = forms.ChoiceField(label=_("Term"), required=False)
    target_as_claimed = forms.CharField(label=_("Target, as claimed"), required=False, max_length=300)
    stated_count = CountField(label=_("How many it counts"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False, choices=Unit.choices, initial=Unit.VIOLATION)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        agreement: Agreement,
        sides: list[Side],
        choices: Choices,
        correcting: Report | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.agreement, self.sides, self.choices, self.correcting = agreement, sides, choices, correcting
        self.terms: list[Term] = list(agreement.terms.all())
        self.before = filled(correcting) if correcting else {}
        self.reading: Reading | None = None
        self._offer()
        for name, field in self.fields.items():
            look = "textarea" if isinstance(field.widget, forms.Textarea) else "select" if isinstance(field.widget, forms.Select) else "input"
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["class"] = look
            if name in {
                "place",
                "place_name",
                "accused_party",
                "summary",
                "link",
                "spoken_by",
                "relayed_by",
                "accused_as_worded",
                "target_as_claimed",
            }:
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
        self.fields["place"].widget.attrs |= {"list": "places", "data-names": "place"}
        for name, kind in (("claimant", "party"), ("source", "source")):
            self.fields[name].widget.attrs["data-names"] = kind
        self._choose("term", [("", ""), *((term.number, str(term)) for term in self.terms)])
        for name in ("accused_party", "relayed_by"):
            self.fields[name].widget.attrs |= {"list": "parties", "data-names": "party"}

    def choose_accused_from_a_list(self) -> None:
        """Show the sides as a list, where there is no room for marks."""
        field = self.fields["accused"]
        assert isinstance(field, forms.ChoiceField)
        offered: Any = field.choices
        field.widget = forms.Select(attrs={"class": "select"}, choices=[("", ""), *offered])

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
        return self._party_named("accused_party")

    def clean_relayed_by(self) -> Party | None:
        """Return the party of that name, or None where nothing was written."""
        return self._party_named("relayed_by")

    def _party_named(self, name: str) -> Party | None:
        if self.correcting and self._is_untouched(name):
            held: Party | None = getattr(self.correcting, name)
            return held
        said = self.cleaned_data[name].strip().casefold()
        if not said:
            return None
        for party in self.choices.parties:
            if said in {known.casefold() for known in (party.name, party.name_ar, party.short_name, party.short_name_ar, party.slug) if known}:
                return party
        raise ValidationError(_("No party of this name is on record."), code="no_such_party")

    def clean_term(self) -> Term | None:
        """Return the article chosen."""
        return next((term for term in self.terms if term.number == self.cleaned_data["term"]), None)

    def clean_place(self) -> Place | Reading | str:
        """Return the place of that name, coordinates as read, or the words as they are: a name not in the gazetteer is kept as worded."""
        said = self.cleaned_data["place"].strip()
        if named := self._place_named(said) if said else None:
            return named
        self.reading = reading_of(said) if said else None
        if self.reading is None and len(said) > LONGEST_NAME:
            raise ValidationError(_("This is too long for the name of a place."), code="too_long")
        return self.reading or said

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
        if self.reading:
            self._clean_point(self.reading, values)
        elif values.get("place_name") and not self.correcting:
            self.add_error("place_name", _("A place is added with its coordinates: write them where the place is asked for."))
        if not set(WHEN) & self.errors.keys() and not self._is_untouched(*WHEN):
            try:
                values["span"] = self._span(values)
            except RuleBroken as error:
                self.add_rule(error)
        return values

    def _clean_point(self, reading: Reading, values: dict[str, Any]) -> None:
        """Take the point as read, or as answered. An answer counts for the very numbers it was given to, and for no others."""
        answer, values["point"] = values.get("order"), (reading.latitude, reading.longitude)
        if reading.other_point and answer == reading.other:
            values["point"] = reading.other_point
        elif reading.is_ambiguous and answer != reading.echo:
            self.add_error("order", _("Say which of the two is meant, or write N, S, E and W beside the numbers."))
        if not values.get("place_precision") and "place_precision" not in self.errors:
            self.add_error("place_precision", _("Say how exactly the place is known."))

    def _is_untouched(self, *names: str) -> bool:
        """Return whether a correction leaves these as they were filled in."""
        return self.correcting is not None and all(self._typed(name) == self.before[name] for name in names)

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").replace("\r\n", "\n")

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
        end = self._end(values, precision) if start else None
        return timespans.timespan(precision, self.agreement.zone, start, end, PARTS_OF_DAY.get(said), now=timezone.now())

    def _end(self, values: dict[str, Any], precision: TimePrecision) -> timespans.Local | None:
        until, last = values.get("until"), values.get("last_day")
        if precision in {TimePrecision.EXACT, TimePrecision.HOUR}:
            if last and until is None:
                raise RuleBroken("time_required", _("This precision needs a time of day."), "until")
            return timespans.Local(last or values["day"], until) if until is not None else None
        if last and precision != TimePrecision.DAY:
            raise RuleBroken("span_too_vague", _("A last day goes with an exact time, an hour or a day."), "last_day")
        return timespans.Local(last) if last else None

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at the field it names, or above the form where it names none that is here."""
        name = SHOWN_AT.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, ValidationError(str(error.message), code=error.code))

    def facts(self) -> dict[str, Any]:
        """Return the fields of the report that the action takes."""
        values = self.cleaned_data
        chosen = values["accused"]
        plain = ("claimant", "source", "link", "wording", "summary", "credibility", "spoken_by", "relayed_by", "accused_as_worded")
        facts = {name: values[name] for name in (*plain, "published_on", "term", "target_as_claimed", "stated_count", "accused_party")}
        facts |= {
            "public_id": values["token"],
            "agreement": self.agreement,
            "accused_side": next((side for side in self.sides if side.code == chosen), None),
            "violation_type": ViolationType(values["violation_type"]),
            "unit": values["unit"] or Unit.VIOLATION,
        }
        return facts | self._when() | self._where() | self._taken_over()

    def new_place(self) -> dict[str, Any] | None:
        """Return the fields of a place to be added to the gazetteer with this report, None where none is named."""
        values = self.cleaned_data
        point, name = values.get("point"), " ".join((values.get("place_name") or "").split())
        if not point or not name:
            return None
        facts: dict[str, Any] = {"name": name, "latitude": point[0], "longitude": point[1], "precision": values["place_precision"]}
        return facts | ({"name_ar": name} if ARABIC.search(name) else {})

    def _when(self) -> dict[str, Any]:
        span: Any = self.cleaned_data.get("span")
        if span is None and self.correcting:
            return {name: getattr(self.correcting, name) for name in ("occurred_on", "starts_at", "ends_at", "time_precision")}
        return {"occurred_on": span.day, "starts_at": span.starts_at, "ends_at": span.ends_at, "time_precision": span.precision}

    def _where(self) -> dict[str, Any]:
        place, precision = self.cleaned_data["place"], self.cleaned_data["place_precision"]
        if self.correcting and self._is_untouched("place"):
            names = ("place", "place_as_worded", "latitude", "longitude")
            return {name: getattr(self.correcting, name) for name in names} | {"place_precision": precision}
        point = self.cleaned_data.get("point") or (None, None)
        return {
            "place": place if isinstance(place, Place) else None,
            "place_as_worded": place if isinstance(place, str) else "",
            "latitude": point[0],
            "longitude": point[1],
            "place_precision": precision or (place.precision if isinstance(place, Place) else ""),
        }

    def _taken_over(self) -> dict[str, Any]:
        """Return what a correction takes over: what is not asked for here, and evidence whose very code points a browser would change."""
        if self.correcting is None:
            return {}
        untouched = [name for name in ("wording", "link") if self._is_untouched(name)]
        return {name: getattr(self.correcting, name) for name in (*TAKEN_OVER, *untouched)}

    def harm(self) -> Iterator[HarmStated]:
        """Yield the harm stated. Only a lowest number is "at least", only a highest "up to"; two equal ones are exact."""
        for kind in HarmKind:
            low, high = self.cleaned_data[f"{kind}_low"], self.cleaned_data[f"{kind}_high"]
            if self._is_untouched(f"{kind}_low", f"{kind}_high") or (low is None and high is None):
                continue
            if high is None:
                yield HarmStated(kind, low=low, best=low, qualifier=Qualifier.AT_LEAST)
            elif low is None:
                yield HarmStated(kind, high=high, qualifier=Qualifier.UP_TO)
            else:
                yield HarmStated(kind, low=low, best=low if low == high else None, high=high)
        for claim in self.correcting.casualty_claims.all() if self.correcting else ():
            is_asked = claim.group == HarmGroup.UNKNOWN
            if not is_asked or self._is_untouched(f"{claim.kind}_low", f"{claim.kind}_high"):
                words = HarmKind(claim.kind), claim.low, claim.best, claim.high, HarmGroup(claim.group), Qualifier(claim.qualifier)
                yield HarmStated(*words)

    def sketch(self) -> duplicates.Draft:
        """Return what is said so far, to be compared with what is on file; call `is_valid` first. What cannot be read is not said yet."""
        values = self.cleaned_data
        span: Timespan | None = values.get("span")
        day = values.get("day")
        place, point = values.get("place"), values.get("point") or (None, None)
        source = values.get("source")
        return duplicates.Draft(
            agreement=self.agreement,
            violation_type=values.get("violation_type") or "",
            starts_at=span.starts_at if span else None,
            ends_at=span.ends_at if span else None,
            occurred_on=span.day if span else day,
            time_precision=span.precision if span else TimePrecision.DAY,
            place=place if isinstance(place, Place) else None,
            latitude=point[0],
            longitude=point[1],
            place_precision=values.get("place_precision") or "",
            source_id=source.pk if source else None,
            link=values.get("link") or "",
            wording=values.get("wording") or "",
            summary=values.get("summary") or "",
        )

    def tried(self) -> "LogReport":
        """Return the form as read; one that nobody sent yet as if it had been sent as it stands."""
        if self.is_bound:
            return self
        stands = {name: str(value) for name, value in self.initial.items() if value is not None}
        tried = LogReport(stands, agreement=self.agreement, sides=self.sides, choices=self.choices, correcting=self.correcting)
        tried.is_valid()
        return tried

    def text(self) -> str:
        """Return the text as it was pasted."""
        return self._typed("wording")

    def posted(self, typed: str | None = None) -> datetime | None:
        """Return the end of the day on which it was posted, as far as that is said: what "yesterday" in it counts from."""
        try:
            day = DayField(required=False).clean(self._typed("published_on") if typed is None else typed)
        except ValidationError:
            return None
        return datetime.combine(day, datetime.max.time().replace(microsecond=0)) if day else None

    def typed(self) -> dict[str, str]:
        """Return every field as it was typed, for a draft."""
        return {name: self._typed(name) for name in self.fields if name not in {"draft", "draft_version"}}

    def differences(self, kept: Mapping[str, str]) -> list[Difference]:
        """Return the fields in which a draft on file says something else than what was typed here."""
        shown = [name for name in self.fields if name not in BOOKKEEPING and (kept.get(name) or "") != self._typed(name)]
        return [Difference(self.fields[name].label, self._said(name, kept.get(name) or ""), self._said(name, self._typed(name))) for name in shown]

    def _said(self, name: str, value: str) -> str:
        """Return a value as the form shows it."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            offered: Any = field.choices
            flat = [pair for key, label in offered for pair in (label if isinstance(label, list | tuple) else [(key, label)])]
            return next((str(label) for key, label in flat if str(key) == value), value)
        return value

    @property
    def is_rare_shown(self) -> bool:
        """Return whether something that somebody typed stands in the fields that are folded away, or is wrong there."""
        suggested = str(self["suggested"].value() or "").split()
        typed = {name for name in RARE if self[name].value() not in {None, "", str(Unit.VIOLATION), Unit.VIOLATION}}
        return any(self[name].errors for name in RARE) or bool(typed.difference(suggested))

    @property
    def is_more_harm_shown(self) -> bool:
        """Return whether something stands in the numbers that are folded away, or is wrong there."""
        return any(self[name].errors or self[name].value() not in {None, ""} for name in MORE_NUMBERS)

    def kept(self, names: tuple[str, ...] = KEPT) -> dict[str, str]:
        """Return what was typed into the fields that stay for the next report."""
        return {name: str(self.data.get(self.add_prefix(name), "")) for name in names}


def begun(**initial: Any) -> dict[str, Any]:
    """Return what an empty form begins with: an identity of its own, and a name for the window that it is typed in."""
    return {"token": uuid.uuid4(), "writer": uuid.uuid4(), "time_precision": TimePrecision.EXACT, "unit": Unit.VIOLATION, **initial}
