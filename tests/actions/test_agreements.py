"""What joins an agreement: sent by several at once, it is on record once, and in an order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from incidents.actions import agreements
from incidents.errors import RuleBroken
from incidents.models import Agreement
from incidents.vocabulary import Role, TermSubject
from tests.builders import make_agreement, make_party

MANY = 6


def at_once(done: Callable[[int], Any]) -> list[str]:
    """Return what became of doing this several times at once: "" or the code of the rule that refused it."""
    barrier = Barrier(MANY)

    def one(number: int) -> str:
        try:
            barrier.wait(10)
            done(number)
        except RuleBroken as broken:
            return broken.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(MANY) as pool:
        return sorted(pool.map(one, range(MANY)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_sides", [True, False])
def test_sides_added_at_once_stand_one_after_the_other(has_sides: bool) -> None:
    agreement = make_agreement()
    if not has_sides:
        agreement = Agreement.objects.create(slug="bare-2021", name="Bare", timezone="UTC", in_force_from=agreement.in_force_from)
    assert at_once(lambda number: agreements.add_side(by=None, agreement=agreement, code="CDEFGH"[number], name="Islanders")) == [""] * MANY
    positions = list(agreement.sides.values_list("position", flat=True))
    assert len(set(positions)) == len(positions) == MANY + 2 * has_sides


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["side", "term", "member", "role"])
def test_what_is_sent_at_once_is_on_record_once(what: str) -> None:
    agreement, party = make_agreement(), make_party("Rangers")
    side = agreement.sides.get(code="A")
    done: dict[str, Callable[[int], Any]] = {
        "side": lambda _number: agreements.add_side(by=None, agreement=agreement, code="C", name="Islanders"),
        "term": lambda _number: agreements.add_term(by=None, agreement=agreement, number="7", subject=TermSubject.DETAINEES),
        "member": lambda _number: agreements.add_member(by=None, side=side, party=party),
        "role": lambda _number: agreements.add_role(by=None, agreement=agreement, party=party, role=Role.MONITOR),
    }
    assert at_once(done[what]) == ["", *["already_recorded"] * (MANY - 1)]


@pytest.mark.parametrize("number", ["1 ", "\u00a01", "\u0661", "\uff11", "1\u200f"])
def test_an_article_that_reads_like_another_is_refused(db: None, number: str) -> None:
    agreement = make_agreement()
    with pytest.raises(RuleBroken) as broken:
        agreements.add_term(by=None, agreement=agreement, number=number, subject=TermSubject.DETAINEES)
    assert (broken.value.code, broken.value.field) == ("already_recorded", "number")
    kept = agreements.add_term(by=None, agreement=agreement, number=" 1  (a) ", subject=TermSubject.DETAINEES)
    assert kept.number == "1 (a)"
