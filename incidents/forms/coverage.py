"""Logging where and when somebody could observe, or was kept from it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms

from incidents.forms.records import PartyField, PlaceField, RecordForm, SourceField, label_of, offered, placed
from incidents.forms.values import DayField, EvidenceField
from incidents.models import Agreement, Coverage
from incidents.queries.visibility import Reader
from incidents.vocabulary import CoverageKind

_of_coverage = partial(label_of, Coverage)


class LogCoverage(RecordForm):
    """An observer's presence at a place over local days, or its denial."""

    observer = PartyField(label=_of_coverage("observer"))
    kind = forms.ChoiceField(label=_of_coverage("kind"), choices=lambda: offered(CoverageKind))
    place = PlaceField(label=_of_coverage("place"), required=False)
    from_on = DayField(label=_of_coverage("from_on"))
    until_on = DayField(label=_of_coverage("until_on"), required=False)
    is_denied = forms.BooleanField(label=_of_coverage("is_denied"), required=False)
    denied_by = PartyField(label=_of_coverage("denied_by"), required=False)
    source = SourceField(label=_of_coverage("source"))
    link = EvidenceField(label=_of_coverage("link"), required=False, max_length=2000)
    note = forms.CharField(label=_of_coverage("note"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.agreement = agreement
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return the coverage as the action takes it."""
        values = dict(self.cleaned_data)
        return {"agreement": self.agreement, **values, **placed(values.pop("place"))}
