"""Administration of reference data: open to administrators, recorded, and closed to what nobody edits."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from incidents.actions import roles
from incidents.models import Agreement, AgreementRole, ApiKey, Change, Declaration, Party, Profile, User
from tests.builders import make_agreement, make_party, make_report, make_source, make_user

pytestmark = pytest.mark.django_db
BASE = "/en/administration/incidents"


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(User.Role.ADMINISTRATOR, is_staff=True))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def kinds() -> list[tuple[str, str]]:
    return list(Change.objects.order_by("id").values_list("kind", "record_type"))


def rows(prefix: str, *values: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return a table of rows as the form posts it."""
    form = {f"{prefix}-TOTAL_FORMS": len(values), f"{prefix}-INITIAL_FORMS": initial, f"{prefix}-MIN_NUM_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 1000}
    return form | {f"{prefix}-{index}-{name}": value for index, row in enumerate(values) for name, value in row.items()}


@pytest.mark.parametrize("name", ["agreement", "party", "affiliation", "place", "source", "incident", "user", "agreementrole", "apikey"])
def test_reference_data_can_be_listed_and_added_to(administrator: Client, name: str) -> None:
    make_report()
    assert administrator.get(f"{BASE}/{name}/").status_code == 200
    assert administrator.get(f"{BASE}/{name}/add/").status_code == 200


@pytest.mark.parametrize("model", admin.site._registry)
def test_only_reference_data_is_there(model: type) -> None:
    ours = model.__name__ if model.__module__.startswith("incidents") else None
    assert ours in {None, "Agreement", "Party", "Affiliation", "Place", "Source", "Incident", "User", "AgreementRole", "ApiKey", "Profile"}


@pytest.mark.parametrize("role", [User.Role.PARTNER, User.Role.ANALYST, User.Role.EDITOR])
def test_others_are_kept_out_even_as_staff(role: str) -> None:
    client = signed_in(make_user(role, is_staff=True))
    assert client.get(f"{BASE}/party/").status_code == 403
    assert client.post(f"{BASE}/party/add/", {"name": "x"}).status_code == 403


def test_adding_changing_and_removing_a_party_is_recorded(administrator: Client) -> None:
    facts = {"slug": "rangers", "name": "Rangers", "kind": "armed_group"}
    answer = administrator.post(f"{BASE}/party/add/", facts | rows("aliases", {"name": "RG", "language": "en"}))
    assert answer.status_code == 302, answer.content
    party = Party.objects.get(slug="rangers")
    assert kinds() == [("reference.added", "party"), ("reference.changed", "party")]
    change = Change.objects.latest("id")
    assert change.payload.body["after"] == {"aliases": ["RG (en)"]}
    alias = party.aliases.get()
    same = rows("aliases", {"id": alias.pk, "party": party.pk, "name": "RG", "language": "en"}, initial=1)
    administrator.post(f"{BASE}/party/{party.pk}/change/", facts | same)
    assert len(kinds()) == 2
    administrator.post(f"{BASE}/party/{party.pk}/change/", facts | {"name": "Forest Rangers"} | same)
    assert Change.objects.latest("id").payload.body["before"]["name"] == "Rangers"
    administrator.post(f"{BASE}/party/{party.pk}/delete/", {"post": "yes"})
    assert kinds()[-1] == ("reference.removed", "party")
    assert not Party.objects.exists()


@pytest.mark.parametrize(
    ("name", "facts", "more"),
    [
        ("place", {"slug": "mill", "name": "Mill", "precision": "town"}, {"name": "Old mill"}),
        ("source", {"slug": "mill-gazette", "name": "Mill gazette", "kind": "press", "reliability": "B"}, {"reliability": "C"}),
        ("incident", {"slug": "mill", "name": "Fire at the mill"}, {"name": "Fire at the old mill"}),
        ("affiliation", {"kind": "member"}, {"until_on": "2020-06-05"}),
    ],
)
def test_every_kind_of_reference_data_is_added_changed_and_removed_with_a_record(
    administrator: Client, name: str, facts: dict[str, Any], more: dict[str, Any]
) -> None:
    tables = rows("aliases") if name == "place" else {}
    if name == "affiliation":
        tables = {"party": make_party("Rangers").pk, "other": make_party("Union").pk}
    assert administrator.post(f"{BASE}/{name}/add/", facts | tables).status_code == 302
    key = apps.get_model("incidents", name).objects.latest("id").pk
    assert administrator.post(f"{BASE}/{name}/{key}/change/", facts | tables | more).status_code == 302
    assert administrator.post(f"{BASE}/{name}/{key}/delete/", {"post": "yes"}).status_code == 302
    assert kinds() == [(f"reference.{verb}", name) for verb in ("added", "changed", "removed")]
    assert {change.payload.body["actor"] for change in Change.objects.all()} == {"administrator"}


def test_a_party_that_records_name_is_not_removed(administrator: Client) -> None:
    make_report()
    party = make_party("Lowlands")
    administrator.post(f"{BASE}/party/{party.pk}/delete/", {"post": "yes"})
    administrator.post(f"{BASE}/party/", {"action": "delete_selected", "_selected_action": [party.pk], "post": "yes"})
    assert Party.objects.filter(pk=party.pk).exists()


def agreement_form(agreement: Agreement, **tables: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "slug": agreement.slug,
        "name": agreement.name,
        "timezone": agreement.timezone,
        "in_force_from_0": "2020-05-31",
        "in_force_from_1": "21:00:00",
    }
    facts |= {"in_force_until_0": "2020-06-07", "in_force_until_1": "20:59:00"}
    empty = {prefix: rows(prefix) for prefix in ("terms", "sides", "memberships", "areas", "declarations")}
    return facts | {name: value for table in (empty | tables).values() for name, value in table.items()}


def test_what_hangs_on_an_agreement_is_recorded_row_by_row(administrator: Client) -> None:
    agreement = make_agreement()
    address = f"{BASE}/agreement/{agreement.pk}/change/"
    assert administrator.get(address).status_code == 200
    side = agreement.sides.get(code="A")
    member = {"party": make_party("Rangers").pk, "role": "on_side", "side": side.pk}
    word = {
        "party": make_party("Highlands").pk,
        "stance": "over",
        "declared_on": "2020-06-07",
        "source": make_source().pk,
        "blamed": [make_party().pk],
    }
    answer = administrator.post(address, agreement_form(agreement, memberships=rows("memberships", member), declarations=rows("declarations", word)))
    assert answer.status_code == 302, answer.content
    assert kinds() == [("reference.added", "membership"), ("reference.added", "declaration"), ("reference.changed", "declaration")]
    assert set(Change.objects.values_list("agreement_id", flat=True)) == {agreement.public_id}
    assert Change.objects.latest("id").payload.body["after"] == {"blamed": ["lowlands"]}
    declaration = Declaration.objects.get()
    gone = {"id": declaration.pk, "agreement": agreement.pk, "DELETE": "on"} | word
    administrator.post(address, agreement_form(agreement, declarations=rows("declarations", gone, initial=1)))
    assert kinds()[-1] == ("reference.removed", "declaration")


def test_a_side_of_another_agreement_is_refused(administrator: Client) -> None:
    agreement, other = make_agreement(), make_agreement("hill-2020")
    member = {"party": make_party("Rangers").pk, "role": "on_side", "side": other.sides.get(code="A").pk}
    answer = administrator.post(f"{BASE}/agreement/{agreement.pk}/change/", agreement_form(agreement, memberships=rows("memberships", member)))
    assert answer.status_code == 200
    assert not Change.objects.exists()


def test_a_party_is_not_put_on_two_sides_at_once(administrator: Client) -> None:
    agreement = make_agreement()
    member = {"party": make_party("Lowlands").pk, "role": "on_side", "side": agreement.sides.get(code="B").pk}
    answer = administrator.post(
        f"{BASE}/agreement/{agreement.pk}/change/", agreement_form(agreement, memberships=rows("memberships", member)), follow=True
    )
    assert "membership on one side at a time" in answer.content.decode()
    assert not Change.objects.exists()


def test_a_zone_that_is_none_is_refused(administrator: Client) -> None:
    agreement = make_agreement()
    answer = administrator.post(f"{BASE}/agreement/{agreement.pk}/change/", agreement_form(agreement) | {"timezone": "Mars/Olympus"})
    assert answer.status_code == 200
    assert Agreement.objects.get().timezone == "Asia/Damascus"


def test_an_agreement_without_members_goes_with_what_hangs_on_it_each_recorded(administrator: Client) -> None:
    agreement = make_agreement()
    administrator.post(f"{BASE}/agreement/{agreement.pk}/delete/", {"post": "yes"})
    assert Agreement.objects.exists(), "members hold their side, and with it the agreement"
    agreement.memberships.all().delete()
    administrator.post(f"{BASE}/agreement/{agreement.pk}/delete/", {"post": "yes"})
    assert not Agreement.objects.exists()
    removed = ["side", "side", "term", "agreement"]
    assert kinds() == [("reference.removed", name) for name in removed]
    assert len(set(Change.objects.values_list("operation_id", flat=True))) == 1


def test_a_key_is_shown_once_and_its_hash_never(administrator: Client) -> None:
    user = make_user(User.Role.PARTNER)
    answer = administrator.post(f"{BASE}/apikey/add/", {"user": user.pk, "name": "sync"}, follow=True)
    key = ApiKey.objects.get()
    text = answer.content.decode()
    assert f"truce_{key.lookup}_" in text
    assert key.secret_hash not in text
    for address in (f"{BASE}/apikey/", f"{BASE}/apikey/{key.pk}/change/"):
        again = administrator.get(address).content.decode()
        assert f"truce_{key.lookup}_" not in again
        assert key.secret_hash not in again
    assert administrator.post(f"{BASE}/apikey/{key.pk}/change/", {"name": "x"}).status_code == 403
    administrator.post(f"{BASE}/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get().revoked_at is not None


def test_an_administrator_is_staff_and_nobody_else(administrator: Client) -> None:
    user = make_user(User.Role.ANALYST)
    address = f"{BASE}/user/{user.pk}/change/"
    assert administrator.get(address).status_code == 200
    for role, is_staff in ((User.Role.ADMINISTRATOR, True), (User.Role.EDITOR, False)):
        answer = administrator.post(address, {"username": user.username, "role": role, "is_active": "on"})
        assert answer.status_code == 302, answer.content
        assert User.objects.get(pk=user.pk).is_staff is is_staff
    assert administrator.post(f"{BASE}/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_tie_between_parties_is_recorded(administrator: Client) -> None:
    facts = {"party": make_party("Rangers").pk, "kind": "member", "other": make_party("Union").pk, "from_on": "2020-06-02"}
    assert administrator.post(f"{BASE}/affiliation/add/", facts).status_code == 302
    assert kinds() == [("reference.added", "affiliation")]


def test_an_area_of_an_agreement_is_recorded_and_must_be_one(administrator: Client) -> None:
    agreement = make_agreement()
    address = f"{BASE}/agreement/{agreement.pk}/change/"
    wrong = {"name": "north", "geometry": '{"type": "Point", "coordinates": [1, 2]}'}
    assert administrator.post(address, agreement_form(agreement, areas=rows("areas", wrong))).status_code == 200
    assert not agreement.areas.exists()
    shape = '{"type": "Polygon", "coordinates": [[[36, 35], [37, 35], [37, 36], [36, 35]]]}'
    assert administrator.post(address, agreement_form(agreement, areas=rows("areas", {"name": "north", "geometry": shape}))).status_code == 302
    assert agreement.areas.get().geometry["type"] == "Polygon"
    assert ("reference.added", "agreementarea") in kinds()


def test_a_role_on_one_agreement_is_granted_and_taken_back_on_record(administrator: Client) -> None:
    agreement, person = make_agreement(), make_user(User.Role.NONE)
    answer = administrator.post(f"{BASE}/agreementrole/add/", {"user": person.pk, "agreement": agreement.pk, "role": "editor"})
    assert answer.status_code == 302, answer.content
    granted = AgreementRole.objects.get()
    person.refresh_from_db()
    assert person.has_grants
    change = Change.objects.get(kind="role.granted")
    assert change.payload.body["after"] == {"user": "none", "agreement": "river-2020", "role": "editor"}
    assert administrator.post(f"{BASE}/agreementrole/{granted.pk}/delete/", {"post": "yes"}).status_code == 302
    person.refresh_from_db()
    assert not person.has_grants and not AgreementRole.objects.exists()
    assert Change.objects.filter(kind="role.taken", agreement_id=agreement.public_id).exists()


def test_what_a_profile_would_take_away_is_not_granted(administrator: Client) -> None:
    profile = Profile.objects.create(slug="narrow", name="Narrow", is_every_agreement=False)
    person, agreement = make_user(User.Role.NONE, profile=profile), make_agreement()
    facts = {"user": person.pk, "agreement": agreement.pk}
    answer = administrator.post(f"{BASE}/agreementrole/add/", facts | {"role": "editor"})
    assert "with one they only read" in answer.content.decode()
    answer = administrator.post(f"{BASE}/agreementrole/add/", facts | {"role": "partner"})
    assert "does not open this agreement" in answer.content.decode() and not AgreementRole.objects.exists()
    profile.agreements.add(agreement)
    assert administrator.post(f"{BASE}/agreementrole/add/", facts | {"role": "partner"}).status_code == 302
    assert AgreementRole.objects.exists()


def test_nobody_is_administrator_of_one_agreement(administrator: Client) -> None:
    facts = {"user": make_user(User.Role.NONE).pk, "agreement": make_agreement().pk, "role": "administrator"}
    assert administrator.post(f"{BASE}/agreementrole/add/", facts).status_code == 200 and not AgreementRole.objects.exists()


def test_a_profile_is_not_put_on_somebody_who_works(administrator: Client) -> None:
    profile, agreement, person = (
        Profile.objects.create(slug="narrow", name="Narrow"),
        make_agreement(),
        make_user(User.Role.NONE, username="somebody"),
    )
    address = f"{BASE}/user/{person.pk}/change/"
    facts = {"username": "somebody", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "is_active": "on", "profile": profile.pk}
    assert "with one they only read" in administrator.post(address, facts | {"role": "analyst"}).content.decode()
    granted = roles.grant(user=person, agreement=agreement, role="editor", by=None)
    assert "with one they only read" in administrator.post(address, facts | {"role": "partner"}).content.decode()
    assert User.objects.get(pk=person.pk).profile is None
    roles.take_back(granted=granted, by=None)
    assert administrator.post(address, facts | {"role": "partner"}).status_code == 302
    assert User.objects.get(pk=person.pk).profile == profile
