"""Example questions: made of the documents' clauses, kept only if answered from them, each made once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents

from rag import examples
from rag.answer import Answerer
from rag.index import Index, build
from rag.index import load as load_index
from rag.types import Answer, Evidence, Mode, Status


class Cites(Answerer):
    """Answers each question by citing the clause whose number in the index it was told."""

    def __init__(self, index: Index, number: int | None) -> None:
        super().__init__(index, FakeEmbedder())
        self.number = number
        self.asked: list[str] = []

    def answer(self, question: str, *_: object, mode: Mode = "composed", **__: object) -> Answer:  # type: ignore[override]
        self.asked.append(question)
        if self.number is None:
            return Answer(question, Status.NOT_COVERED, "zh-Hans", (), ())
        clause = self.index.clauses[self.number]
        metadata = self.index.metadata[clause.document]
        item = Evidence(clause, metadata, clause.span, "", "")
        return Answer(question, Status.ANSWERED, "zh-Hans", (), (), (item,))


TEXT = """运城市支持创业若干措施

一、加大资金支持

（一）发放创业担保贷款。返乡农民工创业的，可申请最高20万元的创业担保贷款。

（二）给予补贴。对在校大学生给予创业培训补贴。
"""


def held(tmp_path: Path, *texts: tuple[str, str]) -> Index:
    seeds = write_documents(tmp_path / "seeds", texts)
    build(tmp_path / "home", seeds, FakeEmbedder())
    return load_index(tmp_path / "home", FakeEmbedder().identity)


def test_a_question_names_what_its_clause_names(tmp_path: Path) -> None:
    index = held(tmp_path, ("a.txt", TEXT))
    found = examples.update(tmp_path / "home", Cites(index, 0))
    assert [(e.language, e.question) for e in found] == [
        ("zh-Hans", "我是返乡农民工，在运城市申请创业担保贷款，最高多少钱？"),
        ("zh-Hant", "我是返鄉農民工，在運城市申請創業擔保貸款，最高多少錢？"),
        ("en", "Startup guarantee loan in Yuncheng City: how much can a migrant worker returning home get?"),
    ]


def test_a_question_that_is_not_answered_from_its_clause_is_dropped(tmp_path: Path) -> None:
    index = held(tmp_path, ("a.txt", TEXT))
    answerer = Cites(index, None)
    assert examples.update(tmp_path / "home", answerer) == ()
    assert answerer.asked


def test_a_document_that_stays_is_not_asked_about_again_and_one_that_goes_is_dropped(tmp_path: Path) -> None:
    index = held(tmp_path, ("a.txt", TEXT))
    home = tmp_path / "home"
    first = examples.update(home, Cites(index, 0))
    again = Cites(index, 0)
    assert examples.update(home, again) == first
    assert again.asked == []
    (tmp_path / "seeds" / "a.txt").unlink()
    index = held(tmp_path, ("b.txt", TEXT.replace("运城", "临汾")))
    added = examples.update(home, Cites(index, 0))
    assert {e.document for e in added} == {"b.txt"}
    assert len(json.loads((home / examples.FILE).read_text(encoding="utf-8"))) == 1


def test_a_large_library_is_not_held_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MOST_DOCUMENTS", 1)
    index = held(tmp_path, ("a.txt", TEXT), ("b.txt", TEXT.replace("运城", "临汾")))
    home = tmp_path / "home"
    assert {e.document for e in examples.update(home, Cites(index, 0))} == {"a.txt"}
    number = index.of_document["b.txt"].start
    assert {e.document for e in examples.update(home, Cites(index, number))} == {"a.txt", "b.txt"}


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    index = held(tmp_path, ("a.txt", TEXT))
    home = tmp_path / "home"
    (home / examples.FILE).write_text("[1", encoding="utf-8")
    assert examples.load(home, index) == ()
    assert examples.update(home, Cites(index, 0))


def test_nothing_is_made_for_a_document_without_a_place(tmp_path: Path) -> None:
    text = "支持创业若干措施\n\n一、资金\n\n（一）给予补贴。返乡农民工创业的，给予一次性创业补贴5000元。\n"
    index = held(tmp_path, ("a.txt", text))
    assert index.metadata["a.txt"].place is None
    assert examples.update(tmp_path / "home", Cites(index, 0)) == ()


@pytest.mark.parametrize(
    ("noun", "named"),
    [
        ("veteran", "a veteran"),
        ("ethnic minority", "an ethnic minority"),
        ("technical personnel", "technical personnel"),
        ("young people", "young people"),
    ],
)
def test_a_group_is_named_with_the_article_that_it_takes(noun: str, named: str) -> None:
    assert examples._article(noun) == named
