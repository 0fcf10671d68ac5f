"""The daily brief: one printed page on one day of a truce, in the reader's language, as known up to a change that it names.

It says what any partner may see, whoever prints it, so that it may be handed on; whoever carries a profile is given no more than that.
However much a day brings, it stays one sheet: what is left out is counted, and the sheet says where it stands in full.
"""

from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import answers, coverage, dashboard, filters, opened, snapshots, standing, tallies_asked
from incidents.queries.answers import Choice
from incidents.queries.questions import Question
from incidents.queries.visibility import Reader
from incidents.rules import standing as rule
from incidents.views import current, dates, lines
from incidents.views.access import DeskRequest, only
from incidents.views.desk import watches

# What fits on one sheet, in the longer of the languages: so many of each and so many letters of each; claims share the room of a column.
MOST_CLAIMS, MOST_CAMPS, MOST_SAID, MOST_HAPPENED, ROOM = 4, 6, 5, 6, 12
LONGEST = {"name": 40, "said": 100, "title": 90, "standing": 260}
# A column longer than so many lines has the whole sheet set smaller, and smaller still.
DENSE, PACKED = 34, 44


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Show the brief of a day, the last one in force where none is named; as known now, or up to the change or the instant asked for."""
    agreement = current.agreement(request, slug)
    assert agreement is not None
    reader = request.user if request.user.profile_id else snapshots.anybody()
    today = agreement.local_day(timezone.now())
    try:
        day = filters.day(filters.said_once(request.GET, "day"), "day") or min(agreement.last_day or today, today)
        asked = {name: request.GET[name] for name in ("change", "as_known_on") if request.GET.get(name)}
        whole = Question.parse(asked, agreement, reader)
        of_day = Question.parse(asked | {"from": day.isoformat(), "until": day.isoformat()}, agreement, reader)
        if day < agreement.first_day or day > today:
            raise RuleBroken("out_of_range", _("This day lies before the truce, or is still to come."), "day")
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    point = whole.point
    ends = datetime.combine(day + timedelta(days=1), time.min, agreement.zone)
    columns = [(_("The whole truce"), *_camps(whole, reader)), (_("This day"), *_camps(of_day, reader))]
    longest = max(sum(5 + 2 * camp.claims for camp in camps) for _label, camps, _left_out in columns)
    happened, more_happened = _happened(asked | {"from": day.isoformat(), "until": day.isoformat()}, agreement, reader)
    said = [row for row in dashboard.declarations(reader, agreement, point.number) if row[0].declared_on == day]
    watched = coverage.watched_as_known(agreement, point.number, point.sealed_at, day, day)
    context = {
        "agreement": agreement,
        "day": day,
        "number_of_day": (day - agreement.first_day).days + 1,
        "columns": columns,
        "set": "packed" if longest > PACKED else "dense" if longest > DENSE else "",
        "standing_line": rule.summary(standing.as_known(agreement, point, reader, ends)),
        "said": said[:MOST_SAID],
        "more_said": max(0, len(said) - MOST_SAID),
        "happened": happened,
        "more_happened": more_happened,
        "longest": LONGEST,
        "watched": watches.sentence(watched),
        "definitions": lines.definitions(),
        "point": point,
        "zone": dates.UTC_ZONE,
        "earlier": _address(slug, day - timedelta(days=1)) if day > agreement.first_day else "",
        "later": _address(slug, day + timedelta(days=1)) if day < min(agreement.last_day or today, today) else "",
        "in_full": request.build_absolute_uri(reverse("agreement-dashboard", args=[slug])),
        "address": request.build_absolute_uri(f"{request.path}?{urlencode({'day': day.isoformat(), 'change': str(point.number)})}"),
    }
    return render(request, "desk/brief/show.html", context)


def _camps(question: Question, reader: Reader) -> tuple[list[lines.Camp], int]:
    """Return the camps with as many claims each as there is room for, the same number for all; and how many camps are left out."""
    found = lines.of(tallies_asked.of(question, reader))
    camps = found[:MOST_CAMPS]
    return [camp.at_most(max(1, min(MOST_CLAIMS, ROOM // len(camps)))) for camp in camps], len(found) - len(camps)


def _happened(asked: dict[str, str], agreement: Agreement, reader: Reader) -> tuple[list[str], int]:
    """Return the incidents of the day by their working titles, each once, as far as there is room; and how many more there are."""
    question = Question.parse(asked | {"method": "distinct_incidents"}, agreement, reader)
    found = answers.behind(question, reader, Choice(), limit=MOST_HAPPENED)
    number = sum(cell.amount.best or 0 for cell in answers.answer(question, reader).cells) if found.after else len(found.rows)
    shown = [record.label for record in opened.records(reader, found.rows)]
    return shown, number - len(shown)


def _address(slug: str, day: date) -> str:
    return f"{reverse('brief', args=[slug])}?{urlencode({'day': day.isoformat()})}"
