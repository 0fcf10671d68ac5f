"""What stands between signing in and everything else: whoever needs a second factor and has none sets one up first."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from incidents.actions import sessions
from incidents.queries import second_factors
from incidents.views import accounts

# Signing in and out, setting one up, and what a browser keeps for itself. JSON asks for itself (`api/authentication.py`).
REMOVING = {"mfa_deactivate_totp", "mfa_remove_webauthn"}
OPEN = ("account_", "mfa_", "theme", "styles", "public")


class Entrance:
    """Middleware: lead whoever needs a second factor, and has none, to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if request.session.accessed and request.session.session_key:
            sessions.note(request.session, accounts.address_of(request))
        return answer

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Return the way to the set-up in place of the page, or nothing."""
        match = request.resolver_match
        if match is None or match.route.startswith("api/"):
            return None
        if match.url_name in REMOVING and request.method == "POST":
            second_factors.forget(request.session)
        if (match.url_name or "").startswith(OPEN) or not second_factors.is_missing(request.user, request.session):
            return None
        setup = reverse("mfa_index")
        return HttpResponseClientRedirect(setup) if getattr(request, "htmx", False) else redirect(setup)
