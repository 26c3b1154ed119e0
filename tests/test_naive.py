"""The naive baseline: what it writes becomes a line of a run that is scored like any other."""

from __future__ import annotations

import pytest
from conftest import FakeEmbedder, FakeGenerator
from test_metrics import QUESTION

from eval.naive import PASSAGES, naive_record
from rag.answer import Answerer
from rag.errors import ModelError
from rag.index import Index


def test_free_text_becomes_sentences_with_the_sources_it_names(library: Index) -> None:
    generator = FakeGenerator("最高30万元[2]。另有补贴。[1][9] 没有出处的话。")
    record = naive_record(QUESTION, Answerer(library, FakeEmbedder(), generator))
    assert [s["text"] for s in record["sentences"]] == ["最高30万元。", "另有补贴。", "没有出处的话。"]
    assert [s["citations"] for s in record["sentences"]] == [[0], [1], []]
    assert record["status"] == "answered"
    assert len(record["hits"]) == PASSAGES
    for citation in record["citations"]:
        raw = library.documents[citation["file"]].raw
        assert raw[citation["start"] : citation["end"]] == citation["quote"]


def test_saying_that_nothing_is_there_counts_as_a_refusal(library: Index) -> None:
    generator = FakeGenerator("资料中没有规定。")
    record = naive_record(QUESTION, Answerer(library, FakeEmbedder(), generator))
    assert (record["status"], record["citations"]) == ("not_covered", [])
    assert generator.marks == [None]


def test_it_needs_a_language_model(library: Index) -> None:
    with pytest.raises(ModelError, match="needs a language model"):
        naive_record(QUESTION, Answerer(library, FakeEmbedder(), None))
