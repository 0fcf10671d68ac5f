"""The committed base maps: what is under a map, where there is one, and whose code a region goes by."""

import json

from incidents.views.desk import base_map
from incidents.views.desk.base_map import Window


def plain(latitude: float, longitude: float) -> tuple[float, float]:
    return longitude, latitude


def test_there_is_ground_under_aleppo_and_none_under_the_atlantic() -> None:
    found = base_map.under(Window(36, 35, 38, 37), plain)
    assert found
    assert found.land.startswith("M")
    assert found.borders, "the border with Turkey is near"
    assert base_map.under(Window(-40, 0, -39, 1), plain) is None


def test_regions_go_by_their_code_with_a_name_in_arabic_and_a_source() -> None:
    for path in base_map.FOLDER.glob("*.json"):
        said = json.loads(path.read_text(encoding="utf-8"))
        assert "public domain" in said["source"]
        assert "no endorsement" in said["note"]
        assert path.stat().st_size < 60_000
        named = [region for region in said["regions"] if region["names"].get("ar")]
        assert len(named) > 0.9 * len(said["regions"])
    ukraine = json.loads((base_map.FOLDER / "ukraine.json").read_text(encoding="utf-8"))
    assert {"UA-43", "UA-40"} <= {region["code"] for region in ukraine["regions"]}, "by code, not by who controls it"
