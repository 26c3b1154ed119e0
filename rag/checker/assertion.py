"""Assertion: a statement and what was said before it -> what is held to the clauses.

Taken off are the citations that the clause itself prints, and words that point back (这项贷款); put on are the place,
the document and the clauses that the text spoke of last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from rag.checker.clauses import Clauses
from rag.checker.proof import Proof
from rag.checker.quotes import squashed
from rag.checker.spoken import is_of, mentions_in
from rag.checker.worded import Wording, wording
from rag.cited import Cited
from rag.fold import fold, to_simplified
from rag.index import Index
from rag.places import Mention, Place
from rag.quantities import Quantity
from rag.statements import LEANING, Statement, blanked
from rag.types import Clause, Metadata, Span
from rag.understand import language_of
from rag.verify import PRINTED_NUMBER

MOST_PRINTING = 4
"""The clauses nearest by words, of which one may print what a statement seems to cite."""


@dataclass(frozen=True)
class Before:
    """What a text spoke of before a statement."""

    spoken: tuple[Place, ...] = ()
    """The place, or those that its name may mean; empty for none."""
    documents: tuple[str, ...] | None = None
    """Those named last; None where none was."""
    clauses: tuple[int, ...] = ()
    """Those that the statement before it was held to."""
    asked: str = ""
    """The question that it may be the answer to: that of its line or of the line above."""


@dataclass(frozen=True)
class Assertion:
    """A statement as it is judged."""

    statement: Statement
    mentions: tuple[Mention, ...]
    """The places that it names."""
    spoken: tuple[Place, ...]
    """The place that it speaks of where it names none; empty where it cites a document."""
    earlier: tuple[str, ...] | None
    """The documents that were named last before it."""
    leant_on: tuple[int, ...]
    """The clauses of the statement before it, if it leans on that."""
    cited: tuple[Clause, ...]
    """The clauses that it cites by number."""
    english: bool
    asked: str = ""
    """The question that it answers, which says for whom: 问：毕业三年还能申请吗？"""

    @property
    def body(self) -> str:
        """What is compared: the statement with its citations blank."""
        return self.statement.body

    @cached_property
    def wording(self) -> Wording:
        """Its body, read into words."""
        return wording(self.body)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The statement parted at its commas."""
        return tuple(self.body[slice(*self.part_span(*part))] for part in self.wording.parts)

    @cached_property
    def quantities(self) -> frozenset[Quantity]:
        """Its quantities, less what is only counted (一个, 三类)."""
        return frozenset(each.quantity for each in self.wording.quantities if each.name != "count")

    def part_span(self, first: int, last: int) -> Span:
        """Where words [first, last) stand in it."""
        return self.wording.span(self.wording.words[first].start, self.wording.words[last - 1].end)

    def cites(self, clause: Clause) -> bool:
        """Whether it cites a clause by number."""
        return any(clause.id == each.id for each in self.cited)

    def foreign(self, metadata: Metadata, proof: Proof) -> list[Mention]:
        """The places that it names and a clause is not about and does not name."""
        return [
            m
            for m in self.mentions
            if not is_of(m.candidates, metadata) and fold(m.text) not in proof.context
        ]

    def named_of(self, metadata: Metadata) -> tuple[Place, ...]:
        """The place that it names and a document is of, or those that the name may mean; empty if it names none."""
        return next((m.candidates for m in self.mentions if is_of(m.candidates, metadata)), ())


def assertion_of(statement: Statement, before: Before, clauses: Clauses) -> Assertion:
    """A statement with what was said before it."""
    statement = _without_own_words(statement, clauses)
    leant_on = before.clauses if statement.leans else ()
    if leant_on:
        spans = [Span(*m.span()) for m in LEANING.finditer(to_simplified(statement.body))]
        statement = replace(statement, body=without(statement.body, spans))
    return Assertion(
        statement,
        tuple(mentions_in(statement.body)),
        () if any(c.documents for c in statement.cited) else before.spoken,
        before.documents,
        leant_on,
        _clauses_cited(statement, before.documents, clauses),
        language_of(statement.body) == "en",
        before.asked,
    )


def _without_own_words(statement: Statement, clauses: Clauses) -> Statement:
    """The statement less the citations that the clause itself prints: 按照《…》（国发〔2017〕37号）, they are what it says."""
    if not statement.cited:
        return statement
    numbers = clauses.lexical(statement.text)[:MOST_PRINTING]
    printed = [squashed(PRINTED_NUMBER.sub("", clauses.index.clauses[n].text)) for n in numbers]
    kept = tuple(c for c in statement.cited if not any(_prints(text, statement, c) for text in printed))
    if kept == statement.cited:
        return statement
    return replace(statement, cited=kept, body=blanked(statement.text, kept), only_cites=False)


def _prints(clause: str, statement: Statement, cited: Cited) -> bool:
    """Whether a squashed clause prints what is cited; a held document's name only with the words around it."""
    if re.fullmatch(r"\W*\d{1,2}\W*", statement.within(cited)):
        return False  # a mark
    around = 6 if cited.documents else 0
    start, end = max(0, cited.span.start - around), cited.span.end + around
    return squashed(statement.text[start:end]) in clause


def _clauses_cited(
    statement: Statement, earlier: tuple[str, ...] | None, clauses: Clauses
) -> tuple[Clause, ...]:
    """The clauses that a statement cites by number, in the order of its citations."""
    found: dict[str, Clause] = {}
    for cited in statement.cited:
        if cited.labels:
            documents = documents_meant(cited, earlier, clauses.index)
            found |= {clause.id: clause for clause in clauses.citations.clauses(cited, documents)}
    return tuple(found.values())


def documents_meant(cited: Cited, earlier: tuple[str, ...] | None, index: Index) -> tuple[str, ...]:
    """The documents that a citation may mean: its own, those named before it, or all held."""
    if cited.documents is not None:
        both = tuple(d for d in cited.documents if cited.loose and d in (earlier or ()))
        return both or cited.documents
    return earlier or tuple(index.metadata)


def without(text: str, spans: Iterable[Span]) -> str:
    """`text` with some spans blank, as long as before."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
