"""Index: documents -> files under the library's home, and back.

    home/built/<digest>/     one whole index: manifest.json, documents.json, clauses.json, sentences.json,
                             passages.npy, vectors.faiss, terms/
    home/built/current       the digest of the index in use; replaced by one rename

A folder's name is the digest of its manifest, which holds the hash of every other file: equal input gives
equal bytes and the same name, and a damaged file is noticed on loading. Row i of the vectors is passage i.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from rag import library
from rag.embed import Embedder, Progress, Vectors, leads_of, passages_of
from rag.errors import DocumentError, IndexNotUsableError
from rag.fold import fold
from rag.library import Failure
from rag.referred import Articles
from rag.store import new_folder, sha256_of, storage_errors, sync_tree, write_atomically, writer_lock
from rag.terms import Postings, tokens
from rag.types import Clause, Document, Metadata, Passage, Sentence, Span

SCHEMA = 4
T = TypeVar("T")
REBUILD = "Run `tiaowen build` to make it anew."


@dataclasses.dataclass(frozen=True)
class Built:
    """What a build made: its folder, its counts, and what was left out."""

    folder: Path
    documents: int
    clauses: int
    passages: int
    failures: tuple[Failure, ...]
    fresh: bool
    """False when the index in use was already this one."""


class Index:
    """A loaded index. `clauses` and `sentences` are in the order of their numbers.

    `passages` has a row for each passage, of its clause's number and the half-open range of its sentences
    there; `wordings` names for each document the texts that were embedded.
    """

    def __init__(
        self,
        documents: dict[str, Document],
        metadata: dict[str, Metadata],
        clauses: tuple[Clause, ...],
        sentences: tuple[tuple[Sentence, ...], ...],
        passages: npt.NDArray[np.int32],
        wordings: dict[str, str],
        vectors: Any,
        terms: Postings,
        identity: str,
    ) -> None:
        self.documents = documents
        self.metadata = metadata
        self.wordings = wordings
        self.clauses = clauses
        self.sentences = sentences
        self.passages = passages
        self.vectors = vectors
        self.terms = terms
        self.identity = identity
        self.number = {clause.id: i for i, clause in enumerate(clauses)}
        self.of_document: dict[str, Span] = {}
        """For each document the half-open range of its clauses' numbers."""
        for i, clause in enumerate(clauses):
            start = self.of_document.get(clause.document, Span(i, i)).start
            self.of_document[clause.document] = Span(start, i + 1)
        self._articles: dict[str, Articles] = {}
        """Of each document looked at its clauses by number."""
        self.leads = leads_of(clauses)
        """For each item of a list the number of the clause that leads it."""
        self.items: dict[int, list[int]] = {}
        """For each clause that leads a list the numbers of its items, in order."""
        for item, lead in self.leads.items():
            self.items.setdefault(lead, []).append(item)
        # The passages of one sentence by clause and sentence; of several the last is the sentence by itself.
        alone = np.flatnonzero(passages[:, 2] - passages[:, 1] == 1)
        keys = _sentence_key(passages[alone, 0].astype(np.int64), passages[alone, 1])
        order = np.argsort(keys, kind="stable")
        self._alone, self._alone_keys = alone[order], keys[order]

    def clauses_of(self, documents: Iterable[str]) -> npt.NDArray[np.int64]:
        """The numbers of the clauses of `documents`, rising."""
        spans = sorted(self.of_document[name] for name in set(documents) & self.of_document.keys())
        return np.concatenate([np.arange(*span) for span in spans] or [np.empty(0, dtype=np.int64)])

    def referred(self, clause: int, text: str) -> tuple[int, ...]:
        """The numbers of the clauses that `text`, of clause number `clause`, sends to: 违反第十三条的."""
        if "条" not in text:
            return ()
        document = self.clauses[clause].document
        start, end = self.of_document[document]
        if document not in self._articles:
            self._articles[document] = Articles(self.clauses[start:end])
        return tuple(start + at for at in self._articles[document].referred(text) if start + at != clause)

    def sending_to(self, clause: int) -> Iterator[tuple[int, int]]:
        """Where clause number `clause`, or the one that leads it, is sent to from: numbers of clause and sentence."""
        meant = {clause, self.leads.get(clause, clause)}
        for number in range(*self.of_document[self.clauses[clause].document]):
            for position, sentence in enumerate(self.sentences[number]):
                if meant & {*self.referred(number, sentence.text)}:
                    yield number, position

    def quote(self, document: str, span: Span) -> str:
        """The raw text of `document` in `span`, verbatim."""
        return self.documents[document].raw[span.start : span.end]

    def cosine(self, clause: int, sentence: int, vector: Vectors) -> float:
        """The cosine of a query's vector with one sentence of a clause."""
        at = int(np.searchsorted(self._alone_keys, _sentence_key(clause, sentence), side="right")) - 1
        return float(self.vectors.reconstruct(int(self._alone[at])) @ vector)


def _sentence_key(clause: Any, sentence: Any) -> Any:
    """One number for a clause and a sentence of it, rising with both."""
    return clause * (1 << 20) + sentence


class _Record(msgspec.Struct):
    """A document as documents.json holds it; `wording` is the digest of its passages' texts."""

    document: Document
    metadata: Metadata
    wording: str


class _Part(NamedTuple):
    """What an index holds of one document."""

    document: Document
    metadata: Metadata
    clauses: tuple[Clause, ...]
    sentences: tuple[tuple[Sentence, ...], ...]


# -- build ----------------------------------------------------------------------------------------


def build(home: Path, seeds: Path, embedder: Embedder, *, progress: Progress | None = None) -> Built:
    """Read and embed what is new or changed, and switch the new index in by one rename.

    A file that cannot be read is left out whole and named in `failures`. Whatever goes wrong, the index in
    use before stays as it was.
    """
    folder = home / "built"
    with storage_errors(home), writer_lock(home):
        old = _old(home, embedder.identity)
        parts, failures = _parts(library.paths_of(home, seeds), old, progress)
        if not parts:
            raise DocumentError(
                f"No readable document in {seeds} or {home / 'documents'}. "
                + " ".join(reason for _, reason in failures.values())
            )
        with new_folder(folder) as fresh:
            counts = _write(fresh, parts, failures, embedder, old, progress)
            digest = sha256_of(fresh / "manifest.json")[:16]
            unchanged = _current(home) == digest and _is_whole(home)
            if not unchanged:
                sync_tree(fresh)
                shutil.rmtree(folder / digest, ignore_errors=True)
                os.rename(fresh, folder / digest)
                write_atomically(folder / "current", digest.encode())
        _remove_others(folder, digest)
    named = tuple(Failure(name, reason) for name, (_, reason) in failures.items())
    return Built(folder / digest, len(parts), *counts, named, not unchanged)


def _old(home: Path, identity: str) -> Index | None:
    """The index in use, if it was made with the same model and is whole."""
    try:
        return load(home, identity)
    except IndexNotUsableError:
        return None


def _parts(
    paths: Sequence[Path], old: Index | None, progress: Progress | None
) -> tuple[list[_Part], dict[str, tuple[str, str]]]:
    """The documents in the order of `paths`, unchanged ones from the old index; and name -> (hash, reason) of those left out."""
    hashes = {path.name: _hash(path) for path in paths}
    known = _known_parts(old, hashes) if old is not None else {}
    missing = [path for path in paths if path.name not in known]
    failures: dict[str, tuple[str, str]] = {}
    for path, result in zip(missing, library.read_all(missing, progress=progress), strict=True):
        if isinstance(result, Failure):
            failures[path.name] = (hashes[path.name], result.reason)
        else:
            known[path.name] = _Part(result.document, result.metadata, result.clauses, result.sentences)
    return [known[path.name] for path in paths if path.name in known], failures


def _known_parts(old: Index, hashes: dict[str, str]) -> dict[str, _Part]:
    """The documents of the old index whose file is unchanged."""
    parts = {}
    for name, document in old.documents.items():
        if hashes.get(name) == document.sha256:
            start, end = old.of_document.get(name, Span(0, 0))
            clauses, sentences = old.clauses[start:end], old.sentences[start:end]
            parts[name] = _Part(document, old.metadata[name], clauses, sentences)
    return parts


def _hash(path: Path) -> str:
    """The hash of a file's content; empty if it cannot be read, which reading it will tell."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


def _write(
    folder: Path,
    parts: list[_Part],
    failures: dict[str, tuple[str, str]],
    embedder: Embedder,
    old: Index | None,
    progress: Progress | None,
) -> tuple[int, int]:
    """Write all files of an index into `folder`; returns the numbers of clauses and passages."""
    import faiss

    clauses = [clause for part in parts for clause in part.clauses]
    sentences = [each for part in parts for each in part.sentences]
    metadata = {part.document.id: part.metadata for part in parts}
    passages = passages_of(clauses, sentences, metadata)
    groups = _by_document(clauses, passages)
    wordings = {name: _wording(passages, numbers) for name, numbers in groups.items()}
    vectors = _embed(embedder, passages, groups, wordings, old, progress)
    flat = faiss.IndexFlatIP(embedder.dimension)
    flat.add(vectors)
    # Not faiss.write_index: it loses the end of the file without an error when the disk is full.
    (folder / "vectors.faiss").write_bytes(faiss.serialize_index(flat).tobytes())
    Postings.of(tokens(text) for part in parts for text in _indexed(part)).save(folder / "terms")
    _dump(
        folder / "documents.json",
        [_Record(part.document, part.metadata, wordings.get(part.document.id, "")) for part in parts],
    )
    _dump(folder / "clauses.json", clauses)
    _dump(folder / "sentences.json", sentences)
    ranges = np.array([(p.clause, *p.sentences) for p in passages], dtype=np.int32).reshape(-1, 3)
    np.save(folder / "passages.npy", ranges, allow_pickle=False)
    manifest = {
        "schema": SCHEMA,
        "reader": reader_identity(),
        "embedder": {"identity": embedder.identity, "dimension": embedder.dimension, "unit_length": True},
        "documents": {part.document.id: part.document.sha256 for part in parts},
        "left_out": {name: list(failures[name]) for name in sorted(failures)},
        "counts": {"clauses": len(clauses), "passages": len(passages)},
        "files": {
            str(path.relative_to(folder)): sha256_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    _dump(folder / "manifest.json", manifest)
    return len(clauses), len(passages)


MOST_REFERRED_CHARS = 160


def _indexed(part: _Part) -> Iterator[str]:
    """What the lexical side reads of each clause: its text with place, heading path and what it sends to, folded."""
    articles = Articles(part.clauses)
    for at, clause in enumerate(part.clauses):
        sent_to = (part.clauses[i].text for i in articles.referred(clause.text) if i != at)
        others = (text[:MOST_REFERRED_CHARS] for text in sent_to)
        yield fold(" ".join([part.metadata.place or "", *clause.heading, clause.text, *others]))


def _by_document(clauses: Sequence[Clause], passages: Sequence[Passage]) -> dict[str, list[int]]:
    """The numbers of each document's passages."""
    groups: dict[str, list[int]] = {}
    for number, passage in enumerate(passages):
        groups.setdefault(clauses[passage.clause].document, []).append(number)
    return groups


def _wording(passages: Sequence[Passage], numbers: Sequence[int]) -> str:
    """A digest of the texts of some passages."""
    return hashlib.sha256("\0".join(passages[i].text for i in numbers).encode()).hexdigest()


def _embed(
    embedder: Embedder,
    passages: Sequence[Passage],
    groups: dict[str, list[int]],
    wordings: dict[str, str],
    old: Index | None,
    progress: Progress | None,
) -> Vectors:
    """A row for each passage.

    The last bits of a row hang on what else is in its batch (half precision, padding). So each document is
    embedded by itself and reused only as a whole: then an index grown by additions equals one built at once.
    """
    rows = np.zeros((len(passages), embedder.dimension), dtype=np.float32)
    known = _known_rows(old) if old is not None else {}
    missing = [name for name in groups if wordings[name] not in known]
    for name in groups.keys() - set(missing):
        rows[groups[name]] = known[wordings[name]]
    total, done = sum(len(groups[name]) for name in missing), 0
    for name in missing:
        group = groups[name]
        rows[group] = embedder.embed_passages(
            [passages[i].text for i in group], progress=_within(progress, done, total)
        )
        done += len(group)
    return rows


def _within(progress: Progress | None, before: int, total: int) -> Progress | None:
    """`progress` for one part of a whole, `before` of whose `total` are done."""
    if progress is None:
        return None
    return lambda label, done, _: progress(label, before + done, total)


def _known_rows(old: Index) -> dict[str, Vectors]:
    """The wording of each document of the old index -> the rows of its passages."""
    rows = old.vectors.reconstruct_n(0, old.vectors.ntotal)
    firsts = [span.start for span in old.of_document.values()]
    bounds = [*np.searchsorted(old.passages[:, 0], firsts).tolist(), len(rows)]
    parts = zip(old.of_document, bounds, bounds[1:], strict=False)
    return {old.wordings[name]: rows[start:end] for name, start, end in parts}


def _remove_others(folder: Path, digest: str) -> None:
    """Remove older indexes and what crashed builds left; a process that reads has them in memory."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != digest:
            shutil.rmtree(path, ignore_errors=True)


def _dump(path: Path, content: Any) -> None:
    path.write_bytes(msgspec.json.encode(content) + b"\n")


# -- load -----------------------------------------------------------------------------------------


def is_current(home: Path, seeds: Path, identity: str) -> bool:
    """Whether the index in use is whole and was made from just these documents with this model.

    A file that could not be read when it was made, and has not changed since, does not make it old.
    """
    try:
        manifest = _manifest(home)
        _check_files(home / "built" / str(_current(home)), manifest["files"])
    except IndexNotUsableError:
        return False
    sources = {path.name: _hash(path) for path in library.paths_of(home, seeds)}
    made_from = manifest["documents"] | {name: digest for name, (digest, _) in manifest["left_out"].items()}
    return bool(manifest["embedder"]["identity"] == identity and made_from == sources)


def left_out(home: Path) -> tuple[Failure, ...]:
    """The files that the index in use was made without; raises `IndexNotUsableError` if there is none."""
    return tuple(Failure(name, reason) for name, (_, reason) in _manifest(home)["left_out"].items())


class Held(NamedTuple):
    """One file of the library; `metadata` is None for one that is left out or not yet in the index."""

    name: str
    added: bool
    metadata: Metadata | None
    clauses: int
    reason: str
    """Why it is left out, or empty."""


def listing(home: Path, seeds: Path, identity: str) -> list[Held]:
    """The files of the library by name, as far as the index in use knows them."""
    old = _old(home, identity)
    reasons = dict(left_out(home)) if old is not None else {}
    counts = Counter(clause.document for clause in old.clauses) if old is not None else Counter[str]()
    return [
        Held(
            path.name,
            library.is_added(home, path.name),
            old.metadata.get(path.name) if old is not None else None,
            counts[path.name],
            reasons.get(path.name, ""),
        )
        for path in library.paths_of(home, seeds)
    ]


def load(home: Path, identity: str) -> Index:
    """The index in use; raises `IndexNotUsableError` if it is missing, damaged, or made by something else."""
    import faiss

    manifest = _manifest(home)
    folder = home / "built" / str(_current(home))
    made_with = manifest["embedder"]["identity"]
    if made_with != identity:
        raise IndexNotUsableError(
            f"The index was built with the model {made_with}, the settings name {identity}. {REBUILD}"
        )
    _check_files(folder, manifest["files"])
    try:
        with _no_collection():
            records = _read(folder / "documents.json", list[_Record])
            return Index(
                {record.document.id: record.document for record in records},
                {record.document.id: record.metadata for record in records},
                _read(folder / "clauses.json", tuple[Clause, ...]),
                _read(folder / "sentences.json", tuple[tuple[Sentence, ...], ...]),
                np.load(folder / "passages.npy", allow_pickle=False),
                {record.document.id: record.wording for record in records},
                faiss.read_index(str(folder / "vectors.faiss")),
                Postings.load(folder / "terms"),
                str(_current(home)),
            )
    except (OSError, ValueError, KeyError, IndexError, TypeError, RuntimeError) as error:
        raise IndexNotUsableError(f"The index in {folder} is damaged ({error}). {REBUILD}") from error


def _read(path: Path, kind: type[T]) -> T:
    """The content of a file that `_dump` wrote; raises `ValueError` if it is not of that kind."""
    return msgspec.json.decode(path.read_bytes(), type=kind)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Make many lasting objects without the garbage collector looking through all of them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _current(home: Path) -> str | None:
    try:
        return (home / "built" / "current").read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _manifest(home: Path) -> dict[str, Any]:
    digest = _current(home)
    if digest is None:
        raise IndexNotUsableError(f"No index in {home}. Run `tiaowen build` first.")
    path = home / "built" / digest / "manifest.json"
    if not path.is_file() or sha256_of(path)[:16] != digest:
        raise IndexNotUsableError(f"The manifest {path} is missing or damaged. {REBUILD}")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("schema") != SCHEMA:
        raise IndexNotUsableError(
            f"The index has schema {manifest.get('schema')}, this version reads {SCHEMA}. {REBUILD}"
        )
    if manifest.get("reader") != reader_identity():
        raise IndexNotUsableError(f"The index was built by another version of the reader. {REBUILD}")
    return dict(manifest)


# The modules that decide what is in an index besides the documents and the model.
READER_MODULES = (
    "aligned",
    "clean",
    "describe",
    "embed",
    "extract",
    "fold",
    "mojibake",
    "numerals",
    "ocr",
    "places",
    "read",
    "referred",
    "split",
    "terms",
    "vocabulary",
    "words",
)


@lru_cache(maxsize=1)
def reader_identity() -> str:
    """A digest of the code that reads documents: an index made by other code has other clauses.

    No number kept by hand, since that is forgotten just when it matters.
    """
    digest = hashlib.sha256()
    for name in READER_MODULES:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def _is_whole(home: Path) -> bool:
    """Whether no file of the index in use is missing or damaged."""
    try:
        _check_files(home / "built" / str(_current(home)), _manifest(home)["files"])
    except IndexNotUsableError:
        return False
    return True


def _check_files(folder: Path, files: dict[str, str]) -> None:
    """Raises `IndexNotUsableError` unless each file is there with its hash; hashing goes on all cores."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(_hash, (folder / name for name in files))
    for (name, digest), actual in zip(files.items(), found, strict=True):
        if actual != digest:
            raise IndexNotUsableError(f"The index file {folder / name} is missing or damaged. {REBUILD}")
