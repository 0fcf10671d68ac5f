"""When something that failed is tried again, and when it is given up."""

from datetime import timedelta

# Fourteen tries over four days: a receiver that is down over a weekend still gets what it missed.
_PAUSES = [
    *(timedelta(seconds=seconds) for seconds in (10, 60, 300)),
    *(timedelta(minutes=minutes) for minutes in (15, 60, 180)),
    *(timedelta(hours=12),) * 7,
]
ATTEMPTS = len(_PAUSES) + 1


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, or None to give up."""
    return _PAUSES[attempts - 1] if 1 <= attempts <= len(_PAUSES) else None
