"""Who may do what, in one place. Surfaces ask `may`; nothing else compares roles."""

from enum import StrEnum, auto
from typing import Any

from incidents.models import User


class Capability(StrEnum):
    """Something that a role may or may not do."""

    READ = auto()
    READ_DRAFTS = auto()
    READ_PROTECTED_SOURCES = auto()
    READ_INTERNAL_NOTES = auto()
    READ_CONVOYS = auto()
    LOG_REPORTS = auto()
    LOG_AGGREGATE_CLAIMS = auto()
    LOG_CONVOYS = auto()
    RELEASE_CONVOYS = auto()
    LOG_COVERAGE = auto()
    LOG_DECLARATIONS = auto()
    ADD_PLACES = auto()
    ADD_SOURCES = auto()
    IMPORT = auto()
    ASSESS = auto()
    RETRACT_OTHERS = auto()
    ADMINISTER = auto()


_WORK = {
    Capability.READ,
    Capability.READ_DRAFTS,
    Capability.READ_PROTECTED_SOURCES,
    Capability.READ_INTERNAL_NOTES,
    Capability.LOG_REPORTS,
    Capability.READ_CONVOYS,
    Capability.LOG_AGGREGATE_CLAIMS,
    Capability.LOG_CONVOYS,
    Capability.LOG_COVERAGE,
    Capability.LOG_DECLARATIONS,
    Capability.ADD_PLACES,
    Capability.ADD_SOURCES,
    Capability.IMPORT,
}
_JUDGE = _WORK | {Capability.RETRACT_OTHERS, Capability.ASSESS, Capability.RELEASE_CONVOYS}

CAPABILITIES: dict[str, frozenset[Capability]] = {
    User.Role.PARTNER: frozenset({Capability.READ}),
    User.Role.ANALYST: frozenset(_WORK),
    User.Role.EDITOR: frozenset(_JUDGE),
    User.Role.ADMINISTRATOR: frozenset(_JUDGE | {Capability.ADMINISTER}),
}


def may(user: Any, capability: Capability) -> bool:
    """Return whether this user's role carries the capability. Nobody signed in, or nobody active, may do nothing."""
    return isinstance(user, User) and user.is_active and capability in CAPABILITIES.get(user.role, frozenset())
