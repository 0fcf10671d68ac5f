"""Tallies: what parties claim and what we count, side by side. Rendered as the ledger gives them; nothing is added up here."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, Word
from incidents.api.v1 import watches
from incidents.api.v1.agreements import AgreementNamed, SideNamed
from incidents.api.v1.casualties import HarmOut
from incidents.api.v1.cells import CellOut
from incidents.api.v1.flags import Flag
from incidents.api.v1.parties import PartyNamed
from incidents.api.v1.watches import WatchOut
from incidents.models import Agreement
from incidents.queries import aggregates, agreements, coverage, filters, points, tallies, tallies_asked, visibility
from incidents.queries.agreements import TalliedFilter
from incidents.queries.questions import WINDOW_NAMES, Question
from incidents.queries.tallies import StatementBehind, Tallies
from incidents.queries.tallies_asked import Asked
from incidents.vocabulary import Grouping, Periods, Qualifier, Unit


class WindowOut(serializers.Serializer[Any]):
    """The local days looked at, those in force if nothing else was asked; null: without a bound."""

    first = Day(source="first_day", allow_null=True)
    last = Day(source="last_day", allow_null=True)
    timezone = serializers.CharField(source="agreement.timezone")


class StatementOut(serializers.Serializer[Any]):
    """A statement behind a figure, and how much of the figure it gives."""

    id = serializers.UUIDField(source="claim.public_id")
    count = serializers.IntegerField(allow_null=True)
    url = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField(help_text="Its id where it came from; null where there is none, or where it is withheld.")
    published_on = Day(source="claim.published_on")

    def get_url(self, behind: StatementBehind) -> str:
        return reverse("aggregate-claim-detail", kwargs={"id": behind.claim.public_id}, request=self.context["request"])

    def get_reference(self, behind: StatementBehind) -> str | None:
        is_withheld = "external_id" in aggregates.withheld(self.context["request"].user, behind.claim)
        return None if is_withheld else behind.claim.external_id


class FigureOut(serializers.Serializer[Any]):
    """What one claimant claims in one unit. Figures of different claimants and units are not added."""

    claimant = PartyNamed()
    unit = Word(Unit)
    count = serializers.IntegerField(allow_null=True, help_text="Null: no usable statement gives a number.")
    qualifier = Word(Qualifier)
    harm = HarmOut(many=True)
    statements = StatementOut(many=True)
    flags = serializers.ListField(child=Flag())


class BucketOut(serializers.Serializer[Any]):
    """The four series, kept apart; null: not computed."""

    claimed = FigureOut(many=True)
    logged = serializers.IntegerField(allow_null=True)
    incidents = serializers.IntegerField(allow_null=True)
    verified = serializers.IntegerField(allow_null=True)


class SideTallyOut(BucketOut):
    """The four series of one side, in the order in which the agreement names its sides."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, the side first."""
        return {"side": SideNamed(), **super().get_fields()}


class TalliesOut(serializers.Serializer[Any]):
    """An agreement's tallies as the ledger stood at `change`; `waiting` changes are sealed and not yet counted."""

    agreement = AgreementNamed()
    window = WindowOut(source="*")
    as_known_on = Instant(allow_null=True)
    change = serializers.IntegerField(help_text="Number of the last change that is counted; 0: none yet.")
    sides = SideTallyOut(many=True)
    no_side = BucketOut(help_text="Against parties on no side.")
    nobody = BucketOut(help_text="Where nobody is accused.")
    waiting = serializers.IntegerField()
    periods = Word(Periods, help_text="Whether only days in force are looked at.")
    by = Word(Grouping, allow_null=True, help_text="What `cells` is broken down by.")
    cells = CellOut(many=True, allow_null=True, help_text="Every series that can be broken down so; null where `by` was not asked.")
    coverage = serializers.SerializerMethodField(help_text="Beside every zero: on how many days anybody could observe. Null: none has come.")

    @extend_schema_field(WatchOut(allow_null=True))
    def get_coverage(self, found: Tallies) -> Any:
        first = found.first_day or found.agreement.first_day
        watch = coverage.watched_as_known(found.agreement, found.change, found.as_known_on, first, found.last_day)
        said = watches.said_of(self.context["request"], found.agreement, watch)
        return WatchOut(said).data if watch.days else None


POINT = [
    OpenApiParameter("as_known_on", str, description="An instant with its offset, no later than the last seal: the figures as they were then."),
    OpenApiParameter("change", int, description="The number of a sealed change: the figures as they were after it."),
]
WINDOW = [
    OpenApiParameter("from", {"type": "string", "format": "date"}, description="First local day."),
    OpenApiParameter("since", {"type": "string", "format": "date"}, description="The same as `from`."),
    OpenApiParameter("until", {"type": "string", "format": "date"}, description="Last local day."),
    OpenApiParameter("periods", str, enum=Periods.values, description="Only days in force (unless said otherwise), or all."),
    OpenApiParameter("by", str, enum=Grouping.values, description="Break down by this."),
]


@extend_schema(tags=["tallies"])
class AgreementTallies(Endpoint):
    """The tallies of one agreement."""

    serializer_class = TalliesOut
    queryset = Agreement.objects.none()
    pagination_class = None
    query_names = (*WINDOW_NAMES, *points.NAMES, "by")
    narrowed = ("retrieve",)

    @extend_schema(summary="Tallies of an agreement", parameters=[*WINDOW, *POINT], responses={200: TalliesOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """Claimed and counted, per side, claimant and unit, in the local days in force or in another window, now or as known on."""
        agreement = agreement_named(request, slug)
        params = {name: value for name, value in request.query_params.items() if value}
        if not params:
            found = Asked(**vars(tallies.of_agreement(agreement, request.user)))
            return Response(self.get_serializer(found).data)
        said_by = filters.word(filters.said_once(request.query_params, "by"), Grouping, "by")
        question = Question.parse({**request.query_params.dict(), "by": ""}, agreement, request.user)
        found = tallies_asked.of(question, request.user, said_by)
        return Response(self.get_serializer(found).data)


class TalliesNamed(serializers.Serializer[Any]):
    """Where the tallies of one agreement are read: numbers of different agreements are never added."""

    agreement = AgreementNamed(source="*")
    url = serializers.HyperlinkedIdentityField(view_name="tallies-detail", lookup_field="slug")
    cells_url = serializers.HyperlinkedIdentityField(view_name="tallies-cells", lookup_field="slug", help_text="Broken down.")
    behind_url = serializers.HyperlinkedIdentityField(view_name="tallies-behind", lookup_field="slug", help_text="The records behind a number.")
    first_day = Day(help_text="First local day in force.")
    last_day = Day(allow_null=True, help_text="Null: no end was agreed.")


@extend_schema(tags=["tallies"])
class AllTallies(ListModelMixin, Endpoint):
    """The agreements of which there are tallies."""

    serializer_class = TalliesNamed
    queryset = Agreement.objects.none()
    asked_by = TalliedFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return the agreements asked for."""
        return agreements.tallied(self.request.user, self.asked_filter())

    @extend_schema(summary="List tallies", responses={200: TalliesNamed(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """One for each agreement, with the addresses of its numbers."""
        return super().list(*args, **kwargs)


def agreement_named(request: Request, slug: str) -> Agreement:
    """Return the agreement, if this reader may see it."""
    agreement = visibility.agreements(request.user).filter(slug=slug).first()
    if agreement is None:
        raise Http404
    return agreement
