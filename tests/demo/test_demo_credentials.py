"""The sample sign-ins: they work, they stay while they work, and only their owner may read them."""

import json
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from incidents.models import ApiKey, User
from incidents.permissions import Capability, may
from incidents.views import accounts

pytestmark = pytest.mark.django_db

ROLES = ["analyst", "editor", "second-editor", "partner", "admin"]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def authenticate(username: str, password: str) -> User | None:
    """Return whom the name and the password open to."""
    user = User.objects.get(username=username)
    return user if user.check_password(password) else None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo-credentials.json"


def issue(file: Path, base_url: str = "http://127.0.0.1:8000") -> tuple[dict[str, Any], str]:
    said = StringIO()
    call_command("demo_credentials", file=file, base_url=base_url, stdout=said)
    return json.loads(file.read_text()), said.getvalue()


def test_each_role_gets_a_sign_in_that_works(file: Path) -> None:
    written, said = issue(file)
    assert list(written) == ["base_url", *ROLES]
    for role in ROLES:
        assert written[role].keys() == {"username", "password", "api_key"}
        user = authenticate(username=written[role]["username"], password=written[role]["password"])
        assert user == User.objects.get(username=role)
        key = ApiKey.opened_by(written[role]["api_key"], timezone.now())
        assert key and key.user == user
        assert role in said and written[role]["password"] in said
        assert written[role]["api_key"] not in said
    assert "http://127.0.0.1:8000" in said
    assert len({written[role]["password"] for role in ROLES}) == len(ROLES)


def test_who_decides_gets_codes_that_work_and_keeps_them(file: Path, settings: Settings) -> None:
    settings.SECOND_FACTOR_FOR = ["editor", "administrator"]
    written, said = issue(file)
    assert [role for role in ROLES if "totp_secret" in written[role]] == ["editor", "second-editor", "admin"]
    assert said.count(f"bin/manage --data {file.parent} one_time_code ") == 3
    assert issue(file)[0] == written
    told = StringIO()
    call_command("one_time_code", "editor", stdout=told, stderr=StringIO())
    assert auth.validate_totp_code(written["editor"]["totp_secret"], told.getvalue().strip())
    settings.SECRET_KEY = "another, under which nothing that was kept can be read"
    accounts._key.cache_clear()
    renewed, _ = issue(file)
    accounts._key.cache_clear()
    assert renewed["editor"]["totp_secret"] != written["editor"]["totp_secret"]
    assert renewed["editor"]["password"] == written["editor"]["password"]


def test_roles_may_do_what_their_names_say(file: Path) -> None:
    issue(file)
    users = {user.username: user for user in User.objects.all()}
    assert [name for name in ROLES if may(users[name], Capability.RETRACT_OTHERS)] == ["editor", "second-editor", "admin"]
    assert [name for name in ROLES if may(users[name], Capability.LOG_REPORTS)] == ["analyst", "editor", "second-editor", "admin"]
    assert [name for name in ROLES if users[name].is_staff or users[name].is_superuser] == ["admin"]


def test_only_the_owner_may_read_the_file(file: Path) -> None:
    file.write_text("{}")
    file.chmod(0o644)
    issue(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_what_works_is_kept_and_the_address_renewed(file: Path) -> None:
    first, _ = issue(file)
    second, _ = issue(file, "http://127.0.0.1:9000")
    assert second == first | {"base_url": "http://127.0.0.1:9000"}
    assert ApiKey.objects.count() == len(ROLES)


def test_a_deleted_user_comes_back_and_the_others_keep_theirs(file: Path) -> None:
    first, _ = issue(file)
    User.objects.get(username="partner").delete()
    second, _ = issue(file)
    assert {role for role in ROLES if first[role] != second[role]} == {"partner"}
    assert authenticate(username="partner", password=second["partner"]["password"])


def test_an_expired_key_is_renewed_and_the_password_kept(file: Path) -> None:
    first, _ = issue(file)
    ApiKey.objects.filter(user__username="analyst").update(expires_at=timezone.now() - timedelta(days=1))
    second, _ = issue(file)
    assert second["analyst"]["password"] == first["analyst"]["password"]
    assert ApiKey.opened_by(second["analyst"]["api_key"], timezone.now())


def test_a_key_of_somebody_else_does_not_count(file: Path) -> None:
    first, _ = issue(file)
    file.write_text(json.dumps(first | {"admin": first["admin"] | {"api_key": first["partner"]["api_key"]}}))
    second, _ = issue(file)
    key = ApiKey.opened_by(second["admin"]["api_key"], timezone.now())
    assert key and key.user.username == "admin"


@pytest.mark.parametrize("left", ["", "not json", "[]", '{"analyst": {"username": "analyst"}, "editor": 7}'])
def test_a_lost_file_is_made_anew_and_the_lost_keys_open_nothing(file: Path, left: str) -> None:
    first, _ = issue(file)
    file.write_text(left)
    second, _ = issue(file)
    for role in ROLES:
        assert authenticate(username=role, password=second[role]["password"])
        assert ApiKey.opened_by(second[role]["api_key"], timezone.now())
        assert ApiKey.opened_by(first[role]["api_key"], timezone.now()) is None


def test_somebody_who_was_deactivated_stays_so(file: Path) -> None:
    first, _ = issue(file)
    User.objects.filter(username="editor").update(is_active=False)
    second, _ = issue(file)
    assert second == first
    assert not User.objects.get(username="editor").is_active


def test_a_folder_that_is_not_there_is_said_and_nobody_is_made(file: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        issue(file.parent / "missing" / file.name)
    assert not User.objects.exists()
