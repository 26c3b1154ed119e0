"""Describe: what a document says about itself, and None where it does not say."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from rag.clean import clean
from rag.describe import NULL_REASONS, canonical_number, describe
from rag.fold import fold
from rag.read import read_document
from rag.split import split
from rag.types import Document, Metadata, Reference


def metadata_of(document: Document) -> Metadata:
    cleaned = clean(document)
    return describe(document, cleaned, split(document.id, cleaned))


def described(*lines: str) -> Metadata:
    return metadata_of(Document("甲.txt", "\n".join(lines), ""))


BODY = ("一、贷款", "（一）额度。个人最高30万元。", "（二）利率。不高于4%。")


def with_body(*lines: str) -> Metadata:
    """A document with a title whose last items are `lines`."""
    return described("吕梁市支持创业办法", *BODY, "二、附则", *lines)


# -- gold -----------------------------------------------------------------------------------------

# file -> fields that its text does not print and the reader added from elsewhere.
ADDED_BY_THE_READER = {
    "000_8c9ad063a80fd192.txt": {"issuer"},
    "002_a9821923f5f1ed37.txt": {"title"},
    "004_fdde63f142ae3304.txt": {"issuer"},
}
FIELDS = (
    "title",
    "title_notice",
    "doc_number",
    "issuer",
    "place",
    "province",
    "date_issued",
    "horizon_year",
    "script",
)


def gold_value(gold: dict[str, Any], field: str) -> Any:
    return gold["city"] if field == "place" else gold[field]


def found_value(metadata: Metadata, field: str) -> Any:
    return ("、".join(metadata.issuers) or None) if field == "issuer" else getattr(metadata, field)


@pytest.fixture(scope="module")
def seed_metadata(seeds: Path) -> dict[str, Metadata]:
    return {path.name: metadata_of(read_document(path)) for path in sorted(seeds.glob("*.txt"))}


@pytest.mark.parametrize("field", FIELDS)
def test_gold(seed_metadata: dict[str, Metadata], gold_documents: list[dict[str, Any]], field: str) -> None:
    printed = [gold for gold in gold_documents if field not in ADDED_BY_THE_READER.get(gold["file"], ())]
    found = {gold["file"]: found_value(seed_metadata[gold["file"]], field) for gold in printed}
    assert found == {gold["file"]: gold_value(gold, field) for gold in printed}


def test_gold_ancestors(seed_metadata: dict[str, Metadata], gold_documents: list[dict[str, Any]]) -> None:
    for gold in gold_documents:
        above = {gold["province"], gold["prefecture"]} - {None, gold["city"]}
        assert set(seed_metadata[gold["file"]].ancestors) == above


def test_gold_based_on(seed_metadata: dict[str, Metadata], gold_documents: list[dict[str, Any]]) -> None:
    for gold in gold_documents:
        found = [(fold(r.title), r.doc_number) for r in seed_metadata[gold["file"]].based_on]
        assert found == [(fold(r["title"]), r["doc_number"]) for r in gold["based_on"]]


def test_gold_title_that_lacks_its_first_line_is_the_printed_rest(
    seed_metadata: dict[str, Metadata], gold_documents: list[dict[str, Any]]
) -> None:
    gold = next(gold for gold in gold_documents if gold["file"].startswith("002"))
    title = seed_metadata[gold["file"]].title
    assert title is not None
    assert gold["title"].endswith(f"关于{title}")


# -- numbers --------------------------------------------------------------------------------------

NUMBERS = [
    ("国发〔2017〕37号", "国发〔2017〕37号"),
    ("国发[2017]37号", "国发〔2017〕37号"),
    ("国发（2017）37号", "国发〔2017〕37号"),
    ("国发【2017】37号", "国发〔2017〕37号"),
    ("国发〔2017〕第37号", "国发〔2017〕37号"),
    ("国发 〔2017〕 37 号", "国发〔2017〕37号"),
    ("国发〔2017〕037号", "国发〔2017〕37号"),
    ("國發〔2017〕37號", "国发〔2017〕37号"),
    ("圖政辦發〔201889", "图政办发〔2018〕89号"),
    ("（吉政发〔2017〕35号）", "吉政发〔2017〕35号"),
    ("", None),
    ("国发37号", None),
    ("2017年37号", None),
    ("〔2017〕37号", None),
    ("国发〔3017〕37号", None),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_document_number_has_one_form(text: str, expected: str | None) -> None:
    assert canonical_number(text) == expected


# -- title, number, issuer ------------------------------------------------------------------------


def test_title_number_and_issuer_of_a_plain_document() -> None:
    found = described(
        "吕梁市人民政府关于支持创业的实施意见", "吕政发〔2020〕3号", "各县（市、区）人民政府：", *BODY
    )
    assert (found.title, found.doc_number) == ("吕梁市人民政府关于支持创业的实施意见", "吕政发〔2020〕3号")
    assert found.issuers == ("吕梁市人民政府",)
    assert found.title_notice is None


def test_title_of_a_transmitted_document_is_told_from_its_notice() -> None:
    found = described(
        "吕梁市人民政府办公室关于印发吕梁市支持创业办法的通知",
        "各县人民政府：",
        "现将办法印发给你们。",
        "吕梁市支持创业办法",
        *BODY,
    )
    assert found.title == "吕梁市支持创业办法"
    assert found.title_notice == "吕梁市人民政府办公室关于印发吕梁市支持创业办法的通知"
    assert found.issuers == ("吕梁市人民政府办公室",)


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("吕 梁 市 支 持 创 业 办 法",), "吕梁市支持创业办法"),
        (("吕梁市人民政府", "关于支持创业的意见"), "吕梁市人民政府关于支持创业的意见"),
        (("# 吕梁市支持创业办法",), "吕梁市支持创业办法"),
        (("吕梁市支持创业办法（吕政发〔2020〕3号）",), "吕梁市支持创业办法"),
    ],
)
def test_title_is_put_together(lines: tuple[str, ...], title: str) -> None:
    assert described(*lines, *BODY).title == title


def test_joint_issuers_are_told_apart() -> None:
    found = described("吕梁市财政局、吕梁市科技局、吕梁市教育局关于支持创业的通知", *BODY)
    assert found.issuers == ("吕梁市财政局", "吕梁市科技局", "吕梁市教育局")


def test_who_signs_is_the_issuer_where_the_title_names_none() -> None:
    found = described("关于支持创业的通知", *BODY, "吕梁市财政局", "2020年3月1日")
    assert (found.issuers, found.place) == (("吕梁市财政局",), "吕梁市")


# -- place ----------------------------------------------------------------------------------------


def test_place_of_a_county_has_its_ancestors() -> None:
    found = described("盘山县人民政府关于支持创业的意见", *BODY)
    assert (found.place, found.level, found.province) == ("盘山县", "county", "辽宁省")
    assert set(found.ancestors) == {"辽宁省", "盘锦市"}


def test_municipality_is_its_own_province() -> None:
    found = described("重庆市人民政府关于支持创业的意见", *BODY)
    assert (found.place, found.province, found.ancestors) == ("重庆市", "重庆市", ())


def test_issuer_outweighs_places_named_in_the_text() -> None:
    found = described(
        "吕梁市人民政府关于支持创业的意见", *BODY, "（三）协作。与太原市、太原市企业合作，学习太原市经验。"
    )
    assert found.place == "吕梁市"


def test_document_that_names_no_place_has_none_with_a_reason() -> None:
    found = described("支持创业办法", *BODY)
    assert (found.place, found.province, found.level, found.ancestors) == (None, None, None, ())
    assert ("place", NULL_REASONS["place"]) in found.null_reasons


# -- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2020年3月1日", "2020-03-01"),
        ("2020 年 3 月 1 日", "2020-03-01"),
        ("二〇二〇年三月一日", "2020-03-01"),
        ("二○二○年十二月三十一日", "2020-12-31"),
    ],
)
def test_date_under_the_signature_is_that_of_issue(line: str, date: str) -> None:
    assert with_body("（一）本办法自印发起施行。", "吕梁市人民政府", line).date_issued == date


def test_posting_date_stands_in_where_the_number_has_its_year() -> None:
    found = described("发布时间：2020-03-01 来源：市政府", "吕梁市支持创业办法", "吕政发〔2020〕3号", *BODY)
    assert (found.date_issued, found.date_posted) == ("2020-03-01", "2020-03-01")


def test_year_of_the_number_stands_in_where_the_page_was_posted_later() -> None:
    found = described("发布时间：2022-03-01 来源：市政府", "吕梁市支持创业办法", "吕政发〔2020〕3号", *BODY)
    assert (found.date_issued, found.date_posted) == ("2020", "2022-03-01")


def test_document_without_any_date_has_none_with_a_reason() -> None:
    found = described("吕梁市支持创业办法", *BODY)
    assert found.date_issued is None
    assert ("date_issued", NULL_REASONS["date_issued"]) in found.null_reasons


VALIDITY = [
    ("（一）本办法自2020年3月1日起施行，有效期五年。", "2020-03-01", "2025-02-28"),
    ("（一）本办法自2020年3月1日起施行，有效期至2022年12月31日。", "2020-03-01", "2022-12-31"),
    ("（一）本办法自2020年1月1日起施行，有效期为3年。", "2020-01-01", "2022-12-31"),
    ("（一）本办法自2020年2月29日起施行，有效期1年。", "2020-02-29", "2021-02-27"),
    ("（一）本办法自2020年3月1日起实施。", "2020-03-01", None),
    ("（一）本办法自2020年13月1日起施行，有效期五年。", "2020-13-01", None),
    ("（一）本办法自9999年3月1日起施行，有效期五年。", "9999-03-01", None),
    ("（一）本办法由市财政局解释。", None, None),
]


@pytest.mark.parametrize(("line", "effective", "until"), VALIDITY)
def test_term_of_validity(line: str, effective: str | None, until: str | None) -> None:
    found = with_body(line)
    assert (found.date_effective, found.valid_until) == (effective, until)


def test_effect_on_issue_is_the_date_of_issue() -> None:
    found = with_body("（一）本办法自印发之日起施行，有效期2年。", "吕梁市人民政府", "2020年3月1日")
    assert (found.date_effective, found.valid_until) == ("2020-03-01", "2022-02-28")


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("（一）到2025年，新增企业1万户。", 2025),
        ("（一）到2022年新增1万户，到2025年底新增3万户。", 2025),
        ("（一）2020年新增1万户。", None),
    ],
)
def test_horizon_is_the_last_target_year(line: str, year: int | None) -> None:
    assert with_body(line).horizon_year == year


# -- other documents ------------------------------------------------------------------------------


def test_documents_named_before_the_making_are_its_basis() -> None:
    found = described(
        "吕梁市支持创业办法",
        "根据《国务院关于支持创业的意见》（国发〔2017〕37号）和《山西省支持创业条例》，制定本办法。《吕梁市其他办法》另行发布。",
        *BODY,
    )
    assert found.based_on == (
        Reference("国务院关于支持创业的意见", "国发〔2017〕37号"),
        Reference("山西省支持创业条例", None),
    )


@pytest.mark.parametrize(
    ("line", "repealed"),
    [
        ("（一）《吕梁市创业补贴办法》同时废止。", ("吕梁市创业补贴办法",)),
        (
            "（一）《吕梁市创业补贴办法》（吕政发〔2010〕1号）、《吕梁市贷款贴息办法》予以废止。",
            ("吕梁市创业补贴办法", "吕梁市贷款贴息办法"),
        ),
        ("（一）本办法自2020年1月1日起施行，《吕梁市创业补贴办法》同时废止。", ("吕梁市创业补贴办法",)),
        ("（一）《吕梁市创业\n补贴办法》同时废止。", ("吕梁市创业补贴办法",)),
        ("（一）依照《吕梁市创业补贴办法》办理。其他规定废止。", ()),
        ("（一）依照《吕梁市创业补贴办法》办理。", ()),
    ],
)
def test_repealed_documents(line: str, repealed: tuple[str, ...]) -> None:
    assert [reference.title for reference in with_body(line).repeals] == list(repealed)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ("吕梁市办法", *BODY, "（三）依照" + "《某某管理暂行办法》、" * 400 + "办理。"), id="titles"
        ),
        pytest.param(("市科技局" * 29 + "办法", *BODY), id="issuers"),
        pytest.param(("吕梁市办法", *BODY, "（三）" + "到2025年" * 2_000), id="years"),
        pytest.param(("吕梁市办法", *BODY, "（三）" + "《" * 9_000), id="brackets"),
        pytest.param(("吕梁市办法", *BODY, "（三）" + "我市" * 5_000), id="us"),
    ],
)
def test_monotonous_text_takes_no_long_time(lines: tuple[str, ...]) -> None:
    started = time.monotonic()
    described(*lines)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("raw", ["", "\n", "甲", "一、", "《》废止", "2020年"])
def test_next_to_nothing_is_described(raw: str) -> None:
    assert described(raw).document == "甲.txt"


def test_every_missing_value_has_its_reason() -> None:
    found = described("支持创业", *BODY)
    missing = {name for name in NULL_REASONS if not getattr(found, name)}
    assert dict(found.null_reasons) == {name: NULL_REASONS[name] for name in missing}


@pytest.mark.parametrize(
    "row", ["政策正文　　一图读懂　　相关解读", "简 | 繁 | English", "首页 > 公开 > 办法"]
)
def test_a_row_of_a_pages_entries_is_no_title(row: str) -> None:
    metadata = described(row, "", "大理市停车管理办法", "", *BODY)
    assert (metadata.title, metadata.place) == ("大理市停车管理办法", "大理市")


def test_joint_issuers_in_one_row_stay() -> None:
    metadata = described("大理市财政局　　大理市商务局　　大理市教育局", "关于发放补贴的通知", "", *BODY)
    assert metadata.issuers == ("大理市财政局", "大理市商务局", "大理市教育局")


def test_several_fields_in_one_line_are_each_read() -> None:
    line = "主题分类：企业　　成文日期：2025-02-24　　发文字号：大政办〔2025〕5号　　有效性：有效"
    metadata = described("大理市人民政府门户网站", line, "", "大理市停车管理办法", "", *BODY)
    assert (metadata.doc_number, metadata.date_issued) == ("大政办〔2025〕5号", "2025-02-24")


def test_fields_that_stand_in_one_line_are_told_apart() -> None:
    found = described(
        "标题：甲市创业补贴办法　索引号：000123",
        "文号：吕人社发〔2024〕3号　发布日期：2024年5月6日　来源：本站",
        "吕梁市创业补贴办法",
        *BODY,
    )
    assert (found.doc_number, found.date_posted) == ("吕人社发〔2024〕3号", "2024-05-06")
