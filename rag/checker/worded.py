"""Worded: a text -> the words, quantities and parts by which it is compared, each with its place in the text.

Quantities are read by value, terms of the lexicon by their official form, rewordings by one of each group, all
else by single characters: what says the same has the same key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from rag import lexicon
from rag.fold import INVISIBLE, PUNCTUATION, fold, to_simplified
from rag.quantities import Located, located
from rag.terms import tokens
from rag.types import Span
from rag.verify import FILLER

# Words that retell each other in official prose; the first of a group stands for all.
REWORDINGS: tuple[tuple[str, ...], ...] = (
    ("给予", "发放", "提供", "给出", "给与", "拨付", "授予"),
    ("可申请", "能申请", "能够申请", "可以申请", "可申领", "可以申领", "能申领"),
    ("可享受", "能享受", "可以享受", "能够享受"),
    ("可以", "能够", "可", "能"),
    ("应当", "应该", "应", "要", "需要", "需", "必须", "须"),
    ("提升", "提高", "增强", "增进"),
    ("推动", "推进", "促进", "助推", "带动", "促使"),
    ("加大", "加强", "强化", "增加"),
    ("建立", "构建", "建设", "搭建", "打造", "组建", "建成", "设立", "成立", "创建"),
    ("完善", "健全", "优化", "改进"),
    ("开展", "进行", "实施", "组织", "举办", "开办", "办"),
    ("进一步", "更加", "不断", "持续"),
    ("积极", "主动", "大力", "着力", "全力"),
    ("降低", "减少", "缩减", "压缩", "下降", "降至", "降到", "压减", "缩短"),
    ("扩大", "拓展", "扩展", "拓宽"),
    ("利用", "运用", "使用", "用好", "用", "借助", "依托", "通过"),
    ("支持", "扶持", "帮助", "帮扶", "协助", "资助"),
    ("以及", "和", "与", "及", "并", "且", "并且"),
    ("按照", "根据", "依据", "依照", "按", "依"),
    ("符合条件", "满足条件", "符合规定条件", "具备条件", "达到条件"),
    ("全面", "全方位", "全部", "所有", "一律"),
    ("目前", "现在", "截至目前", "当前"),
    ("最高", "最多", "至多", "上限", "封顶"),
    ("最低", "至少", "最少"),
    ("引进", "吸引", "招引", "引入"),
    ("培育", "培养"),
    ("达到", "达", "到", "突破", "超过"),
    ("个人", "本人", "自己"),
    ("企业", "公司"),
    ("负责", "主管", "牵头"),
    ("办理", "申办", "办"),
    ("参加", "参与", "加入"),
    ("取消", "不再要求", "免除"),
    ("享有", "享受", "获得", "获取", "得到", "领取", "取得", "拿到"),
    ("加快", "加速"),
    ("探索", "尝试", "试行"),
    ("领域", "方面", "行业"),
    ("增长", "增加", "增多"),
    ("及时", "尽快", "尽早"),
    ("简化", "精简"),
    ("落实", "执行", "贯彻", "履行"),
    ("改造", "改建", "改成", "改为", "改"),
    ("吸纳", "招用", "招收", "录用", "聘用"),
    ("缴纳", "缴", "交纳", "缴交"),
    ("免费", "无偿", "不收费", "不收钱", "不要钱", "不花钱", "零成本", "零费用", "一分钱不收", "一分不收", "分文不收", "一分钱不花"),
    ("补贴", "补助"),
    ("办结", "办完", "办妥", "办成", "办好"),
    ("各类", "各种", "多种"),
    ("力争", "争取", "争取到", "努力"),
    ("将", "把"),
    ("额度", "金额", "数额"),
    ("条件", "资格"),
    ("地方", "地区", "地"),
    ("重点", "主要"),
    ("原则上", "一般"),
    ("一次性", "一次"),
    ("低于", "不到"),
    ("包括", "包含", "涵盖"),
    ("涉及", "牵涉", "牵扯"),
    ("总计", "合计", "共计", "一共", "总共"),
    ("明确", "写清楚", "写明", "讲清楚", "说清楚"),
)  # fmt: skip
PART = re.compile(r"[,;:\n|\t]|\.(?!\d)|-{2}")
LEAST_PART_CHARS = 5


class Word(NamedTuple):
    """A word at characters [start, end) of a folded text; `key` is equal for words that say the same."""

    key: str
    kind: str
    """"q" a quantity, "t" a term, "s" a rewording, "c" a character, "w" Latin letters or digits."""
    start: int
    end: int


@dataclass(frozen=True)
class Wording:
    """A text as it is compared: folded, with each character's place in the text, its words and its parts."""

    text: str
    folded: str
    at: tuple[int, ...]
    words: tuple[Word, ...]
    quantities: tuple[Located, ...]
    parts: tuple[tuple[int, int], ...]
    """Half-open ranges of `words`."""

    def span(self, start: int, end: int) -> Span:
        """The characters of the text that folded characters [start, end) come from."""
        return (
            Span(self.at[start], self.at[end - 1] + 1)
            if start < end
            else Span(self.at[start], self.at[start])
        )

    def shown(self, start: int, end: int) -> str:
        """Folded characters [start, end) as the text has them."""
        return self.text[slice(*self.span(start, end))]

    def find(self, text: str) -> Span | None:
        """Where a folded text stands in it; None where it does not."""
        start = self.folded.find(text)
        start = start if start >= 0 else self.folded.replace("、", ",").find(text)
        return self.span(start, start + len(text)) if start >= 0 and text else None

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its pairs, see `pairs_of`."""
        return pairs_of(self.words)


@lru_cache(maxsize=20_000)
def wording(text: str) -> Wording:
    """`text` read into words."""
    folded, at = _folded(text)
    found = tuple(located(folded))
    words = tuple(_words(folded, found))
    return Wording(text, folded, (*at, len(text)), words, found, tuple(_parts(folded, words)))


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` folded as `fold` does, but 、 apart from ，; and the place in `text` of each character."""
    chars: list[str] = []
    at: list[int] = []
    for i, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        wide = unicodedata.normalize("NFKC", char)
        chars.append(wide)
        at += [i] * len(wide)
    joined = "".join(chars)
    simplified = to_simplified(joined)
    if len(simplified) != len(joined):
        simplified = "".join(to_simplified(char)[:1] or char for char in joined)
    simplified = re.sub(r"(?<![\d.])0(?=成本|费用)", "零", simplified)  # 0成本: nothing is counted
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in simplified)
    return "".join(c if c == "、" else c.translate(PUNCTUATION) for c in lowered), at


def _words(folded: str, found: Sequence[Located]) -> Iterator[Word]:
    """The words of a folded text in order: quantities first, then terms, rewordings and characters."""
    spans: list[Word] = [
        Word(f"{each.quantity.value}{each.quantity.kind}", "q", each.start, each.end)
        for each in found
        if each.name != "count"  # 三类, 一个: said as often as not
    ]
    taken = {i for word in spans for i in range(word.start, word.end)}
    for start, end, term in lexicon.printed(folded):
        if taken.isdisjoint(range(start, end)):
            spans.append(Word(fold(term.official), "t", start, end))
            taken.update(range(start, end))
    for match in _rewordings().finditer(folded):
        if taken.isdisjoint(range(*match.span())):
            spans.append(Word(_reworded()[match.group()], "s", *match.span()))
            taken.update(range(*match.span()))
    for match in re.finditer(r"[\u3400-\u9fff]|[a-z]+|\d+(?:\.\d+)?", folded):
        if taken.isdisjoint(range(*match.span())):
            kind = "c" if "\u3400" <= match.group() <= "\u9fff" else "w"
            spans.append(Word(match.group(), kind, *match.span()))
    return iter(sorted(spans, key=lambda word: word.start))


@lru_cache(maxsize=1)
def _reworded() -> dict[str, str]:
    """Word -> the one that stands for its group; the first group counts."""
    return {form: group[0] for group in reversed(REWORDINGS) for form in group}


@lru_cache(maxsize=1)
def _rewordings() -> re.Pattern[str]:
    """Finds them, the longest first; single characters are compared as they are."""
    forms = sorted((form for form in _reworded() if len(form) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms)))


def _parts(folded: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """The ranges of words between commas; a part too short to say anything goes with the next one, or the last."""
    bounds = [match.start() for match in PART.finditer(folded)] + [len(folded)]
    ranges: list[tuple[int, int]] = []
    first = 0
    for bound in bounds:
        last = first
        while last < len(words) and words[last].start < bound:
            last += 1
        if sum(word.end - word.start for word in words[first:last]) >= LEAST_PART_CHARS:
            ranges.append((first, last))
            first = last
    if first < len(words):
        ranges[-1:] = [(ranges[-1][0] if ranges else first, len(words))]
    return iter(ranges)


def pairs_of(words: Sequence[Word]) -> frozenset[str]:
    """The pairs of characters of each term and rewording and of the runs between them, and Latin words.

    No fillers and no quantities. What stands beside a term is left to the order of words, which is free.
    """
    runs: list[str] = []
    last = None
    for word in words:
        if word.kind != "c" or last is None or word.start > last:
            runs.append("")
        runs[-1] += word.key if word.kind != "q" else ""
        last = word.end if word.kind == "c" else None
    return frozenset(
        token
        for run in runs
        for token in tokens(run)
        if (len(token) == 2 and not set(token) & FILLER)
        or (token.isascii() and len(token) > 1 and not token.isdigit())
    )


def touches(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end
