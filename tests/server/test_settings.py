"""Production settings: nothing to warn about, and loud where something is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.compose import ROOT
from truce import env

PRODUCTION = {
    "BASE_URL": "https://truce.example.org",
    "BEHIND_PROXY": "yes",
    "LOG_FORMAT": "json",
    "DATABASE_URL": "postgres://truce_web@127.0.0.1:9/truce",
    "DATABASE_PASSWORD": "web's",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}


def run(code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Return how a few lines in a process of their own, with just this environment, ended."""
    environ = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "truce.settings"} | PRODUCTION | {"SECRET_KEY": os.urandom(32).hex()} | variables
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_check_deploy_has_nothing_to_say() -> None:
    code = (
        "import django, sys; django.setup(); from django.core.management import call_command; call_command('check', deploy=True, fail_level='INFO')"
    )
    done = run(code)
    assert done.returncode == 0 and "no issues (0 silenced)" in done.stdout + done.stderr, done.stderr


def test_what_production_settings_come_to() -> None:
    code = """
from django.conf import settings
assert settings.ALLOWED_HOSTS[0] == "truce.example.org" and settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE
assert not settings.DEBUG and not settings.READ_ONLY
assert settings.DATABASES["default"]["PASSWORD"] == "web's"
assert settings.DATABASES["owner"]["USER"] == "truce_web"
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
    done = run(
        'from django.conf import settings; o = settings.DATABASES["owner"]; assert (o["USER"], o["PASSWORD"]) == ("truce_owner", "hers")',
        DATABASE_OWNER_URL="postgres://truce_owner@127.0.0.1:9/truce",
        DATABASE_OWNER_PASSWORD="hers",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"READ_ONLY": "perhaps"}, "READ_ONLY must be yes or no"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be one of lines, json"),
        ({"DATABASE_URL": "postgres://truce_web:one@127.0.0.1:9/truce"}, "DATABASE_URL holds a password and DATABASE_PASSWORD is set too"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
    ],
)
def test_a_mistake_is_told_by_its_name(variables: dict[str, str], expected: str) -> None:
    done = run("import django; django.setup()", **variables)
    assert done.returncode != 0 and expected in done.stderr


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept\n")
    monkeypatch.setenv("SOME_FILE", str(secret))
    assert env.text("SOME") == "kept"
    monkeypatch.setenv("SOME_FILE", str(tmp_path / "gone"))
    with pytest.raises(env.BadEnvironment, match="cannot be read"):
        env.text("SOME")
