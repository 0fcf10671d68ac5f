"""Days that bring too much for one sheet: a dozen claimants against each side, thirty declarations and forty incidents, with long names."""

from datetime import date
from typing import Any

from incidents.actions import declarations, incidents
from incidents.models import Agreement, Party, Side
from incidents.vocabulary import PartyKind, Stance, Unit
from tests.builders import make_agreement, make_claim, make_member, make_report, make_source, sealed_and_posted

DAY = date(2020, 6, 3)
# The truce, and the letters of its sides besides two.
TRUCES = {"busy-2020": "", "crowded-2020": "CD"}
CLAIMANTS, DECLARED, HAPPENED = 12, 30, 40
_LONG = "Coordination council of the joint committees for the follow-up of what was agreed upon between the parties in the river basin"
_LONG_AR = "المجلس التنسيقي للجان المشتركة المعنية بمتابعة ما جرى الاتفاق عليه بين الأطراف في حوض النهر وما حوله من المناطق المجاورة"

_STANCES = (Stance.OVER, Stance.ACCEPTS, Stance.SUSPENDS)


def make_busy_day(slug: str) -> Agreement:
    """Return the truce that has one."""
    agreement = make_agreement(slug, name=f"{_LONG} truce", name_ar=_LONG_AR)
    for position, code in enumerate(TRUCES[slug], start=2):
        side = Side.objects.create(agreement=agreement, code=code, position=position, name=f"{code} {_LONG}", name_ar=f"{_LONG_AR} {code}")
        make_member(side, _party(code))
    sides = list(agreement.sides.all())
    for number in range(CLAIMANTS):
        for accused in (*([side] for side in sides), [_party("Stranger")]):
            for unit in (Unit.VIOLATION, Unit.SHOT):
                facts: dict[str, Any] = {"claimant": _party(f"Claimant {number}"), "agreement": agreement, "unit": unit}
                make_claim(100_000 + number, accused=accused, **facts)
    for number in range(DECLARED):
        said: dict[str, Any] = {"stance": _STANCES[number % len(_STANCES)], "wording": f"{number} {_LONG} {_LONG_AR}", "source": make_source()}
        declarations.declare(by=None, agreement=agreement, party=_party(f"Speaker {number}"), declared_on=DAY, **said)
    for number in range(HAPPENED):
        accused_by: dict[str, Any] = {"accused_party": None} if number % 2 else {"accused_side": sides[number % len(sides)]}
        report = make_report(agreement=agreement, occurred_on=DAY, **accused_by)
        incidents.open_for(reports=[report], by=None, name=f"{number} {_LONG}", name_ar=f"{number} {_LONG_AR}")
    sealed_and_posted()
    return agreement


def _party(name: str) -> Party:
    names = {
        "name": f"{name} {_LONG}",
        "short_name": f"{name} {_LONG}"[:80],
        "name_ar": f"{name} {_LONG_AR}",
        "short_name_ar": f"{name} {_LONG_AR}"[:80],
    }
    slug = name.lower().replace(" ", "-")
    return Party.objects.get_or_create(slug=slug, defaults=names | {"kind": PartyKind.ARMED_GROUP})[0]
