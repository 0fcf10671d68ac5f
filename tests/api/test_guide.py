"""The recipes of docs/api.md, run as they stand against the demo."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from incidents.models import AggregateClaim, ApiKey, Report, User
from tests.builders import make_user, sealed_and_posted

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "api.md"
RUNS = {"python": [sys.executable, "-c"], "sh": ["bash", "-euo", "pipefail", "-c"]}


def recipes() -> list[tuple[str, str]]:
    """Return language and text of each recipe; those for curl only where there is one."""
    found = re.findall(r"^```(python|sh)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [(language, text) for language, text in found if language == "python" or shutil.which("curl")]


@pytest.mark.django_db(transaction=True)
def test_the_recipes_of_the_guide_work(live_server: LiveServer) -> None:
    call_command("load_demo", verbosity=0)
    sealed_and_posted()
    _key, text = ApiKey.issue(user=make_user(User.Role.ANALYST), name="guide")
    reports, claims = Report.objects.count(), AggregateClaim.objects.count()
    environment = os.environ | {"TRUCE": live_server.url, "KEY": text}
    told = []
    for language, recipe in recipes():
        done = subprocess.run([*RUNS[language], recipe], env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{recipe}\n{done.stdout}\n{done.stderr}"
        told.append(done.stdout)
    assert len(told) >= 4
    assert "claims 254 violation against" in "".join(told)
    assert "claims 302 violation against" in "".join(told)
    assert Report.objects.count() - reports == len([recipe for _language, recipe in recipes() if '"violation_type": "mortar"' in recipe])
    assert AggregateClaim.objects.count() - claims == 2
