"""Asking for an export."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.exports.columns import EXPORTS
from incidents.exports.formats import FORMATS
from incidents.forms.records import RecordForm
from incidents.forms.values import DayField
from incidents.queries import visibility
from incidents.queries.visibility import Reader


class TakeAway(RecordForm):
    """What to take away, in which format, and narrowed how: by the fields here, and by what else the address of a list said."""

    of = forms.ChoiceField(label=_("Of what"), choices=lambda: [(name, export.label) for name, export in EXPORTS.items()])
    format = forms.ChoiceField(label=_("Format"), choices=lambda: [(name, kind.label) for name, kind in FORMATS.items()])
    agreement = forms.ChoiceField(label=_("Agreement"), required=False)
    since = DayField(label=_("From day"), required=False, help_text=_("2016-09-12 or 12/09/2016. Empty: from the first."))
    until = DayField(label=_("To day"), required=False, help_text=_("That day with it. Empty: up to the last."))

    def __init__(self, *args: Any, reader: Reader, said: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        words = {name for export in EXPORTS.values() for name in export.asked_by.names()} - self.fields.keys()
        self.others = [(name, said[name]) for name in sorted(words) if said.get(name)]
        agreements = [(row.slug, row.label) for row in visibility.agreements(reader)]
        self.fields["agreement"].choices = [("", _("All")), *agreements]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """Return the filter, as an address would say it; what is empty narrows nothing."""
        return {name: str(value) for name in ("agreement", "since", "until") if (value := self.cleaned_data[name])} | dict(self.others)
