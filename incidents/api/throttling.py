"""How often a key may ask. The buckets are rows of PostgreSQL, so that the limit holds for all processes, and when Redis is dead or frozen."""

import math
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from incidents.actions import keys
from incidents.models import ApiKey


class ByKey(BaseThrottle):
    """So many requests a minute as the key says, all at once or spread out. Sessions of people are not counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return whether this request is within the limit, and note that the key was used."""
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        keys.note_use(key=key)
        self.left = keys.take(key=key)
        request._request.requests_left = self.left  # type: ignore[attr-defined]
        return self.left >= 0

    def wait(self) -> float:
        """Return the seconds until there is room for one more."""
        return max(1.0, -self.left)


def tell(request: Request, response: Response) -> None:
    """Say in the headers how much is left, where it is counted."""
    left = getattr(request._request, "requests_left", None)
    key = request.auth if left is not None else None
    if isinstance(key, ApiKey) and left is not None:
        response["RateLimit-Policy"] = f'"key";q={key.per_minute};w=60'
        response["RateLimit"] = f'"key";r={max(0, math.floor(left))};t={math.ceil(60 / key.per_minute)}'
