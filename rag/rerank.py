"""Rerank: the best hits of a search in a better order, by a weighted sum of what tells a right clause.

Six signals, each standardised over the candidates of one question, weighted by a listwise logistic regression (Cao
et al. 2007, ListNet's top-one loss) over the questions of `eval/sets` that ask about one place. Cross-validated
over documents it put a right clause first in 0.97 / 0.90 / 0.67 of development, fresh and other documents'
questions, where fusion by rank put it in 0.94 / 0.85 / 0.67. Late interaction over the embedder's token states
added nothing to these (its weight was 0.19, and the second and third figure fell), and took 30 ms more. Fitted anew
to the cosines of the embedder with its adapter the weights put a right clause first no oftener (0.876 of 717
questions in cross-validation over documents, 0.877 with these).
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import numpy.typing as npt

from rag.evidence import Scorer
from rag.fold import fold
from rag.index import Index
from rag.retrieve import Found
from rag.slots import SLOTS
from rag.types import Hit, Query

CANDIDATES = 30
WEIGHTS = {
    "passage": 0.76,  # cosine of the closest passage
    "sentence": 0.36,  # cosine of the closest single sentence
    "lexical": 0.57,  # BM25
    "best_sentence": 0.48,  # `Scorer.score` of the sentence that bears on the question most
    "slots": 0.42,  # share of the slots asked for that the clause fills; not standardised
    "frame": -0.21,  # a preamble or closing; not standardised
}
STANDARDISED = ("passage", "sentence", "lexical", "best_sentence")


def rerank(query: Query, found: Found, index: Index, *, k: int) -> Found:
    """`found` with its first `CANDIDATES` hits in the new order, cut to `k`; a clause asked for by number stays first."""
    candidates = found.hits[:CANDIDATES]
    if not candidates:
        return found
    signals = _signals(query, found, index, [index.number[hit.clause.id] for hit in candidates])
    scores = sum(WEIGHTS[name] * values for name, values in signals.items())
    scores = scores + 100.0 * np.array([hit.looked_up for hit in candidates])
    order = sorted(range(len(candidates)), key=lambda i: (-scores[i], candidates[i].clause.id))
    ranked = [candidates[i] for i in order]
    best = [float(scores[i]) for i in order]
    hits = tuple(
        Hit(hit.clause, score, rank, hit.looked_up)
        for rank, (hit, score) in enumerate(zip(ranked, best, strict=True), 1)
    )
    return dataclasses.replace(found, hits=hits[:k])


def _signals(
    query: Query, found: Found, index: Index, numbers: list[int]
) -> dict[str, npt.NDArray[np.float64]]:
    """Each signal as a row over the candidates."""
    scorer = Scorer(query, found, index)
    asked = [SLOTS[name].fills for name in sorted(query.intents & set(SLOTS) - {"department"})]
    passages, sentences = found.closest(index, numbers)
    rows: dict[str, list[float]] = {
        "passage": passages,
        "sentence": sentences,
        "lexical": found.lexical[numbers].tolist(),
        "best_sentence": [max(part.score for part in scorer.sentences(n)) for n in numbers],
        "slots": [_filled(fold(index.clauses[n].text), asked) for n in numbers],
        "frame": [index.clauses[n].kind in ("preamble", "closing") for n in numbers],
    }
    return {
        name: _standardised(values) if name in STANDARDISED else np.array(values, float)
        for name, values in rows.items()
    }


def _filled(text: str, asked: list[re.Pattern[str]]) -> float:
    return sum(bool(slot.search(text)) for slot in asked) / len(asked) if asked else 0.0


def _standardised(values: list[float]) -> npt.NDArray[np.float64]:
    row = np.array(values, dtype=np.float64)
    spread = row.std()
    centred: npt.NDArray[np.float64] = (row - row.mean()) / (spread if spread > 1e-9 else 1.0)
    return centred
