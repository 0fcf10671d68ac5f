"""What must be known of an export to read and cite it: filter, instant, definitions, licence and caveats, beside the file."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.exports.columns import EXPORTS
from incidents.models import ExportJob

DEFINITIONS = {
    "reports": gettext_lazy(
        "One row is one report: what one source said of one happening. It is a claim by its claimant, never a fact. "
        "An empty cell is not stated or not known, and never zero."
    ),
    "aggregate-claims": gettext_lazy(
        "One row is one total as its claimant published it. Totals of different claimants, sides or units are not to be added, "
        "and cumulative ones not to periodic ones."
    ),
    "reports-like-ucdp": gettext_lazy(
        "Reports in columns named as in UCDP GED, for tools that read those. They are claims, not coded events: side_a is who is accused, "
        "and deaths are given only where one group of people is stated."
    ),
}
CAVEATS = (
    gettext_lazy("Silence is not peace: where nobody could observe, nothing is reported. See coverage."),
    gettext_lazy("What was retracted or superseded is among the rows and says so: leave it out before counting."),
    gettext_lazy("Numbers of different claimants, units, sides or states are never to be added."),
)


def of(job: ExportJob) -> dict[str, Any]:
    """Return what is to be known of this export, as plain JSON values."""
    return {
        "title": f"Truce: {job.of}",
        "of": job.of,
        "format": job.format,
        "filter": job.filter,
        "drawn_for": job.mark,
        "read_at": job.read_at.isoformat() if job.read_at else None,
        "change": job.change,
        "rows": job.rows,
        "bytes": job.written,
        "sha256": job.sha256 or None,
        "definition": str(DEFINITIONS[job.of]),
        "columns": [{"name": column.name, "hxl": column.tag or None, "kind": str(column.kind)} for column in EXPORTS[job.of].columns(job.by)],
        "caveats": [str(caveat) for caveat in CAVEATS],
        "source": settings.BASE_URL,
        "licence": _("What may be done with these rows is for whoever runs this server to say; each names the source it was taken from."),
    }
