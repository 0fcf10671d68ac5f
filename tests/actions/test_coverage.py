"""Coverage: who could observe, where and when; and who was kept from it."""

from datetime import date
from typing import Any

import pytest

from incidents.actions import coverage
from incidents.errors import RuleBroken
from incidents.models import Change, Coverage
from tests.builders import make_agreement, make_party, make_place, make_source

pytestmark = pytest.mark.django_db


def log(**facts: Any) -> Coverage:
    values = {
        "agreement": make_agreement(),
        "observer": make_party("Monitor"),
        "kind": "patrol",
        "place": make_place(),
        "from_on": date(2020, 6, 2),
        "source": make_source(),
    }
    return coverage.log(by=None, **values | facts)


def test_it_is_logged_with_a_change() -> None:
    logged = log(is_denied=True, denied_by=make_party("Lowlands"))
    change = Change.objects.get(record_id=logged.public_id)
    assert (change.kind, change.payload.body["after"]["denied_by"]) == ("coverage.logged", "lowlands")


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"kind": "rumour"}, "unknown_word", "kind"),
        ({"place": None}, "required", "place"),
        ({"until_on": date(2020, 6, 1)}, "ends_before_start", "until_on"),
        ({"from_on": date(2999, 1, 1)}, "in_future", "from_on"),
        ({"until_on": date(2999, 1, 1)}, "in_future", "until_on"),
    ],
)
def test_bad_input_names_its_field(facts: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        log(**facts)
    assert (broken.value.code, broken.value.field) == (code, field)
    assert not Coverage.objects.exists()


def test_nobody_denied_what_was_not_denied() -> None:
    with pytest.raises(RuleBroken) as broken:
        log(denied_by=make_party("Lowlands"))
    assert broken.value.field == "denied_by"


def test_a_place_may_be_kept_as_worded() -> None:
    assert log(place=None, place_as_worded="the hills").place is None


def test_it_is_removed_with_a_reason_which_the_log_keeps() -> None:
    logged = log()
    with pytest.raises(RuleBroken) as broken:
        coverage.remove(coverage=logged, by=None, reason="")
    assert broken.value.field == "reason"
    coverage.remove(coverage=logged, by=None, reason="wrong valley")
    assert not Coverage.objects.exists()
    body = Change.objects.get(kind="coverage.removed").payload.body
    assert (body["note"], body["before"]["place"]) == ("wrong valley", "ford")
