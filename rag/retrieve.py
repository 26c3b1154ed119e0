"""Retrieve: query -> hits on clauses, best first.

Three rankings of the clauses in scope are fused by rank: the closest passage, the closest single sentence
(both dense), and BM25 over characters and pairs. A clause whose number the question names goes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rag import english, lexicon
from rag.embed import Embedder, Vectors
from rag.fold import fold, to_simplified
from rag.index import Index
from rag.terms import Scope, tokens
from rag.types import Hit, Query

K = TypeVar("K")
RRF_K = 60  # Cormack, Clarke and Buettcher 2009, "Reciprocal Rank Fusion", section 3

ENGLISH_WEIGHT = 2.0  # of an English word's best rendering, beside the terms of the lexicon
DEPTH = 200  # passages a dense ranking looks at

# Words that clauses print where they fill what a question asks for in quite other ones.
SLOT_WORDS = {
    "papers": "提交材料 申请表 身份证 证明",
    "phone": "电话",
    "deadline": "时间 期限 工作日内",
}


@dataclass(frozen=True)
class Found:
    """Hits and what later steps need of the search: the query's vector and each passage's cosine."""

    hits: tuple[Hit, ...]
    query_vector: Vectors
    cosines: dict[int, float]
    """Passage number -> cosine with the query, for the passages looked at."""
    lexical: npt.NDArray[np.float64]
    """BM25 of every clause of the index, 0 outside the scope; empty where nothing was searched."""

    def closest(self, index: Index, numbers: Sequence[int]) -> tuple[list[float], list[float]]:
        """For each clause the cosine of its closest passage, and of its closest single sentence.

        What was not looked at counts as far as the furthest that was.
        """
        wholes, singles = (
            _closest(index, self.cosines, single=False),
            _closest(index, self.cosines, single=True),
        )
        furthest = min(self.cosines.values(), default=0.0)
        return (
            [wholes.get(number, singles.get(number, furthest)) for number in numbers],
            [singles.get(number, wholes.get(number, furthest)) for number in numbers],
        )


def retrieve(query: Query, index: Index, embedder: Embedder, *, k: int = 20) -> Found:
    """The `k` best clauses of the query's documents; ties are settled by clause id."""
    vector = embedder.embed_query(to_simplified(query.text))
    allowed = index.clauses_of(query.documents)
    if not len(allowed):
        return Found((), vector, {}, np.zeros(0))
    scope = index.terms.scope(allowed)
    cosines = _dense(vector, index, scope)
    lexical = _lexical(query, index, scope)
    rankings = [
        _rank_clauses(index, cosines, single=False),
        _rank_clauses(index, cosines, single=True),
        _ranked(index, _highest(lexical)),
    ]
    fused = rrf(rankings)
    looked_up = {
        number
        for label in query.labels
        for number in allowed.tolist()
        if label in index.clauses[number].label and label_matches(index.clauses[number].label, label)
    }
    fused |= {number: fused.get(number, 0.0) + 1.0 for number in looked_up}
    best = sorted(fused.items(), key=lambda item: (-item[1], index.clauses[item[0]].id))[:k]
    hits = tuple(
        Hit(index.clauses[number], score, rank, number in looked_up)
        for rank, (number, score) in enumerate(best, 1)
    )
    return Found(hits, vector, cosines, lexical)


def rrf(rankings: Iterable[Sequence[K]], *, k: int = RRF_K) -> dict[K, float]:
    """Reciprocal rank fusion: the sum over rankings of 1 / (k + rank), ranks from 1.

    >>> rrf([[7, 8], [8]], k=1) == {7: 1 / 2, 8: 1 / 3 + 1 / 2}
    True
    """
    scores: dict[K, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + rank)
    return scores


def label_matches(label: str, asked: str) -> bool:
    """Whether a printed label is the one asked for, whole or as its ending: 2.5.26 for 5.26 and 26.

    A lead or paragraph of the unit asked for matches too: 12.0 and 12.1 for 12.
    """
    label = label.split("~")[0]
    return (
        label == asked
        or label.endswith("." + asked)
        or f".{label}.".find(f".{asked}.0") >= 0
        or (label.startswith(asked + ".") and "." in asked)
    )


def _dense(vector: Vectors, index: Index, scope: Scope) -> dict[int, float]:
    """Passage number -> cosine, for the DEPTH closest passages in scope."""
    import faiss

    inside = scope.inside[index.passages[:, 0]]
    bits = np.packbits(inside, bitorder="little")
    selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
    depth = min(DEPTH, int(inside.sum()))
    parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # SWIG hides its arguments
    scores, numbers = index.vectors.search(vector[None, :], depth, params=parameters)
    # faiss pads with -1, which Python would read as the last passage
    return {int(n): float(s) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0}


def _highest(scores: npt.NDArray[np.float64]) -> dict[int, float]:
    """Clause number -> score, for the DEPTH highest above 0 and those that equal the last of them."""
    found = np.flatnonzero(scores > 0)
    if len(found) > DEPTH:
        least = np.partition(scores[found], -DEPTH)[-DEPTH]
        found = found[scores[found] >= least]
    return dict(zip(found.tolist(), scores[found].tolist(), strict=True))


def _rank_clauses(index: Index, cosines: dict[int, float], *, single: bool) -> list[int]:
    """Clauses by their closest passage; `single` looks at passages of one sentence only, or at the others."""
    return _ranked(index, _closest(index, cosines, single=single))


def _closest(index: Index, cosines: dict[int, float], *, single: bool) -> dict[int, float]:
    """Clause number -> cosine of its closest passage of one sentence, or of several; a lone sentence is both."""
    best: dict[int, float] = {}
    for number, cosine in cosines.items():
        clause, first, last = index.passages[number].tolist()
        alone = len(index.sentences[clause]) == 1
        if alone or (last - first == 1) == single:
            best[clause] = max(cosine, best.get(clause, -1.0))
    return best


def _ranked(index: Index, scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda clause: (-scores[clause], index.clauses[clause].id))


def _lexical(query: Query, index: Index, scope: Scope) -> npt.NDArray[np.float64]:
    """BM25 of every clause over the query's words and the official terms behind them."""
    asked_for = " ".join(words for name, words in SLOT_WORDS.items() if name in query.intents)
    scores = index.terms.bm25(tokens(f"{search_words(query.text)} {asked_for}"), scope)
    if query.language == "en":
        for renderings in english.renderings(fold(query.text)):
            each = [index.terms.bm25(tokens(word), scope) for word in renderings]
            scores += ENGLISH_WEIGHT * np.maximum.reduce(each)
    return scores


def search_words(text: str) -> str:
    """The folded words of a question with the official terms for its lay and English ones behind them."""
    folded = fold(text)
    official = [word for term in lexicon.expand(folded) for word in (term.official, *term.short)]
    return " ".join([folded, *(word for word in dict.fromkeys(official) if word not in folded)])
