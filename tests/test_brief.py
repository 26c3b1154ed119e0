"""Brief: a claim opens with what holds, and loses nothing that a person needs."""

from __future__ import annotations

import pytest

from rag.brief import brief, naming_part, under_scheme

LOAN = "发挥财政资金引导作用,进一步扩大贷款规模,对返乡农民工自主创业的,可申请最高20万元的贷款。"


def test_background_at_the_head_is_left_out() -> None:
    assert brief(LOAN, frozenset({"贷款"})) == "对返乡农民工自主创业的,可申请最高20万元的贷款。"


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("发挥财政资金引导作用,可申请最高20万元的贷款。", {"引导"}),  # it is what is asked about
        ("推进5个基地建设,完善服务。", set()),  # a quantity
        ("加强对科技型中小企业的支持,落实补贴政策。", set()),  # for whom
        ("按照市财政局的办法,给予每人每年三千元补贴。", set()),  # a department
        ("提高标准的,按新标准发给补贴,从次月起执行。", set()),  # a condition
        ("对失业人员,给予补贴。", set()),
        ("加强宣传,有序推进。", set()),  # hardly anything would be left
        ("一句没有逗号的话。", set()),
        ("", set()),
    ],
)
def test_what_says_something_stays(sentence: str, asked: set[str]) -> None:
    assert brief(sentence, frozenset(asked)) == sentence


def test_it_is_the_end_of_the_sentence_and_brief_again_is_the_same() -> None:
    short = brief(LOAN, frozenset())
    assert LOAN.endswith(short)
    assert brief(short, frozenset()) == short


def test_what_fills_in_a_field_follows_the_heading_that_it_is_about() -> None:
    heading = ("一次性扩岗补助", "申领标准")
    assert (
        under_scheme("申领标准：每招用1人1000元。", heading) == "一次性扩岗补助，申领标准：每招用1人1000元。"
    )
    assert under_scheme("每招用1人1000元。", heading) == "每招用1人1000元。"
    assert under_scheme("申领标准：一次性扩岗补助每人1000元。", heading).startswith("申领标准")
    assert under_scheme("申领标准：每招用1人1000元。", heading[1:]).startswith("申领标准")


def test_of_a_long_preamble_the_part_that_names_a_thing_is_told() -> None:
    sentence = "为贯彻上级文件,加快打造甲园、乙园(以下统称两园)等平台,经同意,提出如下意见。"
    assert naming_part(sentence, "两园是哪两个") == "加快打造甲园、乙园(以下统称两园)等平台。"
    assert naming_part(sentence, "三园是哪三个") == sentence
