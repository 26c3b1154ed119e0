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
    ("麵向全省、係統推進、公裏、谘詢", "面向全省、系统推进、公里、咨询"),
    ("髮展乾部隻有鬆綁製度範圍", "发展干部只有松绑制度范围"),
    ("衕時、齣台、徵收、幹擾、瞭解", "同时、出台、征收、干扰、了解"),
    ("為瞭、除瞭、瞭望塔", "为了、除了、瞭望塔"),
    ("祇有、祇要、神祇", "只有、只要、神祇"),
    ("恢覆、重覆、報覆、覆查、覆蓋、顛覆", "恢复、重复、报复、复查、覆盖、颠覆"),
    ("答覆、批覆、複印、反覆", "答复、批复、复印、反复"),
    ("帶著、有著、圍繞著、接著", "带着、有着、围绕着、接着"),
    ("著作、顯著、專著、名著、著述", "著作、显著、专著、名著、著述"),
    ("藉鑒、藉款、慰藉", "借鉴、借款、慰藉"),
    ("帳戶、記帳、應收帳款", "账户、记账、应收账款"),
    ("帳篷、蚊帳", "帐篷、蚊帐"),
    ("產業鍊、供應鍊、鍛鍊、鍊鋼", "产业链、供应链、锻炼、炼钢"),
    ("主乾道、乾淨、乾坤、若乾", "主干道、干净、乾坤、若干"),
    ("現像、印像、圖像、好像", "现象、印象、图像、好像"),
    ("家俱、工俱、俱全、俱樂部", "家具、工具、俱全、俱乐部"),
    ("效菓、甦州、大荳、彷照、彷徨", "效果、苏州、大豆、仿照、彷徨"),
    ("徵調人員、徵調查、特徵", "征调人员、征调查、特征"),
    ("纔能、迴顧、遊客、嚮前、曆史、誌願", "才能、回顾、游客、向前、历史、志愿"),
    ("帐户、记账、帐篷", "帐户、记账、帐篷"),
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


def test_a_long_text_is_folded_as_its_pieces_are() -> None:
    piece = "最高３０萬元，"
    assert fold(piece * 500) == fold(piece) * 500 == "最高30万元," * 500
