"""Numerals: Chinese and Arabic numbers as printed in headings and dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.numerals import parse_numeral

VALUES = [
    ("一", 1),
    ("两", 2),
    ("十", 10),
    ("十二", 12),
    ("二十", 20),
    ("二十六", 26),
    ("一百", 100),
    ("一百零三", 103),
    ("一百一十五", 115),
    ("三千二百一十", 3210),
    ("二〇", 20),
    ("二○二二", 2022),
    ("零", 0),
    ("12", 12),
    ("１２", 12),
    ("⑫", 12),
    (" 7 ", 7),
    ("007", 7),
]
NOT_NUMERALS = ["", " ", "第一", "一、", "甲", "3.5", "-1", "一2", "万"]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_numeral_has_its_value(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize("text", NOT_NUMERALS)
def test_anything_else_is_none(text: str) -> None:
    assert parse_numeral(text) is None


def in_chinese(number: int) -> str:
    """`number` below 10,000 as it is printed: 3021 is 三千零二十一."""
    digits = "零一二三四五六七八九"
    written = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += digits[digit] + name
        elif written and not written.endswith("零"):
            written += "零"
    return written.rstrip("零")


@given(st.integers(1, 9999))
def test_every_printed_number_reads_back(number: int) -> None:
    assert parse_numeral(in_chinese(number)) == number
    assert parse_numeral(str(number)) == number


@given(st.text(max_size=8))
def test_arbitrary_text_is_a_number_or_none(text: str) -> None:
    value = parse_numeral(text)
    assert value is None or value >= 0
