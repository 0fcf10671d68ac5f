"""The public figures as files: the same four series under the same names as on the page, as JSON, as a table and as a picture."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from incidents.exports import tables
from incidents.queries.tallies import Tallies
from incidents.views import dates
from incidents.views.desk import bars, pictures
from incidents.views.desk.accused import Accused
from incidents.views.lines import Camp, Line
from incidents.vocabulary import Series, Unit

COLUMNS = (
    *("agreement", "side", "side_name", "series", "claimant", "number", "qualifier", "unit", "as_of", "caveats"),
    *("as_known_up_to_change", "address"),
)


@dataclass(frozen=True)
class Bar:
    """One number of the page as a bar of its chart."""

    accused: Accused
    key: str
    number: str
    size: int | None

    # What a chart asks of a row.
    detail = ""

    @property
    def speech(self) -> str:
        return f"{self.key}, {self.accused.label}: {self.number}"


def drawn(camps: Iterable[Camp]) -> bars.Chart:
    """Return the chart of the figures: series after series, in each the sides in their order, on one scale.

    What is claimed in another unit has another scale, and stands in the table alone.
    """
    found: dict[tuple[int, str], list[Bar]] = {}
    for camp in camps:
        for line in camp.lines:
            if line.series == Series.CLAIMED and line.unit_code != Unit.VIOLATION:
                continue
            name = str(line.series.label) + (f" · {line.who}" if line.who else "")
            shown = "—" if line.value is None else f"{line.value}"
            found.setdefault((list(Series).index(line.series), name), []).append(Bar(camp.accused, name, shown, line.value))
    return bars.of([bar for _key, held in sorted(found.items(), key=lambda one: one[0][0]) for bar in held], is_series=False)


def of(form: str, context: dict[str, Any], host: str) -> HttpResponse:
    """Return the figures of the page in one of the forms. The file's name says how time and text run in it."""
    body, kind = FORMS[form](context, host)
    return pictures.file(body, kind, f"{context['agreement'].slug}-{context['point'].number}", form)


def _json(context: dict[str, Any], host: str) -> tuple[str, str]:
    found: Tallies = context["found"]
    point, agreement = context["point"], context["agreement"]
    body = {
        "agreement": agreement.slug,
        "name": agreement.label,
        "first_day": found.first_day and found.first_day.isoformat(),
        "last_day": found.last_day and found.last_day.isoformat(),
        "as_known_up_to_change": point.number,
        "as_known_at": point.sealed_at and point.sealed_at.isoformat(),
        "delay_hours": context["profile"].delay_hours,
        "standing": context["standing_line"],
        "coverage": context["watched"],
        "definitions": {str(series): str(says) for series, says in context["definitions"]},
        "sides": [_side(camp, agreement.slug, point.number, host) for camp in context["camps"]],
    }
    return json.dumps(body, ensure_ascii=False, indent=1), "application/json; charset=utf-8"


def _side(camp: Camp, slug: str, change: int, host: str) -> dict[str, Any]:
    figures = [_figure(line, slug, change, host) for line in camp.lines]
    ours = {figure["series"]: figure for figure in figures if figure["series"] != str(Series.CLAIMED)}
    return {
        "side": camp.accused.side or None,
        "name": camp.accused.label,
        str(Series.CLAIMED): [figure for figure in figures if figure["series"] == str(Series.CLAIMED) and figure["claimant"]],
        **ours,
    }


def _figure(line: Line, slug: str, change: int, host: str) -> dict[str, Any]:
    address = _address(line, slug, change, host)
    said = {"series": str(line.series), "number": line.value, "caveats": [dates.plain(note) for note in line.notes], "address": address}
    if line.series == Series.CLAIMED:
        said |= {"claimant": line.who, "qualifier": line.hedge, "unit": line.unit_code, "as_of": dates.plain(line.as_of)}
    return said


def _address(line: Line, slug: str, change: int, host: str) -> str:
    return f"{host}{reverse('public-settled', args=[slug, change])}#{line.name}"


def _csv(context: dict[str, Any], host: str) -> tuple[str, str]:
    return "".join(tables.csv_lines(COLUMNS, _rows(context, host))), "text/csv; charset=utf-8"


def _rows(context: dict[str, Any], host: str) -> Iterator[tuple[Any, ...]]:
    slug, change = context["agreement"].slug, context["point"].number
    for camp in context["camps"]:
        for line in camp.lines:
            notes = "; ".join(dates.plain(note) for note in line.notes)
            yield (
                *(slug, camp.accused.side, camp.accused.label, str(line.series), line.who, line.value),
                *(line.hedge, line.unit_code, dates.plain(line.as_of), notes, change, _address(line, slug, change, host)),
            )


def _svg(context: dict[str, Any], host: str) -> tuple[str, str]:
    agreement, point = context["agreement"], context["point"]
    address = f"{host}{reverse('public-settled', args=[agreement.slug, point.number])}"
    title = f"{dates.apart(agreement.label)} · {context['days']}"
    says = pictures.Says(title, [pictures.counted(point.number, point.sealed_at)], address)
    return pictures.drawn(drawn(context["camps"]), says), pictures.KIND


FORMS = {"json": _json, "csv": _csv, "svg": _svg}
