"""Turned: what says the opposite is told, and what only sounds so is not."""

from __future__ import annotations

import pytest

from rag.checker.denials import affirmed_alone
from rag.checker.turned import order_turned, other_level, other_of_two, shared_otherwise
from rag.checker.worded import wording
from rag.fold import fold
from rag.quantities import quantities


@pytest.mark.parametrize(
    ("said", "printed", "other"),
    [
        ("入选国家引智计划的", "对入选省引智计划的给予奖励", True),
        ("获得国家级奖项的团队", "获得国家级、省级奖项的团队给予奖励", False),
        ("全省范围内均可申请", "在全国范围内均可申请", False),
        ("全县范围内均可申请", "在全市范围内均可申请", False),
    ],
)
def test_a_thing_of_another_level(said: str, printed: str, other: bool) -> None:
    assert (other_level(fold(said), fold(printed), fold(printed)) is not None) is other


@pytest.mark.parametrize(
    ("said", "printed", "turned"),
    [
        ("市、县财政按1:2负担", "市、县财政按2:1负担", True),
        ("按1:2配比", "按2:1配比", True),
        ("政府与企业按1:2分担", "企业与政府按2:1分担", False),
        ("市、县财政按2:1负担", "市、县财政按2:1负担", False),
    ],
)
def test_a_ratio_turned(said: str, printed: str, turned: bool) -> None:
    assert bool(shared_otherwise(fold(said), fold(printed))) is turned


VERBATIM = "先由个人垫付培训费用,待取得证书后再报销培训费用"


@pytest.mark.parametrize(
    ("said", "printed", "turned"),
    [
        (VERBATIM, VERBATIM, False),
        ("可先享受租房补贴", "高校毕业生等青年人才享受租房补贴", False),
        ("登记造册,要等租金补贴发完以后再做", "在登记造册的基础上,发放租金补贴", True),
        ("登记造册以后,发放租金补贴", "在登记造册的基础上,发放租金补贴", False),
    ],
)
def test_steps_in_the_other_order(said: str, printed: str, turned: bool) -> None:
    assert (order_turned(fold(said), fold(printed)) is not None) is turned


@pytest.mark.parametrize(
    ("said", "printed", "other"),
    [
        ("按原价格签约", "按新价格签约", True),
        ("到期后重新申请贷款", "由原申请贷款的银行受理", False),
    ],
)
def test_the_old_one_for_the_new(said: str, printed: str, other: bool) -> None:
    assert (other_of_two(fold(said), fold(printed)) is not None) is other


@pytest.mark.parametrize(
    ("said", "printed", "affirmed"),
    [
        ("占用耕地的摊位免费迁移", "不占用耕地的摊位免费迁移", True),
        ("只能享受一次补贴，重复享受的要退回", "不得重复享受", False),
        ("杜绝弄虚作假", "不得弄虚作假", False),
        ("参加培训的才给补贴", "未参加培训的停发补贴", False),
    ],
)
def test_what_is_denied_is_not_affirmed(said: str, printed: str, affirmed: bool) -> None:
    assert bool(list(affirmed_alone(wording(said), fold(printed)))) is affirmed


@pytest.mark.parametrize("text", ["占六成三类企业", "三成一次性发放", "八成五年内"])
def test_tenths_end_before_what_is_counted_next(text: str) -> None:
    assert {quantity.value for quantity in quantities(text) if quantity.kind == "%"} <= {60, 30, 80}
