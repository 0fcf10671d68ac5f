"""Who may do what, and under which agreements, in one place. Surfaces ask `may`, lists ask `reach`; nothing else compares roles.

A person's role holds everywhere but on the agreements where another was granted (`AgreementRole`). Somebody who is to see some
agreements alone has no role, and is granted one on each of these.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q

from incidents.models import Agreement, ApiKey, ChangeKind, Declaration, Incident, Report, User
from incidents.models.base import Record
from incidents.vocabulary import Scope


class Capability(StrEnum):
    """Something that a role may or may not do."""

    READ = auto()
    SUBSCRIBE = auto()
    READ_DRAFTS = auto()
    READ_PROTECTED_SOURCES = auto()
    READ_INTERNAL_NOTES = auto()
    READ_CONVOYS = auto()
    READ_RELEASED_CONVOYS = auto()
    READ_EVIDENCE = auto()
    FOLLOW_CHANGES = auto()
    EXPORT = auto()
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
    PUBLISH = auto()
    ADMINISTER = auto()


_SEE = {
    Capability.READ,
    Capability.SUBSCRIBE,
    Capability.READ_RELEASED_CONVOYS,
    Capability.READ_EVIDENCE,
    Capability.FOLLOW_CHANGES,
    Capability.EXPORT,
}
_WORK = _SEE | {
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
_JUDGE = _WORK | {Capability.RETRACT_OTHERS, Capability.PUBLISH, Capability.ASSESS, Capability.RELEASE_CONVOYS}

CAPABILITIES: dict[str, frozenset[Capability]] = {
    User.Role.NONE: frozenset(),
    User.Role.PARTNER: frozenset(_SEE),
    User.Role.ANALYST: frozenset(_WORK),
    User.Role.EDITOR: frozenset(_JUDGE),
    User.Role.ADMINISTRATOR: frozenset(_JUDGE | {Capability.ADMINISTER}),
}


def may_do_more_than_read(role: str) -> bool:
    """Return whether whoever has this role may do more than a partner."""
    return not CAPABILITIES[role] <= _SEE


def roles_of(user: User) -> set[str]:
    """Return every role that this person has somewhere."""
    return {user.role, *user.granted.values()}


@dataclass(frozen=True)
class Reach:
    """Under which agreements a capability is held: under all but some, or under some alone."""

    by_default: bool
    otherwise: frozenset[int] = frozenset()

    @property
    def is_everywhere(self) -> bool:
        """Return whether it is held under every agreement, and outside of any."""
        return self.by_default and not self.otherwise

    @property
    def is_somewhere(self) -> bool:
        """Return whether there may be an agreement under which it is held."""
        return self.by_default or bool(self.otherwise)

    def covers(self, agreement_id: int | None) -> bool:
        """Return whether it is held under this agreement; under None, where the person's own role decides."""
        return self.by_default != (agreement_id in self.otherwise)

    def over(self, path: str = "agreement") -> Q:
        """Return the condition that keeps the rows under these agreements; `path` leads from a row to its agreement."""
        named = Q(**{f"{path}__in": self.otherwise})
        if self.by_default:
            return ~named if self.otherwise else Q()
        return named

    def within(self, agreements: frozenset[int] | None) -> "Reach":
        """Return where it is held among these agreements; all of it where None are named."""
        return self if agreements is None else Reach(by_default=False, otherwise=frozenset(key for key in agreements if self.covers(key)))


NOWHERE = Reach(by_default=False)

# Belong to no agreement: what comes of them is narrowed where records are read.
OF_NO_AGREEMENT = {Capability.ADMINISTER, Capability.SUBSCRIBE, Capability.FOLLOW_CHANGES, Capability.EXPORT}


def reach(user: Any, capability: Capability) -> Reach:
    """Return where this user holds the capability. Nobody signed in, or nobody active, holds any."""
    if not isinstance(user, User) or not user.is_active:
        return NOWHERE
    by_default = capability in CAPABILITIES.get(user.role, frozenset())
    if capability == Capability.ADMINISTER:  # belongs to no agreement, so no grant on one changes it
        return _narrowed(user, capability, Reach(by_default))
    differing = (key for key, role in user.granted.items() if (capability in CAPABILITIES[role]) != by_default)
    return _narrowed(user, capability, Reach(by_default, frozenset(differing)))


# Each capability is carried by one scope, so that a key without any of these cannot have it.
OPENS: dict[Scope, frozenset[Capability]] = {
    Scope.READ: frozenset({Capability.READ}),
    Scope.EVIDENCE: frozenset({Capability.READ_EVIDENCE}),
    Scope.CONVOYS: frozenset({Capability.READ_RELEASED_CONVOYS}),
    Scope.CHANGES: frozenset({Capability.FOLLOW_CHANGES, Capability.SUBSCRIBE}),
    Scope.EXPORTS: frozenset({Capability.EXPORT}),
    Scope.INTERNAL: frozenset({Capability.READ_DRAFTS, Capability.READ_PROTECTED_SOURCES, Capability.READ_INTERNAL_NOTES, Capability.READ_CONVOYS}),
    Scope.WRITE_REPORTS: frozenset({Capability.LOG_REPORTS}),
    Scope.WRITE_CLAIMS: frozenset({Capability.LOG_AGGREGATE_CLAIMS}),
    Scope.WRITE_CONVOYS: frozenset({Capability.LOG_CONVOYS, Capability.RELEASE_CONVOYS}),
    Scope.WRITE_COVERAGE: frozenset({Capability.LOG_COVERAGE}),
    Scope.WRITE_REFERENCE: frozenset({Capability.LOG_DECLARATIONS, Capability.ADD_PLACES, Capability.ADD_SOURCES}),
    Scope.REVIEW: frozenset({Capability.ASSESS, Capability.RETRACT_OTHERS, Capability.PUBLISH}),
    Scope.IMPORT: frozenset({Capability.IMPORT}),
    Scope.ADMINISTER: frozenset({Capability.ADMINISTER}),
}
# What feeds tell of and exports hold. Both are a person's, not a key's: one that opens a part of what its owner sees has neither.
_TOLD = (Scope.READ, Scope.EVIDENCE, Scope.CONVOYS, Scope.INTERNAL)
SEEING = tuple(sorted(frozenset().union(*(OPENS[scope] for scope in _TOLD))))


def opened_by(key: ApiKey) -> frozenset[Capability]:
    """Return the capabilities that a key leaves its owner. It follows changes and exports only where it opens all that its owner reads."""
    found: frozenset[Capability] = frozenset().union(*(OPENS[Scope(scope)] for scope in key.scopes))
    held = frozenset[Capability]().union(*(CAPABILITIES.get(role, frozenset()) for role in roles_of(key.user)))
    reads_all = key.is_every_agreement and all(OPENS[scope] & held <= found for scope in _TOLD)
    return found if reads_all else found - OPENS[Scope.CHANGES] - OPENS[Scope.EXPORTS]


def _narrowed(user: User, capability: Capability, held: Reach) -> Reach:
    """Return what the key that was sent, and the profile that its owner carries, leave of where a capability is held. They only take away.

    Whoever carries a profile reads and does no more, whatever role they have or were granted: what nobody sees whole, nobody works on.
    """
    if user.key is not None:
        if capability not in opened_by(user.key):
            return NOWHERE
        held = held if capability in OF_NO_AGREEMENT else held.within(user.key.named)
    if not user.profile_id or user.profile is None:
        return held
    if capability not in _SEE:
        return NOWHERE
    withheld = {Capability.READ_EVIDENCE: not user.profile.shows_evidence, Capability.READ_RELEASED_CONVOYS: not user.profile.shows_convoys}
    if withheld.get(capability):
        return NOWHERE
    return held if capability in OF_NO_AGREEMENT else held.within(user.profile.named)


def may(user: Any, capability: Capability, at: Model | None = None) -> bool:
    """Return whether this user holds the capability at this agreement, or that of this record; without one, under every agreement."""
    held = reach(user, capability)
    if at is None:
        return held.is_everywhere
    return held.covers(at.pk if isinstance(at, Agreement) else getattr(at, "agreement_id", None))


def may_somewhere(user: Any, capability: Capability) -> bool:
    """Return whether there may be an agreement at which this user holds the capability: whether the door is opened at all."""
    return reach(user, capability).is_somewhere


def may_at_one(user: Any, capability: Capability, of: Iterable[int | None]) -> bool:
    """Return whether this user holds the capability under one of these agreements, or everywhere."""
    held = reach(user, capability)
    return held.is_everywhere or any(held.covers(key) for key in of)


def may_retract(user: Any, report: Report) -> bool:
    """Return whether this user may retract the report, and make it stand again: one's own, or with the right to retract others'."""
    is_own = report.entered_by_id == user.pk and may(user, Capability.LOG_REPORTS, report)
    return is_own or may(user, Capability.RETRACT_OTHERS, report)


# What each change needs of whoever makes it, under the agreement that it is about. Reference data and erasure belong to no agreement,
# and their pages and commands are opened to administrators alone.
NEEDS: dict[ChangeKind, Capability] = {
    ChangeKind.REPORT_SUBMITTED: Capability.LOG_REPORTS,
    ChangeKind.REPORT_SUPERSEDED: Capability.LOG_REPORTS,
    ChangeKind.REPORT_RETRACTED: Capability.LOG_REPORTS,
    ChangeKind.REPORT_RESTORED: Capability.LOG_REPORTS,
    ChangeKind.REPORTS_TOLD_APART: Capability.LOG_REPORTS,
    ChangeKind.REPORT_ATTACHED: Capability.LOG_REPORTS,
    ChangeKind.REPORT_DETACHED: Capability.LOG_REPORTS,
    ChangeKind.REPORT_MOVED: Capability.ASSESS,
    ChangeKind.INCIDENT_OPENED: Capability.LOG_REPORTS,
    ChangeKind.INCIDENT_RENAMED: Capability.LOG_REPORTS,
    ChangeKind.INCIDENT_MERGED: Capability.ASSESS,
    ChangeKind.INCIDENT_SPLIT: Capability.ASSESS,
    ChangeKind.INCIDENT_RESTORED: Capability.ASSESS,
    ChangeKind.INCIDENT_WITHDRAWN: Capability.LOG_REPORTS,
    ChangeKind.CASE_ASSIGNED: Capability.ASSESS,
    ChangeKind.COMMENT_ADDED: Capability.READ_INTERNAL_NOTES,
    ChangeKind.AGGREGATE_CLAIM_LOGGED: Capability.LOG_AGGREGATE_CLAIMS,
    ChangeKind.AGGREGATE_CLAIM_SUPERSEDED: Capability.LOG_AGGREGATE_CLAIMS,
    ChangeKind.AGGREGATE_CLAIM_RETRACTED: Capability.LOG_AGGREGATE_CLAIMS,
    ChangeKind.COVERAGE_LOGGED: Capability.LOG_COVERAGE,
    ChangeKind.COVERAGE_REMOVED: Capability.LOG_COVERAGE,
    ChangeKind.RESPONSE_LOGGED: Capability.LOG_REPORTS,
    ChangeKind.ASSESSMENT_DECIDED: Capability.ASSESS,
    ChangeKind.ASSESSMENT_CONFIRMED: Capability.ASSESS,
    ChangeKind.ASSESSMENT_WITHDRAWN: Capability.ASSESS,
    ChangeKind.ASSESSMENT_SENT_BACK: Capability.ASSESS,
    ChangeKind.ASSESSMENT_REOPENED: Capability.ASSESS,
    ChangeKind.CONVOY_PLANNED: Capability.LOG_CONVOYS,
    ChangeKind.CONVOY_CHANGED: Capability.LOG_CONVOYS,
    ChangeKind.CONVOY_EVENT_ADDED: Capability.LOG_CONVOYS,
    ChangeKind.CONVOY_RELEASED: Capability.RELEASE_CONVOYS,
    ChangeKind.CONVOY_REMOVED: Capability.LOG_CONVOYS,
    ChangeKind.EVIDENCE_ATTACHED: Capability.LOG_REPORTS,
    ChangeKind.IMPORT_COMMITTED: Capability.IMPORT,
    ChangeKind.IMPORT_UNDONE: Capability.IMPORT,
    ChangeKind.WEBHOOK_ADDED: Capability.SUBSCRIBE,
    ChangeKind.WEBHOOK_CHANGED: Capability.SUBSCRIBE,
    ChangeKind.WEBHOOK_REMOVED: Capability.SUBSCRIBE,
    ChangeKind.PLACE_MERGED: Capability.ASSESS,
    ChangeKind.TALLIES_HEALED: Capability.ADMINISTER,
    ChangeKind.SNAPSHOT_PUBLISHED: Capability.PUBLISH,
    ChangeKind.ROLE_GRANTED: Capability.ADMINISTER,
    ChangeKind.ROLE_TAKEN: Capability.ADMINISTER,
    ChangeKind.PROFILE_ADDED: Capability.ADMINISTER,
    ChangeKind.PROFILE_CHANGED: Capability.ADMINISTER,
    ChangeKind.INVITATION_MADE: Capability.ADMINISTER,
    ChangeKind.INVITATION_TAKEN: Capability.ADMINISTER,
    ChangeKind.INVITATION_REVOKED: Capability.ADMINISTER,
}


def must(user: User | None, kind: ChangeKind, record: Record, agreement: Agreement | None) -> None:
    """Raise PermissionDenied if this user may not make such a change under this agreement. None is Truce itself, which may."""
    if capability := NEEDS.get(kind) or (Capability.LOG_DECLARATIONS if isinstance(record, Declaration) else None):
        _must(user, capability, {agreement.pk} if agreement else _agreements_behind, record)


def must_work_on(user: User | None, capability: Capability, incident: Incident) -> None:
    """Raise PermissionDenied unless this user holds the capability under one of the agreements that the incident is reported under."""
    _must(user, capability, _agreements_behind, incident)


def must_at(user: User | None, capability: Capability, agreement: Agreement | None) -> None:
    """Raise PermissionDenied unless this user holds the capability under this agreement; of what is under none, everywhere or somewhere else."""
    _must(user, capability, {agreement.pk} if agreement else set(), None)


def _must(user: User | None, capability: Capability, keys: set[int] | Callable[[Any], set[int]], record: Any) -> None:
    held = reach(user, capability) if user is not None else Reach(by_default=True)
    if held.is_everywhere:  # nearly always, and then nothing is looked up
        return
    found = keys(record) if callable(keys) else keys
    if not (any(held.covers(key) for key in found) if found else held.is_somewhere):
        raise PermissionDenied


def _agreements_behind(record: Any) -> set[int]:
    """Return the agreements of an incident, or of what hangs on one: those of its reports."""
    incident = record.pk if isinstance(record, Incident) else getattr(record, "incident_id", None)
    return set(Report.objects.filter(incident=incident).values_list("agreement", flat=True)) if incident else set()
