"""Posting sealed changes of convoys into their ledger. Called by workers alone; running it twice is harmless."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, Sum

from incidents.models import Change, ChangeKind, Convoy, ConvoyEntry, ConvoyLedgerHead, Seal
from incidents.models.base import Facts
from incidents.queries import convoy_contributions as contributions
from incidents.queries.contributions import latest_facts
from incidents.queries.convoy_contributions import ConvoyLine, Surroundings

BATCH = 500
AMOUNTS = ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown")
LINE_FIELDS = [column.name for column in fields(ConvoyLine)]
CONVOY, EVENT, RECOUNT = "convoy", "convoyevent", "recount"
# A change of these may move a controller between sides, or a convoy between months.
REARRANGING = ("agreement", "side", "membership", "party")


@transaction.atomic
def post(limit: int = BATCH) -> int:
    """Return how many sealed changes were posted, in their order, `limit` at most.

    The head row is locked throughout and moves with the entries, so that a poster that dies leaves nothing half done.
    """
    head = locked_head()
    last = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    waiting = Seal.objects.filter(number__gt=head.number, number__lte=last, change__record_type__in=(CONVOY, EVENT, RECOUNT, *REARRANGING))
    seals = list(waiting.select_related("change__payload").order_by("number")[:limit])
    if seals:
        _post(seals, head.number)
    # Whatever lies between is of no convoy.
    head.number = seals[-1].number if len(seals) == limit else last
    head.save(update_fields=["number"])
    return len(seals)


def locked_head() -> ConvoyLedgerHead:
    """Return the head row, locked until the transaction ends."""
    ConvoyLedgerHead.objects.bulk_create([ConvoyLedgerHead(pk=1)], ignore_conflicts=True)
    return ConvoyLedgerHead.objects.select_for_update().get(pk=1)


def differences() -> list[str]:
    """Return where the ledger's balance differs from a recount of the convoys themselves, one line each; none when all is right.

    Compare only when every sealed change is posted: records run ahead of the ledger by what still waits.
    """
    return list(astray().values())


def late() -> set[UUID] | None:
    """Return which convoys may differ because a change of theirs is not posted yet; None: any of them may. The head must be locked."""
    head = locked_head()
    waiting = Change.objects.exclude(seal__number__lte=head.number).select_related("payload")
    if waiting.filter(record_type__in=REARRANGING).exclude(kind=ChangeKind.REFERENCE_ADDED).exists():
        return None
    return {record_id for change in waiting.filter(record_type__in=(CONVOY, EVENT, RECOUNT)) for record_id in _convoys_of(change)}


def astray() -> dict[UUID, str]:
    """Return the convoys whose balance is not what they contribute, each with a line that says so."""
    around = Surroundings()
    convoys = Convoy.objects.prefetch_related("agencies", "checkpoints__place", "checkpoints__controlled_by", "cargo", "planned_steps", "events")
    expected = {
        convoy.public_id: Counter(contributions.lines_of(convoy.public_id, convoy.facts(), [event.facts() for event in convoy.events.all()], around))
        for convoy in convoys.select_related("agreement")
    }
    held = _balances(None)
    wrong = {}
    for record_id in sorted(expected.keys() | held.keys()):
        should, does = expected.get(record_id, Counter()), held.get(record_id, Counter())
        if should != does:
            wrong[record_id] = f"convoy {record_id}: missing {(should - does).total()}, too many {(does - should).total()}"
    return wrong


def _post(seals: list[Seal], number: int) -> None:
    around = Surroundings()
    is_rearranged = any(seal.change.record_type in REARRANGING and seal.change.kind != ChangeKind.REFERENCE_ADDED for seal in seals)
    touched = {record_id for seal in seals for record_id in _convoys_of(seal.change)}
    everyone = touched | (set(ConvoyEntry.objects.values_list("record_id", flat=True)) if is_rearranged else set())
    convoys, history = _known(everyone, number)
    balances = _balances(everyone)
    entries: list[ConvoyEntry] = []

    def balance(record_id: UUID, at: int) -> None:
        facts = convoys.get(record_id)
        new = Counter(contributions.lines_of(record_id, facts, history.get(record_id, {}).values(), around)) if facts else Counter()
        old = balances.get(record_id, Counter())
        entries.extend(_entries(old - new, -1, at))
        entries.extend(_entries(new - old, 1, at))
        balances[record_id] = new

    for seal in seals:
        change, after = seal.change, _after(seal.change)
        if change.record_type == RECOUNT:
            for healed in _convoys_of(change):
                balance(healed, seal.number)
            continue
        record_id = next(iter(_convoys_of(change)), None)
        if record_id is None:
            continue
        if change.kind == ChangeKind.CONVOY_REMOVED:
            convoys.pop(record_id, None)
        elif after is not None and change.record_type == CONVOY:
            convoys[record_id] = after
        elif after is not None:
            history.setdefault(record_id, {})[change.record_id] = after
        balance(record_id, seal.number)
    if is_rearranged:
        for record_id in sorted(everyone):
            balance(record_id, seals[-1].number)
    ConvoyEntry.objects.bulk_create(entries)


def _known(ids: set[UUID], number: int) -> tuple[dict[UUID, Facts], dict[UUID, dict[UUID, Facts]]]:
    """Return what the log said of these convoys, and of what was reported of each, as of change `number`."""
    said = Change.objects.filter(seal__number__lte=number).order_by("seal__number")
    of_convoys = said.filter(record_type=CONVOY, record_id__in=ids)
    removed = set(of_convoys.filter(kind=ChangeKind.CONVOY_REMOVED).values_list("record_id", flat=True))
    known = latest_facts(of_convoys.values_list("record_id", "payload__body__after"))
    history: dict[UUID, dict[UUID, Facts]] = {}
    of_events = said.filter(Q(record_type=EVENT), payload__body__after__convoy__in=[str(record_id) for record_id in ids])
    for event_id, facts in latest_facts(of_events.values_list("record_id", "payload__body__after")).items():
        history.setdefault(UUID(facts["convoy"]), {})[event_id] = facts
    return {record_id: facts for record_id, facts in known.items() if record_id not in removed}, history


def _convoys_of(change: Change) -> list[UUID]:
    """Return the convoys that a change is about: the one that changed, the one of whose history it is, those that a recount corrects."""
    if change.record_type == CONVOY:
        return [change.record_id]
    after = _after(change)
    if change.record_type == EVENT and after:
        return [UUID(after["convoy"])]
    return [UUID(name) for name in after.get("convoys", ())] if change.record_type == RECOUNT and after else []


def _after(change: Change) -> Facts | None:
    payload = getattr(change, "payload", None)
    return payload.body["after"] if payload else None


def _entries(lines: Mapping[ConvoyLine, int], sign: int, number: int) -> Iterable[ConvoyEntry]:
    for line, times in lines.items():
        for _once in range(times):
            yield ConvoyEntry(number=number, records=sign, **asdict(line) | {name: sign * getattr(line, name) for name in AMOUNTS})


def _balances(ids: set[UUID] | None) -> dict[UUID, "Counter[ConvoyLine]"]:
    """Return the lines that stand, by convoy."""
    entries = ConvoyEntry.objects.all() if ids is None else ConvoyEntry.objects.filter(record_id__in=ids)
    found: dict[UUID, Counter[ConvoyLine]] = {}
    for row in entries.values(*LINE_FIELDS, "records").annotate(times=Sum("records")).order_by():
        sign, times = row.pop("records"), row.pop("times")
        line = ConvoyLine(**row | {name: sign * row[name] for name in AMOUNTS})
        found.setdefault(line.record_id, Counter())[line] += times
    return {record_id: lines for record_id, counted in found.items() if (lines := Counter({line: n for line, n in counted.items() if n}))}
