"""Who asks: an analyst who may log, a partner who may read, and somebody unknown."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.models import ApiKey, User
from tests.builders import make_agreement, make_party, make_place, make_source, make_user

Facts = dict[str, Any]


def client_of(user: User) -> APIClient:
    """Return a client that sends a key of this user's, which was used just now: that it is used is written down only so often."""
    client = APIClient()
    key, text = ApiKey.issue(user=user, name="test")
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def analyst(db: None) -> APIClient:
    return client_of(make_user(User.Role.ANALYST))


@pytest.fixture
def partner(db: None) -> APIClient:
    return client_of(make_user(User.Role.PARTNER))


@pytest.fixture
def stranger() -> APIClient:
    return APIClient()


@pytest.fixture
def report_facts(db: None) -> Callable[..., Facts]:
    """Return what a request to log a report says at least, with these facts besides."""
    make_agreement()
    make_source()
    make_place()

    def facts(**more: Any) -> Facts:
        least = {"agreement": "river-2020", "claimant": "highlands", "source": "gazette", "violation_type": "shelling"}
        return least | {"accused_party": "lowlands", "occurred_on": "2020-06-02"} | more

    return facts


@pytest.fixture
def claim_facts(db: None) -> Callable[..., Facts]:
    """Return what a request to log a total says at least, with these facts besides."""
    agreement = make_agreement()
    make_source()
    make_party("Monitor")

    def facts(**more: Any) -> Facts:
        assert agreement.last_day
        least = {"agreement": "river-2020", "claimant": "highlands", "source": "gazette", "count": 254, "basis": "cumulative"}
        days = {"counted_from": date(2020, 6, 1).isoformat(), "period_end": agreement.last_day.isoformat(), "published_on": "2020-06-07"}
        return least | days | {"accused": [{"side": "A"}]} | more

    return facts
