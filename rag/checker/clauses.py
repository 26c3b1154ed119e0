"""Clauses: those that come near a text by words and by meaning, and each of them as it is compared."""

from __future__ import annotations

import numpy as np

from rag.checker.proof import Proof, proof_of
from rag.cited import Citations
from rag.embed import Embedder, Vectors
from rag.fold import to_simplified
from rag.index import Index
from rag.retrieve import search_words
from rag.terms import tokens

LEXICAL, DENSE = 10, 8
"""Clauses looked at by words and by meaning."""
MOST_VECTORS = 256
"""Vectors kept of texts that are compared with several clauses."""


class Clauses:
    """Holds the clauses of an index; what was read or embedded once is kept."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder
        self.citations = Citations(index)
        self._proofs: dict[int, Proof] = {}
        self._weights: dict[str, float] = {}
        self._vectors: dict[str, Vectors] = {}
        self._scope = index.terms.scope(np.arange(len(index.clauses)))

    def weight(self, token: str) -> float:
        """How telling a pair is, over all clauses held."""
        if token not in self._weights:
            self._weights[token] = self.index.terms.idf(token, self._scope)
        return self._weights[token]

    def proof(self, number: int) -> Proof:
        """A clause as it is compared."""
        if number not in self._proofs:
            index, document = self.index, self.index.clauses[number].document
            pairs = [
                (sentence.text, index.quote(document, sentence.span)) for sentence in index.sentences[number]
            ]
            self._proofs[number] = proof_of(pairs, self._around(number))
        return self._proofs[number]

    def _around(self, number: int) -> str:
        """What stands around a clause, a line each; with the lead of the list that it is an item of."""
        clause = self.index.clauses[number]
        metadata = self.index.metadata[clause.document]
        around = [
            *clause.heading,
            *(d.name for d in clause.departments),
            *(d.role for d in clause.departments),
        ]
        around += [metadata.place or "", *metadata.ancestors, metadata.title or "", *metadata.issuers]
        around += [metadata.doc_number or "", metadata.date_issued or ""]
        if number in self.index.leads:
            around.append(self.index.clauses[self.index.leads[number]].text)
        return "\n".join(around)

    def lexical(self, body: str) -> list[int]:
        """The clauses that share most words with a text, best first."""
        scores = self.index.terms.bm25(tokens(search_words(body)), self._scope)
        best = np.argsort(-scores, kind="stable")[:LEXICAL]
        return [int(number) for number in best if scores[number] > 0]

    def dense(self, body: str) -> list[tuple[int, float]]:
        """The clauses nearest in meaning to a text, each with the cosine of its closest passage, best first."""
        vector = self.vector(body)
        scores, rows = self.index.vectors.search(vector[None, :], min(3 * DENSE, self.index.vectors.ntotal))
        found: dict[int, float] = {}
        for row, score in zip(rows[0], scores[0], strict=True):
            if row >= 0:
                found.setdefault(int(self.index.passages[row, 0]), float(score))
        return list(found.items())[:DENSE]

    def likeness(self, body: str, clause: int) -> float:
        """The cosine of a text with the sentence of a clause that comes nearest to it in meaning."""
        vector = self.vector(body)
        sentences = range(len(self.index.sentences[clause]))
        return max((self.index.cosine(clause, i, vector) for i in sentences), default=0.0)

    def vector(self, body: str) -> Vectors:
        """The vector of a text as questions are embedded, shape (dimension,), unit length."""
        text = to_simplified(body).strip()
        if text not in self._vectors:
            if len(self._vectors) >= MOST_VECTORS:
                self._vectors.clear()
            self._vectors[text] = self.embedder.embed_query(text)
        return self._vectors[text]
