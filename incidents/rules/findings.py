"""Answers with their reasons: yes, no, contested or unknown, and how several answers make one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules.standing import listed
from incidents.vocabulary import ScopeAnswer

Facts = Mapping[str, str | int | float | tuple[str, ...]]


class ScopeQuestion(TextChoices):
    """What is asked of an event before it can break an agreement."""

    IN_FORCE = "in_force", _("In force?")
    PARTY_BOUND = "party_bound", _("Party bound?")
    TARGET_EXCLUDED = "target_excluded", _("Target excluded?")
    PLACE_COVERED = "place_covered", _("Place covered?")


class Because(TextChoices):
    """Why a scope question is answered as it is. Codes are stable; each sentence is filled from the reason's facts."""

    IN_FORCE = "in_force", _("By its dates it was in force.")
    OPEN_ENDED = "open_ended", _("It was in force and has no end date.")
    NOT_YET = "not_yet", _("It was not yet in force.")
    LAPSED = "lapsed", _("By its dates it had lapsed (%(at)s).")
    SUPERSEDED = "superseded", _("Another agreement had replaced it (%(at)s).")
    DECLARED = "declared", _("Declared by then: %(standing)s.")
    TIME_UNKNOWN = "time_unknown", _("It is not known when this happened.")
    CHANGES_WITHIN = "changes_within", _("The answer changes within the time in which this happened (%(at)s).")

    NOBODY_ACCUSED = "nobody_accused", _("Nobody is accused.")
    SIDE_ACCUSED = "side_accused", _("%(name)s is a side of the agreement.")
    ON_SIDE = "on_side", _("%(name)s is on a side (%(side)s).")
    BODY_ON_SIDE = "body_on_side", _("%(name)s is part of %(other)s, which is on a side (%(side)s).")
    TIED_TO_SIDE = "tied_to_side", _("%(name)s is on no side; %(other)s, to which it is tied, is on one (%(side)s).")
    MEMBER_ON_SIDE = "member_on_side", _("%(name)s is on no side; %(other)s, which is part of it, is on one (%(side)s).")
    GUARANTOR = "guarantor", _("%(name)s is a guarantor or broker, and on no side.")
    TIED_TO_GUARANTOR = "tied_to_guarantor", _("%(name)s is on no side; %(other)s is its sponsor, leader or partner, and a guarantor or broker.")
    EXCLUDED = "excluded", _("%(name)s is excluded from the truce.")
    BODY_EXCLUDED = "body_excluded", _("%(name)s is part of %(other)s, which is excluded from the truce.")
    TIED_TO_EXCLUDED = "tied_to_excluded", _("%(name)s is not named as excluded; %(other)s, to which it is tied, is.")
    NOT_EXCLUDED = "not_excluded", _("%(name)s is not excluded from the truce.")
    NOT_BOUND = "not_bound", _("%(name)s is on no side; its role: %(roles)s.")
    NO_ROLE = "no_role", _("No role of %(name)s in this agreement is recorded.")

    CLAIMED_BY = "claimed_by", _("So %(name)s states the target.")
    AS_STRUCK = "as_struck", _("So the target was, as struck.")
    TARGET_NOT_STATED = "target_not_stated", _("Nobody states the target.")
    TARGET_NOT_ASSESSED = "target_not_assessed", _("What was struck is not assessed.")

    NO_AREA = "no_area", _("The agreement names no area: it covers the whole.")
    PLACE_UNKNOWN = "place_unknown", _("It is not known where this happened.")
    PLACE_INSIDE = "place_inside", _("The place lies within %(area)s.")
    PLACE_OUTSIDE = "place_outside", _("The place lies outside %(area)s.")
    PLACE_STRADDLES = "place_straddles", _("The place is not known exactly enough: it may lie within %(area)s or outside.")


@dataclass(frozen=True)
class Reason:
    """A stated reason: a code for machines, and the facts that fill its sentence."""

    code: Because
    facts: Facts = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """Return the sentence in the reader's language."""
        return str(self.code.label) % {name: listed(value) if isinstance(value, tuple) else value for name, value in self.facts.items()}


@dataclass(frozen=True)
class Finding:
    """One answer and what it rests on. A finding is derived; an editor decides."""

    answer: ScopeAnswer
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[Because, ...]:
        return tuple(reason.code for reason in self.reasons)


def finding(answer: ScopeAnswer, code: Because, **facts: str | int | float | tuple[str, ...]) -> Finding:
    """Return an answer that rests on one reason."""
    return Finding(answer, (Reason(code, facts),))


def combined(answers: Iterable[ScopeAnswer]) -> ScopeAnswer:
    """Return one answer for several views. Yes and no together are contested, and no view outweighs another.

    What nobody knows leaves the whole unknown: a yes from one view is not a yes of all.
    """
    found = set(answers)
    if ScopeAnswer.CONTESTED in found or {ScopeAnswer.YES, ScopeAnswer.NO} <= found:
        return ScopeAnswer.CONTESTED
    if ScopeAnswer.UNKNOWN in found or not found:
        return ScopeAnswer.UNKNOWN
    return found.pop()


def together(findings: Iterable[Finding]) -> Finding:
    """Return the combined answer with the reasons of every view, each once and in order."""
    views = list(findings)
    reasons: list[Reason] = []
    for view in views:
        reasons += [reason for reason in view.reasons if reason not in reasons]
    return Finding(combined(view.answer for view in views), tuple(reasons))
