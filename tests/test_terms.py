"""Terms: folded text becomes single characters, pairs, whole Latin words and whole numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import tokens

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
