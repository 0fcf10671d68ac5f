"""Review: what waits for an editor, the claims of one event compared, what a decision would do; who has a case, and what is said about it."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from incidents.actions import assessments as judging
from incidents.actions import cases
from incidents.api import schema
from incidents.api.endpoints import Endpoint
from incidents.api.errors import CannotRead
from incidents.api.fields import Instant, Named, Strict, Text, WholeNumber, Word, YesOrNo
from incidents.api.pagination import limited
from incidents.api.permissions import Assesses, Reads
from incidents.api.v1 import records
from incidents.api.v1.agreements import SideNamed
from incidents.api.v1.assessments import AssessmentOut
from incidents.api.v1.incidents import ReasonOut
from incidents.api.v1.reports import IncidentNamed
from incidents.errors import RuleBroken
from incidents.models import Agreement, Assessment, Case, ChangeKind, Comment, Incident, User
from incidents.permissions import Capability, may_somewhere
from incidents.queries import filters, history, incidents, queue, review, visibility
from incidents.queries.queue import Waits
from incidents.rules import ranges
from incidents.rules.contradictions import Field, Verdict, Why
from incidents.rules.grounds import Place
from incidents.rules.ranges import Range
from incidents.rules.review import Move
from incidents.rules.timespans import Timespan
from incidents.vocabulary import Attribution, Bucket, HarmGroup, HarmKind, Occurrence, Qualifier, Series


class WaitingOut(serializers.Serializer[Any]):
    """One incident that waits, and why. People are named by their user names."""

    incident = IncidentNamed()
    since = Instant()
    claims = serializers.IntegerField()
    reasons = serializers.ListField(child=Word(Waits))
    contradicted = serializers.ListField(child=serializers.CharField(), help_text="Names of the fields in which claims contradict one another.")
    held_by = serializers.CharField(source="held_by.username", allow_null=True, default=None)
    assigned_to = serializers.CharField(source="assigned_to.username", allow_null=True, default=None)


class QueueOut(serializers.Serializer[Any]):
    """What waits for an editor, the longest waiting first. The address of the neighbouring page is null where there is none."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = WaitingOut(many=True)


class ComparisonReasonOut(ReasonOut):
    """Why claims are found to agree or not; `reports`: which two it is about, where it is not about all."""

    code = Word(Why)
    reports = serializers.ListField(child=serializers.UUIDField())


class ValueOut(serializers.Serializer[Any]):
    """What one report says of the field. Numbers as stated where it is a number; else the words alone."""

    report = serializers.UUIDField()
    text = serializers.CharField(allow_null=True, help_text="Null: it does not say.")
    low = serializers.IntegerField(allow_null=True)
    best = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    qualifier = Word(Qualifier, allow_null=True)


class ComparisonRowOut(serializers.Serializer[Any]):
    """One field over all claims, in order of receipt, and how the two farthest apart stand to one another."""

    field = Word(Field)
    kind = Word(HarmKind, allow_null=True)
    group = Word(HarmGroup, allow_null=True)
    name = serializers.CharField(help_text="What is stated besides; empty for other fields.")
    verdict = Word(Verdict)
    reasons = ComparisonReasonOut(many=True)
    values = ValueOut(many=True)


class ComparisonOut(serializers.Serializer[Any]):
    """The claims about one event, field by field. No claim wins; they stand in order of receipt."""

    reports = serializers.ListField(child=serializers.UUIDField())
    rows = ComparisonRowOut(many=True)


class JudgedIn(Strict):
    """A decision as far as it moves a tally."""

    agreement = Named(records.agreements, help_text="Slug.")
    occurrence = Word(Occurrence)
    attribution = Word(Attribution, default=Attribution.NOT_ESTABLISHED)
    attributed_party = Named(records.parties, required=False, allow_null=True, help_text="Slug.")
    attributed_side = serializers.RegexField("^[A-Z]$", required=False, allow_null=True, help_text="Letter of a side of the agreement.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the judgement as it is weighed."""
        agreement: Agreement = attrs["agreement"]
        attrs["attributed_side"] = records.side_of(agreement, attrs.get("attributed_side"), "attributed_side")
        return attrs


class EffectOut(serializers.Serializer[Any]):
    """One count of this incident as it stands and as it would stand once confirmed."""

    series = Word(Series)
    bucket = Word(Bucket)
    side = SideNamed(allow_null=True)
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class EffectsOut(serializers.Serializer[Any]):
    """What would change. Empty: no number."""

    effects = EffectOut(many=True)


class TakeUpIn(Strict):
    """Taking a case up; knowingly over from whoever has it."""

    taking_over = YesOrNo(default=False)


class NothingIn(Strict):
    """No field."""


class AssignIn(Strict):
    """To whom a case is given."""

    to = serializers.CharField(allow_null=True, max_length=150, help_text="User name of an editor; null: nobody.")


class CaseOut(serializers.Serializer[Any]):
    """Who has a case open, and to whom it is given."""

    held_by = serializers.CharField(source="held_by.username", allow_null=True, default=None)
    held_until = Instant(allow_null=True)
    assigned_to = serializers.CharField(source="assigned_to.username", allow_null=True, default=None)


class CommentOut(serializers.Serializer[Any]):
    """A comment, a question put to somebody, or an answer to one."""

    id = serializers.UUIDField(source="public_id")
    kind = Word(Comment.Kind)
    body = serializers.CharField()
    by = serializers.CharField(source="by.username")
    put_to = serializers.CharField(source="put_to.username", allow_null=True, default=None)
    answers = serializers.UUIDField(source="answers.public_id", allow_null=True, default=None)
    at = Instant(source="created_at")


class CommentsOut(serializers.Serializer[Any]):
    """What was said, oldest first."""

    results = CommentOut(many=True)


class ChangedOut(serializers.Serializer[Any]):
    """The record that was changed, by its type and id."""

    type = serializers.CharField(source="record_type")
    id = serializers.UUIDField(source="record_id")


class HappenedOut(serializers.Serializer[Any]):
    """One change. `number` is null until it is sealed; the incident before and after is told of what hangs on one."""

    number = serializers.IntegerField(allow_null=True)
    at = Instant()
    by = serializers.CharField(source="actor", help_text="Empty: Truce itself, or erased.")
    kind = Word(ChangeKind, source="code")
    record = ChangedOut(source="*")
    was_of = serializers.CharField(allow_null=True, help_text="Slug of the incident before.")
    is_of = serializers.CharField(allow_null=True, help_text="Slug of the incident after.")
    note = serializers.CharField(help_text="The reason given. Empty: none.")


class HistoryOut(serializers.Serializer[Any]):
    """What happened to an incident, its reports, answers, judgements and comments, oldest first."""

    results = HappenedOut(many=True)


class CommentIn(Strict):
    """A comment; put to somebody, a question; answering one, its answer."""

    body = Text(max_length=20_000, required=True)
    put_to = serializers.CharField(required=False, allow_null=True, max_length=150, help_text="User name of who is asked.")
    answers = serializers.UUIDField(required=False, allow_null=True, help_text="Id of the question, which was put to you.")


class MoveIn(Strict):
    """Taking back one's own decision, sending back another's, reopening a confirmed one."""

    move = serializers.ChoiceField([Move.WITHDRAW.value, Move.SEND_BACK.value, Move.REOPEN.value])
    reason = Text(max_length=4_000, required=True, help_text="Required; internal.")
    version = WholeNumber(required=True, allow_null=False)


@extend_schema(tags=["review"])
class Queue(Endpoint):
    """What waits for an editor."""

    serializer_class = QueueOut
    queryset = Incident.objects.none()
    pagination_class = None
    query_names = ("agreement", "mine", "cursor", "limit")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in. This list is no list of rows in the order of their ids, and turns its pages itself."""
        self.asked = request.query_params
        self.action, action = "list", self.action
        super().initial(request, *args, **kwargs)
        self.action = action

    @extend_schema(
        summary="Review queue",
        parameters=[
            OpenApiParameter("agreement", str, description="Slug."),
            OpenApiParameter("mine", str, enum=["1"], description="1: what you have open or is given to you."),
            OpenApiParameter("cursor", str, description="From `next` or `previous`."),
            OpenApiParameter("limit", int, description="Cases on a page: 50, and 200 at most."),
        ],
        responses={200: QueueOut, **schema.READING},
    )
    def retrieve(self, request: Request) -> Response:
        """Incidents that need an editor, with why. To partners nothing waits."""
        if not may_somewhere(request.user, Capability.READ_INTERNAL_NOTES):
            return Response({"next": None, "previous": None, "results": []})
        slug = filters.slug(filters.said_once(self.asked, "agreement"), "agreement")
        agreement = visibility.agreements(request.user).filter(slug=slug).first() if slug else None
        if slug and agreement is None:
            raise CannotRead("unknown_word", _("“%(word)s” is not known here.") % {"word": slug}, "agreement")
        mine = filters.said_once(self.asked, "mine")
        if mine not in {"", "1"}:
            raise CannotRead("unknown_word", _("“%(word)s” is not known here.") % {"word": mine}, "mine")
        cursor, limit = filters.said_once(self.asked, "cursor") or None, limited(request, usual=queue.PAGE, longest=queue.MOST)
        page = queue.page(request.user, agreement, is_mine=bool(mine), cursor=cursor, limit=limit)
        here = request.build_absolute_uri()
        neighbours = {name: at and replace_query_param(here, "cursor", at) for name, at in (("next", page.next), ("previous", page.previous))}
        return Response(self.get_serializer({"results": page.rows, **neighbours}).data)


class OfIncident(Endpoint):
    """Something about one incident, by its id."""

    permission_classes = [IsAuthenticated & Reads & Assesses]
    queryset: QuerySet[Any] = Incident.objects.none()
    pagination_class = None

    def incident(self, id: Any, *, internal: bool = False) -> Incident:
        """Return the incident. What is internal does not exist for partners."""
        try:
            found = incidents.one(self.request.user, id)
        except Incident.DoesNotExist:
            raise Http404 from None
        if internal and not visibility.is_case(self.request.user, found):
            raise Http404
        return found

    def said(self, kind: type[Strict]) -> dict[str, Any]:
        """Return what the request says."""
        said = kind(data=self.request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        return cast(dict[str, Any], said.validated_data)

    def person(self, name: str | None, field: str) -> User | None:
        """Return who is meant; None for nobody."""
        found = User.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": name}, field)
        return found

    @property
    def user(self) -> User:
        """Return who asks."""
        return cast(User, self.request.user)


@extend_schema(tags=["review"])
class Compared(OfIncident):
    """The claims of an incident beside one another."""

    serializer_class = ComparisonOut

    @extend_schema(summary="Claims compared", responses={200: ComparisonOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """Where the claims agree, are close, contradict, or only one says; with reasons."""
        incident = self.incident(id)
        visibility.look(request.user, incidents.known(incident).reports)
        compared = review.compared(incident)
        rows = [
            {
                "field": row.field,
                "kind": row.kind,
                "group": row.group,
                "name": row.name,
                "verdict": row.verdict,
                "reasons": row.reasons,
                "values": [_value(report, value) for report, value in zip(compared.reports, row.values, strict=True)],
            }
            for row in compared.rows
        ]
        return Response(self.get_serializer({"reports": compared.reports, "rows": rows}).data)


def _value(report: str, value: Any) -> dict[str, Any]:
    count = value if isinstance(value, Range) else None
    return {
        "report": report,
        "text": None if value is None else _text(value),
        "low": count.low if count else None,
        "best": count.best if count else None,
        "high": count.high if count else None,
        "qualifier": count.qualifier if count else None,
    }


def _text(value: Any) -> str:
    """Return what a claim says as text: a span as ISO 8601 has it, names joined, a word of a vocabulary as its code."""
    match value:
        case Timespan():
            return "/".join(edge.isoformat() if edge else ".." for edge in (value.starts_at, value.ends_at))
        case Place():
            return value.name or (f"{value.point.latitude}, {value.point.longitude}" if value.point else "")
        case frozenset():
            return ", ".join(sorted(accused.name for accused in value))
        case Range():
            return ranges.plain(value)
    return str(value)


@extend_schema(tags=["review"])
class Weighed(OfIncident):
    """What a decision would change."""

    serializer_class = EffectsOut

    @extend_schema(summary="Effect of a decision", request=JudgedIn, responses={200: EffectsOut, **schema.WRITING_ONE})
    def weigh(self, request: Request, id: Any) -> Response:
        """What the tallies would show otherwise if this were confirmed. Nothing is stored."""
        incident, judged = self.incident(id), self.said(JudgedIn)
        return Response(self.get_serializer({"effects": review.effect(incident, judged.pop("agreement"), judged)}).data)


@extend_schema(tags=["review"])
class Held(OfIncident):
    """Who has a case."""

    serializer_class = CaseOut

    @extend_schema(summary="Take a case up", request=TakeUpIn, responses={200: CaseOut, **schema.WRITING_ONE})
    def take_up(self, request: Request, id: Any) -> Response:
        """Open a case, so that others see who has it. It runs out by itself."""
        return self._answer(cases.take_up(incident=self.incident(id), by=self.user, **self.said(TakeUpIn)))

    @extend_schema(summary="Let a case go", request=NothingIn, responses={200: CaseOut, **schema.WRITING_ONE})
    def let_go(self, request: Request, id: Any) -> Response:
        """Let go of a case."""
        self.said(NothingIn)
        return self._answer(cases.let_go(incident=self.incident(id), by=self.user))

    @extend_schema(summary="Assign a case", request=AssignIn, responses={200: CaseOut, **schema.WRITING_ONE})
    def assign(self, request: Request, id: Any) -> Response:
        """Give a case to an editor, or to nobody."""
        return self._answer(cases.assign(incident=self.incident(id), to=self.person(self.said(AssignIn)["to"], "to"), by=self.user))

    def _answer(self, case: Case) -> Response:
        return Response(self.get_serializer(case).data)


@extend_schema(tags=["review"])
class Comments(OfIncident):
    """What colleagues say about a case. Internal: for partners it does not exist."""

    permission_classes = [IsAuthenticated & Reads]
    serializer_class = CommentsOut

    @extend_schema(summary="Comments on a case", responses={200: CommentsOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """Comments, questions and answers, oldest first."""
        said = history.comments_on(self.incident(id, internal=True))
        return Response(self.get_serializer({"results": said}).data)

    @extend_schema(summary="Comment, ask or answer", request=CommentIn, responses={201: CommentOut, **schema.WRITING_ONE})
    def say(self, request: Request, id: Any) -> HttpResponse:
        """Say something about a case. Editors comment and ask; whoever was asked answers."""
        incident, said = self.incident(id, internal=True), self.said(CommentIn)
        if said.get("answers"):
            question = history.comments_on(incident).filter(public_id=said["answers"]).first()
            if question is None:
                raise RuleBroken("unknown_word", _("There is no such question."), "answers")
            made = cases.answer(question=question, body=said["body"], by=self.user)
        elif may_somewhere(self.user, Capability.ASSESS):
            made = cases.comment(incident=incident, body=said["body"], by=self.user, put_to=self.person(said.get("put_to"), "put_to"))
        else:
            raise PermissionDenied
        return Response(CommentOut(made, context=self.get_serializer_context()).data, status=201)


@extend_schema(tags=["review"])
class Happened(OfIncident):
    """The history of a case. Internal: for partners it does not exist."""

    permission_classes = [IsAuthenticated & Reads]
    serializer_class = HistoryOut

    @extend_schema(summary="History of a case", responses={200: HistoryOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """Who did what, when and why, from the change log: the whole tale of every report behind the case, where it was before included."""
        incident = self.incident(id, internal=True)
        dossier = incidents.dossier(request.user, id)
        visibility.look(request.user, [*dossier.known.reports, *dossier.past])
        return Response(self.get_serializer({"results": history.of_case(request.user, dossier, history.comments_on(incident))}).data)


@extend_schema(tags=["assessments"])
class Moved(OfIncident):
    """Undoing a decision, by the table of moves."""

    serializer_class = AssessmentOut
    queryset = Assessment.objects.none()

    @extend_schema(summary="Take back, send back or reopen", request=MoveIn, responses={200: AssessmentOut, **schema.WRITING_ONE})
    def move(self, request: Request, id: Any) -> Response:
        """Put a decision back under review. What was judged stays filled in, the change log keeps the decision."""
        said = self.said(MoveIn)
        found = incidents.assessments(request.user)
        try:
            judging.move(assessment=found.get(public_id=id), move=Move(said["move"]), by=self.user, reason=said["reason"], version=said["version"])
        except Assessment.DoesNotExist:
            raise Http404 from None
        return Response(self.get_serializer(found.get(public_id=id)).data)
