"""Parties: adding one, with its names in several scripts, and tying it to another for a time."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from incidents.actions import reference
from incidents.actions.reference import Alias
from incidents.errors import RuleBroken
from incidents.models import Affiliation, Party, User
from incidents.vocabulary import AffiliationKind, PartyKind


def add(*, by: User | None, name: str, slug: str = "", aliases: Iterable[Alias] = (), **facts: Any) -> Party:
    """Return the party, on record under a neutral name. Raise RuleBroken, naming the field, if a rule is broken."""
    party = Party(name=name, slug=reference.slug_for(Party, name, slug), **facts)
    reference.must_say(party.name, "name")
    reference.must_be_known(party.kind, PartyKind, "kind")
    if party.organ_of is not None and party.organ_of.organ_of_id is not None:
        raise RuleBroken("organ_of_an_organ", _("Name the party itself: this one speaks for another."), "organ_of")
    return reference.add(party, by=by, aliases=aliases)


def affiliate(*, by: User | None, **facts: Any) -> Affiliation:
    """Return the tie between two parties, on record. `facts` are the fields of Affiliation.

    Both days are included; where one is not known it is left out. Raise RuleBroken, naming the field, if a rule is broken.
    """
    tie = Affiliation(**facts)
    reference.must_be_known(tie.kind, AffiliationKind, "kind")
    if tie.party == tie.other:
        raise RuleBroken("tied_to_itself", _("A party is tied to another one, not to itself."), "other")
    reference.must_be_in_order(tie.from_on, tie.until_on)
    same = Affiliation.objects.filter(party=tie.party, kind=tie.kind, other=tie.other, from_on=tie.from_on)
    if same.exists():
        raise RuleBroken("already_recorded", _("This tie is on record already."), "other")
    return reference.add(tie, by=by)
