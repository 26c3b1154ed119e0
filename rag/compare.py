"""Compare: a sentence and a clause -> how much of the sentence the clause says, and where the two part.

Both are read into words: quantities by value, terms of the lexicon by their official form, rewordings by one
of each group, all else by single characters. How much is said is the weighted share of the sentence's pairs
of characters that the clause holds (order does not count); what differs is found by value for quantities, by
name for groups and departments, and by aligning the words of each part with the clause where they nearly agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import NamedTuple

from rag import lexicon
from rag.fold import INVISIBLE, PUNCTUATION, fold, to_simplified
from rag.named import FAMILIES
from rag.quantities import Located, Quantity, located
from rag.terms import tokens
from rag.types import Difference, Span
from rag.verify import (
    FILLER,
    NEGATION,
    PRINTED_NUMBER,
    is_named,
    promised,
    retold,
    shares_negated,
    unknown_departments,
)
from rag.verify import OPPOSED as OPPOSED_IN_ANSWERS

# The kinds of a `Difference`.
KINDS = (
    "number", "unit", "date", "bound", "direction", "negation", "group", "department", "condition", "place", "wording", "added", "quote",
)  # fmt: skip

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
    ("最高", "最多", "至多", "上限"),
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
    ("免费", "无偿", "不收费", "不收钱", "不要钱", "不花钱", "零成本", "零费用"),
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
# Words that carry no meaning of their own: what is said with one where the clause has another is no alteration.
EMPTY_WORDS = re.compile(
    r"(?:可以|能够|可|能|把|将|由|来|去|给|让|对|为|在|要|就|都|也|会|当作|作为|包括|建立|建设|开展|推进|实施|给予|提供|进行|利用|使用|做|搞|设|有|"
    r"走|用|上|下|到|照着|按着|着|了|的|这|那|几|条|路|办法|起来|配|建|里|中|当中|一些|一|些|个|凡是?)+"
)
NEGATING = frozenset("不未无非禁勿免没")
# A bound denies nothing.
BOUND = re.compile(r"不(?:得)?(?:少于|低于|多于|高于|超过|大于|小于|足|到)")
CANCELLING = frozenset("废除零消")
"""Of 取消, 废止, 免除: what they take away is denied too."""
DENYING = re.compile(r"不(?![断同仅少久])|未(?!来)|无(?!人|线)|非(?!常)|禁|勿|没|取消|废|免|零")
CONDITION = re.compile(
    r"^但|但是|除外|^除[^,;]{2,60}的$|^属于[^,;]{2,30}的$|不得|(?<!必)须|仅限|必须|除.{1,40}外|前提下|情况下|在[^,;]{1,16}(?:的同时|范围内)|符合[^,;]{0,20}(?:条件|规定|要求|的)|达到[^,;]{1,24}条件的|满足|有条件的|"
    r"且[^,;]{0,14}(?:低于|高于|不超过|不低于|超过|满|以上|以下)[\d.]*%?|(?:国家|省|市|区|县|州)级(?=[^,;]{2})|(?:未|没有)(?:享受|领取|获得|参加)|不重复|只能|"
    r"对[^,;]{2,24}的(?:企业|单位|人员|个人|项目|机构|地区|基地)|(?:^|[将对给向使让])[^,;、的对将向]{1,4}业(?=企业)|首次|连续.{0,6}(?:年|月)|满\d|不涉及[^,;]{1,14}的|对[^,;]{2,30}(?:明显|显著|突出|紧密|良好|较好|优秀|完整|合格|达标)的|经.{1,16}(?:批准|同意|认定|审核|评估|验收|备案|审批|鉴定)|以.{1,14}为(?:前提|条件)|明确.{1,12}前提|一致的|合格的|unless|provided"
)
EXCEPTION = re.compile(r"^(?:但|除)|除外|不得(?:重复|同时|再)|不(?:再)?重复|不再享受|不适用|外,")
LIMITING = re.compile(r"仅限|只限|只有|必须|不得|除外|仅|一律|凡|所有|任何|无条件")
# What a bound stands before or behind; a bound holds for the number in the same part.
UPPER_BEFORE = re.compile(
    r"(?:不超过|不高于|不多于|不大于|不得超过|最高|最多|至多|上限|(?<!不)低于|(?<!不)少于|(?<!不)小于|不足|不到|up to|at most|no more than|within|under|below|maximum)[^\d,;]{0,14}$"
)
LOWER_BEFORE = re.compile(
    r"(?:破(?=\d*$)|不低于|不少于|不小于|最低|最少|至少|(?<!不)(?<!不得)超过|(?<!不)高于|(?<!不)多于|(?<!不)大于|突破|at least|no less than|(?<!no )(?<!not )more than|over|above|minimum)[^\d,;]{0,14}$"
)
UPPER_BEHIND = re.compile(r"[^\d,;]{0,4}?(?:以下|以内|之内|封顶|为限)")
LOWER_BEHIND = re.compile(r"[^\d,;]{0,4}?(?:及以上|以上|起步|以上的)|起(?=的|[^一-鿿]|$)|起[贷算付奖补投收](?![一-鿿])")
UNIT = re.compile(
    r"\s*(?:多|余|左右)?\s*(美元|欧元|港元|元|块|人次|人|起(?=[(（,;。、]|$)|名|位|家|户|个工作日|工作日|项|次|支|件|种|类|处|所|台|套|辆|场|期|批|条|间|平方米|平米|㎡|亩|公里|吨|倍|个|米|%)"
)
SAME_UNIT = {"块": "元", "名": "人", "位": "人", "户": "个", "家": "个", "所": "个", "间": "个", "处": "个", "平米": "平方米", "㎡": "平方米", "个工作日": "工作日", "类": "种"}  # fmt: skip
ANY_UNIT = frozenset({"个", "项", "种", "条", "批", "件"})
"""Measure words that stand for each other in everyday writing."""

PART = re.compile(r"[,;:\n|\t]|\.(?!\d)|-{2}")
QUOTE_MARKS = re.compile(r"[「『“\"]([^「」『』“”\"\n]{2,400})[」』”\"]")
LEAST_QUOTE_CHARS = 8
"""Shorter words in quotation marks are a term («双创»), not a quotation."""

CLOSE = 0.72
"""Where this share of a part's words stands in the clause in the same order, what differs is an alteration."""
SAID = 0.5
"""A part's share of pairs from which on the clause speaks of the same thing."""
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
        return self.text[slice(*self.span(start, end))]

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its pairs, see `_pairs`."""
        return _pairs(self.words)


# -- reading words ----------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def wording(text: str) -> Wording:
    """`text` read into words."""
    folded, at = _folded(text)
    found = tuple(located(folded))
    words = tuple(_words(folded, found))
    return Wording(text, folded, (*at, len(text)), words, found, tuple(_parts(folded, words)))


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` folded as `fold` does, but 、 apart from ，; and the place in `text` of each character."""
    import unicodedata

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
    return {form: group[0] for group in reversed(REWORDINGS) for form in group}


@lru_cache(maxsize=1)
def _rewordings() -> re.Pattern[str]:
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


def _pairs(words: Sequence[Word]) -> frozenset[str]:
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


# -- a clause's side --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """A clause as it is compared: its sentences in each of their readings, and all that stands around them."""

    sentences: tuple[tuple[Wording, ...], ...]
    """For each sentence its clean reading and, where it differs, the raw one."""
    context: str
    """Folded: the clause, its headings, departments, and what its document says of itself."""
    body: str
    """Folded: the clause alone."""
    frame: frozenset[str]
    """The pairs of what stands around the clause, and of the other words for its terms."""
    held: frozenset[str]
    """The pairs of all this."""


def proof_of(sentences: Sequence[tuple[str, str]], around: str) -> Proof:
    """The clause with these sentences, each (clean, raw), and the text around them."""
    readings = []
    for clean, raw in sentences:
        first, second = wording(clean), wording(raw)
        same = [w.key for w in first.words] == [w.key for w in second.words]
        readings.append((first,) if same else (first, second))
    body = fold("\n".join(clean for clean, _ in sentences))
    context = f"{body}\n{fold(around)}"
    own = frozenset(pair for each in readings for reading in each for pair in reading.pairs)
    others = [form for term in lexicon.expand(context) for form in (*term.search_words, *term.lay)]
    other_pairs = {t for form in others for t in tokens(fold(form)) if len(t) == 2}
    frame = wording(around).pairs | other_pairs | wording("，".join(others)).pairs
    return Proof(tuple(readings), context, body, frame, frame | own)


@dataclass(frozen=True)
class PartMatch:
    """How a part of a sentence fares against a clause."""

    share: float
    """Of its pairs, weighted, those that the clause holds."""
    close: float
    """Of its words, those that stand in the best sentence in the same order."""
    weight: float
    sentence: int
    """The sentence that it is nearest to."""
    reading: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Match:
    """How a sentence fares against a clause; `omitted` are the conditions of the clause that it leaves out."""

    parts: tuple[PartMatch, ...]
    share: float
    differences: tuple[Difference, ...]
    omitted: tuple[str, ...]

    @property
    def close(self) -> float:
        total = sum(part.weight for part in self.parts)
        return sum(part.close * part.weight for part in self.parts) / total if total else 0.0

    @property
    def sentences(self) -> tuple[int, ...]:
        """The sentences that the parts are nearest to, in order; those of parts that the clause does not say are left out."""
        return tuple(sorted({part.sentence for part in self.parts if part.share >= SAID}))


Weight = Callable[[str], float]


def share_of(claim: Wording, proof: Proof, weight: Weight) -> float:
    """The weighted share of a sentence's pairs that a clause holds; 0 where it has none."""
    return _share(claim.pairs, proof.held, weight)


QUANTITY_WEIGHT = 4.0
"""A quantity weighs as much as a pair that stands in two of a hundred clauses."""


def _share(pairs: frozenset[str], held: frozenset[str], weight: Weight) -> float:
    total = sum(weight(pair) for pair in pairs)
    return sum(weight(pair) for pair in pairs if pair in held) / total if total else 0.0


def _part_share(words: Sequence[Word], reading: Wording, frame: frozenset[str], weight: Weight) -> float:
    """The weighted share of a part's pairs and quantities that a sentence, with what stands around the clause, holds."""
    pairs = _pairs(words)
    own = {word.key for word in words if word.kind == "q"}
    held = {word.key for word in reading.words if word.kind == "q"}
    total = sum(map(weight, pairs)) + QUANTITY_WEIGHT * len(own)
    met = sum(weight(pair) for pair in pairs if pair in reading.pairs or pair in frame)
    return (met + QUANTITY_WEIGHT * len(own & held)) / total if total else -1.0


def compare(claim: Wording, proof: Proof, weight: Weight, *, ignored: Sequence[Span] = ()) -> Match:
    """How `claim` fares against a clause. `ignored` are spans of its text that are judged elsewhere (places)."""
    parts = tuple(_part(claim, first, last, proof, weight, ignored) for first, last in claim.parts)
    total = sum(part.weight for part in parts)
    share = sum(part.share * part.weight for part in parts) / total if total else 0.0
    differences = [d for part in parts for d in part.differences]
    differences += _differences_as_a_whole(claim, proof, parts, ignored)
    distinct = tuple(dict.fromkeys(sorted(differences, key=lambda d: (d.span, KINDS.index(d.kind)))))
    return Match(parts, share, distinct, _omitted(claim, proof, parts, weight))


def _part(
    claim: Wording, first: int, last: int, proof: Proof, weight: Weight, ignored: Sequence[Span]
) -> PartMatch:
    words = claim.words[first:last]
    ranked = sorted(
        (
            # What only stands around the clause tells no sentence from another.
            (
                _part_share(words, reading, proof.frame, weight)
                + 0.3 * _part_share(words, reading, frozenset(), weight),
                -i,
                -j,
                i,
                j,
            )
            for i, readings in enumerate(proof.sentences)
            for j, reading in enumerate(readings)
        ),
        reverse=True,
    )[:2]
    size = float(sum(word.end - word.start for word in words))
    if not ranked:
        return PartMatch(0.0, 0.0, size, 0, 0, ())
    aligned = [(_alignment(words, proof.sentences[i][j]), score, i, j) for score, *_, i, j in ranked]
    (close, operations), _, i, j = max(aligned, key=lambda each: each[0][0] + each[1])
    reading = proof.sentences[i][j]
    share = _part_share(words, reading, proof.frame, weight)
    if share < 0:  # nothing in it can be looked for
        share = close
    differences = list(_quantity_differences(claim, words, reading, proof, operations, close))
    if close >= CLOSE:
        differences += _word_differences(claim, words, reading, operations, proof, ignored)
    return PartMatch(share, close, size, i, j, tuple(differences))


class Operation(NamedTuple):
    """Words [i1, i2) of a part stand where a sentence has words [j1, j2)."""

    i1: int
    i2: int
    j1: int
    j2: int


def _alignment(words: Sequence[Word], reading: Wording) -> tuple[float, list[Operation]]:
    """The share of a part's words that a sentence has in the same order, and where they part inside of it."""
    matcher = SequenceMatcher(None, [w.key for w in words], [w.key for w in reading.words], autojunk=False)
    blocks = _near([(b.a, b.b, b.size) for b in matcher.get_matching_blocks() if b.size], reading)
    telling = [word for word in words if word.key not in FILLER]
    matched = sum(
        words[i].key not in FILLER for block in blocks for i in range(block.a, block.a + block.size)
    )
    if not blocks or not telling:
        return 0.0, []
    operations = []
    i, j = 0, _edge(reading, blocks[0].b, -blocks[0].a)
    for block in blocks:
        if block.a > i or block.b > j:
            operations.append(Operation(i, block.a, j, block.b))
        i, j = block.a + block.size, block.b + block.size
    if i < len(words):
        operations.append(Operation(i, len(words), j, _edge(reading, j, len(words) - i)))
    return matched / len(telling), operations


class Block(NamedTuple):
    """Words [a, a + size) of a part stand as words [b, b + size) of a sentence."""

    a: int
    b: int
    size: int


FAR = 8


def _near(found: Sequence[tuple[int, int, int]], reading: Wording) -> list[Block]:
    """The blocks less single words matched far off from the rest, or over a comma: 不 of 不涉及 for that of 不鼓励."""
    blocks = [Block(*each) for each in found]
    if not blocks:
        return []
    main = max(range(len(blocks)), key=lambda i: blocks[i].size)
    kept = [blocks[main]]
    for block in reversed(blocks[:main]):
        first = kept[0]
        gap = (first.b - block.b) - (first.a - block.a)
        if block.size > 2 or (gap <= FAR and not _comma(reading, block, first)):
            kept.insert(0, block)
    for block in blocks[main + 1 :]:
        last = kept[-1]
        gap = (block.b - last.b) - (block.a - last.a)
        if block.size > 2 or (gap <= FAR and not _comma(reading, last, block)):
            kept.append(block)
    return kept


def _comma(reading: Wording, first: Block, second: Block) -> bool:
    """Whether a comma of the sentence parts two blocks."""
    end, start = reading.words[first.b + first.size - 1].end, reading.words[second.b].start
    return bool(PART.search(reading.folded[end:start]))


def _edge(reading: Wording, position: int, steps: int) -> int:
    """`position` among a sentence's words moved by some steps, but over no comma."""
    step = -1 if steps < 0 else 1
    for _ in range(abs(steps)):
        before, behind = position - 1, position
        if (before < 0 and step < 0) or (behind >= len(reading.words) and step > 0):
            break
        if before >= 0 and behind < len(reading.words):
            between = reading.folded[reading.words[before].end : reading.words[behind].start]
            if PART.search(between):
                break
        position += step
    return position


# -- quantities -------------------------------------------------------------------------------------


def _quantity_differences(
    claim: Wording,
    words: Sequence[Word],
    reading: Wording,
    proof: Proof,
    operations: Sequence[Operation],
    close: float,
) -> Iterator[Difference]:
    if not words:
        return
    start, end = words[0].start, words[-1].end
    own = [each for each in claim.quantities if start <= each.start < end]
    others = [r for readings in proof.sentences for r in readings]
    for each in own:
        said = claim.shown(each.start, _unit_end(claim.folded, each.end))
        span = claim.span(each.start, _unit_end(claim.folded, each.end))
        same = [(reading, other) for other in reading.quantities if other.quantity == each.quantity]
        same = same or [(r, o) for r in others for o in r.quantities if o.quantity == each.quantity]
        aligned = _aligned(words, each, reading, operations) if close >= CLOSE else None
        if aligned is not None and _is_other(each, aligned, claim, reading):
            printed = reading.shown(aligned.start, _unit_end(reading.folded, aligned.end))
            yield Difference(_kind_of(claim, each, reading, aligned), span, said, printed)
            continue
        if not same:
            # The year of a document's number does not make a sentence of another year true.
            other_year = each.quantity.kind == "year" and any(
                o.quantity.kind == "year" for o in reading.quantities
            )
            if (each.quantity in _around(proof.context) and not other_year) or _small_count(each):
                continue
            other = _counterpart(claim, words, each, reading, operations)
            if other is None and each.name == "count":
                continue
            printed = reading.shown(other.start, _unit_end(reading.folded, other.end)) if other else ""
            yield Difference(_kind_of(claim, each, reading, other), span, said, printed)
            continue
        if not any(_same_unit(claim.folded, each, r.folded, o) for r, o in same):
            r, o = same[0]
            yield Difference("unit", span, said, r.shown(o.start, _unit_end(r.folded, o.end)))
        elif all(_opposed_bounds(_bound(claim.folded, each), _bound(r.folded, o)) for r, o in same):
            r, o = same[0]
            yield Difference(
                "bound",
                _with_bound(claim, each),
                claim.text[slice(*_with_bound(claim, each))],
                r.text[slice(*_with_bound(r, o))],
            )


@lru_cache(maxsize=4096)
def _around(context: str) -> frozenset[Quantity]:
    """The quantities of a clause with all that stands around it."""
    return frozenset(each.quantity for each in located(context))


def _small_count(each: Located) -> bool:
    """一个, 一批: said without counting."""
    return each.name in ("count", "chinese") and each.quantity.value == 1


def _unit_end(folded: str, end: int) -> int:
    match = UNIT.match(folded, end)
    return match.end() if match else end


def _unit(folded: str, each: Located) -> str:
    if "工作日" in folded[each.start : each.end]:
        return "工作日"
    match = UNIT.match(folded, each.end)
    unit = match[1] if match else ""
    if not unit and each.name == "count":
        unit = folded[each.end : each.end + 1]
    return SAME_UNIT.get(unit, unit)


def _same_unit(one: str, a: Located, other: str, b: Located) -> bool:
    first, second = _unit(one, a), _unit(other, b)
    if a.quantity.kind == "day":
        return first == second or not {"工作日"} & {first, second}
    if not first or not second or first == second:
        return True
    return first in ANY_UNIT and second in ANY_UNIT


def _bound(folded: str, each: Located) -> str:
    end = _unit_end(folded, each.end)
    before = folded[max(0, each.start - 22) : each.start]
    behind = folded[end : end + 8]
    if LOWER_BEHIND.match(behind) or LOWER_BEFORE.search(before):
        return "lower"
    return "upper" if UPPER_BEHIND.match(behind) or UPPER_BEFORE.search(before) else ""


def _opposed_bounds(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def bound_turned(claim: Wording, proof: Proof) -> tuple[str, str] | None:
    """A quantity of a claim with its bound, and the clause's with the opposed one; None where no bound is turned."""
    for each in claim.quantities:
        same = [
            (r, o) for s in proof.sentences for r in s for o in r.quantities if o.quantity == each.quantity
        ]
        bound = _bound(claim.folded, each)
        if same and all(_opposed_bounds(bound, _bound(r.folded, o)) for r, o in same):
            r, o = same[0]
            return claim.text[slice(*_with_bound(claim, each))], r.text[slice(*_with_bound(r, o))]
    return None


def _with_bound(text: Wording, each: Located) -> Span:
    """A quantity with the words of its bound."""
    end = _unit_end(text.folded, each.end)
    behind = UPPER_BEHIND.match(text.folded, end) or LOWER_BEHIND.match(text.folded, end)
    before = text.folded[max(0, each.start - 22) : each.start]
    lead = LOWER_BEFORE.search(before) or UPPER_BEFORE.search(before)
    start = each.start - (len(before) - lead.start()) if lead else each.start
    return text.span(start, behind.end() if behind else end)


def _aligned(
    words: Sequence[Word], each: Located, reading: Wording, operations: Sequence[Operation]
) -> Located | None:
    """The quantity that stands in the sentence where a part has another one."""
    for operation in operations:
        if any(word.start == each.start for word in words[operation.i1 : operation.i2]):
            spans = {word.start for word in reading.words[operation.j1 : operation.j2]}
            found = [q for q in reading.quantities if q.start in spans]
            same = [q for q in found if q.quantity.kind == each.quantity.kind]
            return (same or found or [None])[0]  # type: ignore[list-item]  # None where there is none
    return None


def _is_other(each: Located, aligned: Located, claim: Wording, reading: Wording) -> bool:
    """Whether a sentence has another quantity of the same kind where the claim has `each`, or the two change places."""
    if aligned.quantity.kind != each.quantity.kind or aligned.quantity == each.quantity:
        return False
    stands = any(q.quantity == each.quantity for q in reading.quantities)
    return not stands or any(q.quantity == aligned.quantity for q in claim.quantities)


def _counterpart(
    claim: Wording, words: Sequence[Word], each: Located, reading: Wording, operations: Sequence[Operation]
) -> Located | None:
    """The quantity of a sentence that stands where the claim has another one, else one of the same kind."""
    aligned = _aligned(words, each, reading, operations)
    if aligned is not None:
        return aligned
    said = {q.quantity for q in claim.quantities}
    unsaid = [q for q in reading.quantities if q.quantity not in said]
    alike = [q for q in unsaid if q.quantity.kind == each.quantity.kind]
    return (alike or unsaid or [None])[0]  # type: ignore[list-item]  # None where there is none


def _kind_of(claim: Wording, each: Located, reading: Wording, other: Located | None) -> str:
    behind = claim.folded[each.end : each.end + 1]
    before = claim.folded[max(0, each.start - 1) : each.start]
    if each.quantity.kind == "year" or behind == "月" or (before == "月" and each.quantity.kind == "day"):
        return "date"
    if other is not None:
        digits = re.sub(r"\D", "", claim.folded[each.start : each.end])
        if digits and digits == re.sub(r"\D", "", reading.folded[other.start : other.end]):
            return "unit"
    return "number"


# -- words ------------------------------------------------------------------------------------------


def _word_differences(
    claim: Wording,
    words: Sequence[Word],
    reading: Wording,
    operations: Sequence[Operation],
    proof: Proof,
    ignored: Sequence[Span],
) -> Iterator[Difference]:
    """What a part says in other words than the sentence that it nearly is."""
    for operation in operations:
        own = [w for w in words[operation.i1 : operation.i2] if w.kind != "q" and w.key not in FILLER]
        theirs = [w for w in reading.words[operation.j1 : operation.j2] if w.kind != "q"]
        theirs = [w for w in theirs if w.key not in FILLER]
        if own and any(_touches(claim.span(own[0].start, own[-1].end), span) for span in ignored):
            continue
        said, printed = "".join(w.key for w in own), "".join(w.key for w in theirs)
        if own and all(w.kind == "s" for w in own) and not _turned(said, printed):
            continue
        inside = 0 < operation.i1 <= operation.i2 < len(words) or operation.i2 > operation.i1
        if _negates(claim, own, reading, theirs, inside=inside):
            kind: str | None = "negation"
        else:
            kind = _kind_of_change(said, printed, proof)
        new = [w for w in own if w.key not in proof.context]
        if kind == "wording" and sum(len(w.key) for w in new) < 2:
            continue
        if kind:
            at = own or [words[min(operation.i1, len(words) - 1)]]
            span = claim.span(at[0].start, at[-1].end if own else at[0].start)
            shown = reading.shown(theirs[0].start, theirs[-1].end) if theirs else ""
            yield Difference(kind, span, claim.text[slice(*span)], shown)


def _touches(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _negates(
    claim: Wording, own: Sequence[Word], reading: Wording, theirs: Sequence[Word], *, inside: bool
) -> bool:
    """Whether one side denies here and the other does not, with the words behind it."""
    said, printed = (set(BOUND.sub("", "".join(w.key for w in each))) for each in (own, theirs))
    if bool(said & NEGATING) == bool(printed & NEGATING) or (said | printed) & CANCELLING:
        return False
    if said & NEGATING:
        return not _denies(reading, _denied(claim, own))
    return inside and not _denies(claim, _denied(reading, theirs))


def _denies(text: Wording, denied: str) -> bool:
    """Whether a text denies what `denied` does: 没有场地, 无创业场地."""
    thing = re.sub(f"^[{''.join(NEGATING)}有再用]+", "", denied)[:2]
    return _is_denied(thing, text.folded) if len(thing) == 2 else denied in text.folded


def _is_denied(thing: str, text: str) -> bool:
    """Whether a thing stands in a text with a denying character shortly before it."""
    around = (text[max(0, m.start() - 5) : m.start()] for m in re.finditer(re.escape(thing), text))
    return bool(thing) and any(DENYING.search(before) for before in around)


def _denied(text: Wording, words: Sequence[Word]) -> str:
    """The first negating character among some words, with the two characters behind it."""
    at = next(
        i for w in words for i in range(w.start, w.end) if text.folded[i] in NEGATING or w.key[:1] in NEGATING
    )
    return text.folded[at : at + 5]


def _kind_of_change(said: str, printed: str, proof: Proof) -> str | None:
    """What kind of alteration it is to say `said` where `printed` stands; None for a mere rewording."""
    if said == printed or (EMPTY_WORDS.fullmatch(said) and EMPTY_WORDS.fullmatch(printed)):
        return None
    if any(
        (re.search(one, said) and re.search(other, printed))
        or (re.search(other, said) and re.search(one, printed))
        for one, other in OPPOSED
    ):
        return "direction"
    if (
        not said
        or said in proof.context
        or EMPTY_WORDS.fullmatch(said)
        or (set(said) & NEGATING and set(printed) & (NEGATING | CANCELLING))
    ):
        return None
    if not printed:
        return "condition" if LIMITING.search(said) and not LIMITING.search(proof.body) else None
    for kind in ("group", "department"):
        if any(not is_named(proof.context, t) for t in lexicon.named(said, kind)):
            return kind
    alike = set(said) & set(printed)
    return "wording" if len(said) >= 2 and len(printed) >= 2 and not alike else None


def _differences_as_a_whole(
    claim: Wording, proof: Proof, parts: Sequence[PartMatch], ignored: Sequence[Span]
) -> Iterator[Difference]:
    """Groups and departments that the clause does not name, directions and negations turned, numbers of something else."""
    whole = Span(0, len(claim.text))
    said = re.sub(r"(?<=\d),(?=\d{3})", "", claim.folded.replace("、", ","))
    best = [part.sentence for part in parts if part.share >= SAID]
    if not best:
        return
    nearest = "\n".join(proof.sentences[i][0].folded for i in sorted(set(best))).replace("、", ",")
    yield from _named_otherwise(claim, proof, ignored)
    yield from _other_departments(claim, proof, parts)
    for name in unknown_departments(said, proof.context):
        yield Difference("department", _found(claim, name) or whole, name, "")
    for one, other in retold(said, nearest) or [(said, nearest)]:
        if _denied_by_one(one, other, said, nearest):
            yield Difference("negation", _found(claim, one) or whole, one, other)
        turned = _turned(one, other)
        if turned and turned[1] not in said:
            yield Difference("direction", _found(claim, turned[0]) or whole, *turned)
        if PROMISE.search(one) and promised(one, other):
            yield Difference("condition", _found(claim, one) or whole, one, other)
    if order := _order_turned(said, nearest):
        yield Difference("direction", _found(claim, order[0]) or whole, *order)
    if shared := _shared_otherwise(said, nearest):
        yield Difference("direction", _found(claim, shared) or whole, shared, "")
    yield from _denied_alone(claim, nearest)
    yield from _free_alone(claim, proof)
    yield from _other_terms(claim, proof, parts)
    if not any(part.differences for part in parts) and (
        _said_of_another(claim, proof) or _other_year(claim, proof)
    ):
        yield Difference("number", whole, claim.text, proof.sentences[best[0]][0].text)


PROMISE = re.compile(r"可以|能够|可(?!能)|均可|一律|都能|都可")


def _free_alone(claim: Wording, proof: Proof) -> Iterator[Difference]:
    """That something costs nothing, where the clause does not say so."""
    free = SAID_FREE.search(claim.folded)
    if free and not PRINTED_FREE.search(proof.context):
        yield Difference("direction", _found(claim, free.group()) or Span(0, 0), free.group(), "")


# 水电全免, and what makes it so in a clause.
SAID_FREE = re.compile(r"免费|免收|全免|免租|无偿|不收(?:费|钱)|不要钱|零成本")
PRINTED_FREE = re.compile(r"免|无偿|零|不收|不得收|取消|(?<![\d.])0(?![\d.])")


# 市、县按2:1分担: which of the two levels bears how much.
SHARED = re.compile(
    r"(?P<one>[省市县区旗])级?(?:财政)?[,和与及](?P<other>[省市县区旗])[^\d,;。]{0,8}(?P<ratio>\d+:\d+)"
)


def _shared_otherwise(said: str, printed: str) -> str:
    """The words that give the shares of two levels of government to the other one each; "" if none do."""
    claimed, stated = SHARED.search(said), SHARED.search(printed)
    if claimed is None or stated is None or claimed["ratio"] != stated["ratio"]:
        return ""
    swapped = (claimed["one"], claimed["other"]) == (stated["other"], stated["one"])
    return claimed.group() if swapped else ""


# What comes first, and what only once something else is done: 先行拨付补偿金, 待处置后再行清算, 等处置完才拨付.
FIRST = re.compile(r"(?:先行|首先|提前|(?<![率优事原争])先(?![进锋后]))(?P<what>[^,;。]{3,20})")
AFTERWARDS = re.compile(
    r"(?:等|待)[^;。]{2,24}?(?:才|再行?|方可?)(?P<what>[^,;。]{3,20})|(?:然后|随后)(?P<then>[^,;。]{3,20})"
)
SAME_STEP = 0.5
"""The share of the pairs of characters of the shorter one from which on two steps are one."""


def _order_turned(said: str, printed: str) -> tuple[str, str] | None:
    """A step that one text puts first and the other behind something else; as each tells it."""
    for one, other in ((FIRST, AFTERWARDS), (AFTERWARDS, FIRST)):
        for claimed in one.finditer(said):
            for stated in other.finditer(printed):
                steps = [_pairs_of(m["what"] or m.groupdict().get("then") or "") for m in (claimed, stated)]
                least = min(map(len, steps))
                if least and len(steps[0] & steps[1]) >= SAME_STEP * least:
                    return claimed.group(), stated.group()
    return None


def _pairs_of(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _denied_alone(claim: Wording, nearest: str) -> Iterator[Difference]:
    """What a claim denies, where the sentences that it retells deny nothing at all."""
    said = BOUND.sub(" ", claim.folded)
    for match in DENIED.finditer(said):
        around = [nearest[max(0, m.start() - 3) : m.start()] for m in re.finditer(match["thing"], nearest)]
        if around and not any(set(before) & NEGATING for before in around):
            yield Difference(
                "negation", _found(claim, match.group()) or Span(0, 0), match.group(), match["thing"]
            )
            return
    denied = NEGATION.search(said)
    if denied and not DENIES_ANYHOW.search(BOUND.sub("", nearest)):
        yield Difference("negation", _found(claim, denied.group()) or Span(0, 0), denied.group(), "")


# 不推进, 没有提供: what is denied follows.
DENIED = re.compile(r"(?:不(?:再|会|能|予|得)?|未|没有|没)(?P<thing>[一-鿿]{2})")
# 脱钩, 仅, 放宽: what goes with them is denied without a word of denial; 0 is nothing.
DENIES_ANYHOW = re.compile(
    r"不(?![断同仅久])|未(?!来)|无(?!人机|线)|非|禁|勿|没|取消|免|零|(?<![\d.])0(?![\d.])|仅|只|脱|除|废|减|放宽|放开|简"
)


def _denied_by_one(one: str, other: str, said: str, nearest: str) -> bool:
    """Whether one of two parts denies what both speak of, and nothing else in the other text does so."""
    mine, theirs = NEGATION.search(one), NEGATION.search(other)
    if bool(mine) == bool(theirs):
        return False
    if (mine and mine.group() in nearest) or (theirs and theirs.group() in said):
        return False
    if mine and _is_denied(one[mine.end() :].lstrip("任何再有")[:2], nearest):
        return False
    if theirs and _is_denied(other[theirs.end() :].lstrip("任何再有")[:2], said):
        return False
    return shares_negated(one, other) or _lets_anybody(one, other)


def _lets_anybody(one: str, other: str) -> bool:
    """Whether a part asks for nothing (对投资经验没有要求) where the other one names what is asked for."""
    match = re.search(r"(?:没有|无|不设|不作|不做)(?:任何)?(?:要求|限制|门槛|条件)|不限|任何人|所有人都", one)
    before = tokens(one[: match.start()][-6:]) if match else []
    return any(len(token) == 2 and token in other for token in before)


def _other_year(claim: Wording, proof: Proof) -> bool:
    """Whether the sentence of the clause that speaks of the claim's year gives another number than the claim."""
    years = {q.quantity for q in claim.quantities if q.quantity.kind == "year"}
    others = {q.quantity for q in claim.quantities if q.name not in ("count", "year")}
    readings = [reading for each in proof.sentences for reading in each]
    of_year = [r for r in readings if years and years <= {q.quantity for q in r.quantities}]
    if not others or not of_year:
        return False
    return (
        not any(others <= {q.quantity for q in r.quantities} for r in of_year)
        and any(q.quantity.kind in {o.kind for o in others} for r in of_year for q in r.quantities)
        and not any(others & {q.quantity for q in r.quantities} for r in of_year)
    )


def _said_of_another(claim: Wording, proof: Proof) -> bool:
    """Whether a number is said of what the clause gives another number of the same kind and unit for.

    The piece of the clause that shares most pairs with a part of the claim has other numbers only, and the
    claim's own number stands in a piece that shares far fewer.
    """
    pieces = [
        (_pairs(r.words[a:b]), _numbers(r, a, b))
        for each in proof.sentences
        for r in each
        for a, b in r.parts
    ]
    # Of a part, and of the few words around a number: what the other piece has to share, and the own one at most of that.
    told = [(first, last, 0.4, 0.75) for first, last in claim.parts]
    told += [(*_around_number(claim, number), 0.6, 0.6) for number in claim.quantities]
    for first, last, least, most in told:
        pairs, numbers = _pairs(claim.words[first:last]), _numbers(claim, first, last)
        shares = [
            (len(pairs & held) / len(pairs), {q for q, _ in counted})
            for held, counted in pieces
            if pairs and any(q.kind == o.kind and u == v for q, u in numbers for o, v in counted)
        ]
        said = {number for number, _ in numbers}
        best, counted = max(shares, key=lambda each: each[0], default=(0.0, set()))
        own = max((share for share, held in shares if held & said), default=0.0)
        if numbers and best >= least and not counted & said and own <= most * best:
            return True
    return False


WORDS_AROUND = 5


def _around_number(text: Wording, number: Located) -> tuple[int, int]:
    """The words of a quantity's part that stand close by it."""
    at = next((i for i, word in enumerate(text.words) if word.start >= number.start), len(text.words) - 1)
    first, last = next(((a, b) for a, b in text.parts if a <= at < b), (at, at + 1))
    return max(first, at - WORDS_AROUND), min(last, at + WORDS_AROUND)


def _numbers(text: Wording, first: int, last: int) -> frozenset[tuple[Quantity, str]]:
    """The quantities among some words, each with its unit, but for years and mere counts."""
    start, end = text.words[first].start, text.words[last - 1].end
    return frozenset(
        (q.quantity, _unit(text.folded, q))
        for q in text.quantities
        if start <= q.start < end and q.name != "count" and q.quantity.kind != "year"
    )


def _other_terms(claim: Wording, proof: Proof, parts: Sequence[PartMatch]) -> Iterator[Difference]:
    """Terms in quotation marks, and insurances and other supports by name, in place of which the sentence told has others."""
    for (first, last), part in zip(claim.parts, parts, strict=True):
        if part.share < SAID:
            continue
        reading = proof.sentences[part.sentence][part.reading]
        start, end = claim.words[first].start, claim.words[last - 1].end
        own = {m[1]: m for m in TERM_IN_MARKS.finditer(claim.folded, start, min(len(claim.folded), end + 1))}
        theirs = {m[1] for m in TERM_IN_MARKS.finditer(reading.folded)}
        others = theirs - {m[1] for m in TERM_IN_MARKS.finditer(claim.folded)}
        for term, match in own.items():
            alike = [
                other
                for other in others
                if len(term) == len(other) and 2 * len(set(term) & set(other)) >= len(term)
            ]
            if term not in reading.folded and alike:
                yield Difference("wording", claim.span(*match.span(1)), term, alike[0])


TERM_IN_MARKS = re.compile(r'"([^",;.]{2,12})"')
IN_CHARGE = re.compile(
    r"(?:由|归(?![口属集还类]))(?P<names>[^,;由归]{2,40}?)(?:等)?(?:单位|部门)?(?:共同|具体|统一|按职责分工)?(?:牵头|负责|主管|承办|受理|管(?!理))"
)


def others_in_charge(claim: Wording, proof: Proof) -> Iterator[str]:
    """The names of those whom a sentence says to be in charge and the clause does not name."""
    for match in IN_CHARGE.finditer(claim.folded):
        for name in re.split(r"[、和及与]", match["names"]):
            short = re.sub(r"^(?:我|本)?[省市县区州盟旗](?=.{2})", "", name.strip())
            known = short in proof.context or any(is_named(proof.context, t) for t in lexicon.expand(name))
            if short and not known and not re.search(r"部门|单位|机构", short):
                yield name


def _other_departments(claim: Wording, proof: Proof, parts: Sequence[PartMatch]) -> Iterator[Difference]:
    """Departments said to be in charge that the clause does not name, or that its sentence gives another one for."""
    for name in others_in_charge(claim, proof):
        yield Difference("department", _found(claim, name) or Span(0, 0), name, "")
    for (first, last), part in zip(claim.parts, parts, strict=True):
        if part.share < SAID:
            continue
        reading = proof.sentences[part.sentence][part.reading]
        start, end = claim.words[first].start, claim.words[last - 1].end
        own = lexicon.named(claim.folded[start:end], "department")
        theirs = lexicon.named(reading.folded, "department")
        if (
            own
            and theirs
            and not set(own) & set(theirs)
            and not any(is_named(claim.folded, t) for t in theirs)
        ):
            form = next((f for f in own[0].search_words if f in claim.folded), own[0].official)
            yield Difference("department", _found(claim, form) or Span(0, 0), form, theirs[0].official)


def _turned(said: str, printed: str) -> tuple[str, str] | None:
    """The word of a direction that is said and the opposed one that is printed, where each has only its own."""
    for one, two in OPPOSED:
        for mine, other in ((one, two), (two, one)):
            own, theirs = re.search(mine, said), re.search(other, printed)
            if own and theirs and not re.search(mine, printed) and not re.search(other, said):
                return own.group(), theirs.group()
    return None


def _named_otherwise(claim: Wording, proof: Proof, ignored: Sequence[Span]) -> Iterator[Difference]:
    """Groups and departments that the sentence names and the clause does not."""
    known = {term.official for term in lexicon.expand(proof.context)}
    families = [family for family in FAMILIES if family.search(proof.context)]
    for start, end, term in lexicon.printed(claim.folded):
        if (
            term.kind not in ("group", "department")
            or is_named(proof.context, term)
            or term.official in known
        ):
            continue
        form = claim.folded[start:end]
        if (
            term.kind == "group"
            and any(family.search(form) for family in families)
            and not _close_by(form, claim, proof)
        ):
            continue
        span = claim.span(start, end)
        if not any(_touches(span, other) for other in ignored):
            yield Difference(term.kind, span, claim.text[slice(*span)], _instead(term.kind, claim, proof))


def _close_by(form: str, claim: Wording, proof: Proof) -> bool:
    """Whether the words around a name stand in the clause with another name between them."""
    at = claim.folded.find(form)
    before, behind = claim.folded[max(0, at - 4) : at], claim.folded[at + len(form) : at + len(form) + 4]
    return (len(before) == 4 and before in proof.body) or (len(behind) == 4 and behind in proof.body)


def _instead(kind: str, claim: Wording, proof: Proof) -> str:
    """What the clause names of the same kind and the sentence does not."""
    named = [term for term in lexicon.named(proof.context, kind) if not is_named(claim.folded, term)]  # type: ignore[arg-type]  # a kind
    return "、".join(term.official for term in named[:3])


def _found(claim: Wording, text: str) -> Span | None:
    start = claim.folded.find(text)
    start = start if start >= 0 else claim.folded.replace("、", ",").find(text)
    return claim.span(start, start + len(text)) if start >= 0 and text else None


# -- conditions left out ------------------------------------------------------------------------------


def _omitted(claim: Wording, proof: Proof, parts: Sequence[PartMatch], weight: Weight) -> tuple[str, ...]:
    """The conditions and exceptions of the sentences told that the claim leaves out, as the clause prints them."""
    told = sorted({part.sentence for part in parts if part.share >= SAID and part.close >= 0.5})
    found: list[str] = []
    said = claim.pairs
    for i in told:
        reading = proof.sentences[i][0]
        shares = [
            (_share(_pairs(reading.words[a:b]), said, weight), reading.words[a:b]) for a, b in reading.parts
        ]
        found += _unsaid(reading, shares, claim)
        if i + 1 < len(proof.sentences) and i + 1 not in told:
            following = proof.sentences[i + 1][0]
            body = PRINTED_NUMBER.sub("", following.folded)
            last_told = bool(shares) and shares[-1][0] >= SAID
            if (
                EXCEPTION.search(body)
                and len(body) <= 60
                and last_told
                and _share(following.pairs, said, weight) < 0.4
            ):
                found.append(following.text)
    return tuple(found)


WHOM = re.compile(r"(.{4,})的$")
"""A part that says whom what follows it is for: 持有健康证并按时出摊的."""
LEAST_JOINED_CHARS, MOST_JOINED = 4, 0.4
"""Of one of two conditions joined by 并 or 且: its length, and the share of its characters in a claim that leaves it out."""


def _unsaid(
    reading: Wording, shares: Sequence[tuple[float, Sequence[Word]]], claim: Wording
) -> Iterator[str]:
    for k, (share, words) in enumerate(shares):
        text = reading.folded[words[0].start : words[-1].end]
        lacking = [m.group() for m in CONDITION.finditer(text) if _lacks(claim, m.group())]
        whom = WHOM.match(text)
        if whom and k + 1 < len(shares):  # 有意向并被聘用的,可申请
            joined = [p for p in re.split(r"并且?|且", whom[1]) if len(p) >= LEAST_JOINED_CHARS]
            unsaid = [
                piece
                for piece in joined
                if _lacks(claim, piece)
                and len(set(piece) & set(claim.folded)) < MOST_JOINED * len(set(piece))
            ]
            lacking += unsaid if len(unsaid) < len(joined) else []
        if not lacking:
            continue
        near = [shares[n][0] for n in (k - 1, k + 1) if 0 <= n < len(shares)]
        if share < SAID:  # 省级 narrows only what is told beside it
            lacking = [condition for condition in lacking if not condition.endswith("级")]
        if lacking and (share >= SAID or any(s >= 0.6 for s in near) or EXCEPTION.search(text)):
            yield reading.shown(words[0].start, words[-1].end)


def _lacks(claim: Wording, condition: str) -> bool:
    """Whether none of a condition's own words is in the claim."""
    if condition in claim.folded:
        return False
    pairs = {t for t in tokens(condition) if len(t) == 2} | {t for t in tokens(condition) if t.isdigit()}
    held = set(tokens(claim.folded)) | claim.pairs
    numbers = {each.quantity for each in located(condition) if each.name != "count"}
    if numbers and not numbers & {each.quantity for each in claim.quantities}:
        return True
    return sum(pair in held for pair in pairs) <= 0.34 * len(pairs)


# -- quotes -----------------------------------------------------------------------------------------


def quotes_in(text: str) -> list[Span]:
    """The spans of what `text` quotes, without the marks; a word or two in marks is a term, not a quotation."""
    return [
        Span(*match.span(1))
        for match in QUOTE_MARKS.finditer(text)
        if len(squashed(match[1])) >= LEAST_QUOTE_CHARS
    ]


@lru_cache(maxsize=20_000)
def squashed(text: str) -> str:
    """`text` as quotes are verified: script, width, spacing and punctuation folded, nothing fuzzier."""
    return re.sub(r"[\W_]", "", fold(text))
