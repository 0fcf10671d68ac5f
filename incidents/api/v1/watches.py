"""Whether anybody could observe: what stands beside every zero."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from incidents.api.fields import Day
from incidents.models import Agreement
from incidents.queries import coverage
from incidents.rules.watching import Watched
from incidents.vocabulary import Watch


class WatchOut(serializers.Serializer[Any]):
    """On how many local days somebody could observe somewhere, observers were only kept out, or neither is on record."""

    first = Day(help_text="First of the days looked at: of a long truce the latest 366, and none that is still to come.")
    last = Day()
    observed = serializers.IntegerField()
    denied = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Not on record, which is not the same as nobody having been there.")
    url = serializers.CharField(help_text="The coverage itself.")


def of(request: Request, agreement: Agreement) -> dict[str, Any] | None:
    """Return whether anybody could observe on the days in force; None where none has come yet."""
    found = coverage.watched(request.user, agreement, agreement.first_day, agreement.last_day)
    return _said(request, agreement, found) if found.days else None


def _said(request: Request, agreement: Agreement, found: Watched) -> dict[str, Any]:
    counts = {str(watch): found.count(watch) for watch in Watch}
    address = f"{reverse('coverage-list', request=request)}?agreement={agreement.slug}"
    return {"first": min(found.days), "last": max(found.days), **counts, "url": address}
