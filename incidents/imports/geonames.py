"""Towns from GeoNames: the name, alternate names in every script, coordinates, and the country that a row's code names."""

from collections.abc import Sequence
from typing import Any

from babel import Locale
from django.utils.translation import gettext_lazy as _

from incidents.actions import imports
from incidents.actions.imports import PlaceStated
from incidents.errors import RuleBroken
from incidents.imports.base import Context, Draft, Format
from incidents.imports.columns import Column, Count, Degrees, Names, Text
from incidents.imports.gazetteers import PlaceFormat, language_of, slug_of
from incidents.models import Place
from incidents.vocabulary import PlacePrecision


class GeoNames(PlaceFormat):
    """Populated places with their geonameid, alternate names separated by |."""

    name = "geonames-places"
    label = _("Places: GeoNames towns")
    help = _("Towns by geonameid, with every alternate name. What is on record keeps its name and gains the list's as others.")
    is_fixed = True

    def columns(self) -> Sequence[Column]:
        return [
            Count("geonameid", _("GeoNames id"), is_required=True),
            Text("name", _("Name"), is_required=True, longest=200),
            Text("countrycode", _("Country"), longest=2, aliases=["country code"]),
            Degrees("latitude", _("Latitude"), 90, is_required=True),
            Degrees("longitude", _("Longitude"), 180, is_required=True),
            Names("alternatenames", _("Other names"), aliases=["alternate names"]),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        code = f"geonames:{values['geonameid']}"
        others = [(name, language_of(name)) for name in values["alternatenames"] if len(name) <= 200]
        arabic = [name for name, language in others if language == "ar"]
        return Draft(
            code,
            PlaceStated(
                pcode=code,
                slug=slug_of(values["name"], f"gn{values['geonameid']}"),
                name=values["name"],
                # Of several spellings none is picked: they are all kept as names.
                name_ar=arabic[0] if len(arabic) == 1 else "",
                parent=_country(context, values["countrycode"]),
                latitude=values["latitude"],
                longitude=values["longitude"],
                precision=PlacePrecision.TOWN,
                aliases=others,
            ),
        )


def _country(context: Context, code: str) -> Place | None:
    """Return the country of this ISO code, put on record the first time it is met."""
    if not code:
        return None
    known: dict[str, Place] = context.kept.setdefault("countries", {})
    if code not in known:
        names = {language: Locale.parse(language).territories.get(code, "") for language in ("en", "ar")}
        if len(code) != 2 or not names["en"]:
            raise RuleBroken("unknown_country", _("No country has this code."), "countrycode")
        stated = PlaceStated(
            pcode=f"iso3166:{code}", slug=slug_of(names["en"], code), name=names["en"], name_ar=names["ar"], precision=PlacePrecision.COUNTRY
        )
        known[code] = imports.put_places(by=context.by, places=[stated], operation=context.operation)[0][0]
    return known[code]


FORMATS: list[Format] = [GeoNames()]
