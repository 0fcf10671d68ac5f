"""As known on an instant: settled by the seals, so the answer is the same each time, whatever is changed or committed later."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from incidents.actions import reports, seals
from incidents.errors import RuleBroken
from incidents.models import ApiKey, Seal, SealHead, User
from incidents.queries import answers, points
from incidents.queries.questions import Question
from tests.builders import correct_claim, make_agreement, make_claim, make_report, make_user, sealed_and_posted

ADDRESS = "/api/v1/agreements/river-2020/tallies/"


def logged(**params: str) -> int:
    question = Question.parse(params, make_agreement())
    return sum(cell.amount.best or 0 for cell in answers.answer(question, None).cells)


@pytest.mark.django_db
def test_it_is_the_sum_up_to_the_last_number_sealed_by_then() -> None:
    for _number in range(3):
        make_report()
        sealed_and_posted()
    first, second, third = Seal.objects.order_by("-number")[:3][::-1]
    assert (logged(), logged(change=str(second.number)), logged(change="0")) == (3, 2, 0)
    assert logged(as_known_on=first.sealed_at.isoformat()) == 1
    assert logged(as_known_on=(third.sealed_at - timedelta(microseconds=1)).isoformat()) == 2
    assert logged(as_known_on=third.sealed_at.isoformat()) == 3
    assert logged(as_known_on="2000-01-01") == 0


@pytest.mark.django_db
def test_what_is_sealed_and_not_counted_is_refused_and_not_answered_in_part() -> None:
    make_report()
    sealed_and_posted()
    make_report()
    seals.seal()
    last = SealHead.objects.get()
    for params in ({"change": str(last.number)}, {"as_known_on": last.sealed_at.isoformat()}):
        with pytest.raises(RuleBroken) as refused:
            logged(**params)
        assert refused.value.code == "not_counted_yet"
    sealed_and_posted()
    assert logged(change=str(last.number)) == 2


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_two_batches_of_seals_share_an_instant_though_the_clock_runs_backwards() -> None:
    make_report()
    sealed_and_posted()
    with connections["owner"].cursor() as cursor:  # as if the clock had been a day ahead until now
        cursor.execute("UPDATE incidents_sealhead SET sealed_at = sealed_at + interval '1 day'")
    ahead = SealHead.objects.get().sealed_at
    instants = []
    for _number in range(3):
        make_report()
        sealed_and_posted()
        instants.append(SealHead.objects.get().sealed_at)
    assert ahead < instants[0] < instants[1] < instants[2]
    assert [logged(as_known_on=instant.isoformat()) for instant in instants] == [2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begun_before_an_instant_that_commits_after_it_changes_no_answer() -> None:
    make_report()
    sealed_and_posted()
    written, asked_already = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                make_report(summary="late")
                written.set()
                assert asked_already.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        future = pool.submit(slow)
        assert written.wait(20)
        make_report(summary="early")
        sealed_and_posted()
        instant = SealHead.objects.get().sealed_at
        question = Question.parse({"as_known_on": instant.isoformat()}, make_agreement())
        before = answers.answer(question, None)
        assert logged() == 2
        asked_already.set()
        future.result()
    sealed_and_posted()
    again = Question.parse({"as_known_on": instant.isoformat()}, make_agreement())
    assert (again, answers.answer(again, None).cells) == (question, before.cells)
    assert logged() == 3


@pytest.mark.django_db
@pytest.mark.slow
def test_a_thousand_later_changes_leave_every_byte_of_it_as_it_was() -> None:
    claim, held = make_claim(254), [make_report() for _number in range(40)]
    sealed_and_posted()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {ApiKey.issue(user=make_user(User.Role.PARTNER), name='test')[1]}")
    instant = points.now().sealed_at
    assert instant
    asked = {"as_known_on": instant.isoformat()}
    breakdowns = [asked, asked | {"by": "day"}, asked | {"by": "type", "periods": "all"}, asked | {"from": "2020-06-02", "until": "2020-06-03"}]
    before = [client.get(ADDRESS, params).content for params in breakdowns]
    opened = client.get(f"{ADDRESS}behind/", asked).content
    for number in range(480):
        make_report()
        if number < 40:
            reports.retract(report=held[number], by=None, reason="another truce")
            claim = correct_claim(claim, 254 + number)
    for number in range(480):
        make_report(stated_count=number)
    sealed_and_posted()
    assert points.now().number - 41 > 1000
    assert [client.get(ADDRESS, params).content for params in breakdowns] == before
    assert client.get(f"{ADDRESS}behind/", asked).content == opened
    assert client.get(ADDRESS).content != before[0]
