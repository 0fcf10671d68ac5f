"""Agreements: their terms and sides, who is what to them, and what parties declare of them."""

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.reverse import reverse

from incidents.actions import agreements as actions
from incidents.api import idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, LocalInstant, Named, Strict, Text, Word
from incidents.api.permissions import Administers, Reads
from incidents.api.v1 import records
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.places import PlaceNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.models import Agreement, AgreementArea, Declaration, Membership, Party, Side, Term, User
from incidents.queries import agreements, visibility
from incidents.queries.agreements import AgreementFilter
from incidents.queries.visibility import Reader
from incidents.vocabulary import Role, Stance, TermSubject


class AgreementNamed(serializers.Serializer[Any]):
    """An agreement by its names."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()


class SideNamed(serializers.Serializer[Any]):
    """A side of one agreement: `code` is its letter there."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()


class TermOut(serializers.Serializer[Any]):
    """A numbered article."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField()
    subject = Word(TermSubject)
    summary = serializers.CharField()


class Dated(serializers.Serializer[Any]):
    """A party between two local days, both included; null: from the start, to the end."""

    party = PartyNamed()
    from_on = Day(allow_null=True)
    until_on = Day(allow_null=True)


class RoleOut(Dated):
    """What a party is to the agreement besides being on a side: guarantor, monitor, excluded ..."""

    role = Word(Role)


class SideOut(SideNamed):
    """A side with its members."""

    members = Dated(many=True, source="memberships.all")


class AreaOut(serializers.Serializer[Any]):
    """What the agreement covers, or leaves out, between two local days; as a place, or as GeoJSON."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    is_excluded = serializers.BooleanField()
    place = PlaceNamed(allow_null=True)
    geometry = serializers.DictField(allow_null=True)
    from_on = Day(allow_null=True)
    until_on = Day(allow_null=True)


class DeclarationOut(Withholding):
    """A party's dated word on the truce, a claim like any other."""

    id = serializers.UUIDField(source="public_id")
    party = PartyNamed()
    spoken_by = serializers.CharField(allow_null=True)
    stance = Word(Stance)
    blamed = PartyNamed(many=True, source="blamed.all")
    declared_on = Day()
    declared_at = Instant(allow_null=True)
    wording = serializers.CharField(allow_null=True)
    wording_ar = serializers.CharField(allow_null=True)
    gist = serializers.CharField()
    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    link = serializers.CharField(allow_null=True)
    withheld = serializers.ListField(child=serializers.CharField())

    def withheld_from(self, reader: Any, instance: Declaration) -> tuple[str, ...]:
        """Return what goes with a protected source."""
        return visibility.withheld(reader, instance, ("source", "link", "wording", "wording_ar", "spoken_by"))


class AgreementRow(AgreementNamed):
    """An agreement with its dates. `first_day` and `last_day` are the local days in force, in `timezone`."""

    url = serializers.HyperlinkedIdentityField(view_name="agreement-detail", lookup_field="slug")
    tallies_url = serializers.HyperlinkedIdentityField(view_name="agreement-tallies", lookup_field="slug")
    country = serializers.CharField()
    country_ar = serializers.CharField()
    timezone = serializers.CharField()
    announced_on = Day(allow_null=True)
    in_force_from = LocalInstant("timezone")
    in_force_until = LocalInstant("timezone", allow_null=True)
    first_day = Day()
    last_day = Day(allow_null=True)
    renews = AgreementNamed(allow_null=True)
    reference = serializers.CharField()
    source_link = serializers.CharField()
    summary = serializers.CharField()


class AgreementOut(AgreementRow):
    """An agreement with its terms, sides, roles, areas and declarations. Without an area it covers the whole."""

    terms = TermOut(many=True)
    sides = SideOut(many=True)
    roles = RoleOut(many=True, source="memberships.all")
    areas = AreaOut(many=True)
    declarations = DeclarationOut(many=True)


class TermIn(Strict):
    """A numbered article to put on record."""

    number = Text(max_length=20, required=True, allow_blank=False)
    subject = Word(TermSubject)
    summary = Text()


class MemberIn(Strict):
    """A party to put on a side, between two local days, both included; null: from the start, to the end."""

    party = Named(records.parties, help_text="Slug of the party.")
    from_on = Day(required=False, allow_null=True)
    until_on = Day(required=False, allow_null=True)


class SideIn(Strict):
    """A side to put on record, after those that the agreement has."""

    code = Text(max_length=1, required=True, allow_blank=False, help_text="One capital letter.")
    name = Text(max_length=200, required=True, allow_blank=False)
    name_ar = Text(max_length=200)
    members = MemberIn(many=True, required=False)


class RoleIn(MemberIn):
    """What a party is to the agreement apart from sides."""

    role = Word(Role, help_text="Any but that of a side's member.")


class AgreementIn(Strict):
    """An agreement to put on record with what hangs on it. Its days are counted in `timezone`; its sides stand in the order of its text."""

    slug = serializers.SlugField(max_length=80)
    name = Text(max_length=200, required=True, allow_blank=False)
    name_ar = Text(max_length=200)
    country = Text(max_length=100)
    country_ar = Text(max_length=100)
    timezone = Text(max_length=64, required=True, allow_blank=False, help_text="A name such as Asia/Damascus.")
    announced_on = Day(required=False, allow_null=True)
    in_force_from = Instant()
    in_force_until = Instant(required=False, allow_null=True, help_text="Null: no end was agreed.")
    renews = Named(records.agreements, required=False, allow_null=True, help_text="Slug of the agreement that it renews or prolongs.")
    reference = Text(max_length=200)
    source_link = Text()
    summary = Text()
    terms = TermIn(many=True, required=False)
    sides = SideIn(many=True, required=False)
    roles = RoleIn(many=True, required=False)


@extend_schema(tags=["agreements"])
class Agreements(ListModelMixin, RetrieveModelMixin, Endpoint):
    """Agreements by their slug."""

    permission_classes = [IsAuthenticated & Reads & Administers]
    asked_by = AgreementFilter
    lookup_field = "slug"
    lookup_value_converter = "slug"
    queryset = Agreement.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the agreements that this reader may see, joined for a list or for one."""
        renews = Prefetch("renews", queryset=visibility.agreements(self.request.user))
        if self.action == "list":
            return agreements.filtered(self.request.user, self.asked_filter()).prefetch_related(renews)
        return _whole(self.request.user, visibility.agreements(self.request.user).prefetch_related(renews))

    def get_serializer_class(self) -> type[AgreementRow]:
        """Return the short form for lists."""
        return AgreementRow if self.action == "list" else AgreementOut

    @extend_schema(summary="List agreements", responses={200: AgreementRow(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Agreements with their dates."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One agreement", responses={200: AgreementOut, **schema.READING_ONE})
    def retrieve(self, *args: Any, **kwargs: Any) -> Any:
        """One agreement with its terms, sides, roles, areas and declarations."""
        return super().retrieve(*args, **kwargs)

    @extend_schema(summary="Add an agreement", parameters=[schema.KEY], request=AgreementIn, responses={201: AgreementOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Put an agreement on record with its terms, sides and roles, all or nothing; for administrators."""
        return idempotency.once(request, lambda: self._add(request))

    @extend_schema(summary="Give a party a role", parameters=[schema.KEY], request=RoleIn, responses={201: AgreementOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def roles(self, request: Request, slug: str) -> HttpResponse:
        """Say what a party is to the agreement apart from sides: guarantor, monitor, excluded; for administrators."""
        return idempotency.once(request, lambda: self._give(request, self.get_object()))

    def _add(self, request: Request) -> idempotency.Answer:
        said = AgreementIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        return self._told(request, actions.enter(by=cast(User, request.user), **said.validated_data))

    def _give(self, request: Request, agreement: Agreement) -> idempotency.Answer:
        said = RoleIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        actions.add_role(by=cast(User, request.user), agreement=agreement, **said.validated_data)
        return self._told(request, agreement)

    def _told(self, request: Request, agreement: Agreement) -> idempotency.Answer:
        whole = _whole(request.user, Agreement.objects.filter(pk=agreement.pk).select_related("renews")).get()
        return dict(self.get_serializer(whole).data), reverse("agreement-detail", kwargs={"slug": agreement.slug}, request=request)


def _whole(reader: Reader, agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Return the agreements with all that is shown of one, in a constant number of queries."""
    members = Membership.objects.select_related("party").order_by("id")
    return agreements.prefetch_related(
        Prefetch("terms", queryset=Term.objects.order_by("number")),
        Prefetch("sides", queryset=Side.objects.order_by("position")),
        Prefetch("sides__memberships", queryset=members),
        Prefetch("memberships", queryset=members.exclude(role=Role.ON_SIDE)),
        Prefetch("areas", queryset=AgreementArea.objects.select_related("place").order_by("id")),
        Prefetch("declarations", queryset=visibility.declarations(reader).select_related("party", "source").order_by("declared_on", "id")),
        Prefetch("declarations__blamed", queryset=Party.objects.order_by("name", "id")),
    )
