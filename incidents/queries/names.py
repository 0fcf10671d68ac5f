"""Names of places, parties and sources, looked for while somebody types, in any script and spelling, and as rules recognise them in a text."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, FloatField, Max, QuerySet, Value
from django.db.models.functions import Cast

from incidents.models import Membership, Party, PartyAlias, Place, PlaceAlias, Side, Source
from incidents.queries import visibility, withholding
from incidents.queries.visibility import Reader
from incidents.rules.areas import Point, bearing, distance_km
from incidents.rules.lookups import Names
from incidents.rules.names import POSSIBLE_SCORE, Named
from incidents.rules.recognition import Gazetteer
from incidents.rules.recognition import Side as Camp
from incidents.rules.spelling import spelling
from incidents.vocabulary import METRES_OF, PartyKind, PlacePrecision, Role

SHOWN = 8
LONGEST = 120
# So many known places around a point are looked at.
MOST_AROUND = 500
# An index is built anew after so many seconds: a name corrected meanwhile is found then, a new one at once.
KEPT_SECONDS = 60
# What speakers call a camp by its kind, said of the one camp that has states, or armed groups, among its members.
CALLED = {
    PartyKind.STATE: ("government", "government forces", "regime", "regime forces", "النظام", "قوات النظام", "القوات الحكومية", "الحكومة"),
    PartyKind.ARMED_GROUP: (
        "rebels",
        "militants",
        "armed groups",
        "opposition fighters",
        "المسلحين",
        "المسلحون",
        "الفصائل",
        "المعارضة",
        "الجماعات المسلحة",
    ),
}


@dataclass(frozen=True)
class Listed:
    """One choice in a list of names: what is put into the field, the name shown, its name in the other script, and where it is."""

    value: str
    label: str
    other: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Near:
    """A known place near a point: how far from it the point lies, and in which direction."""

    place: Place
    km: float
    degrees: float | None


@dataclass(frozen=True)
class Index:
    """Every name of one kind of record, ready to be searched."""

    names: Names
    starts: tuple[tuple[str, str], ...]
    records: dict[str, Any]

    def find(self, text: str) -> list[Any]:
        """Return the records whose name begins as typed, then those whose name sounds like it, best first."""
        typed = spelling(text[:LONGEST]).written
        begun = [key for written, key in self.starts if typed and written.startswith(typed)]
        like = [match.id for match in self.names.find(text[:LONGEST], limit=SHOWN).matches if match.score >= POSSIBLE_SCORE]
        within = [key for written, key in self.starts if len(typed) > 2 and typed in written]
        return [self.records[key] for key in list(dict.fromkeys([*begun, *like, *within]))[:SHOWN]]


def places(text: str) -> list[Place]:
    """Return the places that somebody may mean who has typed so much."""
    found: list[Place] = _places(_last(Place, PlaceAlias), _minute()).find(text)
    return found


def parties(text: str) -> list[Party]:
    """Return the parties that somebody may mean who has typed so much."""
    found: list[Party] = _parties(_last(Party, PartyAlias), _minute()).find(text)
    return found


def sources(reader: Reader, text: str) -> list[Source]:
    """Return the sources that this reader may name and may mean."""
    seen = [source for source in Source.objects.order_by("name") if visibility.shows_source(reader, source)]
    found: list[Source] = _index({source.slug: source for source in seen}, lambda source: (source.name,)).find(text)
    return found


def gazetteer() -> Gazetteer:
    """Return every name of every place, ready to be recognised in a text."""
    return _gazetteer(_last(Place, PlaceAlias), _minute())


def around(reader: Reader, latitude: float, longitude: float) -> QuerySet[Place]:
    """Return the nearest of the known places in the square of a degree around a point; none that is finer than the grid that a reader is on."""
    square = {"latitude__range": (latitude - 0.5, latitude + 0.5), "longitude__range": (longitude - 0.5, longitude + 0.5)}
    found = Place.objects.filter(**square, precision__in=withholding.named_on_maps(reader))
    away = [Cast(F(name), FloatField()) - Value(at, FloatField()) for name, at in (("latitude", latitude), ("longitude", longitude))]
    shrink = Value(math.cos(math.radians(latitude)) ** 2, FloatField())
    return found.order_by(away[0] * away[0] + away[1] * away[1] * shrink, "id")[:MOST_AROUND]


def nearest(places: Iterable[Place], latitude: float, longitude: float, limit: int = 3) -> list[Near]:
    """Return the known places nearest to a point, nearest first. Governorates and countries lie around everything and are left out."""
    here = Point(latitude, longitude)
    wide = {PlacePrecision.GOVERNORATE, PlacePrecision.COUNTRY}
    found = []
    for place in places:
        if place.latitude is None or place.longitude is None or place.precision in wide or abs(float(place.latitude) - latitude) > 3:
            continue
        there = Point(float(place.latitude), float(place.longitude))
        found.append(Near(place, distance_km(there, here), bearing(there, here)))
    return sorted(found, key=lambda one: one.km)[:limit]


def camps(sides: list[Side]) -> list[Camp]:
    """Return the sides of an agreement with every name of theirs and of their members, as a text may call them."""
    members = Membership.objects.filter(side__in=sides, role=Role.ON_SIDE).select_related("party")
    held: dict[int, list[Party]] = {}
    for row in members:
        held.setdefault(row.side_id or 0, []).append(row.party)
    everybody = {party.pk for parties in held.values() for party in parties}
    organs = Party.objects.filter(organ_of__in=everybody)
    aliases: dict[int, list[str]] = {}
    for alias in PartyAlias.objects.filter(party__in=everybody | {organ.pk for organ in organs}):
        aliases.setdefault(alias.party_id, []).append(alias.name)
    kinds = {side.pk: {party.kind for party in held.get(side.pk, ())} for side in sides}
    found = []
    for side in sides:
        names = [*_names_of_side(side)]
        for party in held.get(side.pk, ()):
            for one in (party, *(organ for organ in organs if organ.organ_of_id == party.pk)):
                names += [*_names_of_party(one), *aliases.get(one.pk, ())]
        for kind, called in CALLED.items():
            if kind in kinds[side.pk] and sum(kind in other for other in kinds.values()) == 1:
                names += called
        found.append(Camp(side.code, tuple(dict.fromkeys(name for name in names if len(name) > 1))))
    return found


def _names_of_side(side: Side) -> Iterable[str]:
    for name in (side.name, side.name_ar):
        yield name
        # "Government and allies" is called the Government.
        yield name.partition(" and ")[0].partition(" و")[0]


def _names_of_party(party: Party) -> tuple[str, ...]:
    return tuple(name for name in (party.name, party.name_ar, party.short_name, party.short_name_ar) if name)


def _names_of_place(place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (place.name, place.name_ar, *(alias.name for alias in place.aliases.all())) if name))


def _last(*models: Any) -> tuple[int, ...]:
    return tuple(model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in models)


def _minute() -> int:
    return int(time.monotonic() // KEPT_SECONDS)


@lru_cache(maxsize=2)
def _places(last: tuple[int, ...], minute: int) -> Index:
    records = {place.slug: place for place in _all_places()}
    return _index(records, _names_of_place)


@lru_cache(maxsize=2)
def _gazetteer(last: tuple[int, ...], minute: int) -> Gazetteer:
    return Gazetteer(Named(place.slug, _names_of_place(place)) for place in _all_places())


@lru_cache(maxsize=2)
def _parties(last: tuple[int, ...], minute: int) -> Index:
    records = {party.slug: party for party in Party.objects.prefetch_related("aliases").order_by("name")}
    return _index(records, lambda party: (*_names_of_party(party), *(alias.name for alias in party.aliases.all())))


def _all_places() -> Iterable[Place]:
    return Place.objects.select_related("parent").prefetch_related("aliases").order_by("name")


def _index(records: dict[str, Any], names_of: Any) -> Index:
    def point_of(record: Any) -> Point | None:
        if getattr(record, "latitude", None) is None:
            return None
        radius = METRES_OF[PlacePrecision(record.precision)] if record.precision else None
        return Point(float(record.latitude), float(record.longitude), radius)

    entries = [Named(key, tuple(names_of(record)), point_of(record)) for key, record in records.items()]
    starts = tuple((spelling(name).written, entry.id) for entry in entries for name in entry.names)
    return Index(Names(entries), starts, records)
