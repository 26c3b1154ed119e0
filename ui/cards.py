"""Cards: a verbatim quote with everything that proves it, as HTML.

The raw clause stands around the quote, shortened at both ends where it is long; nothing of it is changed.
"""

from __future__ import annotations

from rag.types import Document, Evidence, Language, Metadata
from rag.wording import place_name
from ui.words import departments_text, safe, say, word

CONTEXT_CHARS = 90
"""How much of the clause is shown on each side of the quote."""
PAUSES = "，。；：、,;:"


def card_html(
    item: Evidence, mark: str, card: str, language: Language, document: Document | None, *, opened: bool
) -> str:
    """A card with the id `card`: place, clause, highlighted quote, title, 发文字号, date, heading, departments."""
    metadata, clause = item.metadata, item.clause
    place = safe(place_name(metadata.place, language)) if metadata.place else ""
    lang = script_of(metadata)
    rows = [
        ("title", metadata.title or metadata.document),
        ("document_number", metadata.doc_number or ""),
        ("date", metadata.date_issued or metadata.date_posted or say("undated", language)),
        ("heading", " › ".join(clause.heading)),
        ("departments", departments_text(clause.departments)),
    ]
    facts = "".join(
        f"<div><dt>{word(name, language)}</dt><dd>{safe(value)}</dd></div>" for name, value in rows if value
    )
    leaf = f'<span class="tw-leaf" lang="{lang}">{safe(clause.heading[-1])}</span>' if clause.heading else ""
    return (
        f'<details class="tw-card" id="{card}"{" open" if opened else ""}>'
        f'<summary><span class="tw-number">{safe(mark)}</span><span class="tw-where">'
        f"<b>{place}</b> {word('clause', language)} {safe(clause.label)}</span>{leaf}</summary>"
        f'<blockquote lang="{lang}" aria-label="{word("quote", language)}">{quote_html(item, document)}</blockquote>'
        f'<dl lang="{lang}">{facts}</dl>{_original_button(item, language, document)}</details>'
    )


def quote_html(item: Evidence, document: Document | None) -> str:
    """The quote marked inside its clause; alone where the document is not at hand or has changed."""
    quote = f"<mark>{safe(item.quote)}</mark>"
    if document is None or document.raw[item.span.start : item.span.end] != item.quote:
        return quote
    clause, raw = item.clause.span, document.raw
    before = _shortened(raw[clause.start : item.span.start][::-1])[::-1]
    behind = _shortened(raw[item.span.end : clause.end])
    return f"{safe(before.lstrip())}{quote}{safe(behind.rstrip())}"


def _shortened(text: str) -> str:
    """The beginning of `text`, up to the last mark of punctuation within the context, and dots for the rest."""
    if len(text) <= CONTEXT_CHARS:
        return text
    held = text[:CONTEXT_CHARS]
    ends = [end for end in (held.rfind(mark) for mark in PAUSES) if end > 0]
    return held[: max(ends, default=len(held))] + "…"


def script_of(metadata: Metadata) -> str:
    """The language tag of a document's own text."""
    return "zh-Hant" if metadata.script == "traditional" else "zh-Hans"


def _original_button(item: Evidence, language: Language, document: Document | None) -> str:
    if document is None:
        return ""
    return (
        f'<button type="button" class="tw-do" data-ask="click" data-document="{safe(document.id)}" '
        f'data-start="{item.span.start}" data-end="{item.span.end}" data-language="{language}">'
        f"{word('see_original', language)}</button>"
    )
