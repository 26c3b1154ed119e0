"""Metrics: each by examples computed by hand, and mutations of a right answer that one of them must catch."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eval import metrics
from eval.metrics import (
    alce,
    area_under_curve,
    brier,
    calibration_error,
    figure,
    language_of,
    mean,
    ndcg_at,
    numbers,
    percentile,
    precision_by_refusals,
    recall_at,
    reciprocal_rank,
    reliability,
    score,
    sign_test,
    supports,
)
from eval.questions import GoldEvidence, Question

A, B, C = ("甲.txt", 0), ("甲.txt", 10), ("乙.txt", 0)


def test_nothing_of_the_library_but_types_is_read() -> None:
    """A verifier must not grade itself."""
    tree = ast.parse(Path(metrics.__file__).read_text(encoding="utf-8"))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in named if name.split(".")[0] == "rag"} <= {"rag.types"}


# -- retrieval --------------------------------------------------------------------------------------


def test_recall_is_the_share_of_relevant_clauses_in_the_first_k() -> None:
    assert recall_at([A, C, B], {A, B}, 2) == 1 / 2
    assert recall_at([A, C, B], {A, B}, 3) == 1
    assert recall_at([A], set(), 5) is None


def test_reciprocal_rank_is_that_of_the_first_relevant_hit() -> None:
    assert reciprocal_rank([C, A, B], {A, B}) == 1 / 2
    assert reciprocal_rank([C], {A}) == 0
    assert reciprocal_rank([C], set()) is None


def test_ndcg_has_gain_two_to_the_grade_less_one_and_counts_a_clause_once() -> None:
    found = 1 / math.log2(2) + 3 / math.log2(3)
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    assert ndcg_at([B, B, A], {A: 2, B: 1}, 10) == pytest.approx(found / ideal)
    assert ndcg_at([A, B], {A: 2, B: 1}, 10) == 1
    assert ndcg_at([C, A], {A: 2}, 1) == 0
    assert ndcg_at([A], {}, 10) is None


# -- numbers and support ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("最高300\n万元", {"3000000"}),
        ("三万元", {"30000"}),
        ("3万元、30,000元、３００００元", {"30000"}),
        ("百分之五十，50%，五成", {"0.5"}),
        ("二十六条", {"26"}),
        ("1.2亿元", {"120000000"}),
        ("RMB 2.5 million and 3 thousand", {"2500000", "3000"}),
        ("一百零三人", {"103"}),
        ("2个百分点", {"0.02"}),
        ("一个窗口，三次", set()),
        ("二〇二四年", {"2024"}),
        ("据此[1]补贴", set()),
        ("", set()),
    ],
)
def test_numbers_by_value(text: str, values: set[str]) -> None:
    assert numbers(text) == {Decimal(value).normalize() for value in values}


def test_support_needs_every_number_and_most_pairs_of_characters() -> None:
    quote = "个人最高可申请30万元创业担保贷款"
    assert supports(
        "最高可申请三十万元创业担保贷款", [quote]
    )  # 11 of its 14 pairs stand there, the number by value
    assert supports("个人最高可申请30万元", [quote])
    assert not supports("个人最高可申请20万元", [quote])
    assert not supports("每月发放租房补贴", [quote])
    assert not supports("个人最高可申请30万元", [])


def test_alce_counts_sentences_supported_and_citations_needed() -> None:
    one, two = {"quote": "最高30万元"}, {"quote": "由市财政局负责办理"}
    assert alce([("最高30万元", [one]), ("由市财政局负责", [one])]) == (1 / 2, 1 / 2)
    assert alce([("最高30万元", [one, two])]) == (1, 1 / 2)  # the second citation is not needed
    assert alce([("最高30万元", [])]) == (0, None)
    assert alce([]) == (None, None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("创业担保贷款最高30万元，由财政局负责", "zh-Hans"),
        ("創業擔保貸款最高30萬元，由財政局負責", "zh-Hant"),
        ("A guaranteed loan of up to RMB 300,000", "en"),
        ("Tumen City says (in Chinese): “对创业者给予贷款。”[1]", "en"),
        ("30", ""),
    ],
)
def test_language_and_script(text: str, language: str) -> None:
    assert language_of(text) == language


# -- figures ----------------------------------------------------------------------------------------


def test_figure_is_a_mean_with_an_interval_that_is_the_same_each_time() -> None:
    found = figure([1, 0, None, True, False])
    assert found is not None
    assert (found.value, found.count) == (1 / 2, 4)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found == figure([1, 0, None, True, False])
    sure = figure([1, 1, 1])
    assert sure is not None
    assert (sure.low, sure.high) == (1, 1)
    assert figure([None]) is None


def test_mean_and_percentile() -> None:
    assert mean([1, None, 0]) == 1 / 2
    assert mean([None]) is None
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([1, 2, 3, 4], 0.95) == 4


def test_sign_test_is_exact_and_two_sided() -> None:
    assert sign_test(5, 0) == 2 / 2**5
    assert sign_test(1, 1) == 1
    assert sign_test(0, 0) == 1
    assert sign_test(3, 1) == pytest.approx(2 * (1 + 4) / 2**4)


# -- an answer --------------------------------------------------------------------------------------

RAW = {
    "甲.txt": "（一）个人最高可申请30万元创业担保贷款，但须在本市登记。（市财政局）\n（二）大学生另有补贴。\n",
    "乙.txt": "（一）个人最高可申请50万元。\n",
}
LOAN = RAW["甲.txt"].index("\n")
CLAUSES = {"甲.txt": [(0, LOAN), (LOAN + 1, len(RAW["甲.txt"]) - 1)], "乙.txt": [(0, len(RAW["乙.txt"]) - 1)]}
QUOTE = "个人最高可申请30万元创业担保贷款，但须在本市登记。"
QUESTION = Question(
    id="q",
    question="在甲市能贷多少？",
    history=(),
    lang="zh-Hans",
    persona="citizen",
    type="amount",
    expected="answer",
    files=("甲.txt",),
    evidence=(
        GoldEvidence("甲.txt", "个人最高可申请30万元", True),
        GoldEvidence("甲.txt", "大学生另有补贴", False),
    ),
    facts=(("30万元", "三十万元"),),
    forbidden=("50万元",),
    note="",
)


def right_answer() -> dict[str, Any]:
    start = RAW["甲.txt"].index(QUOTE)
    place = {"file": "甲.txt", "clause": "1", "start": start, "end": start + len(QUOTE)}
    other = {"file": "甲.txt", "clause": "2", "start": LOAN + 1, "end": LOAN + 12}
    return {
        "id": "q",
        "status": "answered",
        "text": "个人最高可以申请30万元创业担保贷款，但须在本市登记。[1]",
        "sentences": [{"text": "个人最高可以申请30万元创业担保贷款，但须在本市登记。", "citations": [0]}],
        "citations": [{**place, "quote": QUOTE}],
        "nearest": [],
        "hits": [{**place, "score": 1.0}, {**other, "score": 0.5}],
        "evidence_s": 0.01,
        "first_token_s": None,
        "total_s": 0.01,
    }


def test_right_answer_is_right_by_every_measure() -> None:
    found = score(QUESTION, right_answer(), RAW, CLAUSES)
    assert found.correct
    assert (found.facts, found.cites_required, found.citation_precision) == (1, 1, 1)
    assert found.clause_recall == 1 / 2
    assert (found.alce_recall, found.alce_precision, found.own_words) == (1, 1, 1)
    assert (found.unsupported_numbers, found.omissions) == (0, 0)
    assert found.quotes_exact
    assert found.language_fits
    assert (found.hit_at_1, found.recall_at_5, found.reciprocal_rank, found.ndcg_at_10) == (True, 1, 1, 1)


def say(record: dict[str, Any], text: str) -> None:
    record["text"] = f"{text}[1]"
    record["sentences"][0]["text"] = text


def shift(record: dict[str, Any]) -> None:
    record["citations"][0]["start"] += 1
    record["citations"][0]["end"] += 1


def swap_spans(record: dict[str, Any]) -> None:
    start, end = CLAUSES["甲.txt"][1]
    record["citations"][0] |= {"start": start, "end": end, "quote": RAW["甲.txt"][start:end]}


def other_city(record: dict[str, Any]) -> None:
    start, end = CLAUSES["乙.txt"][0]
    record["citations"][0] |= {
        "file": "乙.txt",
        "start": start,
        "end": end,
        "quote": RAW["乙.txt"][start:end],
    }


MUTATIONS: list[tuple[str, Callable[[dict[str, Any]], Any], str, Any]] = [
    ("one number altered after verification", lambda r: say(r, "个人最高可以申请20万元创业担保贷款，但须在本市登记。"), "unsupported_numbers", 1),
    ("the amount left out", lambda r: say(r, "个人可以申请创业担保贷款，但须在本市登记。"), "facts", 0),
    ("a forbidden amount added", lambda r: say(r, "个人最高可以申请30万元，另有50万元，但须登记。"), "forbidden", True),
    ("the condition left out", lambda r: say(r, "个人最高可以申请30万元创业担保贷款。"), "omissions", 1),
    ("offsets shifted by one", shift, "quotes_exact", False),
    ("the spans of two clauses swapped", swap_spans, "cites_required", 0),
    ("the scope dropped", other_city, "wrong_file", True),
    ("the citation kept but carried by no sentence", lambda r: r["sentences"][0].update(citations=[]), "cites_evidence", False),
    ("refused in place of answered", lambda r: r.update(status="not_covered"), "status_fits", False),
    ("answered in the other script", lambda r: say(r, "個人最高可以申請30萬元創業擔保貸款，但須在本市登記。"), "language_fits", False),
    ("the hits turned round", lambda r: r["hits"].reverse(), "ndcg_at_10", pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))),
    ("the hits lost", lambda r: r["hits"].clear(), "recall_at_5", 0),
    ("a sentence of the model's own making", lambda r: say(r, "本市每月举办三场招聘活动欢迎参加"), "alce_recall", 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "mutate", "measure", "value"), MUTATIONS)
def test_mutation_is_caught(
    what: str, mutate: Callable[[dict[str, Any]], Any], measure: str, value: Any
) -> None:
    record = copy.deepcopy(right_answer())
    before = getattr(score(QUESTION, record, RAW, CLAUSES), measure)
    mutate(record)
    after = getattr(score(QUESTION, record, RAW, CLAUSES), measure)
    assert before != after
    assert after == value


# -- confidence -------------------------------------------------------------------------------------


def test_area_under_curve_is_the_share_of_pairs_in_order() -> None:
    assert area_under_curve([0.9, 0.4, 0.4], [True, True, False]) == (1 + 1 / 2) / 2
    assert area_under_curve([0.9], [True]) is None


def test_brier_and_calibration_error_are_distances_from_the_truth() -> None:
    confidences, true = [0.9, 0.8, 0.1], [True, False, False]
    assert math.isclose(brier(confidences, true), (0.1**2 + 0.8**2 + 0.1**2) / 3)
    assert reliability([0.91, 0.99, 0.1], [True, False, False]) == [
        (0.1, 0, 1),
        ((0.91 + 0.99) / 2, 1 / 2, 2),
    ]
    assert math.isclose(calibration_error([0.9, 0.9], [True, False]), 0.9 - 1 / 2)


def test_precision_rises_as_the_unsure_are_refused_and_equals_go_together() -> None:
    points = precision_by_refusals([0.2, 0.9, 0.2, 0.8], [False, True, True, True])
    assert points == [(0, 3 / 4), (2 / 4, 1), (3 / 4, 1)]
