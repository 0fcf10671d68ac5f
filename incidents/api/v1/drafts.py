"""Drafts: reports as far as they are typed. Kept, changed by version, dropped; seen by those at the desk alone."""

import uuid
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import drafts as actions
from incidents.api import conditional, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Named, Strict, Text
from incidents.api.permissions import LogsReports, Reads
from incidents.api.v1 import records
from incidents.models import Draft, User
from incidents.permissions import Capability, may
from incidents.queries import drafts

MOST_FIELDS, LONGEST_NAME = 60, 40


class DraftOut(serializers.Serializer[Any]):
    """What somebody has begun to write down. No claim yet, and counted nowhere."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="draft-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = serializers.CharField(source="agreement.slug", help_text="Slug of the agreement.")
    fields = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="As typed, by the names of the form.")  # type: ignore[assignment]
    version = serializers.IntegerField()
    begun_by = serializers.CharField(source="begun_by.username")
    changed_by = serializers.CharField(source="changed_by.username")
    changed_at = Instant()


class Typed(serializers.DictField):
    """Fields as they were typed: text by name, whatever it says."""

    child = Text()

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Return the fields. Who sends something else than names with text is told so."""
        values: dict[str, str] = super().to_internal_value(data)
        if len(values) > MOST_FIELDS or any(len(name) > LONGEST_NAME for name in values):
            raise serializers.ValidationError(_("A form has no so many fields."), "too_many")
        return values


class DraftIn(Strict):
    """A draft to keep."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    fields = Typed(help_text="As typed, by the names of the form.")  # type: ignore[assignment]


class DraftChanged(Strict):
    """A draft as it is now, and the version that it was changed from."""

    fields = Typed(help_text="All of them, as typed.")  # type: ignore[assignment]
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="As last read, or in If-Match. If somebody changed the draft since, this is refused with 409."
    )


@extend_schema(tags=["drafts"])
class Drafts(ListModelMixin, Endpoint):
    """One's own drafts and those of colleagues, the last begun first. A key that may not log sees none."""

    permission_classes = [IsAuthenticated & Reads & LogsReports]
    serializer_class = DraftOut
    queryset = Draft.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the drafts that whoever asks may see."""
        return drafts.seen(self.request.user).order_by("-id")

    @extend_schema(summary="List drafts", responses={200: DraftOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every draft that is not submitted yet."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One draft", responses={200: DraftOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One draft by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Keep a draft", parameters=[schema.KEY], request=DraftIn, responses={201: DraftOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Keep what somebody has begun to write down, however incomplete."""
        return idempotency.once(request, lambda: self._begin(request))

    @extend_schema(
        summary="Change a draft",
        parameters=[schema.KEY, schema.MATCH],
        request=DraftChanged,
        responses={200: DraftOut, **schema.REPLACING},
    )
    def partial_update(self, request: Request, id: Any) -> HttpResponse:
        """Keep the draft with these fields. Refused if somebody changed it since `version`; what is on file then stays as it is."""
        return idempotency.once(request, lambda: self._keep(request, self._one(id)), 200)

    @extend_schema(summary="Discard a draft", responses={204: None, **schema.READING_ONE})
    def destroy(self, request: Request, id: Any) -> Response:
        """Drop one's own draft; anybody's with the right to retract others' reports."""
        draft = self._one(id)
        if draft.begun_by_id != request.user.pk and not may(request.user, Capability.RETRACT_OTHERS, draft):
            raise PermissionDenied
        actions.discard(draft=draft)
        return Response(status=204)

    def _one(self, id: uuid.UUID) -> Draft:
        found = drafts.seen(self.request.user).filter(public_id=id).first()
        if found is None:
            raise Http404
        return found

    def _keep(self, request: Request, draft: Draft) -> idempotency.Answer:
        said = DraftChanged(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data)
        with conditional.replacing(request, facts.pop("version", None)) as version:
            kept = actions.keep(draft=draft, by=cast(User, request.user), version=version, **facts)
        return dict(self.get_serializer(kept).data), ""

    def _begin(self, request: Request) -> idempotency.Answer:
        said = DraftIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        draft = actions.begin(by=cast(User, request.user), **said.validated_data)
        return dict(self.get_serializer(draft).data), reverse("draft-detail", kwargs={"id": draft.public_id}, request=request)
