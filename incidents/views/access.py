"""Who may open a page: people who have signed in and may read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from incidents.models import User
from incidents.permissions import Capability, may

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class DeskRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    htmx: Any


def only(capability: Capability) -> Callable[[Callable[Concatenate[Any, P], HttpResponseBase]], Page[P]]:
    """Return a decorator: send strangers to the sign-in page, and refuse those whose role does not carry the capability."""

    def guarded(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Page[P]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(Page[P], login_required(page))

    return guarded
