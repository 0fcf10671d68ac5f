"""The filter bar of the convoys: a GET form whose fields are the address, shared by board, table and map; the statistics take the agreement alone."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Agreement, Party
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.rules.outcomes import Outcome
from incidents.views.desk.filters import Choice, Filters, Options, others
from incidents.vocabulary import ConvoyMode, ConvoyStatus, DestinationClass

IN_THE_BAR = {"agreement", "operator", "status", "mode", "destination_class", "since", "until", "text", "counted", "month", "controller"}


def of(asked: ConvoyFilter, params: Mapping[str, Any], agreements: list[Agreement], operators: list[Party]) -> Filters:
    """Return the bar for this filter. What is typed stays as it was written, so that a mistake can be mended where it was made."""

    def choice(name: str, label: str, empty: str, options: Options) -> Choice:
        return Choice(name, label, empty, str(params.get(name) or getattr(asked, name)), options, [])

    unknown: Options = [("unknown", _("Not stated"))]
    return Filters(
        agreement="",
        choices=[
            choice("agreement", _("Agreement"), _("Any agreement"), [(one.slug, one.label) for one in agreements]),
            choice("operator", _("Operator"), _("Any operator"), [(one.slug, one.label) for one in operators]),
            choice("status", _("Reported status"), _("Any status"), list(ConvoyStatus.choices)),
        ],
        since=str(params.get("since") or ""),
        until=str(params.get("until") or ""),
        text=str(params.get("text") or ""),
        others=others(asked, IN_THE_BAR),
        more=[
            choice("mode", _("Mode"), _("Any mode"), [*ConvoyMode.choices, *unknown]),
            choice("destination_class", _("Class of destination"), _("Any class"), [*DestinationClass.choices, *unknown]),
        ],
        # What a number of the statistics asks for: it comes with its address, and is taken out, not chosen.
        hidden=[
            choice("counted", _("Counted as"), "", list(Outcome.choices)),
            choice("month", _("Month"), "", unknown),
            choice("controller", _("Who controls the way"), "", unknown),
        ],
    )
