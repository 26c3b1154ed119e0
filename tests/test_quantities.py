"""Quantities: what is said in numbers, by value, whatever the spelling."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quantities import Quantity, ages_in, bounds_in, counts_in, number_value, quantities, takes_in

EQUAL = [
    # money
    ("三万元", "3万元"),
    ("3万元", "30000元"),
    ("3万元", "30,000元"),
    ("３万元", "3万元"),
    ("3 万元", "3万元"),
    ("1.5万元", "15000元"),
    ("一百二十万元", "120万元"),
    ("一千元", "1000元"),
    ("5千元", "5000元"),
    ("两千元", "2000元"),
    ("1亿元", "10000万元"),
    ("30万元", "RMB 300,000"),
    ("30万元", "300,000 yuan"),
    ("30万元", "300 thousand yuan"),
    ("30万元", "0.3 million yuan"),
    ("1亿元", "100 million"),
    ("20万元", "200k"),
    ("5000元", "¥5,000"),
    # shares
    ("百分之五十", "50%"),
    ("五成", "50%"),
    ("七成五", "75%"),
    ("百分之十二点五", "12.5%"),
    ("３０％", "30%"),
    ("3个百分点", "3%"),
    ("10 percent", "10%"),
    ("10 per cent", "百分之十"),
    ("fifty percent", "50%"),
    ("two fifths of the risk", "40%"),
    ("a quarter of the rent", "25%"),
    ("half of the excess", "50%"),
    # time
    ("半年", "6个月"),
    ("半年", "half a year"),
    ("一年", "12个月"),
    ("三年", "3年"),
    ("3年", "three years"),
    ("3年", "36 months"),
    ("3年", "a 3-year loan"),
    ("5日", "a 5-day limit"),
    ("两年", "2 years"),
    ("三个月", "3 months"),
    ("十个工作日", "10个工作日"),
    ("10个工作日", "ten working days"),
    ("5日", "5 days"),
    ("三十日", "30天"),
    ("24小时", "24 hours"),
    ("二〇二〇年", "2020年"),
    ("2020年", "in 2020"),
    # counts
    ("两次", "2次"),
    ("三百户", "300户"),
    ("35周岁", "35岁"),
    ("five firms", "5家企业"),
    ("七折", "7折"),
    ("一百万「甲」", "100万"),
]
DIFFERENT = [
    ("30万元", "3万元"),
    ("30万元", "30元"),
    ("50%", "50"),
    ("五成", "5%"),
    ("3年", "3个月"),
    ("3个月", "3日"),
    ("3日", "3小时"),
    ("2020年", "2021年"),
    ("2020年", "2020元"),
    ("1.5万元", "15万元"),
    ("30 thousand", "30 million"),
    ("百分之五", "百分之五十"),
    ("半年", "一年"),
    ("十二个月", "二个月"),
]
NONE = [
    "",
    "不得",
    "第三条",
    "成立专班",
    "形成合力",
    "一是",
    "每年",
    "统一管理",
    "万众创新",
    "some firms",
    "同一年",
    "a third party",
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_spellings_of_one_quantity_are_equal(one: str, other: str) -> None:
    assert quantities(one) == quantities(other) != frozenset()


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_quantities_are_different(one: str, other: str) -> None:
    assert not quantities(one) & quantities(other)


@pytest.mark.parametrize("text", NONE)
def test_text_without_quantity_has_none(text: str) -> None:
    assert quantities(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-2025年", {(2021, "year"), (2025, "year")}),
        ("3万至5万元", {(3 * 10_000, ""), (5 * 10_000, "")}),
        ("满1年给5000元，最高20%", {(12, "month"), (5_000, ""), (20, "%")}),
        (
            "个人最高30万元，小微企业最高300万元，期限3年",
            {(30 * 10_000, ""), (300 * 10_000, ""), (36, "month")},
        ),
    ],
)
def test_all_quantities_of_a_text_are_found(text: str, expected: set[tuple[int, str]]) -> None:
    assert quantities(text) == {Quantity(Fraction(value), kind) for value, kind in expected}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("1,234,567", Fraction(1_234_567)),
        ("0.1", Fraction(1, 10)),
        ("十二点五", Fraction(25, 2)),
        ("三万五千", Fraction(35_000)),
        ("一亿二千万", Fraction(120_000_000)),
        ("万", Fraction(10_000)),
        ("二○二二", Fraction(2022)),
        ("", None),
        ("甲", None),
        ("1" * 5_000, None),
    ],
)
def test_number_has_its_value(text: str, value: Fraction | None) -> None:
    assert number_value(text) == value


@given(st.integers(1, 9_999))
def test_amount_in_ten_thousands_equals_it_written_out(amount: int) -> None:
    assert quantities(f"{amount}万元") == quantities(f"{amount * 10_000:,}元")


@given(st.text("0123456789一二三十百千万亿点年月日个元%,. 成半years", max_size=40))
def test_arbitrary_mix_of_number_words_is_read(text: str) -> None:
    assert isinstance(quantities(text), frozenset)


@pytest.mark.parametrize("char", ["1", "一", "万", "1,", "年"])
def test_long_run_takes_no_long_time(char: str) -> None:
    started = time.monotonic()
    quantities(char * 9_000)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("told", "clause", "takes"),
    [
        ("就4间房", "客房不少于5间的", False),
        ("有6间房", "客房不少于5间的", True),
        ("种了60亩", "100亩以下的", True),
        ("17岁", "年满十八周岁", False),
        ("孩子2017年3月9号生的", "2017年3月8日(含当日)以前出生的", False),
        ("孩子2017年3月8日出生", "2017年3月8日(含当日)以前出生的", True),
        ("公司2024年5月1日注册", "2024年5月1日后注册的", False),
        ("公司2024年5月1日注册", "2024年5月1日起注册的", True),
    ],
)
def test_a_count_keeps_a_bound_or_not(told: str, clause: str, takes: bool) -> None:
    (count,) = counts_in(told)
    (bound,) = bounds_in(clause)
    assert count.unit == bound.unit
    assert bound.takes(count.value) is takes


def test_what_is_no_count_and_no_bound() -> None:
    assert counts_in("能贷多少钱，3年还清") == []
    assert counts_in("2017年2月30日生") == []
    assert bounds_in("2024年5月1日起施行") == []
    assert bounds_in("最高30万元，期限3年") == []


@pytest.mark.parametrize(
    ("text", "age", "inside"),
    [
        ("90至99周岁，每人每月240元", 92, True),
        ("80至89周岁，每人每月60元", 92, False),
        ("十六周岁以上不满十八周岁的驾驶人", 17, True),
        ("年满80周岁以上的老人", 79, False),
        ("不满16周岁的", 15, True),
        ("每人每月240元", 92, False),
    ],
)
def test_whom_a_clause_takes_in_by_age(text: str, age: int, inside: bool) -> None:
    assert takes_in(text, age) is inside


def test_ages_that_a_question_tells() -> None:
    assert ages_in("我奶奶92了，我46岁") == {92, 46}
    assert ages_in("买了3年了") == frozenset()


@pytest.mark.parametrize("text", ["外婆81,腿脚不便", "爷爷今年81", "奶奶81岁"])
def test_an_age_may_be_told_without_its_unit(text: str) -> None:
    assert ages_in(text) == {81}
