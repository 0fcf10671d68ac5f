"""Who could observe on the days asked for, in the area asked for."""

from datetime import date
from typing import Any

import pytest

from incidents.actions.coverage import log
from incidents.models import Place, User
from incidents.queries import coverage
from incidents.vocabulary import Watch
from tests.builders import make_agreement, make_party, make_place, make_source

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 3)


def observe(**facts: Any) -> None:
    values = {"agreement": make_agreement(), "observer": make_party("Monitor"), "kind": "patrol", "from_on": DAY, "until_on": DAY}
    log(by=None, source=make_source(), **values | facts)


def on(day: date, area: Place | None = None, slug: str = "river-2020") -> Watch | None:
    return coverage.watched(User(role=User.Role.PARTNER), make_agreement(slug), day, day, area).whole


def test_the_coverage_of_one_truce_says_nothing_of_another() -> None:
    observe(place_as_worded="ford")
    make_agreement("lake-2020", name="Lake truce")
    assert (on(DAY), on(DAY, slug="lake-2020"), on(date(2020, 6, 4))) == (Watch.OBSERVED, Watch.UNKNOWN, Watch.UNKNOWN)


def test_an_area_is_watched_by_who_is_in_it_or_around_it() -> None:
    province = make_place("Province")
    ford, mill = make_place("Ford", parent=province), make_place("Mill", parent=province)
    observe(place=ford)
    assert [on(DAY, area) for area in (ford, province, mill)] == [Watch.OBSERVED, Watch.OBSERVED, Watch.UNKNOWN]
    observe(place=province, is_denied=True)
    assert [on(DAY, area) for area in (ford, province, mill)] == [Watch.OBSERVED, Watch.OBSERVED, Watch.DENIED]
    observe(place_as_worded="somewhere there")
    assert on(DAY, mill) == Watch.OBSERVED


def test_a_truce_without_an_end_is_looked_at_for_its_latest_year() -> None:
    open_truce = make_agreement("open-2020", name="Open truce", in_force_until=None)
    found = coverage.watched(User(role=User.Role.PARTNER), open_truce, open_truce.first_day, None)
    assert len(found.days) == coverage.LONGEST
    observe(agreement=open_truce, place_as_worded="ford", until_on=None)
    assert coverage.watched(User(role=User.Role.PARTNER), open_truce, open_truce.first_day, None).whole == Watch.OBSERVED
