"""English: words of an English question meet the Chinese ones that clauses print."""

from __future__ import annotations

import gzip

import pytest

from rag import english
from rag.fold import fold
from rag.words import frequencies


def table() -> list[tuple[str, list[str]]]:
    lines = gzip.decompress(english.PATH.read_bytes()).decode("utf-8").splitlines()
    return [(word, found.split("|")) for word, _, found in (line.partition("\t") for line in lines)]


def test_table_is_sorted_and_names_each_word_once() -> None:
    words = [word for word, _ in table()]
    assert words == sorted(set(words))
    assert len(words) > 20_000


def test_renderings_are_words_of_chinese() -> None:
    known = frequencies()
    for word, found in table():
        assert 1 <= len(found) <= 6, word
        assert len(set(found)) == len(found), word
        assert all(each in known for each in found), word


@pytest.mark.parametrize(
    ("text", "rendering"),
    [
        ("subsidies", "补贴"),
        ("registered", "注册"),
        ("tolerating", "容许"),
        ("instruments", "仪器"),
        ("sharing", "参与"),
        ("Foreign-funded", "外资"),
        ("applied", "申请"),
        ("planned", "计划"),
    ],
)
def test_inflected_words_are_found(text: str, rendering: str) -> None:
    assert any(rendering in each for each in english.renderings(fold(text)))


@pytest.mark.parametrize("text", ["", "the of what which", "zzzqx", "创业担保贷款", "12 %", "a" * 5000])
def test_what_is_no_known_word_gives_nothing(text: str) -> None:
    assert english.renderings(fold(text)) == []


def test_a_word_said_twice_counts_once() -> None:
    assert len(english.renderings("loan and loan")) == 1
