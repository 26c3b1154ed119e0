"""Judge: what a question asks for has to be named by the clause, and how sure that makes us."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents

from rag.answer import Answerer
from rag.embed import Vectors
from rag.evidence import KEEPS_OUT, WHETHER, _confidence, _of_other_scheme, fills, of_sentence, tells_who
from rag.index import Index, build, load
from rag.named import other_group, other_relative, other_year, unnamed
from rag.types import Evidence, Query, Sentence, Span
from rag.understand import understand


def query_of(question: str, library: Index) -> Query:
    return understand(question, (), tuple(library.metadata.values()))


def said(text: str, library: Index) -> Evidence:
    """Evidence whose clause says just `text`."""
    item = of_sentence(library, 0, Sentence(Span(0, 1), text))
    clause = dataclasses.replace(item.clause, text=text, heading=(), departments=())
    return dataclasses.replace(item, clause=clause, text=text)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("驿站由团市委负责运营管理。", True),
        ("办理地点：政务服务中心二楼B12窗口。", True),
        ("给予一次性补贴5000元。", False),
        ("申请材料：申请表。", False),
    ],
)
def test_a_sentence_tells_who_is_in_charge(text: str, who: bool, library: Index) -> None:
    assert tells_who(said(text, library)) is who


def test_what_keeps_somebody_out_and_a_question_whether_it_does() -> None:
    assert KEEPS_OUT.search("机关工作人员不适用本措施。")
    assert not KEEPS_OUT.search("给予每月800元的补贴。")
    assert WHETHER.search("我是公务员，也能领吗？")
    assert not WHETHER.search("补贴每月多少钱？")


PRICES = [
    ("吕梁市标准厂房租金每月多少钱", "入驻企业给予1万元补贴。", True),
    ("吕梁市标准厂房房租每月多少钱", "厂房租金每平方米10元。", False),
    ("吕梁市参加培训报名费多少钱", "培训期间给予生活补贴300元。", True),
    ("吕梁市融资担保费率是多少", "平均担保费率降至1%以下。", False),
    ("吕梁市骆驼补贴多少钱", "给予一次性补贴5000元。", True),
    ("吕梁市能给多少补贴", "给予一次性补贴5000元。", False),
    ("吕梁市护工要什么学历", "聘用护工2名以上的，给予2万元。", True),
    ("吕梁市护工要什么学历", "护工须有高中学历。", False),
    ("吕梁市这笔补贴要交税吗", "给予一次性补贴5000元。", True),
    ("吕梁市这笔补贴要交税吗", "补贴免征个人所得税。", False),
    ("吕梁市哪家医院能做", "由医保支付70%。", True),
    ("吕梁市哪家医院能做", "在市人民医院办理。", False),
    ("Which hospital in Lüliang does it?", "由医保支付70%。", True),
]


@pytest.mark.parametrize(("question", "text", "missed"), PRICES)
def test_price_support_or_attribute_asked_for_is_named(
    question: str, text: str, missed: bool, library: Index
) -> None:
    assert unnamed(query_of(question, library), [said(text, library)], library) is missed


GROUPS = [
    ("我是在校大学生不是退役军人，吕梁市能给我补贴吗", "给予退役军人补贴。", True),
    ("我是退役军人，吕梁市能给我补贴吗", "给予退役军人补贴。", False),
    ("吕梁市的补贴，退役军人会不会多给一点", "给予企业补贴。", True),
    ("大学老师在吕梁市能领补贴吗", "给予科研人员补贴。", False),
    ("吕梁市给大学生上课的是王教授吗", "邀请退役军人授课。", True),
    ("吕梁市哪位老师教退役军人养蟹", "邀请李专家指导农户。", False),
]


@pytest.mark.parametrize(("question", "text", "other"), GROUPS)
def test_group_asked_about_is_named_where_it_matters(
    question: str, text: str, other: bool, library: Index
) -> None:
    assert other_group(query_of(question, library), [said(text, library)], ()) is other


@pytest.mark.parametrize(
    ("best", "other"),
    [
        ("给予退役军人补贴。", True),
        ("给予退役军人等重点群体补贴。", False),
        ("给予大学生补贴。", False),
        ("给予企业补贴。", False),
    ],
)
def test_the_best_clause_is_not_for_another_group_whatever_stands_beside_it(
    best: str, other: bool, library: Index
) -> None:
    evidence = [said(best, library), said("补贴按月发放。", library)]
    query = query_of("我是在校大学生，吕梁市能给我补贴吗", library)
    near = [said("给予大学生补贴。", library).clause]
    assert other_group(query, evidence, near) is other


def test_year_of_birth_is_no_year_asked_about(library: Index) -> None:
    evidence = [said("年满六周岁的可以报名。", library)]
    assert not other_year(query_of("娃2018年9月2号生的，吕梁市能上学吗", library), evidence)
    assert other_year(query_of("吕梁市2031年给多少补贴", library), evidence)


DAYS = [
    ("吕梁市补贴几月几号截止", "申报时间为4月8日至5月31日。", True),
    ("吕梁市补贴几月几号截止", "期限不超过2年。", False),
    ("吕梁市补贴什么时候申请", "全年受理。", True),
]


@pytest.mark.parametrize(("question", "text", "filled"), DAYS)
def test_a_day_is_asked_for_and_not_a_length_of_time(
    question: str, text: str, filled: bool, library: Index
) -> None:
    query = query_of(question, library)
    assert "date" in query.intents
    assert "deadline" not in query.intents
    assert fills("date", query, text) is filled


def test_confidence_falls_with_what_is_missing_and_rises_with_the_fit() -> None:
    assert (
        _confidence(3, ()) > _confidence(0, ()) > _confidence(0, ("amount",)) > _confidence(-3, ("amount",))
    )
    assert _confidence(9, ()) == _confidence(3, ())
    assert 0 < _confidence(-9, ("a", "b", "c")) < _confidence(9, ()) < 1


def test_telephone_asked_for_is_no_number(library: Index) -> None:
    assert query_of("图们人社局电话多少", library).places == ("图们市",)
    assert query_of("图们人社局电话多少", library).intents >= {"phone"}
    assert "number" not in query_of("图们人社局电话多少", library).intents


def test_a_field_of_another_scheme_than_the_one_named_fills_nothing(library: Index) -> None:
    papers = said("申请材料：申请表、劳动合同。", library)
    clause = dataclasses.replace(papers.clause, heading=("一次性扩岗补助", "申请材料"))
    item = dataclasses.replace(papers, clause=clause)
    named = frozenset({"就业见习补贴"})
    assert _of_other_scheme(item, named)
    assert not _of_other_scheme(item, frozenset())
    assert not _of_other_scheme(papers, named)


RELATIVES = [
    ("吕梁市返乡农民工的老婆能不能跟着参保", "返乡农民工可参加社会保险。", True),
    ("吕梁市返乡农民工的老婆能不能跟着参保", "返乡农民工及其配偶可参加社会保险。", False),
    ("我老婆在吕梁市开店能贷多少钱", "可申请最高20万元的贷款。", False),
    ("Can the wife of a veteran join the training in Lüliang?", "组织退役军人参加技能培训。", True),
    ("Can my daughter enter the contest in Lüliang?", "在校学生可以参赛。", False),
]


@pytest.mark.parametrize(("question", "text", "other"), RELATIVES)
def test_a_relative_who_is_to_come_in_too_is_named(
    question: str, text: str, other: bool, library: Index
) -> None:
    assert other_relative(query_of(question, library), [said(text, library)]) is other


@pytest.mark.parametrize(
    ("text", "missed"), [("推出简易开户服务。", True), ("开户起存金额为1元,免收押金。", False)]
)
def test_what_an_english_question_prices_is_named(text: str, missed: bool, library: Index) -> None:
    question = "What is the minimum deposit for a simple account in Lüliang?"
    assert unnamed(query_of(question, library), [said(text, library)], library) is missed


@pytest.mark.parametrize(("text", "filled"), [("期限不超过3年。", True), ("可贷300000元。", False)])
def test_english_years_are_no_sum(text: str, filled: bool, library: Index) -> None:
    query = query_of("How many years do I have to pay back the loan in Lüliang?", library)
    assert fills("number", query, text) is filled


def test_a_list_within_a_sentence_comes_whole(tmp_path: Path) -> None:
    text = (
        "银川市金凤区停车办法\n\n第一条  有下列情形之一的，取消停车月卡：①转借他人；②拖欠费用；③伪造。\n\n"
        "第二条  停车月卡每月四百元。\n\n银川市金凤区人民政府\n2024年3月1日\n"
    )
    seeds = write_documents(tmp_path / "seeds", [("a.txt", text)])
    build(tmp_path / "home", seeds, FakeEmbedder())
    asker = Answerer(load(tmp_path / "home", FakeEmbedder().identity), FakeEmbedder())
    for question in ("金凤区什么情况取消停车月卡？", "金凤区拖欠费用会怎样？"):
        assert "取消停车月卡：①转借他人" in asker.answer(question, mode="extractive").text
    assert "③伪造" in asker.answer("金凤区什么情况取消停车月卡？", mode="extractive").text


class Alike(FakeEmbedder):
    """Finds every two texts alike, so that words alone tell them apart."""

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query("停车")


def test_what_only_stands_near_by_is_left_out_beside_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "银川市金凤区停车办法\n\n第一条  停车月卡每月四百元，由车主按月交纳。\n\n第二条  各街道保持路面整洁。\n\n"
        "第三条  外地号牌车辆不予办理。\n\n银川市金凤区人民政府\n2024年3月1日\n"
    )
    seeds = write_documents(tmp_path / "seeds", [("a.txt", text)])
    build(tmp_path / "home", seeds, Alike())
    asker = Answerer(load(tmp_path / "home", Alike().identity), Alike())
    monkeypatch.setattr("rag.evidence.MARGIN_ONE_THING", 9.0)
    question = "金凤区停车月卡每月多少钱？"
    answer = asker.answer(question, mode="extractive").text
    assert "四百元" in answer
    assert "不予办理" in answer  # who is kept out is part of the answer
    assert "整洁" not in answer
    monkeypatch.setattr("rag.evidence.BACKGROUND_COVERAGE", 0.0)
    assert "整洁" in asker.answer(question, mode="extractive").text
