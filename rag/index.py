"""Index: documents -> files under the library's home, and back.

    home/documents/          added documents, byte for byte
    home/built/<digest>/     one whole index: manifest.json, documents.json, clauses.json, passages.json,
                             vectors.faiss, terms/
    home/built/current       the digest of the index in use; replaced by one rename

A folder's name is the digest of its manifest, which holds the hash of every other file: equal input gives
equal bytes and the same name, and a damaged file is noticed on loading. Row i of the vectors is passage i.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rag.clean import clean
from rag.describe import describe
from rag.embed import Embedder, Progress, Vectors, leads_of, passages_of
from rag.errors import DocumentError, IndexNotUsableError
from rag.fold import fold
from rag.read import document_paths, read_document
from rag.split import split
from rag.store import new_folder, sha256_of, storage_errors, sync_tree, write_atomically, writer_lock
from rag.terms import tokens
from rag.types import (
    Clause,
    Department,
    Document,
    Metadata,
    Passage,
    Reading,
    Reference,
    Sentence,
    Span,
)

SCHEMA = 1
REBUILD = "Run `tiaowen build` to make it anew."


class Failure(NamedTuple):
    """A file that was left out of a build, and why."""

    name: str
    reason: str


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
    """A loaded index. `clauses`, `sentences` and `passages` are in the order of their numbers."""

    def __init__(
        self,
        documents: dict[str, Document],
        metadata: dict[str, Metadata],
        clauses: tuple[Clause, ...],
        sentences: tuple[tuple[Sentence, ...], ...],
        passages: tuple[Passage, ...],
        vectors: Any,
        terms: Any,
        identity: str,
    ) -> None:
        self.documents = documents
        self.metadata = metadata
        self.clauses = clauses
        self.sentences = sentences
        self.passages = passages
        self.vectors = vectors
        self.terms = terms
        self.identity = identity
        self.number = {clause.id: i for i, clause in enumerate(clauses)}
        self.leads = leads_of(clauses)
        """For each item of a list the number of the clause that leads it."""
        self.items: dict[int, list[int]] = {}
        """For each clause that leads a list the numbers of its items, in order."""
        for item, lead in self.leads.items():
            self.items.setdefault(lead, []).append(item)
        self.passage_clauses = np.array([passage.clause for passage in passages], dtype=np.int64)
        self._sentence_passage = {
            (passage.clause, passage.sentences[0]): i
            for i, passage in enumerate(passages)
            if passage.sentences[1] - passage.sentences[0] == 1
        }

    def quote(self, document: str, span: Span) -> str:
        """The raw text of `document` in `span`, verbatim."""
        return self.documents[document].raw[span.start : span.end]

    def cosine(self, clause: int, sentence: int, vector: Vectors) -> float:
        """The cosine of a query's vector with one sentence of a clause."""
        row = self.vectors.reconstruct(self._sentence_passage[clause, sentence])
        return float(row @ vector)

    def idf(self, token: str) -> float:
        """How telling a token is: ln(1 + (N - n + 0.5) / (n + 0.5)), n of N clauses holding it (BM25's)."""
        number = self.terms.vocab_dict.get(token)
        pointers = self.terms.scores["indptr"]
        holding = int(pointers[number + 1] - pointers[number]) if number is not None else 0
        return math.log(1 + (len(self.clauses) - holding + 0.5) / (holding + 0.5))


def read(path: Path) -> Reading:
    """Everything that is understood of the file at `path`; raises `DocumentError`."""
    document = read_document(path)
    cleaned = clean(document)
    parts = split(document.id, cleaned)
    if not parts.clauses:
        raise DocumentError(f"{path.name} holds no clause: nothing but headings or page furniture was found.")
    metadata = describe(document, cleaned, parts)
    return Reading(document, metadata, parts.clauses, parts.sentences, cleaned.repairs, cleaned.boilerplate)


# -- build ----------------------------------------------------------------------------------------


def build(home: Path, seeds: Path, embedder: Embedder, *, progress: Progress | None = None) -> Built:
    """Read every document, embed it, and switch the new index in by one rename.

    A file that cannot be read is left out whole and named in `failures`. Whatever goes wrong, the index in
    use before stays as it was.
    """
    folder = home / "built"
    with storage_errors(home), writer_lock(home):
        readings, failures = _read_all(document_paths((seeds, home / "documents")), progress)
        if not readings:
            raise DocumentError(
                f"No readable document in {seeds} or {home / 'documents'}. "
                + "; ".join(f"{failure.name}: {failure.reason}" for failure in failures)
            )
        with new_folder(folder) as fresh:
            counts = _write(fresh, readings, embedder, _known_vectors(home, embedder.identity), progress)
            digest = sha256_of(fresh / "manifest.json")[:16]
            unchanged = _current(home) == digest and _is_whole(home)
            if not unchanged:
                sync_tree(fresh)
                shutil.rmtree(folder / digest, ignore_errors=True)
                os.rename(fresh, folder / digest)
                write_atomically(folder / "current", digest.encode())
        _remove_others(folder, digest)
    return Built(folder / digest, len(readings), *counts, tuple(failures), not unchanged)


def _read_all(paths: Sequence[Path], progress: Progress | None) -> tuple[list[Reading], list[Failure]]:
    readings, failures = [], []
    for i, path in enumerate(paths):
        try:
            readings.append(read(path))
        except DocumentError as error:
            failures.append(Failure(path.name, str(error)))
        if progress is not None:
            progress("read", i + 1, len(paths))
    return readings, failures


def _write(
    folder: Path,
    readings: list[Reading],
    embedder: Embedder,
    known: dict[str, Vectors],
    progress: Progress | None,
) -> tuple[int, int]:
    """Write all files of an index into `folder`; returns the numbers of clauses and passages."""
    import bm25s
    import faiss

    clauses = [clause for reading in readings for clause in reading.clauses]
    sentences = [parts for reading in readings for parts in reading.sentences]
    metadata = {reading.metadata.document: reading.metadata for reading in readings}
    passages = passages_of(clauses, sentences, metadata)
    vectors = _embed(embedder, [passage.text for passage in passages], known, progress)
    flat = faiss.IndexFlatIP(embedder.dimension)
    flat.add(vectors)
    # Not faiss.write_index: it loses the end of the file without an error when the disk is full.
    (folder / "vectors.faiss").write_bytes(faiss.serialize_index(flat).tobytes())
    vocabulary: dict[str, int] = {}
    numbers = [
        [vocabulary.setdefault(token, len(vocabulary)) for token in tokens(_indexed(c, metadata))]
        for c in clauses
    ]
    terms = bm25s.BM25()
    terms.index((numbers, vocabulary), show_progress=False)
    terms.save(folder / "terms", show_progress=False)
    _dump(folder / "documents.json", [_document_record(reading) for reading in readings])
    _dump(folder / "clauses.json", [_clause_record(*pair) for pair in zip(clauses, sentences, strict=True)])
    _dump(folder / "passages.json", [[p.clause, *p.sentences, p.text] for p in passages])
    manifest = {
        "schema": SCHEMA,
        "reader": reader_identity(),
        "embedder": {"identity": embedder.identity, "dimension": embedder.dimension, "unit_length": True},
        "documents": {reading.document.id: reading.document.sha256 for reading in readings},
        "counts": {"clauses": len(clauses), "passages": len(passages)},
        "files": {
            str(path.relative_to(folder)): sha256_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    _dump(folder / "manifest.json", manifest)
    return len(clauses), len(passages)


def _indexed(clause: Clause, metadata: dict[str, Metadata]) -> str:
    """What the lexical side reads of a clause: its text with place and heading path, folded."""
    return fold(" ".join([metadata[clause.document].place or "", *clause.heading, clause.text]))


def _embed(
    embedder: Embedder, texts: list[str], known: dict[str, Vectors], progress: Progress | None
) -> Vectors:
    """A row a text; those the old index holds already are taken from there."""
    rows = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    missing = [i for i, text in enumerate(texts) if text not in known]
    for i, text in enumerate(texts):
        if text in known:
            rows[i] = known[text]
    if missing:
        rows[missing] = embedder.embed_passages([texts[i] for i in missing], progress=progress)
    return rows


def _known_vectors(home: Path, identity: str) -> dict[str, Vectors]:
    """Text -> vector of the index in use, if it was made with the same model and is whole."""
    try:
        index = load(home, identity)
    except IndexNotUsableError:
        return {}
    rows = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    return {passage.text: rows[i] for i, passage in enumerate(index.passages)}


def _remove_others(folder: Path, digest: str) -> None:
    """Remove older indexes and what crashed builds left; a process that reads has them in memory."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != digest:
            shutil.rmtree(path, ignore_errors=True)


def _dump(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _document_record(reading: Reading) -> dict[str, Any]:
    return {
        "sha256": reading.document.sha256,
        "raw": reading.document.raw,
        "metadata": dataclasses.asdict(reading.metadata),
    }


def _clause_record(clause: Clause, sentences: Sequence[Sentence]) -> dict[str, Any]:
    return {**dataclasses.asdict(clause), "sentences": [[*part.span, part.text] for part in sentences]}


# -- load -----------------------------------------------------------------------------------------


def is_current(home: Path, seeds: Path, identity: str) -> bool:
    """Whether the index in use is whole and was made from just these documents with this model."""
    try:
        manifest = _manifest(home)
        _check_files(home / "built" / str(_current(home)), manifest["files"])
        paths = document_paths((seeds, home / "documents"))
        sources = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    except (IndexNotUsableError, DocumentError, OSError):
        return False
    return bool(manifest["embedder"]["identity"] == identity and manifest["documents"] == sources)


def load(home: Path, identity: str) -> Index:
    """The index in use; raises `IndexNotUsableError` if it is missing, damaged, or made by something else."""
    import bm25s
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
        documents = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        clauses = json.loads((folder / "clauses.json").read_text(encoding="utf-8"))
        passages = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
        metadata = {record["metadata"]["document"]: _metadata(record["metadata"]) for record in documents}
        return Index(
            {
                name: Document(name, record["raw"], record["sha256"])
                for name, record in zip(metadata, documents, strict=True)
            },
            metadata,
            tuple(_clause(record) for record in clauses),
            tuple(
                tuple(Sentence(Span(s, e), text) for s, e, text in record["sentences"]) for record in clauses
            ),
            tuple(Passage(clause, (first, last), text) for clause, first, last, text in passages),
            faiss.read_index(str(folder / "vectors.faiss")),
            bm25s.BM25.load(folder / "terms", show_progress=False),
            str(_current(home)),
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexNotUsableError(f"The index in {folder} is damaged ({error}). {REBUILD}") from error


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
    "numerals",
    "places",
    "read",
    "split",
    "terms",
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
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != digest:
            raise IndexNotUsableError(f"The index file {path} is missing or damaged. {REBUILD}")


def _metadata(record: dict[str, Any]) -> Metadata:
    return Metadata(
        **{
            **record,
            "issuers": tuple(record["issuers"]),
            "ancestors": tuple(record["ancestors"]),
            "based_on": tuple(Reference(**reference) for reference in record["based_on"]),
            "repeals": tuple(Reference(**item) for item in record["repeals"]),
            "null_reasons": tuple((name, reason) for name, reason in record["null_reasons"]),
        }
    )


def _clause(record: dict[str, Any]) -> Clause:
    return Clause(
        record["document"],
        record["label"],
        record["kind"],
        tuple(record["heading"]),
        Span(*record["span"]),
        record["text"],
        tuple(Department(**department) for department in record["departments"]),
    )
