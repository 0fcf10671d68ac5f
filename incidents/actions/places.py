"""Places: adding one to the gazetteer, with its names, and merging two that are one. Changing and removing them is administration."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from incidents.actions import changes, reference
from incidents.actions.reference import Alias
from incidents.errors import RuleBroken
from incidents.models import (
    AggregateClaim,
    AggregateClaimPart,
    AgreementArea,
    ChangeKind,
    Checkpoint,
    Convoy,
    ConvoyEvent,
    Coverage,
    Place,
    PlaceAlias,
    Report,
    UnresolvedName,
    User,
)
from incidents.models.base import Record
from incidents.permissions import Capability, may
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
    if place.pcode and Place.every.filter(pcode=place.pcode).exists():
        raise RuleBroken("already_recorded", _("A place with this p-code is here already."), "pcode")
    return reference.add(place, by=by, aliases=aliases)


# The records that name places, and by which of their fields; and the rows of some that do so for them.
NAMED_BY: dict[type[Record], tuple[str, ...]] = {
    Report: ("place",),
    AggregateClaim: ("area",),
    AgreementArea: ("place",),
    Convoy: ("origin", "destination"),
    ConvoyEvent: ("place",),
    Coverage: ("place",),
    Place: ("parent",),
}
NAMED_IN: dict[type[Record], tuple[Any, str]] = {AggregateClaim: (AggregateClaimPart, "claim"), Convoy: (Checkpoint, "convoy")}
# What one request can put right.
MOST_MOVED = 2_000


@transaction.atomic
def merge(*, place: Place, into: Place, by: User | None, note: str) -> Place:
    """Return the place that goes on: it has the names of the other, whatever named that names it, and that one's address leads here.

    Raise RuleBroken, naming the field, if they are one already, if the one that goes on lies in the other, or if too much names that.
    """
    if by is not None and not may(by, Capability.ASSESS):
        raise PermissionDenied
    locked = {one.pk: one for one in Place.every.select_for_update().filter(pk__in=[place.pk, into.pk]).order_by("pk")}
    place, into = locked[place.pk], locked[into.pk]
    _must_be_two(place, into)
    reference.must_say(note, "reason")
    named = [(model, names, _naming(model, names, place)) for model, names in NAMED_BY.items()]
    if sum(rows.count() for _model, _names, rows in named) > MOST_MOVED:
        raise RuleBroken("too_many", _("More than %(most)d records name this place: merge the other one into it.") % {"most": MOST_MOVED}, "into")
    with changes.operation():
        for model, names, rows in named:
            for record in rows.select_for_update(of=("self",)).order_by("pk"):
                _renamed(record, names, NAMED_IN.get(model), place, into, by=by, note=note)
        UnresolvedName.objects.filter(place=place).update(place=into)
        Place.every.filter(merged_into=place).update(merged_into=into)
        _taken_over(place, into, by=by, note=note)
        before = place.facts()
        place.merged_into = into
        place.save(update_fields=["merged_into"])
        changes.record(by=by, kind=ChangeKind.PLACE_MERGED, record=place, before=before, after=place.facts(), note=note)
    return into


def _must_be_two(place: Place, into: Place) -> None:
    if place.pk == into.pk or place.merged_into_id or into.merged_into_id:
        raise RuleBroken("merged", _("Choose another place, one that stands in the gazetteer."), "into")
    above: Place | None = into.parent
    for _level in range(20):
        if above is not None and above.pk == place.pk:
            raise RuleBroken("lies_within", _("It lies in this one: what holds a place is not the same place."), "into")
        above = above and above.parent


def _naming(model: type[Record], names: tuple[str, ...], place: Place) -> Any:
    """Return the records of a model that name the place."""
    named = Q()
    for name in names:
        named |= Q(**{name: place})
    if model in NAMED_IN:
        rows, owner = NAMED_IN[model]
        named |= Q(pk__in=rows.objects.filter(place=place).values(owner))
    return model._default_manager.filter(named)


def _renamed(record: Any, names: tuple[str, ...], rows: tuple[Any, str] | None, place: Place, into: Place, *, by: User | None, note: str) -> None:
    """Let a record name the other place, and record what it named before."""
    before = record.facts()
    changed = [name for name in names if getattr(record, f"{name}_id") == place.pk]
    for name in changed:
        setattr(record, name, into)
    if hasattr(record, "version"):
        record.version += 1
        changed.append("version")
    if changed:
        record.save(update_fields=changed)
    if rows:
        model, owner = rows
        model.objects.filter(**{owner: record}, place=place).update(place=into)
    after = type(record)._default_manager.get(pk=record.pk).facts()
    agreement = getattr(record, "agreement", None) or (record.convoy.agreement if isinstance(record, ConvoyEvent) else None)
    changes.record(by=by, kind=ChangeKind.REFERENCE_CHANGED, record=record, agreement=agreement, before=before, after=after, note=note)


def _taken_over(place: Place, into: Place, *, by: User | None, note: str) -> None:
    """Give a place the names of the other that it lacks, and of its name in Arabic, its code and its point those that it has none of."""
    before = into.facts()
    into.name_ar, into.pcode = into.name_ar or place.name_ar, into.pcode or place.pcode
    if into.latitude is None and place.latitude is not None:
        into.latitude, into.longitude, into.precision = place.latitude, place.longitude, place.precision
    into.save(update_fields=["name_ar", "pcode", "latitude", "longitude", "precision"])
    known = {into.name, into.name_ar, *into.aliases.values_list("name", flat=True)}
    told = [(place.name, ""), (place.name_ar, "ar"), *place.aliases.order_by("pk").values_list("name", "language")]
    gained = {name: language for name, language in told if name and name not in known}
    PlaceAlias.objects.bulk_create([PlaceAlias(place=into, name=name, language=language) for name, language in gained.items()])
    after = into.facts() | ({"aliases": [*gained]} if gained else {})
    changes.record(by=by, kind=ChangeKind.REFERENCE_CHANGED, record=into, before=before, after=after, note=note)
