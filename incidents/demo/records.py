"""Claims, convoys and coverage: entered once, then left to what people make of them."""

from typing import Any

from incidents.actions import aggregates, convoys, coverage, reports
from incidents.actions.aggregates import PartStated
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.demo.known import Known
from incidents.demo.reading import Fact
from incidents.demo.values import harm_of, when_of, word_of
from incidents.models import AggregateClaim, Agreement, Convoy, Coverage, Incident, Party, Place, Report, Side
from incidents.vocabulary import Basis, CargoKind, ConvoyStatus, CoverageKind, Qualifier, TimePrecision, Unit, ViolationType


def put_convoy(known: Known, fact: Fact) -> None:
    """Write a convoy with its way, cargo and history."""
    external_id = fact.text("id", None)
    agreement = known.find_or_none(Agreement, fact, "agreement")
    stated: dict[str, Any] = {
        "agreement": agreement,
        "term": known.term(fact, agreement) if agreement else None,
        "incident": known.find_or_none(Incident, fact, "incident"),
        "operator": known.find(Party, fact, fact.text("operator", None)),
        "mode": fact.text("mode"),
        "origin_as_worded": fact.text("origin_as_worded"),
        "destination": known.find_or_none(Place, fact, "destination"),
        "destination_as_worded": fact.text("destination_as_worded"),
        "destination_class": fact.text("class"),
        "planned_on": fact.day("planned"),
        "ended_on": fact.day("over"),
        "people_requested": fact.number("people"),
        "trucks_departed": fact.number("trucks"),
        "source": known.source_of(fact),
        "link": fact.text("link"),
        "note": fact.text("note"),
    }
    agencies = [known.find(Party, fact, slug) for slug in fact.several("agencies")]
    cargo = [CargoStated(word_of(fact, CargoKind, kind), as_worded=words) for kind, words in fact.several("cargo")]
    way = [CheckpointStated(name, place and known.find(Place, fact, place)) for name, place in fact.several("checkpoints")]
    events = [_event(known, event, agreement) for event in fact.tables("history")]
    if Convoy.objects.filter(external_id=external_id).exists():
        return
    convoy = convoys.plan(by=None, reference=external_id, external_id=external_id, agencies=agencies, checkpoints=way, cargo=cargo, **stated)
    points = {point.position: point for point in convoy.checkpoints.all()}
    for event in events:
        at = event.pop("checkpoint")
        convoys.add_event(convoy=convoy, by=None, **event, checkpoint=points[at] if at else None)


def _event(known: Known, fact: Fact, agreement: Agreement | None) -> dict[str, Any]:
    """Return an event of a convoy. One under no agreement has no clocks to go by: it keeps its day alone."""
    report = fact.text("report")
    stated: dict[str, Any] = {
        "status": fact.choice("status", ConvoyStatus),
        "place": known.find_or_none(Place, fact, "place"),
        "checkpoint": fact.number("checkpoint"),
        "responsible": known.find_or_none(Party, fact, "responsible"),
        "reason": fact.text("reason"),
        "source": known.source_of(fact),
        "link": fact.text("link"),
        "report": Report.objects.get(external_id=report) if report else None,
    }
    if agreement:
        stated |= when_of(fact, agreement.zone)
    else:
        stated |= {"occurred_on": fact.day("day"), "time_precision": fact.choice("precision", TimePrecision, TimePrecision.DAY)}
    fact.must_be_spent()
    return stated


def put_coverage(known: Known, fact: Fact) -> None:
    """Write who could observe."""
    external_id = fact.text("id", None)
    stated: dict[str, Any] = {
        "agreement": known.find(Agreement, fact, fact.text("agreement", None)),
        "observer": known.find(Party, fact, fact.text("observer", None)),
        "kind": fact.choice("kind", CoverageKind),
        "is_denied": fact.flag("is_denied"),
        "denied_by": known.find_or_none(Party, fact, "denied_by"),
        "place": known.find_or_none(Place, fact, "place"),
        "place_as_worded": fact.text("place_as_worded"),
        "from_on": fact.day("from"),
        "until_on": fact.day("until"),
        "source": known.source_of(fact),
        "link": fact.text("link"),
        "note": fact.text("note"),
    }
    if not Coverage.objects.filter(external_id=external_id).exists():
        coverage.log(by=None, external_id=external_id, **stated)


def put_report(known: Known, fact: Fact) -> None:
    """Write what one source said of one happening."""
    external_id = fact.text("id", None)
    agreement = known.find(Agreement, fact, fact.text("agreement", None))
    place = known.find_or_none(Place, fact, "place")
    latitude, longitude = fact.point()
    accused = [known.culprit(fact, agreement, name) for name in [fact.text("accused")] if name]
    stated: dict[str, Any] = {
        "agreement": agreement,
        "incident": known.find_or_none(Incident, fact, "incident"),
        "claimant": known.find(Party, fact, fact.text("claimant", None)),
        "spoken_by": fact.text("spoken_by"),
        "relayed_by": known.find_or_none(Party, fact, "relayed_by"),
        "accused_party": next((culprit for culprit in accused if isinstance(culprit, Party)), None),
        "accused_side": next((culprit for culprit in accused if isinstance(culprit, Side)), None),
        "accused_as_worded": fact.text("accused_as_worded"),
        "violation_type": fact.choice("type", ViolationType),
        "term": known.term(fact, agreement),
        "target_as_claimed": fact.text("target"),
        "target_party": known.find_or_none(Party, fact, "target_party"),
        "stated_count": fact.number("stated_count"),
        "time_as_worded": fact.text("time_as_worded"),
        "place": place,
        "place_as_worded": fact.text("place_as_worded"),
        "place_precision": fact.text("place_precision", place.precision if place else ""),
        "latitude": latitude,
        "longitude": longitude,
        "source": known.source_of(fact),
        "published_on": fact.day("published"),
        "link": fact.text("link"),
        "summary": fact.text("summary", None),
    }
    stated |= when_of(fact, agreement.zone)
    harm = [harm_of(fact, row) for row in fact.several("harm")]
    if not Report.objects.filter(external_id=external_id).exists():
        reports.submit(by=None, harm=harm, external_id=external_id, **stated)


def put_statement(known: Known, fact: Fact) -> None:
    """Write a total that a party published."""
    external_id = fact.text("id", None)
    agreement = known.find(Agreement, fact, fact.text("agreement", None))
    counted_from = fact.day("since")
    stated: dict[str, Any] = {
        "agreement": agreement,
        "claimant": known.find(Party, fact, fact.text("claimant", None)),
        "spoken_by": fact.text("spoken_by"),
        "accused_as_worded": fact.text("accused_as_worded"),
        "count": fact.number("count"),
        "qualifier": fact.choice("qualifier", Qualifier, Qualifier.EXACTLY),
        "unit": fact.choice("unit", Unit, Unit.VIOLATION),
        "basis": Basis.CUMULATIVE if counted_from else Basis.PERIODIC,
        "counted_from": counted_from,
        "period_start": fact.day("from"),
        "period_end": fact.day("to"),
        "covers_24_hours": fact.flag("covers_24_hours"),
        "counterpart": known.find_or_none(Party, fact, "counterpart"),
        "confirmed_count": fact.number("confirmed"),
        "published_on": fact.day("published"),
        "source": known.source_of(fact),
        "link": fact.text("link"),
        "note": fact.text("note"),
    }
    accused = [known.culprit(fact, agreement, name) for name in fact.several("accused")]
    rows = [(fact, row) for row in fact.several("parts")] + [(table, table.values) for table in fact.tables("part")]
    parts = [_part(known, place, agreement, row) for place, row in rows]
    harm = [harm_of(fact, row) for row in fact.several("harm")]
    if not AggregateClaim.objects.filter(external_id=external_id).exists():
        aggregates.log(by=None, accused=accused, parts=parts, harm=harm, external_id=external_id, **stated)


def _part(known: Known, fact: Fact, agreement: Agreement, row: Any) -> PartStated:
    """Return a row of a breakdown, written as [label, number, place] or as a table."""
    if isinstance(row, list):
        row = dict(zip(("label", "count", "place"), row, strict=False))
    if not isinstance(row, dict) or not isinstance(row.get("label"), str):
        raise fact.broken("a row of a breakdown needs a label")
    unknown = sorted(row.keys() - {"label", "count", "unit", "place", "accused", "type", "parts"})
    if unknown:
        raise fact.broken(f"of the fields of a row of a breakdown, none is called {', '.join(unknown)}")
    culprit = known.culprit(fact, agreement, row["accused"]) if "accused" in row else None
    return PartStated(
        label=row["label"],
        count=row.get("count"),
        unit=word_of(fact, Unit, row["unit"]) if "unit" in row else "",
        place=known.find(Place, fact, row["place"]) if "place" in row else None,
        accused_party=culprit if isinstance(culprit, Party) else None,
        accused_side=culprit if isinstance(culprit, Side) else None,
        violation_type=word_of(fact, ViolationType, row["type"]) if "type" in row else "",
        parts=tuple(_part(known, fact, agreement, inner) for inner in row.get("parts", [])),
    )
