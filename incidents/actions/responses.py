"""Logging how the accused, and others, answer for an event. An answer is a claim like any other: dated, sourced, never rewritten."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.actions.incidents import still_open
from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, Incident, Response, User
from incidents.vocabulary import ResponseKind


@transaction.atomic
def log(*, incident: Incident, by: User | None, **facts: Any) -> Response:
    """Return the answer, on record beside the claims. Raise RuleBroken, naming the field, if it breaks a rule.

    `facts` are the fields of Response; `wording` and `link` are stored code point for code point.
    """
    response = Response(incident=still_open(incident), **facts)
    agreements = list(Agreement.objects.filter(reports__incident=incident).distinct().order_by("id"))
    _check(response, agreements)
    response.save(force_insert=True)
    # An event that several agreements are about belongs to none of them alone.
    agreement = agreements[0] if len(agreements) == 1 else None
    changes.record(by=by, kind=ChangeKind.RESPONSE_LOGGED, record=response, agreement=agreement, after=response.facts())
    return response


def _check(response: Response, agreements: list[Agreement]) -> None:
    if response.kind not in ResponseKind.values:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": response.kind}, "kind")
    now = timezone.now()
    today = max([now.date(), *(agreement.local_day(now) for agreement in agreements)])
    if response.answered_on > today:
        raise RuleBroken("in_future", _("This day has not come yet."), "answered_on")
    if response.kind == ResponseKind.BLAMES_ANOTHER and response.blamed is None:
        raise RuleBroken("required", _("Say who is blamed."), "blamed")
    if response.blamed is not None and response.blamed == response.party:
        raise RuleBroken("blames_itself", _("Who answers blames another party, not itself."), "blamed")
    if not (response.wording.strip() or response.gist.strip()):
        raise RuleBroken("required", _("Quote the answer, or say it in our words."), "gist")
