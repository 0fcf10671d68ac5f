"""Who still has to set up a second factor before anything opens. What was found is kept in the session, so that it is looked up once."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from incidents.models import User
from incidents.permissions import roles_of

FOUND = "second_factor"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_needed(user: User) -> bool:
    """Return whether a role of this person needs a second factor here."""
    held = roles_of(user) | ({User.Role.ADMINISTRATOR} if user.is_superuser else set())
    return not held.isdisjoint(settings.SECOND_FACTOR_FOR)


def has(user: User) -> bool:
    """Return whether this person has set one up. Whoever has is asked for it at every sign-in."""
    return bool(get_adapter().is_mfa_enabled(user, FACTORS))


def is_missing(user: Any, session: Any) -> bool:
    """Return whether somebody who has signed in needs a second factor and has none."""
    if not isinstance(user, User) or session.get(FOUND) or not is_needed(user):
        return False
    if not has(user):
        return True
    session[FOUND] = True
    return False


def forget(session: Any) -> None:
    """Let it be looked up again: one was taken away."""
    session.pop(FOUND, None)
