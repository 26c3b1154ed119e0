"""Answers, hits and readings as plain JSON objects: the interface that evaluation and machines read, fixed."""

from __future__ import annotations

import dataclasses
from typing import Any

from rag.checker.check import Checked
from rag.index import Held
from rag.types import Answer, Clause, Evidence, Hit, Reading, Repair


def answer_record(answer: Answer) -> dict[str, Any]:
    """The object that `ask --json` prints and `eval run` writes (there with an `id`).

    Mark [k] in `text` is `citations[k - 1]`; in `sentences` the citations are positions from 0.
    """
    timing = answer.timing
    return {
        "status": answer.status.value,
        "text": answer.text,
        "sentences": [
            {"text": claim.text, "citations": [mark - 1 for mark in claim.marks]} for claim in answer.claims
        ],
        "citations": [evidence_record(item) for item in answer.citations],
        "nearest": [evidence_record(item) for item in answer.nearest],
        "notices": list(answer.notices),
        "hits": [hit_record(hit) for hit in answer.hits],
        "scope": list(answer.scope),
        "confidence": _rounded(answer.confidence),
        "checks": [
            {"draft": check.draft, "outcome": check.outcome.value, "reasons": list(check.reasons)}
            for check in answer.checks
        ],
        "evidence_s": _rounded(timing.evidence_s),
        "first_token_s": _rounded(timing.first_token_s),
        "total_s": _rounded(timing.total_s),
    }


def check_record(checked: Checked) -> dict[str, Any]:
    """The object that `check --json` prints; offsets of claims and differences count in the checked text, those of proofs in the file."""
    return {
        "claims": [
            {
                "text": claim.text,
                "start": claim.span.start,
                "end": claim.span.end,
                "verdict": claim.verdict.value,
                "proof": [evidence_record(item) for item in claim.proof],
                "differences": [
                    {
                        "kind": each.kind,
                        "start": each.span.start,
                        "end": each.span.end,
                        "said": each.said,
                        "printed": each.printed,
                    }
                    for each in claim.differences
                ],
                "suggestion": claim.suggestion,
                "citations": [
                    {"text": citation.text, "check": citation.check.value} for citation in claim.citations
                ],
            }
            for claim in checked.claims
        ]
    }


def evidence_record(item: Evidence) -> dict[str, Any]:
    return {
        "file": item.clause.document,
        "clause": item.clause.label,
        "start": item.span.start,
        "end": item.span.end,
        "quote": item.quote,
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    clause = hit.clause
    return {
        "file": clause.document,
        "clause": clause.label,
        "start": clause.span.start,
        "end": clause.span.end,
        "score": round(hit.score, 6),
    }


def reading_record(reading: Reading) -> dict[str, Any]:
    """The object that `read --json` prints; offsets are characters of the decoded file, or of what `--text` prints."""
    metadata = dataclasses.asdict(reading.metadata)
    file = metadata.pop("document")
    return {
        "file": file,
        "metadata": {**metadata, "null_reasons": dict(reading.metadata.null_reasons)},
        "clauses": [_clause_record(clause) for clause in reading.clauses],
        "repairs": [_repair_record(repair) for repair in reading.repairs],
        "boilerplate": [list(span) for span in reading.boilerplate],
    }


def held_record(held: Held) -> dict[str, Any]:
    """The object that `list --json` prints for each file."""
    metadata = held.metadata
    return {
        "file": held.name,
        "added": held.added,
        "place": metadata.place if metadata else None,
        "title": metadata.title if metadata else None,
        "doc_number": metadata.doc_number if metadata else None,
        "date_issued": metadata.date_issued if metadata else None,
        "valid_until": metadata.valid_until if metadata else None,
        "clauses": held.clauses,
        "left_out": held.reason or None,
    }


def _clause_record(clause: Clause) -> dict[str, Any]:
    return {
        "label": clause.label,
        "kind": clause.kind,
        "heading": list(clause.heading),
        "start": clause.span.start,
        "end": clause.span.end,
        "text": clause.text,
        "departments": [dataclasses.asdict(department) for department in clause.departments],
    }


def _repair_record(repair: Repair) -> dict[str, Any]:
    return {
        "start": repair.span.start,
        "end": repair.span.end,
        "from": repair.before,
        "to": repair.after,
        "rule": repair.rule,
        "certainty": repair.certainty,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
