"""Places as lists, pages and JSON show them: the gazetteer, which every reader sees whole."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from incidents.models import Place, PlaceAlias
from incidents.queries import cursors, filters
from incidents.queries.cursors import Page
from incidents.vocabulary import PlacePrecision

SHOWN_WITHIN = 200


@dataclass(frozen=True)
class PlaceFilter:
    """Which places are asked for. What is empty narrows nothing."""

    text: str = ""
    precision: str = ""
    parent: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names that may be asked with."""
        return tuple(one.name for one in fields(cls))

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        """Return the filter that was asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        return cls(
            text=filters.said_once(params, "text"),
            precision=filters.word(filters.said_once(params, "precision"), PlacePrecision, "precision"),
            parent=filters.slug(filters.said_once(params, "parent"), "parent"),
        )

    def as_params(self) -> dict[str, str]:
        """Return what `parse` would read this filter from; empty fields are left out."""
        return {name: value for name in self.names() if (value := getattr(self, name))}


def joined() -> QuerySet[Place]:
    """Return the places with their names and what they lie in, in a constant number of queries."""
    return Place.objects.select_related("parent").prefetch_related(Prefetch("aliases", queryset=PlaceAlias.objects.order_by("language", "name")))


def filtered(asked: PlaceFilter) -> QuerySet[Place]:
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
    return found.order_by("-id")


def page(asked: PlaceFilter, *, cursor: str | None = None, limit: int = 50) -> Page[Place]:
    """Return one page of places."""
    return cursors.page(filtered(asked), cursor, limit)


def one(slug: Any) -> Place:
    """Return the place. Raise Place.DoesNotExist if there is none."""
    return joined().get(slug=slug)


def within(place: Place) -> list[Place]:
    """Return what lies in the place, by name, cut at two hundred."""
    return list(Place.objects.filter(parent=place).order_by("name", "id")[:SHOWN_WITHIN])
