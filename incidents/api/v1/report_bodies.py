"""The list of reports as PostgreSQL spells it: what `ReportOut` says of each, without a record being made of it first.

A test holds the two against each other, field by field, for every kind of reader. Rows are asked of the same queries; what `ReportOut`
alone can say - a row with a protected source, of which every look is noted - is left to it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Expression, F, FloatField, Func, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, NullIf
from rest_framework.request import Request
from rest_framework.reverse import reverse

from incidents.api.rendering import Written
from incidents.models import Agreement, CasualtyClaim, Profile, Report
from incidents.queries import reports, sides, visibility
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket, ViolationType, group_of

_GROUPS = json.dumps({word.value: group_of(word).value for word in ViolationType})
_ANY = UUID(int=0)


class _Json(Func):
    """A JSON object of these fields, in their order."""

    function = "json_build_object"

    def __init__(self, fields: Mapping[str, Any], **extra: Any) -> None:
        pairs = [part for name, value in fields.items() for part in (Value(name), value if isinstance(value, Expression) else F(value))]
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


def _named(path: str, *fields: str) -> Case:
    """Return what names a related record; null where there is none."""
    return _one(path, {"id": f"{path}__public_id"} | {field: f"{path}__{field}" for field in fields})


def _one(path: str, fields: Mapping[str, Any]) -> Case:
    return Case(When(**{f"{path}__isnull": True}, then=Value(None)), default=_Json(fields), output_field=TextField())


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
        "term": _one("term", {"number": "term__number", "subject": _word("term__subject")}),
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
            {"id": "place__public_id"}
            | {name: f"place__{name}" for name in NAMES}
            | {"latitude": _degrees("place__latitude"), "longitude": _degrees("place__longitude"), "precision": _word("place__precision")},
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


def listed(request: Request, rows: QuerySet[Report]) -> QuerySet[Report]:
    """Return these rows with nothing but what `written` needs."""
    address = reverse("report-detail", kwargs={"id": _ANY}, request=request).removesuffix(f"{_ANY}/")
    hidden = dict.fromkeys(visibility.withheld_from_all(request.user, reports.WITHHELD_WITH_THE_SOURCE, has_place=True), Value(None))
    parts = ({name: hidden.get(name, value) for name, value in part.items()} for part in (_before(address), _after(), LAST))
    before, after, last = (_Told(part) for part in parts)
    return (
        rows.order_by("-id")
        .annotate(before=before, after=after, last=last, is_protected=F("source__is_protected"))
        .only("agreement", "accused_side", "accused_party", "occurred_on", "state", "supersedes", "public_id")
    )


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


def _neighbours(reader: Reader, rows: Sequence[Report]) -> tuple[dict[int, UUID], dict[int, UUID]]:
    """Return what each row supersedes and what superseded it, as far as this reader may see it.

    Mostly there is nothing, and then what may be seen is not asked; to whoever is not told yet, how long it takes tells nothing either.
    """
    keys, superseded = [row.pk for row in rows], {row.supersedes_id for row in rows if row.supersedes_id}
    is_told_less = isinstance(getattr(reader, "profile", None), Profile)
    if not superseded and not is_told_less and not Report.objects.filter(supersedes__in=keys).exists():
        return {}, {}
    seen = visibility.reports(reader).order_by()
    replaces = dict(seen.filter(pk__in=superseded).values_list("pk", "public_id"))
    return replaces, {key: public_id for key, public_id in seen.filter(supersedes__in=keys).values_list("supersedes", "public_id") if key}


class _Against:
    """Whom reports are held against, spelt once for each agreement, party or side and day."""

    def __init__(self, rows: Sequence[Report]) -> None:
        self._agreements = Agreement.objects.in_bulk({row.agreement_id for row in rows if row.accused_side_id or row.accused_party_id})
        self._camps = sides.CampsByAgreement()
        self._spelt: dict[Any, str] = {}

    def of(self, row: Report) -> str:
        asked = (row.agreement_id, row.accused_side_id, row.accused_party_id, row.occurred_on)
        if asked not in self._spelt:
            self._spelt[asked] = self._spell(row)
        return self._spelt[asked]

    def _spell(self, row: Report) -> str:
        bucket, side = Bucket.NOBODY, None
        if row.accused_side_id or row.accused_party_id:
            camps = self._camps.of(self._agreements[row.agreement_id])
            by_key = {side.pk: side for side in camps.sides.values()}
            bucket, side = Bucket.SIDE, by_key.get(row.accused_side_id or 0)
            if side is None:
                bucket, side = camps.side_of(row.accused_party_id, row.occurred_on)
        named = side and {"id": str(side.public_id), "code": side.code, "name": side.name, "name_ar": side.name_ar}
        return json.dumps({"bucket": str(bucket), "side": named}, ensure_ascii=False)
