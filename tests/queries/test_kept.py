"""Queries that are kept: readers share one only if they stand alike, and what is kept is the question, not the answer."""

from itertools import combinations
from typing import Any

import pytest

from incidents.actions import roles
from incidents.models import ApiKey, Profile, User
from incidents.queries import kept, queue, reports, visibility
from incidents.queries.filters import ReportFilter
from incidents.vocabulary import Grid, Occurrence, ReportState, Scope
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_report, make_user

pytestmark = pytest.mark.django_db
OTHERWISE: dict[str, Any] = {
    "report_states": [ReportState.SUBMITTED],
    "occurrences": [Occurrence.VERIFIED],
    "delay_hours": 5,
    "grid": Grid.KM_11,
    "shows_sources": False,
    "shows_wording": False,
    "shows_convoys": False,
    "shows_evidence": False,
}


def carrying(profile: Profile, name: str = "") -> User:
    return make_user(User.Role.PARTNER, name or f"of {profile.slug}", profile=profile)


def composed_for(reader: User) -> tuple[Any, list[kept.Statement]]:
    asked = [(("pk",), visibility.reports), (("pk", "since"), queue._waiting)]
    return visibility.standing(reader), [kept.statement(None, columns, lambda rows=rows: rows(reader)) for columns, rows in asked]  # type: ignore[misc]


def test_whoever_shares_a_query_would_have_composed_the_same() -> None:
    truce, other = make_agreement(), make_agreement("other-2021")
    narrow = Profile.objects.create(slug="narrow", name="narrow", is_every_agreement=False)
    narrow.agreements.add(truce)
    readers = [make_user(role, f"{role} {each}") for role in User.Role.values for each in "ab"]
    readers += [carrying(narrow, f"narrow {each}") for each in "ab"]
    readers += [carrying(Profile.objects.create(slug=f"by-{name}", name=name, **{name: value})) for name, value in OTHERWISE.items()]
    for number, agreement in enumerate((truce, other)):
        granted = make_user(User.Role.PARTNER, f"granted {number}")
        roles.grant(user=granted, agreement=agreement, role=User.Role.EDITOR, by=None)
        readers.append(User.objects.get(pk=granted.pk))
    for scopes in ([Scope.READ], [Scope.READ, Scope.INTERNAL]):
        holder = make_user(User.Role.EDITOR, f"holder of {len(scopes)}")
        holder.key, _secret = ApiKey.issue(user=holder, name="key", scopes=scopes)
        readers.append(holder)
    composed = [composed_for(reader) for reader in readers]
    alike = [pair for pair in combinations(composed, 2) if pair[0][0] == pair[1][0]]
    assert len(alike) == len(User.Role.values) + 1
    assert all(one[1] == other[1] for one, other in alike)
    assert len({(statement.sql, statement.values) for _standing, (statement, _queue) in composed}) > len(OTHERWISE)


@pytest.mark.parametrize("name", OTHERWISE)
def test_an_edited_profile_is_another_standing(name: str) -> None:
    profile = Profile.objects.create(slug="told", name="told")
    before = visibility.standing(carrying(profile))
    Profile.objects.filter(pk=profile.pk).update(**{name: OTHERWISE[name]})
    assert visibility.standing(User.objects.get(profile=profile)) != before


def test_only_what_needs_no_look_up_is_kept() -> None:
    reader = make_user(User.Role.PARTNER)
    make_agreement()
    for words in ({}, {"agreement": "river-2020"}, {"type": "shelling", "since": "2020-06-01"}):
        assert reports.standing(reader, ReportFilter.parse(words)) is not None
    for words in ({"claimant": "highlands"}, {"text": "x"}, {"box": "1,2,3,4"}, {"updated_since": "2020-06-01T00:00:00Z"}):
        assert reports.standing(reader, ReportFilter.parse(words)) is None


def test_the_question_is_kept_and_not_the_answer() -> None:
    profile = Profile.objects.create(slug="told", name="told")
    client = client_of(carrying(profile))
    seen = []
    for expected in (1, 2):
        make_report()
        assert len(client.get("/api/v1/reports/").json()["results"]) == expected
        assert client.get("/api/v1/reports/", {"count": "1"}).json()["count"] == expected
        seen.append(set(kept._kept))
    assert seen[0] and seen[0] == seen[1]
    Profile.objects.filter(pk=profile.pk).update(delay_hours=1)
    assert client_of(User.objects.get(profile=profile)).get("/api/v1/reports/", {"count": "1"}).json()["count"] == 0


def test_it_begins_anew_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    rows = visibility.reports(make_user())
    for number in range(5):
        kept.statement(number, ("pk",), lambda: rows)
        assert len(kept._kept) <= 2


def test_another_thread_may_empty_it_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    class Emptied(dict[Any, Any]):
        def __contains__(self, key: object) -> bool:
            is_there = super().__contains__(key)
            self.clear()
            return is_there

    monkeypatch.setattr(kept, "_kept", Emptied(key="found"))
    assert kept.of("key", lambda: "composed") in {"found", "composed"}
