"""Attaching evidence to a report. For now a link; what is attached is never rewritten."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import ChangeKind, Evidence, Report, User


@transaction.atomic
def attach(*, report: Report, by: User | None, link: str, title: str = "") -> Evidence:
    """Return the link, attached as it was received, code point for code point. Files, with the hash of their content, come later."""
    report = Report.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=report.pk)
    if not link.strip():
        raise RuleBroken("required", _("Give the link."), "link")
    if "\0" in link:
        raise RuleBroken("not_text", _("This holds a character that is not text."), "link")
    if report.evidence.filter(link=link).exists():
        raise RuleBroken("already_recorded", _("This link is attached to the report already."), "link")
    evidence = Evidence.objects.create(report=report, link=link, title=title, received_at=timezone.now(), received_by=by)
    changes.record(by=by, kind=ChangeKind.EVIDENCE_ATTACHED, record=evidence, agreement=report.agreement, after=evidence.facts())
    return evidence
