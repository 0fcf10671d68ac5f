"""Times of day as people write them: 18:20, 6:20 pm, 0630h, الساعة السادسة والنصف مساءً, at noon, three hours ago."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from incidents.rules.timespans import PartOfDay

_HOURS = ["الواحده", "الثانيه", "الثالثه", "الرابعه", "الخامسه", "السادسه", "السابعه", "الثامنه", "التاسعه", "العاشره"]
HOURS: dict[str, int] = {word: index for index, word in enumerate(_HOURS, 1)}
HOURS |= {"الحاديه عشره": 11, "الحاديه عشر": 11, "الثانيه عشره": 12, "الثانيه عشر": 12}
_SPELT = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
SPELT: dict[str, int] = {word: index for index, word in enumerate(_SPELT, 1)}
_HOUR_WORD = "(?:" + "|".join(sorted(HOURS, key=len, reverse=True)) + ")"
_SPELT_WORD = "(?:" + "|".join(_SPELT) + ")"

_PM = r"(?:p\.?m\b\.?|(?:in the |this |yesterday )?(?:afternoon|evening)|at night|tonight|مساء\w*|بعد (?:ال)?ظهر\w*|عصرا|ليلا|العصر|ظهرا|م\b)"
_AM = r"(?:a\.?m\b\.?|(?:in the |this |yesterday )?morning|at dawn|صباح\w*|فجرا|فجر|ص\b|قبل (?:ال)?ظهر)"
_HALF = rf"(?:\s*(?:من\s+)?(?:(?P<{{0}}_morning>{_AM})|(?P<{{0}}_later>{_PM})))?"
_FRACTION = (
    r"(?:\s+(?P<{0}_part>والنصف|ونصف|والربع|وربع|الا ربعا|الا ربع|الا الربع|والثلث|وثلث|وخمس دقائق|وعشر دقائق|و(?P<{0}_more>[0-9]{{1,2}}) دقيقه))?"
)


def _clock(name: str) -> str:
    digits = (
        rf"(?P<{name}_hour>[0-2]?[0-9])(?:[:.](?P<{name}_minute>[0-5][0-9])|\s?h(?P<{name}_french>[0-5][0-9]))?"
        r"(?::[0-5][0-9])?(?![0-9:/])(?!\.[0-9])"
    )
    return rf"(?:{digits}|(?P<{name}_word>{_HOUR_WORD}))" + _FRACTION.format(name) + _HALF.replace("{0}", name)


_AT = (
    r"(?:\b(?:at|around|about|by|approximately|circa|from|since|before|after)\s+(?:about\s+|around\s+|approximately\s+)?|"
    r"(?:و|ب|ف)?(?:ال)?ساعه\s+(?:ال)?|(?:عند|في|حوالي|نحو|قرابه)\s+(?:ال)?(?:ساعه\s+)(?:ال)?)"
)
_O = r"(?:\s*(?:local time|hrs|hours|o'clock|hr|h\b|بالتوقيت المحلي|بتوقيت \w+))?"
RANGE = re.compile(
    rf"(?:\b(?:between|from)\s+|(?:ما )?بين\s+|من\s+)?(?:(?:ال)?ساعه\s+(?:ال)?)?(?<![0-9./:-]){_clock('a')}{_O}\s*(?:-|to|"
    rf"and|until|till|حتي|الي|و)\s*(?:(?:ال)?ساعه\s+)?{_clock('b')}{_O}"
)
POINT = re.compile(rf"(?P<lead>{_AT})?(?<![0-9./:-]){_clock('a')}{_O}")
MILITARY = re.compile(r"(?<![0-9:])(?P<h>[01][0-9]|2[0-3])(?P<m>[0-5][0-9])\s?(?:h\b|hrs\b|hours\b|l\b|local\b)")
HALF_PAST = re.compile(rf"\b(?P<f>half past|quarter past|quarter to)\s+(?P<h>[0-9]{{1,2}}|{_SPELT_WORD})\b{_HALF.replace('{0}', 'a')}")
SPELT_OUT = re.compile(
    rf"\b(?:at|around|about)\s+(?P<h>{_SPELT_WORD})(?:\s+o'clock)?\s*(?:in the\s+)?(?:(?P<am>morning|a\.?m\b)|"
    rf"(?P<pm>afternoon|evening|p\.?m\b|at night))"
)
NOON = re.compile(r"\b(?:at noon|at midday|at mid-day|12 noon)\b|(?:عند|في) منتصف النهار|\bعند الظهيره\b")
MIDNIGHT = re.compile(r"\b(?:at midnight)\b|(?:عند|في) منتصف الليل")
HOURS_AGO = re.compile(
    r"\b(?:(?P<n>[0-9]{1,2}|an|one|two|three|four|five|six)\s+hours?\s+ago|(?:قبل|منذ)\s+(?:(?P<one>ساعه(?: واحده)?)|"
    r"(?P<two>ساعتين)|(?P<a>[0-9]{1,2}|ثلاث|اربع|خمس|ست)\s+ساعات))\b"
)
_COUNT = {"an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ثلاث": 3, "اربع": 4, "خمس": 5, "ست": 6}
PARTS: tuple[tuple[PartOfDay, re.Pattern[str]], ...] = (
    (PartOfDay.NIGHT, re.compile(r"\b(?:dawn|before dawn|pre-dawn|فجر\w*|الفجر|before sunrise)\b")),
    (PartOfDay.MORNING, re.compile(r"\b(?:mornings?|صباح\w*|الصباح|ضحي)\b")),
    (PartOfDay.AFTERNOON, re.compile(r"\b(?:afternoon|noon|midday|ظهر\w*|الظهر|عصر\w*|العصر|بعد الظهر)\b")),
    (PartOfDay.EVENING, re.compile(r"\b(?:evening|tonight|مساء\w*|المساء|الليله)\b")),
)


@dataclass(frozen=True)
class Clock:
    """A time of day, perhaps until another; `other` is the same time twelve hours on, where the words do not say which."""

    start: int
    end: int
    at: time
    until: time | None = None
    other: time | None = None
    is_marked: bool = True
    is_about: bool = False


def clocks(plain: str) -> list[Clock]:
    """Return the times of day in a text; of readings that overlap the longer one."""
    found: list[Clock] = []

    def add(clock: Clock | None) -> None:
        if clock and not any(clock.start < one.end and one.start < clock.end for one in found):
            found.append(clock)

    for match in RANGE.finditer(plain):
        add(_range(match))
    for match in MILITARY.finditer(plain):
        add(Clock(match.start(), match.end(), time(int(match["h"]), int(match["m"]))))
    for match in HALF_PAST.finditer(plain):
        add(_half_past(match))
    for match in SPELT_OUT.finditer(plain):
        add(Clock(match.start(), match.end(), time(SPELT[match["h"]] % 12 + (12 if match["pm"] else 0))))
    for match in POINT.finditer(plain):
        add(_point(match))
    for pattern, at in ((NOON, time(12)), (MIDNIGHT, time(0))):
        for match in pattern.finditer(plain):
            add(Clock(match.start(), match.end(), at))
    return found


def hours_ago(plain: str, posted: datetime) -> list[tuple[int, int, datetime]]:
    """Return where the text counts hours back from the posting, and to when."""
    found = []
    for match in HOURS_AGO.finditer(plain):
        said = match["n"] or match["a"] or ""
        number = 1 if match["one"] else 2 if match["two"] else _COUNT.get(said) or int(said)
        found.append((match.start(), match.end(), posted - timedelta(hours=number)))
    return found


_AT_ENDS = re.compile(r"^\s*(?:local|on\b|in the|yesterday|today|this|,|\.|$|o'clock|hrs|hours|mon|tue|wed|thu|fri|sat|sun)")


def _point(match: re.Match[str]) -> Clock | None:
    """Return the time. A bare number is one only after "at" or الساعة, or with a half of the day: "36.2" and "about 20" are none."""
    groups, lead = match.groupdict(), match["lead"] or ""
    is_halved = bool(groups["a_morning"] or groups["a_later"])
    is_hour = "ساعه" in lead
    if groups["a_word"]:
        if not (is_hour or is_halved or groups["a_part"]):
            return None
    elif not is_halved and not is_hour and not groups["a_french"]:
        has_colon = bool(groups["a_minute"]) and match.string[match.end("a_hour")] == ":"
        is_at = bool(re.match(r"(?:at|around|by|about)\s", lead))
        if not has_colon and not (is_at and _AT_ENDS.match(match.string[match.end() :])):
            return None
    read = _times(groups, "a")
    about = bool(re.search(r"around|about|حوالي|نحو|قرابه|approx|circa", match[0]))
    return Clock(match.start(), match.end(), read[0], other=read[1], is_about=about) if read else None


def _range(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    has_colon = ":" in match[0]
    is_halved = bool(groups["b_morning"] or groups["b_later"])
    if not (has_colon or is_halved or "ساعه" in match[0] or (groups["a_word"] and groups["b_word"])):
        return None
    one, two = _times(groups, "a", "b"), _times(groups, "b")
    if one is None or two is None:
        return None
    if one[1] and two[1]:
        # Both halves open: the later times stand as the other reading of the first.
        return Clock(match.start(), match.end(), one[0], until=two[0], other=one[1])
    return Clock(match.start(), match.end(), one[0], until=two[0])


def _half_past(match: re.Match[str]) -> Clock | None:
    hour = SPELT.get(match["h"]) or int(match["h"])
    minutes = {"half past": 30, "quarter past": 15, "quarter to": -15}[match["f"]]
    read = _halved(hour, 0, match["a_morning"], match["a_later"])
    if read is None:
        return None
    return Clock(match.start(), match.end(), _later(read[0], minutes), other=_later(read[1], minutes) if read[1] else None)


def _times(groups: dict[str, str | None], name: str, then: str = "") -> tuple[time, time | None] | None:
    """Return the time in the groups of this name, and the other half of the day's where it is open. `then`: whose half holds for both."""
    word, digits = groups[f"{name}_word"], groups[f"{name}_hour"]
    hour = HOURS[word] if word else int(digits or 0)
    minute = groups[f"{name}_minute"] or groups[f"{name}_french"]
    morning, later = groups[f"{name}_morning"], groups[f"{name}_later"]
    if then and not morning and not later:
        morning, later = groups[f"{then}_morning"], groups[f"{then}_later"]
    # Two digits and minutes are how a clock of 24 hours is written.
    read = _halved(hour, int(minute or 0), morning, later, is_whole=bool(digits and len(digits) == 2 and minute))
    if read is None:
        return None
    extra = _extra(groups, name)
    return _later(read[0], extra), _later(read[1], extra) if read[1] else None


def _halved(hour: int, minute: int, morning: str | None, later: str | None, is_whole: bool = False) -> tuple[time, time | None] | None:
    """Return the time on a clock of 24 hours; where nothing says which half of the day is meant, both."""
    if hour > 23 or minute > 59:
        return None
    if morning:
        return time(hour % 12 if hour <= 12 else hour, minute), None
    if later:
        # Midnight is written 12 at night; one and two at night are after it.
        is_night = "ليل" in later or "night" in later
        if is_night and (hour == 12 or hour < 5):
            return time(hour % 12, minute), None
        return time(hour + 12 if hour < 12 else hour, minute), None
    if hour == 0 or hour >= 12 or is_whole:
        return time(hour, minute), None
    return time(hour, minute), time(hour + 12, minute)


def _extra(groups: dict[str, str | None], name: str) -> int:
    said = groups[f"{name}_part"] or ""
    if groups[f"{name}_more"]:
        return int(groups[f"{name}_more"] or 0)
    if "الا" in said:
        return -15
    table = {"نصف": 30, "ربع": 15, "ثلث": 20, "خمس": 5, "عشر": 10}
    return next((minutes for word, minutes in table.items() if word in said), 0)


def _later(at: time, minutes: int) -> time:
    total = (at.hour * 60 + at.minute + minutes) % 1440
    return time(total // 60, total % 60)
