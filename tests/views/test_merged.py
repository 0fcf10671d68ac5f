"""An incident merged away leads to its heir, through any number of mergers, for whoever may see the heir - and is not there for others."""

from collections.abc import Callable

import pytest

from incidents.actions import incidents, roles
from incidents.models import Change, ChangeKind, Incident, Profile, User
from incidents.vocabulary import ReportState
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_report, make_user
from tests.builders.convoys import make_convoy
from tests.views.conftest import signed_in

pytestmark = pytest.mark.django_db
Chain = tuple[Incident, Incident, Incident]


@pytest.fixture
def chain() -> Chain:
    """Return three incidents, the first merged into the second and that into the third."""
    one, two, three = (incidents.open_for(reports=[make_report()], by=None, name=name) for name in ("First name", "Second name", "Third name"))
    incidents.merge(incident=one, into=two, by=None)
    incidents.merge(incident=two, into=three, by=None)
    return one, two, three


def holding(role: str) -> User:
    """Return somebody who holds a role under the one agreement and nothing elsewhere."""
    user = make_user(User.Role.NONE, username="granted")
    roles.grant(user=user, agreement=make_agreement(), role=role, by=None)
    return user


def carrying() -> User:
    profile = Profile.objects.create(slug="narrow", name="Narrow", report_states=[ReportState.SUBMITTED])
    return make_user(User.Role.PARTNER, username="carrier", profile=profile)


READERS: dict[str, Callable[[], User]] = {
    "editor": lambda: make_user(User.Role.EDITOR),
    "partner": lambda: make_user(User.Role.PARTNER),
    "editor of one agreement": lambda: holding("editor"),
    "partner of one agreement": lambda: holding("partner"),
    "partner with a profile": carrying,
}


@pytest.mark.parametrize("reader", READERS)
def test_an_old_address_leads_to_the_heir_at_once(chain: Chain, reader: str) -> None:
    user, heir = READERS[reader](), chain[2]
    page, key = signed_in(user), client_of(user)
    for old in chain[:2]:
        assert page.get(f"/en/incidents/{old.public_id}/").headers["Location"] == f"/en/incidents/{heir.public_id}/"
        answer = key.get(f"/api/v1/incidents/{old.public_id}/")
        assert (answer.status_code, answer.json()["merged_into"]) == (200, str(heir.public_id))
        if "editor" in reader:
            assert page.get(f"/en/review/{old.public_id}/").headers["Location"] == f"/en/review/{heir.public_id}/"
    assert page.get(f"/en/incidents/{heir.public_id}/").status_code == 200
    assert key.get(f"/api/v1/incidents/{heir.public_id}/").json()["merged_into"] is None
    assert [row["name"] for row in key.get("/api/v1/incidents/").json()["results"]] == ["Third name"]


def test_what_went_on_in_a_hidden_incident_is_hidden_with_it(chain: Chain) -> None:
    user = make_user(User.Role.PARTNER)
    make_convoy(incident=chain[2])
    page, key = signed_in(user), client_of(user)
    for hidden in chain:
        assert page.get(f"/en/incidents/{hidden.public_id}/").status_code == 404
        assert key.get(f"/api/v1/incidents/{hidden.public_id}/").status_code == 404


def test_under_no_agreement_of_ones_own_an_old_address_is_not_there(chain: Chain) -> None:
    user = make_user(User.Role.NONE)
    roles.grant(user=user, agreement=make_agreement("hill-2021"), role="editor", by=None)
    page, key = signed_in(user), client_of(user)
    for hidden in chain:
        assert page.get(f"/en/incidents/{hidden.public_id}/").status_code == 404
        assert page.get(f"/en/review/{hidden.public_id}/").status_code == 404
        assert key.get(f"/api/v1/incidents/{hidden.public_id}/").status_code == 404


def test_a_merger_undone_in_the_middle_ends_the_way_there(chain: Chain) -> None:
    last = Change.objects.filter(kind=ChangeKind.INCIDENT_MERGED).latest("id")
    incidents.undo(operation_id=last.operation_id, by=None)
    page = signed_in(holding("partner"))
    assert page.get(f"/en/incidents/{chain[0].public_id}/").headers["Location"] == f"/en/incidents/{chain[1].public_id}/"
