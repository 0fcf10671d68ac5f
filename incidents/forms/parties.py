"""Adding a party, and tying it to another for a time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms

from incidents.forms.places import AliasesField
from incidents.forms.records import PartyField, RecordForm, SourceField, label_of, offered
from incidents.forms.values import DayField, EvidenceField
from incidents.models import Affiliation, Party
from incidents.queries.visibility import Reader
from incidents.vocabulary import AffiliationKind, PartyKind

_of_party, _of_tie = partial(label_of, Party), partial(label_of, Affiliation)


class AddParty(RecordForm):
    """Anyone who acts or speaks, under a neutral name."""

    shown_at = {"slug": "name"}

    name = forms.CharField(label=_of_party("name"), max_length=200)
    name_ar = forms.CharField(label=_of_party("name_ar"), max_length=200, required=False)
    short_name = forms.CharField(label=_of_party("short_name"), max_length=80, required=False)
    short_name_ar = forms.CharField(label=_of_party("short_name_ar"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_of_party("kind"), choices=lambda: offered(PartyKind, empty=True))
    organ_of = PartyField(label=_of_party("organ_of"), required=False)
    aliases = AliasesField()

    def facts(self) -> dict[str, Any]:
        """Return the party as the action takes it."""
        return dict(self.cleaned_data)


class Affiliate(RecordForm):
    """A tie of this party to another, between two days where they are known."""

    kind = forms.ChoiceField(label=_of_tie("kind"), choices=lambda: offered(AffiliationKind))
    other = PartyField(label=_of_tie("other"))
    from_on = DayField(label=_of_tie("from_on"), required=False)
    until_on = DayField(label=_of_tie("until_on"), required=False)
    source = SourceField(label=_of_tie("source"), required=False)
    link = EvidenceField(label=_of_tie("link"), required=False, max_length=2000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, party: Party, reader: Reader, **options: Any) -> None:
        super().__init__(data, **options)
        self.party = party
        self.fields["source"].offer(reader)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return the tie as the action takes it."""
        return {"party": self.party, **self.cleaned_data}
