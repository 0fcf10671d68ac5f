"""Sources, where the reader may learn of them: how far each can be relied on, and whether its identity is protected."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import sources as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Strict, Text, Word, YesOrNo
from incidents.api.permissions import AddsSources, Reads
from incidents.models import Source, User
from incidents.queries import sources, visibility
from incidents.queries.sources import SourceFilter
from incidents.vocabulary import Reliability, SourceKind


class SourceNamed(serializers.Serializer[Any]):
    """Where a statement was published or received, and how far it can be relied on."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = Word(SourceKind)
    reliability = Word(Reliability)


class Withholding(serializers.Serializer[Any]):
    """A record of which some fields may be withheld from this reader: they are null then, and `withheld` names them.

    A subclass says in `withheld_from` which; what is asked is `queries`, never the record alone.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the record without what is withheld; nothing withheld is even read."""
        names = self.withheld_from(self.context["request"].user, instance)
        shown: dict[str, Any] = {}
        for name, field in self.fields.items():
            if name == "withheld":
                shown[name] = list(names)
            elif name in names:
                shown[name] = None
            else:
                value = field.get_attribute(instance)
                shown[name] = None if value is None else field.to_representation(value)
        return shown

    def withheld_from(self, reader: Any, instance: Any) -> tuple[str, ...]:
        """Return the names of the fields that are withheld."""
        raise NotImplementedError


class SourceOut(SourceNamed):
    """A source on record. A protected one is not there at all for those who may not know it."""

    url = serializers.HyperlinkedIdentityField(view_name="source-detail", lookup_field="slug")
    link = serializers.CharField()
    is_protected = serializers.BooleanField()

    def to_representation(self, instance: Source) -> dict[str, Any]:
        """Return the source; that a protected one is looked at is noted."""
        visibility.shows_source(self.context["request"].user, instance)
        return super().to_representation(instance)


class SourceIn(Strict):
    """A source to add. Without a slug one is made from the name."""

    slug = serializers.SlugField(max_length=80, required=False)
    name = Text(max_length=200, required=True, allow_blank=False)
    kind = Word(SourceKind)
    link = Text(max_length=2_000)
    reliability = Word(Reliability, default=Reliability.F)
    is_protected = YesOrNo(default=False)


@extend_schema(tags=["sources"])
class Sources(ListModelMixin, Endpoint):
    """Sources that this reader may know, those put on record last first."""

    permission_classes = [IsAuthenticated & Reads & AddsSources]
    serializer_class = SourceOut
    queryset = Source.objects.none()
    lookup_url_kwarg = "slug"
    lookup_value_converter = "slug"
    asked_by = SourceFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the sources asked for."""
        return sources.filtered(self.request.user, self.asked_filter())

    @extend_schema(
        summary="List sources",
        responses={200: SourceOut(many=True), **schema.READING},
    )
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Sources with their grade."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One source", responses={200: SourceOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """One source by its slug. Who looks at a protected one is written down."""
        return Response(self.get_serializer(self._one(slug)).data)

    @extend_schema(summary="Add a source", parameters=[schema.KEY], request=SourceIn, responses={201: SourceOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Add a source."""
        return idempotency.once(request, lambda: self._add(request))

    def _one(self, slug: str) -> Source:
        try:
            return sources.one(self.request.user, slug)
        except Source.DoesNotExist:
            raise Http404 from None

    def _add(self, request: Request) -> idempotency.Answer:
        said = SourceIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        source = actions.add(by=cast(User, request.user), **said.validated_data)
        return dict(self.get_serializer(self._one(source.slug)).data), reverse("source-detail", kwargs={"slug": source.slug}, request=request)
