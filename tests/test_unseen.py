"""The questions on unseen documents: that each is asked of its document, and counted by what is cited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents

from eval.unseen import UNSEEN, Outcome, lines, outcomes
from rag.answer import Answerer
from rag.errors import InputError
from rag.index import build, load
from rag.read import read_document

DOCUMENT = "朔州市夜市办法\n\n第一条 摊主每年缴纳摊位费六百元。\n\n第二条 摊位由市商务局管理。\n"


def answerer_of(folder: Path) -> Answerer:
    build(folder / "home", folder, FakeEmbedder())
    return Answerer(load(folder / "home", FakeEmbedder().identity), FakeEmbedder())


def asked(folder: Path, quotes: list[str]) -> list[Outcome]:
    write_documents(folder / "unseen", [("a_1.txt", DOCUMENT)])
    question = {"id": "1", "doc": "a_1.txt", "lang": "zh-Hans", "q": "摊主的摊位费每年多少钱", "quotes": quotes}
    (folder / "unseen" / "a.jsonl").write_text(json.dumps(question), encoding="utf-8")
    return list(outcomes(folder / "unseen", folder / "work", answerer_of, lambda *_: None))


def test_what_is_cited_counts(tmp_path: Path) -> None:
    [both] = asked(tmp_path, ["摊位费六百元", "由市商务局管理"])
    assert not both.refused
    assert both.quoted == 0.5
    assert "0.000" in lines([both])[1]  # in whole


def test_a_near_miss_has_no_quotes_and_a_strange_quote_is_refused(tmp_path: Path) -> None:
    [miss] = asked(tmp_path / "one", [])
    assert miss.quoted is None
    with pytest.raises(InputError, match="does not hold"):
        asked(tmp_path / "two", ["摊位费七百元"])


def test_every_quote_of_the_shipped_questions_stands_once_in_its_document() -> None:
    raw = {path.name: read_document(path).raw for path in UNSEEN.glob("*.txt")}
    questions = [
        json.loads(line)
        for path in UNSEEN.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(questions) == 1176
    assert [q["id"] for q in questions for quote in q["quotes"] if raw[q["doc"]].count(quote) != 1] == []
