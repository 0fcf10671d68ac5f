"""Writing down who looks at what is protected, before it is shown. If that cannot be written, nothing is shown."""

from collections.abc import Iterable

from incidents.models import ReadEntry, Source, User
from incidents.models.base import Record


def record(*, by: User, what: ReadEntry.What, records: Iterable[Record]) -> None:
    """Write that `by` looks at these records. Call it before anything of them leaves, and outside what may be rolled back afterwards.

    It raises whatever the database raises: there is no way to look without its being written.
    """
    ReadEntry.objects.bulk_create(
        ReadEntry(actor_id=by.pk, what=what, record_type=str(one._meta.model_name), record_id=one.public_id) for one in records
    )


def of_sources(*, by: User, of: Iterable[Record]) -> None:
    """Write that `by`, who may see them, looks at the protected sources of these records. Sources that are not protected leave no entry."""
    told = [one for one in of if _source(one).is_protected]
    if told:
        record(by=by, what=ReadEntry.What.SOURCE, records=told)


def _source(record: Record) -> Source:
    source = getattr(record, "source", None)
    assert isinstance(source, Source), record
    return source
