"""Referred: the clauses that a sentence sends to, by the numbers that the document prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents

from rag.answer import Answerer
from rag.clean import clean
from rag.evidence import select
from rag.index import build, load
from rag.referred import Articles
from rag.split import split
from rag.types import Document
from rag.understand import understand

RULES = """大理市停车办法

第一章 停放
第一条 停放车辆应当遵守下列规定：
（一）不得占用盲道；
（二）不得堵塞消防通道。
第二条 申请临时车位的，应当提交行驶证。
第二章 罚则
第三条 违反第一条第二项的，处三百元罚款。
第四条 符合本办法第二条规定的，当场办理。
第五条 依照《道路交通法》第二条处理；按照道路交通法第一条执行。
第六条 本办法自发布之日起施行。
"""


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("违反第一条第二项的，处三百元罚款。", ["1.1.2"]),
        ("第三条 违反第一条第一项、第二项的，处罚款。", ["1.1.1", "1.1.2"]),
        ("符合本办法第二条规定的，当场办理。", ["1.2"]),
        ("违反第一条的。", ["1.1.0", "1.1.1", "1.1.2"]),
        ("依照《道路交通法》第二条处理。", []),  # another law's
        ("按照道路交通法第一条执行。", []),
        ("第二条 申请临时车位的。", []),  # its own number
        ("违反第九十条的。", []),
    ],
)
def test_what_a_sentence_sends_to(text: str, labels: list[str]) -> None:
    document = Document("甲.txt", RULES, "")
    clauses = split(document.id, clean(document)).clauses
    assert [clauses[at].label for at in Articles(clauses).referred(text)] == labels


def test_measures_counted_through_are_sent_to_by_their_number_in_brackets() -> None:
    text = "大理市若干措施\n\n一、补贴\n（一）培训补贴。每人五百元。\n二、管理\n（二）不重复。按第（一）条领取的，不再补贴。\n"
    document = Document("甲.txt", text, "")
    clauses = split(document.id, clean(document)).clauses
    assert [clauses[at].label for at in Articles(clauses).referred("按第（一）条领取的")] == ["1.1"]


def test_a_fine_is_found_by_the_deed_of_the_article_that_it_names(tmp_path: Path) -> None:
    build(tmp_path / "home", write_documents(tmp_path / "seeds", [("a.txt", RULES)]), FakeEmbedder())
    asker = Answerer(load(tmp_path / "home", FakeEmbedder().identity), FakeEmbedder())
    query = understand("大理堵塞消防通道罚多少？", (), tuple(asker.index.metadata.values()))
    chosen = [item.text for item in select(query, asker.search(query), asker.index)]
    assert "第三条 违反第一条第二项的，处三百元罚款。" in chosen
    assert "（二）不得堵塞消防通道。" in chosen
