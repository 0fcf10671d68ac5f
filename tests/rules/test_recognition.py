"""What is recognised in messages: small ones that each show one thing, and the score on forty written by somebody who had not seen the rules.

The forty count as read where the proposal is what a careful analyst would take, and as wrong where something is proposed that is not there.
Seen for the first time, they gave a precision of 0.92 and a recall of 0.82 over all fields (place 1.00 and 0.79, when 0.87 and 0.84,
type 0.94 and 0.83, accused 1.00 and 1.00, killed 0.87 and 0.72, wounded 0.78 and 0.78). What was missed has been mended since: now they
only guard it.
"""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from incidents.rules.names import Named
from incidents.rules.recognition import FIELDS, Count, Gazetteer, Readings, Side, When, read

SAMPLES = Path(__file__).parents[1] / "samples" / "recognition.json"


def as_written(field: str, value: Any) -> Any:
    """Return a proposal as the samples write it."""
    if value is None or (field == "when" and value.day is None):
        return None
    if isinstance(value, Count):
        return [value.low, value.high]
    if isinstance(value, When):
        if value.clock is None:
            span = {"start": f"{value.day}", "end": f"{value.last_day}"} if value.last_day else {"day": f"{value.day}"}
            return span
        span = {"start": f"{value.day}T{value.clock:%H:%M}"}
        return span | ({"end": f"{value.last_day or value.day}T{value.until:%H:%M}"} if value.until else {})
    return value


def proposed(sample: dict[str, Any]) -> Readings:
    places = Gazetteer(Named(name, (name,)) for name in sample["places"])
    sides = [Side(code, tuple(names)) for code, names in sample["sides"].items()]
    posted = datetime.fromisoformat(sample["posted"]).replace(tzinfo=None)
    return read(sample["text"], posted=posted, places_known=places, sides=sides)


def test_the_score_on_forty_messages() -> None:
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))
    right, wrong, missed = Counter(), Counter(), Counter()
    for sample in samples:
        readings = proposed(sample)
        for field in FIELDS:
            wanted, got = sample["expected"].get(field), as_written(field, readings.value(field))
            right[field] += got is not None and got == wanted
            wrong[field] += got is not None and got != wanted
            missed[field] += wanted is not None and got != wanted
    scores = {name: (right[name] / max(1, right[name] + wrong[name]), right[name] / max(1, right[name] + missed[name])) for name in FIELDS}
    scores["all"] = right.total() / (right.total() + wrong.total()), right.total() / (right.total() + missed.total())
    for name, (precision, recall) in scores.items():
        print(f"{name:8} precision {precision:.2f}, recall {recall:.2f}")  # noqa: T201
    assert all(precision >= 0.9 for precision, _recall in scores.values()), "what is proposed is right"
    assert all(recall >= 0.85 for _precision, recall in scores.values()), "what is said is found"


PLACES = Gazetteer(
    Named(names[0], names)
    for names in (
        ("Ford", "المعبر"),
        ("Mill Hill", "تلة الطاحون"),
        ("Old Bridge", "الجسر العتيق"),
        ("Harbour", "الميناء", "Marsa"),
        ("Sughra Mill", "الطاحون الصغرى"),
    )
)
SIDES = [Side("A", ("Lowlands", "Lowland army", "جيش السهول", "السهول")), Side("B", ("Highlands", "Highlanders", "مقاتلي الجبال", "الجبال"))]
POSTED = datetime.fromisoformat("2020-06-10T12:00")  # a Wednesday


def said(text: str) -> dict[str, Any]:
    """Return the fields proposed for a text."""
    readings = read(text, posted=POSTED, places_known=PLACES, sides=SIDES)
    return {one.field: as_written(one.field, one.value) for one in readings.found if as_written(one.field, one.value) is not None}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Shelling on 3 June", {"day": "2020-06-03"}),
        ("Shelling on June 3rd, 2019", {"day": "2019-06-03"}),
        ("Shelling on 3 August", {"day": "2019-08-03"}),
        ("Shelling, 2020-06-03", {"day": "2020-06-03"}),
        ("Shelling on 13/5/2020", {"day": "2020-05-13"}),
        ("Shelling on 05/06/2020", {"day": "2020-06-05"}),
        ("Shelling from 3 to 5 June", {"start": "2020-06-03", "end": "2020-06-05"}),
        ("Shelling on Monday", {"day": "2020-06-08"}),
        ("Shelling last Wednesday", {"day": "2020-06-03"}),
        ("Shelling the day before yesterday", {"day": "2020-06-08"}),
        ("Shelling three days ago", {"day": "2020-06-07"}),
        ("Shelling at half past six in the evening yesterday", {"start": "2020-06-09T18:30"}),
        ("Shelling yesterday 0630h", {"start": "2020-06-09T06:30"}),
        ("Shelling this morning at 7.15", {"start": "2020-06-10T07:15"}),
        ("Shelling yesterday between 7 and 8:30 pm", {"start": "2020-06-09T19:00", "end": "2020-06-09T20:30"}),
        ("قصف يوم ٣ حزيران ٢٠٢٠", {"day": "2020-06-03"}),
        ("قصف يوم 3 يونيو", {"day": "2020-06-03"}),
        ("قصف في 3 حزيران/يونيو الساعة 18:20", {"start": "2020-06-03T18:20"}),
        ("قصف أول أمس", {"day": "2020-06-08"}),
        ("قصف يوم الاثنين الساعة السادسة والنصف مساءً", {"start": "2020-06-08T18:30"}),
        ("قصف أمس بين الساعة 7 و8 مساءً", {"start": "2020-06-09T19:00", "end": "2020-06-09T20:00"}),
        ("قصف قبل يومين", {"day": "2020-06-08"}),
        # Nothing is guessed: either month first or day first, either half of the day, the day somebody spoke.
        ("Shelling on 03/04/2020", None),
        ("The Lowland army said on Monday that shells fell", None),
        ("Calm since Sunday, talks resume next Friday", None),
    ],
)
def test_when_it_happened(text: str, day: dict[str, str] | None) -> None:
    assert said(text).get("when") == day


def test_a_time_without_its_half_of_the_day_is_offered_both_ways() -> None:
    reading = read("Shelling on Monday at 6:20.", posted=POSTED, places_known=PLACES, sides=SIDES).of("when")
    assert reading and reading.value.clock is None, "the day stands, the time is asked for"
    assert [f"{option.clock:%H:%M}" for option in reading.alternatives] == ["06:20", "18:20"]


@pytest.mark.parametrize(
    ("text", "field", "wanted"),
    [
        ("Shelling in Ford", "place", "Ford"),
        ("قصف على المعبر", "place", "Ford"),
        ("قصف بالمعبر ليلاً", "place", "Ford"),
        ("Shells fell on Harbor town", "place", "Harbour"),
        ("Shelling in Old Bridge, Harbour", "place", "Old Bridge"),
        ("Shelling in Old Bridge and in Harbour", "place", None),
        ("A Harbour Media Centre correspondent reported shelling in Ford", "place", "Ford"),
        ("Shelling in Harbour countryside", "place", None),
        ("The trucks left Lowland-held Harbour for Ford and were shelled", "place", None),
        ("Shelling of Sughra Mill", "place", "Sughra Mill"),
        ("Jets bombed the depot", "type", "airstrike"),
        ("Shelling with mortars", "type", "mortar"),
        ("A drone dropped a grenade", "type", "drone"),
        ("قصف بالصواريخ", "type", "rocket"),
        ("اشتباكات بالأسلحة الرشاشة", "type", "clash"),
        ("انفجار عبوة ناسفة", "type", "mine"),
        ("An airstrike, and small-arms fire", "type", None),
        ("There was no shelling overnight", "type", None),
        ("لم تسجل أي غارات", "type", None),
        ("The ceasefire held; وقف إطلاق النار صامد", "type", None),
        ("Lowland army shelled the ridge", "accused", "A"),
        ("The ridge was shelled by Highlanders", "accused", "B"),
        ("قصفت السهول التلة", "accused", "A"),
        ("قصف من قبل مقاتلي الجبال", "accused", "B"),
        ("غارة جوية لجيش السهول", "accused", "A"),
        ("Highlanders said the ridge was shelled", "accused", None),
        ("The ridge was shelled; numbers relayed by Highlands", "accused", None),
        ("Shells hit Highland-held farms", "accused", None),
        ("Shelling of Highlands positions", "accused", None),
        ("Lowlands and Highlands shelled each other", "accused", None),
        ("3 killed", "killed", [3, 3]),
        ("three people were killed", "killed", [3, 3]),
        ("at least 62 dead", "killed", [62, None]),
        ("between ten and 15 killed", "killed", [10, 15]),
        ("up to 20 killed", "killed", [None, 20]),
        ("more than 100 wounded", "wounded", [101, None]),
        ("a woman and two children were killed", "killed", [3, 3]),
        ("dozens killed", "killed", None),
        ("no casualties", "killed", [0, 0]),
        ("No casualties were reported", "killed", None),
        ("5 killed, or 7 killed by another account", "killed", None),
        ("مقتل ثلاثة مدنيين", "killed", [3, 3]),
        ("استشهاد طفلين", "killed", [2, 2]),
        ("٣ شهداء و١١ جريحاً", "wounded", [11, 11]),
        ("إصابة ما لا يقل عن 12 آخرين", "wounded", [12, None]),
        ("مقتل مدنيين", "killed", None),
        ("سقوط عشرات القتلى", "killed", None),
        ("مقتل 5 بينهم 3 أطفال قتلى", "killed", [5, 5]),
        ("مقتل 3 و5 جرحى", "killed", [3, 3]),
        ("مقتل 3 و5 جرحى", "wounded", [5, 5]),
        ("مقتل ما بين 3 و5 أشخاص", "killed", [3, 5]),
        ("3 dead, 11 wounded and 4 missing", "missing", [4, 4]),
        ("no casualties", "missing", None),
        ("مقتل 3 و5 مفقودين", "missing", [5, 5]),
        ("فقدان 4 أشخاص", "missing", [4, 4]),
        ("فقدان الاتصال بهم", "missing", None),
        ("Highlanders arrested at least 5 farmers", "detained", [5, None]),
        ("A nurse and two patients were abducted", "detained", [3, 3]),
        ("Twelve people detained in May were released", "detained", None),
        ("Detained 3 days ago", "detained", None),
        ("اعتقلت قوات السهول 3 مواطنين", "detained", [3, 3]),
        ("اعتقلت دورية يوم 3 حزيران شاباً", "detained", None),
        ("خطف متطوعين اثنين", "detained", [2, 2]),
        ("الإفراج عن 5 مدنيين بعد اعتقال 9 مدنيين", "detained", None),
    ],
)
def test_what_is_read(text: str, field: str, wanted: Any) -> None:
    assert said(text).get(field) == wanted


def test_spans_are_of_the_text_as_received_with_its_marks() -> None:
    received = "  قُصِفَتْ بلدة المَعبَر، ٣ شهداءَ  "
    readings = read(received, posted=POSTED, places_known=PLACES, sides=SIDES)
    spans = {one.field: received[one.start : one.end] for one in readings.found}
    assert "المَعبَر" in spans["place"]
    assert spans["killed"] == "٣ شهداءَ"


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "١" * 500, "a " * 2500, "killed " * 3000, "و" * 9000, "بين " * 4000, "12:" * 4000, "January " * 2000]
)
def test_anything_can_be_pasted(text: str) -> None:
    read(text, posted=POSTED, places_known=PLACES, sides=SIDES)
