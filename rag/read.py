"""Read: file -> raw text, exactly as published, and a document id.

Plain text is decoded and left as it is; of .html, .docx and .pdf the raw text is what `extract` makes of them.
Decoding is strict and stops at the first encoding that fits: a BOM decides; UTF-8 hardly ever fits by
accident; GB18030 and Big5 fit each other's bytes often, so the one is taken whose text holds more of the
characters that every Chinese official text is full of.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rag import extract
from rag.errors import DocumentError
from rag.types import Document

PLAIN = (".txt", ".md", ".markdown")
MARKUP = (".html", ".htm")
SUFFIXES = (*PLAIN, *MARKUP, *extract.EXTRACTORS)
MAX_BYTES = {suffix: 50_000_000 if suffix in extract.EXTRACTORS else 10_000_000 for suffix in SUFFIXES}
# Of an archive or a folder.
MAX_MEMBERS, MAX_DEPTH = 10_000, 3
# What file systems and archivers leave behind.
LITTER = re.compile(r"__MACOSX|Thumbs\.db|desktop\.ini|~\$.*|\.[^.].*", re.IGNORECASE)

# A BOM names the encoding for certain; longest first, since UTF-32's begins with UTF-16's.
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LEGACY_ENCODINGS = ("gb18030", "big5hkscs")

# The most frequent characters of Chinese official prose, both scripts: a wrong legacy decoding has few.
FREQUENT = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種面而方后後多定行学學法所民得经經十三之进進着等部度家电電力里裡如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把性好应應开開它合还還因由其些然前外天政四日那社义義事平形相全表间間样樣与與关關各重新线線内內数數正心反你明看原又么利比或但质質气氣第向道命此变變条條只没沒结結解问問意建月公无無系军軍很情者最立代想已通并並提直题題党黨程展五果料象员員革位入常文总總次品式活设設及管特件长長求老头頭基资資边邊流路级級少图圖山统統接知较較将將组組见見计計"
)


class Source(NamedTuple):
    """A file that was found: its name and bytes, or why it cannot be read."""

    name: str
    data: bytes
    error: DocumentError | None = None


def read_document(path: Path) -> Document:
    """The document in the file at `path`; its id is the file's name.

    Raises `DocumentError`, naming the file, when it is unreadable, too large, empty, binary, of an unknown
    kind or in no known encoding.
    """
    return document_of(path.name, _bytes_of(path))


def document_of(name: str, data: bytes) -> Document:
    """The document that a file of this name and content is; raises `DocumentError`, naming it."""
    suffix = _suffix(name)
    _check_size(name, len(data))
    if suffix in extract.EXTRACTORS:
        raw = extract.EXTRACTORS[suffix](data, name)
    else:
        raw = decode(data, name)
        raw = extract.html_text(raw, name) if suffix in MARKUP else raw
    if not raw.strip():
        raise DocumentError(f"{name} holds no text. Check that the right file was given.")
    return Document(name, raw, hashlib.sha256(data).hexdigest())


def sources(path: Path) -> Iterator[Source]:
    """The files at `path`: the file itself, or those of a folder or zip archive and of what is inside, by name.

    One that cannot be read comes with its error. Raises `DocumentError` if there is nothing at `path`.
    """
    if not path.exists():
        raise DocumentError(f"{path} does not exist. Check the path.")
    yield from itertools.islice(_sources(path, 0), MAX_MEMBERS)


def _sources(path: Path, depth: int) -> Iterator[Source]:
    if path.is_dir():
        if depth > MAX_DEPTH:
            yield _refused(
                path.name, f"{path} lies more than {MAX_DEPTH} folders deep. Give that folder itself."
            )
            return
        for inner in sorted(path.iterdir()):
            if not LITTER.fullmatch(inner.name):
                yield from _sources(inner, depth + 1)
        return
    try:
        data = _bytes_of(path)
    except DocumentError as error:
        yield Source(path.name, b"", error)
        return
    yield from _unpacked(path.name, data, 0)


def _unpacked(name: str, data: bytes, depth: int) -> Iterator[Source]:
    """The file itself, or the members of the archive it is; nothing is ever written where a member's name says."""
    if not name.lower().endswith(".zip"):
        yield Source(name, data)
        return
    if depth > 1:
        yield _refused(name, f"{name} is an archive inside an archive inside an archive. Unpack it first.")
        return
    try:
        archive = extract.check_archive(data, name)
    except DocumentError as error:
        yield Source(name, b"", error)
        return
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        inner = _member_name(member)
        parts = [part for part in re.split(r"[/\\]", inner) if part]
        if member.is_dir() or not parts or any(LITTER.fullmatch(part) for part in parts):
            continue
        try:
            yield from _unpacked(parts[-1], _member_bytes(archive, member, parts[-1], name), depth + 1)
        except DocumentError as error:
            yield Source(parts[-1], b"", error)


def _member_name(member: zipfile.ZipInfo) -> str:
    """A member's name; one not marked as UTF-8 was decoded as cp437 and is in the archiver's own encoding."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, within: str) -> bytes:
    if not name.lower().endswith(".zip"):
        _check_size(name, member.file_size)
    try:
        # A member may hold more than it says: never more than that is unpacked.
        with archive.open(member) as file:
            return file.read(member.file_size)
    except (RuntimeError, NotImplementedError) as error:
        raise DocumentError(
            f"{name} in {within} is encrypted or packed in a rare way. Unpack it first."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DocumentError(f"{name} in {within} is damaged ({error}). Get the archive again.") from error


def _refused(name: str, reason: str) -> Source:
    return Source(name, b"", DocumentError(reason))


def decode(data: bytes, name: str) -> str:
    """`data` strictly decoded, without its BOM, line ends untouched; raises `DocumentError` naming `name`."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _decode_as(data[len(bom) :], encoding, name)
    if b"\0" in data[:4096]:
        return _decode_utf16_or_refuse(data, name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data, name)
    return _refuse_control_characters(text, name)


def _suffix(name: str) -> str:
    """The kind of file, in lower case; raises `DocumentError` for one that is not read."""
    suffix = Path(name).suffix.lower()
    if suffix in SUFFIXES:
        return suffix
    hint = (
        "Save it as .docx"
        if suffix in (".doc", ".wps", ".rtf", ".odt")
        else "Give the document in one of these"
    )
    raise DocumentError(f"{name} is of a kind that is not read; {' '.join(SUFFIXES)} are. {hint}.")


def _check_size(name: str, size: int) -> None:
    most = MAX_BYTES[_suffix(name)]
    if size > most:
        raise DocumentError(f"{name} has {size:,} bytes; at most {most:,} are read. Split it into parts.")


def _bytes_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if path.suffix.lower() != ".zip":
            _check_size(path.name, size)
        elif size > extract.MAX_UNPACKED_BYTES:
            raise DocumentError(
                f"{path.name} has {size:,} bytes; at most {extract.MAX_UNPACKED_BYTES:,} are read."
            )
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from error


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{name} begins as {encoding} but byte {error.start} is not. Save it again as UTF-8."
        ) from error


def _decode_utf16_or_refuse(data: bytes, name: str) -> str:
    """UTF-16 without a BOM; the byte order whose text reads as Chinese, since 一 (4E00) has a zero byte too."""
    candidates = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            candidates.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(candidates, key=_share_frequent, default="")
    if _share_frequent(best) < 0.1:
        raise DocumentError(
            f"{name} is not a text file (it holds zero bytes). Give the text of the document."
        )
    return best


def _decode_legacy(data: bytes, name: str) -> str:
    candidates = []
    for encoding in LEGACY_ENCODINGS:
        try:
            candidates.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(candidates, key=_share_frequent, default="")
    if _share_frequent(best) < 0.1:
        raise DocumentError(f"{name} is in no encoding known here (UTF-8, UTF-16, GB18030, Big5).")
    return _refuse_control_characters(best, name)


def _share_frequent(text: str) -> float:
    """The share of frequent characters among those that are not ascii; 0 to 1."""
    wide = [char for char in text if ord(char) > 127]
    return sum(char in FREQUENT for char in wide) / len(wide) if wide else 0.0


def _refuse_control_characters(text: str, name: str) -> str:
    control = sum(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f\v\x85" for char in text[:4096])
    if control > len(text[:4096]) * 0.05:
        raise DocumentError(f"{name} is not a text file. Give the text of the document.")
    return text
