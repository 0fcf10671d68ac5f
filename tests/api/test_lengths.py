"""A text may be as long in JSON as on the page where the same is written, and no longer."""

import pytest
from django import forms
from rest_framework import serializers

from incidents.api.v1 import affiliations, aggregates, arranging, assessments, convoy_shapes, coverage, declarations, evidence, responses, review
from incidents.api.v1 import reports as report_json
from incidents.api.v1 import sources as source_json
from incidents.forms import assessments as assessment_forms
from incidents.forms import convoys, reports, retractions
from incidents.forms import coverage as coverage_forms
from incidents.forms import evidence as evidence_forms
from incidents.forms import responses as response_forms
from incidents.forms import review as review_forms
from incidents.forms.agreements import Declare
from incidents.forms.parties import Affiliate
from incidents.forms.sources import AddSource

PAIRS: list[tuple[type[serializers.Serializer], type[forms.Form]]] = [  # type: ignore[type-arg]
    (report_json.ReportIn, reports.LogReport),
    (aggregates.RetractIn, retractions.Retract),
    (responses.ResponseIn, response_forms.LogResponse),
    (assessments.DecisionIn, review_forms.Decide),
    (assessments.DecisionIn, assessment_forms.Decide),
    (assessments.ConfirmationIn, review_forms.Confirm),
    (assessments.ConfirmationIn, assessment_forms.Confirm),
    (review.MoveIn, review_forms.Back),
    (review.CommentIn, review_forms.Say),
    (arranging.SplitIn, review_forms.Arrange),
    (arranging.MergeIn, review_forms.Merge),
    (coverage.CoverageIn, coverage_forms.LogCoverage),
    (evidence.EvidenceIn, evidence_forms.AttachEvidence),
    (declarations.DeclarationIn, Declare),
    (affiliations.AffiliationIn, Affiliate),
    (source_json.SourceIn, AddSource),
    (convoy_shapes.ConvoyIn, convoys.PlanConvoy),
]


@pytest.mark.parametrize(("said", "form"), PAIRS, ids=lambda one: f"{one.__module__.rpartition('.')[2]}.{one.__name__}")
def test_json_and_page_take_texts_of_one_length(said: type[serializers.Serializer], form: type[forms.Form]) -> None:  # type: ignore[type-arg]
    compared = 0
    for name, field in said().fields.items():
        typed = form.base_fields.get(name)
        if isinstance(field, serializers.CharField) and not isinstance(field, serializers.ChoiceField) and type(typed).__name__ in NAMES:
            assert field.max_length == typed.max_length, name  # type: ignore[union-attr]
            compared += 1
    assert compared


NAMES = {"CharField", "EvidenceField"}
