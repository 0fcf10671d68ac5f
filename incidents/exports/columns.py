"""The columns of each noun's export: a name, an HXL tag, and what the database gives for it. Every format is written from these."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Any

from django.db.models import Case, CharField, Count, Expression, F, Func, IntegerField, JSONField, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat, LPad, NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import Accused, AggregateClaim, CasualtyClaim, Report
from incidents.queries import aggregates, reports, withholding
from incidents.queries.aggregates import ClaimFilter
from incidents.queries.filters import Filter, ReportFilter
from incidents.queries.visibility import Reader
from incidents.vocabulary import PlacePrecision, TimePrecision


class Kind(StrEnum):
    """How a value is written: text is kept from running in a spreadsheet, numbers stay numbers."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    INSTANT = auto()
    JSON = auto()


@dataclass(frozen=True)
class Column:
    """A column. `value` is an expression over the rows as this reader is given them.

    A word is one of ours - an id, a reference, a code of a vocabulary - which begins with a letter or a figure, and so runs nowhere.
    """

    name: str
    tag: str
    kind: Kind
    value: Expression | F | Case | Subquery
    is_word: bool = False


@dataclass(frozen=True)
class Export:
    """What can be taken away of one noun: what it may be filtered by, the rows that leaves for a reader, and their columns.

    `standing` is all that decides the query for them; None where it is not kept.
    """

    name: str
    label: str | Promise
    asked_by: type[Filter]
    columns: Callable[[Reader], list[Column]]
    rows: Callable[[Reader, dict[str, str]], QuerySet[Any]]
    point: tuple[str, str] | None = None
    standing: Callable[[Reader, dict[str, str]], Hashable | None] = lambda _reader, _asked: None


class Rows(Func):
    """The rows of a subquery as one JSON array, null where there are none."""

    template = "(SELECT json_agg(row_to_json(listed)) FROM (%(expressions)s) listed)"
    output_field = JSONField()


def _text(path: str, name: str = "", tag: str = "") -> Column:
    return Column(name or path.replace("__", "_"), tag, Kind.TEXT, NullIf(Cast(F(path), CharField()), Value("")))


def _word(path: str, name: str = "", tag: str = "") -> Column:
    return replace(_text(path, name, tag), is_word=True)


def _number(path: str, name: str = "", tag: str = "") -> Column:
    return Column(name or path, tag, Kind.NUMBER, F(path))


def _day(path: str, tag: str = "") -> Column:
    return Column(path, tag, Kind.DAY, F(path))


def _instant(path: str, tag: str = "") -> Column:
    return Column(path, tag, Kind.INSTANT, F(path))


def _source(reader: Reader, path: str) -> Any:
    """Return what a source says of itself, null where the source is withheld."""
    withheld = withholding.has_withheld_source(reader)
    return F(path) if withheld is None else Case(When(withheld, then=None), default=F(path), output_field=CharField())


REFERENCE = Concat(Value("R-"), Case(When(pk__lt=10_000, then=LPad(Cast("pk", CharField()), 4, Value("0"))), default=Cast("pk", CharField())))


def of_reports(reader: Reader) -> list[Column]:
    """Return the columns of reports."""
    harm = CasualtyClaim.objects.filter(report=OuterRef("pk")).order_by("id").values("kind", "group", "low", "best", "high", "qualifier")
    return [
        _word("public_id", "id", "#meta+id"),
        Column("reference", "#meta+reference", Kind.TEXT, REFERENCE, is_word=True),
        _text("agreement__slug", "agreement", "#event+agreement"),
        _word("state", tag="#status"),
        _text("claimant__slug", "claimant", "#respondee+claimant"),
        _text("relayed_by__slug", "relayed_by", "#respondee+relay"),
        _text("accused_party__slug", "accused_party", "#group+accused"),
        _text("accused_side__code", "accused_side", "#group+accused+side"),
        _text("accused_as_worded", tag="#group+accused+worded"),
        _word("violation_type", tag="#event+type"),
        _text("term__number", "term", "#event+term"),
        _text("target_as_claimed", tag="#event+target"),
        _number("stated_count", tag="#indicator+violations+num"),
        _word("unit", tag="#indicator+unit"),
        _day("occurred_on", "#date+occurred"),
        _instant("starts_at", "#date+start"),
        _instant("ends_at", "#date+end"),
        _word("time_precision", tag="#date+precision"),
        _text("place__slug", "place", "#loc+code"),
        _text("place__name", "place_name", "#loc+name"),
        _text("place__name_ar", "place_name_ar", "#loc+name+i_ar"),
        _text("place_as_worded", tag="#loc+worded"),
        _number("latitude", tag="#geo+lat"),
        _number("longitude", tag="#geo+lon"),
        _word("place_precision", tag="#geo+precision"),
        Column("source", "#meta+source", Kind.TEXT, _source(reader, "source__slug")),
        _day("published_on", "#date+published"),
        _text("link", tag="#meta+url"),
        _text("wording", tag="#description+wording"),
        _text("summary", tag="#description"),
        _word("credibility", tag="#meta+credibility"),
        Column("harm", "#affected+stated", Kind.JSON, Rows(Subquery(harm))),
        _word("incident__public_id", "incident", "#event+id"),
        _instant("submitted_at", "#date+submitted"),
        _text("retraction_reason", tag="#status+reason"),
    ]


def of_claims(reader: Reader) -> list[Column]:
    """Return the columns of published totals."""
    blamed = Accused.objects.filter(claim=OuterRef("pk")).order_by("id").values(party_slug=F("party__slug"), side_code=F("side__code"))
    return [
        _word("public_id", "id", "#meta+id"),
        _text("agreement__slug", "agreement", "#event+agreement"),
        _text("claimant__slug", "claimant", "#respondee+claimant"),
        _text("spoken_by", tag="#respondee+speaker"),
        Column("accused", "#group+accused", Kind.JSON, Rows(Subquery(blamed))),
        _number("count", tag="#indicator+claimed+num"),
        _word("qualifier", tag="#indicator+qualifier"),
        _word("unit", tag="#indicator+unit"),
        _word("basis", tag="#indicator+basis"),
        _day("counted_from", "#date+counted"),
        _day("period_start", "#date+start"),
        _day("period_end", "#date+end"),
        _day("published_on", "#date+published"),
        Column("source", "#meta+source", Kind.TEXT, _source(reader, "source__slug")),
        _text("link", tag="#meta+url"),
        _text("wording", tag="#description+wording"),
        _instant("retracted_at", "#date+retracted"),
    ]


# UCDP GED codes: how exactly a day and a place are known. What they have no code for is left empty.
_DATE_PREC = {
    **dict.fromkeys((TimePrecision.EXACT, TimePrecision.HOUR, TimePrecision.PART_OF_DAY, TimePrecision.DAY), 1),
    TimePrecision.WEEK: 3,
    TimePrecision.MONTH: 4,
}
_WHERE_PREC = {
    PlacePrecision.POINT: 1,
    PlacePrecision.NEIGHBOURHOOD: 1,
    PlacePrecision.TOWN: 1,
    PlacePrecision.DISTRICT: 3,
    PlacePrecision.GOVERNORATE: 4,
    PlacePrecision.COUNTRY: 6,
}


def like_ucdp(reader: Reader) -> list[Column]:
    """Return reports in columns named as UCDP GED names its own. Deaths stand where one group alone is stated: groups may overlap."""
    killed = CasualtyClaim.objects.filter(report=OuterRef("pk"), kind="killed")
    alone = killed.order_by().values("report").annotate(number=Count("pk")).filter(number=1)

    def deaths(name: str) -> Subquery:
        return Subquery(alone.annotate(value=Max(name)).values("value")[:1])

    def code(field: str, codes: dict[Any, int]) -> Case:
        return Case(*(When(**{field: word}, then=Value(number)) for word, number in codes.items()), default=None, output_field=IntegerField())

    return [
        Column("id", "", Kind.TEXT, REFERENCE, is_word=True),
        _text("agreement__slug", "conflict_name"),
        Column("side_a", "", Kind.TEXT, Case(When(accused_party__isnull=False, then=F("accused_party__slug")), default=F("accused_side__code"))),
        _text("claimant__slug", "source_original"),
        Column("source_office", "", Kind.TEXT, _source(reader, "source__name")),
        _day("published_on"),
        _text("summary", "source_headline"),
        _text("place__name", "where_coordinates"),
        Column("where_prec", "", Kind.NUMBER, code("place_precision", _WHERE_PREC)),
        _number("latitude"),
        _number("longitude"),
        Column("date_start", "", Kind.DAY, F("occurred_on")),
        Column("date_end", "", Kind.DAY, F("occurred_on")),
        Column("date_prec", "", Kind.NUMBER, code("time_precision", _DATE_PREC)),
        Column("low", "", Kind.NUMBER, deaths("low")),
        Column("best", "", Kind.NUMBER, deaths("best")),
        Column("high", "", Kind.NUMBER, deaths("high")),
    ]


def _reports(reader: Reader, asked: dict[str, str]) -> QuerySet[Report]:
    return reports.narrowed(reader, ReportFilter.parse(asked)).order_by("id")


def _standing(reader: Reader, asked: dict[str, str]) -> Hashable | None:
    return reports.standing(reader, ReportFilter.parse(asked))


def _claims(reader: Reader, asked: dict[str, str]) -> QuerySet[AggregateClaim]:
    return aggregates.narrowed(reader, ClaimFilter.parse(asked)).order_by("id")


EXPORTS = {
    export.name: export
    for export in (
        Export("reports", _("Reports"), ReportFilter, of_reports, _reports, ("longitude", "latitude"), _standing),
        Export("aggregate-claims", _("Claims"), ClaimFilter, of_claims, _claims),
        Export("reports-like-ucdp", _("Reports, in columns like UCDP's"), ReportFilter, like_ucdp, _reports, standing=_standing),
    )
}
