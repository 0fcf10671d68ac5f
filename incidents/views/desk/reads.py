"""The read log: who looked at what is protected. For administrators."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.models import ReadEntry
from incidents.permissions import Capability
from incidents.queries import reads
from incidents.queries.reads import ReadFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings, recorded


@require_safe
@only(Capability.ADMINISTER)
def index(request: DeskRequest) -> HttpResponse:
    """List the looks at protected things, the latest first."""
    found = listings.of(request.GET, ReadFilter, lambda asked, cursor: reads.page(request.user, asked, cursor=cursor))
    context = {
        "found": found,
        "rows": [(look, recorded.name_of(look.record_type)) for look in found.rows],
        "choices": [listings.choice(request.GET, "what", _("What"), _("Anything protected"), list(ReadEntry.What.choices))],
        "actor": request.GET.get("actor", ""),
        "record": request.GET.get("record", ""),
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/reads/list.html", context, status=found.status)
