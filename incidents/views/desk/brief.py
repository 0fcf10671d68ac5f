"""The daily brief: one printed page on one day of a truce, in the reader's language, as known up to a change that it names.

It says what any partner may see, whoever prints it, so that it may be handed on; whoever carries a profile is given no more than that.
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
from incidents.permissions import Capability
from incidents.queries import coverage, dashboard, filters, snapshots, standing, tallies_asked
from incidents.queries.questions import Question
from incidents.queries.visibility import Reader
from incidents.rules import standing as rule
from incidents.views import current, dates, lines
from incidents.views.access import DeskRequest, only
from incidents.views.desk import watches

# What fits on one page, in the longer of the languages.
MOST_CLAIMS, MOST_SAID, LONGEST_SAID = 4, 4, 150


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
    said = [row for row in dashboard.declarations(reader, agreement, point.number) if row[0].declared_on == day]
    watched = coverage.watched_as_known(agreement, point.number, point.sealed_at, day, day)
    context = {
        "agreement": agreement,
        "day": day,
        "number_of_day": (day - agreement.first_day).days + 1,
        "columns": [(_("The whole truce"), _camps(whole, reader)), (_("This day"), _camps(of_day, reader))],
        "standing_line": rule.summary(standing.as_known(agreement, point, reader, ends)),
        "said": said[:MOST_SAID],
        "more_said": max(0, len(said) - MOST_SAID),
        "longest": LONGEST_SAID,
        "watched": watches.sentence(watched),
        "definitions": lines.definitions(),
        "point": point,
        "zone": dates.UTC_ZONE,
        "earlier": _address(slug, day - timedelta(days=1)) if day > agreement.first_day else "",
        "later": _address(slug, day + timedelta(days=1)) if day < min(agreement.last_day or today, today) else "",
        "address": request.build_absolute_uri(f"{request.path}?{urlencode({'day': day.isoformat(), 'change': str(point.number)})}"),
    }
    return render(request, "desk/brief/show.html", context)


def _camps(question: Question, reader: Reader) -> list[lines.Camp]:
    return [camp.at_most(MOST_CLAIMS) for camp in lines.of(tallies_asked.of(question, reader))]


def _address(slug: str, day: date) -> str:
    return f"{reverse('brief', args=[slug])}?{urlencode({'day': day.isoformat()})}"
