"""The side that a text accuses, by the names of the sides and their parties: whoever acts, or is blamed. Speakers and victims are not accused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from incidents.rules.recognition.readings import LIKELY, SURE, WEAK, Reading, Side
from incidents.rules.recognition.words import Text, compiled, plain

_WEAPONS = (
    r"(?:war ?planes?|jets?|aircraft|helicopters?|planes?|forces?|troops|artillery|army|fighters?|gunmen|units?|tanks?|"
    r"snipers?|soldiers|drones?|militias?|factions?|groups?|rockets?|shell\w*|air ?strikes?|air ?raids?|fire|gunfire|"
    r"bombard\w*|strikes?|mortars?)"
)
_ACTS = (
    r"(?:shell\w*|bomb\w*|attack\w*|fired?|fires|firing|launch\w*|target\w*|struck|hit|hits|carri\w+|block\w*|prevent\w*|"
    r"den(?:ied|y|ies) (?:entry|access|passage|the)|refus\w*|open\w* fire|kill\w*|storm\w*|seiz\w*|captur\w*|advanc\w*|"
    r"arrest\w*|detain\w*|cut|shut|dropp?\w*|drop|began|resum\w*|violat\w*|broke|breach\w*|dig\w*|dug|buil\w*|erect\w*|"
    r"shot|pound\w*|took|stopp?\w*|held up|continu\w*|mov\w*|deploy\w*|bombard\w*|are|were|have been|had|have|has|was)"
)
_ACTS_AR = (
    r"(?:قصف\w*|استهد\w+|شن\w*|اطلق\w*|هاجم\w*|القي?\w*|القت|قتل\w*|منع\w*|يمنع\w*|تمنع\w*|اعتقل\w*|خرق\w*|انتهك\w*|"
    r"اقتحم\w*|تقدم\w*|سيطر\w*|فتح\w*|دمر\w*|نفذ\w*|قام\w*|قطع\w*|تقطع|رفض\w*|صادر\w*|حاصر\w*|جدد\w*|واصل\w*|تواصل|كثف\w*|"
    r"اغار\w*|حفر\w*|تحفر|اقام\w*|عزز\w*|رفع\w*|ارسل\w*|عرقل\w*|نشر\w*|ضرب\w*|احرق\w*|استول\w*|بدا\w*|تسلل\w*|باستهداف|"
    r"حاول\w*)"
)
_BEFORE_AGENT = re.compile(
    r"(?:\b(?:by|accus\w+|blam\w+|blame on|from|attributed to|responsib\w+ (?:of|on|to)|launched by|fired by|"
    r"carried out by|part of)\W+(?:the\W+|an?\W+|\w+\W+){0,2}$)"
    r"|(?:\b(?:من قبل|علي يد|علي ايدي|من جانب|من طرف|بنيران|برصاص|بقصف|بقذائف|بمدفعيه|مدفعيه|طيران|طائرات|مقاتلات|مدافع|"
    r"حمل\w*|اتهم\w*|اتهام|مسؤوليه|قناص\w*|دبابات|راجمات|مروحيات|نفذه|نفذته|شنه|شنته|شنها|نفذتها|نفذها|مصدره|مصدرها|"
    r"خرق)\W+(?:\w+\W+){0,1}$)"
)
_VERB_BEFORE = re.compile(rf"\b(?:و|ف|ان|كما )?{_ACTS_AR}\W+$")
_AFTER_AGENT = re.compile(
    rf"^\W*(?:{_WEAPONS}\W+){{0,2}}(?:\w+ly\W+|reportedly\W+|allegedly\W+|again\W+|then\W+|also\W+|have\W+|has\W+|had\W+|who\W+|that\W+)*{_ACTS}\b"
)
_WEAPON_AFTER = re.compile(rf"^[\W_]*{_WEAPONS}\b")
_AFTER_AGENT_AR = re.compile(rf"^\W*(?:\w+\W+){{0,2}}?(?:ب|و|ت|ي|س)?{_ACTS_AR}\b")
_SPOKE = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:said|says|claim\w*|report\w*|announc\w*|stated|told|accus\w+|blam\w+|sources?|media|"
    r"spokes\w+|activists?|denied|denies|deny|confirmed|added|statement|news|insist\w*|قال\w*|اعلن\w*|اكد\w*|ذكر\w*|"
    r"اتهم\w*|نف[يت]\w*|صرح\w*|اضاف\w*|افاد\w*)\b"
)
_SPOKE_BEFORE = re.compile(
    r"(?:\b(?:according to|said|told|statement (?:by|from)|sources? (?:in|from|close to)|reported by|claimed by|"
    r"spokes\w+ (?:for|of)|denied by)\W+(?:the\W+|an?\W+|\w+\W+){0,1}$)"
    r"|(?:\b(?:قال\w*|اعلن\w*|اكد\w*|ذكر\w*|اتهم\w*|نف[يت]\w*|بيان|بحسب|وفق|وفقا ل|حسب|مصدر|مصادر|ناطق باسم|المتحدث باسم|"
    r"الناطق باسم|افاد\w*|صرح\w*)\W+(?:\w+\W+){0,1}$)"
)
_HELD = re.compile(
    r"^[\W_]*(?:held|controlled|run|areas?|territory|territories|positions?|checkpoints?|lines|posts?|frontlines?|bases?|"
    r"convoys?|prisoners?|town|towns|stronghold|-held|side of|casualties|wounded|killed)\b"
)
_HELD_BEFORE = re.compile(
    r"(?:\b(?:against|targeting|target(?:ed)?|killed|wounded|hit|struck|at|on|between|with|of|shelled|bombed|attacked|"
    r"in areas held by|held by|controlled by|under the control of)\W+(?:the\W+|an?\W+|[0-9]+\W+|several\W+|\w+\W+){0,1}$)"
    r"|(?:\b(?:مناطق|لسيطره|سيطره|مواقع|نقاط|نقطه|حواجز|حاجز|بين|ضد|عناصر|عنصر|مقاتلي|مقاتلين|مقرات|مقر|خطوط|تسيطر عليها|"
    r"الخاضعه ل|قتلي|صفوف)\W+(?:\w+\W+){0,1}$)"
)
_FIRED_FROM = re.compile(
    r"(?:\b(?:fire|fired|gunfire|shelling|shells|rockets?|mortars?|launched|came|shots|rounds)\W+from\W+(?:the\W+|"
    r"nearby\W+)?$)|(?:\b(?:مصدره\w*|انطلق\w* من|من مواقع|من حواجز|من مناطق سيطره|من نقاط|من حاجز)\W+$)"
)
_TOLD_BY = re.compile(
    r"\b(?:relayed|reported|published|said|claimed|quoted|cited|announced|counted|stated|confirmed|documented|recorded|denied|released|issued)"
    r" by\W+(?:the\W+|an?\W+|\w+\W+){0,1}$"
)
# An airstrike "of" somebody, with the preposition glued to the name.
_ATTACK_OF = re.compile(r"(?:غار\w+|جوي\w*|قصف|هجوم\w*|خرق\w*|خروقات|قذائف|مدفعي|صاروخي|نيران|قناص\w*|تقدم)\W+$")
_UNKNOWN = re.compile(r"\b(?:unidentified|unknown|unclaimed|مجهول\w*|غير معروف\w*|لم تحدد هويت\w*)\b")
_EACH_OTHER = re.compile(r"\b(?:each other|one another|both sides|exchang(?:e|ed|es|ing) (?:of )?(?:fire|shell\w*)|تبادل\w*|كلا الطرفين|الطرفان)\b")
_BY_NAME = re.compile(r"\b(?:accus\w+|blam\w+|اتهم\w*|حمل\w*)\b")


@dataclass(frozen=True)
class _Mention:
    code: str
    start: int
    end: int
    blame: int


def read(text: Text, sides: Iterable[Side]) -> Reading | None:
    """Return the side accused, its name as the text has it in the span; sides between which nothing decides, as alternatives."""
    if _UNKNOWN.search(text.plain) and not _BY_NAME.search(text.plain):
        return None
    if _EACH_OTHER.search(text.plain):
        codes = tuple(dict.fromkeys(code for code, _start, _end in _named(text, sides)))
        return Reading("accused", 0, 0, None, WEAK, codes) if codes else None
    mentions = [_Mention(code, start, end, _blame(text, start, end)) for code, start, end in _named(text, sides)]
    blamed = [one for one in mentions if one.blame > 0]
    if blamed:
        most = max(one.blame for one in blamed)
        codes = tuple(dict.fromkeys(one.code for one in blamed))
        surest = tuple(dict.fromkeys(one.code for one in blamed if one.blame == most))
        first = next(one for one in blamed if one.blame == most)
        start, end = text.at[first.start], text.after(first.end)
        if len(codes) > 1:
            return Reading("accused", start, end, None, WEAK, codes)
        return Reading("accused", start, end, surest[0], SURE if most > 1 else LIKELY)
    open_ones = [one for one in mentions if one.blame == 0]
    if not open_ones:
        return None
    codes = tuple(dict.fromkeys(one.code for one in open_ones))
    return Reading("accused", text.at[open_ones[0].start], text.after(open_ones[0].end), None, WEAK, codes)


def _named(text: Text, sides: Iterable[Side]) -> list[tuple[str, int, int]]:
    """Return every mention of a side by any of its names, the longest name first where names overlap; what two sides share names neither."""
    names: dict[str, set[str]] = {}
    for side in sides:
        for name in side.names:
            for spelt in _spelt(plain(name).strip()):
                names.setdefault(spelt, set()).add(side.code)
    found: list[tuple[str, int, int]] = []
    taken: list[tuple[int, int]] = []
    for name in sorted(names, key=len, reverse=True):
        is_arabic = "\u0620" <= name[0] <= "\u06d3"
        glued = r"(?:و|ف)?(?:ب|ل|ك)?(?:ال)?" if is_arabic else ""
        if is_arabic and name.startswith("ال"):
            pattern = rf"(?<!\w)(?:و|ف)?(?:ب|ك)?(?:ال|لل)(?P<name>{re.escape(name[2:])})(?!\w)"
        else:
            pattern = rf"(?<!\w){glued}(?P<name>{re.escape(name)})(?!\w)"
        for match in compiled(pattern).finditer(text.plain):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            if len(names[name]) == 1:
                found.append((next(iter(names[name])), start, end))
    return sorted(found, key=lambda one: one[1])


def _spelt(name: str) -> set[str]:
    """Return a name and the forms it takes in a sentence: rebels and rebel, المسلحون and المسلحين, government and governmental."""
    if len(name) < 2:
        return set()
    forms = {name}
    if name.isascii():
        forms |= {name[:-1]} if name.endswith("s") and len(name) > 4 and not name.endswith("ss") else {f"{name}s"}
        forms |= {name.removeprefix("the ")}
    elif name.endswith("ون"):
        forms.add(name[:-2] + "ين")
    elif name.endswith("ين"):
        forms.add(name[:-2] + "ون")
    return {form for form in forms if len(form) > 1}


def _blame(text: Text, start: int, end: int) -> int:
    """Return 2 for whoever acts, 1 for one whose weapon is named, 0 where nothing tells, -1 for one who speaks, suffers or holds the ground."""
    first, last = text.sentence_at(start)
    before, after = text.plain[first:start], text.plain[end:last]
    is_of = text.plain[start] == "ل" and _ATTACK_OF.search(before)
    if is_of or _FIRED_FROM.search(before):
        return 2
    if _HELD.match(after) or re.match(r"^-?(?:held|controlled|run)\b", after):
        return -1
    if re.search(r"\b(?:denied|denies|deny|not|no|never|neither)\W+(?:\w+\W+){0,3}$", before) or re.search(
        r"\b(?:نفي|نفت|ينفي|تنفي|ليس\w*|لم)\W+(?:\w+\W+){0,2}$", before
    ):
        return -1
    if _TOLD_BY.search(before):
        return -1
    if _BEFORE_AGENT.search(before):
        return 2
    if _HELD_BEFORE.search(before) and not _WEAPON_AFTER.match(after):
        return -1
    if _SPOKE_BEFORE.search(before) and not _VERB_BEFORE.search(before):
        return -1
    if _VERB_BEFORE.search(before):
        return 2
    if _SPOKE.match(after) and not _AFTER_AGENT.match(after):
        return -1
    if _AFTER_AGENT.match(after) and not re.match(
        r"^\W*(?:\w+\W+){0,2}?(?:were|was|are|have been|had been)\W+(?:\w+\W+)?(?:hit|struck|killed|shelled|attacked|targeted|bombed|wounded)", after
    ):
        return 2
    if "\u0620" <= text.plain[start] <= "\u06d3" and _AFTER_AGENT_AR.match(after):
        return 2
    return 1 if _WEAPON_AFTER.match(after) and not re.match(r"^\W*(?:fighters?|soldiers|gunmen|troops)\W+(?:were|was|killed|wounded)", after) else 0
