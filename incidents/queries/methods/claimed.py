"""What parties claim in totals that they publish (rule 5 of the domain)."""

from django.utils.translation import gettext_lazy as _

from incidents.queries.methods.base import Method
from incidents.vocabulary import Grouping, Series

APART = (Grouping.CLAIMANT, Grouping.UNIT)

METHODS = (
    Method(
        "claimed",
        _("Claimed"),
        _(
            "What one claimant counts against one of the accused in one unit, taken from the totals it published for the window: the latest "
            "cumulative statement that reaches its last day, or else the latest earlier one, or else statements for periods that do not overlap."
        ),
        Series.CLAIMED,
        "aggregateclaim",
        groupings=APART,
        apart=APART,
    ),
    Method(
        "claimed_daily",
        _("Claimed for the day"),
        _("What one claimant published for single days. A total is never spread over days, so days that nobody spoke of have no number."),
        Series.CLAIMED_DAILY,
        "aggregateclaim",
        groupings=(Grouping.DAY, Grouping.WEEK, *APART),
        apart=APART,
        harm=None,
    ),
)
