"""Areas: what an agreement covers on the map, and what it leaves out."""

from typing import Any

from django.utils.translation import gettext as _

from incidents.actions import reference
from incidents.errors import RuleBroken
from incidents.models import AgreementArea, User
from incidents.rules import areas


def add(*, by: User | None, **facts: Any) -> AgreementArea:
    """Return the area, on record. `facts` are the fields of AgreementArea. Raise RuleBroken, naming the field, if a rule is broken."""
    area = AgreementArea(**facts)
    reference.must_say(area.name, "name")
    if (area.place is None) == (area.geometry is None):
        raise RuleBroken("place_or_shape", _("Give a place or a shape, and not both."), "place")
    if area.geometry is not None:
        areas.polygons(area.geometry, "geometry")
    reference.must_be_in_order(area.from_on, area.until_on)
    return reference.add(area, by=by)
