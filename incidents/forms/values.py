"""Values as people type them: days, times, counts and coordinates, in Western, Arabic or Persian digits."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.rules import coordinates, grids, timespans
from incidents.rules.coordinates import Reading
from incidents.rules.numerals import western

_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_WHOLE = re.compile(r"[0-9]{1,9}")
# Written with a degree sign, as two numbers with decimals, or with nothing but numbers, marks and compass letters: meant as coordinates.
_LIKE_COORDINATES = re.compile(r"[-+0-9.,;\s°'\"NSEWnsew]*[0-9][-+0-9.,;\s°'\"NSEWnsew]*|.*[0-9][.][0-9]{2,}.*[0-9][.][0-9]{2,}.*|.*[0-9]\s*°.*")


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


class MomentField(forms.CharField):
    """A day, perhaps with a time of day, as 2016-09-19 or 19/09/2016 18:20."""

    def clean(self, value: Any) -> timespans.Local | None:
        """Return the local time, or None."""
        text = " ".join(str(super().clean(value) or "").split())
        if not text:
            return None
        day, _blank, clock = text.partition(" ")
        return timespans.Local(DayField().clean(day) or date.min, ClockField(required=False).clean(clock))


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


def reading_of(text: str) -> Reading | None:
    """Return the coordinates written, as they were read, or None where this is a name. Raise ValidationError for what is neither."""
    try:
        return coordinates.parse(text, "place")
    except RuleBroken as error:
        if grids.looks_like(western(text)) or _LIKE_COORDINATES.fullmatch(western(text).strip().replace("،", ",").replace("٫", ".")):
            raise ValidationError(str(error.message), code=error.code) from error
    return None
