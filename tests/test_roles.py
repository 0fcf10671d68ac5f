"""Roles on single agreements: another there than elsewhere, asked at every write and in every list; and nothing changed for who has none."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from incidents.actions import assessments, cases, coverage, drafts, incidents, reports, roles
from incidents.models import Agreement, AgreementRole, ApiKey, Change, ChangeKind, Coverage, Draft, Incident, Report, User
from incidents.permissions import CAPABILITIES, NEEDS, Capability, may, may_somewhere, reach
from incidents.queries import drafts as draft_queries
from incidents.queries import duplicates, queue, visibility
from incidents.queries import incidents as incident_queries
from incidents.queries.incidents import IncidentFilter
from incidents.vocabulary import CoverageKind
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user

pytestmark = pytest.mark.django_db
# Reference data and erasure are opened to administrators alone; of keys, their owner or an administrator is asked for where they are made.
NOT_ASKED_HERE = {
    ChangeKind.PAYLOAD_ERASED,
    ChangeKind.REFERENCE_ADDED,
    ChangeKind.REFERENCE_CHANGED,
    ChangeKind.REFERENCE_REMOVED,
    ChangeKind.KEY_ISSUED,
    ChangeKind.KEY_ROTATED,
    ChangeKind.KEY_REVOKED,
}


@pytest.fixture
def here() -> Agreement:
    return make_agreement()


@pytest.fixture
def there() -> Agreement:
    return make_agreement("hills-2020", name="Hills truce")


def holding(default: str, **granted: str) -> User:
    """Return a person with this role, and others on the agreements named by the first word of their slugs."""
    user = make_user(default, username="somebody")
    for name, role in granted.items():
        roles.grant(user=user, agreement=Agreement.objects.get(slug__startswith=name), role=role, by=None)
    return user


def test_every_kind_of_change_needs_something() -> None:
    assert set(ChangeKind) - NEEDS.keys() == NOT_ASKED_HERE


@pytest.mark.parametrize("role", User.Role)
def test_without_grants_a_role_holds_everywhere(role: str, here: Agreement, django_assert_num_queries: Any) -> None:
    user = make_user(role)
    with django_assert_num_queries(0):
        for capability in Capability:
            is_held = capability in CAPABILITIES[role]
            assert may(user, capability) == may(user, capability, here) == may_somewhere(user, capability) == is_held


def test_a_granted_role_overrides_ones_own_there_alone(here: Agreement, there: Agreement) -> None:
    user = holding(User.Role.PARTNER, river="editor")
    assert may(user, Capability.ASSESS, here) and not may(user, Capability.ASSESS, there)
    assert may_somewhere(user, Capability.ASSESS) and not may(user, Capability.ASSESS)
    lowered = make_user(User.Role.EDITOR)
    roles.grant(user=lowered, agreement=there, role="partner", by=None)
    assert may(lowered, Capability.ASSESS, here) and not may(lowered, Capability.ASSESS, there) and may(lowered, Capability.READ)
    lowered.is_active = False
    assert not reach(lowered, Capability.READ).is_somewhere


def test_an_administrator_stays_one_whatever_was_granted(here: Agreement) -> None:
    user = holding(User.Role.ADMINISTRATOR, river="none")
    assert may(user, Capability.ADMINISTER) and not may(user, Capability.READ, here)


def test_taken_back_ones_own_role_holds_again(here: Agreement) -> None:
    user = holding(User.Role.EDITOR, river="none")
    roles.take_back(granted=AgreementRole.objects.get(), by=None)
    user = User.objects.get(pk=user.pk)
    assert may(user, Capability.ASSESS) and not user.has_grants
    assert list(Change.objects.order_by("id").values_list("kind", flat=True)) == ["role.granted", "role.taken"]


def test_only_an_administrator_grants(here: Agreement) -> None:
    with pytest.raises(PermissionDenied):
        roles.grant(user=make_user(User.Role.NONE), agreement=here, role="editor", by=make_user(User.Role.EDITOR))


@pytest.fixture
def two(here: Agreement, there: Agreement) -> tuple[Incident, Incident]:
    """Return an incident under each agreement, each with a report of a protected source, a draft and a total beside it."""
    made = []
    for agreement in (here, there):
        hidden = make_source("Witness", is_protected=True)
        report = make_report(agreement=agreement, source=hidden, link="https://example.org/1", wording=f"said {agreement.slug}")
        made.append(incidents.open_for(reports=[report], by=None, name=agreement.slug))
        make_claim(agreement=agreement)
        drafts.begin(agreement=agreement, fields={}, by=make_user(User.Role.ANALYST, username=f"for {agreement.slug}"))
    return made[0], made[1]


def test_what_is_under_no_agreement_of_ones_own_does_not_exist(two: tuple[Incident, Incident], here: Agreement, there: Agreement) -> None:
    user = holding(User.Role.NONE, river="editor")
    assert list(visibility.agreements(user)) == [here]
    assert {row.agreement for row in visibility.reports(user)} == {here} == {row.agreement for row in visibility.aggregate_claims(user)}
    assert list(visibility.incidents(user)) == [two[0]] == [row.incident for row in queue.page(user).rows]
    assert queue.number(user) == 1
    assert [row.agreement for row in draft_queries.seen(user)] == [here]
    with pytest.raises(Incident.DoesNotExist):
        incident_queries.dossier(user, two[1].public_id)


def test_a_reader_elsewhere_sees_there_what_a_partner_sees(two: tuple[Incident, Incident], here: Agreement, there: Agreement) -> None:
    user = holding(User.Role.PARTNER, river="editor")
    shown = {row.agreement: visibility.shows_source(user, row.source, row) for row in visibility.reports(user).select_related("source")}
    assert shown == {here: True, there: False}
    assert list(visibility.cases(user)) == [two[0]] and set(visibility.incidents(user)) == set(two)
    assert [row.agreement for row in draft_queries.seen(user)] == [here]
    found = incident_queries.filtered(user, IncidentFilter())
    assert found.count() == 2
    draft = duplicates.Draft(agreement=there, link="https://example.org/1")
    assert {row.report.agreement for row in duplicates.candidates(user, draft)} <= {here}


def _observed(by: User, agreement: Agreement) -> Coverage:
    seen = {"kind": CoverageKind.PRESENCE, "place": make_place(), "from_on": date(2020, 6, 1)}
    return coverage.log(by=by, agreement=agreement, observer=make_party("Monitor"), source=make_source(), **seen)


WRITES: list[Callable[[User, Agreement, Incident], Any]] = [
    lambda by, agreement, incident: make_report(by=by, agreement=agreement),
    lambda by, agreement, incident: make_claim(by=by, agreement=agreement),
    lambda by, agreement, incident: reports.retract(report=Report.objects.get(agreement=agreement), by=by, reason="so"),
    lambda by, agreement, incident: incidents.detach(report=Report.objects.get(agreement=agreement), by=by),
    lambda by, agreement, incident: incidents.rename(incident=incident, by=by, name="Other"),
    lambda by, agreement, incident: cases.take_up(incident=incident, by=by),
    lambda by, agreement, incident: cases.comment(incident=incident, by=by, body="so"),
    lambda by, agreement, incident: cases.assign(incident=incident, by=by, to=None),
    lambda by, agreement, incident: assessments.decide(incident=incident, agreement=agreement, by=by, reason="so", occurrence="disputed"),
    lambda by, agreement, incident: drafts.begin(agreement=agreement, fields={}, by=by),
    lambda by, agreement, incident: drafts.keep(draft=Draft.objects.get(agreement=agreement), fields={"a": "b"}, version=1, by=by),
    lambda by, agreement, incident: _observed(by, agreement),
]


@pytest.mark.parametrize("write", WRITES)
def test_every_write_is_refused_where_the_role_is_not_held(
    write: Callable[[User, Agreement, Incident], Any], two: tuple[Incident, Incident], here: Agreement, there: Agreement
) -> None:
    user = holding(User.Role.PARTNER, river="editor")
    before = Change.objects.count()
    with pytest.raises(PermissionDenied):
        write(user, there, two[1])
    assert Change.objects.count() == before
    write(user, here, two[0])


def test_pages_and_addresses_refuse_alike(two: tuple[Incident, Incident], here: Agreement, there: Agreement) -> None:
    user = holding(User.Role.PARTNER, river="editor")
    page = Client()
    page.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Bearer {ApiKey.issue(user=user, name='test')[1]}")
    facts = {"claimant": "highlands", "source": "gazette", "violation_type": "shelling", "accused_party": "lowlands", "occurred_on": "2020-06-02"}
    make_source()
    assert key.post("/api/v1/reports/", facts | {"agreement": there.slug}, format="json").status_code == 403
    assert key.post("/api/v1/reports/", facts | {"agreement": here.slug}, format="json").status_code == 201
    assert page.get(f"/en/review/{two[0].public_id}/").status_code == 200
    assert page.get(f"/en/review/{two[1].public_id}/").status_code == 404
    roles.grant(user=user, agreement=there, role="none", by=None)
    assert page.get(f"/en/agreements/{there.slug}/").status_code == 404 == key.get(f"/api/v1/agreements/{there.slug}/").status_code
    assert page.get(f"/en/incidents/{two[1].public_id}/").status_code == 404
