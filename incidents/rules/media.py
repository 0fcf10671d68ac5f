"""What a file is, told from its first and last bytes. Its name says nothing."""

from dataclasses import dataclass

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
ZIP = "application/zip"
WINDOW = 8192  # bytes that are looked at, at either end

# What stands at which offset. What is longer and surer comes first.
_SIGNATURES: tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...] = (
    ("image/png", ((0, b"\x89PNG\r\n\x1a\n"), (12, b"IHDR"))),
    ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ("image/gif", ((0, b"GIF89a"),)),
    ("image/gif", ((0, b"GIF87a"),)),
    ("image/webp", ((0, b"RIFF"), (8, b"WEBP"))),
    ("audio/wav", ((0, b"RIFF"), (8, b"WAVE"))),
    ("application/pdf", ((0, b"%PDF-"),)),
    ("audio/mpeg", ((0, b"ID3"),)),
    (ZIP, ((0, b"PK\x03\x04"),)),
)
_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV")
_BRANDS = {b"qt  ": "video/quicktime"} | dict.fromkeys(_MP4, "video/mp4")
_OOXML = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    b"word/document": f"{_OOXML}wordprocessingml.document",
    b"xl/workbook": f"{_OOXML}spreadsheetml.sheet",
    b"ppt/presentation": f"{_OOXML}presentationml.presentation",
}
# Text that some reader would run or draw is not plain.
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<iframe", b"<img")

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    ZIP: "zip",
    TEXT: "txt",
    f"{_OOXML}wordprocessingml.document": "docx",
    f"{_OOXML}spreadsheetml.sheet": "xlsx",
    f"{_OOXML}presentationml.presentation": "pptx",
}
# The images of which a copy can be drawn anew, by the name that the drawing library has for them.
REDRAWN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


@dataclass(frozen=True)
class Ends:
    """The first and the last bytes of a file, `WINDOW` at most of either, and whether that is all of it."""

    head: bytes
    tail: bytes
    is_all: bool


def sniff(ends: Ends) -> str:
    """Return the media type that the content shows, or `application/octet-stream` where it shows none that is known here."""
    head = ends.head
    for media_type, marks in _SIGNATURES:
        if all(head[offset : offset + len(mark)] == mark for offset, mark in marks):
            return _office(ends) if media_type == ZIP else media_type
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], UNKNOWN)
    if len(head) > 3 and head[0] == 0xFF and head[1] in {0xFA, 0xFB, 0xF2, 0xF3} and head[2] >> 4 not in {0, 15}:
        return "audio/mpeg"
    return TEXT if _is_plain(ends) else UNKNOWN


def extension(media_type: str) -> str:
    """Return what to end a name with, so that the type sniffed opens it: `bin` for what is unknown."""
    return _EXTENSIONS.get(media_type, "bin")


def _office(ends: Ends) -> str:
    if b"[Content_Types].xml" in ends.head or b"[Content_Types].xml" in ends.tail:
        for part, media_type in _OFFICE.items():
            if part in ends.head or part in ends.tail:
                return media_type
    return ZIP


def _is_plain(ends: Ends) -> bool:
    for part, is_cut in ((ends.head, not ends.is_all), (ends.tail, False)):
        # Cut at the window's edge, a letter of several bytes may be broken there.
        text = part[: -4 if is_cut and len(part) > 4 else None]
        start = next((index for index in range(min(4, len(text) + 1)) if not _is_continuation(text, index)), 0) if part is ends.tail else 0
        try:
            letters = text[start:].decode("utf-8")
        except UnicodeDecodeError as error:
            if not (is_cut and error.start >= len(text) - start - 4):
                return False
            letters = text[start : start + error.start].decode("utf-8")
        if any(letter < " " and letter not in "\t\n\r\f" for letter in letters):
            return False
        if any(mark in text.lower() for mark in _MARKUP):
            return False
    return bool(ends.head)


def _is_continuation(text: bytes, index: int) -> bool:
    return index < len(text) and text[index] & 0xC0 == 0x80
