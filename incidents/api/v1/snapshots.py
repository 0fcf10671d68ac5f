"""Published figures: as they were, with definition, hash and citation, and what has changed since."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant
from incidents.models import Snapshot
from incidents.queries import snapshots
from incidents.queries.snapshots import SnapshotFilter


class SnapshotOut(serializers.ModelSerializer[Snapshot]):
    """A published figure. `hash` is the SHA-256 over `content` as JSON with sorted keys, no blanks, in UTF-8."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.SerializerMethodField()
    agreement = serializers.CharField(source="agreement.slug")
    published_at = Instant(source="created_at")
    hash = serializers.SerializerMethodField()
    content = serializers.DictField(help_text="Question, definition and citation in English and Arabic, and every number as published.")

    class Meta:
        model = Snapshot
        fields = ("id", "url", "agreement", "published_at", "hash", "content")

    def get_url(self, snapshot: Snapshot) -> str:
        return reverse("api-snapshot-detail", kwargs={"id": snapshot.public_id}, request=self.context["request"])

    def get_hash(self, snapshot: Snapshot) -> str:
        return bytes(snapshot.hash).hex()


class DifferenceOut(serializers.Serializer[Any]):
    """A number as published and as it is now; null: there is none."""

    published = serializers.DictField(allow_null=True)
    now = serializers.DictField(allow_null=True)


class SinceOut(serializers.Serializer[Any]):
    """What has changed since it was published: the numbers that are not as they were."""

    change = serializers.IntegerField(help_text="Up to which change the numbers of now are counted.")
    differences = DifferenceOut(many=True)


class OneSnapshotOut(SnapshotOut):
    """A published figure, and what has changed since."""

    since = serializers.SerializerMethodField()

    class Meta(SnapshotOut.Meta):
        fields = (*SnapshotOut.Meta.fields, "since")  # type: ignore[assignment]

    def get_since(self, snapshot: Snapshot) -> SinceOut:
        change, found = snapshots.since(snapshot)
        return SinceOut({"change": change, "differences": [one for one in found if one.is_changed]}).data  # type: ignore[return-value]


@extend_schema(tags=["tallies"])
class Snapshots(ListModelMixin, Endpoint):
    """Published figures that this reader may see, newest first."""

    serializer_class = SnapshotOut
    queryset = Snapshot.objects.none()
    asked_by = SnapshotFilter
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[SnapshotOut]:
        """Return the short form for lists."""
        return SnapshotOut if self.action == "list" else OneSnapshotOut

    def get_queryset(self) -> QuerySet[Snapshot]:
        """Return the published figures asked for."""
        return snapshots.filtered(self.request.user, self.asked_filter())

    @extend_schema(summary="List published figures", responses={200: SnapshotOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Each as it was published."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One published figure", responses={200: OneSnapshotOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """As it was published, and what has changed since."""
        snapshot = snapshots.seen(request.user).filter(public_id=id).first()
        if snapshot is None:
            raise Http404
        return Response(self.get_serializer(snapshot).data)
