"""Slots: what a question asks for is told by its words, and only what answers it fills it."""

from __future__ import annotations

import pytest

from rag.fold import fold
from rag.slots import OTHER_NAMES, SLOTS, counted, name_of, names_the_year, slots_of

ASKED = [
    ("能贷多少钱？", {"amount"}),
    ("年利率是几个点？", {"interest"}),
    ("利息会不会低点", set()),  # no rate is asked for
    ("多大年纪还能申请？", {"age"}),
    ("Am I too old for this?", {"age"}),
    ("哪家银行在办？", {"bank"}),
    ("周末开门吗？", {"hours"}),
    ("办证要交手续费吗？", {"fee"}),
    ("要找担保人吗？", {"guarantor"}),
    ("补贴怎么发，什么时候到账？", {"payout"}),
    ("不服的话去哪申诉？", {"appeal"}),
    ("是哪位领导签发的？", {"person"}),
    ("要交哪些材料？", {"papers"}),
    ("房租和社保这两笔能同时享受吗？", {"both"}),
    ("三笔补贴加起来发了多少？", {"amount"}),
    ("夫妻俩都可以申请吗？", set()),
    ("住多少天收费？", {"number"}),
    ("补贴先给谁？", set()),
    ("鉴定一回交多少鉴定费？", {"amount"}),
    ("补贴是先给还是年底给？", {"payout"}),
    ("窗口电话几号？", {"phone"}),
    ("申报到几月几号截止？", {"date"}),
    ("贷款能展期吗？", {"renewal"}),
    ("公寓多大面积？", {"area"}),
    ("How big is the office?", {"area"}),
    ("Does it cost anything to register?", {"fee"}),
    ("How large is my yearly reward?", {"amount"}),
    ("Which number deals with parking fines?", {"phone"}),
    ("租金是按月还是按季度交？", {"frequency"}),
    ("合同范本在哪里下载？", {"form"}),
    ("材料发到什么邮箱？", {"mail"}),
    ("可以刷卡吗，有发票吗？", {"paying"}),
    ("哪家保险公司承保？", {"insurer"}),
    ("培训在哪儿上课？", {"venue"}),
    ("Which municipal office is responsible?", {"department"}),
    ("我在外面打工十几年了，有地可以用吗", set()),
    ("点名了哪几家检测机构？", set()),  # a list, no count
    ("When problems come up, who settles them?", set()),
    ("银行要一大堆材料，归谁管？", {"department"}),
    ("Can I work from my home address?", set()),
    ("What is the address of the service hall?", {"address"}),
]


@pytest.mark.parametrize(("question", "slots"), ASKED)
def test_what_a_question_asks_for(question: str, slots: set[str]) -> None:
    assert slots_of(fold(question)) == slots


FILLED = [
    ("age", "年满18周岁、不超过65周岁", True),
    ("age", "创业担保贷款最高30万元", False),
    ("bank", "由中国建设银行和农商银行承办", True),
    ("bank", "鼓励银行推出信用贷款", False),
    ("hours", "工作日上午9:00至12:00受理", True),
    ("hours", "自受理之日起20个工作日内办结", False),
    ("interest", "年利率不高于lpr加50个基点", True),
    ("both", "同时符合多项的，按就高原则发放", True),
    ("both", "每人每月发放500元", False),
    ("fee", "研发费用加计扣除比例提高", False),
    ("fee", "收取工本费10元", True),
    ("interest", "最高可申请30万元", False),
    ("person", "邀请李明等专家指导", True),
    ("person", "建立专家顾问机制", False),
    ("payout", "分两期拨付,首期拨付60%", True),
    ("residence", "不受户籍限制", True),
    ("amount", "年营业收入不限", False),
    ("phone", "咨询电话:0512-57538802", True),
]


@pytest.mark.parametrize(("slot", "text", "filled"), FILLED)
def test_what_fills_a_slot(slot: str, text: str, filled: bool) -> None:
    assert bool(SLOTS[slot].fills.search(fold(text))) is filled


COUNTED = [
    ("几年还清？", "期限不超过3年", True),
    ("几年还清？", "半年内", True),
    ("几年还清？", "到2025年建成", False),
    ("几年还清？", "最高30万元", False),
    ("一共几户？", "经营满六个月的商户", False),
    ("一共几户？", "全县126户", True),
    ("一共多少套？", "建设人才公寓200套", True),
    ("一共多少套？", "建设人才公寓，面积60平方米", False),
    ("多少人次？", "累计培训人次达到100万以上", True),
    ("招几个人？", "小学计划：120；初中计划：150；学费：6800", True),
    ("培训几天？", "每期不少于10个工作日", True),
    ("诊断做几天？", "序号：4；材料名称：诊断报告；份数：1", False),
]


@pytest.mark.parametrize(("question", "text", "filled"), COUNTED)
def test_what_is_counted_wants_its_unit(question: str, text: str, filled: bool) -> None:
    pattern = counted(fold(question))
    assert pattern is not None
    assert bool(pattern.search(fold(text))) is filled


@pytest.mark.parametrize(
    "question", ["能贷多少钱？", "到底是哪几个？", "好几年前就听说了", "十几年了", "我们几个人想开店"]
)
def test_what_counts_nothing_wants_no_unit(question: str) -> None:
    assert counted(fold(question)) is None


@pytest.mark.parametrize(
    ("question", "slot", "text", "filled"),
    [
        ("那个称号多久评一回", "frequency", "每年评选一批", True),
        ("那个称号多久评一回", "frequency", "2025年底前评选", False),
        ("How often are they inspected?", "frequency", "每两年复评一次", True),
        ("一年里什么时候可以报？", "date", "受理时间为4月和10月", True),
        ("When can I hand in the application?", "date", "每年10月8日至10月31日", True),
    ],
)
def test_how_often_and_from_which_day(question: str, slot: str, text: str, filled: bool) -> None:
    assert slot in slots_of(fold(question))
    assert bool(SLOTS[slot].fills.search(fold(text))) is filled


def test_a_story_of_a_fine_asks_for_no_penalty() -> None:
    assert "penalty" not in slots_of("our company was fined last year, can we apply?")
    assert "penalty" in slots_of("what is the fine for riding without a helmet?")


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("什么时候建成？", "到2031年建成10个园区", True),
        ("哪一年能做到？", "2031年底前建成10个园区", True),
        ("什么时候申请？", "按2031年的标准执行", False),
        ("多久能到账？", "到2031年建成10个园区", False),
    ],
)
def test_a_year_answers_when_and_not_how_long(question: str, text: str, named: bool) -> None:
    assert names_the_year(fold(question), fold(text)) is named


def test_every_slot_has_a_name_in_both_languages() -> None:
    for slot in (*SLOTS, *OTHER_NAMES):
        chinese, english = name_of(slot)
        assert chinese
        assert english.isascii()
