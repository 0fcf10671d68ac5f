"""The Uppsala Conflict Data Program's Georeferenced Event Dataset (UCDP GED, codebook 19.1): lethal events, one row each.

A row is what UCDP says of one event, compiled from what others reported: UCDP is the claimant, its data set the source, and every
source that a cell names, separated by semicolons, is kept as a source that the report cites. Fights (types 1 and 2) accuse nobody;
one-sided violence (type 3) accuses side_a. What spans several days is undated, whatever its length.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.actions import reference
from incidents.actions.imports import Cited, Submission
from incidents.actions.reports import HarmStated
from incidents.errors import RuleBroken
from incidents.imports.base import Context, Draft, Format, ReportFormat
from incidents.imports.columns import Column, Count, Day, Degrees, Evidence, Text
from incidents.imports.harm import in_order
from incidents.imports.messages import Message, note
from incidents.imports.resolve import NoOne, Unresolved, folded
from incidents.models import Party, Source, UnresolvedName
from incidents.rules import timespans
from incidents.rules.timespans import Local
from incidents.vocabulary import (
    HarmGroup,
    HarmKind,
    PartyKind,
    PlacePrecision,
    Qualifier,
    SourceKind,
    TimePrecision,
    Unit,
    ViolationType,
)

DATA_SET = "ucdp-ged"
CLAIMANT = "ucdp"
CREATES = "create_sources"
PRECISION_OF_DATE = {
    1: TimePrecision.DAY,
    2: TimePrecision.WEEK,  # two to six days: nothing shorter than a week is undated
    3: TimePrecision.WEEK,
    4: TimePrecision.MONTH,
    5: TimePrecision.UNKNOWN,
}
PRECISION_OF_PLACE = {
    1: PlacePrecision.TOWN,
    2: PlacePrecision.DISTRICT,  # within about 25 km
    3: PlacePrecision.DISTRICT,
    4: PlacePrecision.GOVERNORATE,
    5: PlacePrecision.GOVERNORATE,  # a line or an area without edges
    6: PlacePrecision.COUNTRY,
    7: PlacePrecision.COUNTRY,
}
# Offices that are organisations. The others of the 2016 rows are press; a person can correct the kind of a source.
ORGANISATIONS = {
    *("sohr", "sn4hr", "snhr", "hrw", "human rights watch", "amnesty", "amnesty international", "airwars", "msf", "crisis watch"),
    *("waha report", "waha", "vdc", "carnegie"),
}
_ARTICLE = re.compile(r'"([^",]*),(\d{4}-\d{2}-\d{2}),(.*?)"(?=;"|;?$)', re.DOTALL)


class Ucdp(ReportFormat):
    """UCDP GED events as reports."""

    name = "ucdp-ged"
    label = _("UCDP Georeferenced Event Dataset (CSV)")
    help = _("One row is one lethal event, as UCDP compiled it. Fights accuse nobody; one-sided violence accuses side A.")
    is_fixed = True
    options = {CREATES: (_("Put UCDP, its data set and the sources that its rows name on record where they are missing"), True)}

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id"), is_required=True, longest=40),
            Count("type_of_violence", _("Type of violence"), is_required=True),
            Text("dyad_name", _("Dyad")),
            Text("side_a", _("Side A"), is_required=True),
            Text("side_b", _("Side B")),
            Evidence("source_article", _("Source articles")),
            Text("source_office", _("Source offices")),
            Text("source_date", _("Source dates")),
            Text("source_headline", _("Source headlines")),
            Text("source_original", _("Quoted by the source")),
            Count("where_prec", _("Place precision"), is_required=True),
            Text("where_coordinates", _("Place")),
            Text("adm_1", _("Governorate")),
            Degrees("latitude", _("Latitude"), 90, is_required=True),
            Degrees("longitude", _("Longitude"), 180, is_required=True),
            Count("date_prec", _("Date precision"), is_required=True),
            Day("date_start", _("From"), is_required=True),
            Day("date_end", _("Until"), is_required=True),
            *(Count(name, name) for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high")),
        ]

    def begin(self, context: Context) -> None:
        """Put UCDP and its data set on record where they are missing and the option says so."""
        if not context.options.get(CREATES, True):
            return
        resolver, by = context.resolver, context.by
        if not resolver.knows(UnresolvedName.Kind.SOURCE, DATA_SET):
            values = {"name": "UCDP Georeferenced Event Dataset", "kind": SourceKind.DATASET, "link": "https://ucdp.uu.se/"}
            resolver.add_source(reference.put(Source, {"slug": DATA_SET}, by=by, **values))
        if not resolver.knows(UnresolvedName.Kind.PARTY, CLAIMANT):
            names = {"name": "Uppsala Conflict Data Program", "name_ar": "برنامج أوبسالا لبيانات النزاعات", "short_name": "UCDP"}
            resolver.add_party(reference.put(Party, {"slug": CLAIMANT}, by=by, kind=PartyKind.MONITOR, **names))

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        said: list[Message] = []
        claimant, source = context.resolver.party(CLAIMANT, "claimant"), context.resolver.source(DATA_SET, "source")
        violence, where = values["type_of_violence"], values["where_prec"]
        if violence not in {1, 2, 3}:
            raise RuleBroken("unknown_word", _("A type of violence is 1, 2 or 3."), "type_of_violence")
        if where not in PRECISION_OF_PLACE:
            raise RuleBroken("unknown_word", _("A precision of place is 1 to 7."), "where_prec")
        accused = None
        if violence == 3:
            try:
                accused = context.resolver.accused(values["side_a"], "side_a")
            except NoOne:
                accused = None
        harm = self._harm(values, said)
        precision = PRECISION_OF_PLACE[where]
        key = f"{self.name}:{values['id']}"
        summary = values["dyad_name"] or f"{values['side_a']} - {values['side_b']}"
        if values["source_original"]:
            summary += f"; quoted: {values['source_original']}"
        for message in said:
            summary += f". {message}"
        if not values["adm_1"]:
            said.append(note("no_adm_1", gettext_noop("The row names no governorate."), "adm_1"))
        facts = {
            "agreement": context.agreement,
            "claimant": claimant,
            "accused_party": accused if isinstance(accused, Party) else None,
            "accused_side": accused if accused is not None and not isinstance(accused, Party) else None,
            "accused_as_worded": values["side_a"][:300] if violence == 3 else "",
            "violation_type": ViolationType.ATTACK_ON_CIVILIANS if violence == 3 else ViolationType.CLASH,
            "target_as_claimed": values["side_b"][:300] if violence == 3 else "",
            "unit": Unit.INCIDENT,
            "place": self._place(values, precision, context, said),
            "place_as_worded": ", ".join(filter(None, (values["where_coordinates"], values["adm_1"])))[:300],
            "latitude": values["latitude"],
            "longitude": values["longitude"],
            "place_precision": precision,
            "source": source,
            "link": f"UCDP GED event {values['id']}",
            "wording": values["source_article"],
            "summary": summary,
            "external_id": key,
        }
        facts |= self._when(values, context)
        return Draft(key, Submission(facts, harm, self._cites(values, context)), said)

    def _place(self, values: dict[str, Any], precision: PlacePrecision, context: Context, said: list[Message]) -> Any:
        """Return the place on record that fits both name and coordinates, saying so; None where none does clearly."""
        if precision not in {PlacePrecision.TOWN, PlacePrecision.DISTRICT} or not values["where_coordinates"]:
            return None
        found = context.resolver.located(values["where_coordinates"], values["latitude"], values["longitude"], PlacePrecision.TOWN)
        if found is None:
            return None
        place, score, _reasons = found
        text = gettext_noop("Taken for %(place)s, by its name near the coordinates (%(score)s).")
        said.append(note("place", text, "where_coordinates", place=place.name, score=f"{score:.2f}"))
        return place

    def _when(self, values: dict[str, Any], context: Context) -> dict[str, Any]:
        asked = (values["date_start"], values["date_end"], values["date_prec"])
        remembered: dict[Any, dict[str, Any]] = context.kept.setdefault("when", {})
        if asked not in remembered:
            if len(remembered) > 10_000:
                remembered.clear()
            remembered[asked] = _span(*asked, context)
        return remembered[asked]

    def _harm(self, values: dict[str, Any], said: list[Message]) -> list[HarmStated]:
        """Return the deaths: by group where one group has them all or the count is one number, else best by group and the range said."""
        low, best, high = values["low"], values["best"], values["high"]
        if low is None and best is None and high is None:
            return []
        fighters = None if values["deaths_a"] is None or values["deaths_b"] is None else values["deaths_a"] + values["deaths_b"]
        parts = {HarmGroup.FIGHTERS: fighters, HarmGroup.CIVILIANS: values["deaths_civilians"], HarmGroup.UNKNOWN: values["deaths_unknown"]}
        low, best, high = in_order(low, best, high, Qualifier.EXACTLY, "best", said)
        adds_up = None not in parts.values() and sum(number or 0 for number in parts.values()) == best
        harmed = {group: number for group, number in parts.items() if number}
        if not adds_up or not harmed:
            return [_killed(low, best, high, HarmGroup.UNKNOWN)]
        if len(harmed) == 1:
            return [_killed(low, best, high, next(iter(harmed)))]
        if low == best == high:
            return [_killed(number, number, number, group) for group, number in harmed.items()]
        text = gettext_noop("Deaths of several groups: lowest %(low)s, highest %(high)s together; the bounds of each are not stated.")
        shown = {"low": "-" if low is None else low, "high": "-" if high is None else high}
        said.append(note("range_of_all", text, "best", **shown))
        return [_killed(None, number, None, group) for group, number in harmed.items()]

    def _cites(self, values: dict[str, Any], context: Context) -> list[Cited]:
        """Return every source that the row names, in its order, with the day and headline of each where the cells tell them apart."""
        offices = _several(values["source_office"])
        days = _several(values["source_date"])
        headlines = _several(values["source_headline"])
        articles = _ARTICLE.findall(values["source_article"])
        is_told = len(articles) == len(offices) and [office.strip() for office, _day, _headline in articles] == offices
        cites = []
        for index, office in enumerate(offices):
            if not office:
                continue
            day = days[index] if len(days) == len(offices) else ""
            headline = articles[index][2] if is_told else headlines[index] if len(headlines) == len(offices) else ""
            if (source := self._office(office, context)) is not None:
                cites.append(Cited(source, _day_or_none(day), " ".join(headline.split())))
        return cites

    def _office(self, office: str, context: Context) -> Source | None:
        name = re.sub(r"^https?://|/$", "", office)[:200]
        known: dict[str, Source | None] = context.kept.setdefault("offices", {})
        if name not in known:
            try:
                known[name] = context.resolver.source(name, "source_office")
            except NoOne:
                known[name] = None
            except Unresolved:
                if not context.options.get(CREATES, True):
                    raise
                known[name] = self._created(name, context)
        return known[name]

    def _created(self, name: str, context: Context) -> Source:
        slug = slugify(name, allow_unicode=False)[:70] or "source"
        number = 1
        while Source.objects.filter(slug=slug if number == 1 else f"{slug}-{number}").exists():
            number += 1
        kind = SourceKind.NGO if folded(name) in ORGANISATIONS else SourceKind.PRESS
        source = reference.save(Source(slug=slug if number == 1 else f"{slug}-{number}", name=name, kind=kind), by=context.by)
        context.resolver.add_source(source)
        return source


def _killed(low: int | None, best: int | None, high: int | None, group: HarmGroup) -> HarmStated:
    is_one = low == best == high
    return HarmStated(HarmKind.KILLED, low, best, high, group, Qualifier.EXACTLY if is_one else Qualifier.ABOUT)


def _span(first: date, last: date, exactness: int, context: Context) -> dict[str, Any]:
    if exactness not in PRECISION_OF_DATE:
        raise RuleBroken("unknown_word", _("A precision of date is 1 to 5."), "date_prec")
    precision = PRECISION_OF_DATE[exactness]
    if precision == TimePrecision.DAY and first != last:
        precision = TimePrecision.WEEK
    # The days named bound the span, whatever its precision: a week or month is not widened to a calendar's.
    try:
        span = timespans.timespan(TimePrecision.DAY, context.zone, Local(first), Local(last), now=context.now)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, {"starts_at": "date_start", "ends_at": "date_end"}.get(broken.field, broken.field)) from None
    return {
        "time_precision": precision,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "occurred_on": span.day if precision == TimePrecision.DAY else None,
    }


def _several(cell: str) -> list[str]:
    return [" ".join(one.split()) for one in cell.split(";")] if cell else []


def _day_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


FORMATS: list[Format] = [Ucdp()]
