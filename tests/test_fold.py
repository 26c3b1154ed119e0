"""Fold: any spelling of a text becomes the one form that is searched and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fold import fold, to_simplified, to_traditional

SAME = [
    ("創業擔保貸款", "创业担保贷款"),
    ("３０万元", "30万元"),
    ("ＡＰＰ", "app"),
    ("U盘", "u盘"),
    ("（一）", "(一)"),
    ("【1】", "[1]"),
    ("国发〔2017〕37号", "国发[2017]37号"),
    ("“双创”", "「双创」"),
    ("『双创』", '"双创"'),
    ("‘甲’", "'甲'"),
    ("2021—2025", "2021-2025"),
    ("2021–2025", "2021-2025"),
    ("五、六", "五,六"),
    ("1．", "1﹒"),
    ("甲·乙", "甲.乙"),
    ("100㎡", "100m2"),
    ("甲…", "甲..."),
    ("补\u200b贴", "补贴"),
    ("补\u00ad贴", "补贴"),
    ("补\u202e贴", "补贴"),
    ("补贴\U000e0041\U000e0042", "补贴"),
    ("补\ufe0f贴", "补贴"),
    ("市\u3000县", "市 县"),
    ("谘詢", "咨询"),
    ("釆購", "采购"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_text_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("30万元", "80万元"), ("市级", "县级"), ("3.5", "35"), ("A区", "B区"), ("须", "不须"), ("50%", "50")],
)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


SIMPLIFIED = [
    ("發展", "发展"),
    ("著力提升", "着力提升"),
    ("著名品牌", "著名品牌"),
    ("沿著", "沿着"),
    ("藉助平台", "借助平台"),
    ("杯盤狼藉", "杯盘狼藉"),
    ("凭藉", "凭借"),
    ("建立核心整合線上", "建立核心整合线上"),
    ("軟體", "软体"),
    ("已经简体", "已经简体"),
    ("EMBA、30%", "EMBA、30%"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), SIMPLIFIED)
def test_characters_become_simplified_and_words_stay(text: str, expected: str) -> None:
    assert to_simplified(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("创业担保贷款", "創業擔保貸款"),
        ("软件、网络、信息", "軟件、網絡、信息"),
        ("头发和发展", "頭髮和發展"),
    ],
)
def test_characters_become_traditional_and_words_stay(text: str, expected: str) -> None:
    assert to_traditional(text) == expected


@given(st.text("创業发發展著力名藉助０9%“”「」〔〕（）、。\u200b\u3000Ａa\n", max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_arbitrary_text_folds(text: str) -> None:
    assert "\u200b" not in fold(text)
