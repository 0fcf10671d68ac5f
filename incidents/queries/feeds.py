"""What a change feed tells of: the nouns that a reader can list, what in the sealed log touches them, and the rows after a place in it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CASCADE, ManyToOneRel, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import (
    AggregateClaim,
    Agreement,
    Assessment,
    Change,
    ChangeKind,
    Convoy,
    Coverage,
    Declaration,
    Evidence,
    Feed,
    FeedRow,
    Incident,
    Membership,
    Party,
    Report,
    Response,
    Side,
)
from incidents.queries import aggregates, convoys, coverage, evidence, incidents, reports, visibility, withholding
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.convoy_filters import ConvoyFilter
from incidents.queries.filters import ReportFilter
from incidents.queries.incidents import IncidentFilter
from incidents.queries.visibility import Reader

LONGEST_PAGE = 1_000
# Time alone brings records into a reader's view: for its sake all is looked at so often.
LATEST = timedelta(seconds=10)


@dataclass(frozen=True)
class Noun:
    """A kind of record that the feed tells of: its name there, which of it a reader sees, and what it is made up of beside its own fields."""

    name: str
    label: str | Promise
    model: type[Model]
    seen: Callable[[Reader], QuerySet[Any]]
    made_of: tuple[str, ...] = ()

    @property
    def record_type(self) -> str:
        """Return what the log calls it."""
        return str(self.model._meta.model_name)


def _parties(_reader: Reader) -> QuerySet[Party]:
    return Party.objects.all()


def _declarations(reader: Reader) -> QuerySet[Declaration]:
    return visibility.declarations(reader)


def _claims(reader: Reader) -> QuerySet[AggregateClaim]:
    return aggregates.filtered(reader, ClaimFilter())


def _convoys(reader: Reader) -> QuerySet[Convoy]:
    return convoys.filtered(reader, ConvoyFilter())


def _incidents(reader: Reader) -> QuerySet[Incident]:
    return incidents.filtered(reader, IncidentFilter())


def _reports(reader: Reader) -> QuerySet[Report]:
    return reports.filtered(reader, ReportFilter())


# What each noun's list shows unfiltered. What is shown by others comes before what shows it, so that a copy made row by row finds what it refers to.
NOUNS: tuple[Noun, ...] = (
    Noun("party", _("Party"), Party, _parties),
    Noun("agreement", _("Agreement"), Agreement, visibility.agreements, made_of=("declarations",)),
    Noun("declaration", _("Declaration"), Declaration, _declarations),
    Noun("aggregate_claim", _("Published total"), AggregateClaim, _claims),
    Noun("convoy", _("Convoy"), Convoy, _convoys, made_of=("events",)),
    Noun("incident", _("Incident"), Incident, _incidents, made_of=("reports", "assessments", "responses")),
    Noun("report", _("Report"), Report, _reports),
    Noun("response", _("Response"), Response, incidents.responses),
    Noun("assessment", _("Assessment"), Assessment, incidents.assessments),
    Noun("coverage", _("Coverage"), Coverage, coverage.seen),
    Noun("evidence", _("Evidence"), Evidence, evidence.visible),
)
BY_NAME = {noun.name: noun for noun in NOUNS}

# Changes of these kinds decide nothing about whether other records exist for a reader. After any other, all is looked at.
_ALONE = {
    ChangeKind.REPORT_SUBMITTED,
    ChangeKind.REPORT_SUPERSEDED,
    ChangeKind.REPORT_RETRACTED,
    ChangeKind.REPORT_RESTORED,
    ChangeKind.AGGREGATE_CLAIM_LOGGED,
    ChangeKind.AGGREGATE_CLAIM_SUPERSEDED,
    ChangeKind.AGGREGATE_CLAIM_RETRACTED,
    ChangeKind.COVERAGE_LOGGED,
    ChangeKind.COVERAGE_REMOVED,
    ChangeKind.RESPONSE_LOGGED,
    ChangeKind.CASE_ASSIGNED,
    ChangeKind.COMMENT_ADDED,
    ChangeKind.TALLIES_HEALED,
    ChangeKind.INVITATION_MADE,
    ChangeKind.INVITATION_REVOKED,
}
# Who stands where, and what that is called: shown with every report that accuses a party, without being named by it.
_ARRANGING = {str(model._meta.model_name) for model in (Membership, Side)}


@dataclass(frozen=True)
class News:
    """What a stretch of the sealed log touched: ids by noun, and whether it may have moved other records into or out of somebody's view."""

    touched: Mapping[str, set[UUID]]
    moves_others: bool


def news(after: int, up_to: int) -> News:
    """Return what the changes with numbers above `after`, up to `up_to`, touched."""
    changes = Change.objects.filter(seal__number__gt=after, seal__number__lte=up_to)
    ids: dict[str, set[UUID]] = defaultdict(set)
    slugs: set[str] = set()
    rearranged: set[UUID] = set()
    moves_others = False
    for kind, record_type, record_id, agreement_id, body in changes.values_list("kind", "record_type", "record_id", "agreement_id", "payload__body"):
        ids[record_type].add(record_id)
        if record_type in _ARRANGING and agreement_id is not None:
            rearranged.add(agreement_id)
        said = [facts for facts in ((body or {}).get("before"), (body or {}).get("after")) if facts]
        slugs |= {facts["incident"] for facts in said if facts.get("incident")}
        ties = any(facts.get("convoy") or facts.get("incident") for facts in said)
        moves_others = moves_others or kind not in _ALONE or body is None or (record_type == Report._meta.model_name and ties)
    ids[str(Incident._meta.model_name)] |= set(Incident.objects.filter(slug__in=slugs).values_list("public_id", flat=True))
    if rearranged:
        ids[str(Report._meta.model_name)] |= _held_against_a_party(rearranged)
    return News({noun.name: _touched(noun, ids) for noun in NOUNS}, moves_others)


def _held_against_a_party(agreements: set[UUID]) -> set[UUID]:
    """Return the reports under these agreements that accuse a party: each says on which side that stood, and what that is called."""
    accusing = Report.objects.filter(agreement__public_id__in=agreements, accused_party__isnull=False)
    return set(accusing.values_list("public_id", flat=True))


def moves_with_time(reader: Reader, since: datetime) -> bool:
    """Return whether time alone may have changed, since then, what exists for this reader: by a delay, or by a convoy whose hour has come."""
    profile = withholding.profile_of(reader)
    if profile and withholding.cutoff(profile) is not None:
        return True
    return Convoy.objects.released().filter(released_at__gte=since).exists()


def rows(feed: Feed, after: int, names: tuple[str, ...] = (), limit: int = LONGEST_PAGE) -> list[FeedRow]:
    """Return the rows behind a place in the feed, in its order, of these nouns or of all. What it was told since it was read waits."""
    found = FeedRow.objects.filter(feed=feed, number__gt=after, number__lte=feed.number)
    if names:
        found = found.filter(record_type__in=names)
    return list(found.order_by("number")[:limit])


def of_other_agreements(found: Sequence[FeedRow], slugs: Sequence[str]) -> set[UUID]:
    """Return which of these records belong to one agreement that is none of these."""
    others: set[UUID] = set()
    for noun in NOUNS:
        ids = [row.record_id for row in found if row.record_type == noun.name]
        if ids and any(field.name == "agreement" for field in noun.model._meta.concrete_fields):
            records = noun.model._default_manager.filter(public_id__in=ids, agreement__isnull=False)
            others |= set(records.exclude(agreement__slug__in=slugs).values_list("public_id", flat=True))
    return others


def _touched(noun: Noun, ids: Mapping[str, set[UUID]]) -> set[UUID]:
    """Return the ids of a noun's records that changed themselves, or that show one of those which did."""
    found = set(ids.get(noun.record_type, ()))
    for record_type, changed in ids.items():
        paths = _paths(noun, record_type)
        if changed and paths:
            showing = Q()
            for path in paths:
                showing |= Q(**{f"{path}__public_id__in": changed})
            found |= set(noun.model._default_manager.filter(showing).values_list("public_id", flat=True))
    return found


@cache
def _paths(noun: Noun, record_type: str) -> tuple[str, ...]:
    """Return the relations by which a noun shows records of this type: its own, those of its parts, and what it is made of."""
    try:
        shown = apps.get_model("incidents", record_type)
    except LookupError:
        return ()
    if not any(field.name == "public_id" for field in shown._meta.concrete_fields):
        return ()
    return tuple(dict.fromkeys(path for path, model in _relations(noun) if model is shown))


def _relations(noun: Noun) -> Iterator[tuple[str, type[Model]]]:
    for field in noun.model._meta.get_fields():
        related = field.related_model
        if not isinstance(related, type) or related is noun.model:
            continue
        if not field.auto_created:
            yield field.name, related
        elif isinstance(field, ManyToOneRel) and (field.on_delete is CASCADE or field.get_accessor_name() in noun.made_of):
            yield field.name, related
            for inner in related._meta.get_fields():
                target = inner.related_model
                if not inner.auto_created and isinstance(target, type) and target is not noun.model:
                    yield f"{field.name}__{inner.name}", target
