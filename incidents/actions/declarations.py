"""Declarations: logging what a party says of a truce. It is a claim like any other: dated, sourced, never rewritten."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes, reference
from incidents.errors import RuleBroken
from incidents.models import ChangeKind, Declaration, Party, User
from incidents.vocabulary import Stance


@transaction.atomic
def declare(*, by: User | None, blamed: Iterable[Party] = (), **facts: Any) -> Declaration:
    """Return the declaration, on record beside the others: it counts until the same party declares something else.

    `facts` are the fields of Declaration; wordings and link are stored code point for code point. Raise RuleBroken, naming the field,
    if a rule is broken.
    """
    declaration, culprits = Declaration(**facts), list(blamed)
    _check(declaration, culprits)
    declaration.save(force_insert=True)
    declaration.blamed.set(culprits)
    after = declaration.facts() | ({"blamed": sorted(party.slug for party in culprits)} if culprits else {})
    changes.record(by=by, kind=ChangeKind.REFERENCE_ADDED, record=declaration, agreement=declaration.agreement, after=after)
    return declaration


def _check(declaration: Declaration, blamed: list[Party]) -> None:
    reference.must_be_known(declaration.stance, Stance, "stance")
    agreement, now = declaration.agreement, timezone.now()
    if declaration.declared_on > agreement.local_day(now):
        raise RuleBroken("in_future", _("This day has not come yet."), "declared_on")
    if declaration.declared_at is not None:
        if declaration.declared_at > now:
            raise RuleBroken("in_future", _("This has not happened yet."), "declared_at")
        if agreement.local_day(declaration.declared_at) != declaration.declared_on:
            raise RuleBroken("other_day", _("This hour lies on another day than the one given."), "declared_at")
    if declaration.stance == Stance.BLAMES and not blamed:
        raise RuleBroken("required", _("Say who is blamed."), "blamed")
    if declaration.party in blamed:
        raise RuleBroken("blames_itself", _("A party blames another one, not itself."), "blamed")
    if not (declaration.wording.strip() or declaration.gist.strip()):
        raise RuleBroken("required", _("Quote the declaration, or say it in our words."), "gist")
