"""Attribution: a statement's citations and the clauses that say it -> what became of each citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checker.assertion import Assertion, documents_meant
from rag.checker.clauses import Clauses
from rag.checker.fits import Fit
from rag.cited import Cited
from rag.index import Index
from rag.types import CheckedCitation, CitationCheck, Span


def citations_of(said: Assertion, true: Sequence[Fit], clauses: Clauses) -> tuple[CheckedCitation, ...]:
    """What became of each citation, given the clauses that say the statement."""
    statement = said.statement
    if not statement.cited:
        end = statement.span.end
        return (CheckedCitation("", Span(end, end), CitationCheck.NONE_GIVEN),)
    start = statement.span.start
    return tuple(
        CheckedCitation(
            statement.within(cited),
            Span(start + cited.span.start, start + cited.span.end),
            _check_of(cited, said, true, clauses),
        )
        for cited in statement.cited
    )


def _check_of(cited: Cited, said: Assertion, true: Sequence[Fit], clauses: Clauses) -> CitationCheck:
    """What became of one citation: its document and its clause are held, and the clause says the statement."""
    if cited.fault is CitationCheck.NO_SUCH_DOCUMENT and cited.number:
        return _check_of_number(cited, true, clauses)
    if cited.fault is not None:
        return cited.fault
    documents = documents_meant(cited, said.earlier, clauses.index)
    only_cites = said.statement.only_cites
    if not cited.labels:
        says = only_cites or any(fit.clause.document in documents for fit in true)
        return CitationCheck.RIGHT if says else CitationCheck.DOES_NOT_SAY
    meant = clauses.citations.clauses(cited, documents)
    if not meant:
        return CitationCheck.NO_SUCH_CLAUSE
    says = only_cites or bool({clause.id for clause in meant} & {fit.clause.id for fit in true})
    return CitationCheck.RIGHT if says else CitationCheck.DOES_NOT_SAY


def _check_of_number(cited: Cited, true: Sequence[Fit], clauses: Clauses) -> CitationCheck:
    """Whether a number that is no held document's is that of the document that says the statement, wrongly spelt."""
    near = clauses.citations.near_number(cited)
    says = any(fit.clause.document in near for fit in true)
    if near and (says or _shares_figures(cited, near, clauses.index)):
        return CitationCheck.WRONG_NUMBER
    return CitationCheck.NO_SUCH_DOCUMENT


def _shares_figures(cited: Cited, near: Sequence[str], index: Index) -> bool:
    """Whether the year or the serial number cited is that of one of the documents that it comes near to."""
    figures = set(re.findall(r"\d+", cited.number or ""))
    return any(figures & set(re.findall(r"\d+", index.metadata[d].doc_number or "")) for d in near)
