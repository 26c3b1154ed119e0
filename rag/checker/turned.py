"""Turned: a claim and what it retells -> words, steps and shares that say the opposite of what is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checker.proof import Proof
from rag.checker.worded import Wording
from rag.types import Difference, Span
from rag.verify import OPPOSED as OPPOSED_IN_ANSWERS

# Words that turn a sentence round, beside those that drafted answers are held to.
OPPOSED: tuple[tuple[str, str], ...] = (
    *OPPOSED_IN_ANSWERS,
    ("鼓励|支持|促进|推动|扶持|引导", "限制|抑制|阻止|反对|打压|禁止"),
    ("加快|加速|提速", "放慢|减缓|放缓|暂缓|推迟"),
    ("优先|率先|首先", "最后|靠后|暂不"),
    ("简化|精简|压缩|缩短|缩减|减少|压减", "增加|增多|延长|复杂化|扩大|增设"),
    ("加大|加强|强化|增强", "减小|削弱|弱化|减弱|放松|减轻"),
    ("提高|提升|上升|上涨", "降低|下降|下调|拉低"),
    ("免费|无偿|免收|免除|零成本|0成本", "收费|有偿|收取|付费|自费|征收"),
    ("全额", "半额|部分|减半"),
    ("公开|公布|公示", "保密|隐瞒|不公开"),
    ("以前|之前|前", "以后|之后|后"),
    ("继续|保持|持续|稳步|有序|逐步", "停止|终止|中止|暂停|叫停|不再"),
    ("开放|放开|放宽", "关闭|封闭|收紧|限制"),
    ("扩大|拓展|拓宽", "缩小|收缩|压缩"),
    ("自愿|自主", "强制|强迫|统一安排"),
    ("取消|废除|清理|不再", "保留|恢复|继续|增设"),
    ("设立|建立|成立|新设", "撤销|取消|解散|废除"),
    ("允许|可以|可|准许", "禁止|严禁|不得|不可|不准"),
    ("集中", "分散"),
    ("职工", "居民"),
    ("(?<!未)成年", "未成年"),
    ("线上|网上", "线下|现场"),
    ("按月|每月|月均", "按年|每年|按季度|每季度|一次性"),
    ("增值|盈利", "亏损"),
    ("城镇|城市", "农村|乡村"),
    ("奖励|表彰", "处罚|惩罚|罚款|扣减"),
    ("(?<!不)高于|(?<!不)大于|快于", "(?<!不)低于|(?<!不)小于|慢于|持平|等于"),
    ("(?<!不)低于|(?<!不)小于|慢于", "持平|等于"),
    ("国家级", "省级"),
    ("国家级", "市级"),
    ("省级", "市级"),
    ("省级", "县级"),
    ("市级", "县级|区级"),
)
# 水电全免, and what makes it so in a clause.
SAID_FREE = re.compile(r"免费|免收|全免|免租|无偿|不收(?:费|钱)|不要钱|零成本")
PRINTED_FREE = re.compile(r"免|无偿|零|不收|不得收|取消|(?<![\d.])0(?![\d.])")
# 市、县按2:1分担: which of the two levels bears how much.
SHARED = re.compile(
    r"(?P<one>[省市县区旗])级?(?:财政)?[,和与及](?P<other>[省市县区旗])[^\d,;。]{0,8}(?P<ratio>\d+:\d+)"
)
# What comes first, and what only once something else is done: 先行拨付补偿金, 待处置后再行清算, 等处置完才拨付.
FIRST = re.compile(r"(?:先行|首先|提前|(?<![率优事原争])先(?![进锋后]))(?P<what>[^,;。]{3,20})")
AFTERWARDS = re.compile(
    r"(?:等|待)[^;。]{2,24}?(?:才|再行?|方可?)(?P<what>[^,;。]{3,20})|(?:然后|随后)(?P<then>[^,;。]{3,20})"
)
SAME_STEP = 0.5
"""The share of the pairs of characters of the shorter one from which on two steps are one."""


def opposed_words(said: str, printed: str) -> tuple[str, str] | None:
    """The word of a direction that is said and the opposed one that is printed, where each has only its own."""
    for one, two in OPPOSED:
        for mine, other in ((one, two), (two, one)):
            own, theirs = re.search(mine, said), re.search(other, printed)
            if own and theirs and not re.search(mine, printed) and not re.search(other, said):
                return own.group(), theirs.group()
    return None


def free_alone(claim: Wording, proof: Proof) -> Iterator[Difference]:
    """That something costs nothing, where the clause does not say so."""
    free = SAID_FREE.search(claim.folded)
    if free and not PRINTED_FREE.search(proof.context):
        yield Difference("direction", claim.find(free.group()) or Span(0, 0), free.group(), "")


def shared_otherwise(said: str, printed: str) -> str:
    """The words that give the shares of two levels of government to the other one each; "" if none do."""
    claimed, stated = SHARED.search(said), SHARED.search(printed)
    if claimed is None or stated is None or claimed["ratio"] != stated["ratio"]:
        return ""
    swapped = (claimed["one"], claimed["other"]) == (stated["other"], stated["one"])
    return claimed.group() if swapped else ""


def order_turned(said: str, printed: str) -> tuple[str, str] | None:
    """A step that one text puts first and the other behind something else; as each tells it."""
    for one, other in ((FIRST, AFTERWARDS), (AFTERWARDS, FIRST)):
        for claimed in one.finditer(said):
            for stated in other.finditer(printed):
                steps = [
                    _character_pairs(m["what"] or m.groupdict().get("then") or "") for m in (claimed, stated)
                ]
                least = min(map(len, steps))
                if least and len(steps[0] & steps[1]) >= SAME_STEP * least:
                    return claimed.group(), stated.group()
    return None


def _character_pairs(text: str) -> set[str]:
    """Every two characters that stand side by side, fillers too."""
    return {text[i : i + 2] for i in range(len(text) - 1)}
