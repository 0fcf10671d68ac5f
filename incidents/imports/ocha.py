"""The list of populated places that the United Nations (OCHA) publish for a country: English and Arabic names, p-codes, coordinates.

District and subdistrict stand in the rows by name. They become places that the settlements lie in, as the list itself states them.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from incidents.actions import imports
from incidents.actions.imports import PlaceStated
from incidents.imports.base import Context, Draft, Format
from incidents.imports.columns import Column, Degrees, Text
from incidents.imports.gazetteers import PlaceFormat, slug_of
from incidents.models import Place
from incidents.vocabulary import PlacePrecision


class Ocha(PlaceFormat):
    """Populated places of the common operational data set."""

    name = "ocha-places"
    label = _("Places: OCHA list with p-codes")
    help = _("Settlements by p-code, with their subdistricts and districts. What is on record keeps its name and gains the list's as another.")
    is_fixed = True

    def columns(self) -> Sequence[Column]:
        return [
            Text("pcode", _("P-code"), is_required=True, longest=40, aliases=["admin4Pcode", "PCODE"]),
            Text("name_en", _("Name"), is_required=True, longest=200, aliases=["admin4Name_en"]),
            Text("name_ar", _("Name in Arabic"), longest=200, aliases=["admin4Name_ar"]),
            Text("subdistrict_en", _("Subdistrict"), longest=200, aliases=["admin3Name_en"]),
            Text("district_en", _("District"), longest=200, aliases=["admin2Name_en"]),
            Degrees("latitude", _("Latitude"), 90, is_required=True, aliases=["LATITUDE_Y"]),
            Degrees("longitude", _("Longitude"), 180, is_required=True, aliases=["LONGITUDE_X"]),
            Text("name_ar_full", _("Full name in Arabic")),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        upwards = _arabic_upwards(values["name_ar_full"])
        district = _area(context, "district", values["district_en"], upwards[1], None)
        subdistrict = _area(context, "subdistrict", values["subdistrict_en"], upwards[0], district)
        return Draft(
            values["pcode"],
            PlaceStated(
                pcode=values["pcode"],
                slug=slug_of(values["name_en"], values["pcode"]),
                name=values["name_en"],
                name_ar=values["name_ar"],
                parent=subdistrict or district,
                latitude=values["latitude"],
                longitude=values["longitude"],
                precision=PlacePrecision.TOWN,
            ),
        )


def _arabic_upwards(full: str) -> tuple[str, str]:
    """Return the Arabic names of subdistrict and district from "settlement - subdistrict - district", empty where it has other parts."""
    parts = [part.strip() for part in full.split(" - ")]
    return (parts[1], parts[2]) if len(parts) == 3 else ("", "")


def _area(context: Context, level: str, name: str, name_ar: str, parent: Place | None) -> Place | None:
    """Return the district or subdistrict of this name, put on record the first time it is met."""
    if not name:
        return None
    known: dict[str, Place] = context.kept.setdefault("areas", {})
    code = f"ocha:{level}:{slugify(parent.name) + '/' if parent else ''}{slugify(name)}"[:40]
    if code not in known:
        stated = PlaceStated(
            pcode=code,
            slug=slugify(f"{name}-{level}{'-' + parent.name if parent else ''}")[:80].strip("-"),
            name=name,
            name_ar=name_ar,
            parent=parent,
            precision=PlacePrecision.DISTRICT,
        )
        known[code] = imports.put_places(by=context.by, places=[stated], operation=context.operation)[0][0]
    return known[code]


FORMATS: list[Format] = [Ocha()]
