"""Brief: a sentence of a clause and a question -> the sentence as a claim that can be read alone, and no longer than that.

Official sentences often say first what they serve (发挥…作用，进一步扩大…规模，) and then what holds. The opening parts
that hold nothing of the question, no quantity, group, condition or department are left out of the claim; what is
left is verbatim, and the quotation beside it stays whole. Words that only fill in a field (申领标准：每人1000元) say of what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from rag import lexicon
from rag.fold import fold
from rag.quantities import quantities
from rag.terms import tokens

# How a part opens that only says to what end, in what spirit or on what footing.
BACKGROUND = re.compile(
    r"(?:充分|切实|积极|大力|全面|深入|着力|继续|努力|不断|认真|主动|加快|进一步|持续|逐步|有效|更好)*(?:发挥|围绕|依托|聚焦|结合|坚持|加强|强化|提升|提高|推进|推动|优化|完善|健全|深化|贯彻|遵循|扩大|拓展|激发|促进|营造|"
    r"按照|根据|依据|以.{2,24}为|为(?:了|进一步|加快|深入|推动|促进|支持|鼓励|切实|更好)?)"
)
# What may not be lost: who, when, and on what condition.
HELD = re.compile(
    r"但|除|不|须|应|可|得|免|凡|经|对|由|向|在|自|至|起|内|期|如|若|的(?:[,，]|$)|以上|以下|最高|最低|其中|同时"
)
LEAST_CHARS = 14


def brief(sentence: str, asked: Set[str]) -> str:
    """`sentence` from the first part on that says something; `asked` are the question's pairs of characters and words."""
    parts = re.findall(r"[^,，]+[,，]?", sentence)
    start = 0
    while start < len(parts) - 1 and _is_background(parts[start], "".join(parts[start + 1 :]), asked):
        start += 1
    rest = "".join(parts[start:])
    return rest if start and len(rest) >= LEAST_CHARS else sentence


# 推进甲、乙、丙(以下统称三项)工作
PURPOSE = re.compile("为|根据|按照|依据|经")
CALLED = re.compile(r"[(（]以下[统简]称[“\"「]?(?P<name>[^)）”\"」]{2,12})[”\"」]?[)）]")


def naming_part(sentence: str, asked: str) -> str:
    """`sentence` from behind its purpose up to what says what a name stands for, if the folded question holds the name; else all.

    >>> naming_part("为落实文件,推进甲、乙两项(以下统称两改)工作,提出意见。", "两改是什么")
    '推进甲、乙两项(以下统称两改)工作。'
    """
    part: str
    told = ""
    for part in re.findall(r"[^,，;；]+[,，;；]?", sentence):
        told += "" if not told and PURPOSE.match(part) else part
        name = CALLED.search(part)
        if name and fold(name["name"]) in asked:
            return told.rstrip("。,，;；") + "。"
    return sentence


def under_scheme(sentence: str, heading: Sequence[str]) -> str:
    """`sentence` behind the heading that it is about, where it opens with its clause's own title as the name of a field.

    >>> under_scheme("申领标准：每招用1人1000元。", ("一次性扩岗补助", "申领标准"))
    '一次性扩岗补助，申领标准：每招用1人1000元。'
    """
    if not fills_field(sentence, heading) or heading[-2] in sentence:
        return sentence
    return f"{heading[-2]}，{sentence}"


def fills_field(text: str, heading: Sequence[str]) -> bool:
    """Whether a text under at least two headings opens with the last one as the name of a field."""
    return len(heading) > 1 and re.match(re.escape(heading[-1]) + "[:：]", text) is not None


def _is_background(part: str, rest: str, asked: Set[str]) -> bool:
    """Whether a part only opens the sentence: what it holds of the question, and of groups and departments, stands in the rest too."""
    folded, behind = fold(part), fold(rest)
    if not BACKGROUND.match(folded) or HELD.search(folded.rstrip(",")) or quantities(part):
        return False
    if (set(tokens(folded)) & asked) - set(tokens(behind)):
        return False
    terms = {t.official for t in lexicon.expand(folded) if t.kind in ("group", "department")}
    return terms <= {t.official for t in lexicon.expand(behind)}
