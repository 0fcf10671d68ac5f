"""Convoys: aid movements with their way, cargo and history. To partners one exists only once two people have released it."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer

from incidents.actions import convoys as actions
from incidents.api import bulk, conditional, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant
from incidents.api.permissions import LogsConvoys, Reads
from incidents.api.v1.convoy_counts import ConvoyStatisticsOut
from incidents.api.v1.convoy_shapes import ConfirmReleaseIn, ConvoyChange, ConvoyIn, ConvoyOut, EventIn, ReleaseIn, WithdrawReleaseIn
from incidents.errors import RuleBroken
from incidents.exports import convoys as export
from incidents.models import Convoy, User
from incidents.queries import convoy_tallies, convoys, filters, narrowing, visibility
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.filters import Filter
from incidents.vocabulary import TimePrecision

COUNTED_BY = [
    OpenApiParameter("agreement", str, description="Slug. Only under one agreement is it told who controls the way."),
    OpenApiParameter("as_known_on", datetime, description="As the ledger had it at this instant."),
    OpenApiParameter("known_on", datetime, description="The same, as it was called before.", deprecated=True),
]


@extend_schema(tags=["convoys"])
class Convoys(ListModelMixin, Endpoint):
    """Convoys that this reader may see, newest first by the order in which they were entered."""

    permission_classes = [IsAuthenticated & Reads & LogsConvoys]
    serializer_class = ConvoyOut
    queryset = Convoy.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    asked_by: type[Filter] = ConvoyFilter
    expands = {
        "agreement": "agreements.Agreements",
        "operator": "parties.Parties",
        "destination": "places.Places",
        "incident": "incidents.Incidents",
        "source": "sources.Sources",
    }
    narrowed = ("list", "csv", "tallies")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in; the statistics are asked for by other words than the list."""
        if self.action == "tallies":
            self.asked_by, self.query_names = Filter, ("agreement", "as_known_on", "known_on")
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the convoys asked for."""
        return convoys.filtered(self.request.user, self.asked_filter())

    @extend_schema(summary="List convoys", responses={200: ConvoyOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Convoys with their way, cargo and history."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="Convoys as CSV", responses={(200, "text/csv"): str, **schema.READING})
    @action(detail=False, methods=["get"], url_path="csv")
    def csv(self, request: Request) -> StreamingHttpResponse:
        """The same convoys as CSV, with HXL tags under the headers. Unknown is empty, 0 is none."""
        answer = StreamingHttpResponse(export.lines(request.user, self.get_queryset()), content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="{export.FILE_NAME}"'
        return answer

    @extend_schema(summary="Convoys counted", parameters=COUNTED_BY, responses={200: ConvoyStatisticsOut, **schema.READING})
    @action(detail=False, methods=["get"], url_path="tallies")
    def tallies(self, request: Request) -> Response:
        """How many were agreed to, refused, held up, struck and delivered: in all, and by month, mode, class of destination and controller."""
        slug = filters.slug(filters.said_once(request.query_params, "agreement"), "agreement")
        agreement = narrowing.agreement(request.user, slug)
        said = {name: filters.said_once(request.query_params, name) for name in ("as_known_on", "known_on")}
        instants = [_instant(value, name) for name, value in said.items() if value]
        found = convoy_tallies.of(request.user, agreement, known_on=instants[0] if instants else None)
        return Response(ConvoyStatisticsOut(found).data)

    @extend_schema(summary="One convoy", responses={200: ConvoyOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One convoy by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Enter a convoy", parameters=[schema.KEY], request=ConvoyIn, responses={201: ConvoyOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Enter a convoy, planned or past. It stays closed to partners."""
        return idempotency.once(request, lambda: self._plan(request))

    @extend_schema(
        summary="Change a convoy",
        parameters=[schema.KEY, schema.MATCH],
        request=ConvoyChange,
        responses={200: ConvoyOut, **schema.REPLACING},
    )
    def partial_update(self, request: Request, id: Any) -> HttpResponse:
        """Say something of a convoy otherwise than before. A release, begun or confirmed, is withdrawn: it was of what the convoy was."""
        return idempotency.once(request, lambda: self._change(self._one(id)), 200)

    @extend_schema(summary="Begin a convoy's release", request=ReleaseIn, responses={200: ConvoyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, id: Any) -> Response:
        """Begin to open a convoy that has ended to partners. Nothing opens before a second person confirms it."""
        convoy, said = self._one(id), self._read(ReleaseIn)
        return self._answer(actions.begin_release(convoy=convoy, by=self._sender, **said))

    @extend_schema(summary="Confirm a convoy's release", request=ConfirmReleaseIn, responses={200: ConvoyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"], url_path="release/confirm")
    def confirm_release(self, request: Request, id: Any) -> Response:
        """Confirm what somebody else began: partners see the convoy from its instant on."""
        convoy, said = self._one(id), self._read(ConfirmReleaseIn)
        return self._answer(actions.confirm_release(convoy=convoy, by=self._sender, **said))

    @extend_schema(summary="Withdraw a convoy's release", request=WithdrawReleaseIn, responses={200: ConvoyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"], url_path="release/withdraw")
    def withdraw_release(self, request: Request, id: Any) -> Response:
        """Close a convoy again, or take back a release that nobody confirmed."""
        convoy, said = self._one(id), self._read(WithdrawReleaseIn)
        return self._answer(actions.withdraw_release(convoy=convoy, by=self._sender, **said))

    @extend_schema(summary="Add to a convoy's history", parameters=[schema.KEY], request=EventIn, responses={201: ConvoyOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"])
    def events(self, request: Request, id: Any) -> HttpResponse:
        """Add what one source reports; what another source said stays beside it. Answers with the whole convoy."""
        return idempotency.once(request, lambda: self._add(request, self._one(id)))

    @extend_schema(
        summary="Add much to a convoy's history",
        parameters=[schema.KEY],
        request=bulk.rows_of(EventIn, "EventsIn"),
        responses={207: bulk.OutcomesOut, **schema.WRITING_ONE},
    )
    @action(detail=True, methods=["post"], url_path="events/bulk", url_name="events-bulk")
    def events_in_bulk(self, request: Request, id: Any) -> HttpResponse:
        """Add many events at once, with an outcome for each row, in their order: what is refused of one leaves the others as they are."""
        return bulk.each(request, lambda row: self._added(self._one(id), row))

    def _one(self, id: Any) -> Convoy:
        try:
            return convoys.one(self.request.user, id)
        except Convoy.DoesNotExist:
            raise Http404 from None

    @property
    def _sender(self) -> User:
        return cast(User, self.request.user)

    def _read(self, shape: type[Serializer[Any]], *, partial: bool = False, **context: Any) -> dict[str, Any]:
        said = shape(data=self.request.data, partial=partial, context={**self.get_serializer_context(), **context})
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    def _answer(self, convoy: Convoy) -> Response:
        return Response(self.get_serializer(self._one(convoy.public_id)).data)

    def _change(self, convoy: Convoy) -> idempotency.Answer:
        said = self._read(ConvoyChange, partial=True, convoy=convoy)
        with conditional.replacing(self.request, said.pop("version", None)) as version:
            changed = actions.change(convoy=convoy, by=self._sender, version=version, **said)
        return dict(self.get_serializer(self._one(changed.public_id)).data), ""

    def _plan(self, request: Request) -> idempotency.Answer:
        said = ConvoyIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        with idempotency.first_of_its_external_id():
            convoy = actions.plan(by=cast(User, request.user), **said.validated_data)
        return self._shown(convoy)

    def _add(self, request: Request, convoy: Convoy) -> idempotency.Answer:
        self._added(convoy, request.data)
        return self._shown(convoy)

    def _added(self, convoy: Convoy, data: Any) -> bulk.Written:
        said = EventIn(data=data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = dict(said.validated_data) | _when(said.validated_data, convoy)
        facts["checkpoint"] = _checkpoint(convoy, facts.pop("checkpoint", None))
        facts["report"] = self._report(facts.pop("report", None))
        event = actions.add_event(convoy=convoy, by=self._sender, **facts)
        return {"id": event.public_id, "url": reverse("convoy-detail", kwargs={"id": convoy.public_id}, request=self.request)}

    def _report(self, id: UUID | None) -> Any:
        if id is None:
            return None
        found = visibility.reports(self.request.user).filter(public_id=id).first()
        if found is None:
            raise RuleBroken("unknown_word", _("There is no such report here."), "report")
        return found

    def _shown(self, convoy: Convoy) -> idempotency.Answer:
        shown = self.get_serializer(self._one(convoy.public_id)).data
        return dict(shown), reverse("convoy-detail", kwargs={"id": convoy.public_id}, request=self.request)


def _instant(said: str, field: str) -> datetime:
    try:
        return cast(datetime, Instant().run_validation(said))
    except ValidationError:
        raise RuleBroken("not_an_instant", _("Write an instant with its offset, such as 2016-09-19T18:20:00Z."), field) from None


def _checkpoint(convoy: Convoy, position: int | None) -> Any:
    if position is None:
        return None
    found = convoy.checkpoints.filter(position=position).first()
    if found is None:
        raise RuleBroken("unknown_checkpoint", _("This convoy has no such checkpoint."), "checkpoint")
    return found


def _when(said: dict[str, Any], convoy: Convoy) -> dict[str, Any]:
    """Return the span, the local day and the precision of what was said about the time."""
    day, starts_at, ends_at = (said.get(name) for name in ("occurred_on", "starts_at", "ends_at"))
    if day and (starts_at or ends_at):
        raise RuleBroken("said_twice", _("Say when either by a local day or by instants."), "starts_at" if starts_at else "ends_at")
    if ends_at and not starts_at:
        raise RuleBroken("required", _("Say when it began."), "starts_at")
    usual = TimePrecision.EXACT if starts_at else TimePrecision.DAY if day else TimePrecision.UNKNOWN
    precision = TimePrecision(said.get("time_precision") or usual)
    if starts_at:
        ends_at = ends_at or starts_at
        day = _common_day(starts_at, ends_at, convoy, precision)
        starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return {"occurred_on": day, "starts_at": starts_at, "ends_at": ends_at, "time_precision": precision}


def _common_day(starts_at: datetime, ends_at: datetime, convoy: Convoy, precision: TimePrecision) -> Any:
    """Return the local day that all of this falls on; None where it touches several, or is no day."""
    if precision in {TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN}:
        return None
    zone = convoys.zone_of(convoy)
    last = max(starts_at, ends_at - datetime.resolution)
    first_day, last_day = starts_at.astimezone(zone).date(), last.astimezone(zone).date()
    return first_day if first_day == last_day else None
