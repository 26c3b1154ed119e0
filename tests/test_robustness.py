"""Robustness and ablations: derived questions say what they should, and what breaks an answer is counted."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEmbedder

from eval import distractors
from eval import robustness as module
from eval import verification as verification_module
from eval.ablations import COLUMNS, WAYS, ablations
from eval.ablations import lines as ablation_lines
from eval.questions import Question, load_questions
from eval.robustness import RULES, lines, record, robustness
from eval.score import Gold
from eval.verification import verification
from rag import library as reader
from rag.answer import Answerer
from rag.index import Index
from rag.retrieve import retrieve
from rag.types import Answer, Check, Outcome


class Elsewhere(Answerer):
    """Answers every question with the same clause."""

    def answer(self, question: str, *rest: Any, **options: Any) -> Answer:
        return super().answer("吕梁市第26条的原文", *rest, **options)


AS_OF = datetime.date(2026, 11, 24)
SETS = Path(module.__file__).parent / "sets"


@pytest.fixture(scope="module")
def answerer(library: Index) -> Answerer:
    return Answerer(library, FakeEmbedder(), None)


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Development questions about one place each, in both scripts."""
    held = load_questions(SETS / "development.jsonl")
    return [
        q for q in held if len(q.files) == 1 and q.expected == "answer" and not q.history and q.lang != "en"
    ]


def derived(rule: str, question: Question, answerer: Answerer) -> list[str]:
    return [each.question for each in RULES[rule][1](question, answerer)]


def test_derived_questions_differ_only_as_their_rule_says(
    questions: list[Question], answerer: Answerer
) -> None:
    for question in questions[:6]:
        text = question.question
        (twin,) = derived("script twin", question, answerer)
        assert len(twin) == len(text)
        for slip in derived("two characters exchanged", question, answerer):
            assert sorted(slip) == sorted(text)
            assert sum(a != b for a, b in zip(slip, text, strict=True)) in (0, 2)
        (polite,) = derived("greeting and thanks", question, answerer)
        assert text in polite
        assert len(derived("another held place", question, answerer)) == len(answerer.index.metadata) - 1
        (elsewhere,) = derived("place not held", question, answerer)
        assert "绍兴市" in elsewhere


def test_paraphrases_near_misses_and_latin_places_ask_what_they_say(
    questions: list[Question], answerer: Answerer
) -> None:
    changed = [text for q in questions for text in derived("asked in other words", q, answerer)]
    assert len(changed) > 10
    assert not {q.question for q in questions} & set(changed)
    misses = [text for q in questions for text in derived("near miss", q, answerer)]
    assert any(text.endswith("的咨询电话是多少？") for text in misses)
    places = [text for q in questions for text in derived("place in Latin letters", q, answerer)]
    assert any("Lüliang " in text for text in places)


def test_distractors_speak_of_other_places_with_other_numbers(tmp_path: Path, answerer: Answerer) -> None:
    count = distractors.write(tmp_path, answerer.index, 2)
    texts = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.iterdir())]
    clauses = sum(len(reader.read(path).clauses) for path in tmp_path.iterdir())
    assert len(texts) == count
    assert clauses >= 2 * len(answerer.index.clauses) - distractors.CLAUSES_A_DOCUMENT
    held = {metadata.place for metadata in answerer.index.metadata.values() if metadata.place}
    assert not any(place in text for place in held for text in texts)
    distractors.write(tmp_path / "again", answerer.index, 2)
    assert texts == [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "again").iterdir())]


def test_a_crowd_that_changes_an_answer_is_caught(questions: list[Question], answerer: Answerer) -> None:
    others = Elsewhere(answerer.index, FakeEmbedder(), None)
    same = robustness(questions[:8], answerer, AS_OF, lambda *_: None, answerer)[0]
    worse = robustness(questions[:8], answerer, AS_OF, lambda *_: None, others)[0]
    assert (same.rule, same.share.value) == ("a hundredfold other clauses", 1)
    assert worse.share.value < 1


def test_verification_passes_true_claims_and_catches_false_ones(library: Index) -> None:
    found = {check.rule: check.share.value for check in verification(library)}
    assert found["verbatim sentence"] == 1
    assert found["another number"] == 1
    assert found["cited to another clause"] > 0.95


def test_verification_that_lets_all_through_is_caught(
    library: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Check("", Outcome.SUPPORTED, None)
    monkeypatch.setattr(verification_module, "verify", lambda *_, **__: passed)
    assert all(check.share.value == check.true for check in verification(library))


def test_results_count_what_held_and_name_what_did_not(questions: list[Question], answerer: Answerer) -> None:
    reports: list[tuple[str, int, int]] = []
    results = robustness(questions[:6], answerer, AS_OF, lambda *report: reports.append(report))
    by_rule = {result.rule: result for result in results}
    assert set(by_rule) <= set(RULES)
    assert by_rule["place not held"].share.value == 1
    assert by_rule["another held place"].share.value == 1
    for result in results:
        assert round(result.share.count * (1 - result.share.value)) == len(result.broken)
    assert reports[-1] == ("questions", len(RULES), len(RULES))
    assert len(lines(results)) == len(record(results)) == len(results)


def test_dropping_the_scope_is_caught(
    questions: list[Question], answerer: Answerer, seeds: Path, gold_path: Path
) -> None:
    gold = Gold.of(sorted(seeds.glob("*.txt")), gold_path)
    rows = ablations(questions, answerer, gold, AS_OF, lambda *_: None)
    assert set(rows) == set(WAYS)
    assert (rows["no scope"]["recall_at_5"] or 0) < (rows["whole way"]["recall_at_5"] or 0)
    assert rows["dense only"] != rows["lexical only"]
    assert all(column in ablation_lines(rows)[0] for column in COLUMNS)


def test_nothing_stays_taken_out(
    questions: list[Question], answerer: Answerer, seeds: Path, gold_path: Path
) -> None:
    from rag import retrieve as module_retrieve
    from rag import search

    before = (search.retrieve, module_retrieve._lexical, module_retrieve._rank_clauses)
    ablations(
        questions[:1], answerer, Gold.of(sorted(seeds.glob("*.txt")), gold_path), AS_OF, lambda *_: None
    )
    assert (search.retrieve, module_retrieve._lexical, module_retrieve._rank_clauses) == before
    assert search.retrieve is retrieve


@pytest.fixture
def gold_path() -> Path:
    return Path(__file__).parent / "gold" / "clauses.jsonl"
