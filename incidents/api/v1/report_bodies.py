"""The list of reports as PostgreSQL spells it: what `ReportOut` says of each, without a record being made of it first.

A test holds the two against each other, field by field, for every kind of reader. Rows are asked of the same queries; what `ReportOut`
alone can say - a row with a protected source, of which every look is noted - is left to it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, FloatField, Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast, NullIf
from rest_framework.request import Request
from rest_framework.reverse import reverse

from incidents.api.rendering import Written
from incidents.models import Agreement, CasualtyClaim, Profile, Report, Side
from incidents.queries import kept, reports, sides, visibility
from incidents.queries.filters import ReportFilter
from incidents.queries.kept import Statement
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket, ViolationType, group_of

_GROUPS = json.dumps({word.value: group_of(word).value for word in ViolationType})
_ANY = UUID(int=0)


class _Json(Func):
    """A JSON object of these fields, in their order."""

    function = "json_build_object"

    def __init__(self, fields: Mapping[str, Any], **extra: Any) -> None:
        pairs = [part for name, value in fields.items() for part in (Value(name), value if isinstance(value, BaseExpression) else F(value))]
        super().__init__(*pairs, output_field=TextField(), **extra)


class _Told(_Json):
    """The same as text."""

    template = "%(function)s(%(expressions)s)::text"


class _Instant(Func):
    """An instant in UTC as Python spells it: fractions of a second where there are any."""

    template = (
        "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') ||"
        " CASE WHEN date_trunc('second', %(expressions)s) = %(expressions)s THEN '' ELSE to_char(%(expressions)s, '.US') END || '+00:00'"
    )
    output_field = TextField()


class _LocalInstant(Func):
    """An instant (first) on the clocks of a zone (second), with the zone's offset then."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the text of the instant."""
        (at, with_at), (zone, with_zone) = (compiler.compile(part) for part in self.source_expressions)
        offset = f"(({at} AT TIME ZONE {zone}) - ({at} AT TIME ZONE 'UTC'))"
        sql = (
            f"to_char({at} AT TIME ZONE {zone}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"
            f" || CASE WHEN date_trunc('second', {at}) = {at} THEN '' ELSE to_char({at}, '.US') END"
            f" || CASE WHEN {offset} < interval '0' THEN '-' ELSE '+' END || to_char(greatest({offset}, -{offset}), 'HH24:MI')"
        )
        assert not with_at and not with_zone, "columns hold no values"
        return sql, []


class _Array(Func):
    template = "array_to_json(%(expressions)s)"
    output_field = TextField()


def _named(path: str, *fields: str) -> Subquery:
    """Return what names a related record; null where there is none."""
    return _one(path, {"id": "public_id"} | {field: field for field in fields})


def _one(path: str, fields: Mapping[str, Any]) -> Subquery:
    """Return what these fields of a related record say. It is looked up row by row: of ten tables joined, PostgreSQL would ponder the order."""
    related: Any = Report._meta.get_field(path).related_model
    return Subquery(related.objects.filter(pk=OuterRef(path)).order_by().values_list(_Json(fields)), output_field=TextField())


def _degrees(field: str) -> Cast:
    return Cast(field, FloatField())


def _word(field: str) -> NullIf:
    return NullIf(F(field), Value(""))


NAMES = ("slug", "name", "name_ar")


def _before(address: str) -> dict[str, Any]:
    return {
        "id": "public_id",
        "url": Func(Value(address), Cast("public_id", TextField()), Value("/"), function="concat", output_field=TextField()),
        "reference": Func(
            F("pk"), template="'R-' || lpad(%(expressions)s::text, greatest(4, length(%(expressions)s::text)), '0')", output_field=TextField()
        ),
        "agreement": _named("agreement", *NAMES),
        "state": "state",
        "version": "version",
        "claimant": _named("claimant", *NAMES),
        "spoken_by": "spoken_by",
        "relayed_by": _named("relayed_by", *NAMES),
        "accused_party": _named("accused_party", *NAMES),
        "accused_side": _named("accused_side", "code", "name", "name_ar"),
        "accused_as_worded": "accused_as_worded",
    }


def _after() -> dict[str, Any]:
    group = Func(Value(_GROUPS), F("violation_type"), template="(%(expressions)s)", arg_joiner="::json ->> ", output_field=TextField())
    harm = _Json({name: name for name in ("kind", "group", "low", "best", "high", "qualifier")})
    stated = CasualtyClaim.objects.filter(report=OuterRef("pk")).order_by("id").values_list(harm)
    return {
        "violation_type": "violation_type",
        "violation_group": group,
        "term": _one("term", {"number": "number", "subject": _word("subject")}),
        "target_as_claimed": "target_as_claimed",
        "stated_count": "stated_count",
        "unit": "unit",
        "occurred_on": "occurred_on",
        "starts_at": _LocalInstant(F("starts_at"), F("agreement__timezone")),
        "ends_at": _LocalInstant(F("ends_at"), F("agreement__timezone")),
        "time_precision": "time_precision",
        "time_as_worded": "time_as_worded",
        "timezone": "agreement__timezone",
        "place": _one(
            "place",
            {"id": "public_id"}
            | {name: name for name in NAMES}
            | {"latitude": _degrees("latitude"), "longitude": _degrees("longitude"), "precision": _word("precision")},
        ),
        "place_as_worded": "place_as_worded",
        "latitude": _degrees("latitude"),
        "longitude": _degrees("longitude"),
        "place_precision": _word("place_precision"),
        "source": _named("source", "slug", "name", "kind", "reliability"),
        "published_on": "published_on",
        "link": "link",
        "wording": "wording",
        "summary": "summary",
        "credibility": "credibility",
        "incident": _named("incident", *NAMES),
        "harm": _Array(ArraySubquery(stated)),
        "submitted_at": _Instant("submitted_at"),
    }


LAST = {"retracted_at": _Instant("retracted_at"), "retraction_reason": "retraction_reason", "external_id": "external_id"}


# What `written` needs of a row.
COLUMNS = (
    *("pk", "public_id", "agreement_id", "accused_side_id", "accused_party_id", "occurred_on", "supersedes_id"),
    *("before", "after", "last", "is_protected", "is_replaced"),
)


def listed(request: Request, asked: ReportFilter) -> Statement:
    """Return the statement by which these reports are asked for, as `written` takes them."""
    address = reverse("report-detail", kwargs={"id": _ANY}, request=request).removesuffix(f"{_ANY}/")
    reader: Any = request.user
    standing = reports.standing(reader, asked)
    key = standing and (standing, address)
    return kept.statement(key, COLUMNS, lambda: _spelt(reader, reports.narrowed(reader, asked), address))


def _spelt(reader: Reader, rows: QuerySet[Report], address: str) -> QuerySet[Report]:
    hidden = dict.fromkeys(visibility.withheld_from_all(reader, reports.WITHHELD_WITH_THE_SOURCE, has_place=True), Value(None))
    parts = ({name: hidden.get(name, value) for name, value in part.items()} for part in (_before(address), _after(), LAST))
    before, after, last = (_Told(part) for part in parts)
    is_replaced = Exists(Report.objects.filter(supersedes=OuterRef("pk")))
    return rows.annotate(before=before, after=after, last=last, is_protected=F("source__is_protected"), is_replaced=is_replaced)


def written(request: Request, rows: Sequence[Any], whole: Callable[[Sequence[int]], dict[int, Any]]) -> Written:
    """Return the rows of a page, each as it is to be sent. `whole` serializes those, by key, that cannot be told without their record."""
    reader = request.user
    apart = whole([row.pk for row in rows if row.is_protected])
    replaces, replaced_by = _neighbours(reader, rows)
    withheld = json.dumps(visibility.withheld_from_all(reader, reports.WITHHELD_WITH_THE_SOURCE, has_place=True))
    against = _Against(rows)
    texts = Written()
    for row in rows:
        if row.pk in apart:
            texts.append(apart[row.pk])
            continue
        texts.append(
            f'{row.before[:-1]},"against":{against.of(row)},{row.after[1:-1]}'
            f',"supersedes":{_id(replaces.get(row.supersedes_id))},"superseded_by":{_id(replaced_by.get(row.pk))}'
            f',{row.last[1:-1]},"withheld":{withheld}}}'
        )
    return texts


def _id(public_id: UUID | None) -> str:
    return f'"{public_id}"' if public_id else "null"


def _neighbours(reader: Reader, rows: Sequence[Any]) -> tuple[dict[int, UUID], dict[int, UUID]]:
    """Return what each row supersedes and what superseded it, as far as this reader may see it.

    Mostly there is nothing, and then what may be seen is not asked; to whoever is not told yet, how long it takes tells nothing either.
    """
    is_told_less = isinstance(getattr(reader, "profile", None), Profile)
    if not is_told_less and not any(row.supersedes_id or row.is_replaced for row in rows):
        return {}, {}
    keys, superseded = [row.pk for row in rows], {row.supersedes_id for row in rows if row.supersedes_id}
    seen = visibility.reports(reader).order_by()
    replaces = dict(seen.filter(pk__in=superseded).values_list("pk", "public_id"))
    return replaces, {key: public_id for key, public_id in seen.filter(supersedes__in=keys).values_list("supersedes", "public_id") if key}


class _Against:
    """Whom reports are held against: looked up once for each agreement, party or side and day, and spelt once for each side."""

    def __init__(self, rows: Sequence[Any]) -> None:
        asked = {row.agreement_id for row in rows if row.accused_side_id or row.accused_party_id}
        self._agreements = {found.pk: found for found in kept.those(Agreement, "id", list(asked))} if asked else {}
        self._camps = sides.CampsByAgreement()
        self._found: dict[Any, str] = {}
        self._spelt: dict[tuple[Bucket, Side | None], str] = {}

    def of(self, row: Any) -> str:
        asked = (row.agreement_id, row.accused_side_id, row.accused_party_id, row.occurred_on)
        if asked not in self._found:
            self._found[asked] = self._spell(*self._stood(row))
        return self._found[asked]

    def _stood(self, row: Any) -> tuple[Bucket, Side | None]:
        if not (row.accused_side_id or row.accused_party_id):
            return Bucket.NOBODY, None
        camps = self._camps.of(self._agreements[row.agreement_id])
        side = next((side for side in camps.sides.values() if side.pk == row.accused_side_id), None)
        return (Bucket.SIDE, side) if side else camps.side_of(row.accused_party_id, row.occurred_on)

    def _spell(self, bucket: Bucket, side: Side | None) -> str:
        if (bucket, side) not in self._spelt:
            named = side and {"id": str(side.public_id), "code": side.code, "name": side.name, "name_ar": side.name_ar}
            self._spelt[bucket, side] = json.dumps({"bucket": str(bucket), "side": named}, ensure_ascii=False)
        return self._spelt[bucket, side]
