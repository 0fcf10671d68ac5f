"""Which agreement a reader is looking at: the one the address names, or the last one looked at, or the one with most to show."""

from django.http import Http404, HttpRequest

from incidents.models import Agreement
from incidents.queries import dashboard

LAST_SEEN = "agreement"


def agreements(request: HttpRequest) -> list[Agreement]:
    """Return the agreements this reader may see, newest first, read once in a request."""
    held: list[Agreement] | None = getattr(request, "_agreements", None)
    if held is None:
        held = list(dashboard.agreements(request.user))
        request._agreements = held  # type: ignore[attr-defined]
    return held


def agreement(request: HttpRequest, slug: str = "") -> Agreement | None:
    """Return the agreement in view, None where there is none yet. Raise Http404 for a name that this reader has no agreement by."""
    by_slug = {row.slug: row for row in agreements(request)}
    chosen: Agreement | None
    if slug:
        chosen = by_slug.get(slug)
        if chosen is None:
            raise Http404
        if request.session.get(LAST_SEEN) != slug:
            request.session[LAST_SEEN] = slug
    else:
        chosen = getattr(request, "_agreement", None) or by_slug.get(request.session.get(LAST_SEEN, "")) or dashboard.most_spoken_of(by_slug.values())
    if chosen:
        request._agreement = chosen  # type: ignore[attr-defined]
    return chosen
