"""A box holds what is shown in it, to whom points are snapped, too, and is found by an index then."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from incidents.models import Profile, Report, User
from incidents.queries import reports, visibility
from incidents.queries.filters import ReportFilter
from incidents.rules import boxes
from incidents.rules.boxes import Box
from incidents.vocabulary import Grid, PlacePrecision
from tests.builders import make_place, make_report, make_user

pytestmark = pytest.mark.django_db

BOXES = (
    "37,36,37.1,36.2", "37.05,36.15,37.05,36.15", "37.1,36.2,37.1,36.2", "36.9,36,38.4,37.2", "0,0,10,10", "179.9,-90,-179.9,90", "-180,-90,180,90",
)  # fmt: skip


def snapped(grid: Grid) -> User:
    profile = Profile.objects.create(slug=f"grid-{grid}", name=f"Grid {grid}", is_every_agreement=True, grid=grid)
    return make_user(User.Role.PARTNER, f"grid {grid}", profile=profile)


def asked(box: str) -> ReportFilter:
    return ReportFilter(box=boxes.parse(box, "box"))


def copies(report: Report, points: list[tuple[str, str]]) -> None:
    """Make many of a report, each at a point of its own."""
    values = {field.attname: getattr(report, field.attname) for field in Report._meta.concrete_fields if field.name not in {"id", "public_id"}}
    places = [{"latitude": Decimal(latitude), "longitude": Decimal(longitude)} for latitude, longitude in points]
    Report.objects.bulk_create([Report(**values | {"public_id": uuid4(), "place_precision": PlacePrecision.POINT} | place) for place in places])


def in_box(box: Box, latitude: Any, longitude: Any) -> bool:
    """Return whether a point is in the box, asked without a database."""
    if latitude is None or not box.south <= latitude <= box.north:
        return False
    return bool(longitude >= box.west or longitude <= box.east) if box.crosses else bool(box.west <= longitude <= box.east)


def test_a_box_holds_exactly_what_is_shown_in_it() -> None:
    random = Random(7)
    district = make_place("Valley", precision=PlacePrecision.DISTRICT, latitude="36.200000", longitude="37.100000")
    make_report(place=make_place("Mill town", parent=make_place("Mill", parent=district), latitude="5.000000", longitude="5.000000"))
    points = [(f"{random.uniform(35.9, 37.3):.6f}", f"{random.uniform(36.8, 38.5):.6f}") for _point in range(150)]
    edges = [("36.15", "37.05"), ("36.149999", "37.049999"), ("36.25", "37.15"), ("0.05", "179.96"), ("-0.05", "-179.94"), ("89.99", "-180")]
    copies(make_report(), points + edges)
    found = 0
    for grid in Grid:
        reader = snapped(grid)
        names = ("pk", "latitude", "longitude", "place__latitude", "place__longitude")
        rows = list(visibility.reports(reader).values_list(*names))
        for box in BOXES:
            right = {
                pk for pk, *own, north, east in rows if in_box(boxes.parse(box, "box"), *(own if own[0] is not None else (north, east)))
            }  # fmt: skip
            assert {row.pk for row in reports.narrowed(reader, asked(box))} == right, (grid, box)
            found += len(right)
    assert found > 1_000


def test_where_points_are_snapped_it_is_found_by_the_index_of_the_points() -> None:
    random = Random(8)
    copies(make_report(), [(f"{random.uniform(30, 40):.6f}", f"{random.uniform(30, 40):.6f}") for _point in range(4_000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_report")
    rows = reports.narrowed(snapped(Grid.KM_5), asked("37,36,37.1,36.1"))
    assert rows.exists()
    assert "report_by_point" in rows.explain()
