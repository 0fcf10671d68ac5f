"""Loading the demo through the same actions as everybody else. What is there already is left as it is, so that loading twice changes nothing."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from incidents.actions import aggregates, changes, convoys, coverage, reference, reports
from incidents.actions.aggregates import PartStated
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.actions.reports import HarmStated
from incidents.demo.reading import BrokenFact, Fact, read
from incidents.errors import RuleBroken
from incidents.models import (
    Affiliation,
    AggregateClaim,
    Agreement,
    AgreementArea,
    Change,
    ChangeKind,
    Convoy,
    Coverage,
    Declaration,
    Incident,
    Membership,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Report,
    Response,
    Side,
    Source,
    Term,
    User,
)
from incidents.permissions import Capability, may
from incidents.rules import ranges, timespans
from incidents.vocabulary import (
    AffiliationKind,
    Basis,
    CargoKind,
    ConvoyStatus,
    CoverageKind,
    HarmGroup,
    HarmKind,
    PartyKind,
    PlacePrecision,
    Qualifier,
    ResponseKind,
    Role,
    SourceKind,
    Stance,
    TermSubject,
    TimePrecision,
    Unit,
    ViolationType,
)

# In the order in which they build on one another.
FILES = (
    "sources.toml",
    "parties.toml",
    "places.toml",
    "affiliations.toml",
    "agreements.toml",
    "areas.toml",
    "declarations.toml",
    "incidents.toml",
    "reports.toml",
    "ucdp-events.csv",
    "convoys.toml",
    "coverage.toml",
    "claims.toml",
    "bulletins.toml",
)
OTHER_CLAIMS = "bulletins.toml"
CONVOYS = "convoys.toml"
SAMPLE_EDITORS = ("editor", "second-editor")
RELEASED_AS = "Demo: long past, and published."

UNDATED = frozenset({TimePrecision.WEEK, TimePrecision.MONTH, TimePrecision.UNKNOWN})
_SIDE = re.compile(r"[A-Z]")

M = TypeVar("M", Source, Party, Place, Agreement, Incident)


def load(*, without_other_claims: bool = False, tell: Callable[[str], None] = print) -> int:
    """Return how many changes were made: none if everything was there. Each file is loaded whole or not at all.

    Raise BrokenFact, naming file and line, for a fact that cannot be loaded. What people did to the demo since (a statement
    superseded, a report retracted) stands; reference data is brought back to what is written here.
    """
    began, made = monotonic(), 0
    loader = Loader()
    for name in FILES:
        if without_other_claims and name == OTHER_CLAIMS:
            tell(f"{name}: left out")
            continue
        facts = read(name)
        new = loader.load(facts)
        made += new
        tell(f"{name}: {len(facts)} facts, {f'{new} changes' if new else 'nothing new'}")
    made += release_convoys(tell=tell)
    tell(f"{made} changes in {monotonic() - began:.1f} s." if made else "Nothing changed: everything was there.")
    return made


def release_convoys(*, tell: Callable[[str], None] = print) -> int:
    """Return how many changes were made to open the demo's convoys to partners; they are long past, and published.

    Two people release a convoy, and the demo invents none: the sample editors do it once they are there, and until then all stays closed.
    What somebody withdrew since stays closed.
    """
    editors = list(User.objects.filter(username__in=SAMPLE_EDITORS).order_by("username"))
    if len(editors) < 2 or not all(may(editor, Capability.RELEASE_CONVOYS) for editor in editors):
        return 0
    closed = Convoy.objects.filter(external_id__in=[fact.values["id"] for fact in read(CONVOYS) if fact.kind == "convoy"], released_by=None)
    released = set(Change.objects.filter(kind=ChangeKind.CONVOY_RELEASED).values_list("record_id", flat=True))
    waiting = [convoy for convoy in closed.order_by("id") if convoy.public_id not in released]
    with transaction.atomic(), changes.operation():
        for convoy in waiting:
            convoys.begin_release(convoy=convoy, by=editors[0], note=RELEASED_AS)
            convoys.confirm_release(convoy=convoy, by=editors[1], note=RELEASED_AS)
    if waiting:
        tell(f"{len(waiting)} convoys of the past opened to partners by the sample editors")
    return 2 * len(waiting)


class Loader:
    """Writes facts, and keeps what they refer to by slug so that each is looked up once."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], str], Any] = {}
        self._verbs: dict[str, Callable[[Fact], None]] = {
            "source": self._source,
            "party": self._party,
            "place": self._place,
            "agreement": self._agreement,
            "declaration": self._declaration,
            "incident": self._incident,
            "report": self._report,
            "event": self._report,
            "statement": self._statement,
            "affiliation": self._affiliation,
            "area": self._area,
            "convoy": self._convoy,
            "coverage": self._coverage,
        }

    def load(self, facts: Iterable[Fact]) -> int:
        """Return how many changes these facts made, all of them in one transaction and as one operation."""
        with transaction.atomic(), changes.operation() as operation:
            for fact in facts:
                self._load(fact)
            return Change.objects.filter(operation_id=operation).count()

    def _load(self, fact: Fact) -> None:
        if fact.kind not in self._verbs:
            raise fact.broken(f'there are no facts of the kind "{fact.kind}"')
        try:
            with transaction.atomic():
                self._verbs[fact.kind](fact)
        except RuleBroken as error:
            raise fact.broken(f"{error.field}: {error.message}" if error.field else error.message) from error
        except DatabaseError as error:
            raise fact.broken(str(error).splitlines()[0]) from error
        fact.must_be_spent()

    # --- Reference data

    def _source(self, fact: Fact) -> None:
        slug = fact.text("slug", None)
        values = {"name": fact.text("name", None), "kind": fact.choice("kind", SourceKind), "link": fact.text("link", None)}
        self._keep(slug, reference.put(Source, {"slug": slug}, by=None, **values))

    def _party(self, fact: Fact) -> None:
        slug = fact.text("slug", None)
        self._source_of(fact)
        party = reference.put(
            Party,
            {"slug": slug},
            by=None,
            name=fact.text("name", None),
            name_ar=fact.text("name_ar", None),
            short_name=fact.text("short"),
            short_name_ar=fact.text("short_ar"),
            kind=fact.choice("kind", PartyKind),
            organ_of=self._find_or_none(Party, fact, "organ_of"),
        )
        self._keep(slug, party)
        missing = set(fact.several("aliases")) - set(party.aliases.values_list("name", flat=True))
        PartyAlias.objects.bulk_create(PartyAlias(party=party, name=name, language=_language(name)) for name in sorted(missing))

    def _place(self, fact: Fact) -> None:
        slug = fact.text("slug", None)
        self._source_of(fact)
        latitude, longitude = fact.point()
        place = reference.put(
            Place,
            {"slug": slug},
            by=None,
            name=fact.text("name", None),
            name_ar=fact.text("name_ar", None),
            parent=self._find_or_none(Place, fact, "parent"),
            pcode=fact.text("pcode"),
            latitude=latitude,
            longitude=longitude,
            precision=fact.choice("precision", PlacePrecision),
        )
        self._keep(slug, place)
        missing = set(fact.several("aliases")) - set(place.aliases.values_list("name", flat=True))
        PlaceAlias.objects.bulk_create(PlaceAlias(place=place, name=name, language=_language(name)) for name in sorted(missing))

    def _agreement(self, fact: Fact) -> None:
        slug = fact.text("slug", None)
        self._source_of(fact)
        zone = fact.text("timezone", None)
        agreement = reference.put(
            Agreement,
            {"slug": slug},
            by=None,
            name=fact.text("name", None),
            name_ar=fact.text("name_ar", None),
            country=fact.text("country", None),
            country_ar=fact.text("country_ar", None),
            timezone=zone,
            announced_on=fact.day("announced"),
            in_force_from=_instant(fact, "from", zone),
            in_force_until=_instant(fact, "until", zone),
            renews=self._find_or_none(Agreement, fact, "renews"),
            reference=fact.text("reference"),
            source_link=fact.text("link", None),
            summary=fact.text("summary"),
        )
        self._keep(slug, agreement)
        for term in fact.tables("term"):
            self._source_of(term)
            values = {"subject": term.choice("subject", TermSubject), "summary": term.text("summary", None)}
            reference.put(Term, {"agreement": agreement, "number": term.text("number", None)}, by=None, **values)
            term.must_be_spent()
        for position, side in enumerate(fact.tables("side"), start=1):
            self._source_of(side)
            names = {"name": side.text("name", None), "name_ar": side.text("name_ar", None)}
            reference.put(Side, {"agreement": agreement, "code": side.text("code", None)}, by=None, position=position, **names)
            side.must_be_spent()
        for membership in fact.tables("membership"):
            self._membership(membership, agreement)

    def _membership(self, fact: Fact, agreement: Agreement) -> None:
        self._source_of(fact)
        code = fact.text("side")
        role = fact.choice("role", Role, Role.ON_SIDE)
        side = self._side(fact, agreement, code) if code else None
        dates = {"from_on": fact.day("from"), "until_on": fact.day("until")}
        for slug in fact.several("parties"):
            reference.put(Membership, {"agreement": agreement, "party": self._find(Party, fact, slug), "role": role, "side": side}, by=None, **dates)
        fact.must_be_spent()

    def _declaration(self, fact: Fact) -> None:
        agreement = self._find(Agreement, fact, fact.text("agreement", None))
        key = {
            "agreement": agreement,
            "party": self._find(Party, fact, fact.text("party", None)),
            "stance": fact.choice("stance", Stance),
            "declared_on": fact.day("on"),
        }
        declaration = reference.put(
            Declaration,
            key,
            by=None,
            spoken_by=fact.text("spoken_by"),
            wording=fact.text("wording"),
            wording_ar=fact.text("wording_ar"),
            gist=fact.text("gist", None),
            source=self._source_of(fact),
            link=fact.text("link"),
        )
        blamed = {self._find(Party, fact, slug) for slug in fact.several("blamed")}
        if blamed != set(declaration.blamed.all()):
            declaration.blamed.set(blamed)

    def _incident(self, fact: Fact) -> None:
        slug = fact.text("slug", None)
        self._source_of(fact)
        names = {"name": fact.text("name", None), "name_ar": fact.text("name_ar", None)}
        incident = reference.put(Incident, {"slug": slug}, by=None, **names)
        self._keep(slug, incident)
        for response in fact.tables("response"):
            key = {
                "incident": incident,
                "party": self._find(Party, response, response.text("party", None)),
                "kind": response.choice("kind", ResponseKind),
                "answered_on": response.day("on"),
            }
            reference.put(
                Response,
                key,
                by=None,
                spoken_by=response.text("spoken_by"),
                blamed=self._find_or_none(Party, response, "blamed"),
                target_party=self._find_or_none(Party, response, "target_party"),
                wording=response.text("wording"),
                gist=response.text("gist", None),
                source=self._source_of(response),
                link=response.text("link"),
            )
            response.must_be_spent()

    def _affiliation(self, fact: Fact) -> None:
        key = {
            "party": self._find(Party, fact, fact.text("party", None)),
            "kind": fact.choice("kind", AffiliationKind),
            "other": self._find(Party, fact, fact.text("other", None)),
            "from_on": fact.day("from"),
        }
        reference.put(Affiliation, key, by=None, until_on=fact.day("until"), source=self._source_of(fact), link=fact.text("link"))

    def _area(self, fact: Fact) -> None:
        self._source_of(fact)
        key = {"agreement": self._find(Agreement, fact, fact.text("agreement", None)), "name": fact.text("name", None)}
        values = {"is_excluded": fact.flag("is_excluded"), "from_on": fact.day("from"), "until_on": fact.day("until")}
        reference.put(AgreementArea, key, by=None, place=self._find_or_none(Place, fact, "place"), **values)

    # --- Convoys and coverage: entered once, then left to what people make of them

    def _convoy(self, fact: Fact) -> None:
        external_id = fact.text("id", None)
        agreement = self._find_or_none(Agreement, fact, "agreement")
        stated: dict[str, Any] = {
            "agreement": agreement,
            "term": self._term(fact, agreement) if agreement else None,
            "incident": self._find_or_none(Incident, fact, "incident"),
            "operator": self._find(Party, fact, fact.text("operator", None)),
            "mode": fact.text("mode"),
            "origin_as_worded": fact.text("origin_as_worded"),
            "destination": self._find_or_none(Place, fact, "destination"),
            "destination_as_worded": fact.text("destination_as_worded"),
            "destination_class": fact.text("class"),
            "planned_on": fact.day("planned"),
            "ended_on": fact.day("over"),
            "people_requested": fact.number("people"),
            "trucks_departed": fact.number("trucks"),
            "source": self._source_of(fact),
            "link": fact.text("link"),
            "note": fact.text("note"),
        }
        agencies = [self._find(Party, fact, slug) for slug in fact.several("agencies")]
        cargo = [CargoStated(_word(fact, CargoKind, kind), as_worded=words) for kind, words in fact.several("cargo")]
        way = [CheckpointStated(name, place and self._find(Place, fact, place)) for name, place in fact.several("checkpoints")]
        events = [self._event(event, agreement) for event in fact.tables("history")]
        if Convoy.objects.filter(external_id=external_id).exists():
            return
        convoy = convoys.plan(by=None, reference=external_id, external_id=external_id, agencies=agencies, checkpoints=way, cargo=cargo, **stated)
        points = {point.position: point for point in convoy.checkpoints.all()}
        for event in events:
            at = event.pop("checkpoint")
            convoys.add_event(convoy=convoy, by=None, **event, checkpoint=points[at] if at else None)

    def _event(self, fact: Fact, agreement: Agreement | None) -> dict[str, Any]:
        """Return an event of a convoy. One under no agreement has no clocks to go by: it keeps its day alone."""
        report = fact.text("report")
        stated: dict[str, Any] = {
            "status": fact.choice("status", ConvoyStatus),
            "place": self._find_or_none(Place, fact, "place"),
            "checkpoint": fact.number("checkpoint"),
            "responsible": self._find_or_none(Party, fact, "responsible"),
            "reason": fact.text("reason"),
            "source": self._source_of(fact),
            "link": fact.text("link"),
            "report": Report.objects.get(external_id=report) if report else None,
        }
        if agreement:
            stated |= _when(fact, agreement.zone)
        else:
            stated |= {"occurred_on": fact.day("day"), "time_precision": fact.choice("precision", TimePrecision, TimePrecision.DAY)}
        fact.must_be_spent()
        return stated

    def _coverage(self, fact: Fact) -> None:
        external_id = fact.text("id", None)
        stated: dict[str, Any] = {
            "agreement": self._find(Agreement, fact, fact.text("agreement", None)),
            "observer": self._find(Party, fact, fact.text("observer", None)),
            "kind": fact.choice("kind", CoverageKind),
            "is_denied": fact.flag("is_denied"),
            "denied_by": self._find_or_none(Party, fact, "denied_by"),
            "place": self._find_or_none(Place, fact, "place"),
            "place_as_worded": fact.text("place_as_worded"),
            "from_on": fact.day("from"),
            "until_on": fact.day("until"),
            "source": self._source_of(fact),
            "link": fact.text("link"),
            "note": fact.text("note"),
        }
        if not Coverage.objects.filter(external_id=external_id).exists():
            coverage.log(by=None, external_id=external_id, **stated)

    # --- Claims: logged once, then left to what people make of them

    def _report(self, fact: Fact) -> None:
        external_id = fact.text("id", None)
        agreement = self._find(Agreement, fact, fact.text("agreement", None))
        place = self._find_or_none(Place, fact, "place")
        latitude, longitude = fact.point()
        accused = [self._culprit(fact, agreement, name) for name in [fact.text("accused")] if name]
        stated: dict[str, Any] = {
            "agreement": agreement,
            "incident": self._find_or_none(Incident, fact, "incident"),
            "claimant": self._find(Party, fact, fact.text("claimant", None)),
            "spoken_by": fact.text("spoken_by"),
            "relayed_by": self._find_or_none(Party, fact, "relayed_by"),
            "accused_party": next((culprit for culprit in accused if isinstance(culprit, Party)), None),
            "accused_side": next((culprit for culprit in accused if isinstance(culprit, Side)), None),
            "accused_as_worded": fact.text("accused_as_worded"),
            "violation_type": fact.choice("type", ViolationType),
            "term": self._term(fact, agreement),
            "target_as_claimed": fact.text("target"),
            "target_party": self._find_or_none(Party, fact, "target_party"),
            "stated_count": fact.number("stated_count"),
            "time_as_worded": fact.text("time_as_worded"),
            "place": place,
            "place_as_worded": fact.text("place_as_worded"),
            "place_precision": fact.text("place_precision", place.precision if place else ""),
            "latitude": latitude,
            "longitude": longitude,
            "source": self._source_of(fact),
            "published_on": fact.day("published"),
            "link": fact.text("link"),
            "summary": fact.text("summary", None),
        }
        stated |= _when(fact, agreement.zone)
        harm = [_harm(fact, row) for row in fact.several("harm")]
        if not Report.objects.filter(external_id=external_id).exists():
            reports.submit(by=None, harm=harm, external_id=external_id, **stated)

    def _statement(self, fact: Fact) -> None:
        external_id = fact.text("id", None)
        agreement = self._find(Agreement, fact, fact.text("agreement", None))
        counted_from = fact.day("since")
        stated: dict[str, Any] = {
            "agreement": agreement,
            "claimant": self._find(Party, fact, fact.text("claimant", None)),
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
            "counterpart": self._find_or_none(Party, fact, "counterpart"),
            "confirmed_count": fact.number("confirmed"),
            "published_on": fact.day("published"),
            "source": self._source_of(fact),
            "link": fact.text("link"),
            "note": fact.text("note"),
        }
        accused = [self._culprit(fact, agreement, name) for name in fact.several("accused")]
        rows = [(fact, row) for row in fact.several("parts")] + [(table, table.values) for table in fact.tables("part")]
        parts = [self._part(place, agreement, row) for place, row in rows]
        harm = [_harm(fact, row) for row in fact.several("harm")]
        if not AggregateClaim.objects.filter(external_id=external_id).exists():
            aggregates.log(by=None, accused=accused, parts=parts, harm=harm, external_id=external_id, **stated)

    def _part(self, fact: Fact, agreement: Agreement, row: Any) -> PartStated:
        """Return a row of a breakdown, written as [label, number, place] or as a table."""
        if isinstance(row, list):
            row = dict(zip(("label", "count", "place"), row, strict=False))
        if not isinstance(row, dict) or not isinstance(row.get("label"), str):
            raise fact.broken("a row of a breakdown needs a label")
        unknown = sorted(row.keys() - {"label", "count", "unit", "place", "accused", "type", "parts"})
        if unknown:
            raise fact.broken(f"of the fields of a row of a breakdown, none is called {', '.join(unknown)}")
        culprit = self._culprit(fact, agreement, row["accused"]) if "accused" in row else None
        return PartStated(
            label=row["label"],
            count=row.get("count"),
            unit=_word(fact, Unit, row["unit"]) if "unit" in row else "",
            place=self._find(Place, fact, row["place"]) if "place" in row else None,
            accused_party=culprit if isinstance(culprit, Party) else None,
            accused_side=culprit if isinstance(culprit, Side) else None,
            violation_type=_word(fact, ViolationType, row["type"]) if "type" in row else "",
            parts=tuple(self._part(fact, agreement, inner) for inner in row.get("parts", [])),
        )

    # --- What facts refer to

    def _keep(self, slug: str, record: models.Model) -> None:
        self._known[type(record), slug] = record

    def _find(self, model: type[M], fact: Fact, slug: str) -> M:
        if (model, slug) not in self._known:
            record = model._default_manager.filter(slug=slug).first()
            if record is None:
                raise fact.broken(f'there is no {model._meta.verbose_name} "{slug}"')
            self._keep(slug, record)
        found: M = self._known[model, slug]
        return found

    def _find_or_none(self, model: type[M], fact: Fact, name: str) -> M | None:
        slug = fact.text(name)
        return self._find(model, fact, slug) if slug else None

    def _source_of(self, fact: Fact) -> Source:
        return self._find(Source, fact, fact.text("source", None))

    def _culprit(self, fact: Fact, agreement: Agreement, name: str) -> Party | Side:
        return self._side(fact, agreement, name) if _SIDE.fullmatch(name) else self._find(Party, fact, name)

    def _side(self, fact: Fact, agreement: Agreement, code: str) -> Side:
        side = agreement.sides.filter(code=code).first()
        if side is None:
            raise fact.broken(f'{agreement.slug} has no side "{code}"')
        return side

    def _term(self, fact: Fact, agreement: Agreement) -> Term | None:
        number = fact.text("term")
        term = agreement.terms.filter(number=number).first() if number else None
        if number and term is None:
            raise fact.broken(f'{agreement.slug} has no term "{number}"')
        return term


def _instant(fact: Fact, name: str, zone: str) -> datetime | None:
    """Return the local time as an instant in UTC, which is how it comes back from the database, so that it compares equal."""
    written = fact.moment(name)
    if written is None:
        return None
    if not isinstance(written, datetime) or written.tzinfo:
        raise fact.broken(f"{name} is a local time without an offset")
    return written.replace(tzinfo=timespans.zone_named(zone, "timezone")).astimezone(UTC)


def _when(fact: Fact, zone: ZoneInfo) -> dict[str, Any]:
    """Return the fields of a report or event that say when: a `day`, or `from` and `until` with a precision."""
    start, end = fact.moment("day") or fact.moment("from"), fact.moment("until")
    fact.moment("from")
    precision = fact.choice("precision", TimePrecision, TimePrecision.DAY)
    if start is None:
        raise fact.broken("say when: day, or from and until")
    bounds = TimePrecision.EXACT if isinstance(start, datetime) else TimePrecision.DAY
    span = timespans.timespan(bounds, zone, _local(start), _local(end) if end else None, now=timezone.now())
    return {
        "occurred_on": None if precision in UNDATED else span.day,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "time_precision": precision,
    }


def _local(written: Any) -> timespans.Local:
    return timespans.Local(written.date(), written.time()) if isinstance(written, datetime) else timespans.Local(written)


def _harm(fact: Fact, row: Any) -> HarmStated:
    """Return harm written as { killed = 62, qualifier = "at_least", of = "fighters" }, or with [lowest, best, highest]."""
    if not isinstance(row, dict):
        raise fact.broken("harm is a table")
    kinds = [name for name in row if name in HarmKind.values]
    if len(kinds) != 1 or row.keys() - {*kinds, "qualifier", "of"}:
        raise fact.broken(f"harm names one of {', '.join(HarmKind.values)}, perhaps a qualifier, and of whom")
    number, qualifier = row[kinds[0]], _word(fact, Qualifier, row.get("qualifier", Qualifier.EXACTLY))
    group = _word(fact, HarmGroup, row.get("of", HarmGroup.UNKNOWN))
    if isinstance(number, list):
        low, best, high = number
        return HarmStated(HarmKind(kinds[0]), low, best, high, group, qualifier)
    stated = ranges.stated(number, qualifier)
    return HarmStated(HarmKind(kinds[0]), stated.low, stated.best, stated.high, group, qualifier)


C = TypeVar("C", bound=models.TextChoices)


def _word(fact: Fact, words: type[C], written: str) -> C:
    try:
        return words(written)
    except ValueError:
        raise fact.broken(f'"{written}" is none of {", ".join(words.values)}') from None


def _language(name: str) -> str:
    """Return the language of a name by its script, where the script tells."""
    if re.search(r"[\u0600-\u06ff]", name):
        return "ar"
    return "ru" if re.search(r"[\u0400-\u04ff]", name) else ""


__all__ = ["FILES", "OTHER_CLAIMS", "BrokenFact", "load", "release_convoys"]
