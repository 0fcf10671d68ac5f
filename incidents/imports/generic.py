"""Our own sheets, CSV or XLSX: reports, aggregate claims, convoys, places and coverage, under headers in English or Arabic."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from incidents.actions import aggregates, convoys, coverage, imports
from incidents.actions.aggregates import PartStated
from incidents.actions.imports import PlaceStated, Submission
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.imports.base import Committed, Context, Draft, Format, ReportFormat, one_by_one
from incidents.imports.columns import Column, Count, Day, Degrees, Evidence, Moment, Name, Names, Text, Word, YesNo
from incidents.imports.messages import Message, flag, note
from incidents.imports.resolve import NoOne, Unresolved
from incidents.models import AggregateClaim, Convoy, Coverage, Party, Place, Report, Side
from incidents.rules import ranges, timespans
from incidents.rules.numerals import parse_count
from incidents.rules.timespans import Local
from incidents.vocabulary import (
    Basis,
    ConvoyMode,
    CoverageKind,
    Credibility,
    DestinationClass,
    HarmGroup,
    HarmKind,
    PlacePrecision,
    Qualifier,
    TimePrecision,
    Unit,
    ViolationType,
)

LONGEST_KEY = 120
T = TypeVar("T")
_PART = re.compile(r"(.+?)\s*[:：]\s*(\S+)")


def key_of(format_name: str, values: dict[str, Any], cells: Sequence[str], context: Context) -> str:
    """Return what makes this row itself: its id where it has one, else everything it says, under this agreement."""
    stated = values.get("id")
    if stated and len(stated) <= LONGEST_KEY:
        return f"{format_name}:{stated}"
    agreement = context.batch.agreement.slug if context.batch.agreement else ""
    said = json.dumps([agreement, stated or list(cells)], ensure_ascii=False)
    return f"{format_name}:sha256-{hashlib.sha256(said.encode()).hexdigest()}"


class Looking:
    """Looks up the names of one row and collects those that lead nowhere, so that a person sees all of them at once."""

    def __init__(self, context: Context) -> None:
        self.resolver = context.resolver
        self.unresolved: list[tuple[str, str, str]] = []

    def party(self, name: str, field: str) -> Party | None:
        """Return the party of this name; None without a name, or while it is unresolved."""
        return self._tried(lambda: self.resolver.party(name, field)) if name else None

    def source(self, name: str, field: str) -> Any:
        """Return the source of this name; None while it is unresolved."""
        return self._tried(lambda: self.resolver.source(name, field))

    def accused(self, name: str, field: str) -> Party | Side | None:
        """Return the accused party or side; None for nobody."""
        return self._tried(lambda: self.resolver.accused(name, field)) if name else None

    def place(self, name: str, field: str, point: Any = None) -> Place | None:
        """Return the place of this name; None without a name, or where the row's own coordinates stand for it."""
        return self._tried(lambda: self.resolver.place(name, field, point)) if name else None

    def _tried(self, look: Any) -> Any:
        try:
            return look()
        except Unresolved as one:
            self.unresolved += one.names
            return None

    def done(self) -> None:
        """Raise Unresolved if any name of the row leads nowhere."""
        if self.unresolved:
            raise Unresolved(self.unresolved)


def harm_columns() -> list[Column]:
    """Return the columns of killed and wounded: low, best, high, how it was stated, and of whom."""
    found: list[Column] = []
    for kind, label in ((HarmKind.KILLED, _("Killed")), (HarmKind.WOUNDED, _("Wounded"))):
        found += [
            Count(f"{kind}", label, aliases=[f"{kind}_best", f"{kind} best"]),
            Count(f"{kind}_low", _("%(harm)s, at least") % {"harm": kind.label}, aliases=[f"{kind} min"]),
            Count(f"{kind}_high", _("%(harm)s, at most") % {"harm": kind.label}, aliases=[f"{kind} max"]),
            Word(f"{kind}_qualifier", _("%(harm)s, as stated") % {"harm": kind.label}, Qualifier),
            Word(f"{kind}_of", _("%(harm)s, of whom") % {"harm": kind.label}, HarmGroup, HarmGroup.UNKNOWN),
        ]
    return found


def _harm_columns(kind: HarmKind) -> tuple[HarmKind, str, str, str, str, str, str]:
    return kind, str(kind), f"{kind}", f"{kind}_low", f"{kind}_high", f"{kind}_qualifier", f"{kind}_of"


HARM_COLUMNS = [_harm_columns(kind) for kind in (HarmKind.KILLED, HarmKind.WOUNDED)]


def harm_of(values: dict[str, Any], said: list[Message]) -> list[HarmStated]:
    """Return the harm that a row states. A range out of order keeps its best number, leaves the bound that breaks it unknown, and says so."""
    found = []
    for kind, field, middle, lowest, highest, hedge, group in HARM_COLUMNS:
        best, low, high = values[middle], values[lowest], values[highest]
        if best is None and low is None and high is None:
            continue
        qualifier = Qualifier(values[hedge] or Qualifier.EXACTLY)
        if low is None and high is None:
            stated = ranges.stated(best, qualifier)
            low, best, high = stated.low, stated.best, stated.high
        low, best, high = in_order(low, best, high, qualifier, field, said)
        found.append(HarmStated(kind, low, best, high, HarmGroup(values[group] or HarmGroup.UNKNOWN), qualifier))
    return found


def in_order(
    low: int | None, best: int | None, high: int | None, qualifier: Qualifier, field: str, said: list[Message]
) -> tuple[int | None, int | None, int | None]:
    """Return the bounds that can stand beside the best number. One that cannot is unknown to us: it is flagged with the numbers as sent."""
    raw = {"low": low, "best": best, "high": high}
    middle = best if best is not None else low
    if high is not None and (qualifier in ranges.OPEN_ABOVE or (middle is not None and high < middle)):
        high = None
    if low is not None and best is not None and low > best:
        low = None
    if (low, high) != (raw["low"], raw["high"]):
        shown = {name: "-" if number is None else number for name, number in raw.items()}
        text = gettext_noop("The numbers are out of order and were sent so: lowest %(low)s, best %(best)s, highest %(high)s.")
        said.append(flag("out_of_order", text, field, **shown))
    return low, best, high


class Reports(ReportFormat):
    """Our sheet of reports: one row is what one source says of one happening."""

    name = "reports"
    label = _("Reports (our own sheet)")
    help = _("One row is what one source says of one happening.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id where it came from"), aliases=["external_id", "ref", "reference"]),
            Name("claimant", _("Claimant"), is_required=True),
            Text("spoken_by", _("Spoken by"), longest=200),
            Name("relayed_by", _("Relayed by")),
            Name("accused", _("Accused"), aliases=["accused_side", "accused_party", "accused (as claimed)"]),
            Text("accused_as_worded", _("Accused, as worded"), longest=300),
            Word("type", _("Type"), ViolationType, is_required=True, aliases=["violation_type", "violation"]),
            Text("term", _("Term"), longest=20),
            Text("target", _("Target, as claimed"), longest=300),
            Count("count", _("How many it counts"), aliases=["stated_count"]),
            Word("unit", _("Unit"), Unit, Unit.VIOLATION),
            Moment("when", _("Date"), aliases=["day", "occurred_on", "starts_at", "date and time"]),
            Moment("until", _("Until"), aliases=["ends_at", "date_end"]),
            Word("time_precision", _("Time precision"), TimePrecision),
            Text("time_as_worded", _("Time, as worded"), longest=200),
            Name("place", _("Place"), aliases=["location", "town"]),
            Degrees("latitude", _("Latitude"), 90, aliases=["lat"]),
            Degrees("longitude", _("Longitude"), 180, aliases=["lon", "lng", "long"]),
            Word("place_precision", _("Place precision"), PlacePrecision),
            Name("source", _("Source"), is_required=True),
            Day("published_on", _("Published on")),
            Evidence("link", _("Link or reference"), aliases=["url", "source_url"]),
            Evidence("wording", _("Wording received"), aliases=["text", "quote"]),
            Text("summary", _("Summary"), aliases=["note", "notes"]),
            Word("credibility", _("Credibility"), Credibility, Credibility.UNJUDGED),
            *harm_columns(),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        agreement, look, said = context.agreement, Looking(context), list[Message]()
        latitude, longitude = values["latitude"], values["longitude"]
        point = (latitude, longitude) if latitude is not None and longitude is not None else None
        place = look.place(values["place"], "place", point)
        claimant, relayed_by = look.party(values["claimant"], "claimant"), look.party(values["relayed_by"], "relayed_by")
        accused, source = look.accused(values["accused"], "accused"), look.source(values["source"], "source")
        look.done()
        if values["place"] and place is None and point:
            said.append(note("place_as_worded", gettext_noop("No place of this name is near the coordinates: it is kept as worded."), "place"))
        precision = values["place_precision"] or (place.precision if place else "")
        if point and not precision:
            raise RuleBroken("precision_required", _("Say how exactly the place is known."), "place_precision")
        facts = {
            "agreement": agreement,
            "claimant": claimant,
            "spoken_by": values["spoken_by"],
            "relayed_by": relayed_by,
            "accused_party": accused if isinstance(accused, Party) else None,
            "accused_side": accused if isinstance(accused, Side) else None,
            "accused_as_worded": values["accused_as_worded"] or values["accused"],
            "violation_type": values["type"],
            "term": self._term(values["term"], context),
            "target_as_claimed": values["target"],
            "stated_count": values["count"],
            "unit": values["unit"],
            "time_as_worded": values["time_as_worded"],
            "place": place,
            "place_as_worded": values["place"],
            "latitude": latitude,
            "longitude": longitude,
            "place_precision": precision,
            "source": source,
            "published_on": values["published_on"],
            "link": values["link"],
            "wording": values["wording"],
            "summary": values["summary"],
            "credibility": values["credibility"],
            "external_id": key_of(self.name, values, cells, context),
        }
        facts |= _when(values, context)
        return Draft(facts["external_id"], Submission(facts, harm_of(values, said)), said)

    def _term(self, number: str, context: Context) -> Any:
        if not number:
            return None
        terms = context.kept.get("terms")
        if terms is None:
            terms = context.kept["terms"] = {term.number: term for term in context.agreement.terms.all()}
        if number not in terms:
            raise RuleBroken("unknown_term", _("The agreement has no article of this number."), "term")
        return terms[number]


def _when(values: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return the fields of a report that say when. What was worked out once is remembered: many rows share a day."""
    asked = (values["when"], values["until"], values["time_precision"])
    remembered: dict[Any, dict[str, Any]] = context.kept.setdefault("when", {})
    if asked not in remembered:
        if len(remembered) > 10_000:
            remembered.clear()
        remembered[asked] = _worked_out(*asked, context)
    return remembered[asked]


def _worked_out(start: Any, end: Any, word: str | None, context: Context) -> dict[str, Any]:
    written, found = start or (None, TimePrecision.UNKNOWN)
    precision = TimePrecision(word) if word else found
    last: Local | None = end[0] if end else None
    try:
        span = timespans.timespan(precision, context.zone, written, last, now=context.now)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, {"starts_at": "when", "ends_at": "until"}.get(broken.field, broken.field)) from None
    return {"time_precision": precision, "starts_at": span.starts_at, "ends_at": span.ends_at, "occurred_on": span.day}


class Claims(Format):
    """Our sheet of aggregate claims: one row is one total that a party published."""

    name = "aggregate-claims"
    label = _("Published totals (our own sheet)")
    help = _("One row is one total that a party published. A breakdown is written as “Aleppo: 12 | Idlib: 3”.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id where it came from"), aliases=["external_id", "claim_id"]),
            Name("claimant", _("Claimant"), is_required=True, aliases=["reporter"]),
            Text("spoken_by", _("Spoken by"), longest=200),
            Names("accused", _("Accused")),
            Text("accused_as_worded", _("Accused, as worded"), longest=300),
            Count("count", _("Number"), aliases=["total"]),
            Word("qualifier", _("As stated"), Qualifier, Qualifier.EXACTLY),
            Word("unit", _("Unit"), Unit, Unit.VIOLATION),
            Day("counted_from", _("Counted from"), aliases=["since"]),
            Day("period_start", _("Period from"), aliases=["from"]),
            Day("period_end", _("Period to, or as of"), is_required=True, aliases=["to", "as_of"]),
            YesNo("covers_24_hours", _("For the 24 hours before publication")),
            Day("published_on", _("Published on"), is_required=True),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url", "source_url"]),
            Evidence("wording", _("Wording received")),
            Text("note", _("Note")),
            Names("parts", _("Parts, as printed"), aliases=["breakdown"]),
            *harm_columns(),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look, said = Looking(context), list[Message]()
        claimant, source = look.party(values["claimant"], "claimant"), look.source(values["source"], "source")
        accused = [found for name in values["accused"] if (found := look.accused(name, "accused"))]
        look.done()
        key = key_of(self.name, values, cells, context)
        kept = ("spoken_by", "count", "qualifier", "unit", "counted_from", "period_end", "covers_24_hours", "published_on", "link", "wording", "note")
        facts = {name: values[name] for name in kept} | {
            "agreement": context.agreement,
            "claimant": claimant,
            "source": source,
            "accused_as_worded": values["accused_as_worded"],
            "basis": Basis.CUMULATIVE if values["counted_from"] else Basis.PERIODIC,
            "period_start": values["period_start"],
            "external_id": key,
        }
        parts = [self._part(text) for text in values["parts"]]
        known = [part.count for part in parts if part.count is not None]
        if parts and values["count"] is not None and (sum(known) != values["count"] or len(known) < len(parts)):
            text = gettext_noop("The parts printed give %(sum)d, the total says %(count)d.")
            said.append(flag("parts_do_not_add_up", text, "parts", sum=sum(known), count=values["count"]))
        return Draft(key, {"facts": facts, "accused": accused, "parts": parts, "harm": harm_of(values, said)}, said)

    def _part(self, text: str) -> PartStated:
        match = _PART.fullmatch(text)
        if not match:
            raise RuleBroken("not_a_part", _("Write parts as “Aleppo: 12 | Idlib: 3”."), "parts")
        return PartStated(label=match[1][:200], count=None if match[2] in {"?", "-"} else parse_count(match[2], "parts"))

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = AggregateClaim.objects.filter(external_id=draft.key).first()
            content = draft.content
            claim = known or aggregates.log(
                by=context.by, accused=content["accused"], parts=content["parts"], harm=content["harm"], **content["facts"]
            )
            return Committed("aggregateclaim", claim.public_id, known is not None)

        return one_by_one(drafts, commit)


class Convoys(Format):
    """Our sheet of convoys: one row is one aid movement."""

    name = "convoys"
    label = _("Convoys (our own sheet)")
    help = _("One row is one aid movement. Nobody outside sees it until two people release it.")
    needs_agreement = False

    COUNTS = ("people_requested", "people_approved", "people_reached", "trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")

    def columns(self) -> Sequence[Column]:
        return [
            Text("reference", _("Reference"), is_required=True, longest=100, aliases=["id", "convoy", "convoy_event_id"]),
            Name("operator", _("Operator"), is_required=True),
            Names("agencies", _("Agencies")),
            Word("mode", _("Mode"), ConvoyMode, ""),
            Name("origin", _("Origin"), aliases=["origin_as_written"]),
            Name("destination", _("Destination"), aliases=["destination_as_written"]),
            Word("destination_class", _("Class of destination"), DestinationClass, ""),
            Day("planned_on", _("Planned for"), aliases=["date"]),
            Count("people_requested", _("People requested for")),
            Count("people_approved", _("People approved")),
            Count("people_reached", _("People reached")),
            Count("trucks_planned", _("Trucks planned"), aliases=["trucks"]),
            Count("trucks_departed", _("Trucks departed")),
            Count("trucks_arrived", _("Trucks arrived")),
            Count("trucks_lost", _("Trucks lost"), aliases=["trucks_hit"]),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url", "source_url"]),
            Text("note", _("Note")),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look = Looking(context)
        facts = {
            "reference": values["reference"],
            "agreement": context.batch.agreement,
            "operator": look.party(values["operator"], "operator"),
            "source": look.source(values["source"], "source"),
            "origin": look.place(values["origin"], "origin"),
            "origin_as_worded": values["origin"],
            "destination": look.place(values["destination"], "destination"),
            "destination_as_worded": values["destination"],
            **{name: values[name] for name in ("mode", "destination_class", "planned_on", "link", "note", *self.COUNTS)},
            "external_id": f"{self.name}:{values['reference']}",
        }
        agencies = [look.party(name, "agencies") for name in values["agencies"]]
        look.done()
        return Draft(facts["external_id"], {"facts": facts, "agencies": [party for party in agencies if party]})

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = Convoy.objects.filter(external_id=draft.key).first()
            convoy = known or convoys.plan(by=context.by, agencies=draft.content["agencies"], **draft.content["facts"])
            return Committed("convoy", convoy.public_id, known is not None)

        return one_by_one(drafts, commit)


class Presences(Format):
    """Our sheet of coverage: one row is where and when somebody could observe, or was kept from it."""

    name = "coverage"
    label = _("Coverage (our own sheet)")
    help = _("One row is where and when somebody could observe, or was kept from it.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id where it came from"), aliases=["external_id"]),
            Name("observer", _("Observer"), is_required=True),
            Word("kind", _("Kind"), CoverageKind, is_required=True),
            Name("place", _("Place")),
            Day("from_on", _("From"), is_required=True, aliases=["start"]),
            Day("until_on", _("Until"), aliases=["end"]),
            YesNo("is_denied", _("Observation was denied"), aliases=["denied"]),
            Name("denied_by", _("Denied by")),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url"]),
            Text("note", _("Note")),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look = Looking(context)
        key = key_of(self.name, values, cells, context)
        facts = {
            "agreement": context.agreement,
            "observer": look.party(values["observer"], "observer"),
            "denied_by": look.party(values["denied_by"], "denied_by"),
            "source": look.source(values["source"], "source"),
            "place": look.place(values["place"], "place"),
            "place_as_worded": values["place"],
            **{name: values[name] for name in ("kind", "is_denied", "from_on", "until_on", "link", "note")},
            "external_id": key,
        }
        look.done()
        return Draft(key, facts)

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = Coverage.objects.filter(external_id=draft.key).first()
            presence = known or coverage.log(by=context.by, **draft.content)
            return Committed("coverage", presence.public_id, known is not None)

        return one_by_one(drafts, commit)


class PlaceFormat(Format):
    """A format whose rows are places of a gazetteer, told apart by their p-codes."""

    needs_agreement = False

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        stated: list[PlaceStated] = [draft.content for draft in drafts]
        put = imports.put_places(by=context.by, places=stated, operation=context.operation)
        seen: set[str] = set()
        outcomes: list[Committed | RuleBroken] = []
        for one, (place, was_here) in zip(stated, put, strict=True):
            outcomes.append(Committed("place", place.public_id, was_here or one.pcode in seen))
            seen.add(one.pcode)
        return outcomes


class Places(PlaceFormat):
    """Our sheet of places."""

    name = "places"
    label = _("Places (our own sheet)")
    help = _("One row is one place with a code of its own. A place already on record gains names and is not overwritten.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("code", _("P-code"), is_required=True, longest=40, aliases=["pcode", "id"]),
            Text("name", _("Name"), is_required=True, longest=200, aliases=["name_en"]),
            Text("name_ar", _("Name in Arabic"), longest=200),
            Names("other_names", _("Other names"), aliases=["aliases", "alternate names"]),
            Text("lies_in", _("Lies in (p-code)"), longest=40, aliases=["parent", "parent_pcode"]),
            Degrees("latitude", _("Latitude"), 90, aliases=["lat"]),
            Degrees("longitude", _("Longitude"), 180, aliases=["lon", "lng", "long"]),
            Word("precision", pgettext_lazy("of a place", "Precision"), PlacePrecision, PlacePrecision.TOWN),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise RuleBroken("half_a_point", _("Give both coordinates or neither."), "latitude" if values["latitude"] is None else "longitude")
        stated = PlaceStated(
            pcode=values["code"],
            slug=slug_of(values["name"], values["code"]),
            name=values["name"],
            name_ar=values["name_ar"],
            latitude=values["latitude"],
            longitude=values["longitude"],
            precision=values["precision"],
            aliases=[(name[:200], language_of(name)) for name in values["other_names"]],
        )
        return Draft(values["code"], (stated, values["lies_in"]))

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        """Put places on record in the order of their rows, so that one may lie in another that stands above it."""
        outcomes: list[Committed | RuleBroken] = []
        together: list[Draft] = []

        def put() -> None:
            outcomes.extend(super(Places, self).commit(together, context))
            together.clear()

        for draft in drafts:
            stated, lies_in = draft.content
            if lies_in:
                if lies_in in {other.key for other in together}:
                    put()
                stated.parent = Place.objects.filter(pcode=lies_in).first()
                if stated.parent is None:
                    put()
                    told = _("No place on record has this p-code. A place stands above those that lie in it.")
                    outcomes.append(RuleBroken("unknown_place", told, "lies_in"))
                    continue
            together.append(Draft(draft.key, stated))
        put()
        return outcomes


def slug_of(name: str, code: str) -> str:
    """Return a slug that the name begins and the code makes unique."""
    begun = slugify(name)[:40].strip("-")
    return f"{begun}-{slugify(code)}"[:80].strip("-")


def language_of(name: str) -> str:
    """Return the language of a name where its letters tell: those of Arabic alone. Persian, Kurdish and Urdu have more."""
    letters = [letter for letter in name if letter.isalpha()]
    return "ar" if letters and all("\u0621" <= letter <= "\u064a" for letter in letters) else ""


FORMATS: list[Format] = [Reports(), Claims(), Convoys(), Presences(), Places()]

__all__ = ["FORMATS", "NoOne", "PlaceFormat", "Report", "in_order", "language_of", "slug_of"]
