"""Two probes: /livez, whether this process answers, and /readyz, whether what it stands on does."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from incidents.queries import health
from incidents.queries.health import Health, Status

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def live(request: HttpRequest) -> HttpResponse:
    """Return 200 from a process that can answer at all. Asks nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> JsonResponse:
    """Return what is down: 503 without PostgreSQL; 200 and "degraded" where the broker does not answer or the ledger is late."""
    found = health.now()
    status = 503 if found.status is Status.DOWN else 200
    return JsonResponse({"status": found.status, "parts": _parts(found)}, status=status, headers={"Cache-Control": "no-store"})


def _parts(found: Health) -> dict[str, Any]:
    ledger = {"status": found.ledger.status, **asdict(found.ledger)} if found.ledger else {"status": Status.DOWN}
    return {"database": {"status": found.database}, "broker": {"status": found.broker}, "ledger": ledger}


class Probes:
    """Middleware that answers the probes before anything else looks at the request: they come by address, over plain HTTP, without a known Host."""

    views = {"/livez": live, "/readyz": ready}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = self.views.get(request.path_info)
        return view(request) if view and request.method in {"GET", "HEAD"} else self.get_response(request)
