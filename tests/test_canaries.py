"""What hangs on a convoy that is not released, at every address there is: nothing one second before, all of it one second after.

Addresses come from the URLconf, so a new one is walked without being listed here. Names that are kept for telling one place from
another in the gazetteer are no secret and have words of their own; what ties them to the convoy is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import DateTimeField, Model, Value
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from incidents.actions import evidence, incidents, responses
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.actions.feeds import follow
from incidents.actions.reports import HarmStated
from incidents.models import ApiKey, Convoy, Evidence, Incident, Report, User
from incidents.vocabulary import CargoKind, ConvoyStatus, HarmKind, ResponseKind
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, release, tell

pytestmark = pytest.mark.django_db

OPENS_AT = datetime(2020, 7, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# Pages of the account and of the administration, made by libraries, hold no records to a partner.
LEFT_OUT = re.compile(r"accounts/|administration/|styles\.css")
# What is asked for beside the bare address.
QUERIES = ("", "?agreement=river-2020", "?q=Zanzaroth", "?text=Zanzaroth", "?operator=relief", "?status=attacked", "?counted=delivered&month=2020-06")
LISTS = re.compile(r"/(convoys|reports|incidents|changes|evidence|review)/")
GAZETTEER = re.compile(r"/places?/|/reports/new/|/coverage/")


@dataclass(frozen=True)
class Walk:
    """What one reader was answered everywhere: bodies with their headers, by address."""

    answers: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def naming(self, canary: str) -> list[str]:
        """Return the addresses whose answer holds the canary; a page that only repeats what it was asked does not count."""
        return [path for path, text in self.answers.items() if canary not in path and canary.casefold() in text]


@pytest.fixture
def convoy(settings: Any, tmp_path: Path) -> Convoy:
    """Return a convoy with all that can hang on one, and a canary in each of it."""
    settings.FILES_ROOT = tmp_path
    analyst = make_user(User.Role.ANALYST)
    place = make_place("Zanzaroth", latitude=Decimal("12.345678"), longitude=Decimal("98.765432"))
    way = [CheckpointStated("Quillgate", place, make_party("Lowlands"))]
    cargo = [CargoStated(CargoKind.FOOD, Decimal(4321), "crates", Decimal(12), make_party("Lowlands"), 1, "canned wyvern")]
    convoy = make_convoy(
        "CANARY-7",
        destination=place,
        origin_as_worded="Yonderwharf",
        checkpoints=way,
        cargo=cargo,
        people_requested=918273,
        link="https://xylo.example",
    )
    incident = Incident.objects.create(slug="wrenfall", name="Wrenfall strike")
    Convoy.objects.filter(pk=convoy.pk).update(incident=incident)
    told = make_report(
        convoy=convoy, checkpoint=convoy.checkpoints.get(), violation_type="convoy_attacked", wording="vultures above us",
        summary="struck at dawnmere",
        place_as_worded="near Ottershaw", latitude=Decimal("23.456789"), longitude=Decimal("87.654321"), place_precision="point",
        harm=[HarmStated(HarmKind.KILLED, 77661, 77661, 77661)],
    )  # fmt: skip
    incidents.attach(report=told, incident=incident, by=analyst)
    beside = make_report(summary="says the same of it: pinkhollow", claimant=make_party("Monitor"))
    incidents.attach(report=beside, incident=incident, by=analyst)
    at = datetime(2020, 6, 2, 9, tzinfo=UTC)
    tell(convoy, ConvoyStatus.ATTACKED, at, reason="burnt by the mosswell", wording="we saw the kilnsmoke", report=told)
    tell(convoy, ConvoyStatus.DELIVERED, at + timedelta(hours=5), checkpoint=None)
    evidence.attach(report=told, by=analyst, link="https://footage.example/heronfilm", title="Heronfilm")
    evidence.attach_file(report=told, by=None, received=evidence.receive(chunks=[b"photograph"], name="larkspur.bin"))
    answer = {"party": make_party("Lowlands"), "kind": ResponseKind.DENIES, "source": make_source(), "answered_on": date(2020, 6, 3)}
    responses.log(by=analyst, incident=incident, wording="no tanglewood", **answer)
    return release(convoy, opens_at=OPENS_AT)


CANARIES = (
    "CANARY-7", "Quillgate", "Yonderwharf", "canned wyvern", "918273", "xylo.example", "wrenfall", "vultures above us", "struck at dawnmere",
    "Ottershaw", "23.45", "87.65", "77661", "pinkhollow", "mosswell", "kilnsmoke", "heronfilm", "tanglewood",
)  # fmt: skip


@pytest.fixture
def database_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return what sets the clock that the release is held against."""

    def set_to(instant: datetime) -> None:
        monkeypatch.setattr("incidents.models.convoys.Now", lambda: Value(instant, output_field=DateTimeField()))
        monkeypatch.setattr("incidents.queries.kept._kept", {})

    return set_to


def patterns(entries: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """Yield every route of the URLconf, with its parameters as they are written there."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        path = before + str(entry.pattern).strip("^$").replace("\\", "")
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and not LEFT_OUT.search(path):
            yield f"/{path}"


def addresses(records: list[Model], queries: tuple[str, ...]) -> Iterator[str]:
    """Yield every address there is: each route with whatever record's key, slug or number its parameters can take."""
    keys = {str(record.public_id) for record in records if hasattr(record, "public_id")}
    slugs = {str(record.slug) for record in records if hasattr(record, "slug")} | {"river-2020"}
    for pattern in patterns():
        found = [pattern]
        while any("<" in path for path in found):
            found = [re.sub(r"<[^>]+>", key, path, count=1) for path in found for key in _keys(path, keys, slugs)]
        for path in found:
            yield from (path + query for query in (queries if path == pattern and LISTS.search(path) else ("",)))


def _keys(path: str, keys: set[str], slugs: set[str]) -> set[str]:
    first = re.search(r"<([^>]+)>", path)
    if first is None:
        return {""}
    return keys if "uuid" in first[1] else slugs if "slug" in first[1] else {str(Report.objects.first().pk), "1"}  # type: ignore[union-attr]


def walk(user: User, asked: Iterable[str]) -> Walk:
    """Ask at these addresses, as a page in a browser and as a program with a key."""
    browser, program = Client(), Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    key = {"Authorization": f"Bearer {ApiKey.issue(user=user, name='canary')[1]}"}
    found = Walk()
    for path in asked:
        answer = program.get(path, headers=key) if path.startswith("/api/") else browser.get(path)
        assert answer.status_code < 500, path
        if answer.status_code in {403, 405}:
            found.refused.add(path)
        body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content  # type: ignore[attr-defined]
        found.bodies[path] = body.decode("utf-8", "replace")
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        found.answers[path] = (found.bodies[path] + headers).casefold()  # once, for all that is looked for in it
    return found


def counted(found: Walk) -> tuple[int, int]:
    """Return how many convoys, and how many reports against side A, are counted for the reader."""
    (entered,) = (row for row in json.loads(found.bodies["/api/v1/convoys/tallies/"])["whole"]["shares"] if row["outcome"] == "entered")
    return entered["number"], json.loads(found.bodies["/api/v1/agreements/river-2020/tallies/"])["sides"][0]["logged"]


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_nothing_before_release_and_everything_after(convoy: Convoy, database_clock: Callable[[datetime], None], everything: bool) -> None:
    sealed_and_posted()
    hanging: list[Model] = [*Report.objects.all(), *Incident.objects.all(), *Evidence.objects.all()]
    records = [convoy, *hanging, make_agreement()]
    asked = list(addresses(records, QUERIES)) if everything else list(addresses([convoy], ("",)))
    names = (*CANARIES, *(str(record.public_id) for record in (convoy, *hanging)))  # type: ignore[attr-defined]

    database_clock(OPENS_AT - SECOND)
    before = walk(partner("before"), asked)
    assert len(before.answers) > 100
    for canary in names:
        assert not before.naming(canary), (canary, before.naming(canary))
    tied = {path for canary in ("Zanzaroth", "12.345678") for path in before.naming(canary) if not GAZETTEER.search(path)}
    assert not tied, tied
    assert counted(before) == (0, 0)

    database_clock(OPENS_AT + SECOND)
    # What a partner may not do at all, or nobody by asking for a page, is refused after as before.
    after = walk(partner("after"), asked if everything else [path for path in asked if path not in before.refused])
    for canary in (*names, "Zanzaroth", "12.345678") if everything else CANARIES:
        assert after.naming(canary), canary
    assert counted(after) == (1, 2)


def partner(name: str) -> User:
    """Return a partner, told of all that there is to tell by now."""
    user = make_user(User.Role.PARTNER, name)
    follow(by=user)
    return user
