"""Quotes: what a text puts in quotation marks, which has to stand in the clause to the character."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from rag.fold import fold
from rag.index import Index
from rag.statements import Statement
from rag.types import Difference, Span

QUOTE_MARKS = re.compile(r"[「『“\"]([^「」『』“”\"\n]{2,400})[」』”\"]")
LEAST_QUOTE_CHARS = 8
"""Shorter words in quotation marks are a term («双创»), not a quotation."""


def quote_differences(statement: Statement, index: Index, number: int) -> tuple[Difference, ...]:
    """The quotations that do not stand in a clause, nor run on from it into the next one."""
    found = []
    for span in quotes_in(statement.body):
        quote = squashed(statement.body[slice(*span)])
        clause = index.clauses[number]
        after = index.clauses[min(number + 1, len(index.clauses) - 1)]
        texts = [clause.text, index.quote(clause.document, clause.span), clause.text + after.text]
        if not any(quote in squashed(text) for text in texts):
            nearest = _nearest(quote, [sentence.text for sentence in index.sentences[number]])
            found.append(Difference("quote", span, statement.text[slice(*span)], nearest))
    return tuple(found)


def _nearest(quote: str, texts: list[str]) -> str:
    """The text that comes nearest to a squashed quotation; "" if there is none."""
    return max(
        texts,
        key=lambda text: SequenceMatcher(None, quote, squashed(text), autojunk=False).ratio(),
        default="",
    )


def quotes_in(text: str) -> list[Span]:
    """The spans of what `text` quotes, without the marks; a word or two in marks is a term, not a quotation."""
    return [
        Span(*match.span(1))
        for match in QUOTE_MARKS.finditer(text)
        if len(squashed(match[1])) >= LEAST_QUOTE_CHARS
    ]


@lru_cache(maxsize=20_000)
def squashed(text: str) -> str:
    """`text` as quotes are verified: script, width, spacing and punctuation folded, nothing fuzzier."""
    return re.sub(r"[\W_]", "", fold(text))
