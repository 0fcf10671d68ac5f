"""Give the demo its sample sign-ins."""

import json
import os
import secrets
import shlex
import tempfile
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from incidents.actions import one_time_codes
from incidents.demo import loading
from incidents.models import ApiKey, User
from incidents.queries import second_factors

ROLES = {
    "analyst": User.Role.ANALYST,
    "editor": User.Role.EDITOR,
    "second-editor": User.Role.EDITOR,
    "partner": User.Role.PARTNER,
    "admin": User.Role.ADMINISTRATOR,
}
KEY_NAME = "demo"


@dataclass(frozen=True)
class SignIn:
    """What one sample user signs in with, in a browser and by key."""

    username: str
    password: str
    api_key: str
    totp_secret: str = ""

    def said(self) -> dict[str, str]:
        """Return what stands in the file: the secret that codes are made from only where there is one."""
        return {name: value for name, value in asdict(self).items() if value or name != "totp_secret"}


class Command(BaseCommand):
    help = "Make the sample users, with random passwords and keys, and write them to a file that only its owner may read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, required=True, help="where to write them (JSON, mode 0600); those in it that still work are kept")
        parser.add_argument("--base-url", required=True, help="the address at which the demo answers")

    def handle(self, *args: Any, file: Path, base_url: str, **options: Any) -> None:
        before = _read(file)
        # The file is written before the users are committed: a password that nobody can read would be lost.
        with transaction.atomic():
            sign_ins = {name: _working(name, before.get(name)) for name in ROLES}
            try:
                _write(file, {"base_url": base_url} | {name: sign_in.said() for name, sign_in in sign_ins.items()})
            except OSError as error:
                raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        loading.release_convoys(tell=self.stdout.write)
        self.stdout.write(f"Address   {base_url}")
        self.stdout.write(f"Keys      {file}")
        width = max(map(len, ROLES))
        for name, sign_in in sign_ins.items():
            then = f"   then the code that this prints: {_manage(file)} one_time_code {name}" if sign_in.totp_secret else ""
            self.stdout.write(f"Sign in   {name:<{width}}  {sign_in.password}{then}")


def _manage(file: Path) -> str:
    """Return how commands are run against this demo."""
    return "bin/manage" if file.parent == settings.BASE_DIR / ".truce" else f"bin/manage --data {shlex.quote(str(file.parent))}"


def _working(name: str, before: SignIn | None) -> SignIn:
    """Return a sign-in that works: what the file says where it still does, renewed where it does not."""
    user = User.objects.filter(username=name).first()
    if user is None:
        is_admin = ROLES[name] == User.Role.ADMINISTRATOR
        user = User(username=name, role=ROLES[name], is_staff=is_admin, is_superuser=is_admin)
        user.set_unusable_password()
        user.save()
    password, api_key = (before.password, before.api_key) if before else ("", "")
    if not password or not user.check_password(password):
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
    secret = _working_secret(user, before.totp_secret if before else "") if second_factors.is_needed(user) else ""
    return SignIn(name, password, api_key if api_key and _opens(api_key, user) else _new_key(user), secret)


def _working_secret(user: User, before: str) -> str:
    """Return the secret that this user's codes are made from: the one in the file where it is theirs, otherwise a new one."""
    if before and one_time_codes.secret_of(user) == before:
        return before
    return one_time_codes.set_up(user)


def _opens(api_key: str, user: User) -> bool:
    """Return whether the key opens something now, as this user. A deactivated user's does not, but a new one would not either."""
    if not user.is_active:
        return True
    key = ApiKey.opened_by(api_key, timezone.now())
    return key is not None and key.user_id == user.pk


def _new_key(user: User) -> str:
    """Return a new key; earlier ones of the demo, whose text is lost, open nothing any more."""
    ApiKey.objects.filter(user=user, name=KEY_NAME, revoked_at=None).update(revoked_at=timezone.now())
    _, text = ApiKey.issue(user=user, name=KEY_NAME)
    return text


def _read(file: Path) -> dict[str, SignIn]:
    """Return the sign-ins in the file; none of those that it does not hold in full, or at all."""
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    entries = written.items() if isinstance(written, dict) else ()
    return {name: SignIn(**entry) for name, entry in entries if _is_whole(entry)}


def _is_whole(entry: Any) -> bool:
    names = set(SignIn.__annotations__)
    return isinstance(entry, dict) and names - {"totp_secret"} <= entry.keys() <= names and all(isinstance(value, str) for value in entry.values())


def _write(file: Path, content: dict[str, Any]) -> None:
    """Put the whole content in place of the file at once, so that nobody reads a half and nobody else reads it at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as draft:
            json.dump(content, draft, indent=2)
            draft.write("\n")
            draft.flush()
            os.fsync(draft.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
