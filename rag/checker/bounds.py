"""Bounds: a quantity where it stands -> its unit, and whether it is said to be the most or the least."""

from __future__ import annotations

import re

from rag.checker.worded import Wording
from rag.quantities import Located
from rag.types import Span

# What a bound stands before or behind; a bound holds for the number in the same part.
UPPER_BEFORE = re.compile(
    r"(?:不超过|不高于|不多于|不大于|不得超过|最高|最多|至多|上限|(?:^|(?<=[,;。，]))封顶(?=\D{0,2}$)|(?<!不)低于|(?<!不)少于|(?<!不)小于|不足|不到|up to|at most|no more than|within|under|below|maximum)[^\d,;]{0,14}$"
)
LOWER_BEFORE = re.compile(
    r"(?:破(?=\d*$)|不低于|不少于|不小于|最低|最少|至少|(?<!不)(?<!不得)超过|(?<!不)高于|(?<!不)多于|(?<!不)大于|突破|at least|no less than|(?<!no )(?<!not )more than|over|above|minimum)[^\d,;]{0,14}$"
)
UPPER_BEHIND = re.compile(r"[^\d,;]{0,4}?(?:以下|以内|之内|封顶|为限)")
LOWER_BEHIND = re.compile(
    r"[^\d,;]{0,4}?(?:及以上|以上|起步|以上的)|起(?=的|[^一-鿿]|$)|起[贷算付奖补投收](?![一-鿿])"
)
UNIT = re.compile(
    r"\s*(?:多|余|左右)?\s*(美元|欧元|港元|元|块|人次|人|起(?=[(（,;。、]|$)|名|位|家|户|个工作日|工作日|项|次|支|件|种|类|处|所|台|套|辆|场|期|批|条|间|平方米|平米|㎡|亩|公里|吨|倍|个|米|%)"
)
SAME_UNIT = {"块": "元", "名": "人", "位": "人", "户": "个", "家": "个", "所": "个", "间": "个", "处": "个", "平米": "平方米", "㎡": "平方米", "个工作日": "工作日", "类": "种"}  # fmt: skip
ANY_UNIT = frozenset({"个", "项", "种", "条", "批", "件"})
"""Measure words that stand for each other in everyday writing."""


def unit_end(folded: str, end: int) -> int:
    """Where the unit behind a quantity ends; `end` where none stands there."""
    match = UNIT.match(folded, end)
    return match.end() if match else end


def unit_of(folded: str, each: Located) -> str:
    """The unit of a quantity, one for those that mean the same; "" for none."""
    if "工作日" in folded[each.start : each.end]:
        return "工作日"
    match = UNIT.match(folded, each.end)
    unit = match[1] if match else ""
    if not unit and each.name == "count":
        unit = folded[each.end : each.end + 1]
    return SAME_UNIT.get(unit, unit)


def same_unit(one: str, a: Located, other: str, b: Located) -> bool:
    """Whether two quantities, each in its folded text, may have the same unit; one without any has that of the other."""
    first, second = unit_of(one, a), unit_of(other, b)
    if a.quantity.kind == "day":
        return first == second or not {"工作日"} & {first, second}
    if not first or not second or first == second:
        return True
    return first in ANY_UNIT and second in ANY_UNIT


def bound_of(folded: str, each: Located) -> str:
    """Whether a quantity is an "upper" or a "lower" bound; "" if neither."""
    end = unit_end(folded, each.end)
    before = folded[max(0, each.start - 22) : each.start]
    behind = folded[end : end + 8]
    if LOWER_BEHIND.match(behind) or LOWER_BEFORE.search(before):
        return "lower"
    return "upper" if UPPER_BEHIND.match(behind) or UPPER_BEFORE.search(before) else ""


def opposed_bounds(one: str, other: str) -> bool:
    """Whether of two bounds one is the upper and one the lower."""
    return bool(one and other and one != other)


def with_bound(text: Wording, each: Located) -> Span:
    """A quantity with the words of its bound."""
    end = unit_end(text.folded, each.end)
    behind = UPPER_BEHIND.match(text.folded, end) or LOWER_BEHIND.match(text.folded, end)
    before = text.folded[max(0, each.start - 22) : each.start]
    lead = LOWER_BEFORE.search(before) or UPPER_BEFORE.search(before)
    start = each.start - (len(before) - lead.start()) if lead else each.start
    return text.span(start, behind.end() if behind else end)
