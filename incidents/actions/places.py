"""Places: adding one to the gazetteer, with its names. Changing and removing them is administration."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from incidents.actions import reference
from incidents.actions.reference import Alias
from incidents.errors import RuleBroken
from incidents.models import Place, User
from incidents.rules import areas
from incidents.vocabulary import PlacePrecision


def add(*, by: User | None, name: str, slug: str = "", aliases: Iterable[Alias] = (), **facts: Any) -> Place:
    """Return the place, in the gazetteer. `facts` are the fields of Place. Raise RuleBroken, naming the field, if a rule is broken."""
    place = Place(name=name, slug=reference.slug_for(Place, name, slug), **facts)
    reference.must_say(place.name, "name")
    reference.must_be_known(place.precision, PlacePrecision, "precision")
    if (place.latitude is None) != (place.longitude is None):
        missing = "latitude" if place.latitude is None else "longitude"
        raise RuleBroken("required", _("Give latitude and longitude, or neither."), missing)
    if place.latitude is not None and place.longitude is not None:
        areas.must_be_point(areas.Point(float(place.latitude), float(place.longitude)))
    if place.pcode and Place.objects.filter(pcode=place.pcode).exists():
        raise RuleBroken("already_recorded", _("A place with this p-code is here already."), "pcode")
    return reference.add(place, by=by, aliases=aliases)
