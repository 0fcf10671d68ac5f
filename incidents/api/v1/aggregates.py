"""Aggregate claims: totals that parties publish, kept as printed. Read, logged and superseded; never added up."""

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import aggregates as actions
from incidents.actions.aggregates import PartStated
from incidents.api import bulk, conditional, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, Named, Strict, Text, WholeNumber, Word, YesOrNo
from incidents.api.permissions import LogsAggregateClaims, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import AgreementNamed, SideNamed
from incidents.api.v1.casualties import HarmIn, HarmOut, stated
from incidents.api.v1.flags import Flag
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.places import PlaceNamed
from incidents.api.v1.sources import SourceNamed, Withholding
from incidents.models import AggregateClaim, AggregateClaimPart, Agreement, User
from incidents.permissions import Capability, may
from incidents.queries import aggregates
from incidents.queries.aggregates import ClaimFilter
from incidents.vocabulary import Basis, Qualifier, Unit, ViolationType

MOST_PARTS = 1_000


class AccusedOut(serializers.Serializer[Any]):
    """One of those accused: a party or a side."""

    party = PartyNamed(allow_null=True)
    side = SideNamed(allow_null=True)


class PartOut(serializers.Serializer[Any]):
    """A row of the printed breakdown with the rows printed under it. Null: as in what encloses it, or not stated."""

    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField(allow_null=True)
    unit = Word(Unit, allow_null=True)
    place = PlaceNamed(allow_null=True)
    accused_party = PartyNamed(allow_null=True)
    accused_side = SideNamed(allow_null=True)
    violation_type = Word(ViolationType, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; rows may have rows of their own."""
        return super().get_fields() | {"parts": PartOut(many=True, source="rows")}


class ClaimOut(Withholding):
    """A total as its claimant published it. It is not a tally, and no tally is made by adding to it."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="aggregate-claim-detail", lookup_field="public_id", lookup_url_kwarg="id")
    agreement = AgreementNamed()
    is_current = serializers.SerializerMethodField(help_text="False once superseded or retracted.")
    version = serializers.IntegerField()

    claimant = PartyNamed()
    spoken_by = serializers.CharField(allow_null=True)
    accused = AccusedOut(many=True, source="accused.all", help_text="Empty: nobody in particular.")
    accused_as_worded = serializers.CharField()
    count = serializers.IntegerField(allow_null=True, help_text="Null: not stated. 0: counted, and found none.")
    qualifier = Word(Qualifier)
    unit = Word(Unit)
    basis = Word(Basis)
    counted_from = Day(allow_null=True, help_text="Of a cumulative number: the local day from which it counts.")
    period_start = Day(allow_null=True)
    period_end = Day(help_text="The last local day, or the as-of day of a cumulative number.")
    covers_24_hours = serializers.BooleanField()
    area = PlaceNamed(allow_null=True, help_text="Null: it names no area.")
    counterpart = PartyNamed(allow_null=True, help_text="Of a joint count: who was to confirm it.")
    confirmed_count = serializers.IntegerField(allow_null=True, help_text="How many of it the counterpart confirmed. Null: not stated.")

    source = SourceNamed(allow_null=True)  # type: ignore[assignment]
    published_on = Day()
    link = serializers.CharField(allow_null=True)
    wording = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)

    parts = serializers.SerializerMethodField()
    harm = HarmOut(many=True, source="harm.all")
    flags = serializers.SerializerMethodField(help_text="What must be known of the statement itself; nothing is mended.")
    logged_at = Instant(source="created_at")
    supersedes = serializers.UUIDField(source="replaces_id", allow_null=True)
    superseded_by = serializers.UUIDField(source="replaced_by_id", allow_null=True)
    retracted_at = Instant(allow_null=True)
    retraction_reason = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True, help_text="Its id where it came from.")
    withheld = serializers.ListField(child=serializers.CharField(), help_text="Fields that this key may not see; they are null.")

    def withheld_from(self, reader: Any, instance: AggregateClaim) -> tuple[str, ...]:
        """Return what this reader may not see of the statement."""
        return aggregates.withheld(reader, instance)

    def get_is_current(self, claim: Any) -> bool:
        return claim.retracted_at is None and claim.replaced_by_id is None

    @extend_schema_field(serializers.ListField(child=Flag()))
    def get_flags(self, claim: AggregateClaim) -> Any:
        return [Flag().to_representation(flag) for flag in aggregates.doubts(claim)]

    @extend_schema_field(PartOut(many=True))
    def get_parts(self, claim: AggregateClaim) -> Any:
        return PartOut(_tree(claim.parts.all()), many=True).data


def _tree(parts: Iterable[AggregateClaimPart]) -> list[Any]:
    """Return the rows that stand under no other, each with its `rows`, all in printed order."""
    under: dict[int | None, list[Any]] = {}
    for part in parts:
        part.rows = under.setdefault(part.pk, [])  # type: ignore[attr-defined]
        under.setdefault(part.parent_id, []).append(part)
    return under.get(None, [])


class AccusedIn(Strict):
    """One of those accused: a party by its slug or a side by its letter."""

    party = Named(records.parties, required=False, allow_null=True)
    side = serializers.RegexField("^[A-Z]$", required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the accused: one or the other."""
        if (attrs.get("party") is None) == (attrs.get("side") is None):
            raise serializers.ValidationError(gettext_lazy("Name a party or a side."), "party_or_side")
        return attrs


class PartIn(Strict):
    """A row of the breakdown as printed. Unit and accused are those of what encloses it, unless it names its own."""

    label = Text(max_length=200, required=True, allow_blank=False)  # type: ignore[assignment]
    count = WholeNumber()
    unit = Word(Unit, required=False, allow_null=True)
    place = Named(records.places, required=False, allow_null=True)
    accused_party = Named(records.parties, required=False, allow_null=True)
    accused_side = serializers.RegexField("^[A-Z]$", required=False, allow_null=True)
    violation_type = Word(ViolationType, required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; rows may have rows of their own."""
        return super().get_fields() | {"parts": PartIn(many=True, required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the row, which accuses a party or a side, not both."""
        if attrs.get("accused_party") and attrs.get("accused_side"):
            message = serializers.ErrorDetail(str(_("Name the accused party or the accused side, not both.")), "accused_twice")
            raise serializers.ValidationError({"accused_side": message})
        return attrs


class ClaimIn(Strict):
    """A published total to log, as printed: parts that do not add up are kept and flagged, not mended."""

    agreement = Named(records.agreements, help_text="Slug of the agreement.")
    claimant = Named(records.parties, help_text="Slug of the party that claims.")
    spoken_by = Text(max_length=200)
    accused = AccusedIn(many=True, required=False, help_text="Empty: nobody in particular.")
    accused_as_worded = Text(max_length=300)
    count = WholeNumber(required=True, help_text="Null: not stated. 0: counted, and found none.")
    qualifier = Word(Qualifier, default=Qualifier.EXACTLY)
    unit = Word(Unit, default=Unit.VIOLATION)
    basis = Word(Basis)
    counted_from = Day(required=False, allow_null=True, help_text="Required of a cumulative number.")
    period_start = Day(required=False, allow_null=True, help_text="Required of a number for a period.")
    period_end = Day()
    covers_24_hours = YesOrNo(default=False)
    area = Named(records.places, required=False, allow_null=True, help_text="Slug of the place it speaks of.")
    counterpart = Named(records.parties, required=False, allow_null=True, help_text="Slug of the party that was to confirm a joint count.")
    confirmed_count = WholeNumber(help_text="How many of it the counterpart confirmed; with `counterpart`. Null: not stated.")
    source = Named(records.sources, help_text="Slug of the source.")  # type: ignore[assignment]
    published_on = Day()
    link = Text(max_length=2_000, help_text="Kept code point for code point.")
    wording = Text(help_text="Kept code point for code point, blanks at either end included.")
    external_id = Text(max_length=200, allow_null=True, allow_blank=False, help_text="Its id where it came from; once under its agreement.")
    note = Text(help_text="Ours; partners do not see it.")
    parts = PartIn(many=True, required=False)
    harm = HarmIn(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the facts as the action takes them."""
        agreement: Agreement = attrs["agreement"]
        rows = attrs.get("accused", [])
        attrs["accused"] = [row.get("party") or records.side_of(agreement, row["side"], f"accused.{index}.side") for index, row in enumerate(rows)]
        if len(set(attrs["accused"])) < len(rows):
            raise serializers.ValidationError({"accused": serializers.ErrorDetail(str(_("The same accused is named twice.")), "stated_twice")})
        attrs["parts"] = _parts(agreement, attrs.get("parts", []), "parts", [0])
        attrs["harm"] = stated(attrs.get("harm", []))
        return attrs


class SupersedeIn(ClaimIn):
    """The statement that takes the place of this one, by the same claimant under the same agreement. What it does not say is not carried over."""

    reason = Text(max_length=1_000, help_text="Why, for the change log.")


class CheckIn(ClaimIn):
    """The statement that would be logged, or would take the place of another."""

    supersedes = serializers.UUIDField(required=False, allow_null=True, help_text="Id of the statement whose place it would take.")


class RetractIn(Strict):
    """Why a statement is withdrawn."""

    reason = Text(max_length=1_000, required=True, allow_blank=False, help_text="It stays on record with the statement.")


class DayStepOut(serializers.Serializer[Any]):
    """The number of a day beside the cumulative one as of that day, for one accused in one unit."""

    unit = Word(Unit)
    day = Day()
    cumulative = serializers.IntegerField()
    for_day = serializers.IntegerField()
    before = serializers.IntegerField(help_text="What the two leave for the days before.")
    known = serializers.IntegerField(allow_null=True, help_text="The cumulative number stated as of the day before. Null: none is on record.")
    summed = serializers.IntegerField(allow_null=True, help_text="What was claimed for single days or periods before. Null: nothing was.")
    summed_days = serializers.IntegerField()
    days_before = serializers.IntegerField()
    agrees = serializers.BooleanField(allow_null=True, help_text="Null: too little is on record to tell.")


class NotesOut(serializers.Serializer[Any]):
    """What must be known of a statement before it is logged. It never stands in the way, and nothing is mended."""

    flags = serializers.ListField(child=Flag())
    steps = DayStepOut(many=True)


def _parts(agreement: Agreement, rows: list[dict[str, Any]], path: str, counted: list[int]) -> tuple[PartStated, ...]:
    stated_parts = []
    for index, row in enumerate(rows):
        counted[0] += 1
        if counted[0] > MOST_PARTS:
            raise serializers.ValidationError(
                {"parts": serializers.ErrorDetail(str(_("A breakdown has %(most)d rows at most.") % {"most": MOST_PARTS}), "too_many")}
            )
        here = f"{path}.{index}"
        stated_parts.append(
            PartStated(
                label=row["label"],
                count=row.get("count"),
                unit=row.get("unit") or "",
                place=row.get("place"),
                accused_party=row.get("accused_party"),
                accused_side=records.side_of(agreement, row.get("accused_side"), f"{here}.accused_side"),
                violation_type=row.get("violation_type") or "",
                parts=_parts(agreement, row.get("parts", []), f"{here}.parts", counted),
            )
        )
    return tuple(stated_parts)


@extend_schema(tags=["aggregate-claims"])
class AggregateClaims(ListModelMixin, Endpoint):
    """Published totals that this reader may see, newest first by the order in which they were logged."""

    permission_classes = [IsAuthenticated & Reads & LogsAggregateClaims]
    serializer_class = ClaimOut
    queryset = AggregateClaim.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by = ClaimFilter
    expands = {
        "agreement": "agreements.Agreements",
        "claimant": "parties.Parties",
        "accused.party": "parties.Parties",
        "area": "places.Places",
        "source": "sources.Sources",
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Return the statements asked for."""
        return aggregates.filtered(self.request.user, self.asked_filter())

    @extend_schema(summary="List aggregate claims", responses={200: ClaimOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Every statement that the filter leaves, those that no longer stand included."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One aggregate claim", responses={200: ClaimOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One statement by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Log an aggregate claim", parameters=[schema.KEY], request=ClaimIn, responses={201: ClaimOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Log a published total with those it accuses, its breakdown and its harm."""
        return idempotency.once(request, lambda: self._log(ClaimIn, actions.log))

    @extend_schema(
        summary="Supersede an aggregate claim",
        parameters=[schema.KEY, schema.MAY_MATCH],
        request=SupersedeIn,
        responses={201: ClaimOut, **schema.REPLACING},
    )
    @action(detail=True, methods=["post"])
    def supersede(self, request: Request, id: Any) -> HttpResponse:
        """Log the statement that takes the place of this one, which stays on record. 409 where it no longer stands."""

        def write(**facts: Any) -> AggregateClaim:
            claim = self._one(id)
            conditional.check(request, claim.version)
            return actions.supersede(claim=claim, reason=facts.pop("reason", ""), **facts)

        return idempotency.once(request, lambda: self._log(SupersedeIn, write))

    @extend_schema(summary="Check an aggregate claim before it is logged", request=CheckIn, responses={200: NotesOut, **schema.WRITING})
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """Parts against total, today against yesterday's cumulative number, and whatever else figures would say of it. Nothing is written."""
        said = CheckIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = said.validated_data
        earlier = facts.pop("supersedes", None)
        facts["supersedes"] = self._one(earlier) if earlier else None
        return Response(NotesOut(actions.rehearse(by=cast(User, request.user), **facts)).data)

    @extend_schema(
        summary="Retract an aggregate claim",
        parameters=[schema.MAY_MATCH],
        request=RetractIn,
        responses={200: ClaimOut, **schema.REPLACING},
    )
    @action(detail=True, methods=["post"])
    def retract(self, request: Request, id: Any) -> Response:
        """Withdraw a statement with a reason; it stays on record. One's own, or with the right to retract others'. 409 where it no longer stands."""
        claim = self._one(id)
        if claim.entered_by_id != request.user.pk and not may(request.user, Capability.RETRACT_OTHERS, claim):
            raise PermissionDenied
        conditional.check(request, claim.version)
        said = RetractIn(data=request.data)
        said.is_valid(raise_exception=True)
        actions.retract(claim=claim, by=cast(User, request.user), reason=said.validated_data["reason"])
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(
        summary="Log aggregate claims",
        parameters=[schema.KEY],
        request=bulk.rows_of(ClaimIn, "ClaimsIn"),
        responses={207: bulk.OutcomesOut, **schema.WRITING},
    )
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def many(self, request: Request) -> HttpResponse:
        """Log many published totals at once, with an outcome for each row: what is refused of one leaves the others as they are."""
        return bulk.each(request, lambda row: self._logged(row, ClaimIn, actions.log))

    def _one(self, id: Any) -> AggregateClaim:
        try:
            return aggregates.one(self.request.user, id)
        except AggregateClaim.DoesNotExist:
            raise Http404 from None

    def _log(self, reader: type[ClaimIn], write: Any) -> idempotency.Answer:
        made = self._logged(self.request.data, reader, write)
        return dict(self.get_serializer(self._one(made["id"])).data), made["url"]

    def _logged(self, data: Any, reader: type[ClaimIn], write: Any) -> bulk.Written:
        said = reader(data=data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        with idempotency.first_of_its_external_id():
            claim = write(by=self.request.user, **said.validated_data)
        return {"id": claim.public_id, "url": reverse("aggregate-claim-detail", kwargs={"id": claim.public_id}, request=self.request)}
