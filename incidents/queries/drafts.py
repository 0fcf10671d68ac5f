"""Drafts: one's own, and those that colleagues have begun and left for somebody to finish. Nobody outside the desk sees any."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from incidents.models import Draft
from incidents.permissions import Capability, reach
from incidents.queries.visibility import Reader


def seen(reader: Reader) -> QuerySet[Draft]:
    """Return the drafts that this reader may see, the last one changed first."""
    drafts = Draft.objects.select_related("agreement", "begun_by", "changed_by")
    return drafts.filter(reach(reader, Capability.READ_DRAFTS).over()).order_by("-changed_at", "-id")


def own(reader: Any) -> QuerySet[Draft]:
    """Return the drafts that this reader began."""
    return seen(reader).filter(begun_by=reader)


def of_colleagues(reader: Any) -> QuerySet[Draft]:
    """Return the drafts that others began."""
    return seen(reader).exclude(begun_by=reader)


def held(reader: Reader, public_id: Any, token: str) -> Draft | None:
    """Return a draft as it is kept, locked: by its id, or by the token of the form that it was typed in, where the id never came back."""
    locked = seen(reader).select_for_update(of=("self",))
    found = locked.filter(public_id=public_id).first() if public_id else None
    return found or locked.filter(fields__token=token).first()


def one_at_a_time(token: str) -> None:
    """Wait until nothing else in this transaction's way keeps or submits what is typed in the same form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"draft {token}"])


def has_changed(draft: Draft, fields: dict[str, str], version: int | None) -> bool:
    """Return whether keeping these fields would overwrite what somebody else wrote since `version`.

    What the same window wrote is its own: on a poor line the answer to a save may be lost, and the save not.
    """
    if draft.version == version or (fields.get("writer") and draft.fields.get("writer") == fields.get("writer")):
        return False
    return any((draft.fields.get(name) or "") != value for name, value in fields.items() if name != "writer")
