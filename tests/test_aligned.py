"""Aligned text: every character knows its raw span, whatever edits came before."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.aligned import AlignedText, Edit
from rag.types import Span

RAW = "創(chuàng)業，补贴㎡"


def raw_spans(text: AlignedText) -> list[tuple[str, Span]]:
    return [(char, text.raw_span(i, i + 1)) for i, char in enumerate(text.text)]


def test_raw_text_maps_each_character_to_itself() -> None:
    assert raw_spans(AlignedText.of("一二")) == [("一", Span(0, 1)), ("二", Span(1, 2))]


def test_replacement_of_equal_length_maps_character_to_character() -> None:
    text = AlignedText.of("創業者").edit([Edit(0, 2, "创业")])
    assert raw_spans(text) == [("创", Span(0, 1)), ("业", Span(1, 2)), ("者", Span(2, 3))]


def test_replacement_of_other_length_maps_to_the_whole_replaced_span() -> None:
    text = AlignedText.of("共㎡地").edit([Edit(1, 2, "m2")])
    assert raw_spans(text) == [("共", Span(0, 1)), ("m", Span(1, 2)), ("2", Span(1, 2)), ("地", Span(2, 3))]


def test_deletion_leaves_the_characters_around_it_where_they_were() -> None:
    text = AlignedText.of("創(chuàng)業").edit([Edit(1, 9, "")])
    assert raw_spans(text) == [("創", Span(0, 1)), ("業", Span(9, 10))]


def test_span_over_a_deletion_takes_it_in() -> None:
    text = AlignedText.of("創(chuàng)業").edit([Edit(1, 9, "")])
    assert text.raw_span(0, 2) == Span(0, 10)


@pytest.mark.parametrize(("at", "expected"), [(0, Span(0, 0)), (1, Span(1, 1)), (2, Span(2, 2))])
def test_insertion_has_an_empty_raw_span(at: int, expected: Span) -> None:
    text = AlignedText.of("甲乙").edit([Edit(at, at, "、")])
    assert text.raw_span(at, at + 1) == expected


def test_second_edit_maps_through_the_first() -> None:
    text = AlignedText.of(RAW).edit([Edit(1, 9, "")]).edit([Edit(5, 6, "平方米")])
    assert text.text == "創業，补贴平方米"
    assert text.raw_span(5, 8) == Span(RAW.index("㎡"), RAW.index("㎡") + 1)


def test_slice_keeps_the_raw_spans() -> None:
    text = AlignedText.of("甲乙丙丁")[1:3]
    assert raw_spans(text) == [("乙", Span(1, 2)), ("丙", Span(2, 3))]


def test_no_edits_change_nothing() -> None:
    text = AlignedText.of(RAW)
    assert raw_spans(text.edit([])) == raw_spans(text)


def test_text_can_be_emptied_and_filled_again() -> None:
    text = AlignedText.of("甲乙").edit([Edit(0, 2, "")])
    assert len(text) == 0
    assert raw_spans(text.edit([Edit(0, 0, "丙")])) == [("丙", Span(0, 0))]


@st.composite
def edits_of(draw: st.DrawFn, size: int) -> list[Edit]:
    """Edits in order, none overlapping, of a text of `size` characters; what they write is capital letters."""
    bounds = sorted(draw(st.lists(st.integers(0, size), max_size=8)))
    after = st.text(string.ascii_uppercase, max_size=4)
    return [Edit(start, end, draw(after)) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]


@given(st.data())
def test_what_no_edit_touched_still_maps_to_itself(data: st.DataObject) -> None:
    raw = data.draw(st.permutations(string.ascii_lowercase).map("".join))
    text = AlignedText.of(raw)
    for _ in range(data.draw(st.integers(0, 4))):
        text = text.edit(data.draw(edits_of(len(text))))
    for char, span in raw_spans(text):
        if char in raw:
            assert raw[span.start : span.end] == char


@given(st.data())
def test_raw_spans_stay_in_bounds_and_in_order(data: st.DataObject) -> None:
    raw = data.draw(st.text(max_size=30))
    text = AlignedText.of(raw)
    for _ in range(data.draw(st.integers(0, 4))):
        text = text.edit(data.draw(edits_of(len(text))))
    spans = [span for _, span in raw_spans(text)]
    starts = [start for start, _ in spans]
    assert len(text.text) == len(text.starts) == len(text.ends)
    assert all(0 <= start <= end <= len(raw) for start, end in spans)
    assert starts == sorted(starts)
