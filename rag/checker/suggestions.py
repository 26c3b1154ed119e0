"""Suggestions: the clauses that a verdict rests on -> what is quoted of them, and what could be written instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checker.fits import Fit
from rag.cited import citation_of
from rag.evidence import of_sentence
from rag.index import Index
from rag.statements import Statement
from rag.types import CheckedCitation, CitationCheck, Evidence
from rag.verify import PRINTED_NUMBER

MARK = re.compile(r"[\[【［〔]\d{1,2}[\]】］〕]$")


def evidence_of(fit: Fit, index: Index) -> tuple[Evidence, ...]:
    """The sentences of a clause that bear the statement out, or come nearest."""
    sentences = index.sentences[fit.number]
    if not sentences:
        return ()
    chosen = [i for i in fit.match.sentences if i < len(sentences)] or [
        max(fit.match.parts, key=lambda part: part.share).sentence if fit.match.parts else 0
    ]
    following = chosen[-1] + 1
    if fit.match.omitted and following < len(sentences) and sentences[following].text in fit.match.omitted:
        chosen.append(following)
    return tuple(of_sentence(index, fit.number, sentences[i]) for i in chosen)


def verbatim(fits: Sequence[Fit], index: Index) -> str:
    """The clauses' own sentences, each clause with its citation."""
    said = []
    for fit in fits:
        quotes = [PRINTED_NUMBER.sub("", item.quote.strip()) for item in evidence_of(fit, index)]
        body = "".join(quotes).rstrip("。.；;，, \n")
        said.append(f"{body}{citation_of(fit.clause, fit.metadata)}。")
    return "".join(said)


def recited(statement: Statement, fit: Fit, checks: Sequence[CheckedCitation]) -> str:
    """A statement with its wrong citations put right: the first one names the clause, the others go."""
    text = statement.text
    right = citation_of(fit.clause, fit.metadata)
    wrong = [
        cited
        for cited, checked in zip(statement.cited, checks, strict=True)
        if checked.check is not CitationCheck.RIGHT
    ]
    for cited in reversed(wrong):
        if cited is not wrong[0]:
            text = text[: cited.phrase.start] + text[cited.phrase.end :]
        elif MARK.match(statement.within(cited)):
            text = text[: cited.span.start] + right + text[cited.span.end :]
        else:
            text = text[: cited.span.start] + right[1:-1] + text[cited.span.end :]
    return text
