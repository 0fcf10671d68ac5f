"""Reports that stand, one each; and apart from that, how many violations they state."""

from django.utils.translation import gettext_lazy as _

from incidents.queries.methods.base import WHERE_AND_WHEN, Method
from incidents.vocabulary import Grouping, Series

METHODS = (
    Method(
        "logged",
        _("Logged"),
        _(
            "Submitted reports that stand, one each, against whom they accuse by membership on the day; "
            "drafts, duplicates and what was superseded or retracted are none."
        ),
        Series.LOGGED,
        "report",
        groupings=(*WHERE_AND_WHEN, Grouping.CLAIMANT, Grouping.UNIT),
    ),
    Method(
        "stated",
        _("Stated in reports"),
        _(
            "How many violations the reports that stand say there were, per claimant and unit; "
            "a report that gives no number is counted as unknown, never as none."
        ),
        Series.LOGGED,
        "report",
        groupings=(*WHERE_AND_WHEN, Grouping.CLAIMANT, Grouping.UNIT),
        apart=(Grouping.CLAIMANT, Grouping.UNIT),
        counts="stated",
        harm=None,
    ),
)
