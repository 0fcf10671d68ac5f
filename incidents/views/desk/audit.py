"""The audit page: the append-only record of change, for administrators, and whether it is whole."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from incidents.models import Change, ChangeKind
from incidents.permissions import Capability
from incidents.queries import audit, integrity
from incidents.queries.audit import ChangeFilter
from incidents.views import dates
from incidents.views.access import DeskRequest, only
from incidents.views.desk import listings, recorded

# Where a record of a type has its page.
PAGES = {
    "report": "report",
    "incident": "incident",
    "aggregateclaim": "claim",
    "convoy": "convoy",
    "importbatch": "import",
    "snapshot": "snapshot",
    "exportjob": "export",
    "webhook": "webhook",
}

# More names of fields than these are behind a summary: what is entered names all it has.
FEW = 3


@dataclass(frozen=True)
class Line:
    """One change as the page lists it. What the record held is on its own page, where looks are noted."""

    change: Change
    actor: str
    note: str
    record: str
    address: str
    fields: list[str]

    @property
    def short_id(self) -> str:
        """Return the beginning of the record's id, enough to tell it from its neighbours."""
        return str(self.change.record_id)[:8]

    @property
    def is_short(self) -> bool:
        """Return whether the names of its fields fit into the row."""
        return len(self.fields) <= FEW

    @property
    def told(self) -> str:
        """Return the names of its fields, as a list is written."""
        return pgettext("between names in a list", ", ").join(self.fields)


@require_safe
@only(Capability.ADMINISTER)
def index(request: DeskRequest) -> HttpResponse:
    """List the changes asked for, the latest first."""
    found = listings.of(request.GET, ChangeFilter, lambda asked, cursor: audit.page(request.user, asked, cursor=cursor))
    context = {
        "found": found,
        "rows": [_line(change) for change in found.rows],
        "choices": [listings.choice(request.GET, "kind", _("What"), _("Anything"), list(ChangeKind.choices))],
        "said": {name: request.GET.get(name, "") for name in ("actor", "record", "since", "until")},
        "status": audit.status(),
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/audit/list.html", context, status=found.status)


@require_POST
@only(Capability.ADMINISTER)
def verify(request: DeskRequest) -> HttpResponseBase:
    """Walk the log from the first seal to the last, and say whether it is whole."""
    if not audit.status().is_short:
        raise PermissionDenied
    try:
        seen = integrity.verify()
    except integrity.Fault as fault:
        messages.error(request, _("The log is not whole: %(fault)s") % {"fault": fault})
    else:
        words = {"sealed": seen.sealed, "erased": seen.erased, "waiting": seen.waiting}
        messages.success(request, _("The log is whole. Sealed: %(sealed)d, of these erased: %(erased)d, waiting for a seal: %(waiting)d.") % words)
    return redirect("audit")


def _line(change: Change) -> Line:
    body: dict[str, Any] = change.payload.body if hasattr(change, "payload") else {}
    page = PAGES.get(change.record_type)
    return Line(
        change=change,
        actor=body.get("actor", ""),
        note=body.get("note", ""),
        record=recorded.name_of(change.record_type),
        address=reverse(page, args=[change.record_id]) if page else "",
        fields=recorded.names_of(change.record_type, audit.fields_changed(body)),
    )
