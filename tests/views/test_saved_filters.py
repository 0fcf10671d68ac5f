"""Saved filters of the report list: one's own, by name, and dropped again."""

import html

from django.test import Client

from incidents.models import SavedFilter, User
from tests.builders import make_report, make_user
from tests.views.conftest import signed_in
from tests.views.reading import text_of

LIST, KEEP = "/en/reports/", "/en/reports/filters/"
ASKED = "agreement=river-2020&type=airstrike&view=cards"


def test_a_filter_is_saved_with_its_view_opened_replaced_and_dropped(analyst: Client) -> None:
    make_report(violation_type="airstrike")
    kept = analyst.post(KEEP, {"name": " From the  air ", "back": ASKED + "&cursor=abc&nonsense=1"}, follow=True)
    assert kept.redirect_chain[-1][0] == f"{LIST}?{ASKED}" and "Saved as “From the air”." in text_of(kept)
    listed, narrowed = analyst.get(LIST, {"agreement": "river-2020"}), analyst.get(f"{LIST}?{ASKED}")
    assert f'href="?{ASKED}"' in html.unescape(listed.content.decode())
    assert [page.context["saved"][0].is_here for page in (listed, narrowed)] == [False, True]
    analyst.post(KEEP, {"name": "From the air", "back": "agreement=river-2020&type=drone"})
    saved = SavedFilter.objects.get()
    assert saved.asked == {"agreement": "river-2020", "type": "drone"}
    dropped = analyst.post(f"{KEEP}{saved.public_id}/discard/", {"back": ASKED}, follow=True)
    assert not SavedFilter.objects.exists() and dropped.redirect_chain[-1][0] == f"{LIST}?{ASKED}"


def test_a_saved_filter_is_its_owners_alone(analyst: Client, partner: Client) -> None:
    make_report()
    analyst.post(KEEP, {"name": "Mine alone", "back": ASKED})
    saved = SavedFilter.objects.get()
    beside = signed_in(make_user(User.Role.ANALYST, "beside"))
    for other in (beside, partner):
        assert "Mine alone" not in text_of(other.get(LIST))
        assert other.post(f"{KEEP}{saved.public_id}/discard/").status_code == 404
    assert SavedFilter.objects.filter(pk=saved.pk).exists()
    assert "Saved as" in text_of(partner.post(KEEP, {"name": "Mine alone", "back": ASKED}, follow=True))


def test_what_cannot_be_saved_is_said(analyst: Client) -> None:
    make_report()
    for name, back, said in (
        (" ", ASKED, "Give the filter a name."),
        ("x" * 61, ASKED, "This is longer than 60 characters."),
        ("Strange", "agreement=river-2020&type=nonsense", "is not known here."),
    ):
        assert said in text_of(analyst.post(KEEP, {"name": name, "back": back}, follow=True))
    assert not SavedFilter.objects.exists()
