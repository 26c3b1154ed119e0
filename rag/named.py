"""Named: what a question names has to be named by the clauses quoted, else they answer another question.

A price or a support by its name, a group of people, a relative who is to come in too, a year. Each function says
whether one is missed; `rag.evidence.judge` asks them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag import lexicon
from rag.fold import fold
from rag.index import Index
from rag.quantities import quantities
from rag.types import Clause, Evidence, Query
from rag.understand import asking

# What is asked for when the question speaks of being given something ...
GIVING = re.compile(r"奖|补|贷|领|给|借|发放|资助|拿到|享受|award|subsid|loan|borrow|grant|receive|get")
# What an amount is asked of, beside supports: a fee, a rent, a rate; the evidence has to name it too.
PRICED = re.compile(
    r"[一-鿿]?(?:费率|利率|费(?!用)|率)|[租押薪佣]金|[房车]租|工资|薪[资水酬]|年薪|月薪|分数线?|学位|名额|房价|单价|门票|罚款|罚金"
)
SAME_PRICE = {
    "租金": "租",
    "房租": "租",
    "薪水": "薪",
    "薪资": "薪",
    "年薪": "薪",
    "月薪": "薪",
    "工资": "薪",
}
# The same asked in English: word -> what a clause prints.
ENGLISH_PRICED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"\b(?:{asked})\b"), re.compile(printed))
    for asked, printed in (
        ("deposits?", "押金|保证金|存款|起存|存入"),
        ("salary|salaries|wages?", "薪|工资|待遇|报酬|收入"),
        (r"(?<!\bi )(?<!\bwe )(?<!\bto )(?<!\bwho )(?<!\bthey )(?<!\byou )rents?", "租"),
        ("interest(?: rate)?", "利率|利息|贴息|息"),
        ("fees?|charges?", "费"),
        ("deductible", "起付"),
        ("premiums?", "保费|保险费"),
        ("fines?|penalty|penalties", "罚|追回|退回|退还"),
    )
)
# What is asked of a thing, in either language -> what a clause prints that says so: a certificate of which grade, a tax.
ATTRIBUTES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(
            r"(?:什么|哪些|啥|几级的?|哪种|多高的?)(?:学历|文凭|证书|证照|资格证|职称)|(?:学历|文凭|证书|证照|职称)(?:和?\S{0,4})?(?:有?(?:什么|哪些)?(?:要求|限制))|"
            r"\b(?:what|which) (?:\w+ ){0,2}(?:degree|diploma|qualifications?|certificates?|licen[cs]e)\b"
        ),
        re.compile(
            r"学历|学位|文凭|本科|专科|大专|高中|毕业|证书|证照|资格|职称|[一二三四五初中高]级|技师|执照|许可证"
        ),
    ),
    (re.compile(r"[交缴扣]不?[交缴扣]?\S{0,3}税|个税|\b(?:taxed|taxable|tax-free)\b"), re.compile("税")),
    *(
        (
            re.compile(rf"(?:哪[间家所个几]|什么|哪些){name}|\bwhich (?:\w+ )?(?:{english})\b"),
            re.compile(name),
        )
        for name, english in (
            ("医院", "hospitals?|clinics?"),
            ("银行", "banks?"),
            ("学校", "schools?"),
            ("药店", "pharmac(?:y|ies)"),
            ("酒店", "hotels?"),
            ("网站", "websites?"),
        )
    ),
)
ASKS_PRICE = re.compile(r"\b(?:what|how much|how high)\b")
# One's own people, asked whether they come in too -> what a clause that lets them in names.
RELATIVES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "老婆|老公|丈夫|妻子|太太|爱人|媳妇|配偶",
        "wife|husband|spouse|partner",
        re.compile("配偶|夫妻|爱人|家属|家庭|随迁"),
    ),
    (
        "爸妈?|妈妈?|父母|父亲|母亲|公婆|岳父|岳母",
        "parents?|father|mother",
        re.compile("父母|家属|老人|老年|赡养|直系|家庭|双亲"),
    ),
    (
        "儿子|女儿|闺女|小孩|孩子|娃",
        "son|daughter|child|children|kids?",
        re.compile("子女|儿童|未成年|家属|孩子|学生|家庭|少年|婴幼儿|幼儿"),
    ),
    ("家属|家里人|家人", "famil(?:y|ies)", re.compile("家属|家庭|配偶|子女")),
)
# A support by its own name, 丧葬补助: of the two characters before it one at least has to stand somewhere in scope.
NAMED_SUPPORT = re.compile(r"(?P<what>[一-鿿]{2})(?:补贴|补助|津贴|保险|奖励)")
# ... unless they only say that it is given: 给予补贴, 政府补贴, 什么补贴.
GIVEN = re.compile(
    r"[给领取拿发享受请有没些多少么的了吗啥种类项性钱年月这那笔哪份]|政府|国家|创业|相关|各种|哪些|资金|财政|就业|企业|人员"
)
# Words of an eligibility: only then must the group that a question names stand in the clause.
ELIGIBLE = re.compile(
    r"能|可以|可否|资格|符合|享受|算|条件|吗|有没有|哪些|什么|\bcan\b|\bmay\b|eligib|qualif|entitled|\bget\b"
)
# More than others get, or what others do not: then some clause found has to name the group.
SPECIAL = re.compile(
    r"(?:会不会|能不能|有没有|是不是|可不可以|比别人|[能会可])(?:再|另外|额外)?(?:多|少)(?:给|拿|领|发|报|补|交|加|算|一)|另外(?:再)?(?:加|给|补|有)|额外|专门的?|优待|特殊照顾|"
    r"(?:年龄|岁数|条件)\S{0,4}放宽|\b(?:get|given|receive|pay|is there|are there)\b.{0,30}\b(?:extra|higher|bigger|more|special|discount|cheaper|faster|priority)\b"
)
# Groups that are named as examples only.
OPEN_LIST = re.compile(r"等(?:各类|重点|困难|就业|创业){0,3}(?:群体|人群|人员|对象)")
NOT_MEANT = re.compile(r"(?:不是|并非|没有?当过|除了)[^,.;，。；]{1,8}?(?=[,.;，。；]|的?[,，]|就是|而是|$)")
# Groups of people that everyday words and documents do not keep apart.
FAMILIES: tuple[re.Pattern[str], ...] = (
    re.compile("大学生|高校毕业生|毕业生|留学生|大中专|学生|研究生|硕士|博士|本科"),
    re.compile("农民工|返乡|农民|农牧民|农村|脱贫|进城务工"),
    re.compile("退役|军人|军属|复员|转业|士兵"),
    re.compile("外国|外籍|海外|留学|归国|华侨|港澳台"),
    re.compile("人才|专家|博士|科研人员|科技人员|技术人员|高校教师"),
    re.compile("创业(?:者|人员|人才|群体)|自主创业"),
    re.compile("失业|就业困难|下岗|无业|低保|困难|灵活就业"),
    re.compile("贫困|脱贫|低保|低收入|特困|困难"),
    re.compile("老年|老人|退休"),
)
# Where somebody is registered, how old a worker may be or whose child one is makes no group of its own.
NO_GROUP = frozenset({"本市户籍人员", "外来人口", "劳动年龄内人员", "父母", "配偶", "未成年子女"})
ENTERPRISE = re.compile("企业|公司|工商户|机构|商户|合作社|农场|单位|市场主体|纳税人")
# A year that only tells of the asker's own affairs: 2010年建的, 2018年9月生, 一套2010年的.
BORN = re.compile(
    r"\d{4}年?[\d月日号./-]*\s*(?:出?生|毕业|入职|入学|入伍|退伍|退役|注册|成立|开业|开的|建|买|购|结婚|领证|搬|来)|\d{4}年的(?=[,.?!;]|$)"
)


def unnamed(query: Query, evidence: Sequence[Evidence], index: Index) -> bool:
    """Whether the question asks what a thing costs or for a support by name, and no clause quoted names it."""
    question = fold(asking(query.asked))
    context = fold(" ".join(" ".join([*item.clause.heading, item.clause.text]) for item in evidence))
    if not context:
        return False
    if any(said.search(question) and not printed.search(context) for said, printed in ATTRIBUTES):
        return True
    if query.language == "en":
        asked = (printed for word, printed in ENGLISH_PRICED if word.search(question))
        return bool(ASKS_PRICE.search(question)) and not all(printed.search(context) for printed in asked)
    if query.intents & {"amount", "number", "interest"}:
        priced = [match.group() for match in PRICED.finditer(question)]
        # Of several it is enough that one is named: 除了押金，物业费还退几个月
        if priced and not any(
            SAME_PRICE.get(word, word[-2:]) in context or _known_otherwise(word, question, context)
            for word in priced
        ):
            return True
    scope = index.terms.scope(index.clauses_of(query.documents))
    return any(
        not (GIVEN.search(match["what"]) or any(index.terms.holds(char, scope) for char in match["what"]))
        for match in NAMED_SUPPORT.finditer(question)
    )


def _known_otherwise(word: str, question: str, context: str) -> bool:
    """Whether the evidence names in other words a term that the question names with `word` in it."""
    held = {term.official for term in lexicon.expand(context)}
    return any(
        term.official in held
        and any(word in form or form in word for form in (*term.search_words, *term.lay))
        for term in lexicon.expand(question)
    )


def other_group(query: Query, evidence: Sequence[Evidence], near: Sequence[Clause]) -> bool:
    """Whether the question names a group of people and the clauses quoted name others, the best of them above all.

    Where none is named, it is enough that a clause found `near` by names the group.
    """
    question = NOT_MEANT.sub(" ", fold(query.asked))
    asked = groups_in(question)
    if not asked or not (ELIGIBLE.search(question) or GIVING.search(question)):
        return False

    def names(groups: frozenset[str]) -> bool:
        return any(same_group(a, b) for a in asked for b in groups)

    if SPECIAL.search(question) and not any(names(groups_of(clause)) for clause in near):
        return True
    held = [groups_of(item.clause) for item in evidence]
    if not any(held):  # enough for a procedure, not for a support that a group asks about
        supports = any(term.kind == "support" for term in lexicon.expand(fold(query.asked)))
        return supports and not any(names(groups_of(clause)) for clause in near)
    if any(names(groups) for groups in held):
        return False
    return all(held) or (bool(held[0]) and not OPEN_LIST.search(fold(evidence[0].clause.text)))


def other_relative(query: Query, evidence: Sequence[Evidence]) -> bool:
    """Whether the question asks if somebody's relative comes in too, and no clause quoted names such a one."""
    question = fold(query.asked)
    context = fold(" ".join(" ".join([*item.clause.heading, item.clause.text]) for item in evidence))
    return any(
        re.search(
            rf"(?:的|他|她)(?:{said})[^,.;?!]{{0,8}}(?:能|可以|是否|算)|(?:{said})[^,.;?!]{{0,6}}(?:能|可以)[^,.;?!]{{0,6}}(?:跟着|一起|一块|也)|"
            rf"\bcan (?:my|the|his|her|their) (?:{english_said})\b(?! (?:fund|compan|firm|body))|(?:'s|s') (?:{english_said}) (?:can|get|qualify|join|apply|be)|\bdo (?:\w+ )?\w+s' (?:{english_said})",
            question,
        )
        and not printed.search(context)
        for said, english_said, printed in RELATIVES
    )


def other_year(query: Query, evidence: Sequence[Evidence]) -> bool:
    """Whether the question names years and neither the clauses quoted nor their documents speak of one."""
    if "confirm" in query.intents:  # a wrong year is put right
        return False
    question = BORN.sub(" ", fold(query.asked))
    asked = {quantity.value for quantity in quantities(question) if quantity.kind == "year"}
    if not asked:
        return False
    spoken = " ".join(
        " ".join(
            filter(
                None,
                (item.clause.text, item.metadata.title, item.metadata.doc_number, item.metadata.date_issued),
            )
        )
        for item in evidence
    )
    return not any(str(int(year)) in spoken for year in asked)


def groups_of(clause: Clause) -> frozenset[str]:
    """The groups of people that a clause or its headings name."""
    return groups_in(clause.text + "".join(clause.heading))


@lru_cache(maxsize=2048)
def groups_in(text: str) -> frozenset[str]:
    """The official names of the groups of people that a text speaks of."""
    return frozenset(
        term.official
        for term in lexicon.expand(fold(text))
        if term.kind == "group" and term.official not in NO_GROUP and not ENTERPRISE.search(term.official)
    )


def same_group(one: str, other: str) -> bool:
    """Whether two groups of people, by their official names, are one, one part of the other, or of one family."""
    if one in other or other in one:
        return True
    return any(family.search(one) and family.search(other) for family in FAMILIES)
