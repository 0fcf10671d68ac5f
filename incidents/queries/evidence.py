"""Evidence as readers may see it, and where its files lie."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from incidents.models import Evidence, EvidenceCheck, EvidenceCopy, Report
from incidents.permissions import Capability, may
from incidents.queries import filters, narrowing, points, visibility
from incidents.queries.filters import Filter
from incidents.queries.visibility import Reader
from incidents.rules import media


class NotWhole(Exception):
    """A stored file is missing, or is not what was received."""


# --- Where files lie


def originals() -> Path:
    """Return the folder of the originals, each under the hash of its content."""
    return Path(settings.FILES_ROOT) / "evidence"


def copies() -> Path:
    """Return the folder of the copies that are shared."""
    return originals() / "copies"


def is_whole(path: Path, sha256: str) -> bool:
    """Return whether the file is there and has this hash."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def opened(path: Path, sha256: str) -> IO[bytes]:
    """Return the file, open at its beginning, once its content has been seen to have this hash. Raise NotWhole if it has not."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotWhole(sha256) from error
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise NotWhole(sha256)
    file.seek(0)
    return file


def hashes() -> list[str]:
    """Return the hashes of all files received."""
    return [str(sha256) for sha256 in Evidence.objects.exclude(sha256=None).order_by("sha256").values_list("sha256", flat=True).distinct()]


def copy_hashes() -> list[str]:
    """Return the hashes of all copies drawn."""
    return [str(sha256) for sha256 in EvidenceCopy.objects.exclude(sha256=None).values_list("sha256", flat=True)]


def is_claimed(name: str) -> bool:
    """Return whether a stored file belongs to something."""
    return Evidence.objects.filter(sha256=name).exists() or EvidenceCopy.objects.filter(sha256=name).exists()


def without_copy() -> QuerySet[Evidence, tuple[str, str]]:
    """Return hash and type of the images of which no copy was drawn, or tried, yet."""
    images = Evidence.objects.exclude(sha256=None).filter(media_type__in=list(media.REDRAWN))
    drawn = EvidenceCopy.objects.values("original")
    return images.exclude(sha256__in=drawn).order_by("sha256").values_list("sha256", "media_type").distinct()  # type: ignore[return-value]


def was_checked_within(seconds: float) -> bool:
    """Return whether a check began in the last so many seconds."""
    return EvidenceCheck.objects.filter(started_at__gt=timezone.now() - timedelta(seconds=seconds)).exists()


# --- Who sees what


def visible(reader: Reader) -> QuerySet[Evidence]:
    """Return the evidence this reader may learn of: that of reports they may see, and not of protected sources where these are withheld."""
    return visibility.evidence(reader).select_related("report__source", "report__agreement", "received_by")


@dataclass(frozen=True)
class EvidenceFilter(Filter):
    """Which evidence is asked for."""

    own = {"text": replace(filters.WORDS["text"], says="In the title.")}

    report: UUID | None = None
    agreement: str = ""
    text: str = ""
    updated_since: datetime | None = None
    as_known_on: datetime | None = None


def filtered(reader: Reader, asked: EvidenceFilter) -> QuerySet[Evidence]:
    """Return the evidence asked for, newest first. What was attached is never changed or taken off."""
    found = visible(reader).order_by("-id")
    if asked.report:
        found = found.filter(report__public_id=asked.report)
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(report__agreement=agreement)
    if asked.text:
        found = found.filter(title__icontains=asked.text)
    if asked.as_known_on:
        found = narrowing.on_record(found, points.on_record(asked.as_known_on, reader))
    return narrowing.updated(reader, found, asked.updated_since)


def one(reader: Reader, public_id: UUID) -> Evidence:
    """Return the evidence. Raise Evidence.DoesNotExist alike for what is not there and what this reader may not see."""
    return visible(reader).get(public_id=public_id)


def sees_originals(reader: Reader, report: Report) -> bool:
    """Return whether this reader may have the bytes that were received with a report. Partners have the copy drawn anew, or nothing."""
    return may(reader, Capability.READ_PROTECTED_SOURCES, report)


def withheld(reader: Reader, report: Report) -> tuple[str, ...]:
    """Return the names of the fields that this reader may not see of evidence: a file's name may name a person."""
    visibility.shows_source(reader, report.source, report)
    return () if sees_originals(reader, report) else ("original_name", "original_url")


@dataclass(frozen=True)
class Row:
    """Evidence as a page or JSON shows it, with its copy if there is one. `is_waiting`: an image whose copy is to be drawn still."""

    evidence: Evidence
    copy: EvidenceCopy | None

    @property
    def has_copy(self) -> bool:
        """Return whether there is a copy to share."""
        return bool(self.copy and self.copy.sha256)

    @property
    def is_waiting(self) -> bool:
        """Return whether a copy is on its way."""
        return self.copy is None and self.evidence.media_type in media.REDRAWN


def rows(evidence: list[Evidence]) -> list[Row]:
    """Return these with their copies, in their order, in one query."""
    drawn = {copy.original: copy for copy in EvidenceCopy.objects.filter(original__in={one.sha256 for one in evidence if one.sha256})}
    return [Row(one, drawn.get(one.sha256 or "")) for one in evidence]


def of_report(reader: Reader, report: Report) -> list[Row]:
    """Return the evidence of a report that this reader may learn of, in order of receipt."""
    return rows(list(visible(reader).filter(report=report).order_by("id")))


def numbers(reader: Reader, reports: Iterable[Report]) -> dict[int, int]:
    """Return how many pieces of evidence this reader may learn of each of these reports has, by the report's key; those without are left out."""
    found = visibility.evidence(reader).filter(report__in=[report.pk for report in reports]).order_by()
    return dict(found.values_list("report").annotate(number=Count("pk")))


def name_of(evidence: Evidence, media_type: str) -> str:
    """Return the name under which it is saved: from its hash and its type as sniffed, never from the name it came with."""
    return f"{evidence.report.reference}-{str(evidence.sha256)[:12]}.{media.extension(media_type)}"


# --- Handing out bytes


@dataclass(frozen=True)
class Download:
    """A stored file, open and seen to be whole, with the name and the headers it goes out with.

    It is saved, never shown as a page: no browser takes it for something to run in this origin, whatever its bytes say.
    """

    file: IO[bytes]
    name: str
    media_type: str

    @property
    def headers(self) -> dict[str, str]:
        """Return what keeps it from running anywhere."""
        return {
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
            "Content-Encoding": "identity",
        }


def original(evidence: Evidence) -> Download:
    """Return the file as it was received, as bytes without a type. Raise NotWhole if it is not. Ask `sees_originals` first, and log the read."""
    sha256 = str(evidence.sha256)
    return Download(opened(originals() / sha256, sha256), name_of(evidence, evidence.media_type), media.UNKNOWN)


def shared_copy(evidence: Evidence) -> Download | None:
    """Return the copy that was drawn of an image, None if there is none. Raise NotWhole if it is not what was drawn."""
    copy = EvidenceCopy.objects.filter(original=evidence.sha256 or "").exclude(sha256=None).first()
    if copy is None:
        return None
    sha256 = str(copy.sha256)
    return Download(opened(copies() / sha256, sha256), name_of(evidence, copy.media_type), copy.media_type)
