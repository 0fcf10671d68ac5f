"""A bulletin's arithmetic over JSON, before it is logged and after; and withdrawing one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from rest_framework.test import APIClient

from incidents.models import AggregateClaim, Change, User
from incidents.vocabulary import Basis
from tests.api.conftest import client_of
from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_user, sealed_and_posted

ADDRESS = "/api/v1/aggregate-claims/"
Facts = Callable[..., dict[str, Any]]


def daily(count: int, day: int, **facts: Any) -> AggregateClaim:
    on = date(2020, 6, day)
    return make_claim(count, basis=Basis.PERIODIC, counted_from=None, period_start=on, period_end=on, published_on=on, **facts)


def test_what_is_noted_is_not_written_and_stays_after_it_is(analyst: APIClient, claim_facts: Facts) -> None:
    daily(55, 6)
    daily(42, 3)
    before = (AggregateClaim.objects.count(), Change.objects.count())
    facts = claim_facts(count=199, period_end="2020-06-06", published_on="2020-06-06", parts=[{"label": "x", "count": 198}])
    answer = analyst.post(f"{ADDRESS}check/", facts, format="json")
    check(f"{ADDRESS}check/", "post", answer)
    said = answer.json()
    assert [(flag["code"], flag.get("remainder")) for flag in said["flags"]] == [("parts_do_not_add_up", 1), ("gap", None)]
    (step,) = said["steps"]
    assert (step["cumulative"], step["for_day"], step["before"], step["known"]) == (199, 55, 144, None)
    assert (step["summed"], step["summed_days"], step["days_before"], step["agrees"]) == (42, 1, 5, None)
    assert (AggregateClaim.objects.count(), Change.objects.count()) == before
    logged = analyst.post(ADDRESS, facts, format="json")
    assert logged.status_code == 201
    assert [flag["code"] for flag in logged.json()["flags"]] == ["parts_do_not_add_up"]
    sealed_and_posted()
    figures = analyst.get("/api/v1/agreements/river-2020/tallies/").json()["sides"][0]["claimed"]
    assert {"parts_do_not_add_up", "gap"} <= {flag["code"] for flag in figures[0]["flags"]}


def test_yesterdays_number_and_todays_are_held_against_the_new_one(analyst: APIClient, claim_facts: Facts) -> None:
    make_claim(140, period_end=date(2020, 6, 5), published_on=date(2020, 6, 5))
    daily(55, 6)
    facts = claim_facts(count=199, period_end="2020-06-06", published_on="2020-06-06")
    said = analyst.post(f"{ADDRESS}check/", facts, format="json").json()
    assert [(step["before"], step["known"], step["agrees"]) for step in said["steps"]] == [(144, 140, False)]
    (flag,) = [flag for flag in said["flags"] if flag["code"] == "dailies_do_not_add_up"]
    assert (flag["stated"], flag["sum"], flag["remainder"]) == (59, 55, 4)


def test_what_it_would_take_the_place_of_is_not_held_against_it(analyst: APIClient, claim_facts: Facts) -> None:
    earlier = make_claim(300)
    facts = claim_facts(count=254)
    decreasing = analyst.post(f"{ADDRESS}check/", facts, format="json").json()
    assert [flag["code"] for flag in decreasing["flags"]] == ["overlap"]
    correcting = analyst.post(f"{ADDRESS}check/", facts | {"supersedes": str(earlier.public_id)}, format="json").json()
    assert [(flag["code"], flag["earlier_count"]) for flag in correcting["flags"]] == [("superseded", 300)]


def test_a_check_is_refused_as_logging_is(analyst: APIClient, partner: APIClient, claim_facts: Facts) -> None:
    answer = analyst.post(f"{ADDRESS}check/", claim_facts(period_end="2199-01-01"), format="json")
    check(f"{ADDRESS}check/", "post", answer)
    assert (answer.status_code, answer.json()["field"]) == (422, "period_end")
    assert partner.post(f"{ADDRESS}check/", claim_facts(), format="json").status_code == 403


def test_a_statement_is_withdrawn_with_a_reason_by_who_entered_it_or_an_editor(analyst: APIClient, partner: APIClient) -> None:
    make_agreement()
    own = make_claim(7, by=User.objects.get(role=User.Role.ANALYST))
    others = make_claim(8, by=make_user(User.Role.ANALYST, "another"))
    retract = f"{ADDRESS}{{id}}/retract/"
    assert analyst.post(retract.format(id=own.public_id), {"reason": " "}, format="json").status_code in {400, 422}
    answer = analyst.post(retract.format(id=own.public_id), {"reason": "printed by mistake"}, format="json")
    check(retract, "post", answer)
    assert (answer.status_code, answer.json()["is_current"], answer.json()["retraction_reason"]) == (200, False, "printed by mistake")
    assert analyst.post(retract.format(id=own.public_id), {"reason": "again"}, format="json").status_code == 409
    assert analyst.post(retract.format(id=others.public_id), {"reason": "x"}, format="json").status_code == 403
    assert partner.post(retract.format(id=others.public_id), {"reason": "x"}, format="json").status_code == 403
    editor = client_of(make_user(User.Role.EDITOR))
    assert editor.post(retract.format(id=others.public_id), {"reason": "x"}, format="json").status_code == 200
