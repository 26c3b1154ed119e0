"""Original, documents and finder views: pure functions to HTML, tested without a browser."""

from __future__ import annotations

import html
import itertools
import re

import pytest

from rag import finder
from rag.index import Index
from rag.library import understand
from rag.types import Document, Reading, Span
from ui import cards, original
from ui import documents as view
from ui.finder import results_html

HOSTILE = "<script>alert(1)</script>"


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.fixture(scope="module")
def readings(library: Index) -> list[Reading]:
    return [understand(document) for document in library.documents.values()]


def test_the_rows_hold_the_whole_raw_text_in_order(readings: list[Reading]) -> None:
    for reading in readings:
        rows = original.rows_of(reading)
        raw = reading.document.raw
        shown = "".join(raw[row.span.start : row.span.end] for row in rows)
        assert "".join(shown.split()) == "".join(raw.split())
        assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(rows))


def test_the_raw_text_is_shown_unchanged_with_its_marks(readings: list[Reading]) -> None:
    for reading in readings:
        span = Span(0, len(reading.document.raw))
        quote = reading.sentences[3][0].span
        shown = original.raw_html(reading, span, quote)
        assert text_of(shown) == reading.document.raw
        marked = "".join(re.findall(r"<mark>(.*?)</mark>", shown, re.DOTALL))
        assert text_of(marked) == reading.document.raw[quote.start : quote.end]


def test_only_the_neighbourhood_of_a_quote_is_shown(readings: list[Reading]) -> None:
    reading = readings[0]
    rows = original.rows_of(reading)
    held = original.rows_around(rows, reading.clauses[20].span)
    assert 0 < len(held) <= 2 * original.AROUND + 1
    assert reading.clauses[20].span in [row.span for row in held]


def test_hostile_text_of_a_document_stays_text() -> None:
    raw = (
        f"吕梁市若干措施\n\n一、支持{HOSTILE}\n\n（一）给予{HOSTILE}补贴5000元。{HOSTILE}\n（二）提供场地。\n"
    )
    reading = understand(Document("a.txt", raw, ""))
    for shown in (
        original.side_by_side_html(reading, "zh-Hans"),
        original.dialog_html(reading, reading.clauses[0].span, "en"),
        view.tree_html(reading, "补贴", "zh-Hans"),
        view.facts_html(reading.metadata, 1, "zh-Hans"),
        view.shelf_html([reading.metadata], "zh-Hans"),
    ):
        assert "<script" not in shown


def test_words_are_found_in_either_script_and_marked(readings: list[Reading]) -> None:
    reading = next(r for r in readings if "创业担保贷款" in r.document.raw)
    shown = view.tree_html(reading, "創業擔保貸款", "zh-Hant")
    assert "<mark>创业担保贷款</mark>" in shown
    assert shown.count("<details") < len(reading.clauses)


def test_a_clause_is_found_by_its_number(readings: list[Reading]) -> None:
    clause = readings[0].clauses[10]
    assert view.holds(clause, clause.label)
    assert not view.holds(clause, "9.9.99")


def test_every_clause_stands_in_the_tree_once(readings: list[Reading]) -> None:
    for reading in readings:
        assert view.tree_html(reading, "", "zh-Hans").count("<details") == len(reading.clauses)


def test_every_document_stands_on_the_shelf_under_its_place(library: Index) -> None:
    shown = view.shelf_html(library.metadata.values(), "en")
    assert shown.count("tw-document") == len(library.metadata)
    for metadata in library.metadata.values():
        assert (metadata.place or "") in shown


def test_a_quote_is_marked_inside_its_clause(library: Index) -> None:
    found = finder.find(library, next(iter(library.metadata.values())).place or "")[0].evidence
    document = library.documents[found.metadata.document]
    shown = cards.quote_html(found, document)
    assert f"<mark>{html.escape(found.quote)}</mark>" in shown
    around = text_of(shown).strip("…")
    assert around in document.raw


def test_a_changed_document_shows_the_quote_alone(library: Index) -> None:
    found = finder.find(library, next(iter(library.metadata.values())).place or "")[0].evidence
    changed = Document(found.metadata.document, "换了内容", "")
    assert cards.quote_html(found, changed) == f"<mark>{html.escape(found.quote)}</mark>"


def test_what_is_unknown_is_said(library: Index) -> None:
    for metadata in library.metadata.values():
        found = finder.find(library, metadata.place or "", "disabled")
        shown = results_html(found, metadata.place or "", "disabled", library.documents, "zh-Hans")
        assert "看不出来" in shown or "没有找到" in shown


def test_nothing_found_says_so() -> None:
    assert "没有找到" in results_html((), "吕梁市", None, {}, "zh-Hans")
