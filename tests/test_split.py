"""Split: clean text becomes labelled clauses that lie in order in the raw text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.clean import clean
from rag.read import read_document
from rag.split import NUMBERINGS, Split, departments_of, split
from rag.types import Document


def split_text(raw: str) -> Split:
    document = Document("甲.txt", raw, "")
    return split(document.id, clean(document))


def labels(*lines: str) -> list[str]:
    return [clause.label for clause in split_text("\n".join(lines)).clauses]


# -- gold -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed_splits(seeds: Path) -> dict[str, tuple[Document, Split]]:
    documents = [read_document(path) for path in sorted(seeds.glob("*.txt"))]
    return {document.id: (document, split(document.id, clean(document))) for document in documents}


@pytest.fixture(scope="module")
def seed_clauses(seed_splits: dict[str, tuple[Document, Split]]) -> list[Any]:
    return [clause for _, parts in seed_splits.values() for clause in parts.clauses]


def test_gold_labels_and_spans(seed_clauses: list[Any], gold_clauses: list[dict[str, Any]]) -> None:
    found = [(clause.document, clause.label, *clause.span) for clause in seed_clauses]
    assert found == [(gold["file"], gold["clause"], gold["start"], gold["end"]) for gold in gold_clauses]


def test_gold_departments(seed_clauses: list[Any], gold_clauses: list[dict[str, Any]]) -> None:
    found = [[department.name for department in clause.departments] for clause in seed_clauses]
    assert found == [gold["responsible"] for gold in gold_clauses]


def test_gold_kinds_agree_but_for_one_in_fifty(
    seed_clauses: list[Any], gold_clauses: list[dict[str, Any]]
) -> None:
    pairs = zip(seed_clauses, gold_clauses, strict=True)
    differing = [clause.id for clause, gold in pairs if clause.kind != gold["kind"]]
    assert len(differing) <= len(gold_clauses) / 50, differing


def test_gold_clauses_begin_with_their_printed_number(seed_clauses: list[Any]) -> None:
    numbered = [clause for clause in seed_clauses if clause.label[-1].isdigit() and ".0" not in clause.label]
    opened = [clause for clause in numbered if any(n.pattern.match(clause.text) for n in NUMBERINGS)]
    assert [clause.id for clause in numbered if clause.label != "0"] == [clause.id for clause in opened]


# -- invariants -----------------------------------------------------------------------------------


def assert_well_formed(raw: str, parts: Split) -> None:
    """What holds for any document: trimmed spans in order, none overlapping, labels unique, sentences inside."""
    spans = [clause.span for clause in parts.clauses]
    assert all(0 <= start < end <= len(raw) for start, end in spans)
    assert all(raw[start:end] == raw[start:end].strip() for start, end in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert len({clause.label for clause in parts.clauses}) == len(parts.clauses)
    assert len(parts.sentences) == len(parts.clauses)
    for clause, sentences in zip(parts.clauses, parts.sentences, strict=True):
        assert clause.text.strip()
        for sentence in sentences:
            assert clause.span.start <= sentence.span.start < sentence.span.end <= clause.span.end
        assert all(a.span.end <= b.span.start for a, b in pairwise(sentences))


def test_seeds_are_split_well_formed(seed_splits: dict[str, tuple[Document, Split]]) -> None:
    for document, parts in seed_splits.values():
        assert_well_formed(document.raw, parts)


LINES = [
    "某市关于支持创业的实施意见",
    "某政发〔2020〕1号",
    "各县（市、区）人民政府：",
    "为了支持创业，制定本意见。",
    "第一章 总则",
    "第二章 措施",
    "第一条 本办法适用于本市。",
    "第二条 补贴如下：",
    "第二条之一 增加一条。",
    "第三条规定的补贴，不得重复享受。",
    "一、总体要求",
    "二、主要措施",
    "三、保障措施",
    "（一）贷款。最高30万元。（市财政局负责）",
    "（二）补贴。给予5000元。",
    "（三）",
    "1. 额度。",
    "2．期限；最长3年",
    "（1）个人。",
    "①学生。",
    "2020年，新增企业100户。",
    "坚持市场主导。由市场决定。",
    "坚持政府引导。由政府引导。",
    "\u3000\u3000創(chuàng)業(yè)擔保。",
    "附件：1. 申请表",
    "附件",
    "本意见自印发之日起施行，有效期5年。",
    "某市人民政府",
    "2020年1月2日",
    "",
    "。",
    "、",
    "－ 3 －",
    "来源：某网",
]


@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=12)), max_size=25),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_mix_of_lines_is_split_well_formed(lines: Sequence[str], end: str) -> None:
    raw = end.join(lines)
    assert_well_formed(raw, split_text(raw))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("市科技局、" * 4_000, id="names"),
        pytest.param("（" * 20_000, id="brackets"),
        pytest.param("第一条" * 8_000, id="numbers"),
        pytest.param("一、甲\n（一）乙\n" * 3_000, id="restarts"),
        pytest.param("甲局 " * 8_000, id="signatures"),
        pytest.param(" " * 30_000 + "甲。", id="blanks"),
        pytest.param("第" + "1" * 10_000 + "章", id="digits"),
    ],
)
def test_long_monotonous_text_takes_no_long_time(raw: str) -> None:
    started = time.monotonic()
    split_text(raw)
    assert time.monotonic() - started < 20


# -- numbering styles -----------------------------------------------------------------------------

TITLE = "某市支持创业办法"
NUMBERED = [
    pytest.param(
        ["第一章 总则", "第一条 目的。", "第二条 范围。", "第二章 补贴", "第三条 标准。", "第四条 程序。"],
        ["1.1", "1.2", "2.3", "2.4"],
        id="articles run on across chapters",
    ),
    pytest.param(
        ["第一条 甲。", "第二条 乙。", "第二条之一 丙。", "第二条之二 丁。", "第三条 戊。"],
        ["1", "2", "2-1", "2-2", "3"],
        id="inserted articles",
    ),
    pytest.param(
        ["第一条 补贴如下：", "（一）一次性补贴；", "（二）场地补贴。", "第二条 程序。"],
        ["1.0", "1.1", "1.2", "2"],
        id="article with items",
    ),
    pytest.param(
        ["第一条 第一款。", "第二款。", "第三款。", "第二条 甲。"],
        ["1", "2"],
        id="paragraphs of an article are one clause",
    ),
    pytest.param(
        ["第一编 总则", "第一章 通则", "第一节 甲", "第一条 乙。", "第二节 丙", "第二条 丁。"],
        ["1.1.1.1", "1.1.2.2"],
        id="part, chapter, section, article",
    ),
    pytest.param(
        [
            "一、甲",
            "（一）乙。",
            "1. 丙。",
            "（1）丁。",
            "①戊。",
            "②己。",
            "（2）庚。",
            "2. 辛。",
            "（二）壬。",
        ],
        ["1.1.1.1.1", "1.1.1.1.2", "1.1.1.2", "1.1.2", "1.2"],
        id="five levels",
    ),
    pytest.param(
        ["一、甲", "（一）乙。", "（二）丙。", "二、丁", "（一）戊。", "（二）己。"],
        ["1.1", "1.2", "2.1", "2.2"],
        id="items restart in each chapter",
    ),
    pytest.param(
        ["一、甲", "（一）乙。", "（二）丙。", "二、丁", "（三）戊。", "（四）己。"],
        ["1.1", "1.2", "2.3", "2.4"],
        id="items run on across chapters",
    ),
    pytest.param(
        ["一、甲", "1．乙。", "2、丙。", "3﹒丁。", "４．戊。"],
        ["1.1", "1.2", "1.3", "1.4"],
        id="digits with any stop",
    ),
    pytest.param(
        ["一、甲", "(一)乙。", "(二)丙。", "（三）丁。"],
        ["1.1", "1.2", "1.3"],
        id="brackets of either width",
    ),
    pytest.param(
        ["一、甲", "（一）乙。", "（三）丙。"],
        ["1.1", "1.3"],
        id="a number that a scan lost",
    ),
    pytest.param(
        ["一、甲", "无编号一段。", "（一）乙。"],
        ["1.0", "1.1"],
        id="lead of a chapter",
    ),
    pytest.param(
        ["一、甲", "无编号一段。", "无编号二段。", "（一）乙。"],
        ["1.0a", "1.0b", "1.1"],
        id="two leads of a chapter",
    ),
    pytest.param(
        ["开头一段，说明目的。", "一、甲", "（一）乙。"],
        ["0", "1.1"],
        id="opening paragraph",
    ),
    pytest.param(
        ["开头一段，说明目的。", "开头二段，说明范围。", "一、甲", "（一）乙。"],
        ["0a", "0b", "1.1"],
        id="opening paragraphs",
    ),
    pytest.param(
        ["第一段没有编号。", "第二段也没有编号。"],
        ["0a", "0b"],
        id="no numbers at all",
    ),
    pytest.param(
        ["一、甲", "（一）乙。（市财政局负责）", "各部门要抓好落实。"],
        ["1.1", "end"],
        id="what follows the last unit",
    ),
    pytest.param(
        ["一、原则", "坚持市场主导。市场说了算。", "坚持政府引导。政府来引导。", "二、措施", "（一）乙。"],
        ["1.0a", "1.0b", "2.1"],
        id="principles of a chapter",
    ),
    pytest.param(
        [
            "一、要求",
            "（一）原则",
            "坚持市场主导。市场说了算。",
            "坚持政府引导。政府来引导。",
            "（二）目标",
            "到2025年。",
        ],
        ["1.1.0a", "1.1.0b", "1.2"],
        id="principles of a numbered unit",
    ),
]


@pytest.mark.parametrize(("lines", "expected"), NUMBERED)
def test_numbering_style(lines: list[str], expected: list[str]) -> None:
    assert labels(TITLE, *lines) == expected


NUMBERED += [
    pytest.param(
        ["1 总则", "1.1 目的", "为了创业。", "1.2 范围", "适用于本市。", "2 补贴", "2.1 标准", "补贴如下：",
         "（1）一等1.5万元；", "（2）二等1万元。", "2.2 程序", "另行规定。", "3 附则", "3.1 施行", "本办法自2024年1月1日起施行。"],
        ["1.1", "1.2", "2.1.0", "2.1.1", "2.1.2", "2.2", "3.1"],
        id="decimal numbers that hold those above them",
    ),
    pytest.param(
        ["一、总则", "1.1目的。为了创业。", "1.2范围。本市。", "二、补贴", "2.1标准。", "2.1.1一等。", "2.1.2二等。", "2.2程序。"],
        ["1.1", "1.2", "2.1.1", "2.1.2", "2.2"],
        id="decimal numbers under Chinese chapters",
    ),
    pytest.param(
        ["一、甲", "1.5万元以上的。", "（一）乙。", "3.2%的利率。"],
        ["1.0", "1.1"],
        id="decimals that are amounts",
    ),
    pytest.param(
        ["1. 甲。", "2. 乙。", "1.5万元封顶。", "3. 丙。"],
        ["1", "2", "3"],
        id="a list of digits is no decimal chapter",
    ),
]  # fmt: skip

NOT_NUMBERS = [
    pytest.param("依照第二条办理。", id="reference after other words"),
    pytest.param("第一条规定的期限不得延长。", id="reference back to the first"),
    pytest.param("第三条所称补贴，是指一次性补贴。", id="reference forward"),
    pytest.param("第二条第一款除外。", id="reference with paragraph"),
    pytest.param("第一条和第二条同时适用。", id="reference to two"),
    pytest.param("2020年，新增企业100户。", id="year"),
    pytest.param("3.5万元以上的除外。", id="decimal"),
    pytest.param("100、200元两档。", id="number far from the last"),
    pytest.param("第一批项目已经完成。", id="ordinal"),
]


@pytest.mark.parametrize("line", NOT_NUMBERS)
def test_line_that_only_looks_numbered_stays_in_its_article(line: str) -> None:
    assert labels(TITLE, "第一条 甲。", "第二条 乙。", line, "第三条 丙。", "第四条 丁。") == [
        "1",
        "2",
        "3",
        "4",
    ]


def test_label_that_repeats_is_told_apart() -> None:
    assert labels(TITLE, "一、甲", "（一）乙。", "一、丙", "（一）丁。") == ["1.1", "1.1~2"]


# -- what a clause holds --------------------------------------------------------------------------


def test_heading_is_the_path_of_printed_titles() -> None:
    parts = split_text(f"{TITLE}\n第一章 总则\n第一节 登记\n第一条 甲。\n第二条 乙。")
    assert [clause.heading[:2] for clause in parts.clauses] == [("总则", "登记")] * 2


def test_body_glued_to_a_chapter_title_is_its_lead() -> None:
    parts = split_text(f"{TITLE}\n一、加强领导。各县要成立专班。\n（一）甲。\n（二）乙。")
    first = parts.clauses[0]
    assert (first.label, first.text) == ("1.0", "各县要成立专班。")


def test_span_runs_from_the_number_to_the_departments() -> None:
    raw = f"{TITLE}\r\n一、甲\r\n\u3000\u3000（一）贷款。\r\n\u3000\u3000最高30万元。（市财政局负责）\u3000\r\n（二）乙。"
    first = split_text(raw).clauses[0]
    assert raw[slice(*first.span)].startswith("（一）")
    assert raw[slice(*first.span)].endswith("（市财政局负责）")
    assert first.text == "（一）贷款。\n最高30万元。（市财政局负责）"


def test_front_matter_is_in_no_clause() -> None:
    parts = split_text(
        f"{TITLE}\n某政发〔2020〕1号\n各县人民政府：\n为了支持创业，制定本办法。\n一、甲\n（一）乙。"
    )
    assert parts.front_matter == (TITLE, "某政发〔2020〕1号", "各县人民政府：")
    assert parts.clauses[0].text == "为了支持创业，制定本办法。"


def test_signature_and_date_are_in_no_clause() -> None:
    parts = split_text(f"{TITLE}\n一、甲\n（一）乙。\n某市人民政府\n2020年1月2日\n")
    assert parts.signature == ("某市人民政府", "2020年1月2日")
    assert parts.clauses[-1].text == "（一）乙。"


@pytest.mark.parametrize("raw", ["", "\n\n", "\u3000", TITLE])
def test_document_without_clauses_has_none(raw: str) -> None:
    assert split_text(raw).clauses == ()


KINDS = [
    ("总体要求", "principle"),
    ("基本原则", "principle"),
    ("主要目标", "goal"),
    ("工作措施", "measure"),
    ("保障措施", "safeguard"),
    ("下一步工作", "status"),
]


@pytest.mark.parametrize(("heading", "kind"), KINDS)
def test_kind_follows_from_the_heading(heading: str, kind: str) -> None:
    parts = split_text(f"{TITLE}\n一、{heading}\n（一）甲乙丙。\n（二）丁戊己。")
    assert [clause.kind for clause in parts.clauses] == [kind] * 2


# -- sentences ------------------------------------------------------------------------------------


def sentences(body: str) -> list[str]:
    return [sentence.text for sentence in split_text(f"{TITLE}\n一、甲\n{body}").sentences[0]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("（一）甲。乙；丙！", ["（一）甲。", "乙；", "丙！"]),
        ("（一）他说“好。”乙。", ["（一）他说“好。”", "乙。"]),
        ("（一）甲。（市财政局负责）", ["（一）甲。"]),
        ("（一）甲。乙。（市财政局、市科技局）", ["（一）甲。", "乙。"]),
        ("（一）甲。（其中1户）", ["（一）甲。", "（其中1户）"]),
        ("（一）甲\n乙", ["（一）甲", "乙"]),
        ("（一）补贴3.5万元。乙。", ["（一）补贴3.5万元。", "乙。"]),
    ],
)
def test_clause_is_cut_into_sentences(body: str, expected: list[str]) -> None:
    assert sentences(body) == expected


def test_decimals_under_tasks_items_in_brackets_and_questions_are_units() -> None:
    tasks = "一、任务\n任务1　“来这里”行动\n1.1　住房。甲。\n1.2　交通。乙。\n任务2　“学本领”行动\n2.1　培训。丙。\n2.2　竞赛。丁。\n"
    items = "【事项一】高龄补贴\n补贴标准：甲。\n咨询电话：乙。\n【事项二】助餐补贴\n补贴标准：丙。\n"
    asked = "问1：谁能领？\n答：甲。\n问2：领多少？\n答：分两档：\n（1）乙。\n（2）丙。\n"
    found = split_text(tasks).clauses
    assert [clause.label for clause in found] == ["1.1.1", "1.1.2", "1.2.1", "1.2.2"]
    assert found[2].heading[1] == "“学本领”行动"
    assert [clause.heading[0] for clause in split_text(items).clauses] == ["高龄补贴", "高龄补贴", "助餐补贴"]
    assert [(c.label, c.heading[0]) for c in split_text(asked).clauses] == [
        ("1.0", "谁能领？"),
        ("2.0", "领多少？"),
        ("2.1", "领多少？"),
        ("2.2", "领多少？"),
    ]


# -- departments ----------------------------------------------------------------------------------

DEPARTMENTS = [
    ("甲。（市财政局负责）", [("市财政局", "")]),
    ("甲。(市财政局、市科技局负责)", [("市财政局", ""), ("市科技局", "")]),
    ("甲。（责任单位：市财政局、市科技局）", [("市财政局", ""), ("市科技局", "")]),
    (
        "甲。（市财政局牵头，市科技局、市教育局配合）",
        [("市财政局", "牵头"), ("市科技局", "配合"), ("市教育局", "配合")],
    ),
    ("甲。（牵头单位：市财政局；配合单位：市科技局）", [("市财政局", "牵头"), ("市科技局", "配合")]),
    ("甲。（市财政局、市科技局按职责分工负责）", [("市财政局", ""), ("市科技局", "")]),
    ("甲。（市财政局市科技局负责）", [("市财政局", ""), ("市科技局", "")]),
    ("甲。（市财政局等有关部门负责）", [("市财政局", "")]),
    ("甲。（市发展改革委、人民银行某市中心支行负责）", [("市发展改革委", ""), ("人民银行某市中心支行", "")]),
    ("甲。（市财政局、市财政局负责）", [("市财政局", "")]),
    ("甲。（各部门按职责分工负责）", []),
    ("甲。（市财政局、市工商联）", [("市财政局", ""), ("市工商联", "")]),
    ("甲（市财政局）", []),
    ("甲。（市财政局审核甲）", []),
    ("甲。（其中市级1户）", []),
    ("甲（市财政局负责）乙。", []),
    ("甲。", []),
]


@pytest.mark.parametrize(("text", "expected"), DEPARTMENTS)
def test_departments_in_the_last_parenthesis(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(department.name, department.role) for department in departments_of(text)] == expected


def test_list_that_goes_on_behind_a_paragraph_or_field_keeps_the_order() -> None:
    lines = [
        "一、补贴",
        "补贴条件：",
        "（1）登记满一年。",
        "补贴对象：小微企业。",
        "（2）缴纳社保。",
        "补贴标准：5000元。",
    ]
    parts = split_text("\n".join(lines))
    assert_well_formed("\n".join(lines), parts)
    assert "补贴对象：小微企业。" in next(clause.text for clause in parts.clauses if clause.label == "1.1")
    article = [
        "第一条 条件：",
        "（一）甲；",
        "（二）乙。",
        "另有规定的除外。",
        "（三）丙。",
        "以上均须登记。",
    ]
    assert_well_formed("\n".join(article), split_text("\n".join(article)))


def test_numbered_tasks_are_clauses_of_their_number() -> None:
    text = "一、主要任务\n任务1：提供场地。免费提供两年。\n任务2：发放补贴。每月500元。\n"
    assert [clause.label for clause in split_text(text).clauses] == ["1.1", "1.2"]


def test_an_articles_rule_is_no_title_even_where_its_siblings_open_alike() -> None:
    split = split_text(
        "大理市养犬管理办法\n\n第一章 免疫\n"
        "第一条 犬只出生满三个月应当首次免疫，以后每年一次。免疫点每年三月开放。\n"
        "第二条 免疫后应当领取证明，载明批号。没有证明的，不予登记。\n"
        "第二章 附则\n第三条 本办法自发布之日起施行。\n"
    )
    assert [clause.heading for clause in split.clauses] == [("免疫",), ("免疫",), ("附则",)]


# -- tables between bars and titles without a number ----------------------------------------------


@pytest.mark.parametrize("bar", [" | ", "|", "｜"])
def test_a_row_between_bars_is_read_with_the_names_of_its_columns(bar: str) -> None:
    rows = [("品种", "比例", "低保户", "质保"), ("水泵", "30%", "", "2年"), ("风机", "40%", "50%", "3年")]
    parts = split_text("\n".join(["一、标准", "按下表补助：", *(bar.join(row) for row in rows)]))
    said = [sentence.text for sentences in parts.sentences for sentence in sentences]
    assert "品种：水泵；比例：30%；质保：2年" in said  # an empty cell moves no other under its name
    assert "品种：风机；比例：40%；低保户：50%；质保：3年" in said


def test_a_first_row_of_values_names_no_columns() -> None:
    parts = split_text("一、标准\n按下表补助：\n小学\t学生800元\t教师200元\n中学\t学生900元\t教师300元")
    said = [sentence.text for sentences in parts.sentences for sentence in sentences]
    assert said[-2:] == ["小学；学生800元；教师200元", "中学；学生900元；教师300元"]
    parts = split_text("一、目标\n按下表完成：\n指标\t2024年\t2025年\n户数\t800\t900")
    assert [sentence.text for sentence in parts.sentences[-1]][-1] == "指标：户数；2024年：800；2025年：900"


BARE = [
    "某市人民政府关于2024年惠民事项的公告",
    "为让居民享受便利，现将2024年有关事项公告如下，请相互转告。",
    "公园门票",
    "本市居民凭身份证全年免收门票，外地居民凭居住证按五折收取，节假日除外。",
    "游泳馆",
    "每年六月至九月，本市中小学生凭学生证每次收取五元，其他月份每次收取十元。",
    "图书馆",
    "每位读者一次可以借阅图书十册，借期三十天，逾期每册每天收取一角。",
]


def test_titles_without_a_number_head_what_stands_below_them() -> None:
    headings = [clause.heading[-1:] for clause in split_text("\n".join(BARE)).clauses]
    assert headings[-3:] == [("公园门票",), ("游泳馆",), ("图书馆",)]


def test_where_chapters_are_numbered_a_short_line_is_no_title() -> None:
    numbered = [*BARE[:2], "一、总体要求", *BARE[3:]]
    assert not any("游泳馆" in clause.heading for clause in split_text("\n".join(numbered)).clauses)


def test_a_title_between_two_rules_heads_what_follows_and_a_matter_is_numbered() -> None:
    parts = split_text(
        "甲市办事指南\n\n=== 事项一：开店登记 ===\n申请材料：身份证复印件一份，交到窗口。\n\n"
        "=== 事项二：停业 ===\n办理时限：当场办结，不收费用，发给回执。"
    )
    assert [(c.label, c.heading[:1]) for c in parts.clauses] == [
        ("1.0", ("开店登记",)),
        ("2.0", ("停业",)),
    ]


def test_a_sum_or_a_page_between_rules_is_no_title() -> None:
    lines = ("一、总则", "（一）本办法适用于创业者。", "=== 第2页 ===", "（二）按月发放。", "==每人500元==")
    assert labels(*lines) == ["1.1", "1.2"]


@pytest.mark.timeout(5)
def test_a_rule_and_many_blanks_are_read_at_once() -> None:
    assert labels("甲市办法", "== " + " " * 20_000 + "x", "为支持创业，制定本办法。")
