"""Drafts: kept on the server while somebody writes, so that a lost line or a closed lid loses nothing."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.errors import StaleRecord
from incidents.models import Agreement, Draft, User
from incidents.permissions import Capability, must_at


@transaction.atomic
def begin(*, agreement: Agreement, fields: dict[str, Any], by: User) -> Draft:
    """Return a new draft with these fields, as typed."""
    must_at(by, Capability.LOG_REPORTS, agreement)
    return Draft.objects.create(agreement=agreement, fields=fields, begun_by=by, changed_by=by)


@transaction.atomic
def keep(*, draft: Draft, fields: dict[str, Any], version: int, by: User) -> Draft:
    """Return the draft with these fields. Raise StaleRecord, naming what differs, if it changed since `version`; nothing is lost then."""
    must_at(by, Capability.LOG_REPORTS, draft.agreement)
    stored = Draft.objects.select_for_update().get(pk=draft.pk)
    if stored.fields == fields:
        return stored
    if stored.version != version:
        differing = sorted(name for name in stored.fields.keys() | fields.keys() if stored.fields.get(name) != fields.get(name))
        raise StaleRecord("stale", _("Somebody else changed this since you opened it: %(fields)s.") % {"fields": ", ".join(differing)}, differing[0])
    stored.fields, stored.changed_by = fields, by
    stored.version += 1
    stored.save(update_fields=["fields", "changed_by", "changed_at", "version"])
    return stored


@transaction.atomic
def discard(*, draft: Draft) -> None:
    """Drop a draft: it was submitted, or is not wanted. What was never submitted is no claim, and leaves no trace."""
    Draft.objects.filter(pk=draft.pk).delete()
