"""Writing down who looks at what is protected, before it is shown. If that cannot be written, nothing is shown."""

from collections.abc import Iterable

from incidents.models import ReadEntry, User
from incidents.models.base import Record
from incidents.queries import looks


def record(*, by: User, what: ReadEntry.What, records: Iterable[Record]) -> None:
    """Write that `by` looks at these records. Call it before anything of them leaves, and outside what may be rolled back afterwards.

    It raises whatever the database raises: there is no way to look without its being written.
    """
    ReadEntry.objects.bulk_create(
        ReadEntry(actor_id=by.pk, what=what, record_type=str(one._meta.model_name), record_id=one.public_id) for one in records
    )


def of_sources(*, by: User, of: Iterable[Record]) -> None:
    """Write that `by`, who may see them, looks at the protected sources of these records, as a file that is streamed does from the start."""
    told = [one for one in of if one.source.is_protected]  # type: ignore[attr-defined]
    if told:
        record(by=by, what=ReadEntry.What.SOURCE, records=told)


def of_this_request() -> None:
    """Write, at once, whose protected sources this request was shown so far (`queries.looks`). Where it was shown none, nothing is asked."""
    if looked := looks.taken():
        entries = (ReadEntry(actor_id=by, what=ReadEntry.What.SOURCE, record_type=kind, record_id=key) for by, kind, key in looked)
        ReadEntry.objects.bulk_create(entries)
