"""A run of the evaluation: what becomes a line of it."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from conftest import FakeEmbedder, FakeGenerator

from eval.questions import SETS, load_sets
from eval.run import record_of
from rag.answer import Answerer
from rag.errors import ModelError
from rag.index import Index

DAY = datetime.date(2026, 11, 24)


def test_a_failing_model_ends_a_run_and_is_no_line_of_it(library: Index) -> None:
    development = next(held for held in load_sets(SETS) if held.name == "development")
    asked = "吕梁的方案第26条，返乡农民工创业担保贷款最高多少？"  # found without a real embedder
    question = replace(development.questions[0], question=asked)
    failing = Answerer(library, FakeEmbedder(), FakeGenerator(ModelError("it hangs")))
    with pytest.raises(ModelError, match=question.id):
        record_of(question, failing, "composed", DAY)
    assert record_of(question, failing, "extractive", DAY)["status"] == "answered"
