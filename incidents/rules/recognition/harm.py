"""How many people a text says were killed, wounded, missing or detained. "Dozens" is no number; "no casualties" is zero; silence is neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from incidents.rules.recognition.amounts import NUMBER, amount, bounds, value
from incidents.rules.recognition.readings import LIKELY, SURE, WEAK, Count, Reading
from incidents.rules.recognition.words import Text, compiled

KILLED, WOUNDED, MISSING, DETAINED = "killed", "wounded", "missing", "detained"

_PEOPLE = (
    r"(?:civilians?|people|persons?|children|child|women|woman|men|man|boys?|girls?|soldiers?|fighters?|rebels?|members?|"
    r"others?|residents?|farmers?|fathers?|mothers?|sons?|daughters?|students?|pupils?|workers?|volunteers?|drivers?|"
    r"medics?|doctors?|nurses?|patients?|shepherds?|worshippers?|displaced|servicemen|troops|militants?|gunmen|villagers?|"
    r"passengers?|aid workers?|staff|teachers?|fishermen|fisherman|family members?|relatives?|victims?|of them|more|"
    r"infants?|paramedics?|elderly|journalists?|teenagers?|policem[ae]n|guards?|family|mother|father)"
)
_DESCRIBED = (
    rf"(?:\s+(?:young|other|more|local|displaced|innocent|unarmed|elderly|government|rebel|syrian|army|aid|red crescent|"
    rf"of the|of his|of their|pro-government|houthi|opposition|allied|yemeni)){{0,3}}(?:\s+{_PEOPLE}){{0,2}}"
)
_BE = (
    r"(?:\s+(?:was|were|have been|has been|had been|are|is|being|reportedly|also|later|confirmed|reported|left|believed|"
    r"said to (?:be|have been)|been)){0,3}"
)
_DEAD = r"(?:killed|dead|died|slain|shot dead|lost their lives|martyred|deaths?|fatalities|martyrs?|kills|killing|kill|fatally \w+)"
_HURT = r"(?:wounded|injured|hurt|wounding|injuring|injuries|casualties hurt|wounds|maimed)"
_GONE = r"(?:missing|unaccounted for|disappeared)"
_TAKEN = r"(?:detained|arrested|abducted|kidnapped|taken hostage)"
_TAKING = (
    r"(?:detain(?:ed|ing|s)|arrest(?:ed|ing|s)|abduct(?:ed|ing|s)|kidnap(?:ped|ping|s)|(?:detention|arrest|abduction|kidnapping)s? of|took hostage)"
)
_COUNT = amount("n")
# "Detained 3 days ago" counts no people.
_NO_SPAN = (
    r"(?!\s*(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|times?|%|"
    r"دقي\w+|ساع\w+|يوم\w*|ايام|اسبوع\w*|اسابيع|شهر\w*|اشهر|سن\w+))"
)
_DEATHS, _INJURIES = r"(?:deaths|fatalities|martyrs|dead)", r"(?:injuries|wounded|injured)"
_TOLL = rf"(?:death toll|number of (?:dead|deaths|martyrs)|toll)(?:\W+\w+){{0,5}}?\W+(?:to|at|is|of|reached|stands at)\s+{_COUNT}"

_ENGLISH: tuple[tuple[str, str, float], ...] = (
    (KILLED, rf"{_TOLL}", LIKELY),
    (KILLED, rf"{_COUNT}\s+{_DEATHS}\b", SURE),
    (WOUNDED, rf"{_COUNT}\s+{_INJURIES}\b", SURE),
    (KILLED, rf"{_COUNT}{_DESCRIBED}{_BE}\s+{_DEAD}\b", SURE),
    (WOUNDED, rf"{_COUNT}{_DESCRIBED}{_BE}\s+{_HURT}\b", SURE),
    (WOUNDED, rf"{_COUNT}{_DESCRIBED}\s+(?:suffered|sustained|with|received)(?:\s+\w+){{0,2}}?\s+(?:injuries|wounds|burns)", SURE),
    (
        KILLED,
        rf"\b(?:killed|killing|kills|kill|claimed the lives? of|killing of|death of|deaths of|dead:?|killed:|martyrdom of)\s+(?:the\s+)?{_COUNT}",
        SURE,
    ),
    (
        WOUNDED,
        rf"\b(?:wounded|wounding|wounds|injured|injuring|injures|injured:|wounded:|injury of|injury to|injuries to|hurt|"
        rf"hurting)\s+(?:the\s+)?{_COUNT}",
        SURE,
    ),
    (KILLED, rf"\b(?:left|leaving|leaves)\s+{_COUNT}{_DESCRIBED}\s+dead", SURE),
    (WOUNDED, rf"\b(?:left|leaving|leaves)(?:\W+\w+){{0,6}}?\s+{_COUNT}{_DESCRIBED}\s+(?:wounded|injured)", SURE),
    (KILLED, rf"\b{_COUNT}\s+(?:people\s+|civilians\s+)?(?:dead|killed)\b", SURE),
    (MISSING, rf"{_COUNT}{_DESCRIBED}{_BE}\s+{_GONE}\b", SURE),
    (DETAINED, rf"{_COUNT}{_DESCRIBED}{_BE}\s+{_TAKEN}\b", SURE),
    (DETAINED, rf"\b{_TAKING}\s+(?:the\s+)?{_COUNT}{_NO_SPAN}", SURE),
)
_ONE = r"(?:a|an|one)\s+(?:[\w-]+\s+){0,2}?" + _PEOPLE
_ENGLISH_ONE: tuple[tuple[str, str], ...] = (
    (KILLED, rf"\b{_ONE}(?:\s+\w+){{0,4}}?\s+(?:was|is|has been|were|reportedly)?\s*(?:killed|dead|died|shot dead)\b"),
    (WOUNDED, rf"\b{_ONE}(?:\s+\w+){{0,4}}?\s+(?:was|is|has been|reportedly)?\s*(?:wounded|injured|hurt)\b"),
    (KILLED, rf"\b(?:killed|killing|kills|shot dead|death of|left)\s+{_ONE}\b(?!\s+(?:wounded|injured))"),
    (WOUNDED, rf"\b(?:wounded|wounding|wounds|injured|injuring|injures|hurt)\s+{_ONE}\b"),
    (MISSING, rf"\b{_ONE}(?:\s+(?:was|is|has been|went|reported|remains|still)){{1,2}}\s+{_GONE}\b"),
    (DETAINED, rf"\b{_ONE}(?:\s+(?:was|is|has been|were|reportedly)){{1,2}}\s+{_TAKEN}\b"),
    (DETAINED, rf"\b{_TAKING}\s+{_ONE}\b"),
)

_AR_PEOPLE = (
    r"(?:ال)?(?:اشخاص|شخصا|شخص|مدنيين|مدنيا|مدني|مدنيون|اطفال|طفلا|طفل|نساء|امراه|رجال|رجلا|رجل|عناصر|عنصرا|عنصر|جنود|"
    r"جنديا|جندي|مقاتلين|مقاتلا|مقاتل|اخرين|اخرون|عمال|عاملا|متطوعين|متطوعا|مواطنين|مواطنا|مواطن|مزارعين|مزارعا|طلاب|"
    r"طالبا|مسلحين|مسلحا|منهم|تلاميذ|تلميذا|مسعفين|مسعفا|ضحايا|ضحيه|نازحين|نازحا|سائقين)"
)
_AR_DEAD_NOUN = r"(?:شهداء|شهيدا|شهيد|شهيده|قتلي|قتيلا|قتيل|وفيات|ضحايا)"
_AR_HURT_NOUN = r"(?:جرحي|جريحا|جريح|جريحه|مصابين|مصابا|مصابون|مصاب|اصابات|اصابه|جرحا)"
_AR_DEAD = (
    r"(?:(?:و|ف|ب|ل)?(?:ال)?(?:مقتل|استشهاد|استشهد\w*|قتل\w*|وفاه|مصرع|قضي|سقوط|راح ضحيت\w*|اودي بحياه|اودت بحياه|ارتقي|ارتقاء|يقتل|حصيله القتلي))"
)
_AR_HURT = r"(?:(?:و|ف|ب|ل)?(?:ال)?(?:اصابه|اصيب\w*|جرح|اصابت|جرحت|جرحوا|باصابه|بجروح|اصاب))"
_AR_GONE = r"(?:مفقودين|مفقودون|مفقودا|مفقود)"
_AR_LOSS = r"(?:(?:و|ف|ب|ل)?(?:فقدان|اختفاء))"
_AR_TAKE = r"(?:(?:و|ف|ب|ل)?(?:اعتقال|اعتقل\w*|احتجاز|احتجز\w*|اختطاف|اختطف\w*|خطف|خطفت|خطفوا|توقيف))"
_ARABIC: tuple[tuple[str, str, float], ...] = (
    (KILLED, rf"{_COUNT}\s+(?:{_AR_PEOPLE}\s+)?{_AR_DEAD_NOUN}\b", SURE),
    (WOUNDED, rf"{_COUNT}\s+(?:{_AR_PEOPLE}\s+)?{_AR_HURT_NOUN}\b", SURE),
    (KILLED, rf"\b{_AR_DEAD}\s+{_COUNT}(?!\s*(?:{_AR_PEOPLE}\s+)?{_AR_HURT_NOUN})", SURE),
    (WOUNDED, rf"\b{_AR_HURT}\s+{_COUNT}", SURE),
    (WOUNDED, rf"{_COUNT}\s+(?:{_AR_PEOPLE}\s*){{1,2}}\s*(?:بجروح|اصيبوا|جرحوا)", SURE),
    (KILLED, rf"{_COUNT}\s+(?:{_AR_PEOPLE}\s*){{1,2}}\s*(?:قتلوا|استشهدوا)", SURE),
    (MISSING, rf"{_COUNT}\s+(?:{_AR_PEOPLE}\s+)?(?:(?:ما زالوا|لا يزالون|في عداد)\s+)?(?:ال)?{_AR_GONE}\b", SURE),
    (MISSING, rf"\b{_AR_LOSS}\s+{_COUNT}\s+{_AR_PEOPLE}", SURE),
    (DETAINED, rf"\b{_AR_TAKE}\s+{_COUNT}{_NO_SPAN}", SURE),
    (DETAINED, rf"\b{_AR_TAKE}(?:\s+(?!يوم|في|منذ|قبل|الساعه)[^\W\d]+){{1,3}}?\s+{_COUNT}\s+{_AR_PEOPLE}", LIKELY),
)
# A number of one or two that Arabic says with the noun alone. مدنيين is both two civilians and many: it is not read.
_AR_TWO = (
    r"(?:ال)?(?:شخصان|شخصين|مدنيان|طفلان|طفلين|رجلان|رجلين|امراتان|امراتين|عنصران|عنصرين|جنديان|جنديين|مقاتلان|"
    r"مقاتلين اثنين|شقيقان|شقيقين|شابان|شابين|عاملان|عاملين|متطوعان|متطوعين اثنين|مدنيين اثنين|مواطنان|سائقان|سائقين|"
    r"مسعفان|فتاتان|فتاتين|سيدتان|مريضان|مريضين|تلميذان|تلميذين|ممرضان|ممرضتان|ممرضين|سيدتين)"
)
_AR_ONE = (
    r"(?:مدني|شخص|طفل|طفله|امراه|رجل|جندي|عنصر|مقاتل|شاب|شابه|مواطن|سيده|متطوع|عامل|مسعف|تلميذ|تلميذه|ممرض|ممرضه|طبيب|"
    r"طبيبه|مريض|معلم|معلمه|سائق|مزارع|فتاه|طالب|راعي|مسن|صحفي)"
)
_ARABIC_ONE: tuple[tuple[str, str, int], ...] = (
    (KILLED, r"(?:شهيدان|شهيدين|قتيلان|قتيلين)", 2),
    (WOUNDED, r"(?:جريحان|جريحين|مصابان|اصابتان|اصابتين)", 2),
    (KILLED, rf"{_AR_DEAD}\s+{_AR_TWO}", 2),
    (WOUNDED, rf"{_AR_HURT}\s+{_AR_TWO}", 2),
    (KILLED, rf"{_AR_DEAD}\s+{_AR_ONE}(?!\s+(?:و|الي|او|حتي))(?: واحد| واحده)?", 1),
    (WOUNDED, rf"{_AR_HURT}\s+{_AR_ONE}(?!\s+(?:و|الي|او|حتي))(?: واحد| واحده)?", 1),
    (KILLED, r"(?:و|ب|ف)?(?:شهيد|شهيده|قتيل)(?: واحد| واحده)", 1),
    (WOUNDED, r"(?:و|ب|ف)?(?:جريح|جريحه|مصاب)(?: واحد| واحده)", 1),
    (KILLED, r"(?:سقوط|ارتقاء|ارتقي|سقط)\s+(?:شهيد|قتيل)", 1),
    (WOUNDED, r"(?:سقوط|سقط)\s+(?:جريح|مصاب)", 1),
    (MISSING, rf"{_AR_LOSS}\s+{_AR_TWO}", 2),
    (MISSING, rf"{_AR_LOSS}\s+{_AR_ONE}(?!\s+(?:و|الي|او|حتي))(?: واحد| واحده)?", 1),
    (DETAINED, rf"{_AR_TAKE}\s+{_AR_TWO}", 2),
    (DETAINED, rf"{_AR_TAKE}\s+{_AR_ONE}(?!\s+(?:و|الي|او|حتي))(?: واحد| واحده)?", 1),
)

_EN_ONE_OF = rf"(?:(?:an?|his|her|their|{NUMBER})\s+(?:[\w-]+\s+)?{_PEOPLE})"
_AR_ONE_OF = rf"(?:{NUMBER}\s+{_AR_PEOPLE}|{_AR_TWO}|{_AR_ONE})"

_DONE = {KILLED: (_DEAD, _AR_DEAD), WOUNDED: (_HURT, _AR_HURT), MISSING: (_GONE, _AR_LOSS), DETAINED: (_TAKEN, _AR_TAKE)}

_NO_CASUALTIES = re.compile(
    r"\b(?:no casualties|without (?:any )?casualties|no (?:human |civilian )?losses|no one was (?:hurt|harmed)|"
    r"nobody (?:was )?(?:hurt|harmed)|no one (?:hurt|harmed)|caused no casualties|no deaths or injuries|"
    r"no dead or (?:wounded|injured)|no one (?:was )?killed or (?:wounded|injured)|nobody (?:was )?killed or (?:wounded|"
    r"injured))\b"
    r"|(?:دون|بدون|بلا|لم تقع|لم يسفر عن|لا توجد|لا|لم تسفر عن|من دون|ولا) (?:وقوع |تسجيل |اي |سقوط |"
    r"حدوث )*(?:خسائر بشريه|ضحايا|خسائر في الارواح|قتلي او جرحي|شهداء او جرحي|خسائر)"
)
_NONE = {
    KILLED: re.compile(
        r"\b(?:no (?:one|body) (?:was |were )?(?:killed|died)|no (?:deaths|fatalities|dead|one died)|"
        r"nobody (?:was )?(?:killed|died)|without (?:deaths|fatalities))\b|(?:دون|بدون|لا|بلا|ولا) (?:وقوع |سقوط |تسجيل |"
        r"اي )*(?:قتلي|شهداء|وفيات)"
    ),
    WOUNDED: re.compile(
        r"\b(?:no (?:one|body) (?:was |were )?(?:wounded|injured|hurt)|no (?:injuries|wounded|injured)|"
        r"nobody (?:was )?(?:wounded|injured|hurt)|without injuries)\b|(?:دون|بدون|لا|بلا|ولا|لم تسجل|لم تقع) (?:وقوع |سقوط |"
        r"تسجيل |اي |حدوث )*(?:اصابات|جرحي|اصابه)"
    ),
}
# Reported so far, or not known: silence, and no zero.
_UNREPORTED = re.compile(r"^\W*(?:\w+\W+){0,2}?(?:reported|known|recorded|confirmed|so far|yet|immediate|reports)\b|^\W*(?:حتي الان|حتي اللحظه|بعد)")
_NO_REPORT = re.compile(r"(?:no (?:immediate )?(?:reports?|word|information|details)|unknown|unclear|لم ترد|لا معلومات|ولم ترد)\W+(?:\w+\W+){0,3}$")
# Who comes back is told of in the same words as who is taken or lost.
_BACK = re.compile(
    r"\b(?:releas\w+|freed|freeing|exchang\w+|swap\w*|handed over|ransom\w*|found|returned|rescued|recovered)\b"
    r"|افراج|افرج|سراح|تبادل|العثور|عثر|تحرير"
)
_LEAST_AFTER = re.compile(r"^\s+(?:\w+ )?علي الاقل\b|^\s+at least\b(?=\W*(?:[.,;]|$))")
_MOST_AFTER = re.compile(r"^\s+(?:\w+ )?علي الاكثر\b|^\s+at most\b(?=\W*(?:[.,;]|$))")
_OTHER_TIME = re.compile(
    r"\b(?:since|in total|total of|this week|last week|so far this|over the past|during the truce|since the start|"
    r"منذ بدايه|منذ بدء|خلال الاسبوع|حصيله|اجمالي|بالمجمل)\b"
)


@dataclass(frozen=True)
class _Stated:
    start: int
    end: int
    count: Count
    confidence: float


def read(text: Text) -> list[Reading]:
    """Return what is said of each kind of harm; where two numbers are said of one, both as alternatives and neither as value."""
    found = []
    for kind in (KILLED, WOUNDED, MISSING, DETAINED):
        told = list(_stated(text, kind)) if kind in _NONE else [one for one in _stated(text, kind) if not _is_back(text, one)]
        stated = list(_apart(told))
        if not stated:
            continue
        counts = tuple(dict.fromkeys(one.count for one in stated))
        first = stated[0]
        start, end = text.at[first.start], text.after(first.end)
        if len(counts) > 1:
            found.append(Reading(kind, start, end, None, WEAK, counts))
        else:
            found.append(Reading(kind, start, end, first.count, first.confidence))
    return found


def _stated(text: Text, kind: str) -> Iterator[_Stated]:
    for side, pattern, confidence in (*_ENGLISH, *_ARABIC):
        if side == kind:
            for match in compiled(pattern).finditer(text.plain):
                read = bounds(match, "n")
                if read and not _is_other(text, match):
                    after = text.plain[match.end() :]
                    read = (read[0], None) if _LEAST_AFTER.match(after) else (None, read[1]) if _MOST_AFTER.match(after) else read
                    yield _Stated(match.start(), match.end(), Count(*read), confidence)
    for side, pattern in _ENGLISH_ONE:
        if side == kind:
            yield from (_Stated(m.start(), m.end(), Count(1, 1), LIKELY) for m in compiled(pattern).finditer(text.plain) if _is_alone(text, m))
    for side, pattern, number in _ARABIC_ONE:
        if side == kind:
            found = compiled(rf"(?<![0-9\w])(?<![0-9] )(?:و|ف|ب|ل)?{pattern}(?!\w)").finditer(text.plain)
            yield from (_Stated(m.start(), m.end(), Count(number, number), LIKELY) for m in found if not _is_other(text, m))
    yield from _listed(text, kind)
    for nothing in (_NO_CASUALTIES, _NONE[kind]) if kind in _NONE else ():
        for match in nothing.finditer(text.plain):
            first, last = text.sentence_at(match.start())
            if not _UNREPORTED.match(text.plain[match.end() : last]) and not _NO_REPORT.search(text.plain[first : match.start()]):
                yield _Stated(match.start(), match.end(), Count(0, 0), LIKELY)


def _listed(text: Text, kind: str) -> Iterator[_Stated]:
    """Yield the people counted one after another, "a nurse and two patients", as the number they are together; "one to three" as a range."""
    done = _DONE[kind]
    patterns = (
        (_EN_ONE_OF, rf"\b(?P<all>{_EN_ONE_OF}(?:\s*,\s*{_EN_ONE_OF})*,?\s+and\s+{_EN_ONE_OF}){_BE}\s+{done[0]}\b"),
        (
            _EN_ONE_OF,
            rf"\b(?:killed|killing)\s+(?P<all>{_EN_ONE_OF}(?:\s*,\s*{_EN_ONE_OF})*,?\s+and\s+{_EN_ONE_OF})\b(?!\s+(?:were |was )?(?:wounded|injured))"
            if kind == KILLED
            else r"(?P<all>$^)",
        ),
        (_AR_ONE_OF, rf"(?<!\w){done[1]}\s+(?P<all>{_AR_ONE_OF}(?:\s+و{_AR_ONE_OF})+)(?!\w)"),
    )
    for each, pattern in patterns:
        for match in compiled(pattern).finditer(text.plain):
            numbers = [_number(one) for one in compiled(rf"(?<!\w)و?({each})(?!\w)").findall(match["all"])]
            yield _Stated(match.start(), match.end(), Count(sum(numbers), sum(numbers)), LIKELY)
    for match in compiled(rf"(?<!\w){done[1]}\s+{_AR_ONE}\s+(?:الي|او)\s+(?P<high>{NUMBER})").finditer(text.plain):
        yield _Stated(match.start(), match.end(), Count(1, value(match["high"])), LIKELY)


def _number(said: str) -> int:
    """Return how many people one part of a list is: a number, two in the dual, or one."""
    if number := compiled(NUMBER).search(said):
        return value(number[0])
    return 2 if compiled(_AR_TWO).fullmatch(said) else 1


def _is_other(text: Text, match: re.Match[str]) -> bool:
    """Return whether the number is a total of another time, or part of a larger one: "among them 3 children"."""
    first, last = text.sentence_at(match.start())
    before = text.plain[first : match.start()]
    if re.search(r"(?:including|among them|of whom|of them|among whom|بينهم|منهم|من بينهم|بينها)\W*$", before):
        return True
    return bool(_OTHER_TIME.search(text.plain[max(first, match.start() - 60) : min(last, match.end() + 30)]))


def _is_back(text: Text, stated: _Stated) -> bool:
    """Return whether the sentence tells of people set free or found again."""
    first, last = text.sentence_at(stated.start)
    return bool(_BACK.search(text.plain[first:last]))


def _is_alone(text: Text, match: re.Match[str]) -> bool:
    """Return whether "a child" is all that is counted: not "a child and three men", not "including a child"."""
    first, last = text.sentence_at(match.start())
    before, after = text.plain[first : match.start()], text.plain[match.end() : last]
    if re.search(r"(?:including|among them|and|of whom|(?:people|civilians|persons),)\W+$", before) or re.match(
        rf"^\W*(?:and|,)\s+(?:{NUMBER}|a|an|his|her|two)\s+(?!(?:\w+\s+){{0,3}}?(?:wounded|injured|injuring|wounding))", after
    ):
        return False
    return not re.search(r"\band\b", match[0]) and not re.search(r"\b(?:denied|deny|not)\b", before[-40:])


def _apart(stated: list[_Stated]) -> Iterator[_Stated]:
    """Yield what is stated in different words: of two readings of the same words the longer one counts."""
    kept: list[_Stated] = []
    for one in sorted(stated, key=lambda each: (each.confidence < LIKELY, -(each.end - each.start), each.start)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda each: each.start)
