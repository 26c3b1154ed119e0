"""Overview: the clauses in scope that give this asker something, one line a support, grouped by kind.

Assembled by code from the clauses' own words: a sentence counts as a support when it holds a word of a kind
(贷款, 补贴 ...) together with a word of giving; what is granted is kept apart from what is only intended.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from rag import places
from rag.brief import HELD, brief, under_scheme
from rag.embed import Vectors
from rag.evidence import ASKS, LEAD, Scorer, is_title, of_sentence
from rag.fold import fold
from rag.index import Index
from rag.named import groups_in, groups_of, same_group
from rag.receiver import FOR_ANYBODY, Receiver, receiver_of
from rag.retrieve import Found
from rag.types import Evidence, Query, Sentence, Span
from rag.verify import PRINTED_NUMBER

MOST_SHOWN, MOST_SHOWN_ENGLISH = 14, 10
MAX_LINE_CHARS, MAX_ENGLISH_CHARS = 140, 100
"""Characters up to which a sentence is given whole, and sentences that follow each other are one support.

In an answer in English those are fewer that are put together: a small model renders long sentences badly.
"""

# kind -> words that name such a support; the first kind that matches counts.
KINDS: dict[str, re.Pattern[str]] = {
    "loan": re.compile(
        r"贷款|贴息|融资(?!企业|机构)|授信|信贷|担保费|风险补偿|(?:风投|创投)(?!企业|机构|等)|天使投资|创业投资|股权投资|引导基金"
    ),
    "insurance": re.compile(r"社会保险|社保|医疗保险|养老保险|工伤保险"),
    "housing": re.compile(r"落户|住房|(?<!创业)公寓|公积金|安居|租房|购房"),
    "training": re.compile(r"培训|实训|见习|辅导|导师"),
    "subsidy": re.compile(r"补贴|补助|奖励|奖补|资助|资金支持|资金扶持|专项资金|创新券|扶持资金|给予资金"),
    "space": re.compile(r"场地|厂房|孵化基地|办公用房|用地|租金|众创空间|创业园|入驻"),
    "tax": re.compile(r"税收|所得税|增值税|减税|免税|税费|加计扣除|税款|抵扣|收费|费用减免"),
    "registration": re.compile(
        r"营业执照|登记|注册|开办(?!.{0,3}业务)|注销|审批|证照|先照后证|创业场所|经营场所|一窗|一网通办|办理|开户"
    ),
    "property": re.compile(r"专利|知识产权|商标"),
    "talent": re.compile(r"人才|签证|居留|工作许可|子女入学|(?:在职|离岗|兼职)创业|离岗创办"),
    "job": re.compile(r"招聘|公益性岗位|就业岗位|岗位面向|用工|就业援助|就业服务"),
    "service": re.compile(
        r"(?:提供|增加|开展)[^,，。]{0,40}(?:服务|咨询)|服务内容|开放共享|(?:仪器|设备)[^,，。]{0,8}(?:共享|开放)|开放[^,，。]{0,12}资源|检验检测|创办企业"
    ),
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
    "property": re.compile(r"知识产权|\bpatents?\b"),
    "talent": re.compile(r"人才|\bvisas?\b|\btalent"),
    "job": re.compile(r"找工作|找个活|岗位|招工|\bjobs?\b"),
    "service": re.compile(r"仪器|设备共享|技术指导|请教专家|\bequipment\b|\blab(?:s|oratory)?\b"),
}
# I'm a German engineer; a work permit or visa of one's own.
NATIONALITIES = (
    "American|Argentin(?:e|ian)|Australian|Austrian|Bangladeshi|Belarusian|Belgian|Brazilian|British|Bulgarian|Burmese|Cambodian|Canadian|Chilean|"
    "Colombian|Croatian|Cuban|Czech|Danish|Dutch|Egyptian|English|Estonian|Ethiopian|Filipin[oa]|Finnish|French|German|Ghanaian|Greek|Hungarian|"
    "Indian|Indonesian|Iranian|Iraqi|Irish|Israeli|Italian|Japanese|Kazakh|Kenyan|Korean|Laotian|Latvian|Lithuanian|Malaysian|Mexican|Mongolian|"
    "Moroccan|Nepali|Nigerian|Norwegian|Pakistani|Peruvian|Polish|Portuguese|Romanian|Russian|Saudi|Scottish|Serbian|Singaporean|Slovak|Slovenian|"
    "Spanish|Swedish|Swiss|Syrian|Thai|Tunisian|Turkish|Ukrainian|Uzbek|Venezuelan|Vietnamese|Welsh"
)
FOREIGN = re.compile(
    rf"\b(?:I(?:'m| am)|[Ww]e(?:'re| are)) (?:an? |both )?(?:{NATIONALITIES})\b|"
    r"\bfrom (?:abroad|overseas)\b|\bmy (?:work permit|work visa|passport|residence permit)\b|\bwork permit\b"
)
# ... from Stuttgart, where no place of the gazetteer is called so.
COMES_FROM_ABROAD = re.compile(
    r"\b(?:I(?:'m| am)|[Ww]e(?:'re| are))\b[^.?!]{0,40}?\bfrom (?!(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sep|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|China|Inner|North|South|East|West))([A-Z][a-z]{2,})(?! (?:University|College|School|Institute|Group|Co))"
)
# Who somebody is, told in a way that the lexicon's words do not catch, and of use here alone.
LAY_PEOPLE: dict[str, re.Pattern[str]] = {
    "科技人员": re.compile(
        r"(?:^|我|咱|本人|[,，。])(?:是|在)[^,，。是]{0,8}(?:研究[所院]|科研[所院]|科学院)(?:的(?=[,，。]|$)|里|工作|上班|任职)"
    ),
    "专业技术人员": re.compile(
        r"(?:高校|大学|学院|学校|研究[所院]|科研[所院]|院所).{0,14}(?:教[一-鿿]|老师|做研究|科研|课题|副高|正高|职称)"
    ),
    "退役军人": re.compile(
        r"当(?:过|了|完).{0,5}兵|部队(?:上|里)?(?:下来|回来|出来)|\bserved in the (?:army|military|forces)\b"
    ),
    "外国人": FOREIGN,
    "返乡下乡人员": re.compile(
        r"回.{0,8}老家|[回返][乡鄉村]|打了?.{0,5}工(?!作)|[想要打算]回[来去].{0,4}(?:创|办|开|搞|养|种|干)|回来(?:自主)?创业"
    ),
    "高层次人才": re.compile(r"博士|\bph\.?d\b", re.IGNORECASE),
}
GRANTED = re.compile(
    r"可申请|可以申请|申请最高|给予|享受|发放|免费|免收|减半|减免|免征|落实|纳入|补贴|补助|奖励|贴息|最高|可在|可比照|优先|允许|取消|提供|不收|返还|报销|予以|设立|扶持|帮助|放宽|一律|即可|得到|解决"
)
# What an authority does for people without saying that it gives.
DONE = re.compile(
    r"推行|推广|推出|实施|精简|增加|开放|实行|组织|开展|建立|开通|压缩|缩短|降低|支持|纳入|简化|优化|开辟"
)
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
    r"停发|骗取|追回|追缴|(?:资金|经费|投入|比例)[^,，。]{0,6}须不(?:低|少)于|统计指标体系|^(?:19|20)\d{2}年度?预算安排|公示|制定本|印发|不再享受|不得|违反|违法|侵权|专账|绩效(?!奖)|考核|监管|市场乱象|信息披露|强制许可|授权第三方|负面清单|责任机制|监督检查|评审|台账|弄虚作假|由.{0,12}(?:财政|预算).{0,8}(?:承担|分担|安排)|责令|处罚|纳入.{0,6}信用|列支|审计|不领取|附件下载|\.(?:docx?|xlsx?|pdf)|按[季月年]度?结算|所需(?:资金|经费)|财政.{0,10}(?:安排|列入).{0,16}(?:专项资金|经费)"
)


# What only says who gets nothing or by when one has to ask.
LIMITS = re.compile(r"不予|不(?:再)?(?:发放|享受|贴息|补[贴助])|(?:应当|须|需)[^,，。]{0,20}(?:申请|提出)")
# A figure to be reached gives nobody anything: 到2025年…达到…, 力争突破1亿元.
GOAL = re.compile(
    r"^.{0,6}到.{0,12}(?:末|年底?)[,，]|(?:力争|争取|努力).{0,20}(?:突?破|达到?|超过?)|(?:突破|达到)\d+"
)
# What is asked for, checked, sent on and paid out, unless the sentence gives a sum.
HANDLING = re.compile(
    r"受理|报送|提交|上传|拨付|核验|核实|核定|审核|复核|异议|到账|取消资格|不影响|名单|适用(?:于)?本(?:办法|规定|措施|细则|意见|政策)|^(?:责任|牵头|配合|主管)(?:单位|部门)"
)
TAKEN_BACK = re.compile(r"退[回还]|收回|扣减补|扣回")
# Money counted so far: 累计6753万元, 已发放3亿元. What is only reported (已组织40人参加培训) tells what there is.
REPORTED = re.compile(r"累计|截至|同比|共计?(?:发放|完成)|已(?:经)?(?:完成|发放)")
GIVES_TO = re.compile(r"提供|给予|予以|享受|申请|纳入|发放|放宽|免费|支持[^,，]{2,30}创")
# Parts that may open a line, as who does what is said in them: not 进驻基地, whose subject stands before.
OPENS = re.compile(
    r"对|为|向|支持|鼓励|允许|引导|推动|推广|推行|将|给予|落实|可|优先|建设|简化|放宽|免|实行|实施|开展|取消|在|在本|[一-鿿]{2,8}(?:可|享受)"
)
SPIRIT = re.compile(r"(?:进一步)?(?:促进|推动|激发|提升|提高|加快|助力|充分|利用|以[^,，]{2,30}为)")
GIVEN = re.compile(r"可申请|可以申请|给予|予以|享受|发放|放宽|免费|免收|免征")
# How authorities organise what they give: that a fund is budgeted, a system built, a committee founded.
ORGANISED = re.compile(
    r"纳入.{0,4}预算|(?:建设|建立|完善|健全|制定|出台|成立|组建|设立|搭建).{0,24}(?:系统|机制|体系|制度|委员会|专家库|信息库|数据库|办法|工作组|计划)|"
    r"^(?:各(?:旗区|区县|县区|县市|乡镇|部门|级|地|单位)|[^,，。]{0,12}(?:事业单位|银行业|金融机构|保险机构)[^,，。]{0,8}要)|[子母]基金|(?:产业|引导|投资)基金|落实好?各项|预算(?:安排|指标)|宣传力度|广泛宣传|协调机制|以[^,，。]{2,40}为目标|专项行动"
)
PURPOSE = re.compile(
    r"创业|創業|创办|創辦|公司|企业|企業|生意|支持|扶持|政策|政府|优惠|優惠|帮助|幫助|好处|好處|待遇"
)
# How much a support's likeness to the question's own words counts, and that to what every such question means;
# a question in general has no more words of its own than these.
BEARING_WEIGHT, AIM_WEIGHT, MOST_GENERAL_WORDS = 0.4, 0.4, 4
# What everybody means who asks so: a question in general names nothing that could tell one support from another.
AIMS = {
    "business": "创业者、个体户和小微企业可以申请创业担保贷款、创业补贴、免费场地、免费培训、税费减免，开办企业手续简便",
    "other": "符合条件的个人和家庭可以申请领取的补贴、补助、减免、优惠和服务",
}
STARTS = re.compile(
    r"创业|創業|创办|創辦|公司|企业|企業|生意|开.{0,6}店|開.{0,6}店|个体|個體|business|compan|start-?up|shop|firm"
)
# How much what is given counts by whom it is for: a shopkeeper gets nothing from what goes to a base or a fund.
WORTH = {"person": 0.6, "firm": 0.3, "unsaid": 0.0, "authority": -1.0, "institution": -1.3}
# Farmers named beside every small firm keep nobody out, nor do groups named as examples.
OPEN_TO = re.compile(
    r"等(?:各类)?(?:重点)?(?:就业|创业)?(?:群体|人群)|小微企业|个体工商户|中小企业|中小微企业|初创企业|市场主体|创业者"
)
# Somebody who asks for a firm that there is.
RUNS_A_FIRM = re.compile(
    r"(?<![开办搞建])(?:公司|企业|厂|工作室)(?:刚|从|是|想|现在|在|有|能|这)|开了[^,，。]{0,8}(?:公司|企业|厂|店)|(?:我们|咱|本|这类)(?:公司|企业|厂|小企业)|\b(?:my|our) (?:\w+ ){0,2}(?:firm|company|factory|workshop)\b|\bi run an? "
)
OTHERS_WEIGHT = 0.5
"""How much less counts what is for certain others, where the asker says who they are, or what cannot be read whole."""
BEYOND = frozenset({"authority", "institution"})
"""Who is given something that comes to no reader, unless the sentence itself names the reader's group."""
CERTAIN_WORTH = {"person": 0.0, "firm": -0.3}
# What is said of any kind of support, and names its kind only where nothing else does.
PASSING = frozenset({"审批", "办理", "登记"})
WITHIN_COMPOUND = 2
"""Characters between two words of one name: 社会保险(费)补贴."""
SO_FAR = re.compile(
    r"已(?:经)?(?:有|组织|落实|完成|建成|引导|启用|办理|开展|启动|与|在)|现已|目前|前\d+个月|先后|共(?:引导|组织|办理|开展|培训)"
)
# Whom a sentence is for stands in the one before it, or in the clause before it.
BACK = re.compile(r"^.{0,6}(?:前款|前条|上述|前述|上列)[^,，。]{0,8}(?:人员|对象|企业|单位|家庭|群体)")
SENTENCES_BEFORE = 2
"""Sentences before one that may say whom it is for."""
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
    receiver: Receiver
    """Who is given it, as far as the sentence says."""
    reported: bool
    """Whether it only tells what was done so far."""
    score: float
    at: tuple[int, int] = (-1, -1)
    """The numbers of its clause and, in that, of its first sentence."""
    beside: tuple[Evidence, ...] = ()
    """What its line says besides: the sentence that it is an item of, 按下列标准发放：, or the conditions that it opens."""

    @property
    def for_anybody(self) -> bool:
        """Whether nothing narrows down whom it is for."""
        return (
            not self.named
            and not self.receiver.certain
            and self.receiver.sort in ("person", "firm", "unsaid")
        )


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


def aim_of(question: str) -> str:
    """What an overview is searched for beside the question's own words."""
    return AIMS["business" if STARTS.search(fold(question)) else "other"]


def supports(query: Query, found: Found, index: Index, aim: Vectors) -> list[Support]:
    """The supports in scope, best first: what names the asker's group, what is granted, what fits the words.

    `aim` is the vector of `aim_of` the question, of shape (dimension,).
    """
    asked = people_asked(query.text)
    wanted = kinds_asked(query.asked)
    given = [giving for giving in givings(index, query.documents) if _concerns(giving, asked, index)]
    scorer = Scorer(_without_purpose(query), found, index)
    bearing = _standardised([scorer.score(g.clause, g.position).score for g in given])
    aimed = _standardised([index.cosine(g.clause, g.position, aim) for g in given])
    general = len(scorer.own) <= MOST_GENERAL_WORDS
    hits = {hit.clause.id for hit in found.hits}
    firm = RUNS_A_FIRM.search(fold(query.text)) is not None
    told = bool(asked) or firm
    listed = []
    for giving, bears, meets in zip(given, bearing, aimed, strict=True):
        clause, text = index.clauses[giving.clause], giving.sentence.text
        receiver = receiver_of(text)
        naming = _people(text) if receiver.sort in BEYOND else _named(giving, index)
        fits = any(same_group(one, other) for one in asked for other in naming)
        worth = CERTAIN_WORTH if receiver.certain and receiver.sort in CERTAIN_WORTH else WORTH
        back = BACK.search(text) is not None
        if back:
            receiver = replace(receiver, certain=False)
        own = tuple(
            sorted(_people(text) or _people(" ".join(clause.heading[-1:])) or (naming if back else ()))
        )
        score = (
            (0.0 if general else BEARING_WEIGHT * bears)
            + AIM_WEIGHT * meets
            + 1.2 * fits
            + 0.5 * giving.granted
            + 0.4 * bool(AMOUNT.search(text))
            + 0.5 * bool(PERSONAL.search(text))
            + 0.5 * receiver.starting
            + (0.0 if fits else worth[receiver.sort] - OTHERS_WEIGHT * (told and receiver.certain))
            - OTHERS_WEIGHT * (firm and not fits and bool(own))
            - OTHERS_WEIGHT * ("\ufffd" in text)
            - 1.3 * bool(ORGANISED.search(text) or INSTITUTIONAL.search(text))
            + 0.8 * (giving.kind in wanted)
            + 0.3 * (clause.id in hits)
        )
        line = line_of(giving.sentence, giving.kind, clause.heading)
        evidence = of_sentence(index, giving.clause, giving.sentence)
        reported = not giving.granted and SO_FAR.search(text) is not None
        listed.append(
            Support(
                giving.kind,
                evidence,
                line,
                giving.granted,
                fits,
                own,
                receiver,
                reported,
                score,
                (giving.clause, giving.position),
            )
        )
    most = MAX_ENGLISH_CHARS if query.language == "en" else MAX_LINE_CHARS
    return _varied(_together(listed, index, most))


def _together(listed: Iterable[Support], index: Index, most: int) -> list[Support]:
    """The supports with those whose sentences follow each other in a clause as one, and items behind their lead.

    「合伙创业的，总额不超过100万元」 says little without the sentence before it that says of what.
    """
    joined: list[Support] = []
    for support in sorted(listed, key=lambda support: support.at):
        before = joined[-1] if joined else None
        if before is not None and (both := _both(before, support, index, most)) is not None:
            joined[-1] = both
        else:
            joined.append(support)
    given = {support.at[0] for support in joined}

    def list_of(support: Support) -> tuple[int, int]:
        lead = index.leads.get(support.at[0])
        return support.at if lead is None else (lead, -1)

    lists = itertools.groupby(joined, key=list_of)
    together = [whole for _, group in lists for whole in _with_list(list(group), given, index)]
    return [support for support in together if not LIMITS.search(support.line) or AMOUNT.search(support.line)]


def _both(first: Support, second: Support, index: Index, most: int) -> Support | None:
    """Two supports as one where the second's sentence follows the first's and both are short; else None."""
    span = Span(first.evidence.span.start, second.evidence.span.end)
    text = first.evidence.text + second.evidence.text
    follows = first.at[0] == second.at[0] and not any(
        first.evidence.span.end <= between.span.start and between.span.end <= second.evidence.span.start
        for between in index.sentences[first.at[0]]
    )
    alike = first.reported == second.reported and first.granted == second.granted
    if not follows or not alike or len(text) > most:
        return None
    best = max(first, second, key=lambda support: support.score)
    quote = index.quote(first.evidence.clause.document, span)
    evidence = replace(first.evidence, span=span, quote=quote, text=text)
    line = _ended(first.line) + second.line
    receiver = first.receiver if second.receiver.sort == "unsaid" else best.receiver
    fits = first.fits or second.fits
    return replace(best, evidence=evidence, line=line, fits=fits, receiver=receiver, at=first.at)


def _ended(line: str) -> str:
    """A line with a mark behind it, where something follows: a row of a table has none."""
    return line if re.search(r"[。；;：:！？]$", line) else f"{line}；"


def _with_list(group: Sequence[Support], given: Set[int], index: Index) -> Iterator[Support]:
    """The supports of one list behind its lead; a lead with the conditions that it opens, or none if its items are `given`."""
    best = max(group, key=lambda support: support.score)
    clause, _ = best.at
    lead = index.leads.get(clause)
    if lead is not None and index.sentences[lead]:
        opening = of_sentence(index, lead, index.sentences[lead][-1])
        line = (
            PRINTED_NUMBER.sub("", opening.text)
            + "".join(_ended(support.line) for support in group[:-1])
            + group[-1].line
        )
        if len(line) <= MAX_LINE_CHARS:
            beside = (opening, *(support.evidence for support in group if support is not best))
            yield replace(best, line=line, beside=beside, fits=any(support.fits for support in group))
        elif len(group) > 1:
            for support in group:
                yield from _with_list([support], given, index)
        else:
            yield best
    elif LEAD.search(best.line):
        items = index.items.get(clause, [])
        parts = [(number, part) for number in items for part in index.sentences[number]]
        end = best.evidence.span.end
        parts += [(clause, part) for part in index.sentences[clause] if part.span.start >= end]
        conditions = [of_sentence(index, number, part) for number, part in parts]
        line = best.line + "".join(item.text for item in conditions)
        if not given & set(items) and conditions and len(line) <= MAX_LINE_CHARS:
            yield replace(best, line=line, beside=tuple(conditions))
    else:
        yield best


def people_asked(question: str) -> set[str]:
    """The groups that the asker belongs to, by official names, as far as the question tells."""
    groups = _people(question) | {group for group, words in LAY_PEOPLE.items() if words.search(question)}
    known = places.load()
    if any(not known.find(name) for name in COMES_FROM_ABROAD.findall(question)):
        groups.add("外国人")
    return groups


def groups_not_named(query: Query, index: Index) -> tuple[str, ...]:
    """The groups that the asker belongs to, where no clause in scope names any of them nor one of their family.

    Where one is named the others are not told: they are as often the asker's children and parents.
    """
    asked = people_asked(query.text)
    if not asked:
        return ()
    clauses = (index.clauses[number] for number in index.clauses_of(query.documents).tolist())
    named = {group for clause in clauses for group in groups_of(clause)}
    return () if any(same_group(one, other) for one in asked for other in named) else tuple(sorted(asked))


def _without_purpose(query: Query) -> Query:
    """The query without what every such question says: that one starts a business and wants support."""
    return replace(query, text=PURPOSE.sub(" ", query.text), asked=PURPOSE.sub(" ", query.asked))


MONEY_ALONE = re.compile(
    r"[只光仅](?:想)?(?:问|关心|看|了解|知道)\S{0,3}钱|\bonly (?:about |want (?:to know about )?)?(?:the )?money\b"
)
# What one has already is not what one asks for: 四个专利在手, 交着社保.
HELD_ALREADY = re.compile(
    r"(?:专利|商标|执照|场地|厂房|证书|社保|专长)[^,，。]{0,3}(?:在手|在身|有了)|(?:有|拿了|持有)[一二两三四五六七八九十几\d]+(?:个|项|件)?(?:专利|商标)|(?:hold|have|own) (?:(?!help|support)\w+ ){0,2}patents?\b"
)


def kinds_asked(question: str) -> frozenset[str]:
    """The kinds of support that a question names, in its own words or official ones."""
    folded = HELD_ALREADY.sub(" ", fold(question))
    if MONEY_ALONE.search(folded):
        return frozenset({"loan", "subsidy", "tax"})
    return frozenset(
        kind for kind, words in KINDS.items() if words.search(folded) or LAY_KINDS[kind].search(folded)
    )


def _concerns(giving: Giving, asked: set[str], index: Index) -> bool:
    """Whether a support may be for the asker: not for other people, nor for institutions alone."""
    named = _named(giving, index)
    fits = any(same_group(one, other) for one in asked for other in named)
    if asked and named and not fits and not OPEN_TO.search(giving.sentence.text):
        return False
    text = giving.sentence.text
    beyond = receiver_of(text).sort in BEYOND
    if giving.kind == "service" and beyond:
        return fits
    return not (beyond and INSTITUTIONAL.search(text)) or fits or PERSONAL.search(text) is not None


def _named(giving: Giving, index: Index) -> set[str]:
    """The groups of people that a support names, or else the sentences just before it, or its heading.

    What says itself that it is for whoever does business is for no group named before it.
    """
    clause = index.clauses[giving.clause]
    if FOR_ANYBODY.search(giving.sentence.text):
        return _people(giving.sentence.text)
    before = list(
        index.sentences[giving.clause][max(0, giving.position - SENTENCES_BEFORE) : giving.position]
    )
    if not before and BACK.search(giving.sentence.text) and giving.clause:
        before = list(index.sentences[giving.clause - 1][:1])
    context = " ".join(sentence.text for sentence in before)
    return _people(giving.sentence.text) or _people(context) or _people(" ".join(clause.heading[-1:]))


def _standardised(scores: Sequence[float]) -> list[float]:
    """The scores as standard deviations from their mean, at most two."""
    if len(scores) < 2 or not (spread := statistics.pstdev(scores)):
        return [0.0] * len(scores)
    mean = statistics.fmean(scores)
    return [max(-2.0, min(2.0, (score - mean) / spread)) for score in scores]


def sections(shown: Sequence[Support]) -> list[tuple[str, list[Support]]]:
    """The supports by whom they are for, each part with the name of its heading: the asker first, what is not granted last.

    What is for certain people only stands before what is for anybody where it fits the question better.
    """
    granted = [support for support in shown if support.granted]
    parts = [
        ("for_asker", [s for s in granted if s.fits]),
        ("intends_for_asker", [s for s in shown if s.fits and not s.granted and not s.reported]),
        ("for_anybody", [s for s in granted if not s.fits and s.for_anybody]),
        ("for_others", [s for s in granted if not s.fits and not s.for_anybody]),
        ("intends", [s for s in shown if not s.fits and not s.granted and not s.reported]),
        ("reports", [s for s in shown if s.reported]),
    ]
    if granted and not granted[0].fits and not granted[0].for_anybody:
        parts[2], parts[3] = parts[3], parts[2]
    return [(heading, part) for heading, part in parts if part]


def _people(text: str) -> set[str]:
    """The groups of people that a text speaks of, but for who starts a business: that may be anybody."""
    return {group for group in groups_in(text) if "创业" not in group}


FEWEST_OF_USE = 6
"""Supports for people and firms from which on those for institutions are left to the whole list."""
MOST_FOR_OTHERS, MOST_BESIDE, MOST_INTENDED = 5, 6, 4
"""Supports for certain others that are shown at most, where kinds are asked for those of other kinds, and mere intentions."""
FEWEST_OF_KIND, MOST_BESIDE_THEM = 2, 3
"""Supports of the kinds asked for from which on only so many of other kinds are shown beside them."""
FEWEST_FOR_ASKER = 4
"""Supports for the asker or anybody from which on those for certain others are left to the whole list."""
MOST_OF_CLAUSE = 4
"""Sentences of one clause that stand before the second ones of other clauses, where they name the asker's group."""
NOTHING_ELSE = re.compile(
    r"[只光仅](?:想)?(?:问|关心|看|了解|知道)|别的(?:不用|不必|不要|先不|都不)|这[两几三]样|(?:这一?块|方面)(?!的?人)|(?<!政策)(?<!务)上有(?:什么|啥|哪些)|\bonly\b|\bjust (?:want|need|asking|interested)\b|nothing else"
)
ALL = re.compile(
    r"全部|所有|都(?:告诉|列|讲|说(?:一|说|给|清|明|全)|给我(?:说|列|讲))|(?:列|说|讲)(?:得)?(?:全|齐|完整)|一个不(?:漏|少)|\b(?:everything|all (?:of )?(?:the|of them|support|kinds)|full list|complete list)\b"
)


def asks_all(question: str) -> bool:
    """Whether an overview is to hold every support, not only what fits best.

    >>> asks_all("麻煩列全一點"), asks_all("有什么支持")
    (True, False)
    """
    return ALL.search(fold(question)) is not None


def best_shown(
    listed: Sequence[Support], question: str, wanted: Set[str], most: int = MOST_SHOWN
) -> list[Support]:
    """The first of `listed`; where the question asks for nothing but the kinds `wanted` only these.

    What is for certain others is left out where the asker says who they are, and there is enough for them.
    """
    listed = [support for support in listed if "\ufffd" not in support.line] or listed
    if wanted and NOTHING_ELSE.search(fold(question)):
        listed = [support for support in listed if support.kind in wanted] or listed
    of_use = [support for support in listed if support.fits or support.receiver.sort not in BEYOND]
    of_use = of_use if len(of_use) >= FEWEST_OF_USE else list(listed)
    open_to_asker = [s for s in of_use if s.granted and (s.fits or s.for_anybody)]
    known = any(s.fits for s in of_use) and len(open_to_asker) >= FEWEST_FOR_ASKER
    for_others = [s for s in of_use if not (s.fits or s.kind in wanted or s.for_anybody)]
    left = for_others if known else for_others[MOST_FOR_OTHERS:]
    left += [s for s in of_use if s not in left and not s.fits and not s.granted][MOST_INTENDED:]
    if wanted:
        enough = sum(s.kind in wanted for s in of_use if s not in left) >= FEWEST_OF_KIND
        answered = any(s.fits and s.kind in wanted for s in of_use)
        most_beside = 0 if enough and answered else MOST_BESIDE_THEM if enough else MOST_BESIDE
        left += [s for s in of_use if s not in left and not s.fits and s.kind not in wanted][most_beside:]
    return [support for support in of_use if support not in left][:most]


def _varied(listed: list[Support]) -> list[Support]:
    """All supports, best first: first the best of each clause, and what names the asker's group."""
    ranked = sorted(listed, key=lambda s: (-s.score, s.evidence.clause.id, s.evidence.span))
    first: list[Support] = []
    later: list[Support] = []
    told: Counter[str] = Counter()
    for support in ranked:
        clause = support.evidence.clause.id
        enough = told[clause] >= (MOST_OF_CLAUSE if support.fits else 1)
        (later if enough else first).append(support)
        told[clause] += not enough
    return [*first, *later]


def _kind(text: str, heading: Sequence[str], wanted: str | None) -> str | None:
    """The kind of support that a sentence gives, `wanted` where it is one of several; None if it gives none."""
    counted = GOAL.search(text) or (REPORTED.search(text) and AMOUNT.search(text))
    if ADMINISTRATION.search(text) or ASKS.search(text) or (counted and not PERSONAL.search(text)):
        return None
    sum_given = AMOUNT.search(text) and not TAKEN_BACK.search(text)
    eased = GIVEN.search(text) or FOR_ANYBODY.search(text)
    if not sum_given and not eased and (HANDLING.search(text) or TAKEN_BACK.search(text)):
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
    named = [each for each in named if each[2] != "service"] or named
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
    """The sentence, or, where it is long, the parts of it that say best who is given what."""
    whole = PRINTED_NUMBER.sub("", sentence.text)
    short = brief(whole, frozenset())
    text = under_scheme(short if KINDS[kind].search(short) else whole, heading)
    if len(text) <= MAX_LINE_CHARS:
        return text
    parts = re.findall(r"[^，,]+[，,]?", text)
    worth = [_says(part, kind) for part in parts]
    best, chosen = -1.0, (0, 1)
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            size = len("".join(parts[start:end]))
            if size > MAX_LINE_CHARS and end > start + 1:
                break
            said = sum(worth[start:end]) + size / 1000 - (start > 0 and not OPENS.match(parts[start]))
            if said > best:
                best, chosen = said, (start, end)
    start, end = chosen
    left_out = "".join(parts[end:])
    return "".join(parts[start:end]).rstrip("，,。") + ("…" if HELD.search(left_out) else "。")


def _says(part: str, kind: str) -> float:
    """How much a part of a sentence says of what is given and to whom."""
    told = (KINDS[kind], GIVES_TO, AMOUNT, PERSONAL)
    return (
        sum(bool(words.search(part)) for words in told)
        + 1.5 * bool(_people(part))
        - 0.2 * bool(SPIRIT.match(part))
    )
