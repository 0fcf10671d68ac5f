"""Reconciliation: one published total beside our records, in parts that make it or leave a remainder that is named."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Word
from incidents.api.pagination import RowCursor
from incidents.models import AggregateClaim, Report
from incidents.queries import aggregates, reconciliation
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.reconciliation import Reconciled
from incidents.rules.reconciliation import OF_RECORDS, Row
from incidents.vocabulary import Qualifier, Share, Unit


class ShareOut(serializers.Serializer[Any]):
    """One part of the claim, or records of ours that are none of it."""

    part = Word(Share, source="share")
    message = serializers.SerializerMethodField(help_text="What it means, in the language asked for.")
    count = serializers.IntegerField(allow_null=True, help_text="How much of the claim it is. Null: not known.")
    records = serializers.SerializerMethodField(help_text="How many reports stand in it.")
    unknown = serializers.IntegerField(help_text="Reports in it of which it is not known how much of the claim they are.")
    url = serializers.SerializerMethodField(help_text="Exactly these reports. Null: a part that is not made of reports.")

    def get_message(self, row: Row) -> str:
        return str(row.share.label)

    def get_records(self, row: Row) -> int:
        return len(row.records)

    def get_url(self, row: Row) -> str | None:
        if row.share not in OF_RECORDS:
            return None
        arguments = {"id": self.context["claim"].public_id, "part": row.share}
        return reverse("aggregate-claim-reconciliation-part", kwargs=arguments, request=self.context["request"])


class ReconciliationOut(serializers.Serializer[Any]):
    """The claim in parts. The counts that are known, with the remainder, make the claim; a report stands in exactly one part."""

    claim = serializers.UUIDField(source="claim.public_id")
    claim_url = serializers.SerializerMethodField()
    count = serializers.IntegerField(source="claim.count", allow_null=True, help_text="The claim. Null: it gives no number.")
    qualifier = Word(Qualifier, source="claim.qualifier")
    unit = Word(Unit, source="claim.unit")
    itemised = serializers.IntegerField(source="parts.claimed.itemised", allow_null=True, help_text="What its printed rows give. Null: no number.")
    parts = ShareOut(many=True, source="parts.rows")
    remainder = serializers.IntegerField(source="parts.remainder", allow_null=True, help_text="What the parts leave. Null: the claim has no number.")
    remainder_message = serializers.SerializerMethodField()
    undated = serializers.IntegerField(help_text="Reports whose day is not known; they are taken to lie in the period.")
    by_others = serializers.IntegerField(help_text="Reports against the same accused by other claimants, up to 10,001: none of this claim.")
    is_whole = serializers.BooleanField(help_text="False: there are more reports than could be laid beside it, and the parts are not the whole.")

    def get_claim_url(self, found: Reconciled) -> str:
        return reverse("aggregate-claim-detail", kwargs={"id": found.claim.public_id}, request=self.context["request"])

    def get_remainder_message(self, found: Reconciled) -> str:
        return str(remainder_says(found))


class CountedOut(serializers.Serializer[Any]):
    """A report in a part, and how much of the claim it is."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    reference = serializers.CharField()
    count = serializers.IntegerField(allow_null=True, help_text="Null: not known.")


class ShareOpenedOut(ShareOut):
    """One part with its reports; their counts make its count."""

    reports = serializers.SerializerMethodField()

    @extend_schema_field(CountedOut(many=True))
    def get_reports(self, row: Row) -> list[dict[str, Any]]:
        return [self._counted(report, count) for report, count in self.context["behind"]]

    def _counted(self, report: Report, count: int | None) -> dict[str, Any]:
        url = reverse("report-detail", kwargs={"id": report.public_id}, request=self.context["request"])
        return {"id": str(report.public_id), "url": url, "reference": report.reference, "count": count}


def remainder_says(found: Reconciled) -> str:
    """Return the remainder in words."""
    remainder = found.parts.remainder
    if remainder is None:
        return _("The claim gives no number, so nothing can be left of it.")
    if remainder == 0:
        return _("The parts make the claim.")
    return _("The records and the claimant's own rows exceed the claim.")


@extend_schema(tags=["aggregate-claims"])
class Reconciliations(Endpoint):
    """A claim beside our records."""

    serializer_class = ReconciliationOut
    queryset = AggregateClaim.objects.none()
    pagination_class: Any = None

    @extend_schema(summary="Reconcile an aggregate claim", responses={200: ReconciliationOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """The claim laid beside the claimant's own reports against the same accused that this key may see."""
        return Response(self._told(self._found(id)))

    @extend_schema(
        operation_id="aggregate_claims_reconciliation_part",
        summary="The reports in one part of a reconciliation",
        responses={200: ShareOpenedOut, **schema.READING_ONE},
    )
    def part(self, request: Request, id: Any, part: str) -> Response:
        """Exactly the reports of one part, with how much of the claim each is."""
        found = self._found(id)
        if part not in OF_RECORDS:
            raise Http404
        context = {**self.get_serializer_context(), "claim": found.claim, "behind": reconciliation.behind(request.user, found, Share(part))}
        return Response(ShareOpenedOut(found.parts.of(Share(part)), context=context).data)

    def _told(self, found: Reconciled) -> Any:
        return ReconciliationOut(found, context={**self.get_serializer_context(), "claim": found.claim}).data

    def _found(self, id: Any) -> Reconciled:
        try:
            claim = aggregates.one(self.request.user, id)
        except AggregateClaim.DoesNotExist:
            raise Http404 from None
        return reconciliation.of_claim(self.request.user, claim)


class FewAtATime(RowCursor):
    """Newest first. Each row is reckoned when it is asked for, so that a page has few: `limit` is 10, and 20 at most."""

    usual, longest = 10, 20


@extend_schema(tags=["aggregate-claims"])
class AllReconciliations(Reconciliations):
    """Claims beside our records."""

    pagination_class: Any = FewAtATime
    asked_by = ClaimFilter
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    @extend_schema(summary="List reconciliations", responses={200: ReconciliationOut(many=True), **schema.READING})
    def list(self, request: Request) -> Response:
        """One for each claim that the filter leaves, newest first."""
        claims = self.paginate_queryset(aggregates.filtered(request.user, self.asked_filter()))
        page: Response = self.get_paginated_response([self._told(reconciliation.of_claim(request.user, claim)) for claim in claims])
        return page

    @extend_schema(summary="One reconciliation", responses={200: ReconciliationOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """The same as below the claim, by the claim's id."""
        return super().retrieve(request, id)
