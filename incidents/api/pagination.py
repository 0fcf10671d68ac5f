"""Lists page by page: a row holds the place, nothing is counted, and the addresses of the neighbouring pages come with it."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from incidents.errors import RuleBroken
from incidents.queries import cursors
from incidents.queries.filters import said_once, unknown
from incidents.rules.numerals import parse_count

USUAL = 100


class RowCursor(BasePagination):
    """Newest first. `cursor` is opaque: follow `next` until it is null. `limit` is 100, and 1,000 at most. `count=1` counts, up to a cap."""

    query_names = ("cursor", "limit", "count")
    usual, longest = USUAL, cursors.LONGEST_PAGE

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the page asked for. Raise RuleBroken for a cursor or a limit that cannot be read."""
        self.counted = cursors.count(queryset) if _is_count_asked(request) else None
        self.page = self.turned(queryset, said_once(request.query_params, "cursor") or None, limited(request, usual=self.usual, longest=self.longest))
        self.address = request.build_absolute_uri()
        return self.page.rows

    def turned(self, queryset: Any, cursor: str | None, limit: int) -> cursors.Page[Any]:
        """Return the page that the cursor points to."""
        return cursors.page(queryset, cursor, limit)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with its neighbours, in the body and as a Link header."""
        following, preceding = self._at(self.page.next), self._at(self.page.previous)
        links = [f'<{address}>; rel="{name}"' for name, address in (("next", following), ("prev", preceding)) if address]
        headers = {"Link": ", ".join(links)} if links else {}
        counted = {} if self.counted is None else {"count": self.counted[0], "capped": not self.counted[1]}
        return Response({**counted, "next": following, "previous": preceding, "results": data}, headers=headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what a page looks like."""
        address = {"type": ["string", "null"], "format": "uri", "description": "Address of the neighbouring page; null where there is none."}
        counted = {"type": "integer", "description": f"With `count=1`: how many this filter leaves, {cursors.MOST_COUNTED:,} at most."}
        capped = {"type": "boolean", "description": "With `count=1`: there are more than were counted."}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"count": counted, "capped": capped, "next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameters that turn pages."""
        return [
            {"name": "cursor", "in": "query", "required": False, "description": "From `next` or `previous`.", "schema": {"type": "string"}},
            {
                "name": "count",
                "in": "query",
                "required": False,
                "description": "1: count what the filter leaves, as far as the cap.",
                "schema": {"type": "string", "enum": ["1"]},
            },
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": "Rows on a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.longest, "default": self.usual},
            },
        ]

    def _at(self, cursor: str | None) -> str | None:
        return replace_query_param(self.address, "cursor", cursor) if cursor else None


class LineCursor(RowCursor):
    """The rows of a file, in the order of their lines."""

    def turned(self, queryset: Any, cursor: str | None, limit: int) -> cursors.Page[Any]:
        """Return the page that the cursor points to."""
        return cursors.lines(queryset, cursor, limit)


def _is_count_asked(request: Request) -> bool:
    said = said_once(request.query_params, "count")
    if said not in {"", "1"}:
        raise unknown(said, "count")
    return said == "1"


def limited(request: Request, *, usual: int = USUAL, longest: int = cursors.LONGEST_PAGE) -> int:
    """Return how many rows a page is asked to have. Raise RuleBroken for what is no such number."""
    asked = parse_count(said_once(request.query_params, "limit"), "limit")
    if asked is None:
        return usual
    if not 1 <= asked <= longest:
        raise RuleBroken("out_of_range", _("A page has 1 to %(longest)d rows.") % {"longest": longest}, "limit")
    return asked
