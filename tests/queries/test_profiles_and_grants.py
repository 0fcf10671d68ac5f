"""Somebody with a visibility profile and a role granted under one agreement: the profile prevails, and nothing is granted in vain."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from incidents.actions import incidents, reports, roles
from incidents.errors import RuleBroken
from incidents.models import Agreement, AgreementRole, Profile, User
from incidents.permissions import CAPABILITIES, Capability, may_somewhere
from incidents.queries import drafts, queue, tallies, visibility
from incidents.vocabulary import Grid
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy
from tests.queries.test_profiles import exact
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Agreement:
    return make_agreement()


@pytest.fixture
def there() -> Agreement:
    return make_agreement("hills-2020", name="Hills truce")


def both(default: str, granted: dict[Agreement, str], **profile: Any) -> User:
    """Return somebody granted these roles who was given a profile afterwards, which nobody is kept from."""
    named = profile.pop("agreements", None)
    user = make_user(default, username="somebody")
    for agreement, role in granted.items():
        roles.grant(user=user, agreement=agreement, role=role, by=None)
    made = Profile.objects.create(slug="narrow", name="Narrow", is_every_agreement=named is None, **profile)
    made.agreements.set(named or [])
    User.objects.filter(pk=user.pk).update(profile=made)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", ["analyst", "editor"])
def test_whoever_carries_a_profile_reads_and_does_no_more(here: Agreement, role: str) -> None:
    user = both(User.Role.PARTNER, {here: role})
    for capability in Capability:
        assert may_somewhere(user, capability) == (capability in CAPABILITIES[User.Role.PARTNER]), capability
    with pytest.raises(PermissionDenied):
        make_report(by=user)
    own = both_own(role)
    assert not may_somewhere(own, Capability.LOG_REPORTS) and may_somewhere(own, Capability.READ)


def both_own(role: str) -> User:
    return make_user(role, username="of that role", profile=Profile.objects.get())


def test_what_the_profile_hides_no_grant_shows(here: Agreement) -> None:
    report = exact(source=make_source("Witness", is_protected=True), wording="said low", link="https://example.org/1")
    incident = incidents.open_for(reports=[report], by=None, name="Shelling of the ford")
    convoy = make_convoy(agreement=here)
    user = both(User.Role.NONE, {here: "editor"}, grid=Grid.KM_11, shows_sources=False, shows_convoys=False)
    seen = visibility.reports(user).get()
    assert (float(seen.latitude or 0), seen.wording, seen.link) == (36.2, "", "")
    assert not visibility.shows_source(user, report.source, report) and not visibility.sources(user).exists()
    assert not visibility.convoys(user).filter(pk=convoy.pk).exists()
    assert not visibility.cases(user).exists() and queue.number(user) == 0 and not drafts.seen(user).exists()
    page, key = signed_in(user), client_of(user)
    assert page.get(f"/en/review/{incident.public_id}/").status_code == 403
    assert page.get(f"/en/incidents/{incident.public_id}/").status_code == 200
    told = key.get(f"/api/v1/reports/{report.public_id}/")
    assert told.status_code == 200 and b"said low" not in told.content and b"36.171717" not in told.content
    assert b"Witness" not in told.content and b"witness" not in told.content


def test_counts_follow_the_profile_too(here: Agreement) -> None:
    make_report()
    make_claim(99)
    sealed_and_posted()
    assert tallies.of_agreement(here, make_user(User.Role.EDITOR)).sides[0].logged == 1
    user = both(User.Role.EDITOR, {here: "editor"}, delay_hours=48)
    assert not visibility.reports(user).exists()
    told = tallies.of_agreement(here, user)
    assert [side.logged for side in told.sides] == [None, None] and [side.claimed for side in told.sides] == [[], []]


def test_it_is_the_agreements_that_both_open(here: Agreement, there: Agreement) -> None:
    make_report()
    make_report(agreement=there)
    third = make_agreement("shore-2020", name="Shore truce")
    user = both(User.Role.NONE, {here: "partner", third: "partner"}, agreements=[here, there])
    assert list(visibility.agreements(user)) == [here] == [report.agreement for report in visibility.reports(user)]
    AgreementRole.objects.filter(user=user).delete()
    roles.grant(user=user, agreement=there, role="none", by=None)
    User.objects.filter(pk=user.pk).update(role=User.Role.PARTNER)
    assert list(visibility.agreements(User.objects.get(pk=user.pk))) == [here]


def test_what_the_profile_would_take_away_is_not_granted(here: Agreement, there: Agreement) -> None:
    user = both(User.Role.NONE, {}, agreements=[here])
    for agreement, role, code in ((here, "editor", "reads_only"), (here, "analyst", "reads_only"), (there, "partner", "not_in_profile")):
        with pytest.raises(RuleBroken) as broken:
            roles.grant(user=user, agreement=agreement, role=role, by=None)
        assert broken.value.code == code
    assert not AgreementRole.objects.exists()
    roles.grant(user=user, agreement=here, role="partner", by=None)
    roles.grant(user=user, agreement=there, role="none", by=None)
    assert AgreementRole.objects.count() == 2


def test_a_retracted_report_stays_hidden_where_the_profile_says_so(here: Agreement) -> None:
    kept, gone = make_report(), make_report()
    reports.retract(report=gone, by=None, reason="Sent by mistake")
    user = both(User.Role.NONE, {here: "editor"}, report_states=["submitted"])
    assert list(visibility.reports(user)) == [kept]
