"""What applies to whoever asks: the key, what may be done with it, and what of the record it is given."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Word
from incidents.api.v1.agreements import AgreementNamed
from incidents.api.v1.keys import KeyOut
from incidents.models import ApiKey, Profile, User
from incidents.permissions import Capability, may_somewhere
from incidents.queries import visibility
from incidents.queries.withholding import profile_of
from incidents.vocabulary import Grid, Occurrence, ReportState


class ProfileOut(serializers.Serializer[Any]):
    """What a visibility profile leaves of the record. Everything is asked of that: filters, boxes, counts, files and the feed."""

    version = serializers.IntegerField(help_text="Counts up when it is edited; the feed then tells every record anew.")
    report_states = serializers.ListField(child=Word(ReportState), help_text="Only reports in these states.")
    occurrences = serializers.ListField(child=Word(Occurrence), help_text="Only what is confirmed as one of these; none: judged or not.")
    delay_hours = serializers.IntegerField(help_text="What came in since does not exist yet.")
    grid = Word(Grid, help_text="Degrees between the nodes to which points are snapped, or `exact`.")
    shows_sources = serializers.BooleanField()
    shows_wording = serializers.BooleanField()
    shows_convoys = serializers.BooleanField(help_text="Those that are released.")
    shows_evidence = serializers.BooleanField()


class AppliesOut(serializers.Serializer[Any]):
    """What applies to whoever asks."""

    role = Word(User.Role, help_text="Where no other was granted under an agreement.")
    may = serializers.ListField(child=serializers.CharField(), help_text="What may be done, somewhere at least, with what asks.")
    agreements = AgreementNamed(many=True, help_text="All that are given.")
    key = KeyOut(allow_null=True, help_text="The key that asks; null for somebody signed in on the pages.")
    profile = ProfileOut(allow_null=True, help_text="Null: all that the role is given.")


@extend_schema(tags=["keys"])
class Applies(Endpoint):
    """What applies to whoever asks, to be read alone: administrators decide it."""

    serializer_class = AppliesOut
    queryset = Profile.objects.none()
    pagination_class = None

    @extend_schema(summary="What applies to this key", responses={200: AppliesOut, **schema.READING})
    def retrieve(self, request: Request) -> Response:
        """The key, its owner's role, what may be done, which agreements are given, and what the profile takes away."""
        key = request.auth if isinstance(request.auth, ApiKey) else None
        found = {
            "role": request.user.role,  # type: ignore[union-attr]
            "may": [capability.value for capability in Capability if may_somewhere(request.user, capability)],
            "agreements": visibility.agreements(request.user).order_by("slug"),
            "key": key,
            "profile": profile_of(request.user),
        }
        return Response(self.get_serializer(found).data)
