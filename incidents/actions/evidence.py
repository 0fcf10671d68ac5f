"""Attaching evidence to a report: links as they came, and files, sealed at receipt. What is attached is never rewritten.

A file goes to the local disk first: written under a passing name, forced to disk, made read-only, then linked to the name that is
its SHA-256; then its row and Change in one transaction. Killed in between, it leaves a file that belongs to nothing, which the
nightly check reports, and clears after a day.
"""

import fcntl
import hashlib
import os
import secrets
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, Evidence, EvidenceCheck, EvidenceCopy, Report, User
from incidents.queries import evidence as stored
from incidents.rules import media

PASSING = "passing-"
ORPHAN_AFTER = 24 * 3600.0  # seconds after which a file that belongs to nothing is cleared
MOST_PIXELS = 50_000_000
LONGEST_NAME, LONGEST_TITLE = 300, 200
CHUNK = 1 << 20
SEALED = 0o400


@dataclass(frozen=True)
class Received:
    """A file that lies sealed in the store."""

    sha256: str
    size: int
    media_type: str
    name: str


# --- Receiving


def receive(*, chunks: Iterable[bytes], name: str) -> Received:
    """Return the file, sealed in the store under the hash of its content. The same content twice is one file.

    Raise RuleBroken if it is empty or larger than is taken; nothing is left of it then.
    """
    folder = _folder(stored.originals())
    passing = folder / f"{PASSING}{secrets.token_hex(16)}"
    try:
        with passing.open("xb") as file:
            size, sha256 = _write(file, chunks, settings.EVIDENCE_LIMIT)
        if not size:
            raise RuleBroken("required", _("This file is empty."), "file")
        _seal(passing, folder / sha256)
    finally:
        passing.unlink(missing_ok=True)
    return Received(sha256, size, sniffed(folder / sha256), name.replace("\0", "\ufffd")[-LONGEST_NAME:])


def sniffed(path: Path) -> str:
    """Return what the file is, as its content shows."""
    with path.open("rb") as file:
        head = file.read(media.WINDOW)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - media.WINDOW))
        return media.sniff(media.Ends(head, file.read(), is_all=size <= media.WINDOW))


def _write(file: IO[bytes], chunks: Iterable[bytes], limit: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise RuleBroken("too_large", _("This file is larger than %(limit)d MB.") % {"limit": limit >> 20}, "file")
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def _seal(passing: Path, final: Path) -> None:
    """Give the file its name for good. A link, not a renaming: what has the name already is never replaced."""
    passing.chmod(SEALED)
    try:
        os.link(passing, final)
    except FileExistsError:
        if not stored.is_whole(final, final.name):
            raise RuleBroken("not_whole", _("This file came before, and what was kept of it is damaged. Tell an administrator."), "file") from None
        os.utime(final)  # should it belong to nothing yet, it is as young as its latest receipt
    _force(final.parent)


def _folder(path: Path) -> Path:
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _force(path.parent)
    return path


def _force(folder: Path) -> None:
    """Force a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- Attaching


@transaction.atomic
def attach(*, report: Report, by: User | None, link: str, title: str = "") -> Evidence:
    """Return the link, attached as it was received, code point for code point."""
    report = _locked(report)
    if not link.strip():
        raise RuleBroken("required", _("Give the link."), "link")
    _must_be_text(link, "link")
    if report.evidence.filter(link=link).exists():
        raise RuleBroken("already_recorded", _("This link is attached to the report already."), "link")
    return _attached(Evidence(report=report, link=link, title=_titled(title), received_by=by), report, by)


@transaction.atomic
def attach_file(*, report: Report, by: User | None, received: Received, title: str = "") -> Evidence:
    """Return the file, attached as it was received. The same content may be attached to several reports, once to each."""
    report = _locked(report)
    title = _titled(title)
    if report.evidence.filter(sha256=received.sha256).exists():
        raise RuleBroken("already_recorded", _("This very file is attached to the report already."), "file")
    facts = {"sha256": received.sha256, "file": received.sha256, "size": received.size, "media_type": received.media_type}
    evidence = Evidence(report=report, title=title, original_name=received.name, received_by=by, **facts)
    with _clearing(waits=True):
        if not (stored.originals() / received.sha256).is_file():
            raise RuleBroken("not_whole", _("The file did not stay. Send it again."), "file")
    return _attached(evidence, report, by)


def _locked(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",), no_key=True).select_related("agreement").get(pk=report.pk)


def _attached(evidence: Evidence, report: Report, by: User | None) -> Evidence:
    evidence.received_at = timezone.now()
    evidence.save(force_insert=True)
    changes.record(by=by, kind=ChangeKind.EVIDENCE_ATTACHED, record=evidence, agreement=report.agreement, after=evidence.facts())
    return evidence


def _titled(title: str) -> str:
    _must_be_text(title, "title")
    if len(title) > LONGEST_TITLE:
        raise RuleBroken("too_long", _("A title has %(longest)d letters at most.") % {"longest": LONGEST_TITLE}, "title")
    return title


def _must_be_text(text: str, field: str) -> None:
    if "\0" in text:
        raise RuleBroken("not_text", _("This holds a character that is not text."), field)


# --- Copies to share


def draw_copies(limit: int = 20) -> int:
    """Return for how many images a copy was drawn, or why there can be none was noted. Running twice at once is harmless."""
    without = stored.without_copy()[:limit]
    for sha256, media_type in without:
        EvidenceCopy.objects.bulk_create([_copy(sha256, media_type)], ignore_conflicts=True)
    return len(without)


def _copy(sha256: str, media_type: str) -> EvidenceCopy:
    original = stored.originals() / sha256
    if not stored.is_whole(original, sha256):
        return EvidenceCopy(original=sha256, problem=EvidenceCopy.Problem.NOT_WHOLE)
    folder = _folder(stored.copies())
    passing = folder / f"{PASSING}{secrets.token_hex(16)}"
    try:
        drawn_as = _draw(original, media.REDRAWN[media_type], passing)
        with passing.open("rb+") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            os.fsync(file.fileno())
        passing.chmod(SEALED)
        passing.rename(folder / found)
        _force(folder)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return EvidenceCopy(original=sha256, problem=EvidenceCopy.Problem.TOO_LARGE)
    # What hostile bytes make a decoder raise has no common kind.
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the image's
        return EvidenceCopy(original=sha256, problem=EvidenceCopy.Problem.UNREADABLE)
    finally:
        passing.unlink(missing_ok=True)
    return EvidenceCopy(original=sha256, sha256=found, size=size, media_type=drawn_as)


def _draw(original: Path, drawn_by: str, to: Path) -> str:
    """Write the first frame, turned as the camera was held, onto a new canvas: nothing but its pixels comes along. Return its type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(original, formats=[drawn_by]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            if image.mode.startswith(("I", "F")):
                raise ValueError(image.mode)
            has_alpha = image.has_transparency_data
            turned = ImageOps.exif_transpose(image).convert("RGBA" if has_alpha else "RGB")
        canvas = Image.new(turned.mode, turned.size)
        canvas.paste(turned)
        if drawn_by == "JPEG":
            canvas.save(to, format="JPEG", quality=90)
            return "image/jpeg"
        canvas.save(to, format="PNG")
        return "image/png"


# --- Checking everything


def check(*, is_due_only: bool = False) -> EvidenceCheck | None:
    """Return what a look at every file found, written down. None if somebody else is at it, or, asked so, if the last is not a day old.

    Faults are what is not as it was received. Files that belong to nothing are told apart: a crash leaves them, and after a day they go.
    """
    _folder(stored.originals())
    with _only_one() as is_mine:
        if not is_mine or (is_due_only and stored.was_checked_within(ORPHAN_AFTER)):
            return None
        started = timezone.now()
        unclaimed = [*_unclaimed(stored.originals(), set(stored.hashes())), *_unclaimed(stored.copies(), set(stored.copy_hashes()))]
        faults: list[dict[str, Any]] = []
        sizes: Counter[str] = Counter()
        for sha256 in stored.hashes():
            code, size = _looked_at(stored.originals() / sha256, sha256)
            sizes[sha256] = size
            faults += [_fault(code, evidence) for evidence in Evidence.objects.filter(sha256=sha256).order_by("id") if code]
        for evidence in Evidence.objects.exclude(sha256=None).order_by("id").iterator(chunk_size=500):
            if differing := _differing(evidence, sizes[str(evidence.sha256)]):
                faults.append(_fault("row_altered", evidence) | {"fields": differing})
        faults += list(_copies_looked_at())
        facts = {"files": len(sizes), "size": sum(sizes.values()), "faults": faults, "unclaimed": unclaimed}
        return EvidenceCheck.objects.create(started_at=started, ended_at=timezone.now(), **facts)


def _fault(code: str, evidence: Evidence) -> dict[str, Any]:
    return {"code": code, "evidence": str(evidence.public_id), "sha256": evidence.sha256}


def _looked_at(path: Path, sha256: str) -> tuple[str, int]:
    """Return what is wrong with the file, or nothing, and its size. A restored file may have lost its read-only mode; it gets it back."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
        if path.stat().st_mode & 0o777 != SEALED:
            path.chmod(SEALED)
    except FileNotFoundError:
        return "missing", 0
    except OSError:
        return "unreadable", 0
    return ("" if found == sha256 else "altered"), size


def _differing(evidence: Evidence, size: int) -> list[str]:
    """Return what the row says otherwise than the log of its receipt, as far as that was not erased."""
    change = Change.objects.filter(record_id=evidence.public_id, kind=ChangeKind.EVIDENCE_ATTACHED).select_related("payload").order_by("id").first()
    if change is None:
        return ["change"]
    payload = getattr(change, "payload", None)
    said = (payload.body.get("after") if payload else None) or {}
    now = evidence.facts()
    found = [name for name in ("sha256", "size", "file", "link", "media_type", "report") if said.get(name) and said[name] != now[name]]
    return [*found, "size"] if size and evidence.size != size and "size" not in found else found


def _copies_looked_at() -> Iterator[dict[str, Any]]:
    """Give what is wrong with the shared copies. They can be drawn again, so the note of a bad one is dropped and the sweep draws another."""
    for copy in EvidenceCopy.objects.exclude(sha256=None).order_by("id"):
        code, _size = _looked_at(stored.copies() / str(copy.sha256), str(copy.sha256))
        if code:
            if code == "altered":
                (stored.copies() / str(copy.sha256)).unlink()
            copy.delete()
            yield {"code": f"copy_{code}", "original": copy.original, "sha256": copy.sha256}


def _unclaimed(folder: Path, claimed: set[str]) -> list[dict[str, Any]]:
    """Return the files that belong to nothing; those that are a day old are cleared."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        if path.name in claimed or path.is_dir():
            continue
        with suppress(FileNotFoundError), _clearing(waits=True):
            if stored.is_claimed(path.name):
                continue  # attached meanwhile
            is_cleared = time.time() - path.stat().st_mtime > ORPHAN_AFTER
            if is_cleared:
                path.unlink()
            found.append({"name": path.name, "cleared": is_cleared})
    return found


@contextmanager
def _clearing(*, waits: bool) -> Iterator[bool]:
    """Keep attaching and clearing apart, on this store, whichever process or machine they are of."""
    with _held(stored.originals().parent / "evidence.clearing", waits) as is_held:
        yield is_held


@contextmanager
def _only_one() -> Iterator[bool]:
    with _held(stored.originals().parent / "evidence.check", waits=False) as is_held:
        yield is_held


@contextmanager
def _held(path: Path, waits: bool) -> Iterator[bool]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
