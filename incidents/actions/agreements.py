"""Agreements: putting one on record with its terms, its sides and who is what to it, and what joins it later."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from incidents.actions import reference
from incidents.errors import RuleBroken
from incidents.models import Agreement, Membership, Side, Term, User
from incidents.rules import numerals, timespans
from incidents.vocabulary import Role, TermSubject

Facts = Mapping[str, Any]


@transaction.atomic
def enter(*, by: User | None, terms: Iterable[Facts] = (), sides: Iterable[Facts] = (), roles: Iterable[Facts] = (), **facts: Any) -> Agreement:
    """Return the agreement, on record with all that hangs on it, or nothing of it.

    `facts` are the fields of Agreement; `terms` and `sides` hold theirs (a side its `members` besides, in the order in which the
    agreement names them), `roles` what parties are to it apart from sides. Raise RuleBroken, naming the field, if a rule is broken.
    """
    agreement = Agreement(**facts)
    reference.must_say(agreement.name, "name")
    timespans.zone_named(agreement.timezone, "timezone")
    if agreement.in_force_until is not None and agreement.in_force_until < agreement.in_force_from:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "in_force_until")
    reference.add(agreement, by=by)
    for each, term in enumerate(terms):
        _within(f"terms.{each}", add_term, by=by, agreement=agreement, **term)
    for each, side in enumerate(sides):
        _within(f"sides.{each}", add_side, by=by, agreement=agreement, **side)
    for each, role in enumerate(roles):
        _within(f"roles.{each}", add_role, by=by, agreement=agreement, **role)
    return agreement


@transaction.atomic
def add_term(*, by: User | None, **facts: Any) -> Term:
    """Return the article, on record. Raise RuleBroken, naming the field, if a rule is broken."""
    term = Term(**facts)
    term.number = " ".join(term.number.split())
    _one_at_a_time(term.agreement)
    reference.must_say(_bare(term.number), "number")
    reference.must_be_known(term.subject, TermSubject, "subject")
    if _bare(term.number) in map(_bare, term.agreement.terms.values_list("number", flat=True)):
        raise RuleBroken("already_recorded", _("The agreement has an article of this number already."), "number")
    return reference.add(term, by=by)


@transaction.atomic
def add_side(*, by: User | None, members: Iterable[Facts] = (), **facts: Any) -> Side:
    """Return the side, on record after those that the agreement has, with its members. Raise RuleBroken, naming the field, if a rule is broken."""
    side = Side(**facts)
    reference.must_say(side.name, "name")
    if not ("A" <= side.code <= "Z" and len(side.code) == 1):
        raise RuleBroken("invalid", _("A side is known by one capital letter, A to Z."), "code")
    _one_at_a_time(side.agreement)
    known = side.agreement.sides.order_by("-position")
    if any(other.code == side.code for other in known):
        raise RuleBroken("already_recorded", _("The agreement has a side of this letter already."), "code")
    side.position = known[0].position + 1 if known else 1
    reference.add(side, by=by)
    for each, member in enumerate(members):
        _within(f"members.{each}", add_member, by=by, side=side, **member)
    return side


def add_member(*, by: User | None, side: Side, **facts: Any) -> Membership:
    """Return what puts a party on a side, on record; without days, from the agreement's start to its end.

    Raise RuleBroken, naming the field, if a rule is broken: no party is on two sides of one agreement on the same day.
    """
    return _put(Membership(agreement=side.agreement, side=side, role=Role.ON_SIDE, **facts), by)


def add_role(*, by: User | None, agreement: Agreement, **facts: Any) -> Membership:
    """Return what a party is to the agreement apart from any side, on record. Raise RuleBroken, naming the field, if a rule is broken."""
    membership = Membership(agreement=agreement, **facts)
    reference.must_be_known(membership.role, Role, "role")
    if membership.role == Role.ON_SIDE:
        raise RuleBroken("names_no_side", _("Enter it as a member of the side."), "role")
    return _put(membership, by)


@transaction.atomic
def _put(membership: Membership, by: User | None) -> Membership:
    if membership.from_on and membership.until_on and membership.until_on < membership.from_on:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "until_on")
    _one_at_a_time(membership.agreement)
    if _is_told_already(membership):
        raise RuleBroken("already_recorded", _("The party is on record as this already, on some of these days."), "party")
    try:
        with transaction.atomic():
            return reference.add(membership, by=by)
    except IntegrityError as error:
        if "membership_on_one_side_at_a_time" not in str(error):
            raise
        raise RuleBroken("on_two_sides", _("The party is on another side of this agreement on some of these days."), "party") from error


def _one_at_a_time(agreement: Agreement) -> None:
    """Hold up whatever else joins the agreement until this is done: what one finds free, another sent at once would find free too."""
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)


def _bare(number: str) -> str:
    """Return the number of an article as it reads: spaces, marks that nobody sees, case and script of digits make no other."""
    folded = numerals.western(unicodedata.normalize("NFKC", number)).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "ZC")


def _is_told_already(membership: Membership) -> bool:
    same = Membership.objects.filter(agreement=membership.agreement, party=membership.party, role=membership.role, side=membership.side)
    if membership.from_on is not None:
        same = same.filter(Q(until_on=None) | Q(until_on__gte=membership.from_on))
    if membership.until_on is not None:
        same = same.filter(Q(from_on=None) | Q(from_on__lte=membership.until_on))
    return same.exists()


def _within(place: str, put: Any, **facts: Any) -> None:
    """Put on record what stands at this place of what was sent, so that an error names the place with the field."""
    try:
        put(**facts)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, f"{place}.{broken.field}") from broken
