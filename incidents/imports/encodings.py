"""Which encoding a file of text is in: detected and said, or asked for; and the line at which it proves to be another."""

import hashlib
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder, lookup
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.imports.messages import Message, note
from incidents.imports.tables import UnreadableFile

BLOCK = 1 << 20
SAMPLE = 1 << 16

_ARABIC_WORD = re.compile(r"[\u0621-\u064a]{3,}")
_ARTICLE = re.compile(r"(?<![\u0621-\u064a])\u0627\u0644[\u0621-\u064a]{2,}")
_MIXED_WORD = re.compile(r"[A-Za-z][\u0621-\u064a]|[\u0621-\u064a][A-Za-z]")


@dataclass
class Look:
    """What one pass over the bytes shows."""

    start: bytes = b""
    sha256: str = ""
    size: int = 0
    is_ascii: bool = True
    is_utf8: bool = True
    has_nul: bool = False
    uncertain: bytes = b""


def first_look(path: Path) -> Look:
    """Return what one pass over the file shows."""
    look, digest, decoder = Look(), hashlib.sha256(), getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not look.size:
                look.start = block[:SAMPLE]
            digest.update(block)
            look.size += len(block)
            look.has_nul = look.has_nul or b"\0" in block
            if not block.isascii():
                look.is_ascii = False
                if len(look.uncertain) < SAMPLE:
                    look.uncertain += b"\n".join(line for line in block.splitlines() if not line.isascii())[:SAMPLE]
            if look.is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    look.is_utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        look.is_utf8 = False
    look.sha256 = digest.hexdigest()
    return look


def known_encoding(name: str) -> str:
    """Return the encoding of this name, as Python calls it."""
    try:
        known = lookup(name.strip())
    except (LookupError, ValueError):
        raise UnreadableFile("unknown_encoding", _("There is no encoding called “%(name)s”.") % {"name": name}, "encoding") from None
    # Python also calls base64 and zip codecs.
    if not getattr(known, "_is_text_encoding", True):
        raise UnreadableFile("unknown_encoding", _("There is no encoding called “%(name)s”.") % {"name": name}, "encoding")
    return "utf-8-sig" if known.name == "utf-8" else known.name


def detected_encoding(look: Look, said: list[Message]) -> str:
    """Return the encoding that the bytes show, and say what showed it. Raise UnreadableFile where they can be read in several ways."""
    for mark, name, label in ((BOM_UTF8, "utf-8-sig", "UTF-8"), (BOM_UTF16_LE, "utf-16", "UTF-16"), (BOM_UTF16_BE, "utf-16", "UTF-16")):
        if look.start.startswith(mark):
            said.append(note("encoding", gettext_noop("Encoding: %(name)s, by the mark at its start."), name=label))
            return name
    if look.is_utf8:
        text = gettext_noop("Encoding: plain ASCII.") if look.is_ascii else gettext_noop("Encoding: UTF-8, every character of it valid.")
        said.append(note("encoding", text))
        return "utf-8"
    arabic = {name: _articles(look.uncertain, name) for name in ("cp1256", "iso8859-6")}
    best, other = sorted(arabic, key=lambda name: -arabic[name])
    if arabic[best] >= 3 and arabic[best] > 4 * arabic[other]:
        said.append(note("encoding", gettext_noop("Encoding: %(name)s; %(number)d Arabic words show it."), name=_label(best), number=arabic[best]))
        return best
    readings = {name: look.uncertain.decode(name, "replace") for name in ("cp1252", "cp1256", "cp1250", "cp1254", "iso8859-1")}
    shown = "; ".join(f"{_label(name)}: {_glimpse(text)}" for name, text in readings.items())
    raise UnreadableFile(
        "which_encoding",
        _("The file is not UTF-8, and it can be read in several ways (%(readings)s). Say which encoding it is.") % {"readings": shown},
        "encoding",
    )


def _label(name: str) -> str:
    return name.replace("cp", "windows-") if name.startswith("cp") else name.replace("iso8859", "iso-8859")


def _articles(sample: bytes, encoding: str) -> int:
    """Return how many Arabic words with an article this would be; none where Latin and Arabic letters mix inside words."""
    text = sample.decode(encoding, "replace")
    if len(_MIXED_WORD.findall(text)) * 10 > len(_ARABIC_WORD.findall(text)):
        return 0
    return len(_ARTICLE.findall(text))


def _glimpse(text: str) -> str:
    at = next((index for index, letter in enumerate(text) if not letter.isascii()), 0)
    return " ".join(text[max(0, at - 10) : at + 14].split())


def undecodable(path: Path, encoding: str) -> UnreadableFile:
    """Return the error that names the first line which is not text in this encoding."""
    decoder = getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        try:
            while block := file.read(4096):
                state = decoder.getstate()
                try:
                    line += decoder.decode(block).count("\n")
                except UnicodeError:
                    decoder.setstate(state)
                    for index in range(len(block)):
                        line += decoder.decode(block[index : index + 1]).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeError:
            pass
    return UnreadableFile(
        "not_in_encoding", _("Line %(line)d is not text in %(encoding)s.") % {"line": line, "encoding": _label(encoding)}, "encoding", line
    )


def line_with_nul(path: Path) -> int:
    """Return the line of the first NUL."""
    line = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            at = block.find(b"\0")
            line += block.count(b"\n", 0, at if at >= 0 else len(block))
            if at >= 0:
                break
    return line
