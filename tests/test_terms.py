"""Terms: folded text becomes single characters, pairs, whole Latin words and whole numbers."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index import Index
from rag.terms import K1, B, Postings, tokens

TOKENS = [
    ("", []),
    ("贷", ["贷"]),
    ("贷款", ["贷", "款", "贷款"]),
    ("担保贷款", ["担", "保", "贷", "款", "担保", "保贷", "贷款"]),
    ("最高30万元", ["最", "高", "最高", "30", "万", "元", "万元"]),
    ("3.5%", ["3.5%"]),
    ("50 %", ["50"]),
    ("u盘", ["u", "盘"]),
    ("mooc课程", ["mooc", "课", "程", "课程"]),
    ("a1b2", ["a", "1", "b", "2"]),
    ("甲,乙", ["甲", "乙"]),
    ("(一)", ["一"]),
    ("2018-89号", ["2018", "89", "号"]),
    ("\n \t。", []),
]


@pytest.mark.parametrize(("folded", "expected"), TOKENS)
def test_text_becomes_tokens_in_order(folded: str, expected: list[str]) -> None:
    assert tokens(folded) == expected


@given(st.text("创业担保贷款", max_size=20))
def test_chinese_run_has_a_token_a_character_and_one_a_pair(run: str) -> None:
    assert len(tokens(run)) == max(2 * len(run) - 1, 0)


@given(st.text(max_size=60))
def test_every_token_stands_in_the_text(text: str) -> None:
    assert all(token in text for token in tokens(text))


# -- BM25 -------------------------------------------------------------------------------------------


def test_bm25_by_hand() -> None:
    postings = Postings.of([["贷", "款", "贷"], ["补", "贴"], ["贷"]])
    scores = postings.bm25(["贷", "无"], postings.scope(np.arange(3)))
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert math.isclose(scores[0], idf * 2 / (2 + K1 * (1 - B + B * 3 / 2)))
    assert scores[1] == 0
    assert math.isclose(scores[2], idf * 1 / (1 + K1 * (1 - B + B * 1 / 2)))
    assert math.isclose(postings.bm25(["贷", "贷"], postings.scope(np.arange(3)))[2], 2 * scores[2])


def test_what_lies_outside_the_scope_changes_nothing() -> None:
    texts = [["贷", "款", "贷"], ["补", "贴"], ["贷"]]
    alone = Postings.of(texts)
    crowd = Postings.of([["贷", "补"] * 9, *texts, ["贴"]])
    scope = crowd.scope(np.arange(1, 4))
    assert (
        crowd.bm25(["贷", "补"], scope)[1:4].tolist()
        == alone.bm25(["贷", "补"], alone.scope(np.arange(3))).tolist()
    )
    assert crowd.bm25(["贷"], scope)[[0, 4]].tolist() == [0, 0]
    assert crowd.idf("贴", scope) == alone.idf("贴", alone.scope(np.arange(3)))


def test_saved_postings_are_loaded_alike(tmp_path: Path) -> None:
    saved = Postings.of([["贷", "款"], ["贷"]])
    saved.save(tmp_path / "terms")
    loaded = Postings.load(tmp_path / "terms")
    assert loaded.vocabulary == saved.vocabulary
    assert all(
        (getattr(loaded, n) == getattr(saved, n)).all() for n in ("starts", "clauses", "counts", "lengths")
    )


def test_rare_tokens_are_the_more_telling(library: Index) -> None:
    scope = library.terms.scope(np.arange(len(library.clauses)))
    found = [library.terms.idf(token, scope) for token in ("㊣", "抵押", "创业")]
    assert found == sorted(found, reverse=True)
    assert found[-1] > 0
