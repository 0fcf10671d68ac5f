"""Lines of base maps about which states disagree: by the ISO 3166-1 codes on either side, or drawn here where no code has a line of its own.

They are drawn dashed. Being here says that a line is disputed, and nothing of who is right; being absent says nothing at all.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Between these countries the line that maps draw is one of ceasefire, of control or of administration, or is not agreed.
_CONTESTED = frozenset(
    frozenset(pair.split("-"))
    for pair in ("IL-SY", "IL-LB", "IL-PS", "PS-JO", "SD-SS", "EG-SD", "EH-MA", "IN-PK", "CN-IN", "RS-XK", "AF-PK", "ER-ET", "DJ-ER", "KE-SS")
)


@dataclass(frozen=True)
class Dispute:
    """An area that is disputed: its name, where the name stands, and the lines that the codes do not give, as latitudes and longitudes."""

    name: str | Promise
    at: tuple[float, float]
    lines: tuple[tuple[tuple[float, float], ...], ...]


# Good to about two kilometres, like the base maps themselves.
AREAS = (
    # In the west the line of 1923; in the east the ceasefire line of 1974, which the codes give (IL, SY).
    Dispute(
        _("Golan Heights (disputed)"),
        (32.99, 35.73),
        (
            (
                (33.27, 35.63),
                (33.24, 35.655),
                (33.2, 35.635),
                (33.11, 35.63),
                (33.02, 35.63),
                (32.94, 35.625),
                (32.89, 35.62),
                (32.88, 35.645),
                (32.83, 35.655),
                (32.77, 35.65),
                (32.71, 35.645),
                (32.68, 35.69),
            ),
        ),
    ),
    # The north, west and east as the court of arbitration drew them in 2009; in the south the line between SD and SS.
    Dispute(_("Abyei (disputed)"), (9.85, 28.42), (((9.6, 27.833), (10.167, 27.833), (10.167, 29.0), (9.6, 29.0)),)),
    # The lines agreed between 1900 and 1912; within them the codes EH and MA meet along a line of control.
    Dispute(
        _("Western Sahara (disputed)"),
        (24.6, -13.6),
        (
            (
                (27.667, -13.17),
                (27.667, -8.667),
                (26.0, -8.667),
                (26.0, -12.0),
                (23.45, -12.0),
                (23.02, -13.1),
                (21.33, -13.0),
                (21.33, -16.95),
                (20.77, -17.05),
            ),
        ),
    ),
)


def is_contested(one: str, other: str) -> bool:
    """Return whether the line between two countries is disputed, by their ISO 3166-1 codes."""
    return frozenset((one, other)) in _CONTESTED
