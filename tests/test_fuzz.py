"""Anything at all is read or refused: no crash, no hang, no span that lies."""

from __future__ import annotations

import contextlib
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.clean import clean
from rag.describe import describe
from rag.errors import DocumentError
from rag.library import understand
from rag.read import SUFFIXES, document_of
from rag.split import split
from rag.types import Document, Reading

# What policy documents are made of, and what has been seen between it.
PIECES = [
    "一、总体要求",
    "\n补贴条件：",
    "\n补贴对象：小微企业。\n",
    "甲；\n",
    "（一）",
    "(二)补贴标准。",
    "1.",
    "1、",
    "（1）",
    "①",
    "第一章 总则",
    "第十二条之一 ",
    "第五条规定的",
    "附件1：申请表",
    "甲市人民政府关于印发《乙办法》的通知",
    "甲政发〔2024〕3号",
    "各县（市、区）人民政府：",
    "（市财政局牵头，市教育局配合）",
    "（市金融辦市銀監辦）",
    "2024年5月6日",
    "自2024年1月1日起施行，有效期3年。",
    "《丙办法》（甲政发〔2010〕1号）同时废止。",
    "最高30万元。",
    "創(chuàng)業(yè)",
    "擔?;鸬姆龀终?。",
    "網際網路最佳化智慧財產權",
    "- 3 -",
    "2、的",
    "。。",
    "## 标题",
    "---",
    "| a | b |",
    "x\ty",
    "首页 > 政策",
    "打印 字号 分享到",
    "【字号】",
    "问：甲？",
    "答：乙。",
    "目录",
    "高;新",
    "\u200b",
    "\u3000\u3000",
    "\U000e0041",
    "\ufeff",
    "\x00",
    "\ud7ff",
    "\r\n",
    "\n",
    "\n\n",
    " ",
    "（",
    "）",
    "《",
    "》",
    "?",
]


def assert_true_spans(reading: Reading) -> None:
    """Every span lies in the text, clauses in order and apart, sentences inside their clause."""
    raw = reading.document.raw
    spans = [clause.span for clause in reading.clauses]
    assert all(0 <= start < end <= len(raw) for start, end in [*spans, *reading.boilerplate])
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert len({clause.label for clause in reading.clauses}) == len(reading.clauses)
    for clause, sentences in zip(reading.clauses, reading.sentences, strict=True):
        assert clause.text.strip()
        assert all(
            clause.span.start <= part.span.start < part.span.end <= clause.span.end for part in sentences
        )
    for repair in reading.repairs:
        assert raw[repair.span.start : repair.span.end] == repair.before
        assert 0 < repair.certainty <= 1


def read_or_refuse(name: str, data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        assert_true_spans(understand(document_of(name, data)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_arrangement_of_what_documents_are_made_of(text: str) -> None:
    with contextlib.suppress(DocumentError):
        assert_true_spans(understand(Document("甲.txt", text, "")))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    with contextlib.suppress(DocumentError):
        assert_true_spans(understand(Document("甲.txt", text, "")))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SUFFIXES), st.binary(max_size=400))
def test_any_bytes(suffix: str, data: bytes) -> None:
    read_or_refuse(f"甲{suffix}", data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.data())
def test_any_byte_changed(text: str, data: st.DataObject) -> None:
    raw = bytearray(text.encode(data.draw(st.sampled_from(["utf-8", "utf-16", "gb18030"])), "replace"))
    for at in data.draw(st.lists(st.integers(0, max(len(raw) - 1, 0)), max_size=5)):
        if raw:
            raw[at] = data.draw(st.integers(0, 255))
    read_or_refuse("甲.txt", bytes(raw))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_reading_twice_is_reading_once(text: str) -> None:
    document = Document("甲.txt", text, "")
    cleaned = clean(document)
    parts = split(document.id, cleaned)
    assert clean(document).text.text == cleaned.text.text
    assert split(document.id, clean(document)) == parts
    assert describe(document, cleaned, parts) == describe(document, clean(document), parts)


# Ten megabytes of any of these take under a minute; a tenth of it is tried here, far inside the test's limit.
ENDLESS = [
    "（",
    "一、",
    "第一条\n",
    "甲 ",
    "《",
    "擔?;鸬",
    "吗?",
    "市财政局",
    "创(yi",
    "|a|b|\n",
    "甲：\n",
    "龘",
    "- 1 -",
    "网际网路",
]


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_megabyte_of_one_thing_ends(piece: str) -> None:
    size = 1_000_000 // len(piece.encode())
    read_or_refuse("甲.txt", (piece * size).encode())


def test_a_megabyte_of_everything_ends() -> None:
    chance = random.Random(5)
    pieces = [piece for piece in PIECES if piece not in ("\x00", "\ufeff")]
    read_or_refuse("甲.txt", "".join(chance.choices(pieces, k=120_000)).encode())
