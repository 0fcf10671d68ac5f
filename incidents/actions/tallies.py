"""Posting sealed changes into the ledger. Called by workers alone; running it twice is harmless."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from incidents.models import AggregateClaim, Agreement, Assessment, Change, ChangeKind, Incident, LedgerEntry, LedgerHead, Posting, Report, Seal
from incidents.models.base import Facts
from incidents.queries import contributions, incident_contributions, recounts
from incidents.queries.contributions import Contribution, Line, Surroundings
from incidents.vocabulary import Series

BATCH = 500
AMOUNTS = ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown")
LINE_FIELDS = [column.name for column in fields(Line)]

# A change of these moves records between sides or windows: the whole agreement is posted anew.
REARRANGING = {"agreement", "side", "membership", "party"}


@transaction.atomic
def post(limit: int = BATCH) -> int:
    """Return how many sealed changes were posted, in their order, `limit` at most.

    The head row is locked throughout, so posters take turns, and it moves in the same transaction as the entries: a
    poster that dies leaves nothing half done, and whoever comes next goes on from the same change.
    """
    head = locked_head()
    seals = list(Seal.objects.filter(number__gt=head.number).select_related("change__payload").order_by("number")[:limit])
    if not seals:
        return 0
    ledgers: dict[UUID, _Ledger] = {}
    for agreement in Agreement.objects.filter(public_id__in={seal.change.agreement_id for seal in seals if seal.change.agreement_id}):
        ledgers[agreement.public_id] = _Ledger.opened(
            agreement, head.number, [seal for seal in seals if seal.change.agreement_id == agreement.public_id]
        )
    for seal in seals:
        change = seal.change
        ledger = ledgers.get(change.agreement_id) if change.agreement_id else None
        after = _after(change)
        if ledger and after is not None and change.record_type == "report":
            ledger.post(seal.number, contributions.report_subject(change.record_id), contributions.of_report(change.record_id, after, ledger.around))
            ledger.post_incidents(seal.number, ledger.reports, change.record_id, after)
        elif ledger and after is not None and change.record_type == "assessment":
            ledger.post_incidents(seal.number, ledger.assessments, change.record_id, after)
        elif ledger and after is not None and change.record_type == "aggregateclaim":
            ledger.claims[change.record_id] = after
            ledger.post_claims(seal.number)
        elif ledger and after is not None and change.kind == ChangeKind.TALLIES_HEALED:
            _post_anew(ledger, seal.number, after["subjects"])
    for agreement in _rearranged(seals):
        ledger = ledgers.get(agreement.public_id) or _Ledger.opened(agreement, head.number, [])
        ledgers[agreement.public_id] = ledger
        _post_anew(ledger, seals[-1].number)
    for ledger in ledgers.values():
        ledger.store()
    head.number = seals[-1].number
    head.save(update_fields=["number"])
    return len(seals)


def differences(agreement: Agreement) -> list[str]:
    """Return where the ledger's balance differs from a recount of the records themselves, by subject; none when all is right.

    Compare only when every sealed change is posted: records run ahead of the ledger by what still waits.
    """
    return astray(agreement)


def astray(agreement: Agreement, subjects: Collection[str] | None = None) -> list[str]:
    """Return the subjects, all or these, whose balance is not what the records contribute. Reports are recounted by PostgreSQL."""
    around = contributions.surroundings(agreement)
    others = LedgerEntry.objects.filter(agreement=agreement).exclude(subject__startswith="report:").order_by()
    held_of = set(others.values_list("subject", flat=True).distinct()) if subjects is None else {*subjects}
    expected = _recount(around, subjects=subjects, with_reports=False)
    held = _balances(agreement, held_of | expected.keys())
    details = _details(Posting.objects.filter(agreement=agreement, subject__in=held_of | expected.keys()))
    wrong = {
        subject
        for subject in held_of | expected.keys()
        if not subject.startswith("report:") and (subjects is None or subject in subjects)
        if (Counter(expected.get(subject, Contribution()).lines), expected.get(subject, Contribution()).detail)
        != (held.get(subject, Counter()), details.get(subject, {}))
    }
    return sorted({*recounts.astray(agreement, subjects), *wrong})


@dataclass
class _Ledger:
    """One agreement's ledger while a batch is posted to it: balances as they stand, and what is to be written."""

    around: Surroundings
    balances: dict[str, Counter[Line]]
    details: dict[str, Mapping[str, Any]]
    claims: dict[UUID, Facts]
    incidents: dict[str, UUID]
    reports: dict[UUID, Facts]
    assessments: dict[UUID, Facts]
    postings: dict[tuple[str, int], tuple[Posting, list[tuple[Line, int]]]] = field(default_factory=dict)

    @classmethod
    def opened(cls, agreement: Agreement, number: int, seals: Sequence[Seal]) -> "_Ledger":
        """Return the ledger as it stands after change `number`, with the balances that these seals may touch."""
        slugs = _incidents_touched(agreement, number, seals)
        subjects = {contributions.report_subject(seal.change.record_id) for seal in seals if seal.change.record_type == "report"}
        subjects |= {contributions.incident_subject(slug) for slug in slugs}
        postings = Posting.objects.filter(Q(subject__startswith=Series.CLAIMED) | Q(subject__in=subjects), agreement=agreement)
        details = _details(postings)
        return cls(
            around=contributions.surroundings(agreement),
            balances=_balances(agreement, subjects | details.keys()),
            details=details,
            claims=_latest(agreement, "aggregateclaim", number),
            incidents=dict(Incident.objects.filter(slug__in=slugs).values_list("slug", "public_id")),
            reports=_known(agreement, "report", number, seals, slugs),
            assessments=_known(agreement, "assessment", number, seals, slugs),
        )

    def post(self, number: int, subject: str, contribution: Contribution) -> None:
        """Reverse what the subject contributed and add what it contributes now. Nothing is posted where nothing changes."""
        old, new = self.balances.get(subject, Counter()), Counter(contribution.lines)
        if old == new and self.details.get(subject, {}) == contribution.detail:
            return
        agreement = self.around.agreement
        posting, entries = self.postings.setdefault((subject, number), (Posting(number=number, agreement=agreement, subject=subject), []))
        posting.detail = dict(contribution.detail)
        for line, sign in [*((line, -1) for line in (old - new).elements()), *((line, 1) for line in (new - old).elements())]:
            entries.append((line, sign))
        self.balances[subject], self.details[subject] = new, contribution.detail

    def post_claims(self, number: int) -> None:
        """Post every claimed figure that the statements known now make, and reverse those that they no longer make."""
        figures = contributions.of_claims(self.claims, self.around)
        gone = {subject for subject in self.balances if contributions.is_claim_subject(subject)} - figures.keys()
        for subject, contribution in [*figures.items(), *((subject, Contribution()) for subject in sorted(gone))]:
            self.post(number, subject, contribution)

    def post_incidents(self, number: int, known: dict[UUID, Facts], record_id: UUID, after: Facts) -> None:
        """Take note of what became of a report or an assessment, and post the incident it left and the one it came to."""
        left = known.get(record_id, {}).get("incident")
        known[record_id] = after
        for slug in sorted({left, after["incident"]} - {None}):
            self.post(number, contributions.incident_subject(slug), self.of_incident(slug))

    def of_incident(self, slug: str) -> Contribution:
        """Return what an incident contributes, from what is known at this point of the log."""
        reports, assessments = ([facts for facts in known.values() if facts["incident"] == slug] for known in (self.reports, self.assessments))
        return incident_contributions.of_incident(self.incidents[slug], reports, assessments, self.around)

    def store(self) -> None:
        """Write the postings, and their entries by COPY: they are most of what a worker does."""
        Posting.objects.bulk_create(posting for posting, _entries in self.postings.values())
        columns = ", ".join(["posting_id", "number", "agreement_id", "subject", "records", *LINE_FIELDS])
        with connection.cursor() as cursor, cursor.copy(f"COPY incidents_ledgerentry ({columns}) FROM STDIN") as copy:
            for posting, entries in self.postings.values():
                for line, sign in entries:
                    copy.write_row([posting.pk, posting.number, posting.agreement_id, posting.subject, sign, *_columns(line, sign)])


def _columns(line: Line, sign: int) -> Iterator[Any]:
    for name in LINE_FIELDS:
        value = getattr(line, name)
        yield sign * value if name in AMOUNTS else str(value) if isinstance(value, str) else value


def _latest(agreement: Agreement, record_type: str, number: int, ids: Iterable[UUID] | None = None) -> dict[UUID, Facts]:
    """Return what the log said of an agreement's records of one type, all or these, as of change `number`."""
    said = Change.objects.filter(agreement_id=agreement.public_id, record_type=record_type, seal__number__lte=number)
    if ids is not None:
        said = said.filter(record_id__in=list(ids))
    return contributions.latest_facts(said.order_by("seal__number").values_list("record_id", "payload__body__after"))


def _incidents_touched(agreement: Agreement, number: int, seals: Iterable[Seal]) -> set[str]:
    """Return the incidents that these seals' reports and assessments left, or came to."""
    changed = [seal.change for seal in seals if seal.change.record_type in {"report", "assessment"}]
    ids = {change.record_id for change in changed}
    left = {facts["incident"] for record_type in ("report", "assessment") for facts in _latest(agreement, record_type, number, ids).values()}
    return {slug for slug in left | {_incident_after(change) for change in changed} if slug}


def _known(agreement: Agreement, record_type: str, number: int, seals: Iterable[Seal], slugs: set[str]) -> dict[UUID, Facts]:
    """Return what was known of the records that these seals change, and of all that the log ever placed in these incidents."""
    ids = {seal.change.record_id for seal in seals if seal.change.record_type == record_type}
    if slugs:
        # Spelled as the index `payload_incident` is.
        incident = KeyTextTransform("incident", KeyTransform("after", "payload__body"))
        sharing = Change.objects.filter(agreement_id=agreement.public_id, record_type=record_type, seal__number__lte=number)
        ids |= set(sharing.annotate(incident=incident).filter(incident__in=slugs).values_list("record_id", flat=True))
    return _latest(agreement, record_type, number, ids) if ids else {}


def _incident_after(change: Change) -> str | None:
    after = _after(change) if change.record_type in {"report", "assessment"} else None
    return after["incident"] if after else None


def locked_head() -> LedgerHead:
    """Return the head row, locked until the transaction ends."""
    LedgerHead.objects.bulk_create([LedgerHead(pk=1)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(pk=1)


def _after(change: Change) -> Facts | None:
    payload = getattr(change, "payload", None)
    return payload.body["after"] if payload else None


def _balances(agreement: Agreement, subjects: set[str] | None) -> dict[str, Counter[Line]]:
    """Return the lines that stand, by subject. Amounts are those of one contribution, so a line is its own reversal."""
    entries = LedgerEntry.objects.filter(agreement=agreement)
    if subjects is not None:
        entries = entries.filter(subject__in=subjects)
    balances: dict[str, Counter[Line]] = {}
    identity = [name for name in LINE_FIELDS if name not in AMOUNTS]
    # Sorted by subject only to read in one pass; an amount and its reversal differ in sign, so group by what does not.
    rows = entries.values("subject", *identity, *AMOUNTS, "records").order_by()
    for row in rows.annotate(times=Sum("records")).iterator():
        subject, sign, times = row.pop("subject"), row.pop("records"), row.pop("times")
        line = Line(**row | {name: sign * row[name] for name in AMOUNTS})
        balances.setdefault(subject, Counter())[line] += times
    return {subject: lines for subject, counted in balances.items() if (lines := Counter({line: times for line, times in counted.items() if times}))}


def _rearranged(seals: Iterable[Seal]) -> list[Agreement]:
    """Return the agreements whose sides, members or window these changes may have moved, among those that have postings."""
    ids: set[UUID] = set()
    everywhere = False
    for seal in seals:
        change = seal.change
        if change.record_type not in REARRANGING:
            continue
        if change.agreement_id:
            ids.add(change.agreement_id)
        elif change.kind != ChangeKind.REFERENCE_ADDED:
            everywhere = True
    agreements = Agreement.objects.filter(postings__isnull=False).distinct()
    return list(agreements if everywhere else agreements.filter(public_id__in=ids))


def _post_anew(ledger: _Ledger, number: int, subjects: Collection[str] | None = None) -> None:
    """Post what the records contribute now, all or these, whatever the ledger held of them."""
    agreement = ledger.around.agreement
    expected = _recount(ledger.around, ledger.claims, subjects=subjects)
    held = _balances(agreement, None if subjects is None else {*subjects})
    ledger.balances |= {subject: lines for subject, lines in held.items() if subject not in ledger.balances}
    for subject in (ledger.balances.keys() | expected.keys()) if subjects is None else subjects:
        ledger.post(number, subject, expected.get(subject, Contribution()))


def _details(postings: QuerySet[Posting]) -> dict[str, Any]:
    """Return what travels with each subject's figure, as last posted."""
    return dict(postings.order_by("subject", "-number").distinct("subject").values_list("subject", "detail"))


def _recount(
    around: Surroundings,
    claims: Mapping[UUID, Facts] | None = None,
    *,
    subjects: Collection[str] | None = None,
    with_reports: bool = True,
) -> dict[str, Contribution]:
    """Return what the records of the agreement contribute, all or these subjects, from the records as they are now."""
    agreement = around.agreement
    if claims is None:
        claims = {claim.public_id: claim.facts() for claim in AggregateClaim.objects.filter(agreement=agreement)}
    counted = contributions.of_claims(claims, around)
    reports = Report.objects.current().filter(agreement=agreement).select_related(*RELATED).prefetch_related("casualty_claims")
    judged = Assessment.objects.filter(agreement=agreement).select_related("incident")
    if subjects is not None:
        ids = contributions.reports_among(subjects) if with_reports else []
        slugs = [subject.removeprefix("incident:") for subject in subjects if subject.startswith("incident:")]
        reports, judged = reports.filter(Q(public_id__in=ids) | Q(incident__slug__in=slugs)), judged.filter(incident__slug__in=slugs)
    elif not with_reports:
        reports = reports.filter(incident__isnull=False)
    assessments: dict[str, list[Facts]] = {}
    for assessment in judged:
        assessments.setdefault(assessment.incident.slug, []).append(assessment.facts())
    members: dict[str, list[Facts]] = {slug: [] for slug in assessments}
    for report in reports.iterator(chunk_size=1000):
        facts = report.facts()
        if with_reports:
            counted[contributions.report_subject(report.public_id)] = contributions.of_report(report.public_id, facts, around)
        if facts["incident"]:
            members.setdefault(facts["incident"], []).append(facts)
    found = dict(Incident.objects.filter(slug__in=members).values_list("slug", "public_id"))
    for slug, of_it in members.items():
        counted[contributions.incident_subject(slug)] = incident_contributions.of_incident(found[slug], of_it, assessments.get(slug, []), around)
    return counted


RELATED = ("agreement", "incident", "claimant", "relayed_by", "accused_party", "accused_side", "term", "place", "source", "entered_by", "supersedes")
