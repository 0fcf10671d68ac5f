"""The public dashboard: an agreement's figures as everybody may know them, each with its definition, its caveats and an address that stays.

Nothing here looks at who asks: no session, no cookie, no settings of a person. So one answer serves all, and caches may keep it.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.models import Agreement, User
from incidents.queries import coverage, public, standing, tallies_asked
from incidents.queries.questions import Question
from incidents.rules import standing as rule
from incidents.views import dates, lines
from incidents.views.desk import watches
from incidents.views.public import files

MINUTE, DAY = 60, 24 * 3600


@require_safe
@gzip_page  # lines are slow here
def index(request: HttpRequest) -> HttpResponseBase:
    """List the agreements that are opened to everybody."""
    reader = _reader()
    found = list(public.agreements(reader))
    return _kept(request, MINUTE, lambda: render(request, "public/list.html", {"found": found}))


@require_safe
@gzip_page  # lines are slow here
def show(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the figures as they may be known now."""
    return _page(request, slug, {}, 5 * MINUTE)


@require_safe
@gzip_page  # lines are slow here
def settled(request: HttpRequest, slug: str, change: int) -> HttpResponseBase:
    """Show the figures as they were up to a change, at the address to cite them by. What everybody is not told yet is not there."""
    return _page(request, slug, {"change": str(change)}, DAY)


@require_safe
@gzip_page
def file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Send the figures as they may be known now as a file."""
    return _page(request, slug, {}, 5 * MINUTE, form)


@require_safe
@gzip_page
def settled_file(request: HttpRequest, slug: str, change: int, form: str) -> HttpResponseBase:
    """Send the figures as they were up to a change as a file."""
    return _page(request, slug, {"change": str(change)}, DAY, form)


def _page(request: HttpRequest, slug: str, point: dict[str, str], seconds: int, form: str = "") -> HttpResponseBase:
    reader = _reader()
    agreement = public.agreements(reader).filter(slug=slug).first()
    if agreement is None or (form and form not in files.FORMS):
        raise Http404
    try:
        question = Question.parse(point, agreement, reader)
    except RuleBroken:
        raise Http404 from None

    def answer() -> HttpResponseBase:
        context = _context(question, agreement, reader)
        if form:
            return files.of(form, context, request.build_absolute_uri("/").rstrip("/"))
        return render(request, "public/dashboard.html", context | {"chart": files.drawn(context["camps"])})

    return _kept(request, seconds, answer)


def _context(question: Question, agreement: Agreement, reader: User) -> dict[str, Any]:
    found = tallies_asked.of(question, reader)
    point = question.point
    watched = coverage.watched_as_known(agreement, point.number, point.sealed_at, question.in_force.first, question.in_force.last)
    return {
        "agreement": agreement,
        "found": found,
        "days": dates.days(question.in_force.first, question.in_force.last),
        "camps": lines.of(found),
        "definitions": lines.definitions(),
        "standing_line": rule.summary(standing.as_known(agreement, point, reader)),
        "watched": watches.sentence(watched),
        "point": point,
        "zone": dates.UTC_ZONE,
        "profile": reader.profile,
    }


def _reader() -> User:
    reader = public.reader()
    if reader is None:
        raise Http404
    return reader


def _kept(request: HttpRequest, seconds: int, made: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return the page, or 304 where whoever asks has it. Its tag is made from what is shown, as a figure or a name may change while nothing
    that everybody is told of does: what it counts may come to be hidden, for instance.
    """
    token = dates.chosen.set(lambda: "")
    try:
        page: Any = made()
    finally:
        dates.chosen.reset(token)
    etag = f'"{hashlib.sha256(page.content).hexdigest()[:32]}"'
    page["ETag"], page["Cache-Control"] = etag, f"public, max-age={seconds}"
    return get_conditional_response(request, etag=etag, response=page) or page
