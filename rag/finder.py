"""Finder: place, who one is and what for -> the clauses that apply, each with the reason, without any model.

Derived from the clauses alone: what gives something is told as in `rag.overview`; whom it is for is told by the
groups of people that it, its clause or its heading names. Where none is named it is said to be unknown, and a
clause that names others only is left out. `GROUPS` is a general table over the terms of `data/lexicon.tsv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from rag import lexicon
from rag.evidence import of_sentence
from rag.fold import fold
from rag.index import Index
from rag.overview import INSTITUTIONAL, KINDS, givings, line_of
from rag.types import Evidence, Language
from rag.wording import in_script

Reason: TypeAlias = Literal["sentence", "clause", "unknown"]
"""What names the group: the sentence itself, its clause or heading, or nothing at all."""
# name -> (Chinese, English, official terms of the lexicon). A person is in one of these or says nothing.
GROUPS: dict[str, tuple[str, str, frozenset[str]]] = {
    "returning": (
        "返乡农民工", "Returning migrant workers", frozenset({"返乡农民工", "农民工", "返乡下乡人员"}),
    ),
    "graduate": (
        "高校毕业生、学生", "Graduates and students",
        frozenset({"高校毕业生", "应届高校毕业生", "离校未就业高校毕业生", "毕业年度高校毕业生", "在校大学生", "研究生",
                   "中职毕业生", "大学生村官", "三支一扶人员", "新市民"}),
    ),
    "veteran": (
        "退役军人和军属", "Veterans and military families",
        frozenset({"退役军人", "自主就业退役士兵", "军队转业干部", "随军家属", "优抚对象"}),
    ),
    "scientist": (
        "科技人员", "Scientists and researchers",
        frozenset({"科技人员", "高校教师", "科技特派员", "专业技术人员", "事业单位工作人员"}),
    ),
    "talent": ("高层次、高技能人才", "High-level and skilled talent", frozenset({"高层次人才", "高技能人才"})),
    "overseas": (
        "外籍和留学回国人才", "Foreigners and returnees from overseas",
        frozenset({"外国人", "海外高层次人才", "留学回国人员", "归侨侨眷"}),
    ),
    "compatriot": ("港澳台居民", "People from Hong Kong, Macao, Taiwan", frozenset({"台湾同胞", "港澳居民"})),
    "unemployed": (
        "失业、就业困难人员", "Unemployed people",
        frozenset({"失业人员", "下岗职工", "就业困难人员", "零就业家庭", "大龄失业人员", "城镇失业青年", "长期失业人员",
                   "去产能分流职工"}),
    ),
    "flexible": ("灵活就业人员", "Flexible workers", frozenset({"灵活就业人员", "城镇零散就业人员", "电商从业人员"})),
    "poor": (
        "低收入、脱贫家庭", "Low-income families",
        frozenset({"低保家庭", "低收入家庭", "特困人员", "建档立卡贫困人口", "脱贫人口", "低保边缘家庭", "单亲家庭"}),
    ),
    "disabled": ("残疾人", "People with disabilities", frozenset({"残疾人", "重度残疾人"})),
    "woman": ("妇女", "Women", frozenset({"妇女", "农村妇女"})),
    "youth": ("青年", "Young people", frozenset({"青年", "城镇失业青年"})),
    "elderly": (
        "老年人", "Older people", frozenset({"老年人", "失能老年人", "独居老人", "退休人员"}),
    ),
    "child": ("儿童", "Children", frozenset({"儿童", "孤儿", "困境儿童", "多子女家庭"})),
    "farmer": (
        "农民和农业经营者", "Farmers and farm businesses",
        frozenset({"农民", "失地农民", "新型职业农民", "农村妇女", "农民专业合作社", "家庭农场", "种养大户",
                   "农业产业化龙头企业", "农村实用人才", "乡村工匠"}),
    ),
    "founder": ("创业者、初创企业", "Founders and start-ups", frozenset({"自主创业人员", "初创企业"})),
    "trader": ("个体工商户", "Sole traders", frozenset({"个体工商户", "小规模纳税人"})),
    "small": ("小微、中小企业", "Small and medium-sized firms", frozenset({"小微企业", "中小企业", "小规模纳税人"})),
    "technology": (
        "科技型、高新技术企业", "Technology firms", frozenset({"科技型中小企业", "高新技术企业", "专精特新"}),
    ),
    "foreign_firm": ("外商投资企业", "Foreign-invested firms", frozenset({"外商投资企业"})),
    "employer": (
        "用人单位", "Employers", frozenset({"用人单位", "劳动密集型企业", "困难企业"}),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One support: its kind, the sentence that gives it, for whom as `reason` tells, granted or only intended."""

    kind: str
    evidence: Evidence
    line: str
    granted: bool
    reason: Reason
    named: tuple[str, ...]
    """The official terms of the groups that are named; empty where none is."""


@dataclass(frozen=True)
class Choices:
    """What a place's documents offer to choose from: (name, number of sentences), the most frequent first."""

    groups: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]


def group_name(group: str, language: Language) -> str:
    chinese, english, _ = GROUPS[group]
    return english if language == "en" else in_script(chinese, language)


def choices(index: Index, place: str) -> Choices:
    """The groups and kinds that a support of the place's documents names."""
    groups: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for found in _all(index, place):
        kinds[found.kind] += 1
        groups.update(name for name in GROUPS if _is_named(name, found.named))
    return Choices(_ordered(groups, GROUPS), _ordered(kinds, KINDS))


def find(index: Index, place: str, group: str | None = None, kind: str | None = None) -> tuple[Finding, ...]:
    """The supports of a place's documents for a group and of a kind; None leaves that open.

    What the sentence itself names comes first, then what its clause names, then what names nobody; what can be
    claimed before what is only intended; inside these in the order of the documents.
    """
    fitting = [
        found
        for found in _all(index, place, kind)
        if group is None or not found.named or _is_named(group, found.named)
    ]
    return tuple(sorted(fitting, key=_order))


def _order(found: Finding) -> tuple[bool, int, bool, bool, bool]:
    text = found.evidence.text
    return (
        found.reason == "unknown",
        list(KINDS).index(found.kind),
        not found.granted,
        bool(INSTITUTIONAL.search(text)),  # what goes to institutions comes behind what people and firms get
        found.reason != "sentence",
    )


def _all(index: Index, place: str, kind: str | None = None) -> Iterator[Finding]:
    """Every support of a place, in the order of the documents."""
    documents = [name for name, metadata in index.metadata.items() if metadata.place == place]
    for giving in givings(index, documents, kind):
        clause = index.clauses[giving.clause]
        own = groups_named(giving.sentence.text)
        around = own or groups_named(" ".join([*clause.heading[-1:], clause.text]))
        yield Finding(
            giving.kind,
            of_sentence(index, giving.clause, giving.sentence),
            line_of(giving.sentence, giving.kind, clause.heading),
            giving.granted,
            "sentence" if own else "clause" if around else "unknown",
            around,
        )


@lru_cache(maxsize=4096)
def groups_named(text: str) -> tuple[str, ...]:
    """The official terms of the table's groups that a text names in official or short words."""
    known = {term for _, _, terms in GROUPS.values() for term in terms}
    return tuple(term.official for term in lexicon.named(fold(text), "group") if term.official in known)


def _is_named(group: str, named: Iterable[str]) -> bool:
    return not GROUPS[group][2].isdisjoint(named)


def _ordered(counted: Counter[str], table: Iterable[str]) -> tuple[tuple[str, int], ...]:
    order = list(table)
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], order.index(item[0]))))
