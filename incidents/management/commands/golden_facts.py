"""Print section 4 of the domain from the running database."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from incidents.models import AggregateClaim, Declaration, Report, User
from incidents.queries import aggregates, convoys, incidents, section4, visibility
from incidents.queries.incidents import Dossier
from incidents.queries.scope import UnderAgreement
from incidents.queries.section4 import Claimed, NotLoaded, Section4, Sum
from incidents.rules import ranges
from incidents.rules.bonds import Party
from incidents.rules.findings import Finding, ScopeQuestion
from incidents.vocabulary import HarmKind, Qualifier


class Command(BaseCommand):
    help = "Print what must come out of the demo: claims, standing, Deir ez-Zor, Urum al-Kubra, and the other sums with their flags."

    def add_arguments(self, parser: ArgumentParser) -> None:
        roles = [role for role in User.Role.values if role != User.Role.ADMINISTRATOR]
        parser.add_argument("--as", dest="role", choices=roles, default=User.Role.ANALYST, help="as a reader of this role sees it (default: analyst)")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        # Somebody of that role, who is nobody: never saved, and allowed what the role allows.
        reader = User(username="", role=role)
        with translation.override("en"):
            try:
                found = section4.read(reader, timezone.now())
            except NotLoaded as error:
                raise CommandError(f'"{error}" is not here for this reader: load the demo first (bin/manage load_demo).') from error
            for line in told(found, reader):
                self.stdout.write(line)


def told(found: Section4, reader: User) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{found.agreement.name}, as of change {found.as_of_change}"
    yield from (f"  {line}" for line in _agreement(found))
    yield ""
    yield "Claimed (never added across claimants, sides or units)"
    yield from (f"  {line}" for row in found.claimed for line in _claimed(row))
    yield ""
    yield "Standing at its end"
    yield f"  {found.standing}{' (contested)' if found.is_contested else ''}"
    yield from (f"  besides: {remark.name} {remark.stance.label}" for remark in found.remarks)
    yield ""
    yield "Declared"
    yield from (f"  {_declared(declaration, is_withheld)}" for declaration, is_withheld in found.declarations)
    for dossier in (found.deir_ez_zor, found.urum_al_kubra, found.aid):
        yield ""
        yield from _dossier(dossier, reader)
    yield ""
    yield from _convoy(found.convoy)
    yield ""
    yield "Russian bulletins"
    yield from (f"  {claim.count} {claim.get_unit_display()}, {_period(claim)}, published {claim.published_on}" for claim in found.bulletins)
    yield ""
    yield "Other sums"
    yield from (f"  {line}" for one in found.sums for line in _sum(one, reader))


def _agreement(found: Section4) -> Iterator[str]:
    agreement, zone = found.agreement, found.agreement.zone
    ends = f"{agreement.in_force_until.astimezone(zone):%Y-%m-%d %H:%M}" if agreement.in_force_until else "no end date"
    yield f"in force {agreement.in_force_from.astimezone(zone):%Y-%m-%d %H:%M} to {ends}, {agreement.timezone}"
    yield from (f"term {term.number}: {term.get_subject_display()}. {term.summary}" for term in agreement.terms.all())
    yield from (f"side {side.code}, {side.name}: {', '.join(members)}" for side, members in found.sides)
    yield from (f"{role.label}: {', '.join(parties)}" for role, parties in found.roles.items() if parties)


def _declared(declaration: Declaration, is_withheld: bool) -> str:
    blamed = ", ".join(party.short_label for party in declaration.blamed.all())
    words = f' "{declaration.wording}"' if declaration.wording and not is_withheld else ""
    said = f"{declaration.declared_on} {declaration.party.short_label} {declaration.get_stance_display()}{f' ({blamed})' if blamed else ''}{words}"
    return f"{said}. {declaration.gist}" if declaration.gist else said


def _convoy(journey: convoys.Journey) -> Iterator[str]:
    convoy, stands = journey.convoy, journey.timeline
    yield f"Convoy {convoy.reference}: {stands.state.label}, before the step {stands.stands_at.label!s} was done"
    yield f"  {convoy.operator.name}; {convoy.trucks_departed} trucks for {convoy.people_requested} people"
    yield from (f"  {event.get_status_display()}, by {event.source.name}: {event.reason or 'no more is said'}" for event in journey.events)


def _period(claim: AggregateClaim) -> str:
    return f"since {claim.counted_from}" if claim.counted_from else f"{claim.period_start} to {claim.period_end}"


def _claimed(row: Claimed) -> Iterator[str]:
    figure = row.figure
    count = "not stated" if figure.count is None else f"{figure.count}"
    hedge = "" if figure.qualifier == Qualifier.EXACTLY else f" ({figure.qualifier.label})"
    yield f"{count}{hedge} {figure.unit.label} against {row.against}, by {figure.claimant.short_name or figure.claimant.name}{_flags(figure.flags)}"
    for harm in figure.harm:
        stated = ranges.plain(ranges.Range(harm.low, harm.best, harm.high, harm.qualifier))
        yield f"    {harm.kind.label.lower()}: {stated} {harm.group.label}"


def _flags(flags: Iterable[dict[str, Any]]) -> str:
    codes = dict.fromkeys(str(flag["code"]) for flag in flags)
    return f" [{', '.join(codes)}]" if codes else ""


def _dossier(dossier: Dossier, reader: User) -> Iterator[str]:
    known = dossier.known
    yield dossier.incident.name
    yield f"  when: {known.when.rule.label}"
    for kind in HarmKind:
        for fact in known.harmed(kind):
            yield f"  {kind.label.lower()}, {fact.value.group.label}: {incidents.stated(fact)} ({fact.rule.label})"
    yield from (f"    {line}" for report in known.reports for line in _harm(report))
    for row in known.accusations.value:
        accused = row.accused.name if row.accused else "nobody"
        yield f"  accused: {accused}, by {_names(row.claimants)}"
    for answer in dossier.responses:
        says = answer.gist or (answer.wording if visibility.shows_source(reader, answer.source) else "")
        yield f"  answer: {answer.party.short_label} {answer.get_kind_display()}, {answer.answered_on}. {says}"
    yield f"  grade: {dossier.grade.value.label if dossier.grade.value else 'none'} ({dossier.grade.rule.label})"
    for under in dossier.scope:
        yield from _scope(under)
    yield from (f"  decided: {row.agreement.slug}: {row.get_occurrence_display()}" for row in dossier.assessments)
    if not dossier.assessments:
        yield "  decided: by no editor yet"


def _harm(report: Report) -> Iterator[str]:
    for claim in report.casualty_claims.all():
        stated = ranges.plain(ranges.Range(claim.low, claim.best, claim.high, Qualifier(claim.qualifier)))
        hedge = (
            ""
            if claim.qualifier in {Qualifier.EXACTLY, Qualifier.ABOUT, Qualifier.UP_TO, Qualifier.MORE_THAN}
            else f" ({claim.get_qualifier_display()})"
        )
        number = stated.removesuffix("+") + hedge
        yield f"{claim.get_kind_display().lower()} {number} {claim.get_group_display()}, by {report.claimant.short_label}"


def _scope(under: UnderAgreement) -> Iterator[str]:
    yield f"  under {under.agreement.slug} ({under.time_used.label})"
    found = under.found
    yield from _answer(ScopeQuestion.IN_FORCE, found.in_force)
    yield from _answer(ScopeQuestion.PARTY_BOUND, found.party_bound)
    for by, one in found.target.claimed:
        yield from _answer(ScopeQuestion.TARGET_EXCLUDED, one, f"as claimed by {by.name}")
    yield from _answer(ScopeQuestion.TARGET_EXCLUDED, found.target.struck, f"as struck: {under.struck_by.label}")
    yield from _answer(ScopeQuestion.PLACE_COVERED, found.place_covered)


def _answer(question: ScopeQuestion, found: Finding, how: str = "") -> Iterator[str]:
    because = " ".join(reason.text for reason in found.reasons)
    yield f"    {question.label} {f'({how}) ' if how else ''}{found.answer.label}. {because}"


def _sum(one: Sum, reader: User) -> Iterator[str]:
    claim = one.claim
    parts = " + ".join("?" if count is None else str(count) for _label, count in one.parts)
    total = one.sum_of_parts
    made = f" = {total}" if total is not None else ""
    flagged = f" [{', '.join(one.flags)}]" if one.flags else ""
    yield f"{claim.count} {claim.get_unit_display()}, {claim.claimant.short_label}, to {claim.period_end}: {parts}{made}{flagged}"
    for detail in one.contradictions:
        if {"stated", "sum"} <= detail.keys():
            yield f"    stated {detail['stated']}, the parts make {detail['sum']}"
    if claim.note and "note" not in aggregates.withheld(reader, claim):
        yield f"    noted: {claim.note}"


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(party.name for party in parties)
