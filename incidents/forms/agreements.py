"""What is entered of an agreement on its page: what a party declares, and what the agreement covers or leaves out."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.errors import RuleBroken
from incidents.forms.records import PartyField, PlaceField, RecordForm, SourceField, label_of, offered
from incidents.forms.values import ClockField, DayField, EvidenceField
from incidents.models import Agreement, AgreementArea, Declaration, Party, Place
from incidents.queries.visibility import Reader
from incidents.rules import timespans
from incidents.vocabulary import Stance

LONGEST_SHAPE = 500_000
_of_word, _of_area = partial(label_of, Declaration), partial(label_of, AgreementArea)


class Declare(RecordForm):
    """A party's dated word on the truce, quoted or in our words."""

    shown_at = {"declared_at": "clock"}

    party = PartyField(label=gettext_lazy("party"))
    spoken_by = forms.CharField(label=_of_word("spoken_by"), required=False, max_length=200)
    stance = forms.ChoiceField(label=_of_word("stance"), choices=lambda: offered(Stance))
    declared_on = DayField(label=_of_word("declared_on"))
    clock = ClockField(label=_of_word("declared_at"), required=False)
    blamed = forms.ModelMultipleChoiceField(
        Party.objects.order_by("name"), label=_of_word("blamed"), required=False, to_field_name="slug", widget=forms.SelectMultiple(attrs={"size": 4})
    )
    wording = EvidenceField(label=_of_word("wording"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    wording_ar = EvidenceField(label=_of_word("wording_ar"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    gist = forms.CharField(label=_of_word("gist"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    source = SourceField(label=gettext_lazy("source"))
    link = EvidenceField(label=_of_word("link"), required=False, max_length=2000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.agreement = agreement
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the values, with the instant where the hour is said: on the clocks of the place."""
        values = super().clean() or {}
        clock, day = values.pop("clock", None), values.get("declared_on")
        values["declared_at"] = None
        if clock and day:
            try:
                values["declared_at"] = timespans.instant(day, clock, self.agreement.zone, "clock")
            except RuleBroken as broken:
                self.add_error("clock", ValidationError(str(broken.message), code=broken.code))
        return values

    def facts(self) -> dict[str, Any]:
        """Return the declaration as the action takes it."""
        return {"agreement": self.agreement, **self.cleaned_data}


class AddArea(RecordForm):
    """What the agreement covers or leaves out: a place of the gazetteer, or a shape."""

    name = forms.CharField(label=_of_area("name"), max_length=200)
    place = PlaceField(label=_of_area("place"), required=False)
    geometry = forms.CharField(
        label=_of_area("geometry"), required=False, max_length=LONGEST_SHAPE, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    )
    from_on = DayField(label=_of_area("from_on"), required=False)
    until_on = DayField(label=_of_area("until_on"), required=False)
    is_excluded = forms.BooleanField(label=_of_area("is_excluded"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, **options: Any) -> None:
        super().__init__(data, **options)
        self.agreement = agreement

    def clean_place(self) -> Place | None:
        """Return the place, which must be one of ours."""
        place: Place | str = self.cleaned_data["place"]
        if isinstance(place, str) and place:
            raise ValidationError(_("No place, or more than one, bears this name."), code="unknown_word")
        return place or None

    def clean_geometry(self) -> Any:
        """Return the shape as it was written; whether it is one is for the rule to say."""
        text = self.cleaned_data["geometry"]
        if not text.strip():
            return None
        try:
            if "\\u0000" in text:
                raise ValueError
            return json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is no JSON."), code="not_json") from error

    def facts(self) -> dict[str, Any]:
        """Return the area as the action takes it."""
        return {"agreement": self.agreement, **self.cleaned_data}


def _no_number(word: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have and one of which breaks every list it is in."""
    raise ValueError(word)
