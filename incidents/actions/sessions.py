"""Where somebody is signed in: noted while they are, and ended by them."""

import time
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from incidents.models import User

SEEN = "seen"
NOTED_EVERY = 300  # seconds


def begin(session: Any) -> None:
    """Let it be noted from now on when this session was last seen."""
    session[SEEN] = int(time.time())


def note(session: Any, address: str) -> None:
    """Write down that a session is used, where that was not written lately. One that never began is left alone."""
    seen, now = session.get(SEEN), int(time.time())
    if settings.READ_ONLY or seen is None or now - seen < NOTED_EVERY:
        return
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now(), ip=address)
    session[SEEN] = now


def end(*, user: User, keys: list[int]) -> int:
    """Return how many of this person's sessions were ended. Those browsers have to sign in again."""
    found = list(UserSession.objects.filter(user=user, pk__in=keys))
    for one in found:
        one.end()
    return len(found)


def end_all(*, user: User) -> int:
    """Return how many sessions of this person were ended: all."""
    return end(user=user, keys=list(UserSession.objects.filter(user=user).values_list("pk", flat=True)))


def of(user: User) -> list[UserSession]:
    """Return where this person is signed in, what was used last first. Sessions that have run out are forgotten on the way."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.last_seen_at, reverse=True)
