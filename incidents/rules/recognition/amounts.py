"""Numbers in words and digits, English and Arabic, with how they were hedged: at least, more than, up to, between."""

import re

_UNDER_TEN = "zero one two three four five six seven eight nine"
_UNDER_TWENTY = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL = f"{_UNDER_TEN} {_UNDER_TWENTY}".split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ENGLISH: dict[str, int] = {word: value for value, word in enumerate(_SMALL)} | {word: 20 + 10 * index for index, word in enumerate(_TENS)}
ENGLISH |= {f"{ten}{dash}{one}": ENGLISH[ten] + ENGLISH[one] for ten in _TENS for one in _SMALL[1:10] for dash in ("-", " ")}
ENGLISH |= {"a dozen": 12, "one dozen": 12, "two dozen": 24, "a hundred": 100, "one hundred": 100, "two hundred": 200, "half a dozen": 6}

# In plain letters: ta marbuta as ha, alef without hamza.
_UNITS = {
    1: "واحد واحده",
    2: "اثنان اثنين اثنتان اثنتين",
    3: "ثلاث ثلاثه",
    4: "اربع اربعه",
    5: "خمس خمسه",
    6: "ست سته",
    7: "سبع سبعه",
    8: "ثمان ثماني ثمانيه",
    9: "تسع تسعه",
    10: "عشر عشره",
}
_ARABIC_TENS = {20: "عشرون عشرين", 30: "ثلاثون ثلاثين", 40: "اربعون اربعين", 50: "خمسون خمسين", 60: "ستون ستين"}
_ARABIC_TENS |= {70: "سبعون سبعين", 80: "ثمانون ثمانين", 90: "تسعون تسعين", 100: "مئه مائه", 200: "مئتان مئتين مائتان مائتين"}
ARABIC: dict[str, int] = {word: value for value, words in (_UNITS | _ARABIC_TENS).items() for word in words.split()}
ARABIC |= {f"{unit} {ten}": value + 10 for value, units in _UNITS.items() for unit in units.split() for ten in ("عشر", "عشره") if value < 10}
ARABIC |= {"احد عشر": 11, "احدي عشره": 11, "اثنا عشر": 12, "اثني عشر": 12, "اثنتا عشره": 12, "اثنتي عشره": 12}
ARABIC |= {
    f"{unit} و{ten}": value + base
    for value, units in _UNITS.items()
    for unit in units.split()
    for base, tens in _ARABIC_TENS.items()
    for ten in tens.split()
    if value < 10 and base < 100
}
WORDS = ENGLISH | ARABIC

_BY_LENGTH = sorted(WORDS, key=len, reverse=True)
# A number in digits that is no part of a time, date, decimal or range of another kind.
NUMBER = (
    r"(?:(?<![0-9:/.,-])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9:/.,]*[0-9])|(?<![0-9:/.])[0-9]{1,6}(?![0-9]*[:/][0-9]|[0-9]|\.[0-9])|\b(?:"
    + "|".join(map(re.escape, _BY_LENGTH))
    + r")\b)"
)

_HEDGES: tuple[tuple[str, str], ...] = (
    ("least", r"at least|no fewer than|no less than|not less than|a minimum of|minimum of|(?:ب|و)?ما لا يقل عن|لا يقل عن|علي الاقل|علي اقل تقدير"),
    ("more", r"more than|over|upwards of|(?:ب|و)?اكثر من|ما يزيد عن|ما يزيد علي|ما يربو علي"),
    ("most", r"up to|as many as|at most|no more than|not more than|a maximum of|علي الاكثر|لا يزيد عن|ما لا يزيد عن|حتي|بحد اقصي"),
    ("about", r"about|around|some|approximately|roughly|nearly|almost|an estimated|حوالي|نحو|قرابه|ما يقارب|زهاء|تقريبا"),
)
HEDGE = "(?:" + "|".join(f"(?P<{{0}}{name}>{words})" for name, words in _HEDGES) + ")"


def amount(name: str) -> str:
    """Return a pattern for a number with its hedge, or a range of two, in groups whose names begin with `name`."""
    hedge = HEDGE.replace("{0}", name)
    # "3 and 5" are two numbers; "between 3 and 5" is one that is not known exactly.
    said = rf"(?:(?P<{name}between>between\s+|(?:ب|و)?ما بين\s+|بين\s+)|from\s+)?"
    between = rf"{said}(?P<{name}low>{NUMBER})\s*(?:-|to|or|الي|او|(?({name}between)(?:and|و)|(?!)))\s*(?P<{name}high>{NUMBER})"
    return rf"(?:{between}|(?:{hedge}\s+)?(?P<{name}one>{NUMBER}))"


def value(text: str) -> int:
    """Return the number that digits or words mean."""
    text = " ".join(text.split())
    return WORDS[text] if text in WORDS else int(text.replace(",", ""))


def bounds(found: re.Match[str], name: str) -> tuple[int | None, int | None] | None:
    """Return the lowest and highest number said, None for an end left open. None where a range runs backwards."""
    groups = found.groupdict()
    if groups[f"{name}low"]:
        low, high = value(groups[f"{name}low"]), value(groups[f"{name}high"])
        return (low, high) if low <= high else None
    number = value(groups[f"{name}one"])
    if groups[f"{name}least"]:
        return number, None
    if groups[f"{name}more"]:
        return number + 1, None
    if groups[f"{name}most"]:
        return None, number
    return number, number
