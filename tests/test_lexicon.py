"""The lexicon: the shipped table is sound, and everyday, official and English words lead to the right terms."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from rag.errors import ConfigError
from rag.fold import fold
from rag.lexicon import COLUMNS, KINDS, Kind, Term, expand, load, named, parse_terms, spans, translate

HEADER = "\t".join(COLUMNS)
MOST_OWNERS = 3
# Words that stand in nearly every question; alone they would pull in everything.
TOO_COMMON = {
    "钱",
    "办",
    "政策",
    "支持",
    "申请",
    "办理",
    "项目",
    "企业",
    "公司",
    "服务",
    "资金",
    "优惠",
    "条件",
    "材料",
    "问题",
    "国家",
    "政府",
    "部门",
    "单位",
    "人员",
    "工作",
    "扶持",
    "帮助",
    "多少",
    "怎么",
    "什么",
}


def officials(terms: tuple[Term, ...]) -> list[str]:
    return [term.official for term in terms]


def chinese_forms(term: Term) -> tuple[str, ...]:
    return (*term.search_words, *term.lay)


@pytest.mark.parametrize(
    ("kind", "least"), [("support", 120), ("group", 50), ("department", 50), ("procedure", 60)]
)
def test_the_table_holds_enough_of_a_kind(kind: Kind, least: int) -> None:
    assert Counter(term.kind for term in load())[kind] >= least


def test_every_kind_is_used() -> None:
    assert {term.kind for term in load()} == set(KINDS)


def test_no_term_stands_twice() -> None:
    assert [word for word, n in Counter(officials(load())).items() if n > 1] == []


def test_no_term_holds_a_form_twice() -> None:
    assert [t.official for t in load() if len(set(chinese_forms(t))) < len(chinese_forms(t))] == []


def test_a_form_stands_with_at_most_three_terms() -> None:
    # Through expand, so that forms which differ by a plural or an article count as one.
    forms = {form for term in load() for form in (*chinese_forms(term), *term.english)}
    assert [form for form in forms if len(expand(fold(form))) > MOST_OWNERS] == []


def test_chinese_forms_are_already_folded() -> None:
    assert [form for term in load() for form in chinese_forms(term) if fold(form) != form] == []


def test_english_forms_are_folded_but_for_case() -> None:
    assert [form for term in load() for form in term.english if fold(form) != form.lower()] == []


def test_lay_words_are_not_words_of_every_question() -> None:
    assert [(term.official, word) for term in load() for word in term.lay if word in TOO_COMMON] == []


def test_every_form_leads_to_its_term() -> None:
    lost = [
        (term.official, form)
        for term in load()
        for form in (*chinese_forms(term), *term.english)
        if term not in expand(fold(form))
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("我当兵回来想开公司", ["退役军人", "企业开办"]),
        ("當兵回來想開公司", ["退役军人", "企业开办"]),
        ("打工回来想借钱做生意", ["返乡农民工", "创业担保贷款", "贷款", "创业"]),
        ("智慧財產權怎麼拿去抵押", ["知识产权", "抵押"]),
        ("網際網路公司", ["互联网"]),
        ("身心障礙者能領補貼嗎", ["残疾人", "补贴申领"]),
        ("公司不想干了怎么注销", ["注销登记", "简易注销"]),
        ("我能落户口吗", ["落户"]),
        ("租金能不能补", ["场地租金补贴"]),
        ("人社局在哪", ["人力资源和社会保障局"]),
        ("工商局办执照", ["市场监督管理局", "工商行政管理局", "营业执照"]),
        ("創業擔保貸款", ["创业担保贷款"]),
        ("创业 担保贷款", ["创业担保贷款"]),
        ("今天天气怎么样", []),
        ("", []),
    ],
)
def test_expand_reads_chinese_in_both_scripts(question: str, expected: list[str]) -> None:
    assert officials(expand(fold(question))) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("I am a Veteran, can I get a start-up loan?", ["退役军人", "创业担保贷款"]),
        ("Are there subsidies for college graduates?", ["补贴", "高校毕业生"]),
        ("Returning migrant workers", ["返乡农民工"]),
        ("disabled people", ["残疾人"]),
        ("women and children", ["妇女", "儿童"]),
        ("How do I register a company?", ["企业开办"]),
        ("I want to start my own company", ["企业开办", "创业"]),
        ("workers’ compensation", ["工伤保险"]),
        ("workers compensation", ["工伤保险"]),
        ("R&D super deduction for SMEs", ["研发费用加计扣除", "中小企业"]),
        ("ｓｔａｒｔｕｐ　ｌｏａｎ", ["创业担保贷款"]),
        ("怎么申请startup loan呢", ["办理流程", "创业担保贷款"]),
        ("the taxi was loaned", []),
        ("startup, loan", ["初创企业", "贷款"]),
    ],
)
def test_expand_reads_english_at_word_boundaries(question: str, expected: list[str]) -> None:
    assert officials(expand(fold(question))) == expected


def test_the_longest_form_wins_over_those_inside_it() -> None:
    assert officials(expand("自主就业退役士兵")) == ["自主就业退役士兵"]


def test_a_later_longer_form_wins_over_an_earlier_shorter_one() -> None:
    assert officials(expand("交社保补贴")) == ["社会保险补贴"]


def test_a_term_named_twice_comes_once() -> None:
    assert officials(expand("残疾人和身心障碍者")) == ["残疾人"]


def test_search_words_are_official_and_short_forms_only() -> None:
    (term,) = expand("当兵回来")
    assert term.search_words[0] == "退役军人"
    assert "退役士兵" in term.search_words
    assert "当兵回来" not in term.search_words


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("返乡农民工可以申请贷款", "group", ["返乡农民工"]),
        ("当兵回来的可以申请贷款", "group", []),
        ("由市残疾人联合会负责", "group", []),
        ("由市残疾人联合会负责", "department", ["残疾人联合会"]),
        ("向退役军人事务局申请", "group", []),
        ("(市人社局、市财政局牵头)", "department", ["人力资源和社会保障局", "财政局"]),
        ("工商局", "department", ["工商行政管理局"]),
        ("veterans", "group", []),
    ],
)
def test_named_takes_only_what_is_printed(text: str, kind: Kind, expected: list[str]) -> None:
    assert officials(named(fold(text), kind)) == expected


def test_translate_gives_the_first_english_form_by_the_form_found() -> None:
    assert translate(fold("退役士兵向人社局申請創業擔保貸款")) == {
        "退役士兵": "veteran",
        "人社局": "Human Resources and Social Security Bureau",
        "创业担保贷款": "startup guarantee loan",
    }


def test_translate_leaves_lay_words() -> None:
    assert translate("当兵回来") == {}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "line 1: the header"),
        ("official\tkind", "line 1: the header"),
        (f"{HEADER}\n落户\tsupport\t\t", "line 2: 4 fields, expected 5"),
        (f"{HEADER}\n\tsupport\t\t\thukou", "line 2, field official"),
        (f"{HEADER}\n落户|户口\tsupport\t\t\thukou", "line 2, field official"),
        (f"{HEADER}\n落户\tgift\t\t\thukou", "line 2, field kind: 'gift'.*support"),
        (f"{HEADER}\n落户\tsupport\t户\t\thukou", "line 2, field short"),
        (f"{HEADER}\n落户\tsupport\t\t迁户口||户籍\thukou", "line 2, field lay"),
        (f"{HEADER}\n落户\tsupport\t\t户籍|户籍\thukou", "line 2, field lay.*each form once"),
        (f"{HEADER}\n落户\tsupport\t\t\t hukou", "line 2, field english"),
        (f"{HEADER}\n落户\tsupport\t\t\t", "line 2, field english"),
        (f"{HEADER}\n落户\tsupport\t\t\thukou\n落户\tgroup\t\t\thukou", "line 3, field official.*line 2"),
    ],
)
def test_a_malformed_table_is_refused_with_line_and_field(table: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_terms(table)


def test_a_line_becomes_a_term() -> None:
    table = f"{HEADER}\n落户\tsupport\t户口迁移\t迁户口|落户口\thukou|household registration"
    assert parse_terms(table) == (
        Term("落户", "support", ("户口迁移",), ("迁户口", "落户口"), ("hukou", "household registration")),
    )


def test_two_hundred_characters_take_about_a_millisecond() -> None:
    text = fold("我是返乡农民工，当兵回来想在老家开公司，能贷多少钱？startup loan 怎么申请？" * 6)[:200]
    expand(text)
    best_s = min(_seconds(text) for _ in range(20))
    assert best_s < 0.003  # 0.5 ms measured; room for a busy machine


def _seconds(text: str) -> float:
    start = time.perf_counter()
    expand(text)
    return time.perf_counter() - start


def test_spans_tell_where_a_term_is_named_in_any_words() -> None:
    text = "how to set up a company as a veteran"
    found = [(text[start:end], terms[0].official) for start, end, terms in spans(text)]
    assert ("veteran", "退役军人") in found
