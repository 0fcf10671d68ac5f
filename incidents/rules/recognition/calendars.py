"""Days as people name them, in both sets of Arabic month names: absolute, by weekday, or counted from the day of posting."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_ENGLISH = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
MONTHS: dict[str, int] = {name: index for index, name in enumerate(_ENGLISH, 1)}
MONTHS |= {name[:3]: index for index, name in enumerate(_ENGLISH, 1)} | {"sept": 9}
# International and Levantine names, in plain letters.
for _number, _names in enumerate(
    (
        "يناير|كانون الثاني|كانون ثاني|جانفي",
        "فبراير|شباط|فيفري",
        "مارس|اذار",
        "ابريل|نيسان|افريل",
        "مايو|ايار|ماي",
        "يونيو|حزيران|يونيه",
        "يوليو|تموز|يوليه",
        "اغسطس|اب|اوت",
        "سبتمبر|ايلول",
        "اكتوبر|تشرين الاول|تشرين اول",
        "نوفمبر|تشرين الثاني|تشرين ثاني",
        "ديسمبر|كانون الاول|كانون اول",
    ),
    1,
):
    MONTHS |= dict.fromkeys(_names.split("|"), _number)

WEEKDAYS: dict[str, int] = {name: index for index, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
WEEKDAYS |= dict(zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], range(7), strict=True)) | {"tues": 1, "thurs": 3}
for _index, _names in enumerate(("الاثنين|الإثنين", "الثلاثاء", "الاربعاء", "الخميس", "الجمعه", "السبت", "الاحد")):
    WEEKDAYS |= dict.fromkeys(_names.split("|"), _index)


def _any(names: dict[str, int]) -> str:
    return "(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + ")"


MONTH, WEEKDAY = _any(MONTHS), _any(WEEKDAYS)
_NTH = r"(?:st|nd|rd|th)?"
_OR_SO = rf"(?:\s*[/(-]\s*{MONTH}\s*\)?)?"
_D = r"(?<![0-9.:/-])(?P<d>[0-3]?[0-9])"
_YEAR = r"(?:\s*,?\s+(?:عام |سنه )?(?P<y>(?:19|20)[0-9]{2}))?"

ISO = re.compile(r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})[-/](?P<m>[01]?[0-9])[-/](?P<d>[0-3]?[0-9])(?![0-9/])")
NUMERIC = re.compile(r"(?<![0-9/.-])(?P<d>[0-3]?[0-9])(?P<mark>[-/.])(?P<m>[0-3]?[0-9])(?P=mark)(?P<y>(?:19|20)[0-9]{2})(?![0-9/])")
SHORT = re.compile(r"(?<![0-9/.:-])(?P<d>[0-3]?[0-9])/(?P<m>[0-3]?[0-9])(?![0-9/])")
SPAN = re.compile(
    rf"(?:between\s+|from\s+|بين\s+|من\s+)?{_D}{_NTH}\s*(?:-|to|and|until|till|حتي|الي|"
    rf"و)\s*(?P<d2>[0-3]?[0-9]){_NTH}\s+(?:of\s+)?(?P<m>{MONTH}){_OR_SO}\b{_YEAR}"
)
SPAN_AFTER = re.compile(rf"\b(?P<m>{MONTH})\.?\s+(?P<d>[0-3]?[0-9]){_NTH}\s*(?:-|to|and|until)\s*(?P<d2>[0-3]?[0-9]){_NTH}(?![0-9:])\b{_YEAR}")
DAY_FIRST = re.compile(rf"{_D}{_NTH}\s*(?:of\s+|من\s+(?:شهر\s+)?|-\s*)?(?P<m>{MONTH}){_OR_SO}(?![^\W\d_])\.?{_YEAR}")
MONTH_FIRST = re.compile(rf"\b(?P<m>{MONTH})\.?\s+(?P<d>[0-3]?[0-9]){_NTH}(?![0-9:])\b{_YEAR}")
NAMED = re.compile(rf"\b(?P<last>last\s+|this\s+)?(?P<w>{WEEKDAY})\b(?P<past>\s+(?:الماضي|الفائت|المنصرم|الجاري|last))?")
AGO = re.compile(
    r"\b(?:(?P<n>[0-9]{1,2}|two|three|four|five|six|seven)\s+days\s+ago|(?:قبل|منذ)\s+(?:(?P<two>يومين)|(?P<a>[0-9]{1,2}|"
    r"ثلاثه|اربعه|خمسه|سته|سبعه)\s+ايام))"
)
_AR_NUMBERS = {"ثلاثه": 3, "اربعه": 4, "خمسه": 5, "سته": 6, "سبعه": 7}
_EN_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}

RELATIVE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (2, re.compile(r"\b(?:(?:the )?day before yesterday|(?:اول|قبل) (?:من )?(?:امس|البارحه)|اول البارحه)\b")),
    (1, re.compile(r"\b(?:yesterday|(?:يوم |ب|و|ل|لل)?(?:ال)?امس|(?:ال)?بارحه|last night|overnight on yesterday|ليل امس|ليله امس)\b")),
    (
        0,
        re.compile(
            r"\b(?:(?:since (?:the |early )?(?:dawn|morning)|منذ (?:ال)?(?:فجر|صباح)(?! (?:يوم |ال)\w))\b|today|tonight|"
            r"this (?:morning|afternoon|evening|noon|dawn)|(?<!هذه )(?<!حتي )(?:هذا )?(?:ال|و)?يوم(?! ال)(?<=اليوم)|(?:صباح|فجر|"
            r"ظهر|عصر|مساء|ليله|هذا) اليوم|هذا الصباح|هذا المساء|هذه الليله|الليله)\b"
        ),
    ),
)


@dataclass(frozen=True)
class Days:
    """A day, or from one to another, as some words say; `other` is what the same words mean if month and day are the other way round."""

    start: int
    end: int
    day: date
    last: date | None = None
    other: date | None = None
    weight: int = 2
    is_today: bool = False
    is_relative: bool = False


def absolute(plain: str, posted: date) -> list[Days]:
    """Return the dates written out, those without a year in the year before the posting."""
    found: list[Days] = []
    for pattern in (SPAN, SPAN_AFTER, ISO, NUMERIC, DAY_FIRST, MONTH_FIRST, SHORT):
        for match in pattern.finditer(plain):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            days = _short(match, posted) if pattern is SHORT else _numeric(match, posted) if pattern is NUMERIC else _named(match, posted)
            if days:
                found.append(days)
    return found


def relative(plain: str, posted: date) -> list[Days]:
    """Return the days named from the day of posting: yesterday, three days ago, Monday."""
    found: list[Days] = []
    for ago, pattern in RELATIVE:
        for match in pattern.finditer(plain):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found.append(Days(match.start(), match.end(), posted - timedelta(days=ago), is_today=not ago, is_relative=True))
    for match in AGO.finditer(plain):
        said = match["n"] or match["a"] or ""
        number = 2 if match["two"] else _EN_NUMBERS.get(said) or _AR_NUMBERS.get(said) or int(said)
        found.append(Days(match.start(), match.end(), posted - timedelta(days=number), is_relative=True))
    for match in NAMED.finditer(plain):
        back = (posted.weekday() - WEEKDAYS[match["w"]]) % 7
        is_last = bool((match["last"] or "").startswith("last") or match["past"])
        day = posted - timedelta(days=back or (7 if is_last else 0))
        found.append(Days(match.start(), match.end(), day, weight=1, is_relative=True))
    return found


def _named(match: re.Match[str], posted: date) -> Days | None:
    groups = match.groupdict()
    month = MONTHS.get(groups["m"]) or int(groups["m"])
    day = _day(groups.get("y"), month, int(groups["d"]), posted)
    last = _day(groups.get("y"), month, int(groups["d2"]), posted) if groups.get("d2") else None
    if day is None or (groups.get("d2") and (last is None or last < day)):
        return None
    return Days(match.start(), match.end(), day, last if last != day else None)


def _numeric(match: re.Match[str], posted: date) -> Days | None:
    return _either(match, match["y"], posted)


def _short(match: re.Match[str], posted: date) -> Days | None:
    # Two numbers with a slash are a date only if nothing but a date fits around them.
    return _either(match, None, posted)


def _either(match: re.Match[str], year: str | None, posted: date) -> Days | None:
    """Return a date of numbers, day first as it is written where we work; where the other order is possible too, with it beside."""
    one, two = int(match["d"]), int(match["m"])
    first, second = _day(year, two, one, posted), _day(year, one, two, posted)
    options = [day for day in dict.fromkeys((first, second)) if day and day <= posted]
    if not options:
        return None
    is_dotted = "." in match[0] or "-" in match[0]
    near = [day for day in options if (posted - day).days <= 31]
    if len(options) == 1 or is_dotted:
        return Days(match.start(), match.end(), options[0])
    if len(near) == 1:
        return Days(match.start(), match.end(), near[0])
    return Days(match.start(), match.end(), options[0], other=options[1])


def _day(year: str | None, month: int, day: int, posted: date) -> date | None:
    """Return the day; without a year the latest one that is not after the posting."""
    try:
        if year:
            return date(int(year), month, day)
        this = date(posted.year, month, day)
        return this if this <= posted else date(posted.year - 1, month, day)
    except ValueError:
        return None
