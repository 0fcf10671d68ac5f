"""What the published schema says of our own classes, and the answers that every endpoint may give."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers

from incidents.api.errors import MEDIA_TYPE
from incidents.api.fields import Word


class Wrong(serializers.Serializer[Any]):
    """One field that is wrong."""

    code = serializers.CharField()
    field = serializers.CharField(help_text="Path of the field, as in `harm.0.low`; empty where it is about all of them.")
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """What went wrong (RFC 9457), in the language of `Accept-Language`."""

    type = serializers.CharField(help_text="`urn:truce:problem:` and the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For machines; stable.")
    field = serializers.CharField(allow_null=True, help_text="The field, parameter or header it is about; null where it is about none.")
    detail = serializers.CharField(help_text="For people.")
    line = serializers.IntegerField(required=False, help_text="Of the file that was sent, where one line of it is at fault.")
    errors = Wrong(many=True, required=False, help_text="All that is wrong, where it may be several.")  # type: ignore[assignment]


def problems(*statuses: int) -> dict[Any, Any]:
    """Return the declaration of these refusals; 401, 403, 404 and the like."""
    return {(status, MEDIA_TYPE): Problem for status in (*statuses, 401, 403, 406, 429, 503)}


KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 plain characters, a new one for each record. The same key with the same body: the same answer. With another body: 422.",
)
UNCHANGED = {304: OpenApiResponse(description="What is held already, by If-None-Match.")}
READING = problems(400) | UNCHANGED
READING_ONE = problems(400, 404) | UNCHANGED
WRITING = problems(400, 409, 413, 415, 422)
WRITING_ONE = WRITING | problems(404)
MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the record as read, or its version in quotes. 428 without; 412 if stale.",
)
MAY_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag of the record as read: 412 if it changed since.")
REPLACING = WRITING_ONE | problems(412, 428)


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A key in the Authorization header."""

    target_class = "incidents.api.authentication.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "truce_...",
            "description": "From an administrator; good for 90 days at most.",
        }


class BrowserSession(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of the pages."""

    target_class = "incidents.api.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Signed in on the pages; writes need the X-CSRFToken header."}


class Vocabulary(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A vocabulary is one named component, under the name it has in `incidents.vocabulary`, wherever it is used."""

    target_class = Word

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        choices = self.target.vocabulary
        described = "\n".join(f"* `{value}` - {label}" for value, label in choices.choices)
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=choices.__qualname__.replace(".", ""),
            type=ResolvedComponent.SCHEMA,
            object=choices,
            schema={"type": "string", "enum": list(choices.values), "description": described},
        )
        auto_schema.registry.register_on_missing(component)
        return dict(component.ref)


class Schema(SpectacularJSONAPIView):
    """The schema itself, open to everybody: it holds no data."""

    authentication_classes = []
    permission_classes = []
