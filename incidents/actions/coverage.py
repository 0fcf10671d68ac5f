"""Coverage: logging where and when somebody could observe, or was kept from it, and removing what was logged by mistake."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import ChangeKind, Coverage, User
from incidents.vocabulary import CoverageKind


@transaction.atomic
def log(*, by: User | None, **facts: Any) -> Coverage:
    """Return the presence, or its denial, on record. Raise RuleBroken, naming the field, if it breaks a rule."""
    coverage = Coverage(**facts)
    _check(coverage)
    coverage.save(force_insert=True)
    changes.record(by=by, kind=ChangeKind.COVERAGE_LOGGED, record=coverage, agreement=coverage.agreement, after=coverage.facts())
    return coverage


@transaction.atomic
def remove(*, coverage: Coverage, by: User | None, reason: str) -> None:
    """Remove what was logged by mistake; what it said stays in the change log, with the reason."""
    coverage = Coverage.objects.select_for_update().get(pk=coverage.pk)
    if not reason.strip():
        raise RuleBroken("reason_required", _("Say why the coverage is removed."), "reason")
    before, agreement = coverage.facts(), coverage.agreement
    changes.record(by=by, kind=ChangeKind.COVERAGE_REMOVED, record=coverage, agreement=agreement, before=before, note=reason)
    coverage.delete()


def _check(coverage: Coverage) -> None:
    if coverage.kind not in CoverageKind.values:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": coverage.kind}, "kind")
    if not (coverage.place_id or coverage.place_as_worded.strip()):
        raise RuleBroken("required", _("Say where."), "place")
    if coverage.until_on is not None and coverage.until_on < coverage.from_on:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "until_on")
    today = coverage.agreement.local_day(timezone.now())
    for field in ("from_on", "until_on"):
        day = getattr(coverage, field)
        if day is not None and day > today:
            raise RuleBroken("in_future", _("This day has not come yet."), field)
    if coverage.denied_by is not None and not coverage.is_denied:
        raise RuleBroken("not_denied", _("Somebody denied it only if it was denied."), "denied_by")
