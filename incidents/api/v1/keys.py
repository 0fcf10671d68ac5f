"""Keys: one's own, and everybody's for administrators. The text of a key is in the answer that makes it, and never again.

Not to be sent again with an Idempotency-Key: what is kept to answer again would be the secret.
"""

from datetime import timedelta
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import keys as actions
from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Named, Strict, Text, WholeNumber, Word
from incidents.api.v1 import records
from incidents.models import ApiKey, User
from incidents.models.keys import HIGHEST_RATE, LONGEST, USUAL_RATE
from incidents.queries import keys
from incidents.rules import networks
from incidents.vocabulary import Scope

OVERLAP_HOURS = 24


class KeyOut(serializers.Serializer[Any]):
    """A key: what it opens of what its owner may do, from where and until when. Of its secret nothing is kept that could be shown."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="key-detail", lookup_field="public_id", lookup_url_kwarg="id")
    name = serializers.CharField()
    owner = serializers.CharField(source="user.username")
    lookup = serializers.CharField(help_text="The part by which it is looked up, between the first and the second `_`.")
    is_this = serializers.SerializerMethodField(help_text="Whether it is the key that asks.")
    scopes = serializers.ListField(child=Word(Scope))
    agreements = serializers.SerializerMethodField(help_text="Slugs; null: all that its owner sees.")
    networks = serializers.ListField(child=serializers.CharField(), help_text="From where it opens; none: from anywhere.")
    per_minute = serializers.IntegerField()
    is_usable = serializers.BooleanField()
    created_at = Instant()
    rotated_at = Instant(allow_null=True)
    former_until = Instant(allow_null=True, help_text="Until when the secret before the last rotation opens it.")
    expires_at = Instant()
    revoked_at = Instant(allow_null=True)
    last_used_at = Instant(allow_null=True, help_text="To ten minutes.")

    def get_is_this(self, key: ApiKey) -> bool:
        asking = self.context["request"].auth
        return isinstance(asking, ApiKey) and asking.pk == key.pk

    def get_agreements(self, key: ApiKey) -> list[str] | None:
        return None if key.is_every_agreement else sorted(agreement.slug for agreement in key.agreements.all())


class NewKeyOut(KeyOut):
    """A key with its text, this once."""

    text = serializers.CharField(help_text="To be sent as `Authorization: Bearer ...`. It cannot be had again.")


class KeyIn(Strict):
    """A key for oneself."""

    name = Text(max_length=100, required=True, allow_blank=False, help_text="What it is for.")
    scopes = serializers.ListField(child=Word(Scope))
    agreements = serializers.ListField(child=Named(records.agreements), required=False, allow_null=True, help_text="Slugs; null: all that one sees.")
    networks = serializers.ListField(child=Text(max_length=43), required=False, help_text="Such as 192.0.2.0/24; none: from anywhere.")
    days = WholeNumber(min_value=1, max_value=LONGEST.days, allow_null=False, default=LONGEST.days)
    per_minute = WholeNumber(min_value=1, max_value=HIGHEST_RATE, allow_null=False, default=USUAL_RATE)

    def validate_networks(self, value: list[str]) -> list[str]:
        """Return the ranges as they are kept."""
        return networks.parse(" ".join(value), "networks")


class RotateIn(Strict):
    """How long the secret before opens the key still."""

    overlap_hours = WholeNumber(max_value=actions.LONGEST_OVERLAP // timedelta(hours=1), allow_null=False, default=OVERLAP_HOURS)


@extend_schema(tags=["keys"])
class Keys(ListModelMixin, Endpoint):
    """Keys that this reader may see, the newest first."""

    serializer_class = KeyOut
    queryset = ApiKey.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return one's own keys; to administrators everybody's."""
        return keys.seen(self.request.user)

    @extend_schema(summary="List keys", responses={200: KeyOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """What each opens, and whether it is used still."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One key", responses={200: KeyOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One key by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Issue a key", request=KeyIn, responses={201: NewKeyOut, **schema.WRITING})
    def create(self, request: Request) -> Response:
        """Issue a key for oneself, signed in on the pages: no key makes another. The answer holds its text, this once."""
        said = KeyIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        user = cast(User, request.user)
        key, text = actions.issue(user=user, by=user, **said.validated_data)
        return self._told(key, text, 201)

    @extend_schema(summary="Rotate a key", request=RotateIn, responses={200: NewKeyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, id: Any) -> Response:
        """Give the key a new secret; the one before opens it for a while. A key may do so for itself alone, and gains no time by it."""
        said = RotateIn(data=request.data)
        said.is_valid(raise_exception=True)
        overlap = timedelta(hours=said.validated_data["overlap_hours"])
        return self._told(*actions.rotate(key=self._one(id), by=cast(User, request.user), overlap=overlap), 200)

    @extend_schema(summary="Revoke a key", request=None, responses={200: KeyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: Any) -> Response:
        """Let the key open nothing from the next request on. A key may do so for itself alone."""
        actions.revoke(key=self._one(id), by=cast(User, request.user))
        return Response(self.get_serializer(self._one(id)).data)

    def _one(self, id: Any) -> ApiKey:
        try:
            return keys.one(self.request.user, id)
        except ApiKey.DoesNotExist:
            raise Http404 from None

    def _told(self, key: ApiKey, text: str, status: int) -> Response:
        shown = self.get_serializer(self._one(key.public_id)).data | {"text": text}
        address = reverse("key-detail", kwargs={"id": key.public_id}, request=self.request)
        return Response(shown, status=status, headers={"Location": address} if status == 201 else {})
