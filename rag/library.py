"""Library: the files that are held, shipped and added, and what is understood of each.

    seeds/                   the documents that ship with the product, never written to
    home/documents/          added documents, byte for byte
    home/removed.json        names of shipped documents that are not to be used

A document's id is its file's name. An added document stands for a shipped one of the same name.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing
import os
import signal
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from rag.clean import clean
from rag.describe import describe
from rag.errors import DocumentError, InputError, StorageError
from rag.read import SUFFIXES, Source, document_of, read_document, sources
from rag.split import split
from rag.store import storage_errors, write_atomically, writer_lock
from rag.types import Document, Reading

Progress = Callable[[str, int, int], None]

PARALLEL_FROM = 64  # files; for fewer a second process costs more than it saves
MAX_NAME_BYTES = 200
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


class Failure(NamedTuple):
    """A file that was left out, and why."""

    name: str
    reason: str


# -- understanding ----------------------------------------------------------------------------------


def read(path: Path) -> Reading:
    """Everything that is understood of the file at `path`; raises `DocumentError`."""
    return understand(read_document(path))


def understand(document: Document) -> Reading:
    """Everything that is understood of `document`; raises `DocumentError` if it holds no clause."""
    cleaned = clean(document)
    parts = split(document.id, cleaned)
    if not parts.clauses:
        raise DocumentError(
            f"{document.id} holds no clause: nothing but headings or page furniture was found. "
            "Check that the right file was given."
        )
    metadata = describe(document, cleaned, parts)
    return Reading(document, metadata, parts.clauses, parts.sentences, cleaned.repairs, cleaned.boilerplate)


def read_all(
    paths: Sequence[Path], *, progress: Progress | None = None, workers: int | None = None
) -> Iterator[Reading | Failure]:
    """The reading of each file, or why there is none, in the order of `paths`; many are read on all cores."""
    workers = workers if workers is not None else len(os.sched_getaffinity(0))
    many = len(paths) >= PARALLEL_FROM and workers > 1
    results = _read_in_parallel(paths, workers) if many else map(_read_or_fail, paths)
    for done, result in enumerate(results, 1):
        if progress is not None:
            progress("read", done, len(paths))
        yield result


def _read_or_fail(path: Path) -> Reading | Failure:
    try:
        return read(path)
    except DocumentError as error:
        return Failure(path.name, str(error))


def _read_in_parallel(paths: Sequence[Path], workers: int) -> Iterator[Reading | Failure]:
    done = 0
    try:
        with _pool(workers) as pool:
            for result in pool.map(_read_or_fail, paths, chunksize=8):
                done += 1
                yield result
    except BrokenProcessPool:
        yield from map(_read_apart, paths[done:])


def _read_apart(path: Path) -> Reading | Failure:
    """Read one file in a process of its own, after some file has brought a reader down."""
    try:
        with _pool(1) as pool:
            return pool.submit(_read_or_fail, path).result()
    except BrokenProcessPool:
        return Failure(path.name, f"{path.name} brings the reader down. Save it in another format.")


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork beside the threads of torch may hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# -- files ------------------------------------------------------------------------------------------


def paths_of(home: Path, seeds: Path) -> list[Path]:
    """The files of the documents in use, by name."""
    removed = _removed(home)
    held = {path.name: path for path in _files(seeds) if path.name not in removed}
    held |= {path.name: path for path in _files(home / "documents")}
    return [held[name] for name in sorted(held)]


def is_added(home: Path, name: str) -> bool:
    """Whether a document was added, rather than shipped."""
    return (home / "documents" / name).is_file()


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() in SUFFIXES
    ]


def _removed(home: Path) -> set[str]:
    path = home / "removed.json"
    try:
        return set(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else set()
    except (OSError, ValueError, TypeError) as error:
        raise StorageError(
            f"{path} cannot be read ({error}). Remove it to use all shipped documents."
        ) from error


def _set_removed(home: Path, names: Iterable[str]) -> None:
    content = json.dumps(sorted(names), ensure_ascii=False) + "\n"
    write_atomically(home / "removed.json", content.encode())


# -- add and remove ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What became of one file that was to be added."""

    name: str
    outcome: Literal["added", "replaced", "unchanged", "refused"]
    reason: str = ""


def add(
    home: Path,
    seeds: Path,
    paths: Sequence[Path],
    *,
    replace: bool = False,
    name: str | None = None,
    progress: Progress | None = None,
) -> list[Change]:
    """Take the files at `paths` into the library, byte for byte; one that is refused leaves the others.

    `name` is the id for a single file. Raises `InputError` if it is given for several.
    """
    found: list[Source] = []
    for path in paths:
        try:
            found += sources(path)
        except DocumentError as error:
            found.append(Source(path.name, b"", error))
    if name is not None:
        if len(found) != 1:
            raise InputError(
                f"--as names one document, but {len(found)} files were given. Add them one by one."
            )
        found = [found[0]._replace(name=name)]
    changes = []
    with storage_errors(home), writer_lock(home):
        folder = home / "documents"
        folder.mkdir(exist_ok=True)
        shelf = _Shelf(home, seeds)
        for done, source in enumerate(found, 1):
            changes.append(shelf.take(source, replace=replace))
            if progress is not None:
                progress("add", done, len(found))
    return changes


class _Shelf:
    """The documents held while some are added: their files and the hashes of their content."""

    def __init__(self, home: Path, seeds: Path) -> None:
        self.home = home
        self.shipped = {path.name: _digest(path.read_bytes()) for path in _files(seeds)}
        self.hashes = {path.name: _digest(path.read_bytes()) for path in paths_of(home, seeds)}

    def take(self, source: Source, *, replace: bool) -> Change:
        name = unicodedata.normalize("NFC", source.name)
        try:
            if source.error is not None:
                raise source.error
            check_name(name)
            digest = _digest(source.data)
            same = next((held for held, known in self.hashes.items() if known == digest), None)
            if same is not None:
                return Change(name, "unchanged", "" if same == name else f"the same as {same}")
            if name in self.hashes and not replace:
                raise DocumentError(
                    f"{name} is held with other content. Add it with --replace to put it in that one's place, "
                    "or with --as NAME to keep both."
                )
            understand(document_of(name, source.data))
        except (DocumentError, InputError) as error:
            return Change(name, "refused", str(error))
        outcome: Literal["added", "replaced"] = "replaced" if name in self.hashes else "added"
        self._put(name, source.data, digest)
        return Change(name, outcome)

    def _put(self, name: str, data: bytes, digest: str) -> None:
        path = self.home / "documents" / name
        if self.shipped.get(name) == digest:  # a shipped document comes back
            path.unlink(missing_ok=True)
            _set_removed(self.home, _removed(self.home) - {name})
        else:
            write_atomically(path, data)
        self.hashes[name] = digest


def remove(home: Path, seeds: Path, names: Sequence[str]) -> None:
    """Take the named documents out of the library; raises `InputError`, removing none, if one is not held."""
    with storage_errors(home), writer_lock(home):
        held = [path.name for path in paths_of(home, seeds)]
        unknown = [name for name in names if name not in held]
        if unknown:
            raise InputError(f"{'、'.join(unknown)} is no document held. Held: {'、'.join(held) or '-'}.")
        shipped = {path.name for path in _files(seeds)}
        # Noted first: an added document must not uncover the shipped one of its name.
        if shipped & set(names):
            _set_removed(home, _removed(home) | (shipped & set(names)))
        for name in names:
            (home / "documents" / name).unlink(missing_ok=True)


def check_name(name: str) -> None:
    """Raises `InputError` unless `name` can be a document's id: a plain file name of a kind that is read."""
    stem = name.split(".")[0].lower()
    problem = next(
        itertools.compress(
            (
                "is empty",
                "holds a path separator or a control character",
                "begins or ends with a dot or a blank",
                f"is longer than {MAX_NAME_BYTES} bytes",
                "is a name that Windows keeps for itself",
                f"does not end in one of {' '.join(SUFFIXES)}",
            ),
            (
                not name,
                any(char in '/\\:*?"<>|' or unicodedata.category(char)[0] == "C" for char in name),
                name != name.strip(". "),
                len(name.encode()) > MAX_NAME_BYTES,
                stem in RESERVED,
                Path(name).suffix.lower() not in SUFFIXES,
            ),
        ),
        None,
    )
    if problem:
        raise InputError(f"The name {name!r} {problem}. Give another with --as NAME.")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
