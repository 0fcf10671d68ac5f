"""Events behind standing reports, without duplicates."""

from django.utils.translation import gettext_lazy as _

from incidents.queries.methods.base import Method
from incidents.vocabulary import Series

METHODS = (
    Method(
        "incidents",
        _("Incidents"),
        _(
            "Events behind at least one report that stands, one each under every side that its reports blame; "
            "an event blamed on two sides counts under both."
        ),
        Series.INCIDENTS,
        "incident",
    ),
    Method(
        "distinct_incidents",
        _("Incidents, each once"),
        _("Events behind at least one report that stands, one each whoever is blamed."),
        Series.INCIDENTS,
        "incident",
        counts="distinct",
        harm="distinct_",
        is_whole=True,
    ),
)
