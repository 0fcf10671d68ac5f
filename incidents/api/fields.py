"""Values as JSON carries them, read strictly: no number in quotes, no trimmed evidence, no date that Python alone understands."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.errors import RuleBroken
from incidents.rules import timespans
from incidents.rules.numerals import LARGEST

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
YEARS = range(1900, 2201)


class Strict(serializers.Serializer[Any]):
    """A JSON object of which every name is known: a name that is not is refused, since it may be a slip for one that is."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values that were read."""
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [name for name in data if name not in known]
            if unknown:
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(str(_("There is no such field.")), "unknown_field")] for name in unknown}
                )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Text kept code point for code point."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, "required": False} | options)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; a number is not text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A count: zero or more. Null is not known, which is not zero."""

    default_error_messages = {"invalid": _("Write a whole number, not in quotes.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST, "allow_null": True, "required": False} | options)

    def to_internal_value(self, data: Any) -> int:
        """Return the number; neither text nor a fraction nor true is one."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class YesOrNo(serializers.BooleanField):
    """True or false, and nothing else that Python might take for it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the value."""
        if data is not True and data is not False:
            self.fail("invalid", input=data)
        return bool(data)


class Degrees(serializers.DecimalField):
    """A coordinate in WGS84 degrees, with six decimals at most."""

    default_error_messages = {"invalid": _("Write a number in degrees, not in quotes.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 9, "decimal_places": 6, "allow_null": True, "required": False, "coerce_to_string": False} | options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the coordinate exactly as it was written."""
        if type(data) not in {int, float}:
            self.fail("invalid")
        return super().to_internal_value(repr(data))

    def to_representation(self, value: Any) -> Any:
        """Return a JSON number."""
        return float(value)


class Word(serializers.ChoiceField):
    """A word of a vocabulary. Null stands for none where `allow_null` says that there may be none."""

    def __init__(self, choices: type[TextChoices], **options: Any) -> None:
        self.vocabulary = choices
        super().__init__(choices.choices, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the word."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        """Return the word; None where the record has none."""
        return str(value) if value else None


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.Field[Any, Any, Any, Any]):
    """A local day, YYYY-MM-DD."""

    def to_internal_value(self, data: Any) -> date:
        """Return the day."""
        value: date = _by_rule(timespans.parse_day, data)
        if value.year not in YEARS:
            raise serializers.ValidationError(_("Days are recorded from 1900 on."), "out_of_range")
        return value

    def to_representation(self, value: date) -> str:
        """Return YYYY-MM-DD."""
        return value.isoformat()


@extend_schema_field({"type": "string", "examples": ["19:12"]})
class Clock(serializers.Field[Any, Any, Any, Any]):
    """A time of day on the agreement's clocks, HH:MM or HH:MM:SS."""

    def to_internal_value(self, data: Any) -> time:
        """Return the time."""
        value: time = _by_rule(timespans.parse_clock, data)
        return value

    def to_representation(self, value: time) -> str:
        """Return HH:MM:SS."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.DATETIME)
class Instant(serializers.Field[Any, Any, Any, Any]):
    """An instant with its offset, as 2016-09-19T19:12:00+03:00. Without an offset it would not say when."""

    default_error_messages = {"invalid": _("Write an instant with its offset, such as 2016-09-19T19:12:00+03:00.")}

    def to_internal_value(self, data: Any) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(data, str) or not _INSTANT.fullmatch(data):
            self.fail("invalid")
        try:
            value = datetime.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if value.year not in YEARS:
            raise serializers.ValidationError(_("Days are recorded from 1900 on."), "out_of_range")
        return value.astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        """Return the instant as it is held, offset included."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.DATETIME)
class LocalInstant(serializers.Field[Any, Any, Any, Any]):
    """An instant as the clocks of the place show it; `zone` is where the record holds its zone's name."""

    def __init__(self, zone: str, **options: Any) -> None:
        self.zone = zone.split(".")
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> datetime | None:
        """Return the instant with the offset of the place."""
        value = super().get_attribute(instance)
        if value is None:
            return None
        holder = instance
        for name in self.zone:
            holder = getattr(holder, name)
        local: datetime = value.astimezone(ZoneInfo(holder))
        return local

    def to_representation(self, value: datetime) -> str:
        """Return the instant with its offset."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.STR)
class Named(serializers.Field[Any, Any, Any, Any]):
    """A record by its slug."""

    default_error_messages = {"unknown": _("“%(slug)s” is not known here.")}

    def __init__(self, records: Callable[[serializers.Field[Any, Any, Any, Any]], QuerySet[Any]], **options: Any) -> None:
        self.records = records
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Model:
        """Return the record."""
        found = self._found(data) if isinstance(data, str) else None
        if found is None:
            shown = data[:100] if isinstance(data, str) else "?"
            raise serializers.ValidationError(self.error_messages["unknown"] % {"slug": shown}, "unknown_word")
        return found

    def _found(self, slug: str) -> Model | None:
        """Return the record, looked up once in a request however many of its rows name it."""
        known: dict[Any, Model | None] = self.context.get("named", {})
        key = (self.records, slug)
        if key not in known:
            known[key] = self.records(self).filter(slug=slug).first()
        return known[key]

    def to_representation(self, value: Any) -> str:
        """Return the slug."""
        return str(value.slug)


def _by_rule(parse: Callable[[str, str], Any], data: Any) -> Any:
    """Return what a rule reads from a text; its refusal becomes that of the field."""
    try:
        return parse(data if isinstance(data, str) else "", "")
    except RuleBroken as broken:
        raise serializers.ValidationError(str(broken.message), broken.code) from broken
