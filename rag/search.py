"""Search: a query -> its best hits, by both stages; and hits of several searches as one ranking."""

from __future__ import annotations

from collections.abc import Sequence

from rag.embed import Embedder
from rag.index import Index
from rag.rerank import CANDIDATES, rerank
from rag.retrieve import Found, retrieve, rrf
from rag.types import Clause, Hit, Query

HITS_KEPT = 20


def search(scoped: Query, index: Index, embedder: Embedder) -> Found:
    """The best clauses of a scope, in the order of the second stage."""
    found = retrieve(scoped, index, embedder, k=CANDIDATES)
    return rerank(scoped, found, index, k=HITS_KEPT)


def fused(hits: Sequence[Hit], listed: Sequence[Clause]) -> tuple[Hit, ...]:
    """The clauses found and those of a list as one ranking: by both ranks."""
    clauses = {clause.id: clause for clause in (*(hit.clause for hit in hits), *listed)}
    scores = rrf([[hit.clause.id for hit in hits], list(dict.fromkeys(clause.id for clause in listed))])
    best = sorted(scores, key=lambda name: (-scores[name], name))[:HITS_KEPT]
    return tuple(Hit(clauses[name], scores[name], rank) for rank, name in enumerate(best, 1))


def merged(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits of several places as one ranking."""
    best = sorted(hits, key=lambda hit: (-hit.score, hit.clause.id))[:HITS_KEPT]
    return tuple(Hit(hit.clause, hit.score, rank) for rank, hit in enumerate(best, 1))
