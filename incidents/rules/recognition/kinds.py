"""The kind of violation that a text tells of: by what was used, or, before that, by what was struck. What is denied is not proposed."""

import re

from incidents.rules.recognition.readings import LIKELY, SURE, WEAK, Reading
from incidents.rules.recognition.words import Text
from incidents.vocabulary import ViolationType as T

# How telling a phrase is: what was struck or done to people, then the weapon, then a word that any weapon fits.
TARGET, WEAPON, GENERAL = 3, 2, 1

_HIT = r"(?:struck|hit|hits|strikes|attack\w*|target\w*|bomb\w*|shell\w*|fire[ds]?|shot|shoot\w*|destroy\w*|damag\w*|burn\w*|raid\w*|strike)"
_ATTACKED = r"(?:و|ف|ب|ل)?(?:استهد\w+|قصف\w*|ضرب\w*|هاجم\w*|هجوم|اصاب\w*|تعرض\w*|احرق\w*|دمر\w*|غار\w+|اطلق\w* النار|سقط\w*)"
_MEDICAL = (
    r"(?:hospitals?|clinics?|ambulances?|field hospital|medical (?:point|cent(?:er|re)|facility|post)s?|health cent(?:er|re)s?|paramedics?|medics?)"
)
_MEDICAL_AR = (
    r"(?:ال|لل|بال|و|وال)?(?:مستشفي|مشفي|مشافي|مستشفيات|مستوصف|عياده|نقطه طبيه|نقطه الطبيه|مركز صحي|مركز طبي|مركز الصحي|"
    r"سياره اسعاف|سيارات اسعاف|اسعاف)"
)
_SCHOOL, _SCHOOL_AR = (
    r"(?:schools?|kindergartens?|university|classrooms?|schoolyard)",
    r"(?:ال|لل|بال|و|وال)?(?:مدرسه|مدارس|روضه اطفال|جامعه|المدرسه)",
)
_CONVOY = (
    r"(?:(?:aid|relief|humanitarian|un|u\.n\.|red crescent|icrc)\W+(?:\w+\W+){0,2}?(?:convoys?|trucks?|lorr(?:y|ies)|"
    r"vehicles?)|convoys? (?:of|carrying) (?:\w+ )?(?:aid|relief|food|medic\w+))"
)
_PLAIN_CONVOY = r"(?<!military )(?<!army )convoys?(?! of (?:troops|tanks|soldiers|military|army|fighters|pick))"
_CONVOY_AR = r"(?:قافله|قوافل|شاحنات|شاحنه|القافله|القوافل|الشاحنات)(?: \w+){0,2}? (?:ال)?(?:مساعدات|اغاثه|اغاثيه|انسانيه|الامم المتحده|هلال)\w*"
_GAP, _GAP_AR = r"(?:\W+\w+){0,6}?\W+", r"(?:\W+\w+){0,5}?\W+"


def _both(one: str, other: str, gap: str = _GAP) -> str:
    """Return a pattern for two things near each other in either order."""
    return rf"{one}{gap}{other}|{other}{gap}{one}"


_SAID: tuple[tuple[T, int, str], ...] = (
    (T.CONVOY_ATTACKED, TARGET, rf"\b(?:{_both(_CONVOY, _HIT)})|convoy attack(?:ed)?|\b(?:{_both(_PLAIN_CONVOY, _HIT)})"),
    (T.CONVOY_ATTACKED, TARGET, rf"{_both(_CONVOY_AR, _ATTACKED, _GAP_AR)}"),
    (T.ATTACK_ON_MEDICAL, TARGET, rf"\b(?:{_both(_MEDICAL, _HIT)})"),
    (T.ATTACK_ON_MEDICAL, TARGET, rf"\b(?:{_both(_MEDICAL_AR, _ATTACKED, _GAP_AR)})"),
    (T.ATTACK_ON_SCHOOL, TARGET, rf"\b(?:{_both(_SCHOOL, _HIT)})"),
    (T.ATTACK_ON_SCHOOL, TARGET, rf"\b(?:{_both(_SCHOOL_AR, _ATTACKED, _GAP_AR)})"),
    (
        T.AID_WORKER_HARMED,
        TARGET,
        r"(?:aid|relief|humanitarian|red crescent) (?:worker|volunteer|staff)\w*(?:\W+\w+){0,4}?\W+(?:killed|wounded|injured|shot|dead|beaten)",
    ),
    (
        T.AID_WORKER_HARMED,
        TARGET,
        r"(?:killed|wounded|injured|shot|beat)\W+(?:\w+\W+){0,3}?(?:aid|relief|humanitarian|red crescent) (?:worker|volunteer)\w*",
    ),
    (
        T.AID_WORKER_HARMED,
        TARGET,
        r"(?:مقتل|اصابه|استشهاد|جرح)(?: \w+){0,2} (?:متطوع|عامل|موظف)\w*(?: \w+){0,2} (?:ال)?(?:اغاثه|انساني|هلال|هلال الاحمر)\w*",
    ),
    (
        T.AID_BLOCKED,
        TARGET,
        r"(?:block\w*|prevent\w*|den(?:y|ied|ies)|refus\w*|barr\w*|obstruct\w*|turned? (?:back|"
        r"away))\W+(?:\w+\W+){0,6}?(?:aid|convoys?|relief|humanitarian|food)",
    ),
    (
        T.AID_BLOCKED,
        TARGET,
        r"(?:aid|convoys?|relief|humanitarian \w+|trucks?)\W+(?:\w+\W+){0,6}?(?:blocked|prevented|denied|refused|barred|"
        r"obstructed|turned (?:back|away)|not allowed)",
    ),
    (
        T.AID_BLOCKED,
        TARGET,
        r"(?:منع\w*|عرقل\w*|رفض\w*|يمنع\w*|تمنع\w*|اعاق\w*|عدم السماح|لم يسمح\w*)(?:\W+\w+){0,6}?\W+(?:ل|ب|ال)*(?:مساعدات|"
        r"قافله|قوافل|اغاثه|اغاثيه|شاحنات)",
    ),
    (
        T.AID_DELAYED,
        TARGET,
        r"(?:aid|convoys?|relief|trucks?)\W+(?:\w+\W+){0,6}?(?:delayed|held up|still waiting|waiting|stuck|stranded)|"
        r"delay\w* (?:\w+ ){0,3}?(?:aid|convoys?)",
    ),
    (
        T.AID_DELAYED,
        TARGET,
        r"(?:تاخ[يرت]\w*|تاخر\w*|انتظار)(?:\W+\w+){0,5}?\W+(?:ال|لل)?(?:مساعدات|قافله|قوافل|شاحنات)|(?:مساعدات|قافله|القافله|"
        r"شاحنات|الشاحنات)(?:\W+\w+){0,5}?\W+(?:عالقه|تنتظر|متوقفه|تاخرت)",
    ),
    (
        T.SUPPLIES_REMOVED,
        TARGET,
        r"(?:remov\w+|confiscat\w+|seiz\w+|took|stripp\w+)\W+(?:\w+\W+){0,4}?(?:medical supplies|supplies|medicines?|surgical)",
    ),
    (T.SUPPLIES_REMOVED, TARGET, r"(?:مصادر\w+|صادر\w*|ازال\w*|سحب\w*)(?:\W+\w+){0,4}?\W+(?:ال)?(?:مواد الطبيه|مواد|امدادات|ادويه|مستلزمات)"),
    (
        T.SERVICE_CUT,
        TARGET,
        r"(?:cut\w*|shut\w*|stopp\w*|sever\w*|disconnect\w*)(?: off)?\W+(?:\w+\W+){0,4}?(?:water|electricity|power|internet|pumping station)",
    ),
    (
        T.SERVICE_CUT,
        TARGET,
        r"(?:water|electricity|power|internet)\W+(?:\w+\W+){0,4}?(?:cut(?: off)?|shut (?:off|down)|stopped|disconnected|interrupted)",
    ),
    (T.SERVICE_CUT, TARGET, r"(?:ال)?(?:مياه|ماء|كهرباء|انترنت)\W+(?:\w+\W+){0,3}?(?:مقطوع\w*|منقطع\w*|انقطع\w*|قطعت)"),
    (T.SERVICE_CUT, TARGET, r"(?:قطع\w*|انقط\w+|توقف\w*|يقطع\w*)(?:\W+\w+){0,5}?\W+(?:ال|لل)?(?:مياه|ماء|كهرباء|انترنت|اتصالات|تيار)"),
    (
        T.MONITOR_ATTACKED,
        TARGET,
        r"(?:fired (?:at|on|upon)|attacked|shot at|shell\w*)\W+(?:\w+\W+){0,4}?(?:monitors?|observers?|patrol of the mission)",
    ),
    (
        T.MONITORS_DENIED,
        TARGET,
        r"(?:denied|prevent\w*|block\w*|refus\w*|stopp\w*)\W+(?:\w+\W+){0,5}?(?:monitors?|observers?|monitoring (?:team|mission|patrol))",
    ),
    (T.MONITORS_DENIED, TARGET, r"منع\w*(?:\W+\w+){0,4}?\W+(?:ال)?(?:مراقبين|مراقبون|مراقبي|بعثه)"),
    (T.DRONE_JAMMED, TARGET, r"jamm\w+(?:\W+\w+){0,5}?\W+(?:drone|uav)|(?:drone|uav)(?:\W+\w+){0,5}?\W+jamm\w+"),
    (T.DISPLACEMENT, TARGET, r"forc\w+ displac\w+|displaced\b|expell?ed (?:from|\w+ families)|تهجير\w*|نزوح قسري"),
    (T.SEXUAL_VIOLENCE, TARGET, r"\brap(?:e|ed|es)\b|sexual(?:ly)? (?:violence|assault\w*)|اغتصاب\w*|عنف جنسي"),
    (T.LOOTING, TARGET, r"\bloot\w+|pillag\w+|نهب\w*|سرقه ممتلكات"),
    (
        T.CHILD_RECRUITMENT,
        TARGET,
        r"(?:recruit\w+|conscript\w+)(?:\W+\w+){0,4}?\W+(?:children|minors|boys)|تجنيد(?:\W+\w+){0,2}?\W+(?:ال)?(?:اطفال|قاصرين)",
    ),
    (T.ARREST, TARGET, r"\b(?:arrest\w*|detain\w*|abduct\w*|kidnap\w*|took hostage|hostages?)\b|اعتقا?ل\w*|اختطف\w*|خطف\w*|اختطاف|احتجاز رهائن"),
    (
        T.FORTIFICATION,
        TARGET,
        r"\bfortif\w+|(?:dig|dug|digging|construct\w*|erect\w*|build\w*|built)\W+(?:\w+\W+){0,4}?(?:trench\w*|berms?|"
        r"earthworks?|bunkers?|barricades?|fortifications?|positions)",
    ),
    (
        T.FORTIFICATION,
        TARGET,
        r"\b(?:trench\w*|berms?|earth walls?|earthworks?|bunkers?|barricades?)\W+(?:\w+\W+){0,6}?(?:built|dug|erected|raised|constructed)\b",
    ),
    (
        T.FORTIFICATION,
        TARGET,
        r"تحصين\w*|(?:حفر\w*|رفع\w*|اقام\w*|بناء)(?:\W+\w+){0,3}?\W+(?:ال)?(?:خنادق|خندق|سواتر|ساتر|متاريس|دشم|انفاق)|"
        r"يحفر\w*(?:\W+\w+){0,2}?\W+خنادق",
    ),
    (
        T.WEAPONS_BEYOND_LINES,
        TARGET,
        r"(?:heavy weapons?|withdrawn weapons?|howitzers?|tanks?)\W+(?:\w+\W+){0,6}?beyond (?:the )?(?:withdrawal|agreed) lines?",
    ),
    (
        T.ADVANCE,
        TARGET,
        r"\b(?:advanc(?:e|ed|es|ing)|captur(?:e|ed|es|ing)|seiz(?:e|ed|es|ing) (?:control|the|a|two|three|several|positions|"
        r"hill\w*|village\w*)|took control|mov(?:ed|ing) forward|took (?:over )?(?:\w+ ){0,2}(?:farms?|villages?|hills?|"
        r"positions?|towns?|buildings?|ground)|taken control|gained control|overr[au]n|storm(?:ed|ing))\b",
    ),
    (T.ADVANCE, TARGET, r"\b(?:ت?تقدم\w*|سيطر\w*|بسط\w* سيطر\w*|السيطره علي|استول\w+|احتل\w*|اقتح\w+)\b(?! المساعدات)"),
    (T.INCURSION, TARGET, r"\bincursion\w*|infiltrat\w*|cross(?:ed|ing) (?:the )?(?:line|blue line|contact line)|تسلل\w*|توغل\w*"),
    (
        T.MOVEMENT,
        GENERAL,
        r"(?:reinforcements?|troops|forces|military convoys?|columns?)\W+(?:\w+\W+){0,4}?(?:arriv\w+|mov(?:ed|ing)|deploy\w*|"
        r"mass(?:ed|ing))|(?:mov(?:ed|ing)|deploy\w*|mass(?:ed|ing)|sent|brought)\W+(?:\w+\W+){0,3}?(?:reinforcements?|troops|"
        r"forces|tanks|heavy weapons)",
    ),
    (T.MOVEMENT, GENERAL, r"تعزيزات(?: عسكريه)?|حشود عسكريه|حشد(?:ت)? قوات|(?:رتل|ارتال) عسكري\w*"),
    (
        T.SIEGE,
        TARGET,
        r"\b(?:besieg(?:ed|ing)|lays? siege|tighten\w* (?:the|its|their) siege|impos\w+ (?:a )?siege)\b|(?:تشديد|فرض)(?: \w+)? (?:ال)?حصار",
    ),
    (
        T.OVERFLIGHT,
        WEAPON,
        r"\boverfl(?:ight|ights|ew|ying|own)\b|reconnaissance (?:flight|aircraft|plane)s?|تحليق\w*|حلق\w* (?:طائر\w+|الطيران|طيران)",
    ),
    (T.HOSTILE_PROPAGANDA, TARGET, r"hostile propaganda|incitement|دعايه معاديه|تحريض اعلامي"),
    (
        T.AIRSTRIKE,
        WEAPON,
        r"\bair[- ]?(?:strikes?|raids?|attacks?)\b|\bwar ?planes?\b|\bfighter jets?\b|\bjets?\b(?=(?:\W+\w+){0,3}?\W+(?:bomb|"
        r"hit|struck|strik|target|fir|launch|attack|carri|raid))|\bbarrel bombs?\b|\bbombing (?:raid|run)s?\b|"
        r"\bhelicopters?\b(?=(?:\W+\w+){0,3}?\W+(?:drop|bomb|hit|struck|fir|attack))|\baerial (?:bomb\w+|attack)",
    ),
    (
        T.AIRSTRIKE,
        WEAPON,
        r"\b(?:ب|ل|و|ال|وال)?(?:غاره|غارات|غارتان|غارتين)(?: (?:ال)?جويه| جويتان| جويتين)?|\b(?:ب|ل|"
        r"و)?(?:ال)?(?:قصف) (?:ال)?(?:جوي\w*)|\b(?:شن|قصف|استهدف|اغار|نفذ)\w*(?: \w+)? (?:ال)?(?:طيران|طائرات|مقاتلات|طائره|"
        r"مروحيات|مروحي)(?! (?:ال)?مسير)\w*|\b(?:ال)?برا?ميل (?:ال)?متفجره|\bبرميل(?:ين|ان)? متفجر\w*|"
        r"\b(?:ال)?طيران (?:ال)?(?:حربي|مروحي)(?! حلق)|قصف الطيران",
    ),
    (
        T.DRONE,
        WEAPON,
        r"\b(?:attack |armed |explosive |suicide |kamikaze |fpv )?(?:drones?|uavs?)\b(?!\W+(?:was |were )?jam)|"
        r"\bquadcopter\w*|(?:ال)?(?:طائره|طائرات|طيران|الطائره)(?: \w+)?? (?:ال)?(?:مسيره|مسير|مسيرات|بدون طيار|انتحاريه)|"
        r"\b(?:ال|ب|بال)?(?:مسيره|مسيرات|درون)\b",
    ),
    (T.SNIPER, WEAPON, r"\bsniper\w*|\bsnip(?:ed|ing)\b|\b(?:ب|ل|و|ال|بال|وال)?(?:قناص|قناصه|قنص|قناصين|قناصا|قناصو|قناصي)\b"),
    (
        T.MINE,
        WEAPON,
        r"\b(?:land ?-?mines?|mines?\b(?=\W+(?:\w+\W+){0,3}?(?:explo|blast|deton|went off|kill|planted|laid))|ieds?|i\.e\.d|"
        r"improvised explosive|roadside bombs?|car bombs?|booby[- ]?trap\w*|explosive device\w*)|\b(?:stepped on|ran over|hit|"
        r"drove over|triggered|detonat\w+|explosion of|blast of) (?:a |an )?(?:\w+ )?mine\b",
    ),
    (T.MINE, WEAPON, r"\b(?:ال|ب|ل)?(?:لغم|الغام|عبوه ناسفه|عبوات ناسفه|العبوه الناسفه|سياره مفخخه|مفخخه)(?: ارضي)?"),
    (
        T.MORTAR,
        WEAPON,
        r"\bmortars?\b|\bmortar (?:shells?|rounds?|bombs?)|(?:ال|ب|بال)?(?:قذائف |قذيفه |قذيفتا |قذيفتي |قذيفتين )?(?:ال|ب|بال)?هاون|هاونات",
    ),
    (
        T.ROCKET,
        WEAPON,
        r"\brockets?(?!-propelled| propelled)\b|\bgrad\b|\bmissiles?\b(?!\W+(?:from|by)\W+(?:\w+\W+)?(?:war)?planes?)|"
        r"\bmlrs\b|\bsurface-to-surface\b|\b(?:ال|ب|بال|و)?(?:صاروخ|صواريخ|صاروخا|صاروخان|صاروخين|صاروخيا|صاروخي|صاروخيه|"
        r"راجمه|راجمات|غراد)\b(?! (?:فراغي|جو))",
    ),
    (
        T.SMALL_ARMS,
        WEAPON,
        r"\bsmall[- ]?arms?\b|\bmachine[- ]?guns?\b|\bgun ?fire\b|\brifle fire\b|\bautomatic (?:weapons?|fire)\b|"
        r"\bheavy machine\b|\bopened fire\b|\bexchange of fire\b|\bbullets?\b|\b(?:ال)?(?:رشاش|رشاشات|رشاشه|رصاص|رصاصا|"
        r"اسلحه خفيفه|اسلحه الخفيفه|اسلحه الرشاشه|اسلحه رشاشه)\b|\bبال(?:رشاشات|اسلحه|رصاص)|اطلا?ق\w* (?:ال)?(?:نار|نيران|"
        r"رصاص)|فتح\w* (?:ال)?(?:نار|نيران)",
    ),
    (
        T.CLASH,
        WEAPON,
        r"\bclash(?:es|ed|ing)?\b|\bfire ?fights?\b|\bgun ?battles?\b|\bfighting (?:broke|erupted|between|raged)|"
        r"\bfierce fighting|\bheavy fighting|\bskirmish\w*|\b(?:ال|و)?(?:اشتباك|اشتباكات|اشتبك\w*|معارك|مواجهات)\b",
    ),
    (
        T.SHELLING,
        WEAPON,
        r"\bartillery\b|\bhowitzers?\b|\btank (?:fire|shells?)|\btanks? (?:shell|fir)\w*|\b(?:ال|ب|بال)?(?:مدفعيه|مدفعي|مدافع|مدفعيا|دبابات|دبابه)\b",
    ),
    (T.SHELLING, GENERAL, r"\bshell(?:ed|ing|s|fire)\b|\bbombard\w*|\b(?:ال|ب|و|ل)?قصف\w*\b|\b(?:ال|ب)?(?:قذائف|قذيفه|قذيفتان|قذيفتين)\b"),
    (T.ATTACK_ON_CIVILIANS, GENERAL, r"\bmassacre\w*|attack(?:ed)? (?:on )?(?:civilians|a market|market)|\b(?:ال)?مجزره\b|استهداف (?:ال)?مدنيين"),
)
_PATTERNS = tuple((kind, weight, re.compile(pattern)) for kind, weight, pattern in _SAID)

# Said not to have happened, threatened, or done in play: no violation is told of.
_NOT = re.compile(
    r"(?:\bno\b(?! fewer| less| more)|\bnot\b|\bnever\b|\bwithout\b|n't\b|\bdenie[sd]\b|\bdeny(?:ing)?\b|\bwarn\w*\b|"
    r"\bthreat\w*\b|\bplann?(?:ed|ing|s)\b|\bcelebrat\w*\b|\bfree of\b|\bfear\w*\b|\bcould\b|\bexpected to\b|"
    r"\bceased?\b|\babsence of\b|\bstopped\b(?= \w+ing)|\bpreparing\b)(?:\W+\w+){0,4}?\W*$"
    r"|(?:\bلم\b|\bلا\b|\bدون\b|\bبدون\b|\bليس\w*|\bنف[يت]\w*|\bينفي|\bتنفي|\bعدم\b|\bهدد\w*|\bتهديد\w*|\bحذر\w*|\bتوقف\b|"
    r"\bاحتفال\w*|\bخلو\b|\bمن غير\b|\bبلا\b|\bيخش\w+|\bابتهاج\w*)(?:\W+\w+){0,3}?\W*$"
)
_AFTER_NOT = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:was|were|has been|have been)?\W*(?:not|never) (?:seen|heard|recorded|reported|observed)\b|"
    r"^\W*ابتهاجا|^\W*(?:\w+ ){0,2}للاحتفال|^\W*in celebration"
)
_CEASED = re.compile(r"\b(?:ceasefire|cease-fire|وقف اطلاق النار|وقف اطلاق نار|لوقف اطلاق النار|هدنه)\b")


def read(text: Text) -> Reading | None:
    """Return the kind of violation told of; the kinds between which nothing decides, as alternatives; None where none is told of."""
    hits: dict[T, tuple[int, int, int]] = {}
    ceased = [found.span() for found in _CEASED.finditer(text.plain)]
    for kind, weight, pattern in _PATTERNS:
        for found in pattern.finditer(text.plain):
            if any(start < found.end() and found.start() < end for start, end in ceased) or is_denied(text, found.start(), found.end()):
                continue
            if kind not in hits or weight > hits[kind][0]:
                hits[kind] = (weight, found.start(), found.end())
    if not hits:
        return None
    _give_way(hits)
    top = max(weight for weight, _start, _end in hits.values())
    kinds = sorted((kind for kind, (weight, _s, _e) in hits.items() if weight == top), key=lambda kind: hits[kind][1])
    others = tuple(str(kind) for kind in sorted(hits, key=lambda kind: hits[kind][1]))
    start, end = text.at[hits[kinds[0]][1]], text.after(hits[kinds[0]][2])
    if len(kinds) > 1:
        return Reading("type", start, end, None, WEAK, others)
    confidence = SURE if len(hits) == 1 and top > GENERAL else LIKELY
    return Reading("type", start, end, str(kinds[0]), confidence, tuple(other for other in others if other != kinds[0]))


# A word of the second kind is explained by the first, and is no rival of it.
_EXPLAINS = (
    (T.DRONE, T.AIRSTRIKE),
    (T.AIRSTRIKE, T.ROCKET),
    (T.MORTAR, T.SHELLING),
    (T.ROCKET, T.SHELLING),
    (T.SNIPER, T.SMALL_ARMS),
    (T.CONVOY_ATTACKED, T.AID_BLOCKED),
    (T.CONVOY_ATTACKED, T.AID_DELAYED),
    (T.AID_BLOCKED, T.AID_DELAYED),
    (T.CONVOY_ATTACKED, T.AID_WORKER_HARMED),
    (T.CLASH, T.SMALL_ARMS),
    (T.MINE, T.SHELLING),
    (T.AID_BLOCKED, T.SIEGE),
)


def _give_way(hits: dict[T, tuple[int, int, int]]) -> None:
    """Take away what a more telling phrase explains."""
    for strong, weak in _EXPLAINS:
        if strong in hits and weak in hits:
            del hits[weak]
    weights = {weight for weight, _start, _end in hits.values()}
    if WEAPON in weights or TARGET in weights:
        for kind in [kind for kind, (weight, _s, _e) in hits.items() if weight == GENERAL]:
            del hits[kind]


def is_denied(text: Text, start: int, end: int) -> bool:
    """Return whether the words around say that it did not happen, or not yet, or not in earnest."""
    first, last = text.sentence_at(start)
    before = text.plain[first:start]
    before = re.split(r"\b(?:but|however|although|لكن|ولكن|غير ان)\b", before)[-1]
    return bool(_NOT.search(before) or _AFTER_NOT.search(text.plain[end:last]))
