"""Sources: what each has carried, as far as a reader may know that it was theirs, and exactly that behind each number."""

import html
import re
from datetime import date

from django.test import Client

from incidents.models import Profile, ReadEntry, User
from tests.builders import make_agreement, make_claim, make_report, make_source, make_user
from tests.builders.convoys import make_convoy
from tests.views.conftest import signed_in
from tests.views.reading import text_of


def test_the_list_and_the_page_say_grade_and_reach_and_lead_to_what_is_counted(analyst: Client, partner: Client) -> None:
    herald, later = make_source("Herald", reliability="B"), make_agreement("hill-2021", name="Hill truce")
    for day in (2, 3, 5):
        make_report(source=herald, occurred_on=date(2020, 6, day))
    make_report(source=herald, agreement=later, occurred_on=date(2020, 6, 4))
    make_report(source=herald, convoy=make_convoy())
    make_report()
    make_claim(source=herald)
    assert "Herald Press B - usually reliable 5 1 2 2–5 Jun 2020" in text_of(analyst.get("/en/sources/"))
    for reader, expected in ((analyst, 4), (partner, 3)):
        page = reader.get("/en/sources/herald/")
        assert "Grade B - usually reliable" in text_of(page) and f"{expected + 1} reports · 1 published total" in text_of(page)
        lists = [html.unescape(address) for address in re.findall(r'href="([^"]+source=herald)">\d', page.content.decode())]
        of_reports = [address for address in lists if "/reports/" in address]
        assert [re.findall("agreement=([^&]+)", address)[0] for address in of_reports] == ["river-2020", "hill-2021"] or len(of_reports) == 2
        numbers = {text_of(reader.get(address)).partition(", as one source")[0].rsplit(" ", 2)[-2] for address in of_reports}
        assert numbers == {str(expected), "1"}
        (claims,) = (address for address in lists if "/claims/" in address)
        assert reader.get(claims).content.decode().count('class="ref"') == 1


def test_of_a_protected_source_no_word_and_no_number_tells(analyst: Client, partner: Client) -> None:
    whispered = make_report(source=make_source("Whisperer", is_protected=True))
    make_report()
    assert whispered.reference in text_of(analyst.get("/en/reports/?agreement=river-2020&source=whisperer"))
    profile = Profile.objects.create(slug="nameless", name="N", is_every_agreement=True, shows_sources=False)
    nameless = signed_in(make_user(User.Role.PARTNER, "nameless", profile=profile))
    for reader, hidden in ((partner, "whisperer"), (nameless, "whisperer"), (nameless, "gazette")):
        answers = [reader.get(f"/en/reports/?agreement=river-2020&source={slug}") for slug in (hidden, "unheard")]
        told = [text_of(answer).replace(slug, "") for answer, slug in zip(answers, (hidden, "unheard"), strict=True)]
        assert told[0] == told[1] and answers[0].status_code == 400
    assert "whisperer" not in partner.get("/en/reports/?agreement=river-2020").content.decode()
    assert "Whisperer" not in text_of(partner.get("/en/sources/")) and "Whisperer" in text_of(analyst.get("/en/sources/"))


def test_looking_at_what_a_protected_source_said_is_written_down(analyst: Client) -> None:
    hotline = make_source("Hotline", is_protected=True)
    make_report(source=hotline)
    for page in ("/en/reports/?agreement=river-2020&source=hotline", "/en/sources/"):
        before = ReadEntry.objects.filter(record_id=hotline.public_id).count()
        analyst.get(page)
        assert ReadEntry.objects.filter(record_id=hotline.public_id).count() == before + 1, page
