"""The filter bar of the claim list: a GET form whose fields are the address."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Agreement
from incidents.queries import aggregates
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.visibility import Reader
from incidents.views.desk.filters import Choice, Filters, Options, others
from incidents.vocabulary import Basis, Bucket, ClaimState, Unit


def of(reader: Reader, agreement: Agreement, asked: ClaimFilter, params: Mapping[str, Any]) -> Filters:
    """Return the bar for this filter. Days stay as they were typed, so that a mistake can be mended where it was made."""

    def choice(name: str, label: str, empty: str, options: Options) -> Choice:
        return Choice(name, label, empty, str(params.get(name) or getattr(asked, name)), options, [])

    sides: Options = [(side.code, side.label) for side in agreement.sides.all()]
    apart: Options = [(Bucket.NO_SIDE.value, _("Parties on no side")), (Bucket.NOBODY.value, _("Nobody accused"))]
    claimants: Options = [(party.slug, party.label) for party in aggregates.claimants(reader, agreement)]
    return Filters(
        agreement=agreement.slug,
        choices=[
            choice("claimant", _("Claimant"), _("Any claimant"), claimants),
            choice("side", _("Accused (as claimed)"), _("Anybody"), [*sides, *apart]),
            choice("state", _("Status"), _("Any status"), list(ClaimState.choices)),
        ],
        more=[
            choice("unit", _("Unit"), _("Any unit"), list(Unit.choices)),
            choice("basis", _("Counted"), _("In any way"), list(Basis.choices)),
        ],
        since=str(params.get("since") or ""),
        until=str(params.get("until") or ""),
        text="",
        others=others(asked, {"agreement", "claimant", "side", "unit", "basis", "state", "since", "until"}),
    )
