"""Claims on the desk: listed with filters and pages, shown with what corrected them, entered with rows, checked before they are saved."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from incidents.actions import aggregates
from incidents.actions.aggregates import PartStated
from incidents.models import AggregateClaim, Change, User
from incidents.queries import aggregates as queries
from incidents.vocabulary import Basis, HarmKind, Unit
from tests.builders import correct_claim, make_agreement, make_claim, make_party, make_source, make_user, sealed_and_posted
from tests.views.reading import text_of

LIST = "/en/claims/?agreement=river-2020"
NEW = "/en/claims/new/?agreement=river-2020"


def daily(count: int | None, day: int, **facts: Any) -> AggregateClaim:
    on = date(2020, 6, day)
    return make_claim(count, basis=Basis.PERIODIC, counted_from=None, period_start=on, period_end=on, published_on=on, **facts)


def said(client: Client, address: str = NEW, **more: Any) -> dict[str, Any]:
    """Return what the form sends at least: 199 since the truce began, as of 6 June, with the token of a page just opened."""
    make_source()
    make_party("Highlands")
    token = re.search(r'name="token" value="([^"]+)"', client.get(address).content.decode())
    assert token
    least = {"token": token[1], "claimant": "highlands", "source": "gazette", "accused": ["A"], "count": "199", "qualifier": "exactly"}
    days = {"unit": "violation", "basis": "cumulative", "counted_from": "01/06/2020", "period_end": "06/06/2020", "published_on": "06/06/2020"}
    return least | days | {"parts_shown": "3", "harm_shown": "1", "then": "save"} | more


@pytest.fixture(autouse=True)
def truce(db: None) -> None:
    make_agreement()


def test_a_statement_names_together_what_it_does_not_say(partner: Client) -> None:
    claim = make_claim(10, spoken_by="the spokesman")
    page = text_of(partner.get(f"/en/claims/{claim.public_id}/"))
    assert "Not stated link wording received" in page and "Spoken by the spokesman" in page
    AggregateClaim.objects.update(link="https://x.example", wording="ten of them")
    assert "Not stated" not in text_of(partner.get(f"/en/claims/{claim.public_id}/"))
    claim.source.__class__.objects.update(is_protected=True)
    hidden = text_of(partner.get(f"/en/claims/{claim.public_id}/"))
    assert "Spoken by withheld" in hidden and "Not stated" not in hidden, "what is withheld is not said to be lacking"


class TestTheList:
    def test_each_side_has_its_figure_and_a_statement_against_several_is_read_from_its_rows(self, partner: Client) -> None:
        sides = list(make_agreement().sides.all())
        parts = [
            PartStated("north", 203, accused_side=sides[0]),
            PartStated("south", 6, accused_side=sides[1]),
            PartStated("arrests", 5, unit="arrest", accused_party=make_party("Monitor")),
        ]
        make_claim(214, accused=sides, parts=parts)
        page = text_of(partner.get(LIST))
        assert "1 total that a party published, as printed." in page
        row = page.partition("Use and flags")[2]
        assert "cumulative 203 6 5 persons arrested · no side 3 Gazette" in row

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("", [9, 5, 7, 3]),
            ("&side=A", [5, 7, 3]),
            ("&side=B", [9]),
            ("&unit=shot", [9]),
            ("&basis=periodic", [9, 7]),
            ("&state=current", [9, 5, 3]),
            ("&state=superseded", []),
            ("&state=retracted", [7]),
            ("&since=2020-06-04&until=2020-06-04", [9, 5, 3]),
            ("&until=2020-06-01", [5, 3]),
            ("&claimant=lowlands", [9]),
        ],
    )
    def test_it_is_narrowed_by_its_address(self, partner: Client, asked: str, found: list[int]) -> None:
        make_claim(3, period_end=date(2020, 6, 5), published_on=date(2020, 6, 1))
        aggregates.retract(claim=daily(7, 2), by=None, reason="mistaken")
        make_claim(5, published_on=date(2020, 6, 3))
        daily(9, 4, claimant=make_party("Lowlands"), accused=[make_agreement().sides.get(code="B")], unit=Unit.SHOT)
        body = partner.get(LIST + asked).content.decode().partition("<tbody>")[2]
        assert [int(number) for number in re.findall(r"<b>(\d+)</b>", body)] == found

    def test_what_cannot_be_read_is_said(self, partner: Client) -> None:
        for asked in ("&unit=miles", "&since=tomorrow", "&side=Z", "&cursor=x", "&claimant=a&claimant=b"):
            assert partner.get(LIST + asked).status_code == 400

    def test_its_pages_hold_each_statement_once(self, partner: Client) -> None:
        for number in range(7):
            daily(number, 1 + number % 3)
        found = queries.filtered(User(role=User.Role.PARTNER), queries.ClaimFilter(agreement="river-2020"))
        everything = [claim.pk for claim in found.order_by("-published_on", "-pk")]
        seen, cursor = [], None
        first = page = queries.page(found, limit=3)
        while True:
            seen += [claim.pk for claim in page.rows]
            if not (cursor := page.next):
                break
            page = queries.page(found, cursor=cursor, limit=3)
        assert seen == everything
        assert page.previous
        back = queries.page(found, cursor=page.previous, limit=3)
        assert [claim.pk for claim in back.rows] == everything[3:6]
        assert back.previous
        assert queries.page(found, cursor=back.previous, limit=3).rows == first.rows

    def test_a_partner_does_not_enter_any(self, partner: Client, analyst: Client) -> None:
        assert "Log a claim" in text_of(analyst.get(LIST)) and "Log a claim" not in text_of(partner.get(LIST))
        assert partner.get(NEW).status_code == partner.post(NEW, {}).status_code == 403


class TestEntering:
    def test_it_is_logged_as_printed_with_its_rows_and_harm(self, analyst: Client) -> None:
        rows = {
            "part-0-label": "combat", "part-0-count": "190",
            "part-1-label": "by the north", "part-1-count": "١٩٠", "part-1-depth": "1", "part-1-side": "A",
            "part-2-label": "arrests", "part-2-count": "9", "part-2-unit": "arrest", "part-2-party": "lowlands",
            "harm-0-kind": "killed", "harm-0-best": "4", "harm-0-group": "civilians", "harm-0-qualifier": "at_least",
        }  # fmt: skip
        answer = analyst.post(NEW, said(analyst, **rows, accused_parties="Highlands", wording="  ١٩٩ خرقاً ", covers_24_hours=""))
        claim = AggregateClaim.objects.get()
        assert answer.status_code == 302 and answer.headers["Location"] == f"/en/claims/{claim.public_id}/"
        assert (claim.count, claim.counted_from, claim.period_end, claim.wording) == (199, date(2020, 6, 1), date(2020, 6, 6), "  ١٩٩ خرقاً ")
        assert [str(row) for row in claim.accused.all()] == ["Lowlands and allies", "Highlands"]
        printed = [(row.label, row.count, row.parent and row.parent.label, row.unit) for row in claim.parts.all()]
        assert printed == [("combat", 190, None, ""), ("by the north", 190, "combat", ""), ("arrests", 9, None, "arrest")]
        assert [(row.kind, row.group, row.best, row.qualifier) for row in claim.harm.all()] == [(HarmKind.KILLED, "civilians", 4, "at_least")]
        assert Change.objects.get(record_id=claim.public_id).kind == "aggregate_claim.logged"

    def test_a_button_adds_rows_and_judges_nothing(self, analyst: Client) -> None:
        data = said(analyst, then="add_part", period_end="nonsense", **{"part-1-count": "7"})
        answer = analyst.post(NEW, data)
        page = answer.content.decode()
        assert answer.status_code == 200 and "Not saved yet" not in page
        assert (
            'name="part-5-label"' in page
            and 'value="nonsense"' in page
            and re.search(r'name="part-1-count"[^>]* value="7"|value="7"[^>]* name="part-1-count"', page)
        )
        assert 'name="harm-3-kind"' in analyst.post(NEW, data | {"then": "add_harm"}).content.decode()
        assert not AggregateClaim.objects.exists()

    def test_its_arithmetic_is_noted_once_and_never_stands_in_the_way(self, analyst: Client) -> None:
        daily(55, 6)
        daily(42, 3)
        make_claim(140, period_end=date(2020, 6, 5), published_on=date(2020, 6, 5))
        data = said(analyst, **{"part-0-label": "x", "part-0-count": "198"})
        asked = analyst.post(NEW, data)
        page = text_of(asked)
        assert AggregateClaim.objects.count() == 3
        assert "“in all”: 199 stated, 198 by its parts." in page
        assert "199 by 6 Jun 2020 with 55 for that day leaves 144 for the days before. Stated the day before: 140." in page
        assert "59 by the cumulative number, 55 by the days." in page
        seen = re.search(r'name="seen" value="(\w+)"', asked.content.decode())
        assert seen and analyst.post(NEW, data | {"seen": seen[1]}).status_code == 302
        claim = AggregateClaim.objects.get(count=199)
        assert [part.count for part in claim.parts.all()] == [198]
        sealed_and_posted()
        after = text_of(analyst.get(f"/en/claims/{claim.public_id}/"))
        assert "199 stated, 198 by its parts." in after and "59 by the cumulative number, 55 by the days." in after

    def test_a_check_says_when_nothing_contradicts_it(self, analyst: Client) -> None:
        answer = analyst.post(NEW, said(analyst, then="check", period_end="07/06/2020", published_on="07/06/2020"))
        assert "Nothing contradicts it" in text_of(answer) and not AggregateClaim.objects.exists()

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"count": "-4"}, "number: Write a whole number"),
            ({"counted_from": ""}, "counted from: Say from which day a cumulative number counts."),
            ({"period_end": "07/06/2199"}, "period to, or as of: This day has not come yet."),
            ({"accused_parties": "Nobody knows them"}, "“Nobody knows them” is not known here."),
            ({"area": "Atlantis"}, "area it speaks of: This place is not in the gazetteer."),
            ({"confirmed_count": "3"}, "counterpart: Say who confirmed it."),
            ({"part-0-count": "3"}, "as printed: Write what the row is called"),
            ({"part-0-label": "x", "part-0-depth": "1"}, "Printed: This row stands under a row that is not there."),
            ({"part-0-label": "x", "part-0-side": "A", "part-0-party": "lowlands"}, "not both"),
            ({"harm-0-best": "3"}, "Harm: Say what harm it is."),
            ({"harm-0-kind": "killed", "harm-0-low": "5", "harm-0-best": "3"}, "Not saved yet"),
        ],
    )
    def test_bad_input_is_said_and_nothing_is_lost(self, analyst: Client, more: dict[str, str], says: str) -> None:
        answer = analyst.post(NEW, said(analyst, wording="their words", **more))
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert "their words" in answer.content.decode()
        assert not AggregateClaim.objects.exists()

    def test_sent_twice_it_is_logged_once(self, analyst: Client) -> None:
        data = said(analyst, period_end="07/06/2020", published_on="07/06/2020")
        assert [analyst.post(NEW, data).status_code for _ in range(2)] == [302, 302]
        assert AggregateClaim.objects.count() == 1


class TestCorrectingAndRetracting:
    def test_a_correction_begins_with_all_that_was_said_and_takes_its_place(self, analyst: Client) -> None:
        parts = [PartStated("combat", 300, parts=(PartStated("north", 290),)), PartStated("arrests", 2, unit="arrest")]
        former = make_claim(302, parts=parts, wording="printed", spoken_by="a general")
        address = f"/en/claims/new/?corrects={former.public_id}"
        page = analyst.get(address).content.decode()
        for value in ("a general", "combat", "north", "arrests", "302", "290"):
            assert f'value="{value}"' in page
        data = said(analyst, address, count="300", period_end="07/06/2020", published_on="07/06/2020", reason="misprint")
        assert analyst.post(address, data).status_code == 302
        heir = AggregateClaim.objects.get(count=300)
        assert heir.supersedes == former
        shown = text_of(analyst.get(f"/en/claims/{heir.public_id}/"))
        assert "How it was corrected 7 Jun 2020 302 7 Jun 2020 300" in shown
        assert "It was 302." in shown
        assert analyst.post(address, data).status_code == 302, "sent twice"
        assert AggregateClaim.objects.count() == 2

    def test_another_from_the_same_document_begins_with_what_the_document_says(self, analyst: Client) -> None:
        claim = make_claim(55, link="https://example.org/bulletin")
        page = analyst.get(f"/en/claims/new/?like={claim.public_id}").content.decode()
        assert "https://example.org/bulletin" in page and 'value="55"' not in page

    def test_one_is_withdrawn_with_a_reason_by_who_entered_it_or_an_editor(self, as_role: Callable[[str], Client]) -> None:
        analyst, editor = as_role(User.Role.ANALYST), as_role(User.Role.EDITOR)
        own = make_claim(3, by=User.objects.get(role=User.Role.ANALYST))
        others = make_claim(4, by=make_user(User.Role.ANALYST, "another"))
        address = "/en/claims/{}/retract/"
        assert analyst.post(address.format(own.public_id), {"reason": ""}).status_code == 422
        assert analyst.post(address.format(others.public_id), {"reason": "x"}).status_code == 403
        assert analyst.post(address.format(own.public_id), {"reason": "misread"}).status_code == 302
        assert editor.post(address.format(others.public_id), {"reason": "misread"}).status_code == 302
        assert not AggregateClaim.objects.current().exists()
        assert "Retracted: misread" in text_of(analyst.get(f"/en/claims/{own.public_id}/"))

    def test_what_is_not_there_is_not_found(self, analyst: Client) -> None:
        for name in ("corrects", "like"):
            for key in ("nonsense", "00000000-0000-4000-8000-000000000000"):
                assert analyst.get(f"/en/claims/new/?{name}={key}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_open_in_both_languages(analyst: Client, language: str) -> None:
    former = make_claim(3)
    heir = correct_claim(former, 4)
    for page in ("claims/new/", f"claims/new/?corrects={heir.public_id}", f"claims/{former.public_id}/", f"claims/{heir.public_id}/"):
        assert analyst.get(f"/{language}/{page}").status_code == 200
