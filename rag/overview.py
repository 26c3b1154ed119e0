"""Overview: the clauses in scope that give this asker something, one line a support, grouped by kind.

Assembled by code from the clauses' own words: a sentence counts as a support when it holds a word of a kind
(贷款, 补贴 ...) together with a word of giving; what is granted is kept apart from what is only intended.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from rag.brief import brief, under_scheme
from rag.evidence import ASKS, Scorer, is_title, of_sentence
from rag.fold import fold
from rag.index import Index
from rag.named import groups_in, same_group
from rag.retrieve import Found
from rag.types import Evidence, Query, Sentence
from rag.verify import PRINTED_NUMBER

MOST_SHOWN, MOST_SHOWN_ENGLISH = 14, 10
MAX_LINE_CHARS = 90

# kind -> words that name such a support; the first kind that matches counts.
KINDS: dict[str, re.Pattern[str]] = {
    "loan": re.compile(
        r"贷款|贴息|融资|授信|信贷|担保费|风险补偿|风投|创投|天使投资|创业投资|股权投资|引导基金"
    ),
    "insurance": re.compile(r"社会保险|社保|医疗保险|养老保险|工伤保险"),
    "housing": re.compile(r"落户|住房|(?<!创业)公寓|公积金|安居|租房|购房"),
    "training": re.compile(r"培训|实训|见习|辅导|导师"),
    "subsidy": re.compile(r"补贴|补助|奖励|奖补|资助|资金支持|资金扶持|专项资金|创新券|扶持资金|给予资金"),
    "space": re.compile(r"场地|厂房|孵化基地|办公用房|用地|租金|众创空间|创业园|入驻"),
    "tax": re.compile(r"税收|所得税|增值税|减税|免税|税费|加计扣除|收费|费用减免"),
    "registration": re.compile(r"营业执照|登记|注册|开办|注销|审批|证照|一窗|一网通办|办理|开户"),
    "property": re.compile(r"专利|知识产权|商标"),
    "talent": re.compile(r"人才|签证|居留|工作许可|子女入学|(?:在职|离岗|兼职)创业|离岗创办"),
}
# The same in a citizen's words, where the official ones above do not hold them: 税啊电费啊, 办手续, 借钱.
LAY_KINDS: dict[str, re.Pattern[str]] = {
    "loan": re.compile(r"贷|借钱|借款|资金周转|\bloans?\b|\bborrow|\bfinanc(?:e|ing)\b|\bcredit\b"),
    "insurance": re.compile(r"社保|五险|\binsurance\b"),
    "housing": re.compile(r"户口|房子|住处|\bhousing\b|\bresiden"),
    "training": re.compile(r"学手艺|学技术|上课|\btraining\b"),
    "subsidy": re.compile(r"补[钱点助贴]|奖|白给|\bsubsid|\bgrants?\b"),
    "space": re.compile(r"场地|地方办公|摊位|门面|铺面|\bpremises\b|\boffice space\b"),
    "tax": re.compile(r"税|\btax"),
    "registration": re.compile(r"手续|办证|执照|证件|\bregist|\blicen[cs]e"),
    "property": re.compile(r"专利|商标|\bpatents?\b"),
    "talent": re.compile(r"人才|\bvisas?\b|\btalent"),
}
# Who somebody is, told in a way that the lexicon's words do not catch, and of use here alone.
LAY_PEOPLE: dict[str, re.Pattern[str]] = {
    "返乡下乡人员": re.compile(r"回.{0,8}老家|[回返][乡鄉村]|打了?.{0,5}工(?!作)"),
    "高层次人才": re.compile(r"博士|\bph\.?d\b", re.IGNORECASE),
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
# What somebody who starts a business is called, or does: 为创业者提供, 入驻企业, 初创期.
STARTING = re.compile(
    r"创业者|创客|创业团队|初创|入驻|个体(?:工商)?户|小微企业|中小企业|自主创业|创办|开办|市场主体"
)
# Whom something is given to: 对省级农民工返乡创业基地给予资金补助, 为符合条件的平台提供融资服务.
RECEIVER = re.compile(
    r"[对为向](?P<who>[^,，。;；对为向]{2,40}?)[,，]?(?:[按依][^,，。]{0,14}[,，]?)?(?:给予|予以|进行奖励|提供|实行|落实|发放|实施)"
)
INSTITUTION = re.compile(
    r"(?:的|基地|园区|平台|中心|机构|孵化器|众创空间|院所|高校|学校|学会|协会|单位|地区|区县|基金|联盟|银行|公司)(?:[(（][^)）]*[)）])?(?:等)?$"
)
GIVEN = re.compile(r"可申请|可以申请|给予|予以|享受|发放|放宽|免费|免收|免征")
# How authorities organise what they give: that a fund is budgeted, a system built, a committee founded.
ORGANISED = re.compile(
    r"纳入.{0,4}预算|(?:建设|建立|完善|健全|制定|出台|成立|组建|设立|搭建).{0,24}(?:系统|机制|体系|制度|委员会|专家库|信息库|数据库|办法|工作组|计划)|"
    r"^(?:各(?:旗区|区县|县区|县市|乡镇|部门|级|地|单位)|[^,，。]{0,12}(?:事业单位|银行业|金融机构|保险机构)[^,，。]{0,8}要)|[子母]基金|(?:产业|引导|投资)基金|注销|开展.{0,16}专项行动|落实好?各项"
)
PURPOSE = re.compile(
    r"创业|創業|创办|創辦|公司|企业|企業|生意|支持|扶持|政策|政府|优惠|優惠|帮助|幫助|好处|好處|待遇"
)
BEARING_WEIGHT = 0.6
# What is said of any kind of support, and names its kind only where nothing else does.
PASSING = frozenset({"审批", "办理", "登记"})
WITHIN_COMPOUND = 2
"""Characters between two words of one name: 社会保险(费)补贴."""
SO_FAR = re.compile(
    r"已(?:经)?(?:有|组织|落实|完成|建成|引导|启用|办理|开展|启动|与|在)|现已|目前|前\d+个月|先后|共(?:引导|组织|办理|开展|培训)"
)
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
    """One support: its kind, the sentence that gives it, whom it is for, and whether it is granted or only intended."""

    kind: str
    evidence: Evidence
    line: str
    granted: bool
    fits: bool
    """Whether it names the asker's own group."""
    named: tuple[str, ...]
    """The groups of people that it is only for, by their official names; empty where it is for anybody."""
    reported: bool
    """Whether it only tells what was done so far."""
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
    asked = _people(query.text) | {group for group, words in LAY_PEOPLE.items() if words.search(query.text)}
    wanted = kinds_asked(query.asked)
    given = [giving for giving in givings(index, query.documents) if _concerns(giving, asked, index)]
    scorer = Scorer(_without_purpose(query), found, index)
    bearing = _standardised([scorer.score(g.clause, g.position).score for g in given])
    hits = {hit.clause.id for hit in found.hits}
    listed = []
    for giving, bears in zip(given, bearing, strict=True):
        clause, text = index.clauses[giving.clause], giving.sentence.text
        fits = any(same_group(one, other) for one in asked for other in _named(giving, index))
        score = (
            BEARING_WEIGHT * bears
            + 1.2 * fits
            + 0.5 * giving.granted
            + 0.4 * bool(AMOUNT.search(text))
            + 0.5 * bool(PERSONAL.search(text))
            + 0.5 * bool(STARTING.search(text))
            - 1.3 * (_to_institution(text) or bool(ORGANISED.search(text) or INSTITUTIONAL.search(text)))
            + 0.8 * (giving.kind in wanted)
            + 0.3 * (clause.id in hits)
        )
        own = tuple(sorted(_people(text) or _people(" ".join(clause.heading[-1:]))))
        line = line_of(giving.sentence, giving.kind, clause.heading)
        evidence = of_sentence(index, giving.clause, giving.sentence)
        reported = not giving.granted and SO_FAR.search(text) is not None
        listed.append(Support(giving.kind, evidence, line, giving.granted, fits, own, reported, score))
    return _varied(listed)


def _without_purpose(query: Query) -> Query:
    """The query without what every such question says: that one starts a business and wants support."""
    return replace(query, text=PURPOSE.sub(" ", query.text), asked=PURPOSE.sub(" ", query.asked))


def kinds_asked(question: str) -> frozenset[str]:
    """The kinds of support that a question names, in its own words or official ones."""
    folded = fold(question)
    return frozenset(
        kind for kind, words in KINDS.items() if words.search(folded) or LAY_KINDS[kind].search(folded)
    )


def _concerns(giving: Giving, asked: set[str], index: Index) -> bool:
    """Whether a support may be for the asker: not for other people, nor for institutions alone."""
    named = _named(giving, index)
    fits = any(same_group(one, other) for one in asked for other in named)
    if asked and named and not fits:
        return False
    text = giving.sentence.text
    return not INSTITUTIONAL.search(text) or fits or PERSONAL.search(text) is not None


def _named(giving: Giving, index: Index) -> set[str]:
    """The groups of people that a support names, or else its heading or its clause."""
    clause = index.clauses[giving.clause]
    return _people(giving.sentence.text) or _people(" ".join([*clause.heading[-1:], clause.text]))


def _standardised(scores: Sequence[float]) -> list[float]:
    """The scores as standard deviations from their mean, at most two."""
    if len(scores) < 2 or not (spread := statistics.pstdev(scores)):
        return [0.0] * len(scores)
    mean = statistics.fmean(scores)
    return [max(-2.0, min(2.0, (score - mean) / spread)) for score in scores]


def sections(shown: Sequence[Support]) -> list[tuple[str, list[Support]]]:
    """The supports by whom they are for, each part with the name of its heading; what is not granted comes last.

    What is for certain people only stands before what is for anybody where it fits the question better.
    """
    granted = [support for support in shown if support.granted]
    parts = [
        ("for_asker", [s for s in granted if s.fits]),
        ("for_anybody", [s for s in granted if not s.fits and not s.named]),
        ("for_others", [s for s in granted if not s.fits and s.named]),
        ("intends", [s for s in shown if not s.granted and not s.reported]),
        ("reports", [s for s in shown if s.reported]),
    ]
    if granted and not granted[0].fits and granted[0].named:
        parts[1], parts[2] = parts[2], parts[1]
    return [(heading, part) for heading, part in parts if part]


def _people(text: str) -> set[str]:
    """The groups of people that a text speaks of, but for who starts a business: that may be anybody."""
    return {group for group in groups_in(text) if "创业" not in group}


def _to_institution(text: str) -> bool:
    """Whether what is given goes to a base, a platform or an office, not to a person or a firm."""
    receiver = RECEIVER.search(text)
    return bool(receiver and INSTITUTION.search(receiver["who"]))


MOST_OF_KIND = 4
ALL = re.compile(
    r"全部|所有|都(?:告诉|说|列|讲|给)|(?:列|说|讲)(?:得)?(?:全|齐|完整)|一个不(?:漏|少)|\b(?:everything|all (?:of )?(?:the|of them|support|kinds)|full list|complete list)\b"
)


def asks_all(question: str) -> bool:
    """Whether an overview is to hold every support, not only what fits best.

    >>> asks_all("麻煩列全一點"), asks_all("有什么支持")
    (True, False)
    """
    return ALL.search(fold(question)) is not None


def best_shown(listed: Sequence[Support], wanted: Set[str], most: int = MOST_SHOWN) -> list[Support]:
    """The first of `listed`; where some are for the asker's own group or of the kinds `wanted` these, and a few others."""
    own = [support for support in listed if support.fits or support.kind in wanted][:most]
    room = max(most // 2 - 1, most - 4 - len(own)) if own else most
    others = [support for support in listed if support not in own][:room]
    return [support for support in listed if support in own or support in others]


def _varied(listed: list[Support]) -> list[Support]:
    """All supports, best first: first the best of each clause and what names the asker's group, no kind over and over."""
    ranked = sorted(listed, key=lambda s: (-s.score, s.evidence.clause.id, s.evidence.span))
    first: list[Support] = []
    later: list[Support] = []
    for support in ranked:
        of_clause = [other for other in first if other.evidence.clause == support.evidence.clause]
        of_kind = sum(other.kind == support.kind for other in first)
        enough = len(of_clause) >= (MOST_OF_KIND if support.fits else 1)
        (later if enough or (of_kind >= MOST_OF_KIND and not support.fits) else first).append(support)
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
    """The kind of support that a text names first behind a word of giving, if it gives or intends anything.

    Of words that run into each other the last one says what it is: 社会保险补贴 is a subsidy.
    """
    if not any(words.search(text) for words in (GRANTED, INTENDED, DONE, AMOUNT, PERSONAL)):
        return None
    named = sorted(
        (match.start(), match.end(), kind) for kind, words in KINDS.items() for match in words.finditer(text)
    )
    given = GIVEN.search(text)
    named = [
        each for each in named if each[2] != "talent" and text[each[0] : each[1]] not in PASSING
    ] or named
    named = [each for each in named if given and each[0] >= given.end()] or named
    if not named:
        return None
    _, end, kind = named[0]
    for start, stop, other in named[1:]:
        if start > end + WITHIN_COMPOUND or re.search(r"\W", text[end:start]):
            break
        end, kind = max(end, stop), other
    return kind


def _is_granted(text: str) -> bool:
    """Whether the sentence gives something now, and does not open with a word of intention."""
    opening = fold(text).lstrip('-"(（0123456789.一二三四五六七八九十、)')
    gives = any(words.search(text) for words in (GRANTED, AMOUNT, PERSONAL))
    return gives and not (INTENDED.match(opening) or EXPLORED.search(text[:12]))


def line_of(sentence: Sentence, kind: str, heading: Sequence[str]) -> str:
    """The sentence, or, where it is long, its beginning up to the part that names the support."""
    whole = PRINTED_NUMBER.sub("", sentence.text)
    short = brief(whole, frozenset())
    text = under_scheme(short if KINDS[kind].search(short) else whole, heading)
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
