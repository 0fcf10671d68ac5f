"""From a name in a file to a party, place or source. Only an exact name, alias, slug or p-code resolves by itself; the rest is for a person."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from incidents.models import Agreement, ImportBatch, Party, Place, Side, Source, UnresolvedName
from incidents.rules.areas import Point, distance_km
from incidents.rules.lookups import Names, Verdict, verdict
from incidents.rules.names import Named, NameReason, match
from incidents.rules.spelling import PARTY_WORDS
from incidents.vocabulary import METRES_OF, PlacePrecision

Kind = UnresolvedName.Kind
R = TypeVar("R", Party, Place, Source)
# A place, how well it fits, and why.
Located = tuple[Place, float, tuple[NameReason, ...]]
CANDIDATES = 5
# Two places of one name closer than this to the coordinates given cannot be told apart by them.
SAME_PLACE_KM = 10.0
CELL = 0.085  # degrees


class Unresolved(Exception):
    """Names in a row that lead to no record. The row is held until a person resolves them."""

    def __init__(self, names: Iterable[tuple[str, str, str]]) -> None:
        self.names = list(names)
        super().__init__(", ".join(name for _kind, name, _field in self.names))


class NoOne(Exception):
    """A person said of this name that it is none of ours."""

    def __init__(self, kind: str, name: str, field: str) -> None:
        self.kind, self.name, self.field = kind, name, field
        super().__init__(name)


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """Return a name as it is compared: composed, without case and repeated blanks, invisible characters left out."""
    visible = "".join(letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split()).casefold()


class Resolver:
    """Looks names up for one batch. What a person answered in this batch comes first."""

    def __init__(self, batch: ImportBatch, agreement: Agreement | None) -> None:
        self.batch, self.agreement = batch, agreement
        self._answers: dict[tuple[str, str], Party | Place | Source | None] = {}
        if batch.pk:
            answered = batch.unresolved.filter(resolved_at__isnull=False).select_related("party", "place", "source")
            self._answers = {(one.kind, one.name): one.party or one.place or one.source for one in answered}
        self._points: dict[int, Point | None] = {}
        self._located: dict[tuple[str, Decimal, Decimal], Located | None] = {}

    def load(self) -> None:
        """Load every name there is, so that looking up asks the database nothing any more."""
        for _names in (self._parties, self._sources, self._sides, self._places):
            pass

    # --- Looking up

    def knows(self, kind: str, name: str) -> bool:
        """Return whether a party or source of this name is on record, or a person said what it is."""
        known: dict[str, Any] = dict(self._parties if kind == Kind.PARTY else self._sources)
        return (kind, name) in self._answers or folded(name) in known

    def every(self, kind: str, name: str) -> list[Any]:
        """Return every record that bears exactly this name."""
        known: dict[str, Any] = {Kind.PARTY: lambda: self._parties, Kind.PLACE: lambda: self._places, Kind.SOURCE: lambda: self._sources}
        return list(known[kind]().get(folded(name), []))

    def party(self, name: str, field: str) -> Party:
        """Return the party. Raise Unresolved, or NoOne where a person said that there is none."""
        return self._one(Kind.PARTY, name, field, self._parties)

    def source(self, name: str, field: str) -> Source:
        """Return the source. Raise Unresolved, or NoOne where a person said that there is none."""
        return self._one(Kind.SOURCE, name, field, self._sources)

    def accused(self, name: str, field: str) -> Party | Side | None:
        """Return the accused side, by letter or name, or party. None where a person said that it is none of ours."""
        if (side := self._sides.get(folded(name))) is not None:
            return side
        try:
            return self.party(name, field)
        except NoOne:
            return None

    def place(self, name: str, field: str, point: tuple[Decimal, Decimal] | None = None) -> Place | None:
        """Return the place of this very name: the one near the coordinates given where several bear it.

        Where the row gives coordinates of its own, a name that leads nowhere returns None and the row stands without it.
        """
        key = (Kind.PLACE, name[:300])
        if key in self._answers:
            answer = self._answers[key]
            return answer if isinstance(answer, Place) else None
        found = self._places.get(folded(name), [])
        if point:
            here = Point(float(point[0]), float(point[1]))
            near = [place for place in found if (there := self._point_of(place)) and distance_km(there, here) <= SAME_PLACE_KM]
            return near[0] if len(near) == 1 else None
        if len(found) == 1:
            return found[0]
        raise Unresolved([(Kind.PLACE, name, field)])

    def _point_of(self, place: Place) -> Point | None:
        try:
            return self._points[place.pk]
        except KeyError:
            known = place.latitude is not None and place.longitude is not None
            point = self._points[place.pk] = Point(float(place.latitude), float(place.longitude)) if known else None  # type: ignore[arg-type]
            return point

    def located(self, name: str, latitude: Decimal, longitude: Decimal, precision: PlacePrecision) -> Located | None:
        """Return the place that fits both name and coordinates clearly better than any other, with the score and its reasons.

        None where none does. Only the same name, or the same in another spelling, near the coordinates, is taken.
        """
        key = (name, latitude, longitude)
        if key not in self._located:
            if len(self._located) > 20_000:
                self._located.clear()
            self._located[key] = self._fitting(name, Point(float(latitude), float(longitude), METRES_OF[precision]))
        return self._located[key]

    def _fitting(self, name: str, here: Point) -> Located | None:
        # Only what is near can be taken, so only that is compared: a gazetteer has thousands of places.
        row, column = _cell(here)
        around = [entry for r in (-1, 0, 1) for c in (-1, 0, 1) for entry in self._place_cells.get((row + r, column + c), ())]
        matches = sorted((match(name, entry, here) for entry in around), key=lambda one: -one.score)
        if not matches or verdict(matches) != Verdict.CLEAR:
            return None
        best = matches[0]
        is_taken = NameReason.NEAR in best.reasons and {NameReason.SAME, NameReason.SAME_SOUND} & set(best.reasons)
        return (self._places_by_id[best.id], best.score, best.reasons) if is_taken else None

    def _one(self, kind: str, name: str, field: str, known: dict[str, list[R]]) -> R:
        if (kind, name[:300]) in self._answers:
            answer = self._answers[kind, name[:300]]
            if answer is None:
                raise NoOne(kind, name, field)
            return answer  # type: ignore[return-value]
        found = known.get(folded(name), [])
        if len(found) == 1:
            return found[0]
        raise Unresolved([(kind, name, field)])

    # --- What there is

    @cached_property
    def _parties(self) -> dict[str, list[Party]]:
        return _index(
            (party, (party.slug, party.name, party.name_ar, party.short_name, party.short_name_ar, *(alias.name for alias in party.aliases.all())))
            for party in Party.objects.select_related("organ_of").prefetch_related("aliases")
        )

    @cached_property
    def _sources(self) -> dict[str, list[Source]]:
        return _index((source, (source.slug, source.name)) for source in Source.objects.all())

    @cached_property
    def _sides(self) -> dict[str, Side]:
        sides = self.agreement.sides.all() if self.agreement else []
        return {folded(name): side for side in sides for name in (side.name_ar, side.name, side.code) if name}

    @cached_property
    def _all_places(self) -> list[Place]:
        return list(Place.objects.select_related("parent").prefetch_related("aliases"))

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        return _index(
            (place, (place.slug, place.pcode, place.name, place.name_ar, *(alias.name for alias in place.aliases.all())))
            for place in self._all_places
        )

    @cached_property
    def _places_by_id(self) -> dict[str, Place]:
        return {str(place.public_id): place for place in self._all_places}

    @cached_property
    def _place_cells(self) -> dict[tuple[int, int], list[Named]]:
        cells: dict[tuple[int, int], list[Named]] = defaultdict(list)
        for place in self._all_places:
            entry = _named_place(place)
            if entry.point:
                cells[_cell(entry.point)].append(entry)
        return dict(cells)

    @cached_property
    def _place_names(self) -> Names:
        return Names(_named_place(place) for place in self._all_places)

    @cached_property
    def _party_names(self) -> Names:
        parties = {party.pk: party for found in self._parties.values() for party in found}
        return Names(
            (
                Named(
                    str(party.public_id),
                    tuple(filter(None, (party.name, party.name_ar, party.short_name, *(alias.name for alias in party.aliases.all())))),
                )
                for party in parties.values()
            ),
            generic=PARTY_WORDS,
        )

    @cached_property
    def _source_names(self) -> Names:
        sources = {source.pk: source for found in self._sources.values() for source in found}
        return Names((Named(str(source.public_id), (source.name,)) for source in sources.values()), generic=frozenset())

    def add_source(self, source: Source) -> None:
        """Let a source that was just created be found."""
        for name in (source.slug, source.name):
            self._sources.setdefault(folded(name), [])
            if source not in self._sources[folded(name)]:
                self._sources[folded(name)].append(source)

    def add_party(self, party: Party) -> None:
        """Let a party that was just created be found."""
        for name in {folded(party.slug), folded(party.name), folded(party.short_name)} - {""}:
            self._parties.setdefault(name, []).append(party)

    # --- For a person to choose from

    def candidates(self, kind: str, name: str) -> list[dict[str, Any]]:
        """Return what a name may mean, best first, each with its score, the reasons for it and by which of its names."""
        names = {Kind.PARTY: self._party_names, Kind.PLACE: self._place_names, Kind.SOURCE: self._source_names}[Kind(kind)]
        return [
            {
                "id": one.id,
                "score": round(one.score, 3),
                "name": one.name,
                "reasons": [str(reason.value) for reason in one.reasons],
                "km": None if one.km is None else round(one.km, 1),
            }
            for one in names.find(name, limit=CANDIDATES).matches
        ]


def _index(named: Iterable[tuple[R, Iterable[str]]]) -> dict[str, list[R]]:
    found: dict[str, list[R]] = defaultdict(list)
    for record, names in named:
        for name in {folded(name) for name in names if name}:
            found[name].append(record)
    return dict(found)


def _named_place(place: Place) -> Named:
    names = tuple(filter(None, (place.name, place.name_ar, *(alias.name for alias in place.aliases.all()))))
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = Point(float(place.latitude), float(place.longitude), METRES_OF[PlacePrecision(place.precision)])
    return Named(str(place.public_id), names, point)


def _cell(point: Point) -> tuple[int, int]:
    """Return a square of some nine kilometres: what is near enough to be taken lies in it or in one beside it."""
    return int(point.latitude // CELL), int(point.longitude // CELL)
