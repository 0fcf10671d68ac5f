"""Ways to a convoy that is not released which no walk of addresses takes: files, deliveries, earlier instants, published figures, error texts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.actions import convoys, incidents, roles, snapshots, webhooks
from incidents.models import Convoy, Delivery, Incident, LedgerEntry, SealHead, User
from incidents.queries import visibility
from incidents.queries.questions import Question
from tests.api.conftest import client_of
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, release, tell

pytestmark = pytest.mark.django_db

CANARIES = ("canary-7", "quillgate", "mosswell", "vultures", "wrenfall", "zanzaroth", "pinkhollow")


@pytest.fixture
def convoy(settings: Any, tmp_path: Path) -> Convoy:
    """Return a convoy that has ended and is not released, with two reports of one incident on it."""
    settings.FILES_ROOT = tmp_path
    checkpoints = [convoys.CheckpointStated("Quillgate", controlled_by=make_party("Lowlands"))]
    convoy = make_convoy("CANARY-7", destination=make_place("Zanzaroth"), checkpoints=checkpoints, people_requested=918273)
    incident = Incident.objects.create(slug="wrenfall", name="Wrenfall strike")
    Convoy.objects.update(incident=incident)
    for words in ({"convoy": convoy, "wording": "vultures"}, {"summary": "pinkhollow"}):
        incidents.attach(report=make_report(**words), incident=incident, by=make_user(username=f"enters {len(words)} {words}"[:30]))
    tell(convoy, "attacked", datetime(2020, 6, 2, 9, tzinfo=UTC), reason="mosswell")
    tell(convoy, "cancelled", datetime(2020, 6, 2, 10, tzinfo=UTC))
    sealed_and_posted()
    return Convoy.objects.get()


def told(text: Any) -> list[str]:
    body = b"".join(text.streaming_content).decode() if getattr(text, "streaming", False) else str(getattr(text, "content", text))
    return [canary for canary in CANARIES if canary in body.casefold()]


@pytest.mark.parametrize("of", ["reports", "incidents", "aggregate-claims"])
@pytest.mark.parametrize("format", ["csv", "hxl", "ndjson", "geojson"])
def test_no_file_taken_away_holds_anything_of_it(convoy: Convoy, of: str, format: str) -> None:
    partner = client_of(make_user(User.Role.PARTNER))
    answer = partner.get("/api/v1/exports/now/", {"of": of, "format": format})
    assert answer.status_code in {200, 400} and not told(answer)


def test_no_delivery_holds_anything_of_it(convoy: Convoy) -> None:
    owner = make_user(User.Role.PARTNER)
    webhook = webhooks.subscribe(by=owner, url="https://hooks.example.org/truce")
    open_report = make_report(summary="said in the open")
    sealed_and_posted()
    convoys.add_event(convoy=convoy, by=None, status="delayed", reason="mosswell", time_precision="unknown", source=convoy.source)
    sealed_and_posted()
    assert webhooks.make_out(webhook) == 1
    sent = json.dumps([row.events for row in Delivery.objects.all()])
    assert str(open_report.public_id) in sent
    assert not told(sent) and str(convoy.public_id) not in sent


def test_an_earlier_instant_does_not_tell_and_answers_the_same_each_time(convoy: Convoy) -> None:
    partner, analyst = client_of(make_user(User.Role.PARTNER)), client_of(make_user())
    instant = {"agreement": "river-2020", "known_on": timezone.now().isoformat()}

    def entered(reader: APIClient) -> int:
        whole = reader.get("/api/v1/convoys/tallies/", instant).json()["whole"]
        return next(row["number"] for row in whole["shares"] if row["outcome"] == "entered")

    assert (entered(partner), entered(analyst)) == (0, 1)
    before = analyst.get("/api/v1/convoys/tallies/", instant).json()
    make_convoy("C-2", people_requested=5)
    convoys.change(convoy=convoy, by=None, people_requested=1)
    sealed_and_posted()
    assert analyst.get("/api/v1/convoys/tallies/", instant).json() == before
    assert entered(partner) == 0


def test_a_published_figure_and_a_reconciliation_count_nothing_of_it(convoy: Convoy) -> None:
    snapshot = snapshots.publish(question=Question.parse({}, make_agreement()), by=make_user(User.Role.EDITOR))
    assert not [cell for cell in snapshot.content["cells"] if cell["best"]]
    claim, partner = make_claim(10), client_of(make_user(User.Role.PARTNER))
    answer = partner.get(f"/api/v1/aggregate-claims/{claim.public_id}/reconciliation/").json()
    assert sum(row["records"] or 0 for row in answer["parts"]) + answer["by_others"] + answer["undated"] == 0


def test_what_is_hidden_is_refused_word_for_word_like_what_is_not_there(convoy: Convoy) -> None:
    make_agreement("other-2020")
    elsewhere = make_user("", "analyst elsewhere")
    roles.grant(user=elsewhere, agreement=make_agreement("other-2020"), role=User.Role.EDITOR, by=None)
    readers = (client_of(User.objects.get(pk=elsewhere.pk)), client_of(make_user(User.Role.PARTNER)))
    asks = (("get", "", {}), ("patch", "", {"version": 1}), ("post", "events/", {"status": "departed", "source": "gazette"}))
    moves = (("post", "release/", {}), ("post", "release/confirm/", {"version": 1}), ("post", "release/withdraw/", {"reason": "x"}))
    for reader in readers:
        for method, path, said in (*asks, *moves):
            there, absent = (
                getattr(reader, method)(f"/api/v1/convoys/{id}/{path}", said, format="json") for id in (convoy.public_id, uuid4())
            )  # fmt: skip
            assert (there.status_code, there.content) == (absent.status_code, absent.content), path
            # An editor elsewhere may do each of these to the convoys there, and is told as of no convoy at all.
            assert there.status_code == 404 or reader is not readers[0], path
            assert there.status_code in {403, 404}
    assert Convoy.objects.get() == convoy and not convoy.released_by_id


def test_a_change_closes_it_again_to_the_reader_of_its_files(convoy: Convoy) -> None:
    partner = client_of(make_user(User.Role.PARTNER))
    release(convoy)
    assert told(partner.get("/api/v1/convoys/csv/")) and told(partner.get("/api/v1/exports/now/", {"of": "reports", "format": "csv"}))
    convoys.change(convoy=convoy, by=None, people_reached=0)
    assert not told(partner.get("/api/v1/convoys/csv/")) and not told(partner.get("/api/v1/exports/now/", {"of": "reports", "format": "csv"}))


def test_an_incident_that_went_on_in_one_of_a_hidden_convoy_is_no_longer_counted_at_earlier_instants(convoy: Convoy) -> None:
    editor = make_user(User.Role.EDITOR, "decides")
    former = incidents.open_for(reports=[make_report(summary="said in the open")], by=editor, name="Seen before")
    sealed_and_posted()
    before = SealHead.objects.get().number
    assert convoy.incident is not None
    incidents.merge(incident=former, into=convoy.incident, by=editor)
    sealed_and_posted()
    partner, agreement = make_user(User.Role.PARTNER), make_agreement()
    then = LedgerEntry.objects.filter(agreement=agreement, number__lte=before)
    assert then.filter(subject=f"incident:{former.slug}").exists()
    counted = set(visibility.counted(partner, then).values_list("subject", flat=True))
    assert set(visibility.counted_under(partner, agreement).filter(number__lte=before).values_list("subject", flat=True)) == counted
    assert f"incident:{former.slug}" not in counted
