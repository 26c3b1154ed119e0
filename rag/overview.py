"""Overview: the clauses in scope that give this asker something, one line a support, grouped by kind.

Assembled by code from the clauses' own words: a sentence counts as a support when it holds a word of a kind
(贷款, 补贴 ...) together with a word of giving; what is granted is kept apart from what is only intended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.brief import under_scheme
from rag.evidence import ASKS, Scorer, is_title, of_sentence
from rag.fold import fold
from rag.index import Index
from rag.named import groups_in, same_group
from rag.retrieve import Found
from rag.types import Evidence, Query, Sentence
from rag.verify import PRINTED_NUMBER

MOST_SHOWN = 14
MAX_LINE_CHARS = 90

# kind -> words that name such a support; the first kind that matches counts.
KINDS: dict[str, re.Pattern[str]] = {
    "loan": re.compile(
        r"贷款|贴息|融资|授信|信贷|担保费|风险补偿|风投|创投|天使投资|创业投资|股权投资|引导基金"
    ),
    "insurance": re.compile(r"社会保险|社保|医疗保险|养老保险|工伤保险"),
    "housing": re.compile(r"落户|住房|(?<!创业)公寓|公积金|安居|租房|购房"),
    "training": re.compile(r"培训|实训|见习|辅导|导师"),
    "subsidy": re.compile(r"补贴|补助|奖励|奖补|资助|资金支持|专项资金|创新券|扶持资金|给予资金"),
    "space": re.compile(r"场地|厂房|孵化基地|办公用房|用地|租金|众创空间|创业园|入驻"),
    "tax": re.compile(r"税收|所得税|增值税|减税|免税|税费|加计扣除|收费|费用减免"),
    "registration": re.compile(r"营业执照|登记|注册|开办|注销|审批|证照|一窗|一网通办|办理|开户"),
    "property": re.compile(r"专利|知识产权|商标"),
    "talent": re.compile(r"人才|签证|居留|子女入学|(?:在职|离岗|兼职)创业|离岗创办"),
}
GRANTED = re.compile(
    r"可申请|可以申请|申请最高|给予|享受|发放|免费|减免|免征|落实|纳入|补贴|补助|奖励|贴息|最高|可在|可比照|优先|允许|取消|提供|不收|返还|报销|予以|设立|扶持|帮助|放宽|一律|即可|得到|解决"
)
# What an authority does for people without saying that it gives.
DONE = re.compile(r"推行|推广|实行|组织|开展|建立|开通|压缩|缩短|降低|支持|纳入|简化|优化|开辟")
INTENDED = re.compile(r"探索|鼓励|推动|研究|逐步|积极争取|引导|力争|争取|推进|加快|完善|适时")

EXPLORED = re.compile(r"探索|研究(?:制定|出台|建立)")

AMOUNT = re.compile(r"\d[\d,.]*\s*(?:万|亿|千|百)?元|[一二三四五六七八九十百千万]+元|\d\s*%|百分之|免费|全额")
# What a person or a small firm gets, and what goes to institutions, funds and whole industries.
PERSONAL = re.compile(
    r"创业担保贷款|(?:创业|培训|保险|见习|租金|租房|生活|求职|岗位|一次性|交通|购房)[^，,。]{0,6}(?:补贴|补助)|免费|落户|"
    r"证照联办|一件事一次办|一业一证|全程网办|[0零]成本|简易注销|先照后证|住房保障|公共租赁住房|绿色通道|抵押贷款|贴息|减免|免征|给予[^，,。]{0,8}(?:补贴|补助|奖励|资金|扶持)"
)
INSTITUTIONAL = re.compile(
    r"重点实验室|工程(?:技术)?(?:研究)?中心|(?:制造业|技术|协同|产业)创新中心|链主|研究院|联盟|产业集群|试点示范|示范基地建设|领军企业|统计|工作机制|信息库|队伍"
)
# How a support is run, watched and taken back is none to the one who asks.
ADMINISTRATION = re.compile(
    r"停发|骗取|追回|追缴|公示|制定本|印发|不再享受|不得|违反|违法|侵权|专账|绩效(?!奖)|考核|监管|市场乱象|信息披露|强制许可|授权第三方|负面清单|责任机制|监督检查|评审|台账|弄虚作假|由.{0,12}(?:财政|预算).{0,8}(?:承担|分担|安排)|责令|处罚|纳入.{0,6}信用"
)


# A figure to be reached gives nobody anything: 到2025年…达到…, 力争突破1亿元.
GOAL = re.compile(
    r"^.{0,6}到.{0,12}(?:末|年底?)[,，]|(?:力争|争取|努力).{0,20}(?:突?破|达到?|超过?)|(?:突破|达到)\d+"
)
# Money counted so far: 累计6753万元, 已发放3亿元. What is only reported (已组织40人参加培训) tells what there is.
REPORTED = re.compile(r"累计|截至|同比|共计?(?:发放|完成)|已(?:经)?(?:完成|发放)")
LISTED_KINDS = frozenset({"measure", "safeguard", "status"})
"""Kinds of clauses that give something; a preamble, a goal or a principle does not."""


@dataclass(frozen=True)
class Giving:
    """A sentence that gives something: where it stands in the index, what kind, and whether it can be claimed."""

    clause: int
    position: int
    sentence: Sentence
    kind: str
    granted: bool


@dataclass(frozen=True)
class Support:
    """One support: its kind, the sentence that gives it, and whether it is granted or only intended."""

    kind: str
    evidence: Evidence
    line: str
    granted: bool
    fits: bool
    score: float


def givings(index: Index, documents: Iterable[str], wanted: str | None = None) -> Iterator[Giving]:
    """Every sentence of the documents that gives something, in their order, of the kind `wanted` if one is."""
    for number in index.clauses_of(documents).tolist():
        clause = index.clauses[number]
        if clause.kind not in LISTED_KINDS:
            continue
        for position, sentence in enumerate(index.sentences[number]):
            if is_title(sentence, clause):
                continue
            kind = _kind(sentence.text, clause.heading[-1:], wanted)
            if kind is not None:
                yield Giving(number, position, sentence, kind, _is_granted(sentence.text))


def supports(query: Query, found: Found, index: Index) -> list[Support]:
    """The supports in scope, best first: what names the asker's group, what is granted, what fits the words."""
    scorer = Scorer(query, found, index)
    asked = {
        group for group in groups_in(query.text) if "创业" not in group
    }  # who starts a business may be anybody
    ranks = {hit.clause.id: hit.rank for hit in found.hits}
    wanted = {kind for kind, words in KINDS.items() if words.search(fold(query.asked))}
    listed: dict[int, list[Support]] = {}
    for giving in givings(index, query.documents):
        number, sentence = giving.clause, giving.sentence
        clause = index.clauses[number]
        named = groups_in(sentence.text) or groups_in(" ".join([*clause.heading[-1:], clause.text]))
        fits = any(same_group(one, other) for one in asked for other in named)
        if asked and named and not fits:  # a support for other people
            continue
        if INSTITUTIONAL.search(sentence.text) and not (PERSONAL.search(sentence.text) or fits):
            continue
        score = (
            scorer.score(number, giving.position).score
            + 1.2 * fits
            + 0.5 * giving.granted
            + 0.4 * bool(AMOUNT.search(sentence.text))
            + 0.5 * bool(PERSONAL.search(sentence.text))
            + 0.8 * (giving.kind in wanted)
            + (0.3 if clause.id in ranks else 0.0)
        )
        line = line_of(sentence, giving.kind, clause.heading)
        evidence = of_sentence(index, number, sentence)
        support = Support(giving.kind, evidence, line, giving.granted, fits, score)
        listed.setdefault(number, []).append(support)
    return _varied(_ranked(listed))


CLAUSE_SHARE = 0.5
"""How much of a support's score is that of the best one of its clause: a clause that fits is told whole."""


def _ranked(found: dict[int, list[Support]]) -> list[Support]:
    """All supports, best first; what stands beside the best of a clause comes soon behind it."""
    listed = []
    for of_clause in found.values():
        best = max(support.score for support in of_clause)
        listed += [
            replace(support, score=(1 - CLAUSE_SHARE) * support.score + CLAUSE_SHARE * best)
            for support in of_clause
        ]
    return sorted(listed, key=lambda s: (-s.score, s.evidence.clause.id, s.evidence.span))


def _varied(listed: list[Support]) -> list[Support]:
    """`listed` with what would be the fifth of its clause or of its kind moved behind the others."""
    first: list[Support] = []
    later: list[Support] = []
    for support in listed:
        of_clause = sum(other.evidence.clause == support.evidence.clause for other in first)
        of_kind = sum(other.kind == support.kind for other in first)
        (later if of_clause >= 4 or of_kind >= 4 else first).append(support)
    return [*first, *later]


def _kind(text: str, heading: Sequence[str], wanted: str | None) -> str | None:
    """The kind of support that a sentence gives, `wanted` where it is one of several; None if it gives none."""
    counted = GOAL.search(text) or (REPORTED.search(text) and AMOUNT.search(text))
    if ADMINISTRATION.search(text) or ASKS.search(text) or (counted and not PERSONAL.search(text)):
        return None
    first = _kind_of(text) or (_kind_of(" ".join([*heading, text])) if AMOUNT.search(text) else None)
    if wanted is None or first is None or first == wanted:
        return first
    return wanted if KINDS[wanted].search(text) else None


def _kind_of(text: str) -> str | None:
    """The first kind of support that a text names, if it gives or intends anything."""
    if not any(words.search(text) for words in (GRANTED, INTENDED, DONE, AMOUNT, PERSONAL)):
        return None
    return next((kind for kind, words in KINDS.items() if words.search(text)), None)


def _is_granted(text: str) -> bool:
    """Whether the sentence gives something now, and does not open with a word of intention."""
    opening = fold(text).lstrip('-"(（0123456789.一二三四五六七八九十、)')
    gives = any(words.search(text) for words in (GRANTED, AMOUNT, PERSONAL))
    return gives and not (INTENDED.match(opening) or EXPLORED.search(text[:12]))


def line_of(sentence: Sentence, kind: str, heading: Sequence[str]) -> str:
    """The sentence, or, where it is long, its beginning up to the part that names the support."""
    text = under_scheme(PRINTED_NUMBER.sub("", sentence.text), heading)
    if len(text) <= MAX_LINE_CHARS:
        return text
    parts = re.findall(r"[^，,]+[，,]?", text)
    hold = next((i for i, part in enumerate(parts) if KINDS[kind].search(part)), 0)
    end = hold + 1
    while end < len(parts) and len("".join(parts[: end + 1])) <= MAX_LINE_CHARS:
        end += 1
    shown = "".join(parts[:end])
    start = 0
    while len(shown) > MAX_LINE_CHARS and start < hold:
        start += 1
        shown = "".join(parts[start:end])
    return shown.rstrip("，,") + ("…" if end < len(parts) else "")
