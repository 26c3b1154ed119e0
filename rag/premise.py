"""Premise: a question and evidence -> what the question takes to be so and the evidence says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.evidence import WHETHER
from rag.fold import fold
from rag.quantities import Quantity, bounds_in, counts_in, located, quantities, sum_out_of_bounds
from rag.types import Evidence, Query
from rag.understand import in_parts
from rag.wording import in_script

# What a clause sets apart: 非商品住房; 除某公司外.
DENIED = re.compile("不|没|非")
NOT_A, ALL_BUT = (
    re.compile(r"(?<![一-鿿]是)非([一-鿿]{2})"),
    re.compile(r"除(?:了)?([^,。;]{2,16}?)(?:以|之)?外"),
)
# Money that one need not give back, put to us of a loan.
FOR_NOTHING = re.compile(
    r"不用还|不用归还|不必还|无需归还|白[给送拿]|直接(?:发|给)\S{0,4}(?:钱|\d)|免费(?:给|发|领)\S{0,4}(?:钱|\d)"
)
LENT, GIFT = re.compile("贷款|借款"), re.compile("补[贴助]|奖|资助|无偿|发放")
OF_A_LOAN = re.compile("贷款|借款|利息|本金|贴息")


def is_lent(query: Query, best: Evidence) -> bool:
    """Whether the question puts to us money for nothing, and the best sentence speaks of a loan."""
    asked, clause = fold(query.asked), fold(best.text)
    given = FOR_NOTHING.search(asked) and not OF_A_LOAN.search(asked)
    return bool(given and LENT.search(clause) and not GIFT.search(clause))


def is_contradicted(query: Query, best: Evidence) -> bool:
    """Whether the question puts to us a quantity of a sort of which the best sentence has others only, or what it sets apart."""
    question, clause = fold(query.asked), fold(best.text)
    apart = not DENIED.search(question) and any(
        match[1] in question
        and f"非{match[1]}" not in question
        and clause.count(match[1]) == clause.count(f"非{match[1]}")
        for match in NOT_A.finditer(clause)
    )
    if apart or any(match[1] in question for match in ALL_BUT.finditer(clause)):
        return True
    confirmed = [part.asked for part in in_parts(query) if "confirm" in part.intents] or [query.asked]
    said = {q for text in confirmed for q in quantities(text) if q.kind not in ("year", "number")}
    printed = quantities(best.text)
    kinds = {q.kind for q in said} & {q.kind for q in printed}
    return bool(kinds) and not any(
        q in printed or _meets(q, question, clause) for q in said if q.kind in kinds
    )


# 最高50万元: a ceiling of a sum that the question takes for granted.
CEILING = re.compile(
    r"(?:最高|最多|上限|封顶)(?:可以?|能|为|是)?(?:贷款?|申请|借|补贴?|奖励?|拿|给|领)?(?:到)?$"
)
MONEY = re.compile(r"\s*[元块]")
MYRIADS, COUNTED = re.compile(r"[万亿]"), re.compile(r"\s*[人家户个次名件]")


def is_misstated(query: Query, best: Evidence) -> bool:
    """Whether the question takes for granted a ceiling of a sum that the best sentence does not print, but other ceilings."""
    asked, clause = fold(query.asked), fold(best.text)

    def ceilings(text: str) -> set[Quantity]:
        return {
            found.quantity
            for found in located(text)
            if CEILING.search(text[: found.start])
            and (MONEY.match(text, found.end) or MYRIADS.search(text[found.start : found.end]))
            and not COUNTED.match(text, found.end)
        }

    told, printed = ceilings(asked), ceilings(clause)
    return bool(told and printed and not told & quantities(clause))


# What one has to stay under or reach to get something, unlike 最高30万元, which is what one gets.
UNDER, REACHES = re.compile(r"\D{0,3}(?:以下|以内|之内)"), re.compile(r"\D{0,3}(?:以上|及以上)")
STAYS_UNDER = re.compile(r"(?<!不)(?:低于|少于|小于|不足)\D{0,2}$|不(?:高于|多于|大于)\D{0,2}$")
NAMED_WITHIN = 8
"""Characters before a number among which what it is of is named."""
HAS_TO_REACH = re.compile(
    r"不(?:低于|少于|小于)\D{0,2}$|(?<!不)(?:高于|多于|大于)\D{0,2}$|(?:达到|年满)\D{0,2}$"
)


def _meets(told: Quantity, asked: str, clause: str) -> bool:
    """Whether what somebody tells of themselves keeps all thresholds of the folded clause for that thing: 费率1%, 费率低于1.5%."""
    kept = False
    for found in located(clause):
        before, behind = clause[: found.start], clause[found.end :]
        upper = bool(UNDER.match(behind) or STAYS_UNDER.search(before))
        lower = not upper and bool(REACHES.match(behind) or HAS_TO_REACH.search(before))
        if found.quantity.kind != told.kind or not (upper or lower):
            continue
        thing = set(pairwise(_named_before(before))) & {
            pair
            for own in located(asked)
            if own.quantity == told
            for pair in pairwise(_named_before(asked[: own.start]))
        }
        if not thing:
            continue
        if (told.value > found.quantity.value) if upper else (told.value < found.quantity.value):
            return False
        kept = True
    return kept


def _named_before(text: str) -> str:
    """The last characters before a number that may name what it is of."""
    return re.sub(r"[^一-鿿]", "", text)[-NAMED_WITHIN:]


def out_of_bounds(query: Query, evidence: Sequence[Evidence]) -> tuple[str, str] | None:
    """What the question tells of itself, and the bound of the evidence that it does not keep: 4间, 不少于5间.

    Only where it asks whether it may be, and no bound of that unit in the clause lets it in.
    """
    if query.language == "en" or not WHETHER.search(fold(query.asked)):
        return None
    for item in evidence:
        if outside := sum_out_of_bounds(fold(query.asked), fold(item.text)):
            return in_script(outside[0], query.language), in_script(outside[1], query.language)
        bounds = bounds_in(fold(item.clause.text))
        for told in counts_in(fold(query.asked)):
            same = [bound for bound in bounds if bound.unit == told.unit]
            if same and not any(bound.takes(told.value) for bound in same):
                printed = next((b for b in same if b.text in fold(item.text)), None)
                if printed is not None:
                    return in_script(told.text, query.language), in_script(printed.text, query.language)
    return None
