"""The dashboard of one agreement."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.permissions import Capability
from incidents.queries import coverage, dashboard, reports, sides, standing, tallies, tallies_asked
from incidents.queries.filters import ReportFilter
from incidents.queries.questions import Question
from incidents.rules import standing as rule
from incidents.views import current, dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import convoy_board, daily_chart, lookbacks, report_map, rows, tally_cards, truce_strip, watches
from incidents.vocabulary import Located, Lookback, ReportState, Watch

LATEST = 9
SAID = 4
MAP = (640, 420)


@require_safe
@only(Capability.READ)
def start(request: HttpRequest) -> HttpResponse:
    """Go to the dashboard of the agreement in view; without any agreement, say what to do."""
    agreement = current.agreement(request)
    if agreement is None:
        return render(request, "desk/dashboard/none.html")
    return redirect("agreement-dashboard", slug=agreement.slug)


@require_safe
@only(Capability.READ)
@vary_on_headers("HX-Request")
def show(request: DeskRequest, slug: str) -> HttpResponseBase:
    """Show the agreement's dashboard; to htmx, only the tallies, and nothing while they stand as they did."""
    agreement = current.agreement(request, slug)
    assert agreement is not None
    now = timezone.now()
    try:
        looked = lookbacks.of(request.GET, agreement, agreement.local_day(now))
    except RuleBroken as error:
        return render(request, "desk/tallies/wrong.html", {"wrong": error}, status=400)
    whole = tallies.of_agreement(agreement, request.user)
    is_whole = looked.back == Lookback.TRUCE
    cards = tally_cards.of(whole if is_whole else tallies_asked.of(Question.parse(looked.asked, agreement, request.user), request.user))
    # Beside the numbers what was known of coverage when they were counted, as JSON has it.
    known, (first, last) = cards.tallies, looked.days
    watched = watches.sentence(coverage.watched_as_known(agreement, known.change, known.as_known_on, first or agreement.first_day, last))
    beside = {"agreement": agreement, "cards": cards, "watched": watched, "looked": looked}
    if request.htmx:
        if request.GET.get("since") == f"{cards.tallies.change}-{cards.tallies.waiting}":
            return HttpResponse(status=204)
        return render(request, "desk/dashboard/_tallies.html", beside)
    days = tallies.by_day(agreement, request.user, within=None if is_whole else looked.days)
    stands_at = standing.at_its_end(agreement, now)
    stands = standing.of_agreement(agreement, stands_at, request.user)
    asked = ReportFilter(agreement=slug)
    context = beside | {
        "flags": cards.flags if is_whole else tally_cards.of(whole).flags,
        "headline": headline(agreement, agreement.local_day(now)),
        "days": dates.days(agreement.first_day, agreement.last_day) if agreement.last_day else "",
        "standing": stands,
        "standing_line": rule.summary(stands),
        "dates_line": dates_line(agreement, stands.status),
        "strip": truce_strip.of(
            [row for row in current.agreements(request) if row.country == agreement.country], agreement, agreement.local_day(now)
        ),
        "chart": daily_chart.of(days, list(agreement.sides.all()), _watch_of(cards.tallies, days)),
        "days_address": f"{reverse('tallies')}?{urlencode({'agreement': slug, 'by': 'day', **looked.asked})}" if len(days) > tallies.LONGEST else "",
        "files": {name: f"{reverse(f'daily-{name}', args=[slug])}{looked.params.replace('&', '?', 1)}" for name in ("table", "picture")},
        "attention": dashboard.numbers(request.user, agreement),
        "map": report_map.of(request.user, agreement, asked, MAP),
        "map_address": f"{reverse('map')}?agreement={slug}",
        "declarations": dashboard.declarations(request.user, agreement)[:SAID],
        "rows": rows.of(reports.page(request.user, asked, limit=LATEST).rows, sides.camps(agreement)),
        "reports_address": f"{reverse('reports')}?agreement={slug}",
        "attention_address": reverse("attention", args=[slug]),
    }
    return render(request, "desk/dashboard/show.html", context)


def _watch_of(known: tallies.Tallies, days: list[tallies.Day]) -> Mapping[date, Watch]:
    """Return whether anybody could observe on each day of the chart, those around the truce included, as known when it was counted."""
    return coverage.watched_as_known(known.agreement, known.change, known.as_known_on, days[0].day, days[-1].day).days if days else {}


@require_safe
@only(Capability.READ)
def attention(request: DeskRequest, slug: str) -> HttpResponse:
    """Show the records behind each number of "Needs attention"."""
    agreement = current.agreement(request, slug)
    assert agreement is not None
    found, camps = dashboard.attention(request.user, agreement), sides.camps(agreement)
    numbers = found.numbers
    lacking = f"{reverse('reports')}?{urlencode({'agreement': slug, 'state': ReportState.SUBMITTED, 'coordinates': Located.WITHOUT})}"
    context = {
        "agreement": agreement,
        "cards": tally_cards.of(tallies.of_agreement(agreement, request.user)),
        "numbers": numbers,
        "contradictory": [(incident, rows.of(held, camps)) for incident, held in found.contradictory],
        "convoys": [convoy_board.of(journey) for journey in found.convoys],
        "lists": [
            ("coordinates", _("Reports without coordinates"), rows.of(found.without_coordinates, camps), numbers.without_coordinates, lacking),
            ("undated", _("Reports that count for no single day"), rows.of(found.undated, camps), numbers.undated, ""),
            ("loose", _("Reports not tied to an incident"), rows.of(found.without_incident, camps), numbers.without_incident, ""),
        ],
    }
    return render(request, "desk/dashboard/attention.html", context)


def headline(agreement: Agreement, today: date) -> str:
    """Return Day 3 of 8 while the truce runs, and what its days came to once it is past. An open-ended one only counts up."""
    begins, ends = agreement.first_day, agreement.last_day
    passed = (today - begins).days + 1
    if passed < 1:
        return ngettext("Begins in %(count)d day", "Begins in %(count)d days", 1 - passed) % {"count": 1 - passed}
    if ends is None:
        return _("No end agreed")
    length = (ends - begins).days + 1
    return _("Day %(day)d of %(length)d") % {"day": min(passed, length), "length": length}


def dates_line(agreement: Agreement, status: rule.Status) -> str:
    """Return what the dates alone say: lapsed 19 Sep 2016, 19:00 Damascus."""
    at = agreement.in_force_until if status == rule.Status.LAPSED and agreement.in_force_until else agreement.in_force_from
    words = {"when": dates.moment(at, agreement.zone), "city": dates.city(agreement.timezone)}
    if status == rule.Status.LAPSED:
        return _("In the past: it lapsed on %(when)s, %(city)s") % words
    return _("In force since %(when)s, %(city)s") % words if status in {rule.Status.IN_FORCE, rule.Status.OPEN_ENDED} else str(status.label)
