"""Adding a place to the gazetteer, with its names and coordinates as people write them."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.forms.records import PlaceField, RecordForm, label_of, offered
from incidents.forms.values import reading_of
from incidents.imports.gazetteers import language_of
from incidents.models import Place
from incidents.vocabulary import PlacePrecision

_of_place = partial(label_of, Place)


class AliasesField(forms.CharField):
    """Other names, one on each line. The language is that which the letters tell, where they tell one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Other names, one on each line"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}), **options
        )

    def clean(self, value: Any) -> list[tuple[str, str]]:
        """Return the names with their languages."""
        names = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if any(len(name) > 200 for name in names):
            raise ValidationError(_("A name has 200 characters at most."), code="too_long")
        return [(name, language_of(name)) for name in names]


class AddPlace(RecordForm):
    """A place: its names, what it lies in, where it is and how exactly that is known."""

    shown_at = {"latitude": "coordinates", "longitude": "coordinates", "slug": "name"}

    name = forms.CharField(label=_of_place("name"), max_length=200)
    name_ar = forms.CharField(label=_of_place("name_ar"), max_length=200, required=False)
    parent = PlaceField(label=_of_place("parent"), required=False)
    coordinates = forms.CharField(label=gettext_lazy("Coordinates"), required=False, max_length=100)
    precision = forms.ChoiceField(label=_of_place("precision"), choices=lambda: offered(PlacePrecision, empty=True))
    pcode = forms.CharField(label=_of_place("pcode"), max_length=40, required=False)
    aliases = AliasesField()

    def clean_parent(self) -> Place | None:
        """Return the place that it lies in, which must be one of ours."""
        parent: Place | str = self.cleaned_data["parent"]
        if isinstance(parent, str) and parent:
            raise ValidationError(_("No place, or more than one, bears this name."), code="unknown_word")
        return parent or None

    def clean_coordinates(self) -> Any:
        """Return what was read: latitude and longitude."""
        text = self.cleaned_data["coordinates"]
        if not text.strip():
            return None
        reading = reading_of(text)
        if reading is None:
            raise ValidationError(_("These are no coordinates: write 36.148, 36.948 for instance."), code="not_coordinates")
        return reading

    def facts(self) -> dict[str, Any]:
        """Return the place as the action takes it."""
        values = dict(self.cleaned_data)
        reading = values.pop("coordinates")
        return values | {"latitude": reading and reading.latitude, "longitude": reading and reading.longitude}


class MergePlace(RecordForm):
    """Into which place another is merged, and why."""

    shown_at = {"note": "reason"}

    into = PlaceField(label=gettext_lazy("The place that goes on"))
    reason = forms.CharField(label=gettext_lazy("Why they are one place"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_into(self) -> Place:
        """Return the place, which must be one of ours."""
        into: Place | str = self.cleaned_data["into"]
        if isinstance(into, str):
            raise ValidationError(_("No place, or more than one, bears this name."), code="unknown_word")
        return into
