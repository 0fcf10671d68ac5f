"""The change feed: a reader's copy is kept in step by following it. Sealed order, an opaque cursor, tombstones for what left the reader's view."""

import json
import time
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Any, cast
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.actions import feeds as actions
from incidents.api import schema
from incidents.api.endpoints import Endpoint, texts
from incidents.api.fields import Instant
from incidents.api.permissions import Follows, Reads
from incidents.api.rendering import Written
from incidents.api.v1.aggregates import AggregateClaims
from incidents.api.v1.agreements import Agreements
from incidents.api.v1.assessments import Assessments
from incidents.api.v1.convoys import Convoys
from incidents.api.v1.coverage import CoverageRows
from incidents.api.v1.declarations import Declarations
from incidents.api.v1.evidence import EvidenceItems
from incidents.api.v1.incidents import Incidents
from incidents.api.v1.parties import Parties
from incidents.api.v1.reports import Reports
from incidents.api.v1.responses import Responses
from incidents.errors import RuleBroken
from incidents.models import Feed, FeedRow, User
from incidents.queries import feeds
from incidents.queries.filters import said_once, unknown
from incidents.rules.numerals import parse_count

USUAL = 100
LONGEST_WAIT = 25
PAUSE = 0.5
# Requests that wait hold a thread each: so many at most in one process, the others are answered at once.
WAITING = BoundedSemaphore(2)

ENDPOINTS: dict[str, type[Endpoint]] = {
    "party": Parties,
    "agreement": Agreements,
    "declaration": Declarations,
    "aggregate_claim": AggregateClaims,
    "convoy": Convoys,
    "incident": Incidents,
    "report": Reports,
    "response": Responses,
    "assessment": Assessments,
    "coverage": CoverageRows,
    "evidence": EvidenceItems,
}


class ChangeOut(serializers.Serializer[Any]):
    """One record: as its own list shows it now, or gone from this reader's view."""

    type = serializers.ChoiceField(choices=sorted(ENDPOINTS))
    id = serializers.UUIDField()
    at = Instant(help_text="When the feed took note of it.")
    is_there = serializers.BooleanField(help_text="False: it no longer exists for this key; remove it.")
    record = serializers.DictField(allow_null=True, help_text="As in the list of its type; null where it is gone.")


@extend_schema_serializer(many=False)
class FeedOut(serializers.Serializer[Any]):
    """A stretch of the feed."""

    cursor = serializers.CharField(help_text="Where to go on from, also where there was nothing.")
    has_more = serializers.BooleanField(help_text="True: ask again at once.")
    results = ChangeOut(many=True)


PARAMETERS = [
    OpenApiParameter("cursor", str, description="From the last answer. Without one the feed begins at its beginning, with all that there is."),
    OpenApiParameter("type", {"type": "string", "enum": sorted(ENDPOINTS)}, description="Only records of this type."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": feeds.LONGEST_PAGE, "default": USUAL}),
    OpenApiParameter(
        "wait",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
        description="Seconds to wait for something to tell, where there is nothing yet.",
    ),
]


@extend_schema(tags=["changes"])
class Changes(Endpoint):
    """What is new, changed or gone for this reader."""

    permission_classes = [IsAuthenticated & Reads & Follows]
    serializer_class = FeedOut
    queryset = FeedRow.objects.none()
    pagination_class = None
    query_names = ("cursor", "type", "limit", "wait")

    @extend_schema(summary="Follow the changes", parameters=PARAMETERS, responses={200: FeedOut, **schema.READING})
    def list(self, request: Request) -> Response:
        """Every record that changed since the cursor, once each, in the order of the sealed log; a record that changes again comes again."""
        reader = cast(User, request.user)
        after = _read(said_once(request.query_params, "cursor"), reader)
        names = _names(said_once(request.query_params, "type"))
        limit = _number(request, "limit", USUAL, feeds.LONGEST_PAGE, least=1)
        feed, rows = _rows(reader, after, names, limit, _number(request, "wait", 0, LONGEST_WAIT))
        if after > feed.number:
            raise _unreadable()
        shown = rows[:limit]
        has_more = len(rows) > limit
        place = shown[-1].number if has_more else feed.number
        body = {"cursor": _cursor(reader, place), "has_more": has_more, "results": _told(request, shown)}
        return Response(body, headers={"Cache-Control": "no-store"})


def _rows(reader: User, after: int, names: tuple[str, ...], limit: int, wait: int) -> tuple[Feed, list[FeedRow]]:
    """Return the feed and what it has to tell, waiting for something as long as asked, if there is room to wait."""
    until = time.monotonic() + wait
    feed = actions.follow(by=reader)
    rows = feeds.rows(feed, after, names, limit + 1)
    if rows or not wait or not WAITING.acquire(blocking=False):
        return feed, rows
    try:
        while not rows and (left := until - time.monotonic()) > 0:
            time.sleep(min(PAUSE, left))
            feed = actions.follow(by=reader)
            rows = feeds.rows(feed, after, names, limit + 1)
    finally:
        WAITING.release()
    return feed, rows


def _told(request: Request, rows: Sequence[FeedRow]) -> Written:
    """Return the rows with their records. What is gone since the feed was followed is left out: its tombstone comes next."""
    wanted: dict[str, list[UUID]] = {}
    for row in rows:
        if row.is_there:
            wanted.setdefault(row.record_type, []).append(row.record_id)
    found = {name: texts(request, ENDPOINTS[name], ids) for name, ids in wanted.items()}
    told = Written()
    for row in rows:
        record = found[row.record_type].get(str(row.record_id)) if row.is_there else None
        if record is not None or not row.is_there:
            around = json.dumps({"type": row.record_type, "id": str(row.record_id), "at": row.at.isoformat(), "is_there": row.is_there})
            told.append(f'{around[:-1]}, "record": {record or "null"}}}')
    return told


def _cursor(reader: User, number: int) -> str:
    return signing.dumps([reader.pk, number], salt="feed")


def _read(cursor: str, reader: User) -> int:
    """Return the place that a cursor of this reader's holds; 0 for none. Raise RuleBroken for any other: its numbers mean nothing here."""
    if not cursor:
        return 0
    try:
        owner, number = signing.loads(cursor, salt="feed")
    except (signing.BadSignature, ValueError, TypeError):
        raise _unreadable() from None
    if owner != reader.pk:
        raise _unreadable()
    return int(number)


def _unreadable() -> RuleBroken:
    return RuleBroken("unreadable_cursor", _("This cursor cannot be read: begin again without one."), "cursor")


def _names(name: str) -> tuple[str, ...]:
    if name and name not in ENDPOINTS:
        raise unknown(name, "type")
    return (name,) if name else ()


def _number(request: Request, name: str, usual: int, most: int, least: int = 0) -> int:
    asked = parse_count(said_once(request.query_params, name), name)
    if asked is None:
        return usual
    if not least <= asked <= most:
        raise RuleBroken("out_of_range", _("This is a number from %(least)d to %(most)d.") % {"least": least, "most": most}, name)
    return asked
