"""Units beside a number, in the grammatical number that it asks for."""

from django.utils.translation import ngettext

from incidents.vocabulary import Unit


def claimed(unit: Unit, count: int) -> str:
    """Return the unit of a claimed figure: claimed violations."""
    match unit:
        case Unit.VIOLATION:
            return ngettext("claimed violation", "claimed violations", count)
        case Unit.INCIDENT:
            return ngettext("claimed incident", "claimed incidents", count)
        case Unit.EXPLOSION:
            return ngettext("claimed explosion", "claimed explosions", count)
        case Unit.BURST:
            return ngettext("claimed burst", "claimed bursts", count)
        case Unit.SHOT:
            return ngettext("claimed shot", "claimed shots", count)
        case Unit.PROJECTILE:
            return ngettext("claimed projectile or trajectory", "claimed projectiles or trajectories", count)
        case Unit.ARREST:
            return ngettext("claimed arrest", "claimed arrests", count)
