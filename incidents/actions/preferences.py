"""How pages look for one person. Nothing of the record: no change is written."""

from incidents.errors import RuleBroken
from incidents.models import User

NAMES = ("language", "theme", "digits", "months", "density", "has_shortcuts")


def keep(*, user: User, **wanted: str | bool) -> User:
    """Return the person, with these preferences kept. Words are those of the fields' choices."""
    if strange := wanted.keys() - set(NAMES):
        raise RuleBroken("unknown_field", sorted(strange)[0], sorted(strange)[0])
    for name, value in wanted.items():
        setattr(user, name, value)
    user.save(update_fields=list(wanted))
    return user
