"""The report list and a report's page."""

import html
import re

import pytest
from django.test import Client

from incidents.actions import reports as action
from incidents.actions.reports import HarmStated
from incidents.models import Report, User
from incidents.queries.filters import ReportFilter
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier
from tests.builders import make_agreement, make_party, make_place, make_report, make_source, make_user, sealed_and_posted
from tests.views.conftest import signed_in
from tests.views.reading import text_of

LIST = "/en/reports/?agreement=river-2020"
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def test_filters_are_the_address(analyst: Client) -> None:
    make_report(violation_type="airstrike")
    make_report(violation_type="shelling")
    page = analyst.get(LIST + "&type=airstrike")
    assert "1 report, as one source each said it" in text_of(page)
    assert '<option value="airstrike" selected>' in page.content.decode()


@pytest.mark.parametrize("view", ["", "cards"])
def test_each_filter_in_force_is_named_and_taken_out_by_itself(analyst: Client, view: str) -> None:
    airstrike = make_report(violation_type="airstrike", place=make_place("Mill", latitude=34, longitude=36))
    make_report(violation_type="shelling")
    asked = f"{LIST}&type=airstrike&since=2020-01-01" + (f"&view={view}" if view else "")
    page = analyst.get(asked).content.decode()
    chips = re.search(r'<ul class="saved-list in-force".*?</ul>', page, re.S)
    assert chips and "Type: <bdi>Air" in chips[0] and "From day: <bdi>2020-01-01" in chips[0]
    without_day, without_type = sorted((html.unescape(link) for link in re.findall(r'href="([^"]+)"', chips[0])), key=lambda link: "since" in link)
    assert "type=airstrike" in without_day and ("view=" in without_day) == bool(view)
    narrowed = analyst.get(f"/en/reports/{without_day}")
    assert airstrike.reference in text_of(narrowed) and "1 report, as one source" in text_of(narrowed)
    assert "2 reports, as one source" in text_of(analyst.get(f"/en/reports/{without_type}"))
    assert "in-force" in analyst.get(f"{LIST}&type=airstrike&view=map").content.decode()
    assert "in-force" not in analyst.get(LIST).content.decode()


@pytest.mark.parametrize(
    "mistake", ["since=2020-13-01", "since=2020-06-07&until=2020-06-01", "type=nonsense", "side=Z", "cursor=xyz", "claimant=nobody"]
)
def test_a_mistake_in_the_address_is_said_and_shows_nothing(analyst: Client, mistake: str) -> None:
    make_report()
    answer = analyst.get(f"{LIST}&{mistake}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert "R-0" not in text_of(answer)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["incidents", "convoys/table", "places", "parties", "sources", "coverage"])
def test_every_list_says_what_the_address_narrows_beside_its_form(analyst: Client, page: str) -> None:
    make_report()
    asked = "2020-06-01T00:00:00+00:00"
    listed = analyst.get(f"/en/{page}/", {"agreement": "river-2020", "updated_since": asked}).content.decode()
    assert listed.count('<input type="hidden" name="updated_since"') == 1 and f"updated_since={asked}" in html.unescape(listed)


def test_what_is_folded_is_unfolded_where_it_narrows(analyst: Client) -> None:
    shots, other = make_report(unit="shot"), make_report()
    page = analyst.get("/en/reports/?unit=shot").content.decode()
    assert shots.reference in page and other.reference not in page
    assert '<option value="shot" selected>' in page and '<details class="filters-more" open>' in page


def test_every_word_of_the_vocabulary_has_a_field_that_keeps_what_was_asked(analyst: Client) -> None:
    there = make_place("Ford", parent=make_place("Valley"), latitude=34, longitude=36)
    make_report(place=there)
    sealed_and_posted()
    plain = analyst.get(LIST).content.decode()
    assert [name for name in ReportFilter.names() if f'name="{name}"' not in plain] == []
    assert '<option value="valley">' in plain and '<option value="lowlands">' in plain
    asked = {"area": "valley", "accused": "lowlands", "grade": "F6", "box": "30,30,40,40", "updated_since": "2020-06-01T00:00:00+00:00"}
    page = analyst.get("/en/reports/", {"agreement": "river-2020"} | asked)
    assert "1 report, as one source each said it" in text_of(page)
    body = html.unescape(page.content.decode())
    assert all(f'value="{value}" selected' in body for value in ("valley", "lowlands", "F6"))
    assert all(f'value="{asked[name]}"' in body for name in ("box", "updated_since"))


def test_cards_say_what_the_table_says_and_the_view_stays_in_the_address(analyst: Client) -> None:
    report = make_report(summary="Two shells fell on the ford", harm=[HarmStated(HarmKind.KILLED, low=62, best=62, qualifier=Qualifier.AT_LEAST)])
    page = analyst.get(LIST + "&view=cards")
    words = text_of(page)
    assert report.reference in words and "Two shells fell on the ford" in words and "Killed 62+" in words and "Wounded —" in words
    assert '<input type="hidden" name="view" value="cards">' in page.content.decode()


def test_pages_follow_one_another_without_a_gap(analyst: Client) -> None:
    made = {make_report().reference for _each in range(55)}
    first = analyst.get(LIST).content.decode()
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = analyst.get("/en/reports/" + older).content.decode()
    seen = [name for name in made if f">{name}<" in first], [name for name in made if f">{name}<" in second]
    assert (len(seen[0]), len(seen[1])) == (50, 5)
    assert 'rel="prev"' in second


def test_an_empty_list_says_what_to_do(analyst: Client, partner: Client) -> None:
    make_agreement()
    assert "Log the first one" in text_of(analyst.get(LIST))
    assert "Log the first one" not in text_of(partner.get(LIST))
    assert "No report matches." in text_of(analyst.get(LIST + "&type=airstrike"))


def test_unknown_harm_is_a_dash_and_open_ranges_stay_open(analyst: Client) -> None:
    make_report(harm=[HarmStated(HarmKind.KILLED, low=62, best=62, qualifier=Qualifier.AT_LEAST), HarmStated(HarmKind.WOUNDED, low=14, high=20)])
    make_report(harm=[HarmStated(HarmKind.KILLED, low=0, best=0, high=0)])
    page = analyst.get(LIST).content.decode()
    assert '<bdi dir="ltr">62+</bdi>' in page
    assert '<bdi dir="ltr">14–20</bdi>' in page
    assert '<bdi dir="ltr">0</bdi>' in page
    assert 'aria-label="not stated">—<' in page


def test_harm_to_groups_that_overlap_is_not_added(analyst: Client) -> None:
    killed = [HarmStated(HarmKind.KILLED, 20, 20, 20, HarmGroup.CIVILIANS), HarmStated(HarmKind.KILLED, 5, 5, 5, HarmGroup.CHILDREN)]
    page = analyst.get(f"/en/reports/{make_report(harm=killed).public_id}/")
    assert "20 civilians 5 children" in text_of(page)
    assert "25" not in re.findall(r"<bdi[^>]*>([^<]*)</bdi>", page.content.decode()), "a sum of the two stands nowhere among the figures"


def test_facts_that_are_not_stated_are_shown_as_such(editor: Client) -> None:
    report = make_report(harm=[HarmStated(HarmKind.KILLED, 0)])
    page = editor.get(f"/en/reports/{report.public_id}/")
    words = text_of(page)
    assert "Killed 0" in words, "zero is stated"
    assert "Not stated Spoken by Relayed by Term Wounded Missing Detained How many it counts Target, as claimed Summary" in words
    assert f'href="/en/reports/new/?corrects={report.public_id}#id_wounded_low"' in page.content.decode()
    assert "What Highlands says. A report is a claim, not a finding." in words


def test_whoever_may_not_correct_a_report_is_led_to_no_field(partner: Client) -> None:
    page = partner.get(f"/en/reports/{make_report(source=make_source('Hidden', is_protected=True)).public_id}/")
    assert "Not stated Relayed by Term" in text_of(page), "who spoke is withheld, which is not the same as not stated"
    assert "#id_" not in page.content.decode()


def test_wording_stands_as_received(analyst: Client) -> None:
    wording = "  first line\n\n\tقصف على المعبر  "
    page = analyst.get(f"/en/reports/{make_report(wording=wording).public_id}/").content.decode()
    assert f'<blockquote class="verbatim wording" dir="auto">{wording}</blockquote>' in page


def test_what_is_typed_is_never_markup(analyst: Client) -> None:
    names = ("wording", "summary", "spoken_by", "accused_as_worded", "place_as_worded", "target_as_claimed", "time_as_worded")
    report = make_report(
        **dict.fromkeys(names, HOSTILE),
        link="javascript:alert(1)//" + HOSTILE,
        claimant=make_party("Cla<b>imant", slug="claimant"),
        source=make_source("So<i>urce", slug="source"),
        place=make_place("Pla<u>ce", slug="place", name_ar="<u>مكان"),
    )
    pages = (
        f"/en/reports/{report.public_id}/",
        LIST,
        f"{LIST}&text=%3Cscript%3E",
        "/en/agreements/river-2020/",
        "/en/reports/new/?agreement=river-2020",
    )
    for page in pages:
        body = analyst.get(page).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert not [piece for piece in ("<b>imant", "<i>urce", "<u>ce", "<u>مكان") if piece in body]
        assert 'href="javascript:' not in body


def test_a_partner_does_not_learn_a_protected_source(partner: Client, analyst: Client) -> None:
    report = make_report(
        source=make_source("Hidden", is_protected=True), wording="as I saw it", spoken_by="a neighbour", link="https://hidden.example/"
    )
    address = f"/en/reports/{report.public_id}/"
    for secret in ("Hidden", "as I saw it", "a neighbour", "hidden.example"):
        assert secret not in partner.get(address).content.decode()
        assert secret not in partner.get(LIST).content.decode()
        assert secret in analyst.get(address).content.decode()
    assert "withheld to protect the source" in text_of(partner.get(address))


def test_history_tells_who_did_what(analyst: Client, partner: Client) -> None:
    report = make_report(by=User.objects.get(role=User.Role.ANALYST))
    address = f"/en/reports/{report.public_id}/"
    assert "Report submitted · analyst" in text_of(analyst.get(address))
    assert "Report submitted" not in text_of(partner.get(address))


def test_a_report_is_drawn_says_who_said_each_fact_and_offers_what_is_missing(partner: Client) -> None:
    me = make_user(User.Role.ANALYST, "me-myself")
    there = make_place("Ford", latitude=34, longitude=36)
    report = make_report(by=me, place=there, summary="Two shells")
    page = signed_in(me).get(f"/en/reports/{report.public_id}/")
    body = page.content.decode()
    assert "Where it says it was: 34.000, 36.000" in body and "locator-precision" in body and "locator-pick" not in body
    assert page.context["said"]["summary"].last.by == "me-myself"
    assert f'?corrects={report.public_id}#id_target_as_claimed"' in body and f'?corrects={report.public_id}#id_killed_low"' in body
    told = partner.get(f"/en/reports/{report.public_id}/").content.decode()
    assert "me-myself" not in told and "corrects=" not in told and "Where it says it was" in told


def test_one_retracts_ones_own_with_a_reason(analyst: Client) -> None:
    report = make_report(by=User.objects.get(role=User.Role.ANALYST))
    address = f"/en/reports/{report.public_id}/retract/"
    without = analyst.post(address, {"reason": "  "})
    assert without.status_code == 422
    assert "Say why the report is retracted." in text_of(without)
    assert analyst.post(address, {"reason": "Entered twice"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.retraction_reason) == ("retracted", "Entered twice")
    assert "Entered twice" in text_of(analyst.get(f"/en/reports/{report.public_id}/"))


def test_others_reports_are_retracted_by_editors_alone(analyst: Client, editor: Client, partner: Client) -> None:
    report = make_report(by=make_user(User.Role.ANALYST, "colleague"))
    address = f"/en/reports/{report.public_id}/retract/"
    assert analyst.post(address, {"reason": "no"}).status_code == 403
    assert partner.post(address, {"reason": "no"}).status_code == 403
    assert "Retract this report" not in text_of(analyst.get(f"/en/reports/{report.public_id}/"))
    assert editor.post(address, {"reason": "Fabricated"}).status_code == 302


def test_a_report_that_no_longer_stands_is_not_retracted_again(editor: Client) -> None:
    report = make_report()
    action.retract(report=report, by=None, reason="once")
    answer = editor.post(f"/en/reports/{report.public_id}/retract/", {"reason": "twice"})
    assert answer.status_code == 422
    assert Report.objects.get(pk=report.pk).retraction_reason == "once"


def test_a_superseded_report_leads_to_its_heir(analyst: Client) -> None:
    report = make_report()
    facts = {
        name: getattr(report, name)
        for name in ("agreement", "claimant", "accused_party", "source", "violation_type", "occurred_on", "time_precision")
    }
    heir = action.supersede(report=report, by=None, **facts)
    assert f'href="/en/reports/{heir.public_id}/"' in analyst.get(f"/en/reports/{report.public_id}/").content.decode()


def test_drafts_do_not_exist_for_partners(partner: Client) -> None:
    report = make_report()
    Report.objects.filter(pk=report.pk).update(state="draft")
    assert partner.get(f"/en/reports/{report.public_id}/").status_code == 404
    assert signed_in(make_user(User.Role.EDITOR)).get(f"/en/reports/{report.public_id}/").status_code == 200


def test_a_partner_is_not_told_who_claims_only_what_is_hidden(partner: Client, analyst: Client) -> None:
    hidden = make_report(claimant=make_party("Islanders"))
    Report.objects.filter(pk=hidden.pk).update(state="draft")
    assert "Islanders" in analyst.get("/en/reports/", {"agreement": "river-2020"}).content.decode()
    assert "Islanders" not in partner.get("/en/reports/", {"agreement": "river-2020"}).content.decode()
