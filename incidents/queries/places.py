"""Places as lists, pages and JSON show them: the gazetteer, which every reader sees whole."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, When

from incidents.models import Place, PlaceAlias
from incidents.queries import cursors, filters, narrowing, reports, visibility
from incidents.queries.cursors import Page
from incidents.queries.filters import Filter
from incidents.queries.reports import Spread
from incidents.queries.visibility import Reader
from incidents.rules.boxes import Box
from incidents.vocabulary import PlacePrecision

SHOWN_WITHIN = 200


@dataclass(frozen=True)
class PlaceFilter(Filter):
    """Which places are asked for."""

    own = {
        "text": replace(filters.WORDS["text"], says="In any name, or a p-code."),
        "precision": filters.one_of(PlacePrecision, "How exactly its coordinates stand for it."),
        "parent": filters.slug_of("Slug of what they lie in, next above them."),
        "area": replace(filters.WORDS["area"], says="Slug of a place: itself, and all that lies in it."),
        "box": replace(filters.WORDS["box"], says="`west,south,east,north` in degrees, edges included."),
    }

    text: str = ""
    precision: str = ""
    parent: str = ""
    area: str = ""
    box: Box | None = None
    updated_since: datetime | None = None


def joined() -> QuerySet[Place]:
    """Return the places with their names and what they lie in, in a constant number of queries."""
    return Place.objects.select_related("parent").prefetch_related(Prefetch("aliases", queryset=PlaceAlias.objects.order_by("language", "name")))


def filtered(reader: Reader, asked: PlaceFilter) -> QuerySet[Place]:
    """Return the places asked for, those put on record last first. Text is looked for in every name, and is a p-code or none."""
    found = joined()
    if asked.text:
        alias = Exists(PlaceAlias.objects.filter(place=OuterRef("pk"), name__icontains=asked.text))
        found = found.filter(Q(name__icontains=asked.text) | Q(name_ar__icontains=asked.text) | Q(pcode__iexact=asked.text) | alias)
    if asked.precision:
        found = found.filter(precision=asked.precision)
    if asked.parent:
        if not Place.objects.filter(slug=asked.parent).exists():
            raise filters.unknown(asked.parent, "parent")
        found = found.filter(parent__slug=asked.parent)
    if asked.area:
        found = found.filter(pk__in=narrowing.within(asked.area).values("pk"))
    if asked.box:
        found = found.filter(narrowing.is_in(asked.box, "latitude", "longitude"))
    return narrowing.updated(reader, found, asked.updated_since).order_by("-id")


def page(reader: Reader, asked: PlaceFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Place]:
    """Return one page of places."""
    return cursors.page(filtered(reader, asked), cursor, limit)


def page_by_name(reader: Reader, asked: PlaceFilter, language: str, *, cursor: str | None = None, limit: int = 50) -> Page[Place]:
    """Return one page of places in the order of their names in a language, or of the other name where it has none."""
    arabic = Case(When(name_ar="", then=F("name")), default=F("name_ar"))
    name = cursors.alphabetical(arabic if language.startswith("ar") else F("name"))
    return cursors.page_by_name(filtered(reader, asked).annotate(sorted_by=name), "sorted_by", cursor, limit)


def one(slug: Any) -> Place:
    """Return the place, or the one that it was merged into. Raise Place.DoesNotExist if there is none."""
    heir = Place.every.filter(slug=slug, merged_into__isnull=False).values_list("merged_into__slug", flat=True).first()
    return joined().get(slug=heir or slug)


def within(place: Place) -> list[Place]:
    """Return what lies in the place, by the name that the reader is shown, cut at two hundred."""
    found = Place.objects.filter(parent=place).order_by("name", "id")[:SHOWN_WITHIN]
    return sorted(found, key=lambda one: str(one.label).casefold())


def around(place: Place) -> list[Place]:
    """Return what the place lies in, the widest last."""
    found: list[Place] = []
    one = place.parent
    while one is not None and one not in found and len(found) < narrowing.DEEPEST:
        found.append(one)
        one = one.parent
    return found


def spread(reader: Reader, place: Place) -> list[Spread]:
    """Return how many reports name the place, or what lies in it, by agreement: as this reader is shown where they lie."""
    return reports.spread(reader, visibility.reports(reader).filter(narrowing.lies_in(place.slug, "place")))
