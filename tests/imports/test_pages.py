"""The pages of importing: send, map, look, commit, resolve, undo - without a script, and for those who may."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from incidents.imports import running
from incidents.models import Change, ImportBatch, Party, Report, UnresolvedName, User
from tests.builders import make_agreement, make_place, make_source, make_user
from tests.imports.conftest import SAMPLES

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


@pytest.fixture
def ana(client: Client) -> Client:
    make_agreement()
    make_source()
    make_place("Ford")
    make_place("Mill")
    client.force_login(make_user(username="ana"))
    return client


def sent(client: Client, content: bytes, **values: str) -> ImportBatch:
    file = SimpleUploadedFile("sheet.csv", content)
    answer = client.post(reverse("new-import"), {"file": file, "format": "reports", "agreement": "river-2020"} | values)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get(public_id=answer["Location"].rstrip("/").rpartition("/")[2])


def mapping_of(batch: ImportBatch) -> dict[str, str]:
    return {f"column-{name}": choice["header"] for name, choice in batch.mapping.items() if "header" in choice}


def test_a_file_goes_from_the_form_to_the_record_and_back(ana: Client) -> None:
    batch = sent(ana, (SAMPLES / "reports.csv").read_bytes())
    page = reverse("import", args=[batch.public_id])
    assert (batch.state, batch.rows_sent, batch.rows.count()) == ("received", 4, 4)
    assert "Encoding" in ana.get(page).content.decode()
    looked = ana.post(page, mapping_of(batch)).content.decode()
    assert "Import 4 rows" in looked and "Hilands" in looked and "vocabulary" in looked
    assert not Report.objects.exists() and not UnresolvedName.objects.exists()
    assert ana.post(reverse("commit-import", args=[batch.public_id])).status_code == 302
    assert 'hx-trigger="every 2s"' in ana.get(page).content.decode()
    assert running.work(batch.pk)
    shown = ana.get(page).content.decode()
    assert "Hilands" in shown and "hx-trigger" not in shown
    assert Report.objects.count() == 2 and Report.objects.first().entered_by.username == "ana"  # type: ignore[union-attr]

    name = UnresolvedName.objects.get()
    address = reverse("unresolved-name", args=[name.pk])
    offered = ana.get(address).content.decode()
    assert "Highlands" in offered and " checked" not in offered
    assert ana.post(address, {"choice": name.candidates[0]["id"], "as_alias": "on"}).status_code == 302
    ana.post(reverse("commit-import", args=[batch.public_id]))
    assert running.work(batch.pk)
    assert Report.objects.count() == 3 and Party.objects.get(slug="highlands").aliases.get().name == "Hilands"

    assert ana.post(reverse("undo-import", args=[batch.public_id]), {"reason": " "}).status_code == 422
    assert ana.post(reverse("undo-import", args=[batch.public_id]), {"reason": "Sent by mistake."}).status_code == 302
    assert running.work(batch.pk)
    assert not Report.objects.current().exists()
    assert "Sent by mistake." in ana.get(page).content.decode()
    assert Change.objects.filter(kind="import.undone").count() == 1


def test_the_page_asks_what_the_file_does_not_tell(ana: Client) -> None:
    file = SimpleUploadedFile("sheet.csv", "id,claimant,summary\n1,x,Déjà\n".encode("cp1252"))
    answer = ana.post(reverse("new-import"), {"file": file, "format": "reports", "agreement": "river-2020"})
    assert answer.status_code == 422 and "several ways" in answer.content.decode()
    sent(ana, "id,claimant,summary\n1,x,Déjà\n".encode("cp1252"), encoding="windows-1252")


def test_columns_are_mapped_by_hand(ana: Client) -> None:
    batch = sent(ana, b"Nr,Wer,Was,Tag\n1,Highlands,shelling,2020-06-02\n", separator="comma")
    page = reverse("import", args=[batch.public_id])
    assert ana.post(page, {"column-claimant": "Wer"}).status_code == 422
    chosen = {"column-claimant": "Wer", "column-type": "Was", "column-when": "Tag", "value-source": "Gazette"}
    assert "Import 1 row" in ana.post(page, chosen).content.decode()
    ana.post(reverse("commit-import", args=[batch.public_id]))
    assert running.work(batch.pk)
    assert Report.objects.get().source.name == "Gazette"


def test_what_is_sent_is_shown_and_never_run(ana: Client) -> None:
    batch = sent(ana, b"id,claimant,type,source\n<script>alert(1)</script>,<img src=x onerror=alert(1)>,boom,=cmd()\n")
    looked = ana.post(reverse("import", args=[batch.public_id]), mapping_of(batch)).content.decode()
    assert "<script>alert" not in looked and "<img src=x" not in looked and "&lt;script&gt;" in looked


@pytest.mark.parametrize("choice", ["", "none", "create", "other", "00000000-0000-4000-8000-000000000000"])
def test_every_answer_to_a_name_is_taken_or_explained(ana: Client, choice: str) -> None:
    batch = sent(ana, (SAMPLES / "reports.csv").read_bytes())
    ana.post(reverse("import", args=[batch.public_id]), mapping_of(batch))
    ana.post(reverse("commit-import", args=[batch.public_id]))
    assert running.work(batch.pk)
    name = UnresolvedName.objects.get()
    values = {"choice": choice, "new_name": "Hilands", "new_kind": "armed_group", "other": "highlands"}
    answer = ana.post(reverse("unresolved-name", args=[name.pk]), values)
    name.refresh_from_db()
    assert (answer.status_code, name.resolved_at is not None) == ((302, True) if choice in {"none", "create", "other"} else (422, False))
    assert name.party == {"create": Party.objects.filter(name="Hilands").first(), "other": Party.objects.get(slug="highlands")}.get(choice)


@pytest.mark.parametrize("role", [User.Role.PARTNER, None])
def test_those_who_may_not_see_nothing(client: Client, role: str | None) -> None:
    make_agreement()
    if role:
        client.force_login(make_user(role, "pat"))
    for address in (reverse("imports"), reverse("new-import"), reverse("unresolved-names")):
        assert client.get(address).status_code == (403 if role else 302)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_lists_open(ana: Client, language: str) -> None:
    for name in ("imports", "new-import", "unresolved-names"):
        assert ana.get(reverse(name), headers={"accept-language": language}).status_code == 200
