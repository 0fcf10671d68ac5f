"""Evidence: a link is attached as it came, once."""

import pytest

from incidents.actions import evidence
from incidents.errors import RuleBroken
from incidents.models import Change, Evidence, User
from tests.builders import make_report, make_user

pytestmark = pytest.mark.django_db

LINK = " https://example.org/%D8%A3?x=1&y=\u200f2 "


def test_a_link_is_kept_code_point_for_code_point() -> None:
    analyst = make_user(User.Role.ANALYST)
    attached = evidence.attach(report=make_report(), by=analyst, link=LINK, title="Footage")
    assert (Evidence.objects.get().link, attached.received_by) == (LINK, analyst)
    change = Change.objects.get(record_id=attached.public_id)
    assert (change.kind, change.payload.body["after"]["link"]) == ("evidence.attached", LINK)


@pytest.mark.parametrize(("link", "code"), [(" ", "required"), ("https://x.example/\0", "not_text")])
def test_what_is_no_link_is_refused(link: str, code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        evidence.attach(report=make_report(), by=None, link=link)
    assert (broken.value.code, broken.value.field) == (code, "link")


def test_the_same_link_is_attached_once() -> None:
    report = make_report()
    evidence.attach(report=report, by=None, link=LINK)
    with pytest.raises(RuleBroken) as broken:
        evidence.attach(report=report, by=None, link=LINK)
    assert broken.value.field == "link"
    evidence.attach(report=make_report(), by=None, link=LINK)
