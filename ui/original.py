"""The original: a document at a place, noise and all, with its reading beside it, as HTML.

Rows are clauses and what stands between them; the left cell is the raw text, never changed, with the quote,
the page furniture and the repaired places marked; the right cell is the same in clean simplified Chinese.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rag.types import Language, Reading, Span
from rag.wording import place_name
from ui.cards import script_of
from ui.words import safe, word

NOTHING = Span(0, 0)
AROUND = 2
"""Rows shown on each side of the one that holds the quote."""


class Row(NamedTuple):
    """A piece of the raw text and what it was read as; `text` is empty for what is no clause."""

    span: Span
    label: str
    text: str


def rows_of(reading: Reading) -> list[Row]:
    """The whole raw text in pieces, in order, without a gap: each clause, and what lies between two."""
    rows: list[Row] = []
    at = 0
    raw = reading.document.raw
    for clause in sorted(reading.clauses, key=lambda clause: clause.span):
        if clause.span.start > at and raw[at : clause.span.start].strip():
            rows.append(Row(Span(at, clause.span.start), "", ""))
        rows.append(Row(clause.span, clause.label, clause.text))
        at = max(at, clause.span.end)
    if raw[at:].strip():
        rows.append(Row(Span(at, len(raw)), "", ""))
    return rows


def rows_around(rows: Sequence[Row], span: Span) -> Sequence[Row]:
    """The rows that hold `span`, with a few on each side; all of them where none does."""
    holding = [i for i, row in enumerate(rows) if row.span.start < span.end and span.start < row.span.end]
    if not holding:
        return rows
    return rows[max(0, holding[0] - AROUND) : holding[-1] + AROUND + 1]


def side_by_side_html(reading: Reading, language: Language, quote: Span = NOTHING) -> str:
    """Raw and clean text beside each other: around `quote` where it is not empty, else the whole document."""
    rows = rows_of(reading)
    shown = rows_around(rows, quote) if quote.start < quote.end else rows
    heads = f"<div>{word('as_published', language)}</div><div>{word('as_read', language)}</div>"
    lang = script_of(reading.metadata)
    body = "".join(
        f'<div class="tw-raw" lang="{lang}">{raw_html(reading, row.span, quote)}</div>'
        f'<div class="tw-clean" lang="zh-Hans">{_label(row)}{_clean_html(reading, row, quote)}</div>'
        for row in shown
    )
    return (
        f'<p class="tw-note">{word("legend", language)}</p>'
        f'<div class="tw-sides"><div class="tw-side-heads">{heads}</div>{body}</div>'
    )


def _label(row: Row) -> str:
    return f'<b class="tw-label">{safe(row.label)}</b> ' if row.label else ""


def _clean_html(reading: Reading, row: Row, quote: Span) -> str:
    """The clean text of a row, with the reading of the quoted sentences marked."""
    shown = safe(row.text)
    if not (row.span.start <= quote.start and quote.end <= row.span.end and quote.start < quote.end):
        return shown
    for clause, sentences in zip(reading.clauses, reading.sentences, strict=True):
        if clause.span == row.span:
            for sentence in sentences:
                if quote.start <= sentence.span.start and sentence.span.end <= quote.end:
                    text = safe(sentence.text.strip())
                    shown = shown.replace(text, f"<mark>{text}</mark>", 1) if text else shown
    return shown


def raw_html(reading: Reading, span: Span, quote: Span) -> str:
    """The raw text of `span`, escaped, with quote, furniture and repairs marked."""
    raw = reading.document.raw
    marks = [
        ("mark", (quote,)),
        ("s", reading.boilerplate),
        ("u", tuple(repair.span for repair in reading.repairs)),
    ]
    cuts = sorted({span.start, span.end, *_edges(span, (s for _, spans in marks for s in spans))})
    pieces = []
    for start, end in itertools.pairwise(cuts):
        piece = safe(raw[start:end])
        for tag, spans in reversed(marks):
            if any(s.start <= start and end <= s.end for s in spans if s.start < s.end):
                piece = f"<{tag}>{piece}</{tag}>"
        pieces.append(piece)
    return "".join(pieces)


def _edges(span: Span, spans: Iterable[Span]) -> set[int]:
    return {edge for each in spans for edge in each if span.start < edge < span.end}


def dialog_html(reading: Reading, quote: Span, language: Language) -> str:
    """The dialog that shows a quote in the original."""
    metadata = reading.metadata
    place = place_name(metadata.place, language) + " · " if metadata.place else ""
    number = f" {metadata.doc_number}" if metadata.doc_number else ""
    close = word("close", language)
    return (
        '<dialog class="tw-dialog" aria-labelledby="tw-dialog-title">'
        f'<header><h2 id="tw-dialog-title">{safe(place)}{safe(metadata.title or metadata.document)}'
        f"<small>{safe(number)}</small></h2>"
        f'<button type="button" class="tw-do" data-do="close">{close}</button></header>'
        f"{side_by_side_html(reading, language, quote)}</dialog>"
    )


def gone_html(language: Language) -> str:
    """The dialog for a document that is held no longer."""
    close = word("close", language)
    return (
        f'<dialog class="tw-dialog" aria-label="{word("not_there", language)}"><p>{word("not_there", language)}</p>'
        f'<button type="button" class="tw-do" data-do="close">{close}</button></dialog>'
    )
