"""Read-only mode: every write is refused before anything looks at it, reading goes on, and every page says so."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from incidents.models import ApiKey, Change, User
from tests.api.test_schema import ADMINISTRATORS_ONLY, published
from tests.builders import make_agreement, make_claim, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = "/en/accounts/login/"


@pytest.fixture(autouse=True)
def read_only(settings: Any) -> Any:
    make_claim(254)
    settings.READ_ONLY = True
    return settings


def addresses(patterns: list[Any] | None = None, before: str = "") -> list[str]:
    """Return an address for every route there is, whatever it takes."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = before + re.sub(r"<[^>]+>|\([^)]*\)", "1", str(entry.pattern)).strip("^$").replace("\\", "")
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            found.append("/" + path)
    return found


def test_every_write_on_every_route_is_refused(client: Client) -> None:
    client.force_login(make_user(User.Role.ADMINISTRATOR, username="root", is_staff=True, is_superuser=True))
    changes = Change.objects.count()
    signing_in = {"/en/accounts/login/", "/en/accounts/logout/", "/en/accounts/2fa/authenticate/", "/en/accounts/2fa/webauthn/login/"}
    routes = [path for path in addresses() if path not in signing_in | {"/en/theme/"}]
    assert len(routes) > 50
    for path in routes:
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(path)
            assert answer.status_code == 503, (method, path, answer.status_code)
            assert answer["Retry-After"] and answer["Cache-Control"] == "no-store"
    assert Change.objects.count() == changes


def test_machines_are_told_as_a_problem_and_people_on_a_page(client: Client) -> None:
    answer = client.post("/api/v1/reports/", {}, content_type="application/json", headers={"Accept-Language": "en"})
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "read_only"
    page = client.post("/en/reports/new/", {"wording": "x"}).content.decode()
    assert "what you sent was not kept" in page and 'dir="rtl"' in page


def test_reading_goes_on_and_every_page_says_so(client: Client) -> None:
    user = make_user(username="reader")
    client.force_login(user)
    for path in ("/en/reports/", f"/en/agreements/{make_agreement().slug}/", "/en/claims/"):
        answer = client.get(path)
        assert answer.status_code == 200 and "read-only at present" in answer.content.decode(), path
    _, text = ApiKey.issue(user=user, name="script")
    answer = Client().get(f"/api/v1/agreements/{make_agreement().slug}/tallies/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 200


def test_signing_in_and_out_still_works(client: Client) -> None:
    user = make_user(username="reader")
    user.set_password("long enough to be one")
    user.save()
    assert "read-only at present" in client.get(SIGN_IN).content.decode()
    assert client.post(SIGN_IN, {"login": "reader", "password": "long enough to be one"}).status_code == 302
    assert client.get("/en/reports/").status_code == 200
    assert client.post("/en/accounts/logout/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_replica_that_refuses_every_write_serves_partners(client: Client) -> None:
    agreement, claim = make_agreement(), make_claim(302)
    _, text = ApiKey.issue(user=make_user(User.Role.PARTNER), name="script")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        for path in ("agreements/", f"agreements/{agreement.slug}/tallies/", "reports/", "aggregate-claims/", f"aggregate-claims/{claim.public_id}/"):
            answer = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {text}"})
            assert answer.status_code == 200, (path, answer.content)
        # Every list that is published: nothing on the way to one writes, not even who asked.
        lists = [path for path, methods in published()["paths"].items() if "get" in methods and "{" not in path]
        assert len(lists) > 10
        for path in lists:
            answer = client.get(path, headers={"Authorization": f"Bearer {text}"})
            # The feed writes down who follows it: a copy says that it cannot, and the proxy sends it on to the first.
            expected = {403} if path in ADMINISTRATORS_ONLY else {503} if path == "/api/v1/changes/" else {200, 400}
            assert answer.status_code in expected, (path, answer.content)
        assert client.get("/readyz").status_code == 200
    finally:
        connection.close()


def test_nothing_of_it_is_seen_when_it_is_off(client: Client, settings: Any) -> None:
    settings.READ_ONLY = False
    client.force_login(make_user())
    assert "read-only" not in client.get("/en/reports/").content.decode()
    assert client.post("/api/v1/reports/", {}, content_type="application/json").status_code in {403, 422}
