"""Evidence: a link is attached as it came, once; a file is sealed, and what is shared of it is its pixels alone."""

import hashlib
import io
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from PIL import Image, PngImagePlugin

from incidents.actions import changes, evidence
from incidents.errors import RuleBroken
from incidents.models import Change, Evidence, EvidenceCheck, EvidenceCopy, Report, User
from incidents.queries import evidence as stored
from incidents.tasks.evidence import check_evidence
from tests.builders import make_report, make_user

pytestmark = pytest.mark.django_db

LINK = " https://example.org/%D8%A3?x=1&y=\u200f2 "
SECRET = b"Salma stood here, 36.19 N 37.16 E"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path / "evidence"


def put(content: bytes, *, report: Report | None = None, name: str = "x.bin") -> Evidence:
    received = evidence.receive(chunks=[content], name=name)
    return evidence.attach_file(report=report or make_report(), by=None, received=received)


def picture(form: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """Return a picture, red at the left and blue at the right."""
    image = Image.new(mode, size, "blue")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"), (0, 0))
    file = io.BytesIO()
    image.save(file, format=form, **options)
    return file.getvalue()


# --- Links


def test_a_link_is_kept_code_point_for_code_point() -> None:
    analyst = make_user(User.Role.ANALYST)
    attached = evidence.attach(report=make_report(), by=analyst, link=LINK, title="Footage")
    assert (Evidence.objects.get().link, attached.received_by) == (LINK, analyst)
    change = Change.objects.get(record_id=attached.public_id)
    assert (change.kind, change.payload.body["after"]["link"]) == ("evidence.attached", LINK)


@pytest.mark.parametrize(("link", "code"), [(" ", "required"), ("https://x.example/\0", "not_text")])
def test_what_is_no_link_is_refused(link: str, code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        evidence.attach(report=make_report(), by=None, link=link)
    assert (broken.value.code, broken.value.field) == (code, "link")


def test_the_same_link_is_attached_once() -> None:
    report = make_report()
    evidence.attach(report=report, by=None, link=LINK)
    with pytest.raises(RuleBroken) as broken:
        evidence.attach(report=report, by=None, link=LINK)
    assert broken.value.field == "link"
    evidence.attach(report=make_report(), by=None, link=LINK)


# --- Files


def test_a_file_is_sealed_byte_for_byte(folder: Path) -> None:
    content = os.urandom(300_000)
    received = evidence.receive(chunks=[content[:7], content[7:]], name="a\0b.jpg")
    analyst = make_user()
    attached = evidence.attach_file(report=make_report(), by=analyst, received=received, title="Crater")
    path = folder / hashlib.sha256(content).hexdigest()
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o400
    assert [found.name for found in folder.iterdir() if found.is_file()] == [path.name]
    row = Evidence.objects.get()
    assert (row.sha256, row.file, row.size, row.media_type) == (path.name, path.name, 300_000, "application/octet-stream")
    assert (row.original_name, row.received_by, row.title) == ("a\ufffdb.jpg", analyst, "Crater")
    assert Change.objects.get(record_id=attached.public_id).payload.body["after"]["sha256"] == path.name


def test_two_identical_files_are_one_and_each_report_has_it_once(folder: Path) -> None:
    report = make_report()
    first = put(b"same", report=report)
    inode = (folder / str(first.sha256)).stat().st_ino
    put(b"same")
    with pytest.raises(RuleBroken) as broken:
        put(b"same", report=report)
    assert (broken.value.code, broken.value.field) == ("already_recorded", "file")
    assert Evidence.objects.count() == 2
    assert (folder / str(first.sha256)).stat().st_ino == inode


def test_size_is_limited_and_nothing_is_left(settings: Any, folder: Path) -> None:
    settings.EVIDENCE_LIMIT = 1 << 20
    for content, code in ((b"x" * ((1 << 20) + 1), "too_large"), (b"", "required")):
        with pytest.raises(RuleBroken) as broken:
            put(content)
        assert (broken.value.code, broken.value.field) == (code, "file")
    assert list(folder.iterdir()) == []
    put(b"x" * (1 << 20))


def test_a_title_with_nul_is_refused() -> None:
    received = evidence.receive(chunks=[b"x"], name="x")
    with pytest.raises(RuleBroken) as broken:
        evidence.attach_file(report=make_report(), by=None, received=received, title="a\0")
    assert broken.value.field == "title"


def test_a_damaged_file_is_not_replaced_by_the_same_sent_again(folder: Path) -> None:
    path = folder / str(put(b"content").sha256)
    path.chmod(0o600)
    path.write_bytes(b"other")
    with pytest.raises(RuleBroken, match="damaged"):
        put(b"content")
    assert path.read_bytes() == b"other"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


SNIFFED = {
    "image/jpeg": picture("JPEG"),
    "image/png": picture("PNG"),
    "image/gif": picture("GIF"),
    "image/webp": picture("WEBP"),
    "application/pdf": b"%PDF-1.7\n",
    "video/mp4": b"\0\0\0\x18ftypisom\0\0\0\0",
    "video/quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0",
    "audio/mpeg": b"ID3\x04\0",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "application/zip": zipped("a.txt"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "text/plain": "Urum al-Kubra أورم الكبرى\n".encode(),
}
NOT_SNIFFED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"hello <ScRiPt>alert(1)</script>",
    "xml": b'\n\n<?xml version="1.0"?><a/>',
    "html far in": b"x" * 9000 + b"<script>",
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0",
    "elf": b"\x7fELF\x02",
    "text with nul": b"a\0b",
    "not utf-8": b"caf\xe9 au lait",
    "utf-8 cut": "عرب".encode()[:-1],
}


@pytest.mark.parametrize("media_type", SNIFFED)
def test_a_type_is_told_from_the_content(media_type: str) -> None:
    assert put(SNIFFED[media_type], name="page.html").media_type == media_type


@pytest.mark.parametrize("what", NOT_SNIFFED)
def test_what_shows_no_known_type_has_none(what: str) -> None:
    assert put(NOT_SNIFFED[what], name="photo.jpg").media_type == "application/octet-stream"


@pytest.mark.parametrize("shift", range(4))
def test_text_longer_than_the_window_is_text_wherever_it_is_cut(shift: int) -> None:
    assert put(b"x" * shift + "أ🙂".encode() * 5000).media_type == "text/plain"


# --- Copies


def copy_of(attached: Evidence) -> EvidenceCopy:
    evidence.draw_copies()
    return EvidenceCopy.objects.get(original=attached.sha256)


def drawn(attached: Evidence) -> bytes:
    return (stored.copies() / str(copy_of(attached).sha256)).read_bytes()


def telling_jpeg() -> bytes:
    """Return a JPEG with EXIF (turned by 90 degrees, a place, a thumbnail's name), XMP, IPTC, a comment, and bytes behind its end."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    content = picture("JPEG", exif=exif, comment=SECRET, quality=95)
    segments = b""
    for marker, said in ((0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET), (0xED, b"Photoshop 3.0\x008BIM\x04\x04" + SECRET)):
        segments += struct.pack(">BBH", 0xFF, marker, len(said) + 2) + said
    return content[:2] + segments + content[2:] + b"PK\x03\x04" + SECRET


def telling_png() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET.decode())
    said.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    content = picture("PNG", pnginfo=said)
    chunk = b"prVt" + SECRET
    extra = struct.pack(">I", len(SECRET)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:-12] + extra + content[-12:] + b"<script>" + SECRET


def test_a_copy_holds_pixels_and_nothing_else(folder: Path) -> None:
    for content in (telling_jpeg(), telling_png()):
        attached = put(content)
        copy = drawn(attached)
        assert SECRET in content and SECRET not in copy
        for mark in (b"Exif", b"xmp", b"8BIM", b"Photoshop", b"tEXt", b"iTXt", b"eXIf", b"prVt", b"<script>", b"PK\x03\x04"):
            assert mark not in copy, mark
        with Image.open(io.BytesIO(copy)) as image:
            image.load()
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert (folder / str(attached.sha256)).read_bytes() == content


def test_a_copy_stands_as_the_camera_was_held() -> None:
    with Image.open(io.BytesIO(drawn(put(telling_jpeg())))) as image:
        assert image.size == (20, 40)
        top, bottom = (image.convert("RGB").getpixel((10, row)) for row in (5, 35))
        assert isinstance(top, tuple) and isinstance(bottom, tuple)
        assert top[0] > 200 > top[2] and bottom[2] > 200 > bottom[0]


def test_of_an_animation_the_first_frame_is_drawn_and_transparency_stays() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "lime")]
    file = io.BytesIO()
    frames[0].save(file, format="GIF", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(drawn(put(file.getvalue())))) as image:
        assert (image.format, getattr(image, "n_frames", 1), image.convert("RGB").getpixel((4, 4))) == ("PNG", 1, (255, 0, 0))
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 255, 0, 0)).save(clear, format="PNG")
    with Image.open(io.BytesIO(drawn(put(clear.getvalue())))) as image:
        assert image.mode == "RGBA" and image.getpixel((1, 1)) == (0, 255, 0, 0)


def bomb() -> bytes:
    """Return a PNG of a few bytes that says it is 30,000 by 30,000."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks = b"".join(struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, data, b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (bomb(), EvidenceCopy.Problem.TOO_LARGE),
        (b"\xff\xd8\xff\xe0 no picture", EvidenceCopy.Problem.UNREADABLE),
        (picture("JPEG")[:-200], EvidenceCopy.Problem.UNREADABLE),
        (b"GIF89a/*<script>alert(1)</script>*/", EvidenceCopy.Problem.UNREADABLE),
    ],
    ids=["bomb", "no jpeg", "cut jpeg", "polyglot"],
)
def test_of_what_cannot_be_drawn_nothing_is_shared(content: bytes, problem: str) -> None:
    copy = copy_of(put(content))
    assert (copy.problem, copy.sha256) == (problem, None)
    assert evidence.draw_copies() == 0
    assert not list(stored.copies().iterdir())


def test_of_other_types_no_copy_is_tried() -> None:
    put(SNIFFED["application/pdf"])
    assert evidence.draw_copies() == 0


# --- The nightly check


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    copy_of(put(picture()))
    put(b"text")
    call_command("check_evidence")
    assert "2 files" in capsys.readouterr().out
    check = EvidenceCheck.objects.get()
    assert (check.files, check.faults, check.unclaimed) == (2, [], [])


def test_what_is_missing_or_altered_is_found_recorded_and_fails(folder: Path) -> None:
    gone, altered, fine = put(b"one"), put(b"two"), put(b"three")
    (folder / str(gone.sha256)).unlink()
    (folder / str(altered.sha256)).chmod(0o600)
    (folder / str(altered.sha256)).write_bytes(b"twO")
    with pytest.raises(CommandError, match="2 of 3 files"):
        call_command("check_evidence")
    faults = {fault["evidence"]: fault["code"] for fault in EvidenceCheck.objects.get().faults}
    assert faults == {str(gone.public_id): "missing", str(altered.public_id): "altered"}
    assert str(fine.public_id) not in faults
    for one in (gone, altered):
        with pytest.raises(stored.NotWhole):
            stored.original(one)


def test_a_row_that_says_otherwise_than_the_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever swaps file and row together meets the log, which says what was received."""
    attached = put(b"one")
    said = Change.objects.get(record_id=attached.public_id).payload.body["after"]
    monkeypatch.setattr(Evidence, "facts", lambda self: said | {"sha256": "0" * 64})
    found = evidence.check()
    assert found and [(fault["code"], fault["fields"]) for fault in found.faults] == [("row_altered", ["sha256"])]


def test_a_damaged_copy_is_found_and_drawn_again() -> None:
    attached = put(picture())
    path = stored.copies() / str(copy_of(attached).sha256)
    path.chmod(0o600)
    path.write_bytes(b"x")
    found = evidence.check()
    assert found and [fault["code"] for fault in found.faults] == ["copy_altered"]
    assert evidence.draw_copies() == 1
    again = evidence.check()
    assert again and again.faults == []


def test_what_a_crash_leaves_is_reported_and_after_a_day_cleared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(**facts: Any) -> None:
        raise DatabaseError("lost")

    kept = put(b"kept")
    with monkeypatch.context() as patched:
        patched.setattr(changes, "record", dies)
        with pytest.raises(DatabaseError):
            put(b"orphan")
    (folder / "passing-abc").write_bytes(b"half a fi")
    assert Evidence.objects.count() == 1
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != kept.sha256)
    first = evidence.check()
    assert first and first.unclaimed == [{"name": name, "cleared": False} for name in names] and first.faults == []
    old = time.time() - 25 * 3600
    for name in (*names, str(kept.sha256)):
        os.utime(folder / name, (old, old))
    second = evidence.check()
    assert second and second.unclaimed == [{"name": name, "cleared": True} for name in names]
    assert [path.name for path in folder.iterdir() if path.is_file()] == [kept.sha256]
    put(b"orphan")


def test_an_orphan_sent_again_is_young_again(folder: Path) -> None:
    received = evidence.receive(chunks=[b"again"], name="x")
    os.utime(folder / received.sha256, (0, 0))
    put(b"again")
    found = evidence.check()
    assert found and found.unclaimed == [] and (folder / received.sha256).exists()


def test_a_file_that_lost_its_mode_is_sealed_again(folder: Path) -> None:
    path = folder / str(put(b"restored").sha256)
    path.chmod(0o644)
    evidence.check()
    assert path.stat().st_mode & 0o777 == 0o400


def test_the_task_looks_once_a_day_and_one_at_a_time() -> None:
    put(b"x")
    assert check_evidence() == 0
    assert check_evidence() is None
    with evidence._only_one():
        assert evidence.check() is None
