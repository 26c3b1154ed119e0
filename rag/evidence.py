"""Select and judge: query and hits -> the sentences that bear on the question, and whether they suffice.

A token costs ten milliseconds of reading, so evidence is small. A score alone tells a near miss badly
(DESIGN.md): what the question asks for (an amount, a date, a department ...) is a slot that the evidence has
to fill, and a group of people that the question names has to be named by the clause.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rag import english, lexicon
from rag.brief import fills_field
from rag.fold import fold
from rag.index import Index
from rag.named import GIVING, other_group, other_relative, other_year, unnamed
from rag.quantities import ages_in, quantities, takes_in
from rag.retrieve import Found, label_matches, search_words
from rag.slots import NUMBER, SLOTS, counted, names_the_year
from rag.split import DEPARTMENT_PARENTHESIS
from rag.terms import Scope, token_set, tokens
from rag.types import Clause, Evidence, Query, Sentence, Span
from rag.understand import in_parts, without_labels

CHARS_ONE_THING = 300
CHARS_SEVERAL = 400
MOST_SENTENCES = 3
MOST_ITEMS, LONGEST_ITEM = 12, 100
"""Items of a list that are given, and the characters up to which one is given whole."""
# What a sentence's score is made of, see `Scorer.score`: the first two chosen, with the margins below, by all question
# sets together, on whose figures 2 to 4 beside 1.5 make no difference to speak of.
COSINE_WEIGHT, COVERAGE_WEIGHT = 3.0, 1.5
# ... a word of the question counts this much where it stands in what the sentence sends to: 违反第十三条的.
REFERRED_WEIGHT = 0.9
FILLED_WEIGHT, QUOTED_WEIGHT, QUANTITY_WEIGHT, AGE_WEIGHT = 0.35, 0.4, 0.3, 0.5
# ... and what a sentence loses of whose characters some are lost (U+FFFD): nobody can read it.
DAMAGED_WEIGHT = 0.5
# What only says why and by whom a document is made answers hardly any question; nor does the notice that sends it.
FRAME = re.compile(
    r"(?:第[一二三四五六七八九十\d]+条\s*|\d+(?:\.\d+)*\s*)?(?:[（(【][^）)】]{2,10}[）)】]\s*)?(?:为(?:了|深入|全面|进一步|贯彻|规范|做好|加强|加快|推进|推动|支持|促进|吸引|鼓励|切实|落实|充分|完善|保障|帮助)?[^。]{6,}(?:制定|提出|现就|如下|通知|出台|印发)|现将[^。]*(?:印发|如下|公布)|请(?:遵照|认真|结合)|(?:责任|牵头|经办|主管)(?:单位|部门)[:：]|(?:咨询|联系|监督|服务)?电话[:：])"
)
FRAME_WEIGHT = 0.6
# How much more a follow-up's own words weigh than those of the question before it.
NEW_WEIGHT = 1.0
# How much more a sentence weighs whose heading the question names, and the share of a heading's words that name it.
NAMED_WEIGHT, NAMED_SHARE = 0.3, 0.7
# A clause's rank in retrieval counts this much by its inverse, beside its sentences' own scores.
RANK_BONUS = 0.35
# How far below the best sentence another may score and still be shown.
MARGIN_ONE_THING, MARGIN_SEVERAL, MARGIN_OPEN_SLOT = 0.6, 0.7, 0.8
# The scores of Chinese sentences for an English question lie closer together.
ENGLISH_MARGIN_ONE_THING, ENGLISH_MARGIN_SEVERAL = 0.5, 0.6
# A sentence of another clause than the best one's is background where it scores so far below, holds hardly any word of
# the question that the best lacks, and few in all: of 35 such for questions of one thing one was wanted.
BACKGROUND_GAP, BACKGROUND_NEWS, BACKGROUND_COVERAGE = 0.2, 0.08, 0.3
SHORTEST_PIECE = 8
"""Characters of a sentence below which it says nothing beside a better one: 能力。"""
CLAUSES_LOOKED_AT = 8
LEAST_ASKED, ASKED_IN_CLAUSE = 2, 0.3
"""How many of its words, and what share of them, a question has in common with what it asks for of a clause it names."""

# ... is no sum that only says from when on: 营业收入首次达到10亿元.
THRESHOLD = re.compile(
    rf"(?:达到|达|突破|(?<!不)超过|满|不低于|不少于|低于|不足)\s*(?:{NUMBER}\s*元?[、,和或至-]*)+\s*(?:万|亿)?元?"
)
# Sorts of support: a loan's limit is no subsidy's.
SORTS: tuple[re.Pattern[str], ...] = (
    re.compile("补贴|补助|津贴|资助|奖补|subsid|allowance"),
    re.compile("贷款|借款|授信|能贷|loan|borrow"),
    re.compile("奖励|奖金|奖补|资助|award|reward|bonus"),
)
# Supports whose name says as often who one is: 家里低保.
STATUSES = frozenset({"最低生活保障"})
# Words of asking, which no clause has to hold.
ASKING = re.compile(
    r"请问|请列出|请查|请|我想|我们|我是|我在|我|你们|您|想要|想|需要|能不能|可不可以|是不是|有没有|能够|可以|可否|能否|怎么样|怎样|怎么|咋样|咋|如何|"
    r"什么样|什么|哪些|哪个|哪几个|哪里|哪儿|哪|多少钱|多少|几|谁|为什么|吗|呢|吧|啊|呀|么|啥|有关|关于|规定|政策|文件|实施意见|方案|意见|办法|大概|说说|告诉|"
    r"提到|提及|写了|写到|写明|说到|讲到|有写|城市|地方|份|帮忙|分别|一共|总共|具体|出自|属于|算是|叫做|名字|意思|指的|"
    r"这里|这边|那边|那里|现在|目前|一下|一个|一家|的|了|是|在|和|跟|与|或|对|把|被|给|都|也|就|还|又|要|会|能|有|没|不|让|由|到|去|从|向|于|以|及|等|为|之|其|此|该|这|那|里|上|下|中|各|某|每|个|家|些|点|条|项|款|第"
)
ASKS = re.compile(r"[？?]$|^(?:问|Q)\s*[:：]")  # a question printed in a document answers nothing
QUOTED = re.compile(r"[「『“\"《‘']([^」』”\"》’'\s]{2,30})[」』”\"》’']")
DEFINING = re.compile(r"统称|简称|是指|即|[(（]|包括|分为|分别|实行")

# 一次性创业补贴。 is printed over the support that it names.
TITLE = re.compile(r"\W{0,2}[\d一二三四五六七八九十.、（）()]*[^，,；;。：:\d%]{2,14}[。]?")
# What limits the sentence before it, or extends it to others.
EXCEPTION = re.compile(
    r"^但|除外|不得|不适用|不予|不享受|不再享受|不在此列|不纳入|参照(?:执行|本|享受)|仅限|不受(?:此|前款|上述|本条).{0,6}限"
)
# A sentence that opens a list: it says nothing without what follows, and is what a question for a list is about.
LEAD, LEAD_WEIGHT = re.compile(r"[:：]\s*$"), 0.4
# ... or goes on with the first of its items, and how the others open: 有下列情形之一的：①未按时缴费；②转借他人。
INLINE_LEAD = re.compile(r"[:：]\s*(?:①|[（(]?1\s*[)）.．、](?!\d))")
INLINE_ITEM = re.compile(r"\s*(?:[②-⑳]|[（(]?(?:[2-9]|1\d)\s*[)）.．、](?!\d))")
# ... or changes or divides what it gives: 前述标准的两倍发放, 分5年发放, 减半奖励.
FOLLOWS = re.compile(
    r"前述|上述标准|前款|上列|该(?:标准|补贴|补助|奖励|贷款)|减半|加倍|[两二三]倍|提高(?:至|到)|增加(?:至|到)?\d|再(?:增加|给予|补|奖)|"
    r"另(?:外)?(?:增加|给予|奖励|补)|分[\d一二三四五六七八九十]+(?:年|期|次|批)|等额|按.{0,12}(?:计算|发放|核定)|只按|不计入|不予?补贴"
)
FURTHEST_FOLLOWER, FOLLOWER_MARGIN = 2, 1.2
FURTHEST_EXCEPTION, LONGEST_EXCEPTION = 3, 80
"""How many sentences behind another one that limits it may stand, and its most characters."""

# A sentence that says who does a thing: 由市人社局负责, 市住建部门受理.
IN_CHARGE = re.compile(
    r"向[^,.;，。；]{1,24}(?:[局委办厅部处署]|部门|中心|机构|政府|法院)(?:申请|提出|提交|申报|反映|投诉|举报)|窗口|(?:地点|(?:办理|受理|承办|经办|主管|负责|实施|咨询)(?:机构|部门|单位|窗口))[:：]|(?:由|[局委办厅部处署]|部门|中心|机构|政府|法院|银行|协会|妇联)[^,.;，。；]{0,18}(?:负责|牵头|主管|受理|审核|运营|认定|办理|管理|监督|协调)"
)
# A question whether something is allowed or given, and what a sentence prints that keeps somebody out of it.
WHETHER = re.compile(
    r"吗|能不能|可不可以|可以|能否|可否|允许|听说|行不|算不算|符合|够不够|(.)[不没]\1|[对是了]吧|\b(?:can|could|may|do|does|is|are|am) (?:i|we|my|he|she|it|they|the|a)\b|eligib|qualif|right\?"
)
KEEPS_OUT = re.compile(
    r"不适用|不予|不得|不能|不补[贴助]|不发放|不享受|不再|不纳入|不列入|不属于|不包括|只由|只能|仅限|除外|不受|不满|应当(?:具备|满|年满|符合)|停发|不重复"
)
LEAST_NEWS, MOST_KEPT_OUT_CHARS = 0.1, 140
"""Of a question's words, what such a sentence has to hold besides those that are told already; and its most characters."""

# A piece that says nothing without the sentence before it, and up to how many characters both are one piece.
DEPENDENT, MOST_JOINED_CHARS = re.compile(r"^(?:但|且|其中|否则)|^[^,，]{1,30}除外[。；;]?$"), 160
# A sentence that leans on the one before it.
LEANING = re.compile(r"^(?:其中|同时|此外|并|且|但|上述|前款|该|对其|其|以上|期满|逾期)")


@dataclass(frozen=True)
class Judgement:
    """Whether the evidence suffices: `missing` names the slots asked for and not filled.

    `enough` says that it is about what is asked, `confidence` how likely it answers it, 0 to 1.
    """

    enough: bool
    confidence: float
    missing: tuple[str, ...] = ()
    related: bool = True
    """Whether the clauses are worth showing as the nearest where they do not answer."""


@dataclass(frozen=True)
class Scored:
    """A sentence of a clause with how well it bears on the question."""

    clause: int
    position: int
    sentence: Sentence
    cosine: float
    coverage: float
    score: float


class Scorer:
    """Scores sentences for one query: cosine with the question, and weighted share of its words."""

    def __init__(self, query: Query, found: Found, index: Index) -> None:
        self.query = query
        self.found = found
        self.index = index
        self.place_words = _place_words(query)
        wide = self._content(search_words(query.text))
        # English words stand in no clause: what counts are the official terms behind them.
        own = self._content(query.text) if query.language != "en" else {t for t in wide if not t.isascii()}
        scope = index.terms.scope(index.clauses_of(query.documents))
        new = self._content(search_words(query.asked)) if len(query.text) > len(query.asked) else frozenset()
        self.own, self.wide = (
            _shares(
                {token: index.terms.idf(token, scope) * (1 + NEW_WEIGHT * (token in new)) for token in words}
            )
            for words in (own, wide)
        )
        self.english = (
            [[self._weights(word, scope) for word in each] for each in english.renderings(fold(query.text))]
            if query.language == "en"
            else []
        )
        self.quantities = quantities(query.text) if not query.labels else frozenset()
        self.ages = ages_in(query.text)
        self.quoted = [fold(part) for part in QUOTED.findall(query.text)]
        if query.language == "en":  # innovation vouchers (创新券)
            self.quoted += [fold(part) for part in re.findall(r"[\u3400-\u9fff]{2,}", query.text)]
        self.said = frozenset(tokens(fold(search_words(query.text))))
        self._headings: dict[str, bool] = {}
        """Whether the question names a heading, for those looked at."""
        self.wanted = [SLOTS[name].fills for name in query.intents if name in SLOTS and name != "department"]

    def _weights(self, text: str, scope: Scope) -> dict[str, float]:
        return _shares({token: self.index.terms.idf(token, scope) for token in tokens(text)})

    def _content(self, text: str) -> set[str]:
        """The pairs of characters, words and numbers of a text that are not words of asking or places."""
        folded = fold(text)
        for word in self.place_words:
            folded = folded.replace(word, " ")
        folded = english.ASKING.sub(" ", ASKING.sub(" ", folded))
        return {token for token in tokens(folded) if len(token) > 1 or token.isdigit()}

    def named(self, clause: Clause) -> tuple[str, ...]:
        """The headings over a clause that the question names, nearly all of whose words it holds."""
        return tuple(title for title in clause.heading if self._is_named(title))

    def _is_named(self, title: str) -> bool:
        if title not in self._headings:
            words = {token for token in tokens(fold(title)) if len(token) == 2}
            named = len(words) > 2 and len(words & self.said) >= NAMED_SHARE * len(words)
            self._headings[title] = named
        return self._headings[title]

    def coverage(self, text: str) -> float:
        """The idf-weighted share of the question's words that `text` holds; 0 to 1."""
        held = token_set(text)
        return max(_share(self.own, held), _share(self.wide, held), self._english_share(held))

    def asks_for(self, part: Scored) -> bool:
        """Whether a question that names a clause's number asks for what this sentence of it says, not for all of it."""
        title = self.index.metadata[self.index.clauses[part.clause].document].title or ""
        asked = self._content(without_labels(self.query.asked)) - token_set(title)
        held = asked & token_set(part.sentence.text)
        return len(held) >= LEAST_ASKED and len(held) >= ASKED_IN_CLAUSE * len(asked)

    def news(self, text: str, told: Set[str]) -> float:
        """The weighted share of the question's words that `text` holds and the tokens `told` do not; 0 to 1."""
        held = token_set(text)
        new = held - told
        english = self._english_share(held | told) - self._english_share(told)
        return max(_share(self.own, new), _share(self.wide, new), english)

    def _english_share(self, held: Set[str]) -> float:
        """How far a text meets the English words, each by the rendering that it holds most of; 0 to 1."""
        met = [max(_share(weights, held) for weights in each) for each in self.english]
        return sum(met) / len(met) if met else 0.0

    def sentences(self, clause: int) -> list[Scored]:
        """The sentences of a clause, each scored; a mere title is none, unless it is all there is."""
        parts = self.index.sentences[clause]
        owner = self.index.clauses[clause]
        telling = [i for i, part in enumerate(parts) if not (is_title(part, owner) or ASKS.search(part.text))]
        return [self.score(clause, i) for i in telling or range(len(parts))]

    def score(self, clause: int, position: int) -> Scored:
        sentence = self.index.sentences[clause][position]
        cosine = self.index.cosine(clause, position, self.found.query_vector)
        coverage = self.coverage(sentence.text)
        if sent_to := self.index.referred(clause, sentence.text):
            others = " ".join(self.index.clauses[number].text for number in sent_to)
            coverage = max(coverage, REFERRED_WEIGHT * self.coverage(f"{sentence.text} {others}"))
        folded = fold(sentence.text)
        filled = sum(bool(slot.search(folded)) for slot in self.wanted)
        quoted = any(word in folded for word in self.quoted)
        defined = "definition" in self.query.intents and quoted and bool(DEFINING.search(folded))
        same = (
            len(self.quantities & quantities(sentence.text)) / len(self.quantities)
            if self.quantities
            else 0.0
        )
        score = (
            COSINE_WEIGHT * cosine
            + COVERAGE_WEIGHT * coverage
            + FILLED_WEIGHT * filled
            + QUOTED_WEIGHT * (quoted + defined)
            + QUANTITY_WEIGHT * same
            + AGE_WEIGHT * any(takes_in(folded, age) for age in self.ages)
            + NAMED_WEIGHT * bool(self.named(self.index.clauses[clause]))
            - DAMAGED_WEIGHT * ("\ufffd" in sentence.text)
            - FRAME_WEIGHT * (bool(FRAME.match(sentence.text)) and not self._is_about(sentence))
        )
        return Scored(clause, position, sentence, cosine, coverage, score)

    def _is_about(self, sentence: Sentence) -> bool:
        """Whether the question is about what a preamble says: the basis, or a term that it explains."""
        explains = "definition" in self.query.intents and bool(DEFINING.search(fold(sentence.text)))
        return explains or bool(self.query.intents & {"basis", "doc_number", "department", "phone"})


def is_title(sentence: Sentence, clause: Clause) -> bool:
    """Whether a sentence only repeats the clause's own title, with its number before it, or is one glued to its body."""
    title = clause.heading[-1] if clause.heading else ""
    rest = re.sub(r"[\W\d一二三四五六七八九十第条]", "", sentence.text.replace(title, ""))
    if title and title in sentence.text and len(rest) < 3:
        return True
    bare = TITLE.fullmatch(sentence.text) is not None
    return bare and clause.text.startswith(sentence.text) and len(clause.text) > 2 * len(sentence.text)


def _shares(weights: dict[str, float]) -> dict[str, float]:
    """Each weight as a share of all."""
    total = sum(weights.values())
    return {token: weight / total for token, weight in weights.items()} if total else weights


def _share(weights: dict[str, float], held: Set[str]) -> float:
    """What share of the weights `held` has; the sum goes by the order of the weights, and so is always the same."""
    return sum([weight for token, weight in weights.items() if token in held])


@lru_cache(maxsize=256)
def _without_suffix(name: str) -> str:
    return re.sub(r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|县|区|州|盟|旗)$", "", name)


def _place_words(query: Query) -> list[str]:
    names = {
        fold(word) for name in (*query.places, *query.not_held) for word in (name, _without_suffix(name))
    }
    return sorted((name for name in names if len(name) > 1), key=len, reverse=True)


# -- select ---------------------------------------------------------------------------------------


def select(query: Query, found: Found, index: Index) -> tuple[Evidence, ...]:
    """The evidence for a question about one thing in one scope, best first; at most a screenful.

    The sentences of the best clauses in the order of the clauses, each clause's in its own order; a
    sentence that leans on the one before brings that with it.
    """
    scorer = Scorer(query, found, index)
    if query.labels:
        looked_up = _looked_up(query, found, scorer)
        if looked_up:
            return looked_up
    several = bool(query.intents & {"list", "compare", "overview", "papers"})
    budget = CHARS_SEVERAL if several else CHARS_ONE_THING
    numbers = [index.number[hit.clause.id] for hit in found.hits[:CLAUSES_LOOKED_AT]]
    ranked = [
        (part.score + RANK_BONUS / rank, part)
        for rank, number in enumerate(numbers, 1)
        for part in scorer.sentences(number)
    ]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].clause, pair[1].position))
    margin = MARGIN_SEVERAL if several else MARGIN_ONE_THING
    if query.language == "en":
        margin = ENGLISH_MARGIN_SEVERAL if several else ENGLISH_MARGIN_ONE_THING
    chosen: list[Scored] = []
    for score, part in ranked:
        size = sum(len(other.sentence.text) for other in chosen)
        if chosen and (
            score < ranked[0][0] - margin
            or len(part.sentence.text) < SHORTEST_PIECE
            or size + len(part.sentence.text) > budget
            or len(chosen) >= MOST_SENTENCES + several
        ):
            continue
        chosen.append(part)
    chosen = _of_one_scheme(chosen, index)
    if not several and not in_parts(query):
        chosen = _without_background(query, chosen, numbers, scorer)
    if query.intents & {"list", "papers"}:
        listing = max(
            chosen,
            key=lambda part: (
                _papers_in(part.clause, index)
                if "papers" in query.intents
                else part.score + LEAD_WEIGHT * bool(LEAD.search(part.sentence.text))
            ),
        )
        chosen += _rest_of(listing.clause, chosen, scorer)
    chosen += _filling_open_slots(query, chosen, ranked, scorer)
    chosen += _keeping_out(query, chosen, found, scorer)
    chosen = _with_lists(_with_context(chosen, scorer), scorer, whole=several)
    order = {part.clause: i for i, part in reversed(list(enumerate(chosen)))}
    heads = {
        number: min(order.get(n, len(order)) for n in (lead, *index.items[lead]))
        for lead in index.items
        for number in (lead, *index.items[lead])
        if number in order
    }
    chosen.sort(key=lambda part: (heads.get(part.clause, order[part.clause]), part.clause, part.position))
    return _joined([of_sentence(index, part.clause, part.sentence) for part in chosen], index)


def _joined(evidence: Sequence[Evidence], index: Index) -> tuple[Evidence, ...]:
    """`evidence` with each piece that cannot be read alone, 节假日除外。, in one with the sentence right before it."""
    joined: list[Evidence] = []
    for item in evidence:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.clause == item.clause
            and (DEPENDENT.search(item.text) or _goes_on(before.text, item.text))
            and len(before.text) + len(item.text) <= MOST_JOINED_CHARS
            and _follows(before.span, item.span, index.sentences[index.number[item.clause.id]])
        ):
            span = Span(before.span.start, item.span.end)
            quote = index.quote(item.clause.document, span)
            joined[-1] = Evidence(item.clause, item.metadata, span, quote, before.text + item.text)
        else:
            joined.append(item)
    return tuple(joined)


def _goes_on(before: str, item: str) -> bool:
    """Whether `item` is a further one of a list that `before` opens and holds the first of."""
    return INLINE_LEAD.search(before) is not None and INLINE_ITEM.match(item) is not None


def _follows(before: Span, after: Span, sentences: Sequence[Sentence]) -> bool:
    """Whether no sentence stands between two spans of a clause, the first of them before the second."""
    return before.end <= after.start and not any(
        before.end <= part.span.start and part.span.end <= after.start for part in sentences
    )


def best_of(query: Query, evidence: Sequence[Evidence], found: Found, index: Index) -> int:
    """The position of the piece of evidence that fits the question best; the first of equals."""
    scorer = Scorer(query, found, index)
    parts = [_scored(scorer, item, index) for item in evidence]
    scores = [part.score if part else -1.0 for part in parts]
    return scores.index(max(scores))


def _without_background(
    query: Query, chosen: Sequence[Scored], numbers: Sequence[int], scorer: Scorer
) -> list[Scored]:
    """`chosen` without other clauses than the best one's say beside the question.

    What fills a slot that the best sentence leaves open stays, and what keeps somebody out. Where something is put to
    us to be confirmed, what stands in the same clause without a figure is none of it either.
    """
    if not chosen:
        return []
    best, index = chosen[0], scorer.index
    confirms = "confirm" in query.intents
    told = token_set(best.sentence.text)

    def score(part: Scored) -> float:
        return part.score + RANK_BONUS / (numbers.index(part.clause) + 1)

    def filled(part: Scored) -> set[str]:
        item = of_sentence(index, part.clause, part.sentence)
        return {name for name in query.intents & set(SLOTS) if _filled(name, query, [item], index)}

    def explains(part: Scored) -> bool:
        return "definition" not in query.intents or bool(DEFINING.search(fold(part.sentence.text)))

    def stands_apart(part: Scored) -> bool:
        one, other = (index.leads.get(each.clause, each.clause) for each in (part, best))
        return one != other or (confirms and not quantities(part.sentence.text))

    def is_background(part: Scored) -> bool:
        return (
            stands_apart(part)
            and score(part) < score(best) - BACKGROUND_GAP
            and (part.coverage < BACKGROUND_COVERAGE * best.coverage or not explains(part))
            and scorer.news(part.sentence.text, told) < BACKGROUND_NEWS
            and not KEEPS_OUT.search(fold(part.sentence.text))
            and not any(takes_in(fold(part.sentence.text), age) for age in scorer.ages)
            and filled(part) <= filled(best)
        )

    return [part for part in chosen if not is_background(part)]


def _scheme(clause: Clause) -> tuple[str, ...] | None:
    """The headings of the scheme that a clause fills in a field of (补贴标准：...); None for any other clause."""
    return clause.heading[:-1] if fills_field(clause.text, clause.heading) else None


def _of_one_scheme(chosen: list[Scored], index: Index) -> list[Scored]:
    """`chosen` without the fields of other schemes than that of the best piece, if it is a field itself."""
    schemes = [_scheme(index.clauses[part.clause]) for part in chosen]
    if not chosen or schemes[0] is None:
        return chosen
    return [part for part, scheme in zip(chosen, schemes, strict=True) if scheme in (None, schemes[0])]


def _fields_beside(number: int, index: Index) -> list[int]:
    """The clauses that fill in the other fields of the scheme that clause `number` fills in one of."""
    clause = index.clauses[number]
    scheme = _scheme(clause)
    if scheme is None:
        return []
    span = index.of_document[clause.document]
    return [n for n in range(*span) if n != number and _scheme(index.clauses[n]) == scheme]


def _filling_open_slots(
    query: Query, chosen: Sequence[Scored], ranked: Sequence[tuple[float, Scored]], scorer: Scorer
) -> list[Scored]:
    """For each slot that `chosen` leaves open the best sentence that fills it.

    One of the best clause's own or of its scheme's other fields, else one that fits nearly as well as the best.
    """
    index = scorer.index
    found: list[Scored] = []
    for name in sorted(query.intents & set(SLOTS)):
        have = [of_sentence(index, part.clause, part.sentence) for part in (*chosen, *found)]
        if _filled(name, query, have, index) and (name != "department" or _names_in_charge(have)):
            continue
        own = [part for _, part in ranked if part.clause == chosen[0].clause] if chosen else []
        beside = _fields_beside(chosen[0].clause, index) if chosen else []
        own += [part for number in beside for part in scorer.sentences(number)]
        near = [part for score, part in ranked if score >= ranked[0][0] - MARGIN_OPEN_SLOT]
        fitting = (part for part in (*own, *near) if part not in chosen and part not in found)
        for part in fitting:
            alone = [of_sentence(index, part.clause, part.sentence)]
            if _filled(name, query, alone, index) and (name != "department" or _names_in_charge(alone)):
                found.append(part)
                break
    return found


def _names_in_charge(evidence: Sequence[Evidence]) -> bool:
    """Whether a clause prints its departments or a sentence says who does it."""
    return any(item.clause.departments or tells_who(item) for item in evidence)


def tells_who(item: Evidence) -> bool:
    """Whether a piece of evidence says by itself who does a thing, or at which window."""
    return bool(IN_CHARGE.search(fold(item.text)))


def _keeping_out(query: Query, chosen: Sequence[Scored], found: Found, scorer: Scorer) -> list[Scored]:
    """Where a question asks whether it may be, the sentence that keeps out what it tells besides: 公务员不适用.

    Of the clauses found the one that holds most words of the question which `chosen` does not.
    """
    if not chosen or not WHETHER.search(fold(query.asked)):
        return []
    index = scorer.index
    told = token_set(" ".join(part.sentence.text for part in chosen))
    numbers = [index.number[hit.clause.id] for hit in found.hits]
    best, most = None, LEAST_NEWS
    for part in (part for number in numbers for part in scorer.sentences(number)):
        text = part.sentence.text
        if part in chosen or len(text) > MOST_KEPT_OUT_CHARS or not KEEPS_OUT.search(fold(text)):
            continue
        news = scorer.news(text, told)
        if news > most:
            best, most = part, news
    return [best] if best else []


def _papers_in(clause: int, index: Index) -> int:
    return len(SLOTS["papers"].fills.findall(fold(index.clauses[clause].text)))


def _rest_of(clause: int, chosen: Sequence[Scored], scorer: Scorer) -> list[Scored]:
    """The sentences of a clause that are not chosen yet, if it is short enough to be given whole: what is listed in it."""
    parts = scorer.sentences(clause)
    if sum(len(part.sentence.text) for part in parts) > CHARS_SEVERAL:
        return []
    return [part for part in parts if part not in chosen]


def _with_lists(chosen: list[Scored], scorer: Scorer, *, whole: bool) -> list[Scored]:
    """`chosen` with the lead of each list item in it; a lead brings its items, and so does a list asked for.

    「中度失能的，每人每月四百元」 says little without 「补贴标准为：」, and that nothing without its items.
    """
    index = scorer.index
    have = {part.clause for part in chosen}
    wanted: list[int] = []
    for i, part in enumerate(chosen):
        lead = part.clause if part.clause in index.items else index.leads.get(part.clause)
        if lead is None or (i and not whole):
            continue
        bare = part.clause == lead and part.sentence == index.sentences[lead][-1]
        wanted += [lead, *(index.items[lead] if whole or bare else [])]
    added: list[Scored] = []
    for number in list(dict.fromkeys(n for n in wanted if n not in have and index.sentences[n]))[:MOST_ITEMS]:
        parts = index.sentences[number]
        short = sum(len(part.text) for part in parts) <= LONGEST_ITEM
        told = range(len(parts)) if short else range(1)
        added += [scorer.score(number, i) for i in ([len(parts) - 1] if number in index.items else told)]
    return [*chosen, *added]


def _with_context(chosen: list[Scored], scorer: Scorer) -> list[Scored]:
    """`chosen` with the sentence before each one that leans on it, and the one that explains a term asked for."""
    have = {(part.clause, part.position) for part in chosen}
    explained = [
        scorer.score(part.clause, part.position + 1)
        for part in chosen[:1]
        if "definition" in scorer.query.intents
        and any(word in fold(part.sentence.text) for word in scorer.quoted)
        and part.position + 1 < len(scorer.index.sentences[part.clause])
        and (part.clause, part.position + 1) not in have
    ]
    if chosen:
        explained += _exceptions(chosen[0], have, scorer)
        explained += _followers(chosen[0], have, scorer)
        explained += _otherwise(chosen[0], have, scorer)
    extra = [
        scorer.score(part.clause, part.position - 1)
        for part in chosen
        if part.position
        and LEANING.match(part.sentence.text)
        and (part.clause, part.position - 1) not in have
    ]
    if chosen and "penalty" in scorer.query.intents and not any(map(_punishes, chosen)):
        sending = (scorer.score(*at) for at in scorer.index.sending_to(chosen[0].clause))
        explained += [part for part in sending if _punishes(part) and part not in chosen][:MOST_SENT_TO]
    return [*chosen, *explained, *extra, *_led(chosen, scorer), *_sent_to(chosen, scorer)]


def _punishes(part: Scored) -> bool:
    """Whether a sentence says what breaking a rule costs."""
    return re.search(r"罚款|警告|没收|吊销|责令|追回|取消", part.sentence.text) is not None


MOST_SENT_TO, LONGEST_SENT_TO = 2, 160


def _sent_to(chosen: Sequence[Scored], scorer: Scorer) -> list[Scored]:
    """Of each article that the best sentence sends to what says most of what is asked and is not told yet."""
    told = {token for part in chosen for token in token_set(part.sentence.text)}
    found: list[Scored] = []
    for best in chosen[:1]:
        for number in scorer.index.referred(best.clause, best.sentence.text):
            parts = [part for part in scorer.sentences(number) if len(part.sentence.text) <= LONGEST_SENT_TO]
            part = max(parts, key=lambda part: part.score, default=None)
            if part and part not in chosen and scorer.news(part.sentence.text, told) >= LEAST_NEWS:
                found.append(part)
    return sorted(found, key=lambda part: -part.score)[:MOST_SENT_TO]


def _led(chosen: Sequence[Scored], scorer: Scorer) -> list[Scored]:
    """What stands in the same clause behind a sentence that opens a list, up to the budget for several things.

    Of a list that goes on in the sentence itself, (有…之一的：①…；②…；), an item brings the sentence that opens it.
    """
    found: list[Scored] = []
    for part in chosen:
        parts = scorer.index.sentences[part.clause]
        behind = range(part.position + 1, len(parts))
        if INLINE_LEAD.search(part.sentence.text):
            wanted = _inline_items(parts, part.position)
        elif LEAD.search(part.sentence.text) and sum(len(parts[i].text) for i in behind) <= CHARS_SEVERAL:
            wanted = list(behind)
        elif INLINE_ITEM.match(part.sentence.text):
            before = range(part.position - 1, -1, -1)
            wanted = [next((i for i in before if INLINE_LEAD.search(parts[i].text)), part.position)]
        else:
            continue
        led = (scorer.score(part.clause, i) for i in wanted)
        found += [each for each in led if each not in chosen and each not in found]
    return found


def _inline_items(parts: Sequence[Sentence], lead: int) -> list[int]:
    """The positions of the items that follow the first one, which stands in the sentence that opens the list."""
    items: list[int] = []
    for position in range(lead + 1, len(parts)):
        if not INLINE_ITEM.match(parts[position].text):
            break
        items.append(position)
    return items


# ... and what holds for who does not meet its bound: 其余的按原标准执行.
BOUNDED = re.compile("以上|以下|以内|超过|不足|达到|不满|未满|不低于|不高于")
OTHERWISE = re.compile(r"^(?:其他|其余|否则|不足|未达到|不满|低于|不符合)")


def _otherwise(best: Scored, have: set[tuple[int, int]], scorer: Scorer) -> list[Scored]:
    """The sentence behind the best one that says what holds where a number told lies outside its bound."""
    parts, behind = scorer.index.sentences[best.clause], best.position + 1
    if behind >= len(parts) or (best.clause, behind) in have or not OTHERWISE.match(parts[behind].text):
        return []
    bounded = BOUNDED.search(best.sentence.text) and (scorer.quantities or scorer.ages)
    return [scorer.score(best.clause, behind)] if bounded else []


def _exceptions(best: Scored, have: set[tuple[int, int]], scorer: Scorer) -> list[Scored]:
    """What the sentences behind the best one take back of it or extend it to: 担任正职领导的，不得离岗创业。"""
    parts = scorer.index.sentences[best.clause]
    found: list[Scored] = []
    for position in range(best.position + 1, min(best.position + 1 + FURTHEST_EXCEPTION, len(parts))):
        text = parts[position].text
        if EXCEPTION.search(text) and len(text) <= LONGEST_EXCEPTION and (best.clause, position) not in have:
            found.append(scorer.score(best.clause, position))
    return found


def _followers(best: Scored, have: set[tuple[int, int]], scorer: Scorer) -> list[Scored]:
    """What the sentences right behind the best one say of the same support, where they fit the question nearly as well."""
    parts = scorer.index.sentences[best.clause]
    found: list[Scored] = []
    for position in range(best.position + 1, min(best.position + 1 + FURTHEST_FOLLOWER, len(parts))):
        text = parts[position].text
        if (best.clause, position) in have or not FOLLOWS.search(text) or len(text) > LONGEST_EXCEPTION:
            continue
        part = scorer.score(best.clause, position)
        if part.score >= best.score - FOLLOWER_MARGIN:
            found.append(part)
    return found


def _looked_up(query: Query, found: Found, scorer: Scorer) -> tuple[Evidence, ...]:
    """The sentences of the clause whose number the question names, up to the budget for several things.

    Where the question asks for a thing in it only those that bear on that.
    """
    index = scorer.index
    for label in query.labels:
        numbers = [
            index.number[hit.clause.id] for hit in found.hits if label_matches(hit.clause.label, label)
        ]
        parts = [scorer.score(n, i) for n in numbers[:1] for i in range(len(index.sentences[n]))]
        if parts:
            best = max(parts, key=lambda part: part.score)
            if scorer.asks_for(best):
                parts = [part for part in parts if part.score >= best.score - MARGIN_ONE_THING]
            evidence = [of_sentence(index, part.clause, part.sentence) for part in parts]
            return _joined(_within(evidence, CHARS_SEVERAL), index)
    return ()


def _within(evidence: Sequence[Evidence], budget: int) -> tuple[Evidence, ...]:
    kept: list[Evidence] = []
    for item in evidence:
        if kept and sum(len(other.text) for other in kept) + len(item.text) > budget:
            break
        kept.append(item)
    return tuple(kept)


def of_sentence(index: Index, clause: int, sentence: Sentence) -> Evidence:
    """A sentence of a clause as evidence."""
    owner = index.clauses[clause]
    return Evidence(
        owner,
        index.metadata[owner.document],
        sentence.span,
        index.quote(owner.document, sentence.span),
        sentence.text,
    )


def of_departments(index: Index, clause: Clause) -> Evidence | None:
    """The parenthesis of responsible departments that ends a clause, as evidence."""
    if not clause.departments:
        return None
    raw = index.quote(clause.document, clause.span)
    start = max(raw.rfind("("), raw.rfind("（"))
    match = DEPARTMENT_PARENTHESIS.search(clause.text)
    if start < 0 or match is None:
        return None
    span = Span(clause.span.start + start, clause.span.end)
    return Evidence(
        clause,
        index.metadata[clause.document],
        span,
        index.quote(clause.document, span),
        match.group().strip(),
    )


# -- judge ----------------------------------------------------------------------------------------

# The topic fits where slope * (cosine of the best sentence) + slope * (share of words) lies above these halves, set
# about three spreads (of 0.08, in English 0.05) under the mean of the best cosine over `eval/sets`, so that only
# questions about something else fall below.
COSINE_AT_HALF = {"zh-Hans": 0.44, "zh-Hant": 0.44, "en": 0.46}
COVERAGE_AT_HALF = {"zh-Hans": 0.15, "zh-Hant": 0.15, "en": 0.05}
COSINE_SLOPE, COVERAGE_SLOPE = 15.0, 8.0
UNRELATED = -2.2
# Confidence is the logistic of these: fitted to 196 questions of `eval/sets`, 50 of them not answerable, it had in
# five-fold cross-validation an area under the curve of 0.94 (the fit alone 0.74) and a Brier score of 0.04.
CONFIDENCE_FIT, CONFIDENCE_MISSING, CONFIDENCE_BIAS = 1.06, -3.65, -0.53
MOST_FIT, MOST_MISSING = 3.0, 2


TELLING = 0.6
EASILY_FILLED = frozenset({"amount", "number", "fee", "penalty", "guarantor", "online", "phone", "hours"})
"""Slots that nearly any clause fills: one counts only if it holds `TELLING` of the question's words that the best one holds."""


def fills(name: str, query: Query, text: str) -> bool:
    """Whether a text holds what fills a slot of the question; what is counted has to be of the sort asked for."""
    found = counted(fold(query.asked)) if name in ("number", "deadline") else None
    given = _given(name, query, fold(text))
    if name == "deadline" and found is None and names_the_year(fold(query.asked), given):
        return True
    return bool((found or SLOTS[name].fills).search(given))


def judge(query: Query, evidence: Sequence[Evidence], found: Found, index: Index) -> Judgement:
    """Whether `evidence` answers the question: how well it fits, and which slots stay unfilled."""
    if not evidence:
        return Judgement(False, 0.0, related=False)
    if query.labels and any(label_matches(evidence[0].clause.label, label) for label in query.labels):
        return Judgement(True, 1.0)
    scorer = Scorer(query, found, index)
    parts = [_scored(scorer, item, index) for item in evidence]
    clause_text = " ".join(index.clauses[index.number[item.clause.id]].text for item in evidence[:2])
    cosine = max((part.cosine for part in parts if part), default=0.0)
    coverage = max(scorer.coverage(clause_text), max((part.coverage for part in parts if part), default=0.0))
    x = COSINE_SLOPE * (cosine - COSINE_AT_HALF[query.language])
    x += COVERAGE_SLOPE * (coverage - COVERAGE_AT_HALF[query.language])
    told = [scorer.coverage(f"{_with_lead(item, index)} {item.clause.text}") for item in evidence]
    titles = dict.fromkeys(title for hit in found.hits for title in scorer.named(hit.clause))
    asked = frozenset(title for title in titles if fold(title) in fold(query.text))
    meant = [item for item in evidence if not _of_other_scheme(item, asked)]
    telling = [
        item
        for item, share in zip(evidence, told, strict=True)
        if item in meant and share >= TELLING * max(told)
    ]
    missing = tuple(
        name
        for name in sorted(query.intents & set(SLOTS))
        if not _filled(name, query, telling if name in EASILY_FILLED else meant, index)
    )
    if unnamed(query, evidence, index):
        missing = (*missing, "named")
    if other_group(query, evidence, [hit.clause for hit in found.hits]) or other_relative(query, evidence):
        missing = (*missing, "group")
    if other_year(query, evidence):
        missing = (*missing, "year")
    return Judgement(x >= 0, _confidence(x, missing), missing, x > UNRELATED)


def _of_other_scheme(item: Evidence, asked: frozenset[str]) -> bool:
    """Whether a clause only fills in a field (申请材料：...) of another scheme than those that the question names."""
    scheme = item.clause.heading[:-1]
    return (
        bool(asked and scheme)
        and fills_field(item.clause.text, item.clause.heading)
        and scheme[-1] not in asked
    )


def _confidence(fit: float, missing: Sequence[str]) -> float:
    x = CONFIDENCE_FIT * max(-MOST_FIT, min(MOST_FIT, fit))
    x += CONFIDENCE_MISSING * min(MOST_MISSING, len(missing)) + CONFIDENCE_BIAS
    return 1 / (1 + math.exp(-x))


def _scored(scorer: Scorer, item: Evidence, index: Index) -> Scored | None:
    """The best scored sentence of a piece of evidence; None where it is none, as departments are."""
    number = index.number[item.clause.id]
    parts = [
        scorer.score(number, position)
        for position, sentence in enumerate(index.sentences[number])
        if item.span.start <= sentence.span.start and sentence.span.end <= item.span.end
    ]
    return max(parts, key=lambda part: part.score, default=None)


def _filled(name: str, query: Query, evidence: Sequence[Evidence], index: Index) -> bool:
    """Whether some evidence fills a slot; an amount counts only beside the support that is asked about."""
    if name == "department":
        return any(item.clause.departments or SLOTS[name].fills.search(fold(item.text)) for item in evidence)
    filling = [item for item in evidence if fills(name, query, item.text)]
    if name != "amount":
        return bool(filling)
    asked = {t.official for t in lexicon.expand(fold(query.text)) if t.kind == "support"} - STATUSES
    sorts = [sort for sort in SORTS if sort.search(fold(query.text))]
    return any(_is_about(fold(_with_lead(item, index)), asked, sorts) for item in filling)


def _is_about(text: str, asked: set[str], sorts: Sequence[re.Pattern[str]]) -> bool:
    """Whether a text names one of the supports asked about, or where none is known one of their sort."""
    if asked & {term.official for term in lexicon.expand(text)}:
        return True
    return not asked and (not sorts or any(sort.search(text) for sort in sorts))


def _given(name: str, query: Query, text: str) -> str:
    """`text` without the sums that are only thresholds, where the question is about being given one."""
    if name == "amount" and GIVING.search(fold(query.asked)):
        return THRESHOLD.sub(" ", text)
    return text


def _with_lead(item: Evidence, index: Index) -> str:
    """A piece of evidence behind its headings and the lead of the list that it is an item of."""
    lead = index.leads.get(index.number[item.clause.id])
    led = [index.clauses[lead].text] if lead is not None else []
    return " ".join([*item.clause.heading, *led, item.text])
