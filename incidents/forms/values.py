"""Values as people type them: days, times, counts and coordinates, in Western, Arabic or Persian digits."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.rules import timespans
from incidents.rules.numerals import western

_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_WHOLE = re.compile(r"[0-9]{1,9}")
_DEGREES = re.compile(r"([+-]?[0-9]{1,3}(?:[.][0-9]{1,12})?)(?:\s*[,;]\s*|\s+)([+-]?[0-9]{1,3}(?:[.][0-9]{1,12})?)")
LIKE_COORDINATES = re.compile(r"[-+0-9.,;\s°'\"NSEWnsew]*[0-9][-+0-9.,;\s°'\"NSEWnsew]*")


class DayField(forms.CharField):
    """A day as 2016-09-19 or 19/09/2016; slashes and points are read day first, as they are written where we work."""

    def clean(self, value: Any) -> date | None:
        """Return the day, or None."""
        text = western(str(super().clean(value) or "")).strip()
        if not text:
            return None
        if match := _DAY_FIRST.fullmatch(text):
            text = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
        try:
            return timespans.parse_day(text, "")
        except RuleBroken as error:
            raise ValidationError(_("Write the day as 19/09/2016 or 2016-09-19."), code="not_a_day") from error


class ClockField(forms.CharField):
    """A time of day as 18:20."""

    def clean(self, value: Any) -> Any:
        """Return the time, or None."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        try:
            return timespans.parse_clock(text, "")
        except RuleBroken as error:
            raise ValidationError(str(error.message), code=error.code) from error


class CountField(forms.CharField):
    """A number of people, zero or more. Left empty it is unknown, which is not zero."""

    def clean(self, value: Any) -> int | None:
        """Return the number, or None."""
        text = western(str(super().clean(value) or "")).strip()
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise ValidationError(_("Write a whole number, or leave it empty if it is unknown."), code="not_a_count")
        return int(text)


class EvidenceField(forms.CharField):
    """Text kept as it was received. Browsers send line ends as CR LF whatever was pasted, so those become LF again; nothing else changes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        """Return the text."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


def coordinates(text: str) -> tuple[Decimal, Decimal] | None:
    """Return latitude and longitude written as decimal degrees, or None where this is a name. Raise ValidationError for what is neither."""
    written = western(text).strip().replace("،", ",").replace("٫", ".")
    if match := _DEGREES.fullmatch(written):
        first, second = (Decimal(part).quantize(Decimal("0.000001")) for part in match.groups())
        return first, second
    if LIKE_COORDINATES.fullmatch(written):
        raise ValidationError(_("Write coordinates as decimal degrees, latitude first: 36.296, 37.190."), code="unread_coordinates")
    return None
