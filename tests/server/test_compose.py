"""docker-compose.yml, the Dockerfile and the settings say the same, so that none of them drifts."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.server import compose

FACTS = compose.compose()
OURS = compose.ours(FACTS)


def variables_of_settings() -> dict[str, bool]:
    """Return every variable that the settings read, and whether it must be set."""
    found: dict[str, bool] = {}
    for node in ast.walk(ast.parse((compose.ROOT / "truce" / "settings.py").read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "env"):
            continue
        name = str(ast.literal_eval(node.args[0]))
        if node.func.attr == "database":
            found[f"{name}_URL"] = not any(word.arg == "instead" for word in node.keywords)
            found[f"{name}_PASSWORD"] = False
        else:
            found[name] = len(node.args) == 1
    return found


def test_what_the_settings_read_is_set_or_has_a_default_and_nothing_else_is_set() -> None:
    known = variables_of_settings()
    assert {name for name, is_needed in known.items() if is_needed} == {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
    for name, service in OURS.items():
        given = {variable.removesuffix("_FILE") for variable in service["environment"]}
        assert given <= known.keys(), f"{name} sets what no setting reads: {given - known.keys()}"
        assert {variable for variable, is_needed in known.items() if is_needed} <= given, name


def test_every_variable_is_explained_to_whoever_installs() -> None:
    told = (compose.ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert [name for name in variables_of_settings() if f"`{name}`" not in told] == []


def test_the_environment_is_read_in_the_settings_alone() -> None:
    """Elsewhere only Django's own entry points name the settings, and what stands behind bin/ passes the environment on."""
    reading = {
        str(path.relative_to(compose.ROOT))
        for folder in ("truce", "incidents")
        for path in (compose.ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ(?!\.setdefault)|os\.getenv", path.read_text(encoding="utf-8")) and "local" not in path.parts
    }
    assert reading == {"truce/env.py"}


def test_the_roles_of_the_laptop_are_the_roles_of_the_server() -> None:
    assert list(FACTS["services"]) == ["database", "valkey", "migrate", "web", "relay", "worker", "beat"]


def test_nothing_is_published_but_the_web_on_loopback() -> None:
    published = {name: service["ports"] for name, service in FACTS["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}
    outside = {name for name, service in FACTS["services"].items() if "outside" in service["networks"]}
    assert outside == {"web"}  # nothing else can be reached, or reach out
    assert FACTS["networks"]["inside"] == {"internal": True}


def test_the_owners_password_is_with_the_database_and_migrating_alone() -> None:
    holders = {name for name, service in FACTS["services"].items() if "owner_password" in service.get("secrets", [])}
    assert holders == {"database", "migrate"}
    for name, service in OURS.items():
        assert ("DATABASE_OWNER_URL" in service["environment"]) == (name == "migrate")


def test_secrets_come_from_files_and_each_service_has_those_it_names() -> None:
    for name, service in FACTS["services"].items():
        named = {value.removeprefix("/run/secrets/") for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
        mounted = set(service.get("secrets", []))
        assert named <= mounted <= FACTS["secrets"].keys(), name
        assert mounted - named <= ({"owner_password", "web_password"} if name == "database" else set()), name
        assert not {key for key in service.get("environment", {}) if re.search("PASSWORD$|SECRET_KEY$", key)}, name


def test_every_service_that_stays_has_a_health_check_and_a_place_in_the_order() -> None:
    for name, service in FACTS["services"].items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"] and service["restart"] == "unless-stopped", name
        if name in OURS:
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, name


def test_the_broker_keeps_and_does_not_forget() -> None:
    command = " ".join(FACTS["services"]["valkey"]["command"])
    assert "--maxmemory-policy noeviction" in command and "--appendonly yes" in command


def test_every_volume_and_folder_is_there_for_the_image_s_user() -> None:
    made = next(rest for word, rest in compose.last_stage() if word == "RUN" and "useradd" in rest)
    for name, service in OURS.items():
        for volume in service.get("volumes", []):
            source, target = volume.split(":")
            assert source in FACTS["volumes"] and target in made, name


def test_the_image_is_made_from_files_that_are_there_and_runs_as_nobody_special() -> None:
    names = compose.files_of_repository()
    sent = [name for name in names if compose.is_sent(name)]
    for word, rest in compose.instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert any(name == source or name.startswith(f"{source}/") for name in sent), rest
        if word == "FROM":
            assert re.fullmatch(r"(python|node):[\w.-]+( AS \w+)?", rest), f"a bare name, so that any registry can serve it: {rest}"
    users = [rest for word, rest in compose.last_stage() if word == "USER"]
    assert users == ["truce"]
    for kept_out in ("secrets/secret_key", ".env", "tests/conftest.py", ".git/config", "truce/local/up.py", "docs/api.md", "incidents/x.pyc"):
        assert not compose.is_sent(kept_out), kept_out
    for needed in ("truce/settings.py", "incidents/locale/ar/LC_MESSAGES/django.po", "requirements/server.txt", "package-lock.json"):
        assert compose.is_sent(needed), needed
    assert not [name for name in names if name.startswith("secrets/") and name != "secrets/.gitignore"]


@pytest.mark.parametrize("lock", ["server"])
def test_packages_are_installed_from_the_lock_with_hashes(lock: str) -> None:
    install = next(rest for word, rest in compose.instructions() if word == "RUN" and "pip install" in rest)
    assert "--require-hashes" in install and f"-r {lock}.txt" in install
    fonts: Any = next(rest for word, rest in compose.instructions() if word == "RUN" and "npm" in rest)
    assert fonts.startswith("npm ci --ignore-scripts")
    assert "http" not in (compose.ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert Path(compose.ROOT / "package-lock.json").exists()
