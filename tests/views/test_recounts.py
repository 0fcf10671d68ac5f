"""The page of recounts: how far they are and what they found, for administrators alone."""

from django.test import Client

from incidents.actions import recounts
from incidents.models import LedgerEntry, User
from tests.builders import make_report, make_user, sealed_and_posted
from tests.views.reading import text_of

PAGE = "/en/tallies/recounts/"


def test_an_administrator_sees_what_a_recount_found(client: Client, analyst: Client) -> None:
    report = make_report()
    sealed_and_posted()
    entry = LedgerEntry.objects.filter(series="logged").order_by("id")[0]
    values = {field.attname: getattr(entry, field.attname) for field in LedgerEntry._meta.concrete_fields if field.attname != "id"}
    LedgerEntry.objects.create(**values)
    waiting = recounts.request(heals=False)
    client.force_login(make_user(User.Role.ADMINISTRATOR, "keeper"))
    assert "queued" in text_of(client.get(PAGE))
    while not recounts.work(waiting.pk):
        pass
    page = text_of(client.get(PAGE))
    assert "found, not corrected" in page and f"report:{report.public_id}" in page
    assert PAGE in client.get("/en/tallies/").content.decode()
    assert PAGE not in analyst.get("/en/tallies/").content.decode()
    assert analyst.get(PAGE).status_code == 403
