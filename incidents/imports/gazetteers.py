"""Lists of places: our own sheet, and what OCHA's and GeoNames' share with it."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.actions import imports
from incidents.actions.imports import PlaceStated
from incidents.errors import RuleBroken
from incidents.imports.base import Committed, Context, Draft, Format
from incidents.imports.columns import Column, Degrees, Names, Text, Word
from incidents.models import Place
from incidents.vocabulary import PlacePrecision


class PlaceFormat(Format):
    """A format whose rows are places of a gazetteer, told apart by their p-codes."""

    needs_agreement = False

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        stated: list[PlaceStated] = [draft.content for draft in drafts]
        put = imports.put_places(by=context.by, places=stated, operation=context.operation)
        seen: set[str] = set()
        outcomes: list[Committed | RuleBroken] = []
        for one, (place, was_here) in zip(stated, put, strict=True):
            outcomes.append(Committed("place", place.public_id, was_here or one.pcode in seen))
            seen.add(one.pcode)
        return outcomes


class Places(PlaceFormat):
    """Our sheet of places."""

    name = "places"
    label = _("Places (our own sheet)")
    help = _("One row is one place with a code of its own. A place already on record gains names and is not overwritten.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("code", _("P-code"), is_required=True, longest=40, aliases=["pcode", "id"]),
            Text("name", _("Name"), is_required=True, longest=200, aliases=["name_en"]),
            Text("name_ar", _("Name in Arabic"), longest=200),
            Names("other_names", _("Other names"), aliases=["aliases", "alternate names"]),
            Text("lies_in", _("Lies in (p-code)"), longest=40, aliases=["parent", "parent_pcode"]),
            Degrees("latitude", _("Latitude"), 90, aliases=["lat"]),
            Degrees("longitude", _("Longitude"), 180, aliases=["lon", "lng", "long"]),
            Word("precision", pgettext_lazy("of a place", "Precision"), PlacePrecision, PlacePrecision.TOWN),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise RuleBroken("half_a_point", _("Give both coordinates or neither."), "latitude" if values["latitude"] is None else "longitude")
        stated = PlaceStated(
            pcode=values["code"],
            slug=slug_of(values["name"], values["code"]),
            name=values["name"],
            name_ar=values["name_ar"],
            latitude=values["latitude"],
            longitude=values["longitude"],
            precision=values["precision"],
            aliases=[(name[:200], language_of(name)) for name in values["other_names"]],
        )
        return Draft(values["code"], (stated, values["lies_in"]))

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        """Put places on record in the order of their rows, so that one may lie in another that stands above it."""
        outcomes: list[Committed | RuleBroken] = []
        together: list[Draft] = []

        def put() -> None:
            outcomes.extend(super(Places, self).commit(together, context))
            together.clear()

        for draft in drafts:
            stated, lies_in = draft.content
            if lies_in:
                if lies_in in {other.key for other in together}:
                    put()
                stated.parent = _stands(Place.every.filter(pcode=lies_in).select_related("merged_into").first())
                if stated.parent is None:
                    put()
                    told = _("No place on record has this p-code. A place stands above those that lie in it.")
                    outcomes.append(RuleBroken("unknown_place", told, "lies_in"))
                    continue
            together.append(Draft(draft.key, stated))
        put()
        return outcomes


def _stands(place: Place | None) -> Place | None:
    """Return the place, or the one that it was merged into."""
    return place and (place.merged_into or place)


def slug_of(name: str, code: str) -> str:
    """Return a slug that the name begins and the code makes unique."""
    begun = slugify(name)[:40].strip("-")
    return f"{begun}-{slugify(code)}"[:80].strip("-")


def language_of(name: str) -> str:
    """Return the language of a name where its letters tell: those of Arabic alone. Persian, Kurdish and Urdu have more."""
    letters = [letter for letter in name if letter.isalpha()]
    return "ar" if letters and all("\u0621" <= letter <= "\u064a" for letter in letters) else ""
