"""The published interface to be read: operations by noun, with what they take, what they answer, and what that looks like for the demo.

It is made from the schema, holds no data, and so is open to everybody, like the schema itself.
"""

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from incidents.views.public import described

NOUNS = {
    "agreements": _("Agreements"),
    "parties": _("Parties"),
    "places": _("Places"),
    "sources": _("Sources"),
    "reports": _("Reports"),
    "drafts": _("Drafts"),
    "incidents": _("Incidents"),
    "review": _("Review queue"),
    "assessments": _("Assessments"),
    "responses": _("Responses"),
    "evidence": _("Evidence"),
    "aggregate-claims": _("Claims"),
    "declarations": _("Declarations"),
    "tallies": _("Tallies"),
    "convoys": _("Convoys"),
    "checkpoints": _("Checkpoints"),
    "coverage": _("Coverage"),
    "imports": _("Imports"),
    "exports": _("Exports"),
    "changes": _("Changes"),
    "webhooks": _("Webhooks"),
    "keys": _("Keys"),
    "read-log": _("Read log"),
}
REFUSALS = {
    400: _("The request cannot be read: its JSON, a parameter or a cursor."),
    401: _("No key that opens."),
    403: _("The key may not do this."),
    404: _("Nothing is there that this key may see."),
    406: _("It is not to be had in the form that is asked for."),
    409: _("The record no longer stands as the request takes it to."),
    412: _("It is not the version that If-Match names."),
    413: _("It is too much at once."),
    415: _("It does not come in a form that is read."),
    422: _("A field or a rule is broken; the answer names it."),
    428: _("If-Match is missing, where something is replaced."),
    429: _("Too many requests; Retry-After says when to ask again."),
    503: _("The database did not answer; send it again."),
}
WHERE = {
    "path": pgettext_lazy("where a parameter stands", "path"),
    "query": pgettext_lazy("where a parameter stands", "query"),
    "header": pgettext_lazy("where a parameter stands", "header"),
    "cookie": pgettext_lazy("where a parameter stands", "cookie"),
}


@require_safe
@gzip_page  # lines are slow here
def index(request: HttpRequest) -> HttpResponse:
    """List the nouns, with the operations of each, and what refusals mean."""
    groups = _groups(get_language() or "en")
    nouns = [{"slug": slug, "name": _name(slug), "operations": groups[slug]} for slug in _ordered(groups)]
    return render(request, "public/reference.html", {"nouns": nouns, "refusals": REFUSALS.items()})


@require_safe
@gzip_page  # lines are slow here
def show(request: HttpRequest, noun: str) -> HttpResponse:
    """Show the operations of one noun, and every schema that they speak of."""
    language = get_language() or "en"
    groups = _groups(language)
    if noun not in groups:
        raise Http404
    context = {
        "name": _name(noun),
        "operations": groups[noun],
        "schemas": described.components(_schema(language), groups[noun]),
        "where": WHERE,
        "nouns": [{"slug": other, "name": _name(other), "is_here": other == noun} for other in _ordered(groups)],
    }
    return render(request, "public/reference_noun.html", context)


def _name(slug: str) -> Any:
    return NOUNS.get(slug, slug)


def _ordered(groups: dict[str, Any]) -> list[str]:
    """Return the nouns in the order of this page; those that it does not know come last."""
    known = list(NOUNS)
    return sorted(groups, key=lambda slug: (known.index(slug) if slug in known else len(known), slug))


@cache
def _schema(language: str) -> dict[str, Any]:
    with override(language):
        return described.published()


@cache
def _groups(language: str) -> dict[str, list[described.Operation]]:
    """Return the operations by noun. What is published is the same until the program is another."""
    found: dict[str, list[described.Operation]] = {}
    for operation in described.operations(_schema(language)):
        found.setdefault(slugify(operation.tag), []).append(operation)
    return found
