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
# 原租约 for 新租约: what stands before a thing and says which of two it is.
WHICH_OF_TWO: dict[str, str] = {"原": "新", "旧": "新", "新": "原旧"}
WHICH = re.compile(
    r"(?<![高创革更全最复平重还中草翻刷焕老])(?P<which>[原旧新])有?(?P<what>(?![则先理因件子闻兴设增建型生])[一-鿿]{2})"
)
# 水电全免, and what makes it so in a clause.
SAID_FREE = re.compile(r"免费|免收|全免|免租|无偿|不收(?:费|钱)|不要钱|零成本")
PRINTED_FREE = re.compile(r"免|无偿|零|不收|不得收|取消|(?<![\d.])0(?![\d.])")
# 市、县按2:1分担: which of the two levels bears how much.
SHARED = re.compile(
    r"(?P<one>[省市县区旗])级?(?:财政)?[,和与及](?P<other>[省市县区旗])[^\d,;。]{0,8}(?P<ratio>\d+:\d+)"
)
# 企业与政府按2:1分担, and who bears which part: the two words before.
RATIO = re.compile(r"(?P<who>[^,;.。]{0,8}?)(?:按照?|以|为)?(?<![\d:.])(?P<one>\d+):(?P<other>\d+)(?![\d:])")
# Whose a thing is: 省名录, 国家名录; 全省商户, 全市商户.
LEVEL = re.compile(
    r"(?P<level>国家|全国|中央|自治区|全?省|(?<![城超都股])全?市|全?县)级?(?P<what>(?!场|民|区)[一-鿿]{2,3})"
)
ABOVE = frozenset({"国家", "自治区", "省"})
SAME_LEVEL = {"全国": "国家", "中央": "国家", "全省": "省", "全市": "市", "全县": "县"}
LISTED_LEVEL = re.compile(r"(?:国家|省|市|县)级?[、,和或及](?P<level>(?:国家|省|市|县)级?)")
LISTED_FIRST = re.compile(r"(?P<level>(?:国家|省|市|县)级?)(?:[、,和或及](?:国家|省|市|县)级?)+")
# What rests on what: 在A的基础上,推开B is not B以后再A.
FOUNDED = re.compile(r"在(?P<early>[^;.。,\n]{3,40}?)的?基础上,?(?P<late>[^;.。\n]{3,40})")
PUT_OFF = re.compile(
    r"(?P<late>[^;.。等待\n]{3,40}),?(?:要|须|需|应当?)?(?:等|待)(?P<early>[^;.。,等待\n]{3,30}?)(?:以后|之后|后|完成|到位)[^;.。\n]{0,4}(?:再|才|方)"
)
# What comes first, and what only once something else is done: 先行拨付补偿金, 待处置后再行清算, 等处置完才拨付.
FIRST = re.compile(r"(?:先行|首先|提前|(?<![率优事原争])先(?![进锋后]))(?P<what>[^,;.。\n]{3,20})")
AFTERWARDS = re.compile(
    r"(?:(?<![一-鿿])等|待(?!遇)|要等)[^;.。\n]{2,24}?(?:(?<!人)才|再行?(?!就业)|(?<![地对])方可?(?![面式案法]))(?P<what>[^,;.。\n]{3,20})|(?:然后|随后)(?P<then>[^,;.。\n]{3,20})"
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


def other_of_two(said: str, printed: str) -> tuple[str, str] | None:
    """A thing that is said to be the old one where the sentence has the new one only, or the other way round."""
    for match in WHICH.finditer(said):
        there = [m for m in WHICH.finditer(printed) if m["what"] == match["what"]]
        if there and all(m["which"] in WHICH_OF_TWO[match["which"]] for m in there):
            return match.group(), there[0].group()
    return None


def free_alone(claim: Wording, proof: Proof) -> Iterator[Difference]:
    """That something costs nothing, where the clause does not say so."""
    free = SAID_FREE.search(claim.folded)
    if free and not PRINTED_FREE.search(proof.context):
        yield Difference("direction", claim.find(free.group()) or Span(0, 0), free.group(), "")


def shared_otherwise(said: str, printed: str) -> str:
    """The words that give the shares of two levels of government to the other one each, or turn a ratio; "" if none do."""
    claimed, stated = SHARED.search(said), SHARED.search(printed)
    if claimed is not None and stated is not None:
        mine, theirs = _shares(claimed), _shares(stated)
        same = mine.keys() == theirs.keys() and sorted(mine.values()) == sorted(theirs.values())
        return claimed.group() if same and mine != theirs else ""
    held = [(m["who"][-2:], m["one"], m["other"]) for m in RATIO.finditer(printed)]
    for match in RATIO.finditer(said):
        who, one, other = match["who"][-2:], match["one"], match["other"]
        if one != other and (who, other, one) in held and (who, one, other) not in held:
            return match.group()
    return ""


def _shares(match: re.Match[str]) -> dict[str, str]:
    """What each of two levels of government bears."""
    return dict(zip((match["one"], match["other"]), match["ratio"].split(":"), strict=True))


def other_level(said: str, nearest: str, context: str) -> tuple[str, str] | None:
    """A thing said to be of one level of government where the clause only has that of another; with its level, as each names it."""
    listed = LISTED_LEVEL.sub(r"\g<level>", context)  # 国家级、省级奖项: the former too is of 奖项
    first = LISTED_FIRST.sub(r"\g<level>", context)
    held = {
        (_level(match), match["what"]) for text in (context, listed, first) for match in LEVEL.finditer(text)
    }
    for match in LEVEL.finditer(said):
        if (_level(match), match["what"]) in held:
            continue
        for printed in LEVEL.finditer(nearest):
            # 全县 for 全市 tells of another place, which is judged apart; 全省 for 全国 is only less.
            above = {_level(match), _level(printed)} & ABOVE
            less = match["level"].startswith("全") and printed["level"].startswith("全")
            if printed["what"] == match["what"] and above and not less:
                return match.group(), printed.group()
    return None


def _level(match: re.Match[str]) -> str:
    return SAME_LEVEL.get(match["level"], match["level"])


def order_turned(said: str, printed: str) -> tuple[str, str] | None:
    """A step that one text puts first and the other behind something else; as each tells it."""
    for one, other in ((PUT_OFF, FOUNDED), (FOUNDED, PUT_OFF)):
        for claimed in one.finditer(said):
            for stated in other.finditer(printed):
                if _alike(claimed["early"], stated["late"]) and _alike(claimed["late"], stated["early"]):
                    return claimed.group(), stated.group()
    for one, other in ((FIRST, AFTERWARDS), (AFTERWARDS, FIRST)):
        for claimed in one.finditer(said):
            for stated in other.finditer(printed):
                steps = (m["what"] or m.groupdict().get("then") or "" for m in (claimed, stated))
                # What both texts tell is no step turned round.
                both = stated.group() in said or claimed.group() in printed
                if not both and _alike(*steps):
                    return claimed.group(), stated.group()
    return None


def _alike(one: str, other: str) -> bool:
    """Whether two steps are one: they share half the pairs of the shorter."""
    steps = [_character_pairs(text) for text in (one, other)]
    least = min(map(len, steps))
    return bool(least) and len(steps[0] & steps[1]) >= SAME_STEP * least


def _character_pairs(text: str) -> set[str]:
    """Every two characters that stand side by side, fillers too."""
    return {text[i : i + 2] for i in range(len(text) - 1)}
