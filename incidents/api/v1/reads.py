"""The read log: who looked at what is protected. For administrators alone."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Word
from incidents.api.permissions import IsAdministrator
from incidents.models import ReadEntry
from incidents.queries import reads
from incidents.queries.reads import ReadFilter


class ReadOut(serializers.Serializer[Any]):
    """One look at a protected thing."""

    at = Instant()
    actor = serializers.CharField(allow_null=True, help_text="Who looked; null where the account is no more.")
    what = Word(ReadEntry.What)
    record_type = serializers.CharField()
    record_id = serializers.UUIDField()


@extend_schema(tags=["read log"])
class Reads(ListModelMixin, Endpoint):
    """Looks at protected sources and at originals of evidence, the latest first. Never part of the feed."""

    permission_classes = [IsAuthenticated & IsAdministrator]
    serializer_class = ReadOut
    queryset = ReadEntry.objects.none()
    asked_by = ReadFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the looks asked for."""
        return reads.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List looks at what is protected",
        responses={200: ReadOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Who looked at what, and when; for administrators."""
        return super().list(*args, **kwargs)
