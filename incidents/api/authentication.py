"""Who is asking: a key that a machine sends, or a browser's session."""

import re

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from incidents.models import ApiKey, User
from incidents.queries import second_factors
from incidents.rules import networks

_BEARER = re.compile(r"bearer(?: +(?P<text>.*))?", re.IGNORECASE)


def address_of(request: Request) -> str:
    """Return the address that asks, as far as it can be believed."""
    said = request.META
    return networks.asking(str(said.get("REMOTE_ADDR", "")), str(said.get("HTTP_X_FORWARDED_FOR", "")), is_behind_proxy=settings.BEHIND_PROXY)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer truce_...`. A key that opens nothing is refused even where a session would do."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the key's owner and the key, or None where no key is sent."""
        match = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
        if not match:
            return None
        text = match["text"] or ""
        # The database takes no NUL, and no key holds anything that does not print.
        key = ApiKey.opened_by(text, timezone.now(), address_of(request)) if text.isascii() and text.isprintable() else None
        if key is None:
            raise AuthenticationFailed(_("This key opens nothing: it is unknown, revoked or expired."), code="unknown_key")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Return what to send, for the answer 401."""
        return 'Bearer realm="truce"'


class BrowserAuthentication(SessionAuthentication):
    """The session of somebody signed in on the pages; writes need the CSRF token of that session."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return who has signed in. Refuse whoever still has to set up a second factor, as the pages do."""
        found = super().authenticate(request)
        if found and second_factors.is_missing(found[0], request.session):
            raise PermissionDenied(_("Set up a second factor for signing in first, on the pages."), code="second_factor_missing")
        return found
