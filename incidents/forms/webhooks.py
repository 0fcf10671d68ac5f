"""Subscribing to changes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.records import RecordForm
from incidents.queries import visibility
from incidents.queries.feeds import NOUNS
from incidents.queries.visibility import Reader


class MakeWebhook(RecordForm):
    """Where to write to, and of what."""

    shown_at = {"url": "address"}

    address = forms.CharField(label=_("Address"), max_length=500, help_text=_("https, on a public host."))
    types = forms.MultipleChoiceField(
        label=_("Of these types"), required=False, help_text=_("None chosen: of all."), widget=forms.CheckboxSelectMultiple
    )
    agreements = forms.MultipleChoiceField(
        label=_("Under these agreements"), required=False, help_text=_("None chosen: under all."), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, reader: Reader, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["address"].widget.attrs |= {"dir": "ltr", "inputmode": "url", "autocomplete": "off"}
        self.fields["types"].choices = [(noun.name, noun.label) for noun in NOUNS]  # type: ignore[attr-defined]
        self.fields["agreements"].choices = [(row.slug, row.label) for row in visibility.agreements(reader)]  # type: ignore[attr-defined]
