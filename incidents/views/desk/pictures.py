"""Charts as files: a picture that stands alone says above what it shows, and below as of when and where it is from.

The file's name says which way time and text run in it, as a picture of bars does not tell by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from incidents.views import dates
from incidents.views.desk.bars import Chart

KIND = "image/svg+xml"
HEAD, LINE, LONGEST = 38, 15, 150


@dataclass(frozen=True)
class Says:
    """What a picture says besides its chart: a title above; below it some lines, then the address that it is from."""

    title: str
    lines: Sequence[str]
    address: str


def drawn(chart: Chart, says: Says) -> str:
    """Return the chart as a picture that stands alone, at its own size."""
    top = HEAD + chart.height + 12
    lines = [part for line in says.lines for part in wrap(line, LONGEST)]
    foot = [(top + index * LINE, line) for index, line in enumerate(lines)]
    context = {"chart": chart, "alone": says, "head": HEAD, "foot": foot, "last": top + len(foot) * LINE, "tall": round(top + (len(foot) + 1) * LINE)}
    return render_to_string("desk/tallies/chart.svg", context)


def answer(chart: Chart, says: Says, name: str) -> HttpResponse:
    """Return the picture as a file of this name."""
    return file(drawn(chart, says), KIND, name, "svg")


def file(body: str, kind: str, name: str, form: str) -> HttpResponse:
    """Return a file, to be looked at or kept, whose name says which way it runs."""
    found, way = HttpResponse(body, content_type=kind), "rtl" if get_language_bidi() else "ltr"
    found["Content-Disposition"] = f'inline; filename="{name}-{way}.{form}"'
    return found


def counted(change: int, at: datetime | None) -> str:
    """Return up to which change the ledger had counted, and when that was."""
    said = _("counted up to change %(change)s") % {"change": change}
    return f"{said}, {dates.moment(at, dates.UTC_ZONE)} {dates.apart('UTC')}" if at else said
