"""Check: a pasted text -> each of its sentences with a verdict, its proof and what became of its citations.

Deterministic, without the language model. A sentence is compared with the clauses that are nearest to it by
words and by meaning, and with those that it cites.
Rejected: a threshold on the embedder's cosine, which is as high for 30万元 as for 40万元; and an entailment
model, which is slow, hides its reasons and cannot show the character that differs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rag.checker.assertion import Assertion, Before, assertion_of
from rag.checker.attribution import citations_of
from rag.checker.clauses import Clauses
from rag.checker.judge import Judgement, judge
from rag.checker.spoken import place_named, spoken_of
from rag.checker.suggestions import evidence_of
from rag.embed import Embedder
from rag.errors import InputError
from rag.index import Index
from rag.statements import Statement, statements
from rag.types import CheckedCitation, CheckedClaim, CitationCheck, Difference, Span, Verdict

QUESTION = re.compile(r"[?？]\s*[”」』\"]?$|^\s*(?:问|問|Q)\s*[:：]")
"""A question that the text itself answers."""
MAX_CHARS = 60_000


@dataclass(frozen=True)
class Checked:
    """A text and its sentences in order, each with its verdict."""

    text: str
    claims: tuple[CheckedClaim, ...]

    @property
    def passed(self) -> bool:
        """Whether every sentence is supported or states nothing to check."""
        return all(claim.verdict in (Verdict.SUPPORTED, Verdict.NOT_CHECKABLE) for claim in self.claims)

    def fixed(self, chosen: Iterable[int] | None = None) -> str:
        """The text with the suggestions in place: all of them, or those of the claims at `chosen` positions."""
        wanted = set(range(len(self.claims)) if chosen is None else chosen)
        text = self.text
        for i in reversed(range(len(self.claims))):
            suggestion = self.claims[i].suggestion
            if i in wanted and suggestion is not None:
                text = text[: self.claims[i].span.start] + suggestion + text[self.claims[i].span.end :]
        return text


class Checker:
    """Holds what checking needs; clauses that were compared once are kept."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder
        self._clauses = Clauses(index, embedder)

    def check(self, text: str, *, place: str | None = None, as_of: datetime.date | None = None) -> Checked:
        """Every sentence of `text` with its verdict; see `claims`."""
        return Checked(text, tuple(self.claims(text, place=place, as_of=as_of)))

    def claims(
        self, text: str, *, place: str | None = None, as_of: datetime.date | None = None
    ) -> Iterator[CheckedClaim]:
        """The sentences of `text` in order, each as it is checked.

        `place` is what the text speaks of where it names none. Raises `InputError` for a text that is too
        long and for an unknown place.
        """
        if len(text) > MAX_CHARS:
            raise InputError(
                f"The text has {len(text):,} characters; at most {MAX_CHARS:,} are checked at a time. Split it into parts."
            )
        day = (as_of or datetime.date.today()).isoformat()
        found = statements(text, self._clauses.citations)
        default = place_named(place) if place else spoken_of(found, self.index)
        before, paragraph, asked_at = Before(default), -1, -1
        for statement in found:
            if statement.paragraph != paragraph:
                before, paragraph = replace(before, spoken=default), statement.paragraph
            if statement.paragraph > asked_at + 1:
                before = replace(before, asked="")
            said = assertion_of(statement, before, self._clauses)
            judgement = judge(said, self._clauses, day)
            claim = _claim(said, judgement, self._clauses)
            yield claim
            before = _behind(statement, before, judgement, claim, self.index)
            if QUESTION.search(statement.text):
                before, asked_at = replace(before, asked=statement.text), statement.paragraph


def check(
    text: str,
    index: Index,
    embedder: Embedder,
    *,
    place: str | None = None,
    as_of: datetime.date | None = None,
) -> Checked:
    """Every sentence of `text` with its verdict against the documents of an index; see `Checker.check`."""
    return Checker(index, embedder).check(text, place=place, as_of=as_of)


def _behind(
    statement: Statement, before: Before, judgement: Judgement, claim: CheckedClaim, index: Index
) -> Before:
    """What the text spoke of before the next statement."""
    documents = next((c.documents for c in reversed(statement.cited) if c.documents), before.documents)
    clauses = before.clauses
    if claim.proof and claim.verdict is not Verdict.NOT_FOUND:
        clauses = tuple(dict.fromkeys(index.number[item.clause.id] for item in claim.proof))
    return Before(judgement.subject or before.spoken, documents, clauses, before.asked)


def _claim(said: Assertion, judgement: Judgement, clauses: Clauses) -> CheckedClaim:
    """A judgement as it is shown: with the sentences that prove it, spans counted in the whole text."""
    statement = said.statement
    proof = tuple(item for fit in judgement.fits for item in evidence_of(fit, clauses.index))
    moved = tuple(_moved(difference, statement.span.start) for difference in judgement.differences)
    checks = _citations(said, judgement, clauses) if judgement.checks is None else judgement.checks
    return CheckedClaim(
        statement.text, statement.span, judgement.verdict, proof, moved, judgement.suggestion, checks
    )


def _moved(difference: Difference, by: int) -> Difference:
    """A difference with its span counted in the whole text; that of what is left out is so already."""
    if difference.kind == "condition" and not difference.said:
        return difference
    return replace(difference, span=Span(difference.span.start + by, difference.span.end + by))


def _citations(said: Assertion, judgement: Judgement, clauses: Clauses) -> tuple[CheckedCitation, ...]:
    """What became of the citations of a statement that is not true: none says it, or one says only a part of it."""
    verdict, fits = judgement.verdict, judgement.fits
    checks = citations_of(said, fits if verdict in (Verdict.STITCHED, Verdict.OTHER_PLACE) else (), clauses)
    if verdict is not Verdict.STITCHED or all(fit.cited for fit in fits):
        return checks
    says_not = CitationCheck.DOES_NOT_SAY  # a part of it only
    return tuple(replace(c, check=says_not) if c.check is CitationCheck.RIGHT else c for c in checks)
