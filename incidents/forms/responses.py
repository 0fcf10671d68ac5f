"""Logging how a party answers for an incident."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.records import PartyField, RecordForm, SourceField, label_of, offered
from incidents.forms.values import DayField, EvidenceField
from incidents.models import Response
from incidents.queries.visibility import Reader
from incidents.vocabulary import ResponseKind

_of_response = partial(label_of, Response)


class LogResponse(RecordForm):
    """An answer, quoted or in our words."""

    party = PartyField(label=_("Who answers"))
    spoken_by = forms.CharField(label=_of_response("spoken_by"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_of_response("kind"), choices=lambda: offered(ResponseKind))
    blamed = PartyField(label=_of_response("blamed"), required=False)
    target_party = PartyField(label=_of_response("target_party"), required=False)
    answered_on = DayField(label=_of_response("answered_on"))
    gist = forms.CharField(label=_of_response("gist"), required=False)
    wording = EvidenceField(label=_of_response("wording"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    source = SourceField(label=_("Source"))
    link = EvidenceField(label=_of_response("link"), required=False, max_length=2000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return the answer as the action takes it."""
        return dict(self.cleaned_data)
