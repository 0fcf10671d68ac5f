"""Deciding on an incident under one agreement, and confirming what another decided."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.records import PartyField, RecordForm, label_of, offered
from incidents.models import Agreement, Assessment, Side, Term
from incidents.queries.scope import UnderAgreement
from incidents.vocabulary import Attribution, HarmGrade, Occurrence, ScopeAnswer

_of_assessment = partial(label_of, Assessment)


class Decide(RecordForm):
    """A judgement with its reason. The answers of scope are offered as the rules derive them; the editor decides."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    occurrence = forms.ChoiceField(label=_of_assessment("occurrence"), choices=lambda: offered(Occurrence))
    attribution = forms.ChoiceField(label=_of_assessment("attribution"), choices=lambda: offered(Attribution), initial=Attribution.NOT_ESTABLISHED)
    attributed_side = forms.ModelChoiceField(Side.objects.none(), label=_of_assessment("attributed_side"), required=False, to_field_name="code")
    attributed_party = PartyField(label=_of_assessment("attributed_party"), required=False)
    term = forms.ModelChoiceField(Term.objects.none(), label=_of_assessment("term"), required=False, to_field_name="number")
    harm_grade = forms.ChoiceField(label=_of_assessment("harm_grade"), required=False, choices=lambda: offered(HarmGrade, empty=True))
    target_as_assessed = forms.CharField(label=_of_assessment("target_as_assessed"), required=False, max_length=300)
    target_party = PartyField(label=_of_assessment("target_party"), required=False)
    in_force = forms.ChoiceField(label=_of_assessment("in_force"), choices=lambda: offered(ScopeAnswer))
    party_bound = forms.ChoiceField(label=_of_assessment("party_bound"), choices=lambda: offered(ScopeAnswer))
    target_excluded = forms.ChoiceField(label=_of_assessment("target_excluded"), choices=lambda: offered(ScopeAnswer))
    place_covered = forms.ChoiceField(label=_of_assessment("place_covered"), choices=lambda: offered(ScopeAnswer))
    reason = forms.CharField(label=_of_assessment("reason"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    public_summary = forms.CharField(
        label=_of_assessment("public_summary"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, **options: Any) -> None:
        super().__init__(data, prefix=agreement.slug, **options)
        self.agreement = agreement
        self.fields["attributed_side"].queryset = agreement.sides.all()  # type: ignore[attr-defined]
        self.fields["term"].queryset = agreement.terms.all()  # type: ignore[attr-defined]

    @staticmethod
    def begun(under: UnderAgreement, assessment: Assessment | None) -> dict[str, Any]:
        """Return what the form begins with: the decision as it stands, or the answers as derived."""
        found = under.found
        derived = {
            "version": 0,
            "in_force": found.in_force.answer,
            "party_bound": found.party_bound.answer,
            "target_excluded": found.target.whole.answer,
            "place_covered": found.place_covered.answer,
        }
        if assessment is None:
            return derived
        names = [name for name in Decide.base_fields if name not in {"attributed_side", "attributed_party", "term", "target_party"}]
        related = {
            "attributed_side": assessment.attributed_side and assessment.attributed_side.code,
            "attributed_party": assessment.attributed_party and assessment.attributed_party.slug,
            "term": assessment.term and assessment.term.number,
            "target_party": assessment.target_party and assessment.target_party.slug,
        }
        return {name: getattr(assessment, name) for name in names} | related

    def facts(self) -> dict[str, Any]:
        """Return the judgement as the action takes it."""
        return {"agreement": self.agreement, **self.cleaned_data}


class Confirm(RecordForm):
    """A second editor's word on what they read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(label=_("Note"), required=False, max_length=4000)
