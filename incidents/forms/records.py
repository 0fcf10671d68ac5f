"""What the forms of records share: labels of the fields they fill, names resolved to records, broken rules shown where they were broken."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.forms.values import ClockField, CountField, DayField
from incidents.models import Party, Place, Source
from incidents.queries import visibility
from incidents.queries.visibility import Reader

# What Django offers where nothing need be chosen.
DASHES = "---------"


class RecordForm(forms.Form):
    """A form that fills one record through an action. `shown_at` maps fields that rules name to the ones that this form shows."""

    shown_at: dict[str, str] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            self._dress(field)

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at the field it names, or above the form where it names none that is here."""
        name = self.shown_at.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, ValidationError(str(error.message), code=error.code))

    @staticmethod
    def _dress(field: forms.Field) -> None:
        widget = field.widget
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
            field.empty_label = "—"
        if isinstance(widget, forms.CheckboxInput | forms.HiddenInput | forms.CheckboxSelectMultiple):
            return
        widget.attrs["class"] = "textarea" if isinstance(widget, forms.Textarea) else "select" if isinstance(widget, forms.Select) else "input"
        if isinstance(field, DayField | ClockField | CountField):
            widget.attrs |= {"autocomplete": "off", "dir": "ltr"}
        elif isinstance(widget, forms.NumberInput):
            # A field for numbers alone would not take Arabic digits.
            widget.input_type = "text"
            widget.attrs = {"class": "input", "inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
        elif isinstance(field, forms.CharField):
            widget.attrs["dir"] = "auto"


class PartyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A party, by its name in the reader's language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Party.objects.order_by("name"), to_field_name="slug", **options)


def offer_once(fields: list[PartyField]) -> None:
    """Let these fields of one form offer the same parties, read once for all of them."""
    parties = [(party.slug, party.label) for party in Party.objects.order_by("name")]
    for field in fields:
        field.choices = [("", field.empty_label or ""), *parties]


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A source; `offer` narrows it to those that the reader may see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Source.objects.order_by("name"), to_field_name="slug", **options)

    def offer(self, reader: Reader) -> None:
        """Offer only what this reader may name."""
        seen = [source.pk for source in Source.objects.all() if visibility.shows_source(reader, source)]
        self.queryset = Source.objects.filter(pk__in=seen).order_by("name")


class PlaceField(forms.CharField):
    """A place by any of its names. A name that is not in the gazetteer is kept as worded, never guessed at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=300, **options)

    def clean(self, value: Any) -> Place | str:
        """Return the place if exactly one bears the name, else the words."""
        said = str(super().clean(value) or "").strip()
        if not said:
            return ""
        names = Q(slug__iexact=said) | Q(name__iexact=said) | Q(name_ar=said) | Q(aliases__name__iexact=said)
        found = list(Place.objects.filter(names).distinct()[:2])
        return found[0] if len(found) == 1 else said


def placed(value: Place | str, name: str = "place") -> dict[str, Any]:
    """Return what a PlaceField gave as the two fields of a record: the place, or its words."""
    return {name: value if isinstance(value, Place) else None, f"{name}_as_worded": value if isinstance(value, str) else ""}


def at_most(number: int) -> Any:
    """Return what stands under a field for a number that has a limit."""
    return format_lazy(_("{number} at most"), number=number)


def label_of(model: type[Model], name: str) -> Any:
    """Return what the record itself calls a field, so that a form and a table never call it differently."""
    return model._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def offered(choices: type[TextChoices], *, empty: bool = False) -> list[tuple[str, Any]]:
    """Return a vocabulary as choices, after an empty one where none may be chosen."""
    listed: list[tuple[str, Any]] = [(member.value, member.label) for member in choices]
    return [("", "—"), *listed] if empty else listed
