"""Many places at once, as a list states them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from incidents.actions.imports.bulk import copy_records, give_keys
from incidents.actions.imports.recording import record_many
from incidents.models import ChangeKind, Place, PlaceAlias, User


@dataclass
class PlaceStated:
    """A place as a list states it: its p-code, names and point. Aliases are pairs of a name and its language, which may be empty."""

    pcode: str
    slug: str
    name: str
    name_ar: str = ""
    parent: Place | None = None
    latitude: Any = None
    longitude: Any = None
    precision: str = ""
    aliases: Sequence[tuple[str, str]] = field(default_factory=tuple)


def put_places(*, by: User | None, places: Sequence[PlaceStated], operation: uuid.UUID) -> list[tuple[Place, bool]]:
    """Return the place of each p-code and whether it was here. What is on record is not overwritten: a list adds names, and a missing point."""
    now = timezone.now()
    here: dict[str, Place] = {}
    for known in Place.every.filter(pcode__in={stated.pcode for stated in places}).select_related("parent", "merged_into__parent").order_by("-pk"):
        here[known.pcode] = known.merged_into or known
    taken = set(Place.every.filter(slug__in={stated.slug for stated in places}).values_list("slug", flat=True))
    results, new, before = [], [], {}
    for stated in places:
        place = here.get(stated.pcode)
        results.append((stated, place is not None))
        if place is None:
            slug = stated.slug
            while slug in taken:
                slug = f"{stated.slug[:70]}-{uuid.uuid4().hex[:6]}"
            taken.add(slug)
            names = ("name", "name_ar", "parent", "pcode", "latitude", "longitude", "precision")
            place = Place(slug=slug, created_at=now, **{name: getattr(stated, name) for name in names})
            new.append(place)
            here[stated.pcode] = place
        elif place.latitude is None and stated.latitude is not None and place.pk:
            before[place.pk] = place.facts()
            place.latitude, place.longitude = stated.latitude, stated.longitude
            place.save(update_fields=["latitude", "longitude"])
    give_keys(new)
    copy_records(new, is_numbered=True)
    record_many(by=by, kind=ChangeKind.REFERENCE_ADDED, told=[(place, None, None, place.facts()) for place in new], operation=operation, at=now)
    mended = [(place, None, before[place.pk], place.facts()) for place in here.values() if place.pk in before]
    record_many(by=by, kind=ChangeKind.REFERENCE_CHANGED, told=mended, operation=operation, at=now)
    _add_aliases([(here[stated.pcode], stated) for stated, _was_here in results])
    return [(here[stated.pcode], was_here) for stated, was_here in results]


def _add_aliases(stated: Sequence[tuple[Place, PlaceStated]]) -> None:
    held = set(PlaceAlias.objects.filter(place__in=[place for place, _one in stated]).values_list("place_id", "name"))
    aliases = []
    for place, one in stated:
        for name, language in ((one.name, ""), (one.name_ar, "ar"), *one.aliases):
            if name and name not in {place.name, place.name_ar} and (place.pk, name) not in held:
                held.add((place.pk, name))
                aliases.append(PlaceAlias(place=place, name=name, language=language))
    copy_records(aliases)
