"""Who may open a page: people who have signed in and may read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django_htmx.http import HttpResponseClientRefresh

from incidents.models import User
from incidents.permissions import Capability, may_somewhere
from incidents.views import digits

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class DeskRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    htmx: Any


def only(capability: Capability) -> Callable[[Callable[Concatenate[Any, P], HttpResponseBase]], Page[P]]:
    """Return a decorator: send strangers to the sign-in page, and refuse those who hold the capability under no agreement."""

    def guarded(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Page[P]:
        @wraps(view)
        def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may_somewhere(request.user, capability):
                raise PermissionDenied
            return digits.shown(request, view(request, *args, **kwargs))

        guarded_page = cast(Page[P], login_required(page))

        @gzip_page  # lines are slow here; Django pads the answer, so its length tells nothing of what is secret in it
        @wraps(view)
        def entrance(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            # A fragment is asked for by a page that is open already; the sign-in page must not land in the middle of it.
            if getattr(request, "htmx", False) and not request.user.is_authenticated:
                return HttpResponseClientRefresh()
            return guarded_page(request, *args, **kwargs)

        return cast(Page[P], entrance)

    return guarded
