"""Many records in one request: an outcome for each row, in order. A row that is refused leaves the others as they are."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request

from incidents.actions import changes
from incidents.api import errors, idempotency
from incidents.api.errors import TooLarge
from incidents.api.schema import Problem
from incidents.errors import RuleBroken

MOST_ROWS = 500

Written = dict[str, Any]


class OutcomeOut(serializers.Serializer[Any]):
    """What became of one row."""

    line = serializers.IntegerField(help_text="The row's number in the request, from 1.")
    status = serializers.IntegerField(help_text="As it would be answered alone: 201, or what the problem says.")
    id = serializers.UUIDField(allow_null=True, help_text="Of the record that was made; null where the row was refused.")
    url = serializers.CharField(allow_null=True, help_text="Where the record is read; null where the row was refused.")
    problem = Problem(allow_null=True, help_text="Why it was refused, its `field` counted from the row.")


class OutcomesOut(serializers.Serializer[Any]):
    """What became of the rows."""

    created = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeOut(many=True)


def rows_of(one: type[serializers.Serializer[Any]], name: str) -> Any:
    """Return what the schema says of a body of such rows."""
    rows = one(many=True, help_text=f"{MOST_ROWS} at most.")
    return inline_serializer(name, {"rows": rows})


def each(request: Request, write: Callable[[Any], Written]) -> HttpResponse:
    """Return 207 with an outcome for each row of the body. `write` makes one record of one row, and returns its id and url.

    Every row has a savepoint of its own. The request is one operation, and one answer: sent again with its Idempotency-Key it is answered again.
    """
    return idempotency.once(request, lambda: (_outcomes(request, _rows(request.data), write), ""), status.HTTP_207_MULTI_STATUS)


def _rows(data: Any) -> list[Any]:
    rows = data.get("rows") if isinstance(data, dict) else None
    if isinstance(data, dict) and (unknown := [name for name in data if name != "rows"]):
        raise RuleBroken("unknown_field", _("There is no such field."), unknown[0])
    if not isinstance(rows, list) or not rows:
        raise RuleBroken("required", _("Send a list of rows."), "rows")
    if len(rows) > MOST_ROWS:
        raise TooLarge("too_many", _("%(most)d rows at most go into one request: send these in several.") % {"most": MOST_ROWS}, "rows")
    return rows


def _outcomes(request: Request, rows: list[Any], write: Callable[[Any], Written]) -> dict[str, Any]:
    with changes.operation():
        results = [_outcome(request, line, row, write) for line, row in enumerate(rows, 1)]
    created = sum(1 for result in results if result["problem"] is None)
    return dict(OutcomesOut({"created": created, "refused": len(results) - created, "results": results}).data)


def _outcome(request: Request, line: int, row: Any, write: Callable[[Any], Written]) -> dict[str, Any]:
    try:
        with transaction.atomic():
            return {"line": line, "status": status.HTTP_201_CREATED, **write(row), "problem": None}
    except (RuleBroken, exceptions.APIException, PermissionDenied, Http404) as refused:
        answer = errors.problem(refused, {"request": request})
        if answer is None:
            raise
        return {"line": line, "status": answer.status_code, "id": None, "url": None, "problem": dict(answer.data) | {"line": line}}
