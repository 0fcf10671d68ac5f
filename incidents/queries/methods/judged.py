"""What an editor found of an event and a second editor confirmed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.queries.methods.base import Method
from incidents.vocabulary import Series

SAYS: dict[Series, str | Promise] = {
    Series.VERIFIED: _(
        "Events that an editor found verified and a second one confirmed, under whom they are attributed to by membership on the day."
    ),
    Series.DISPUTED: _("Events whose confirmed assessment says that they are disputed, under whom they are attributed to or the reports accuse."),
    Series.NOT_VERIFIABLE: _("Events whose confirmed assessment says that they could not be verified, under whom the reports accuse."),
    Series.UNFOUNDED: _("Events whose confirmed assessment found no credible basis, under whom the reports accuse."),
    Series.REFUTED: _("Events that a confirmed assessment shows not to have happened, under whom the reports accuse."),
    Series.OUTSIDE_TERMS: _("Events that happened and break no term by a confirmed assessment, under whom they are attributed to or accused."),
}

METHODS = tuple(Method(series.value, series.label, says, series, "incident") for series, says in SAYS.items())
