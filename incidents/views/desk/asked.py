"""The four questions of scope as pages show them: the answer, of what it was asked, and why it is answered so."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Assessment
from incidents.queries.scope import UnderAgreement
from incidents.rules.findings import Finding, ScopeQuestion
from incidents.vocabulary import ScopeAnswer

LOOKS = {ScopeAnswer.YES: "plain", ScopeAnswer.NO: "plain", ScopeAnswer.CONTESTED: "disputed", ScopeAnswer.UNKNOWN: "outline"}


@dataclass(frozen=True)
class Asked:
    """One question of scope: its answer, of what it was asked, and why it is answered so."""

    question: str
    how: str
    answer: str
    look: str
    reasons: list[str]
    decided: str = ""
    decided_look: str = ""


def shown(under: UnderAgreement, judged: Assessment | None = None) -> list[Asked]:
    """Return the questions in their order, each claimed view of the target before what was struck; what was decided beside what is derived."""
    found = under.found
    given = {name: ScopeAnswer(getattr(judged, name)) for name in _found_by_name(under)} if judged and judged.decided_by_id else {}
    claimed = [_one(ScopeQuestion.TARGET_EXCLUDED, one, _("as claimed by %(party)s") % {"party": by.name}) for by, one in found.target.claimed]
    return [
        _one(ScopeQuestion.IN_FORCE, found.in_force, str(under.time_used.label), given.get("in_force")),
        _one(ScopeQuestion.PARTY_BOUND, found.party_bound, decided=given.get("party_bound")),
        *claimed,
        _one(ScopeQuestion.TARGET_EXCLUDED, found.target.struck, str(under.struck_by.label), given.get("target_excluded")),
        _one(ScopeQuestion.PLACE_COVERED, found.place_covered, decided=given.get("place_covered")),
    ]


def _one(question: ScopeQuestion, finding: Finding, how: str = "", decided: ScopeAnswer | None = None) -> Asked:
    return Asked(
        str(question.label),
        how,
        str(finding.answer.label),
        LOOKS[finding.answer],
        [reason.text for reason in finding.reasons],
        str(decided.label) if decided else "",
        LOOKS[decided] if decided else "",
    )


def _found_by_name(under: UnderAgreement) -> dict[str, Finding]:
    found = under.found
    return {"in_force": found.in_force, "party_bound": found.party_bound, "target_excluded": found.target.whole, "place_covered": found.place_covered}


def answers(under: UnderAgreement) -> dict[str, Any]:
    """Return the derived answers alone."""
    return {name: finding.answer for name, finding in _found_by_name(under).items()}


def derived(under: UnderAgreement) -> dict[str, Any]:
    """Return the derived answers with their reasons, as they were when the editor decided."""
    return {
        name: {"answer": finding.answer.value, "reasons": [{"code": reason.code.value, **reason.facts} for reason in finding.reasons]}
        for name, finding in _found_by_name(under).items()
    }
