"""Who said last what a report says: each fact with its last editor, through the corrections that took one another's place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.models import Change, ChangeKind, Report
from incidents.queries import visibility
from incidents.queries.visibility import Reader
from incidents.vocabulary import HarmKind

# So many corrections of one another are followed back.
FARTHEST = 20
# What pages show as one fact, and the fields that make it up.
FACTS: dict[str, tuple[str, ...]] = {
    "accused": ("accused_party", "accused_side", "accused_as_worded"),
    "when": ("occurred_on", "starts_at", "ends_at", "time_precision", "time_as_worded"),
    "place": ("place", "place_as_worded", "place_precision"),
    "coordinates": ("latitude", "longitude"),
    "count": ("stated_count", "unit"),
} | {
    name: (name,)
    for name in (
        *("claimant", "spoken_by", "relayed_by", "violation_type", "term", "target_as_claimed", "summary"),
        *("source", "link", "wording", "published_on", "credibility"),
    )
}


@dataclass(frozen=True)
class Said:
    """Who gave a fact the value that it had from then on, and in which report."""

    by: str
    at: datetime
    reference: str
    report: UUID


@dataclass(frozen=True)
class Setting:
    """Who said a fact last, and who had said it otherwise before, the latest first."""

    last: Said
    earlier: list[Said]


def of(reader: Reader, report: Report) -> dict[str, Setting]:
    """Return the facts of the report by name, harm by its kind, each with whoever said so last; as far back as this reader sees."""
    chain = [report]
    seen = visibility.reports(reader)
    while chain[-1].supersedes_id and len(chain) < FARTHEST:
        before = seen.filter(pk=chain[-1].supersedes_id).first()
        if before is None:
            break
        chain.append(before)
    entered = Change.objects.filter(record_id__in=[one.public_id for one in chain], kind=ChangeKind.REPORT_SUBMITTED).select_related("payload")
    by_report = {change.record_id: change for change in entered if hasattr(change, "payload")}
    steps: dict[str, list[tuple[Any, Said]]] = {}
    for one in reversed(chain):
        change = by_report.get(one.public_id)
        if change is None:
            continue
        said = Said(change.payload.body.get("actor") or "", change.at, one.reference, one.public_id)
        for name, value in _facts(change.payload.body.get("after") or {}).items():
            told = steps.setdefault(name, [])
            if not told or told[-1][0] != value:
                told.append((value, said))
    return {name: Setting(told[-1][1], [said for _value, said in reversed(told[:-1])]) for name, told in steps.items()}


def _facts(after: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: tuple(after.get(field) for field in fields) for name, fields in FACTS.items()}
    harm = [{key: value for key, value in claim.items() if key != "report"} for claim in after.get("harm") or ()]
    return facts | {kind.value: [claim for claim in harm if claim.get("kind") == kind.value] for kind in HarmKind}
