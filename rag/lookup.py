"""Look up: a person's name for a document or clause -> the document, and the clause if one is named.

A document is named by its id (file name), 发文字号, title or place; a clause by its label or by any printed
spelling of its number, apart or in one string: 「吕发改服务发〔2022〕153号第26条」.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.describe import DOC_NUMBER, canonical_number
from rag.errors import InputError
from rag.fold import fold, to_simplified
from rag.index import Index
from rag.retrieve import label_matches
from rag.types import Clause, Metadata
from rag.understand import labels_of

LABEL = re.compile(r"(?:\d+|0[a-z]*|end[a-z]*|A\d+|D\d+)(?:-\d+)?(?:\.(?:\d+|0[a-z]*)(?:-\d+)?)*(?:~\d+)?")


class Found(NamedTuple):
    """A document and, if a clause was named, the clauses meant."""

    metadata: Metadata
    clauses: tuple[Clause, ...]
    named_clause: bool


def look_up(index: Index, document: str, label: str | None = None) -> Found:
    """The document and clauses meant; raises `InputError` naming what there is instead."""
    name = to_simplified(document.strip())
    metadata, rest = _document(index, name)
    own = tuple(clause for clause in index.clauses if clause.document == metadata.document)
    wanted = label.strip() if label else rest
    if not wanted:
        return Found(metadata, own, False)
    found = tuple(clause for clause in own if _is_meant(clause, wanted))
    if not found:
        labels = ", ".join(clause.label for clause in own)
        raise InputError(f"{metadata.document} has no clause {wanted!r}. Its clauses: {labels}.")
    return Found(metadata, found, True)


def _is_meant(clause: Clause, wanted: str) -> bool:
    if LABEL.fullmatch(wanted):
        return label_matches(clause.label, wanted)
    return any(label_matches(clause.label, label) for label in labels_of(wanted))


def _document(index: Index, name: str) -> tuple[Metadata, str]:
    """The document that `name` begins with, and what of `name` is left for a clause."""
    held = list(index.metadata.values())
    for metadata in held:
        if name.startswith(metadata.document):
            return metadata, name[len(metadata.document) :].strip()
    number = canonical_number(name)
    match = DOC_NUMBER.search(name)
    if number and match:
        # The pattern takes words before the number along: 请看吕发改服务发〔2022〕153号.
        found = [m for m in held if m.doc_number and number.endswith(m.doc_number)]
        return _only(found, name, held), name[match.end() :].strip(" ）)的，,")
    matches = [
        (len(key), metadata, key)
        for metadata in held
        for key in (metadata.title, metadata.title_notice, metadata.place, (metadata.place or "")[:-1])
        if key and len(key) > 1 and fold(key) in fold(name)
    ]
    if matches:
        longest = max(size for size, *_ in matches)
        best = [(metadata, key) for size, metadata, key in matches if size == longest]
        metadata = _only(list({id(m): m for m, _ in best}.values()), name, held)
        key = best[0][1]
        return metadata, name[name.find(key) + len(key) :].strip(" 》）)的，,市县区省") if key in name else ""
    found = [
        metadata
        for metadata in held
        if any(fold(name) in fold(t) for t in (metadata.title, metadata.place) if t)
    ]
    return _only(found, name, held), ""


def _only(found: list[Metadata], name: str, held: list[Metadata]) -> Metadata:
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"{m.document} ({m.place}, {m.doc_number or '-'})" for m in (found or held))
    problem = "fits several documents" if found else "is no document held"
    raise InputError(f"{name!r} {problem}. Name one by id, 发文字号, title or place: {listed}.")


def title_and_clause(metadata: Metadata, clause: Clause) -> str:
    """A clause as a person finds it: place, number or title of the document, label."""
    document = metadata.doc_number or (f"《{metadata.title}》" if metadata.title else metadata.document)
    return " ".join(part for part in (metadata.place, document, clause.label) if part)
