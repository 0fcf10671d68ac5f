"""Adding a source, with what is known of how far it can be relied on."""

from functools import partial
from typing import Any

from django import forms

from incidents.forms.records import RecordForm, label_of, offered
from incidents.forms.values import EvidenceField
from incidents.models import Source
from incidents.vocabulary import Reliability, SourceKind

_of_source = partial(label_of, Source)


class AddSource(RecordForm):
    """A bulletin, newspaper, organisation, hotline or field team."""

    shown_at = {"slug": "name"}

    name = forms.CharField(label=_of_source("name"), max_length=200)
    kind = forms.ChoiceField(label=_of_source("kind"), choices=lambda: offered(SourceKind, empty=True))
    reliability = forms.ChoiceField(label=_of_source("reliability"), choices=lambda: offered(Reliability), initial=Reliability.F)
    link = EvidenceField(label=_of_source("link"), required=False, max_length=2000)
    is_protected = forms.BooleanField(label=_of_source("is_protected"), required=False)

    def facts(self) -> dict[str, Any]:
        """Return the source as the action takes it."""
        return dict(self.cleaned_data)
