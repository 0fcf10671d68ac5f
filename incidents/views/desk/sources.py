"""Sources: their grade, what came by each, whether its identity is protected; and adding one."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents.actions import reads
from incidents.actions import sources as action
from incidents.errors import RuleBroken
from incidents.forms.sources import AddSource
from incidents.models import ReadEntry, Source
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import history, sides, sources
from incidents.queries.sources import Reach, SourceFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings, rows
from incidents.views.desk.spreads import Spoken
from incidents.vocabulary import Reliability, SourceKind

IN_FORM = ("text", "kind", "reliability")


@require_safe
@only(Capability.READ)
def index(request: DeskRequest) -> HttpResponse:
    """List the sources that this reader may know by name, each with its grade and reach."""
    found = listings.of(request.GET, SourceFilter, lambda asked, cursor: sources.page_by_name(request.user, asked, cursor=cursor), IN_FORM)
    reaches = sources.reaches(request.user, found.rows)
    context = {
        "found": found,
        "rows": [(source, reach, _days(reach)) for source in found.rows for reach in [reaches[source.pk]]],
        "choices": [
            listings.choice(request.GET, "kind", _("Kind"), _("Any kind"), list(SourceKind.choices)),
            listings.choice(request.GET, "reliability", _("Grade"), _("Any grade"), list(Reliability.choices)),
        ],
        "text": request.GET.get("text", ""),
        "may_add": may_somewhere(request.user, Capability.ADD_SOURCES),
    }
    return render(request, "desk/sources/list.html", context, status=found.status)


@require_safe
@only(Capability.READ)
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one source and what came by it last. Who looks at a protected one is written down first."""
    try:
        source = sources.one(request.user, slug)
    except Source.DoesNotExist as error:
        raise Http404 from error
    if source.is_protected:
        reads.record(by=request.user, what=ReadEntry.What.SOURCE, records=[source])
    carried = sources.carried(request.user, source)
    agreements = {report.agreement_id: report.agreement for report in carried.reports}
    camps = {key: sides.camps(agreement) for key, agreement in agreements.items()}
    context = {
        "source": source,
        "reports": rows.of(carried.reports, camps),
        "claims": carried.claims,
        "reach": sources.reaches(request.user, [source])[source.pk],
        "spread": [Spoken.of(row, claims, source=source.slug) for row, claims in sources.spread(request.user, source)],
        "history": history.of(source) if may(request.user, Capability.READ_INTERNAL_NOTES) else [],
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/sources/show.html", context)


def _days(reach: Reach) -> str:
    return dates.days(reach.first, reach.last, short=True) if reach.first else ""


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.ADD_SOURCES)
def new(request: DeskRequest) -> HttpResponseBase:
    """Add a source."""
    form = AddSource(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = action.add(by=request.user, **form.facts())
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("source", slug=source.slug)
    return render(request, "desk/sources/new.html", {"form": form}, status=422 if form.errors else 200)
