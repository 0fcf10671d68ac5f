"""Single numbers of tallies, the records behind them, and the definitions by which they are counted."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Day, Instant, Word
from incidents.api.pagination import limited
from incidents.api.v1.flags import Flag
from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.queries import answers, cursors, filters, methods, opened, visibility
from incidents.queries.answers import Answer, Cell, Choice
from incidents.queries.methods import Method
from incidents.queries.opened import Record
from incidents.queries.questions import NAMES, Question
from incidents.vocabulary import Grouping, HarmGroup, Periods, Qualifier, Unit

PARAMETERS = [
    OpenApiParameter("method", str, description="How it is counted: a name from `/tally-methods/`; `logged` if not said."),
    OpenApiParameter("measure", str, description="`count`, or a kind of harm: killed, wounded, missing, detained."),
    OpenApiParameter("by", str, enum=Grouping.values, description="Break down by this."),
    OpenApiParameter("from", {"type": "string", "format": "date"}, description="First local day."),
    OpenApiParameter("since", {"type": "string", "format": "date"}, description="The same as `from`."),
    OpenApiParameter("until", {"type": "string", "format": "date"}, description="Last local day."),
    OpenApiParameter("periods", str, enum=Periods.values, description="Only days in force (unless said otherwise), or all."),
    OpenApiParameter("as_known_on", str, description="An instant with its offset, no later than the last seal."),
    OpenApiParameter("change", int, description="The number of a sealed change."),
]
CHOSEN = [
    OpenApiParameter("bucket", str, description="`side`, `no_side`, `nobody`, or `all` of what is counted once whoever is blamed."),
    OpenApiParameter("side", str, description="A side's letter."),
    OpenApiParameter("claimant", str, description="Slug."),
    OpenApiParameter("unit", str, enum=Unit.values),
    OpenApiParameter("group", str, enum=HarmGroup.values, description="Of whom harm is stated."),
    OpenApiParameter("key", str, description="As in the cell; empty for null."),
]

TURNING = [
    OpenApiParameter("cursor", str, description="From `next`."),
    OpenApiParameter("limit", int, description="Rows on a page: 10,000 if not said, and at most."),
]


class UnknownOut(serializers.Serializer[Any]):
    """Of how many records each end is not known: it is not in the sum, and not zero."""

    low = serializers.IntegerField(source="low_unknown")
    best = serializers.IntegerField(source="best_unknown")
    high = serializers.IntegerField(source="high_unknown")


class AmountOut(serializers.Serializer[Any]):
    """A sum of what is known. Null: nothing of it is known, which is not zero."""

    low = serializers.IntegerField(source="amount.low", allow_null=True)
    best = serializers.IntegerField(source="amount.best", allow_null=True)
    high = serializers.IntegerField(source="amount.high", allow_null=True)
    unknown = UnknownOut(source="amount")


class CellOut(AmountOut):
    """One number. Numbers of different methods, claimants, units or groups are never added."""

    method = serializers.SerializerMethodField()
    bucket = serializers.CharField()
    side = serializers.CharField(allow_null=True)
    claimant = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    key = serializers.CharField(allow_null=True, help_text="Day, first day of a week, type, place and so on; null: undated, or not one.")
    records = serializers.IntegerField(source="amount.records")
    qualifier = Word(Qualifier, allow_null=True)
    flags = serializers.ListField(child=Flag())
    behind = serializers.SerializerMethodField(help_text="Address of exactly the records that make this number.")

    def get_method(self, pair: tuple[Question, Cell]) -> str:
        return pair[0].method.name

    def get_behind(self, pair: tuple[Question, Cell]) -> str:
        question, cell = pair
        address = reverse("tallies-behind", args=[question.agreement.slug], request=self.context.get("request"))
        return f"{address}?{urlencode(question.as_params() | choice_of(cell))}"

    def to_representation(self, pair: tuple[Question, Cell]) -> dict[str, Any]:
        """Return the number with what it is a number of."""
        question, cell = pair
        said: dict[str, Any] = {"method": question.method.name}
        for name, field in self.fields.items():
            if name not in {"method", "behind"}:
                value = field.get_attribute(cell)
                said[name] = None if value is None or value == "" else field.to_representation(value)
        said["side"] = cell.side or None
        return said | {"behind": self.get_behind(pair)}


def choice_of(cell: Cell) -> dict[str, str]:
    """Return the parameters that open a number."""
    named = dict(zip(Choice.NAMES, cell.identity, strict=True))
    return {name: value or "" for name, value in named.items() if value or name in {"key"}}


class RecordOut(AmountOut):
    """A record behind a number, and what it gives to it."""

    type = serializers.CharField(source="behind.record_type", help_text="`report`, `incident` or `aggregateclaim`.")
    id = serializers.UUIDField(source="behind.record_id")
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.SerializerMethodField()

    def get_url(self, record: Record) -> str:
        name = {"report": "report-detail", "incident": "incident-detail", "aggregateclaim": "aggregate-claim-detail"}[record.behind.record_type]
        return reverse(name, kwargs={"id": record.behind.record_id}, request=self.context["request"])


class PointOut(serializers.Serializer[Any]):
    """What was asked, and up to which change it is counted."""

    agreement = serializers.CharField(source="question.agreement.slug")
    method = serializers.CharField(source="question.method.name")
    measure = serializers.CharField(source="question.measure")
    by = Word(Grouping, source="question.by", allow_null=True)
    first = Day(source="window.0", allow_null=True)
    last = Day(source="window.1", allow_null=True)
    periods = Word(Periods, source="question.periods")
    change = serializers.IntegerField(source="question.point.number")
    as_known_on = Instant(source="question.point.sealed_at", allow_null=True)


class CellsOut(PointOut):
    """The numbers of one method."""

    timeless = serializers.IntegerField(help_text="Records that name no time at all: no window holds them.")
    cells = CellOut(many=True)


class OpenedOut(PointOut):
    """The records behind the chosen numbers; their amounts, over all pages, sum to them."""

    is_all = serializers.BooleanField(help_text="False: this is one page of several.")
    next = serializers.CharField(allow_null=True, help_text="Address of the next page, up to the same change; null on the last.")
    records = RecordOut(many=True)


class _Numbers(Endpoint):
    """What the two addresses share."""

    queryset = Agreement.objects.none()
    pagination_class = None
    narrowed = ("retrieve",)

    def question(self, request: Request, slug: str) -> Question:
        """Return what is asked of this agreement."""
        agreement = visibility.agreements(request.user).filter(slug=slug).first()
        if agreement is None:
            raise Http404
        return Question.parse(request.query_params, agreement, request.user)


@extend_schema(tags=["tallies"])
class Cells(_Numbers):
    """One tally of an agreement, broken down."""

    serializer_class = CellsOut
    query_names = NAMES

    @extend_schema(summary="One tally, broken down", parameters=PARAMETERS, responses={200: CellsOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """Each number with how much of it is not known, and the address of what is behind it."""
        found: Answer = answers.answer(self.question(request, slug), request.user)
        question = found.question
        shown = {"question": question, "window": question.window, "timeless": found.timeless, "cells": [(question, cell) for cell in found.cells]}
        return Response(self.get_serializer(shown).data)


@extend_schema(tags=["tallies"])
class BehindCells(_Numbers):
    """What is behind the numbers."""

    serializer_class = OpenedOut
    query_names = (*NAMES, *Choice.NAMES, "cursor", "limit")

    @extend_schema(
        summary="The records behind a number", parameters=[*PARAMETERS, *CHOSEN, *TURNING], responses={200: OpenedOut, **schema.READING_ONE}
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """Exactly the reports, incidents or statements that make a number, as known then."""
        question = self.question(request, slug)
        choice = Choice.parse(request.query_params)
        cursor = filters.said_once(request.query_params, "cursor")
        limit = limited(request, usual=answers.MOST, longest=answers.MOST)
        found = answers.behind(question, request.user, choice, after=cursors.record_of(cursor), limit=limit)
        following = None
        if found.after:
            chosen = {name: request.query_params[name] for name in (*Choice.NAMES, "limit") if name in request.query_params}
            said = question.as_params() | chosen | {"cursor": cursors.of_record(found.after)}
            following = f"{request.build_absolute_uri(request.path)}?{urlencode(said)}"
        shown = {
            "question": question,
            "window": question.window,
            "is_all": not (cursor or following),
            "next": following,
            "records": opened.records(request.user, found.rows),
        }
        return Response(self.get_serializer(shown).data)


class MethodOut(serializers.Serializer[Any]):
    """A way of counting."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    says = serializers.CharField(help_text="The sentence that tells what is counted.")
    series = serializers.CharField()
    measures = serializers.ListField(child=serializers.CharField())
    by = serializers.ListField(child=Word(Grouping), source="groupings")
    opens = serializers.CharField(help_text="What is behind its numbers.")
    url = serializers.SerializerMethodField()

    def get_url(self, method: Method) -> str:
        return reverse("tally-method", args=[method.name], request=self.context["request"])


class MethodsOut(serializers.Serializer[Any]):
    """Every way of counting."""

    results = MethodOut(many=True)


@extend_schema(tags=["tallies"])
class Methods(Endpoint):
    """Ways of counting, as registered."""

    serializer_class = MethodsOut
    queryset = Agreement.objects.none()
    pagination_class = None

    @extend_schema(operation_id="tally_methods_all", summary="Ways of counting", responses={200: MethodsOut, **schema.READING})
    def every(self, request: Request) -> Response:
        """Each with the sentence that says what is counted, in the language asked for."""
        return Response(self.get_serializer({"results": list(methods.methods().values())}).data)


@extend_schema(tags=["tallies"])
class OneMethod(Endpoint):
    """One way of counting."""

    serializer_class = MethodOut
    queryset = Agreement.objects.none()

    @extend_schema(summary="One way of counting", responses={200: MethodOut, **schema.READING_ONE})
    def retrieve(self, request: Request, slug: str) -> Response:
        """Its sentence, what it can be broken down by, and what opens behind its numbers."""
        try:
            return Response(self.get_serializer(methods.named(slug)).data)
        except RuleBroken:
            raise Http404 from None
