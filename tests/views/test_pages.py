"""Pages open in both languages, for those who may read, and keep what a reader may not see. How often each asks: `test_every_page.py`."""

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from incidents.models import Declaration, Incident, Response
from incidents.views.context import Desk
from incidents.vocabulary import ResponseKind, Stance
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, sealed_and_posted
from tests.views.reading import text_of

PAGES = [
    "agreements/",
    "agreements/river-2020/",
    "agreements/river-2020/attention/",
    "agreements/river-2020/terms/",
    "reports/?agreement=river-2020",
    "reports/?agreement=river-2020&side=A&type=shelling&state=submitted&since=2020-06-01&until=2020-06-07&text=ford",
    "reports/new/?agreement=river-2020",
    "claims/?agreement=river-2020",
    "accounts/password/change/",
    "accounts/logout/",
]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_in_both_languages(analyst: Client, page: str, language: str) -> None:
    make_claim()
    make_report(place=make_place())
    sealed_and_posted()
    answer = analyst.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.content.decode()
    assert "<title>" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_report_and_a_statement_open_in_both_languages(analyst: Client, language: str) -> None:
    incident = Incident.objects.create(slug="ford", name="Shelling at the ford")
    report, claim = make_report(incident=incident), make_claim()
    make_report(incident=incident)
    assert analyst.get(f"/{language}/reports/{report.public_id}/").status_code == 200
    assert analyst.get(f"/{language}/claims/{claim.public_id}/").status_code == 200


@pytest.mark.parametrize("page", ["", *PAGES[:-2]])
def test_strangers_are_sent_to_sign_in(db: None, page: str) -> None:
    make_agreement()
    answer = Client().get(f"/en/{page}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/accounts/login/?next=")


def test_words_and_speakers_of_a_protected_source_stay_with_those_who_may_know_it(analyst: Client, partner: Client) -> None:
    agreement, driver = make_agreement(), make_source("Driver", is_protected=True)
    said = {"party": make_party(), "source": driver, "wording": "clinically dead", "spoken_by": "Gen. Mill"}
    declared_on = agreement.first_day
    Declaration.objects.create(agreement=agreement, stance=Stance.FAILED, declared_on=declared_on, gist="It does not hold.", **said)
    report = make_report(incident=Incident.objects.create(slug="ford", name="Shelling at the ford"))
    Response.objects.create(incident=report.incident, kind=ResponseKind.DENIES, answered_on=declared_on, gist="It was not us.", **said)
    pages = {"agreements/river-2020/": "does not hold", "agreements/river-2020/terms/": "does not hold", f"reports/{report.public_id}/": "not us"}
    for page, gist in pages.items():
        to_partner, to_analyst = (text_of(reader.get(f"/en/{page}")) for reader in (partner, analyst))
        assert "Gen. Mill" in to_analyst and "clinically dead" in to_analyst
        assert "Mill" not in to_partner and "clinically" not in to_partner
        assert gist in to_partner and "withheld to protect the source" in to_partner


def test_the_link_to_the_other_language_stays_on_this_host() -> None:
    request = RequestFactory().get("/")
    request.path = "//elsewhere.example/"  # as a server passes it on; the test client would take it for a host
    with translation.override("en"):
        assert [language.address for language in Desk(request).languages] == ["/elsewhere.example/"]


def test_a_fragment_asked_for_after_signing_out_reloads_the_page(db: None) -> None:
    make_agreement()
    answer = Client().get("/en/agreements/river-2020/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_the_first_page_leads_to_the_agreement_that_most_is_said_of(analyst: Client) -> None:
    make_agreement()
    later = make_agreement("hill-2021", name="Hill truce")
    make_claim()
    sealed_and_posted()
    assert analyst.get("/en/").headers["Location"] == "/en/agreements/river-2020/"
    analyst.get(f"/en/agreements/{later.slug}/")
    assert analyst.get("/en/").headers["Location"] == "/en/agreements/hill-2021/", "the last one looked at is kept"


def test_without_an_agreement_pages_say_so(analyst: Client) -> None:
    for page in ("", "claims/", "reports/", "reports/new/", "agreements/"):
        assert analyst.get(f"/en/{page}").status_code == 200


@pytest.mark.parametrize(
    "page", ["agreements/none/", "agreements/none/terms/", "claims/?agreement=none", "reports/00000000-0000-4000-8000-000000000000/"]
)
def test_what_is_not_there_is_not_found(analyst: Client, page: str) -> None:
    make_agreement()
    assert analyst.get(f"/en/{page}").status_code == 404


def test_what_was_read_is_not_kept_by_the_browser(analyst: Client) -> None:
    make_agreement()
    for address in ("/en/agreements/river-2020/", "/en/reports/", "/api/v1/reports/"):
        assert analyst.get(address).headers["Cache-Control"] == "no-store"
