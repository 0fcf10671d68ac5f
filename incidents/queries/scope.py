"""Whether an event falls under an agreement, from what is stored: reports, answers, declarations, memberships, affiliations, areas.

The answers are the rules' own (`rules.scope`), with their reasons; this module only reads what they are asked of. Nothing here decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.models import Affiliation, Agreement, AgreementArea, Assessment, Declaration, Membership, Party, Place, Report, Response
from incidents.queries import standing, visibility
from incidents.queries.visibility import Reader
from incidents.rules import bonds, facts, grades, grounds, scope
from incidents.rules.areas import Point
from incidents.rules.bonds import Bonds, Days
from incidents.rules.facts import HarmClaim
from incidents.rules.findings import Finding
from incidents.rules.ranges import Range
from incidents.rules.targets import TargetView
from incidents.rules.timespans import Timespan
from incidents.vocabulary import (
    METRES_OF,
    AffiliationKind,
    Credibility,
    HarmGroup,
    HarmKind,
    PlacePrecision,
    Qualifier,
    Reliability,
    Role,
    ScopeAnswer,
    TimePrecision,
)


class TimeUsed(TextChoices):
    """Which time of an event its scope was asked for."""

    UNKNOWN = "unknown", _("No report says when.")
    COMMON = "common", _("Asked of the time that all reports share.")
    HULL = "hull", _("From the earliest to the latest time, as reports contradict one another.")


class StruckBy(TextChoices):
    """Whence it is known what was struck."""

    NOT_KNOWN = "not_known", _("No report names a party that was struck.")
    CONTRADICTED = "contradicted", _("Reports name different parties.")
    REPORTED = "reported", _("Every report that names a party struck names this one.")
    ASSESSED = "assessed", _("As assessed.")


@dataclass(frozen=True)
class UnderAgreement:
    """The four answers for one event under one agreement, with what they were asked of."""

    agreement: Agreement
    found: scope.Scope
    when: Timespan
    time_used: TimeUsed
    struck_by: StruckBy


def agreements_for(reader: Reader, reports: Iterable[Report], when: Timespan | None) -> list[Agreement]:
    """Return the agreements to ask of an event: its reports', those that they renew, and any in force in the same country at its time.

    The one its reports were logged under comes first.
    """
    own = {report.agreement_id: report.agreement for report in reports}
    seen = {row.pk: row for row in visibility.agreements(reader)}
    found = dict.fromkeys(key for key in own if key in seen)
    for agreement in own.values():
        renewed = agreement.renews_id
        while renewed and renewed in seen and renewed not in found:
            found[renewed] = None
            renewed = seen[renewed].renews_id
    countries = {agreement.country for agreement in own.values() if agreement.country}
    if when and when.starts_at and when.ends_at:
        for other in seen.values():
            ended = other.in_force_until is not None and other.in_force_until <= when.starts_at
            if other.country in countries and other.in_force_from <= when.ends_at and not ended:
                found.setdefault(other.pk)
    return [seen[key] for key in found]


def asked(
    agreement: Agreement,
    reports: Sequence[Report],
    claims: Sequence[facts.Claim],
    responses: Iterable[Response],
    assessment: Assessment | None = None,
    reader: Reader | None = None,
) -> UnderAgreement:
    """Return the four answers for the event that these reports are about, under one agreement."""
    when, time_used = narrowed(claims)
    struck, struck_by = _struck(reports, assessment)
    views = [TargetView(party(row.party), (party(row.target_party),)) for row in responses if row.target_party]
    if struck_by == StruckBy.CONTRADICTED:
        views += [TargetView(party(row.claimant), (party(row.target_party),)) for row in reports if row.target_party]
    dates = standing.dates_of(agreement)
    days = scope.local_days(when, dates)
    included, excluded = _areas(agreement, days)
    event = scope.Event(when, _accused(reports, agreement), views, struck, facts.where(claims).value)
    terms = scope.Agreement(dates, [standing.declared(row) for row in _declarations(agreement, reader)], bonds_of(agreement), included)
    found = scope.asked(event, terms)
    if excluded:
        covered = _but_for(found.place_covered, scope.place_covered(excluded, event.place))
        found = scope.Scope(found.in_force, found.party_bound, found.target, covered)
    return UnderAgreement(agreement, found, when, time_used, struck_by)


def narrowed(claims: Sequence[facts.Claim]) -> tuple[Timespan, TimeUsed]:
    """Return the time that lies within every report's; where there is none, the span over all of them."""
    spans = [claim.when for claim in claims if claim.when and claim.when.starts_at and claim.when.ends_at]
    if not spans:
        return Timespan(TimePrecision.UNKNOWN, None, None, None), TimeUsed.UNKNOWN
    first = max(span.starts_at for span in spans if span.starts_at)
    last = min(span.ends_at for span in spans if span.ends_at)
    if first > last:
        whole = facts.when(claims).value
        assert whole is not None
        return whole, TimeUsed.HULL
    narrowest = min(spans, key=lambda span: list(TimePrecision).index(span.precision))
    return Timespan(narrowest.precision, first, last, narrowest.day), TimeUsed.COMMON


def bonds_of(agreement: Agreement) -> Bonds:
    """Return every membership of the agreement and every tie between parties."""
    memberships = Membership.objects.filter(agreement=agreement).select_related("party__organ_of", "side").order_by("id")
    ties = Affiliation.objects.select_related("party__organ_of", "other__organ_of").order_by("id")
    return Bonds(
        tuple(
            bonds.Membership(party(row.party), Role(row.role), row.side.label if row.side else "", row.from_on, row.until_on) for row in memberships
        ),
        tuple(
            bonds.Affiliation(party(row.party), AffiliationKind(row.kind), party(row.other), row.from_on, row.until_on)
            for row in ties
            # An organ is its principal here, and nobody is tied to itself.
            if row.party.principal != row.other.principal
        ),
    )


def party(record: Party) -> bonds.Party:
    """Return a party as the rules take it: an organ is the party that it speaks for."""
    principal = record.principal
    return bonds.Party(principal.slug, principal.short_label)


def acting_as() -> dict[str, str]:
    """Return as whom a party counts when it is asked who did something: as the coalition it takes part in, as the state that leads it.

    Only ties that hold whatever the day: of one with dates it would have to be asked when.
    """
    kinds = [AffiliationKind.MEMBER, AffiliationKind.ARMED_WING, AffiliationKind.SPONSORED]
    ties = Affiliation.objects.filter(kind__in=kinds, from_on=None, until_on=None).select_related("party__organ_of", "other__organ_of")
    above = {party(tie.party).id: party(tie.other).id for tie in ties.order_by("-id") if tie.party.principal != tie.other.principal}
    return {name: _top(name, above) for name in above}


def _top(name: str, above: Mapping[str, str]) -> str:
    seen = {name}
    while name in above and above[name] not in seen:
        name = above[name]
        seen.add(name)
    return name


def claims_of(reports: Iterable[Report], tree: "Tree | None" = None) -> list[facts.Claim]:
    """Return reports as the rules take them; `report` is their public id."""
    tree = tree or Tree()
    return [
        facts.Claim(
            report=str(report.public_id),
            claimant=party(report.claimant),
            source=report.source.slug,
            is_credible=grades.is_credible(Reliability(report.source.reliability), Credibility(report.credibility)),
            when=span_of(report),
            where=tree.place_of(report),
            accused=_accused_of(report),
            harm=tuple(
                HarmClaim(HarmKind(row.kind), HarmGroup(row.group), Range(row.low, row.best, row.high, Qualifier(row.qualifier)))
                for row in report.casualty_claims.all()
            ),
        )
        for report in reports
    ]


def span_of(report: Report) -> Timespan | None:
    """Return when the report says it happened; a local day without hours is that whole day."""
    precision = TimePrecision(report.time_precision)
    if report.starts_at is not None and report.ends_at is not None:
        return Timespan(precision, report.starts_at, report.ends_at, report.occurred_on)
    if report.occurred_on is None:
        return None
    begins = datetime.combine(report.occurred_on, time(), report.agreement.zone)
    ends = datetime.combine(report.occurred_on + timedelta(days=1), time(), report.agreement.zone)
    return Timespan(precision, begins, ends, report.occurred_on)


class Tree:
    """What places lie in, read once."""

    def __init__(self) -> None:
        self._parents: dict[int, int | None] = {}
        self._slugs: dict[int, str] = {}

    def place_of(self, report: Report) -> grounds.Place | None:
        """Return where the report says it happened: its own point where it has one, else that of the place it names."""
        name = report.place.name if report.place else report.place_as_worded
        path = self.path(report.place) if report.place else ()
        point = None
        if report.latitude is not None and report.longitude is not None and report.place_precision:
            point = _point(float(report.latitude), float(report.longitude), report.place_precision)
        elif report.place:
            point = self.point(report.place)
        return grounds.Place(name, path, point) if name or point else None

    def path(self, place: Place) -> tuple[str, ...]:
        """Return the slugs of a place and of what it lies in, from itself outward."""
        if not self._slugs:
            for number, slug, parent in Place.objects.values_list("pk", "slug", "parent_id"):
                self._slugs[number], self._parents[number] = slug, parent
        found: list[str] = []
        key: int | None = place.pk
        while key is not None and self._slugs[key] not in found:
            found.append(self._slugs[key])
            key = self._parents[key]
        return tuple(found)

    def point(self, place: Place) -> Point | None:
        """Return where a place is on the ground, as exactly as the gazetteer knows."""
        if place.latitude is None or place.longitude is None:
            return None
        return _point(float(place.latitude), float(place.longitude), place.precision)


def _point(latitude: float, longitude: float, precision: str) -> Point:
    return Point(latitude, longitude, METRES_OF[PlacePrecision(precision)])


def _declarations(agreement: Agreement, reader: Reader | None) -> Iterable[Declaration]:
    return standing.declarations(agreement, reader).select_related("party__organ_of", "source").order_by("declared_on", "id")


def _accused_of(report: Report) -> tuple[bonds.Party | bonds.Side, ...]:
    if report.accused_side:
        return (bonds.Side(report.accused_side.code, report.accused_side.label),)
    return (party(report.accused_party),) if report.accused_party else ()


def _accused(reports: Iterable[Report], agreement: Agreement) -> list[bonds.Party | bonds.Side]:
    """Return whom the reports accuse. A side of another agreement stands for those who were on it: sides belong to one agreement."""
    found: dict[bonds.Party | bonds.Side, None] = {}
    told = list(reports)
    foreign = {report.accused_side_id for report in told if report.accused_side and report.accused_side.agreement_id != agreement.pk}
    members = list(Membership.objects.filter(side__in=foreign).select_related("party__organ_of").order_by("id")) if foreign else []
    for report in told:
        side = report.accused_side
        if side is not None and side.agreement_id != agreement.pk:
            found.update(dict.fromkeys(party(row.party) for row in members if row.side_id == side.pk and _held(row, report)))
        else:
            found.update(dict.fromkeys(_accused_of(report)))
    return list(found)


def _held(row: Membership, report: Report) -> bool:
    day = report.occurred_on
    return day is None or ((row.from_on is None or row.from_on <= day) and (row.until_on is None or day <= row.until_on))


def _struck(reports: Iterable[Report], assessment: Assessment | None) -> tuple[tuple[bonds.Party, ...] | None, StruckBy]:
    if assessment and assessment.target_party:
        return (party(assessment.target_party),), StruckBy.ASSESSED
    named = dict.fromkeys(party(report.target_party) for report in reports if report.target_party)
    if len(named) == 1:
        return tuple(named), StruckBy.REPORTED
    return None, StruckBy.CONTRADICTED if named else StruckBy.NOT_KNOWN


def _areas(agreement: Agreement, days: Days) -> tuple[list[scope.Area], list[scope.Area]]:
    """Return the areas that the agreement includes and those that it leaves out, on the days meant."""
    rows = AgreementArea.objects.filter(agreement=agreement).select_related("place").order_by("id")
    if days.last:
        rows = rows.filter(Q(from_on=None) | Q(from_on__lte=days.last))
    if days.first:
        rows = rows.filter(Q(until_on=None) | Q(until_on__gte=days.first))
    tree = Tree()
    found: tuple[list[scope.Area], list[scope.Area]] = ([], [])
    for row in rows:
        place = grounds.Place(row.place.name, tree.path(row.place), tree.point(row.place)) if row.place else None
        found[row.is_excluded].append(scope.Area(row.name, row.geometry, place))
    return found


def _but_for(covered: Finding, left_out: Finding) -> Finding:
    """Return whether the place is covered once what the agreement leaves out is taken off."""
    if left_out.answer == ScopeAnswer.YES:
        return Finding(ScopeAnswer.NO, left_out.reasons)
    if left_out.answer == ScopeAnswer.UNKNOWN and covered.answer == ScopeAnswer.YES:
        return Finding(ScopeAnswer.UNKNOWN, left_out.reasons)
    return covered
