"""Drawing an export: at once, as a stream, or by a worker into a file that is fetched later. Both write the same bytes."""

import time
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import exports as actions
from incidents.actions import reads
from incidents.errors import RuleBroken
from incidents.exports.columns import EXPORTS, Export
from incidents.exports.copying import Drawn, selected
from incidents.exports.formats import FORMATS, Format
from incidents.models import ExportJob, SealHead, User
from incidents.permissions import Capability, reach
from incidents.queries import exports, kept, visibility

SAID_EVERY = 1.0  # seconds


def checked(reader: User, of: str, format: str, asked: dict[str, str]) -> tuple[Export, Format]:
    """Return what is to be drawn and how. Raise RuleBroken, naming the field, for what cannot be."""
    export, kind = _named(of, format, asked)
    export.rows(reader, asked)
    return export, kind


def _named(of: str, format: str, asked: dict[str, str]) -> tuple[Export, Format]:
    export, kind = EXPORTS.get(of), FORMATS.get(format)
    if export is None:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": of}, "of")
    if kind is None:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": format}, "format")
    if kind.needs_point and export.point is None:
        raise RuleBroken("no_places", _("These have no place on a map of their own."), "format")
    unknown = sorted(asked.keys() - set(export.asked_by.names()))
    if unknown:
        raise RuleBroken("unknown_parameter", _("There is no parameter “%(name)s” here.") % {"name": unknown[0]}, unknown[0])
    return export, kind


def stream(reader: User, of: str, format: str, asked: dict[str, str], mark: str, drawn: Drawn | None = None) -> Iterator[bytes]:
    """Return the file's bytes as they come. What can be refused is refused before the first of them."""
    export, kind = _named(of, format, asked)
    standing, columns = export.standing(reader, asked), export.columns(reader)
    rows = cache(lambda: export.rows(reader, asked))  # what a reader may see takes a while to say, and is said once
    if kind.most_rows is not None and rows().order_by().values("pk")[: kind.most_rows + 1].count() > kind.most_rows:
        raise RuleBroken("too_many", _("A sheet holds %(most)d rows at most: narrow the filter, or take CSV.") % {"most": kind.most_rows}, "format")
    held = reach(reader, Capability.READ_PROTECTED_SOURCES)
    if held.is_somewhere:
        _note_reads(reader, rows().filter(held.over(), source__is_protected=True))
    query = kept.of(standing and (of, standing), lambda: selected(rows(), columns))
    return kind.stream(query, columns, export.point, mark, drawn or Drawn())


def _note_reads(reader: User, shown: QuerySet[Any]) -> None:
    """Write down that protected sources are taken away, before anything leaves."""
    reads.of_sources(by=reader, of=shown.select_related("source").iterator())


def draw(job_id: int) -> bool:
    """Return whether the export was drawn into its file. Another worker's is left alone; one that was left lying is begun anew."""
    job = actions.claim(job_id, timezone.now())
    if job is None:
        return False
    try:
        name, drawn = f"{job.public_id}.{FORMATS[job.format].extension}", Drawn()
        sight = visibility.sight(job.by)
        change, read_at = SealHead.objects.values_list("number", flat=True).first() or 0, timezone.now()
        draft = _written(job, stream(job.by, job.of, job.format, job.filter, job.mark, drawn), name, drawn)
    except RuleBroken as error:
        actions.fail(job, problem=str(error.message))
        return False
    except Lost:
        return False
    draft.replace(exports.folder() / name)
    return actions.finish(
        job, rows=drawn.rows, written=drawn.written, sha256=drawn.digest.hexdigest(), stored_as=name, change=change, read_at=read_at, sight=sight
    )


class Lost(Exception):
    """Another worker has taken the export over."""


def _written(job: ExportJob, pieces: Iterator[bytes], name: str, drawn: Drawn) -> Path:
    """Return the file into which the pieces were written, which is nobody's yet."""
    exports.folder().mkdir(parents=True, exist_ok=True)
    draft = exports.folder() / f"{name}.{uuid.uuid4().hex}.part"
    hold, said_at = actions.Hold(job), time.monotonic()
    try:
        with draft.open("xb") as file:
            for piece in pieces:
                file.write(piece)
                drawn.digest.update(piece)
                drawn.written += len(piece)
                if time.monotonic() - said_at >= SAID_EVERY:
                    said_at = time.monotonic()
                    if not hold.renew(drawn.written):
                        raise Lost
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        hold.close()
    return draft
