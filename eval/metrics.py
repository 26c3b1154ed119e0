"""Metrics over a run file, the raw documents and the gold; nothing of `rag` but types is read here.

The definitions are those of the development set's README ("When an answer is right").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import opencc

from eval.questions import Question

FITTING = {
    "answer": {"answered", "partly"},
    "abstain": {"not_covered", "refused"},
    "clarify": {"which_city", "answered", "partly"},
}


@dataclass(frozen=True)
class Score:
    """What one answer got right. Shares are in 0 to 1; None where the question asks for no such thing."""

    id: str
    status_fits: bool
    facts: float | None
    """Share of the facts of which the answer's text holds a spelling."""
    forbidden: bool
    """Whether a forbidden string stands in the text."""
    wrong_file: bool
    """Whether a document outside the question's files is cited."""
    cites_evidence: bool | None
    """Whether at least one clause with a gold quote is cited."""
    cites_required: float | None
    """Share of the required gold clauses that are cited."""
    citation_precision: float | None
    """Share of the citations that lie in a clause with a gold quote."""
    quotes_exact: bool
    """Whether each quote is exactly the raw text at its offsets."""
    hit_at_1: bool | None
    recall_at_5: float | None
    recall_at_10: float | None

    @property
    def correct(self) -> bool:
        """The status fits, every fact is there, nothing forbidden or foreign is, and evidence is cited."""
        return (
            self.status_fits
            and self.facts in (None, 1.0)
            and not self.forbidden
            and not self.wrong_file
            and self.cites_evidence in (None, True)
        )


def score(
    question: Question,
    record: Mapping[str, Any],
    raw: Mapping[str, str],
    clauses: Mapping[str, Sequence[tuple[int, int]]],
) -> Score:
    """How an answer fares. `clauses` holds the spans (start, end) of each file's gold clauses."""
    text = plain(record["text"])
    found = [any(plain(spelling) in text for spelling in spellings) for spellings in question.facts]
    cited = record["citations"]
    wanted = {_clause_of(e.file, raw[e.file].find(e.quote), clauses) for e in question.evidence}
    required = {
        _clause_of(e.file, raw[e.file].find(e.quote), clauses) for e in question.evidence if e.required
    }
    got = [_clause_of(c["file"], c["start"], clauses) for c in cited]
    hits = [_clause_of(h["file"], h["start"], clauses) for h in record["hits"]]
    answerable = question.expected == "answer"
    return Score(
        id=question.id,
        status_fits=record["status"] in FITTING[question.expected],
        facts=sum(found) / len(found) if found else None,
        forbidden=any(plain(word) in text for word in question.forbidden),
        wrong_file=any(c["file"] not in question.files for c in cited),
        cites_evidence=bool(wanted & set(got)) if answerable else None,
        cites_required=len(required & set(got)) / len(required) if required and answerable else None,
        citation_precision=sum(clause in wanted for clause in got) / len(got) if got and answerable else None,
        quotes_exact=all(raw[c["file"]][c["start"] : c["end"]] == c["quote"] for c in cited),
        hit_at_1=hits[:1] != [] and hits[0] in wanted if wanted else None,
        recall_at_5=len(required & set(hits[:5])) / len(required) if required else None,
        recall_at_10=len(required & set(hits[:10])) / len(required) if required else None,
    )


def plain(text: str) -> str:
    """`text` as facts are looked for: simplified characters, no marks."""
    return str(_T2S.convert(re.sub(r"\[\d+\]", "", unicodedata.normalize("NFC", text))))


_T2S = opencc.OpenCC("t2s")


def _clause_of(file: str, offset: int, clauses: Mapping[str, Sequence[tuple[int, int]]]) -> tuple[str, int]:
    """The gold clause that holds an offset, as (file, start); (file, -1) for an offset in none."""
    return next(((file, start) for start, end in clauses.get(file, ()) if start <= offset < end), (file, -1))


def mean(values: Sequence[float | bool | None]) -> float | None:
    """The mean of the values that are not None; None if there is none."""
    present = [float(value) for value in values if value is not None]
    return sum(present) / len(present) if present else None
