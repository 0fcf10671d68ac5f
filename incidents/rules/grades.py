"""How well harm is established: the grades of Airwars as section 2 of the domain words them, from claims, answers and the assessment."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.rules.bonds import Party, Side
from incidents.rules.facts import Answer, Claim, Fact, HarmClaim
from incidents.vocabulary import Credibility, HarmGrade, Occurrence, Reliability, ResponseKind

ADMITS = frozenset({ResponseKind.ACCEPTS, ResponseKind.CLAIMS, ResponseKind.ADMITS_OTHER_EXPLANATION})
REJECTED = frozenset({Occurrence.REFUTED, Occurrence.UNFOUNDED})
SOMEBODY_ELSE = "?"


class GradedBy(TextChoices):
    """Why harm has its grade."""

    NO_HARM_STATED = "no_harm_stated", _("No report states harm: there is nothing to grade.")
    ASSESSED_AWAY = "assessed_away", _("An assessment finds it refuted or without credible basis.")
    ADMITTED = "admitted", _("One accused party admits the act.")
    SEVERAL_ADMIT = "several_admit", _("Parties that are not one another admit or claim the act.")
    COMPETING_CLAIMS = "competing_claims", _("Claims name different actors, or the accused blames another.")
    CREDIBLE_SOURCES = "credible_sources", _("Two or more credible sources by different claimants, and a likely actor.")
    NO_LIKELY_ACTOR = "no_likely_actor", _("Several credible sources, none of which names an actor.")
    ONE_SOURCE = "one_source", _("Fewer than two credible sources by different claimants.")


def is_credible(reliability: Reliability, credibility: Credibility) -> bool:
    """Tell whether a report counts as a credible source: from a source graded A to C, and not itself doubtful or improbable.

    A source that cannot be judged (F) is not counted: what is unknown is not credible. A report not yet judged (6) stands on its source.
    """
    return reliability in {Reliability.A, Reliability.B, Reliability.C} and credibility not in {Credibility.DOUBTFUL, Credibility.IMPROBABLE}


def graded(
    claims: Sequence[Claim], answers: Iterable[Answer] = (), occurrence: Occurrence | None = None, acts_as: Mapping[str, str] | None = None
) -> Fact[HarmGrade | None]:
    """Return the grade of the harm, or None where no report states any.

    `acts_as` gives the actor as which a party counts here: a state within a coalition, a wing of an army. Several sources that relay one
    claimant are one, as are several claims in one source. An admission of the act that denies responsibility does not confirm.
    """
    harmful = [claim for claim in claims if any(_states_harm(row) for row in claim.harm)]
    reports = tuple(claim.report for claim in harmful)
    if not harmful:
        return Fact(None, GradedBy.NO_HARM_STATED, ())
    if occurrence in REJECTED:
        return Fact(HarmGrade.DISCOUNTED, GradedBy.ASSESSED_AWAY, reports)
    said = list(answers)
    names = acts_as or {}
    admitted = {_actor(answer.party, names) for answer in said if answer.kind in ADMITS}
    blame = [frozenset(_actor(accused, names) for accused in claim.accused) for claim in claims if claim.accused]
    accused = frozenset().union(*blame)
    if len(admitted) > 1:
        return Fact(HarmGrade.CONTESTED, GradedBy.SEVERAL_ADMIT, reports)
    if admitted and (admitted <= accused or not accused):
        return Fact(HarmGrade.CONFIRMED, GradedBy.ADMITTED, reports)
    blame += [frozenset(admitted)] if admitted else []
    blame += [_blamed(answer, names) for answer in said if answer.kind == ResponseKind.BLAMES_ANOTHER]
    if any(one.isdisjoint(other) for one, other in combinations(blame, 2)):
        return Fact(HarmGrade.CONTESTED, GradedBy.COMPETING_CLAIMS, tuple(claim.report for claim in claims if claim in harmful or claim.accused))
    credible = [claim for claim in harmful if claim.is_credible]
    if min(len({claim.source for claim in credible}), len({claim.claimant for claim in credible})) < 2:
        return Fact(HarmGrade.WEAK, GradedBy.ONE_SOURCE, reports)
    if not any(claim.accused for claim in credible):
        return Fact(HarmGrade.WEAK, GradedBy.NO_LIKELY_ACTOR, reports)
    return Fact(HarmGrade.FAIR, GradedBy.CREDIBLE_SOURCES, tuple(claim.report for claim in credible))


def _states_harm(row: HarmClaim) -> bool:
    """Tell whether a row says that anybody was harmed. Not how many is harm; none is not."""
    numbers = (row.count.low, row.count.best, row.count.high)
    return not row.count.is_known or any(number for number in numbers if number)


def _actor(accused: Party | Side, acts_as: Mapping[str, str]) -> str:
    return f"side {accused.code}" if isinstance(accused, Side) else acts_as.get(accused.id, accused.id)


def _blamed(answer: Answer, acts_as: Mapping[str, str]) -> frozenset[str]:
    return frozenset({_actor(answer.blamed, acts_as) if answer.blamed else SOMEBODY_ELSE})
