"""Rerank: the second stage's order, with the signals that it is made of."""

from __future__ import annotations

import dataclasses

from conftest import FakeEmbedder

from rag.index import Index
from rag.rerank import CANDIDATES, WEIGHTS, _signals, rerank
from rag.retrieve import Found, retrieve
from rag.types import Query
from rag.understand import understand


def found_for(question: str, library: Index) -> tuple[Query, Found]:
    query = understand(question, (), tuple(library.metadata.values()))
    return query, retrieve(query, library, FakeEmbedder(), k=CANDIDATES)


def test_reranking_orders_the_candidates_and_cuts_them(library: Index) -> None:
    query, found = found_for("吕梁市创业担保贷款最高能贷多少万元", library)
    ranked = rerank(query, found, library, k=5)
    assert [hit.rank for hit in ranked.hits] == [1, 2, 3, 4, 5]
    assert {hit.clause for hit in ranked.hits} <= {hit.clause for hit in found.hits}
    scores = [hit.score for hit in ranked.hits]
    assert scores == sorted(scores, reverse=True)
    assert ranked.hits[0].clause.label == "2.5.26"
    assert rerank(query, found, library, k=5) == ranked


def test_a_clause_asked_for_by_number_stays_first(library: Index) -> None:
    query, found = found_for("吕梁市第26条讲了什么", library)
    assert rerank(query, found, library, k=3).hits[0].clause.label == "2.5.26"


def test_what_fills_the_slot_asked_for_counts(library: Index) -> None:
    query, found = found_for("吕梁市创业担保贷款最高能贷多少万元", library)
    numbers = [library.number[hit.clause.id] for hit in found.hits]
    signals = _signals(query, found, library, numbers)
    assert set(signals) == set(WEIGHTS)
    amount = library.number[next(hit.clause.id for hit in found.hits if hit.clause.label == "2.5.26")]
    assert signals["slots"][numbers.index(amount)] == 1
    assert abs(signals["passage"].mean()) < 1e-9


def test_nothing_found_stays_nothing(library: Index) -> None:
    query, found = found_for("吕梁市", library)
    nothing = dataclasses.replace(found, hits=())
    assert rerank(query, nothing, library, k=5) == nothing
