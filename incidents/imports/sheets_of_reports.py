"""Our sheet of reports."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.actions.imports import Submission
from incidents.errors import RuleBroken
from incidents.imports.base import Context, Draft, ReportFormat
from incidents.imports.columns import Column, Count, Day, Degrees, Evidence, Moment, Name, Text, Word
from incidents.imports.harm import harm_columns, harm_of
from incidents.imports.looking import Looking, key_of
from incidents.imports.messages import Message, note
from incidents.models import Party, Side
from incidents.rules import timespans
from incidents.rules.timespans import Local
from incidents.vocabulary import Credibility, PlacePrecision, TimePrecision, Unit, ViolationType


class Reports(ReportFormat):
    """Our sheet of reports: one row is what one source says of one happening."""

    name = "reports"
    label = _("Reports (our own sheet)")
    help = _("One row is what one source says of one happening.")
    drafts_from_memory = True

    def begin(self, context: Context) -> None:
        """Load the articles of the agreement."""
        terms = context.batch.agreement.terms.all() if context.batch.agreement else []
        context.kept["terms"] = {term.number: term for term in terms}

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
        terms = context.kept["terms"]
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
