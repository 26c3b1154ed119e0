"""Report: figures by group, what changed between two, gates, and a page that a browser can trust."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from test_metrics import CLAUSES, QUESTION, RAW, right_answer

from eval import readme
from eval.metrics import score
from eval.page import page, whole_page
from eval.questions import GOLD_CLAUSES, SETS, load_sets
from eval.report import MEASURES, WORDS, below_gates, compare, lines, report, step_at_fault
from eval.score import Gold, check_quotes, load_report, report_of
from rag.errors import InputError
from rag.library import paths_of

OTHER = dataclasses.replace(QUESTION, id="r", question="<b>大学生</b>呢？", type="fact", persona="staff")


def made(*texts: str) -> dict[str, Any]:
    """A report over two questions; a text in place of the right one makes that answer say it."""
    records, scores = [], []
    for question, text in zip((QUESTION, OTHER), texts, strict=True):
        record = {**right_answer(), "id": question.id}
        if text:
            record["text"] = text
        records.append(record)
        scores.append(score(question, record, RAW, CLAUSES))
    return report({q.id: q for q in (QUESTION, OTHER)}, records, scores, {"code": "1"})


def test_figures_stand_for_all_and_for_each_group() -> None:
    whole = made("", "没有规定")
    assert whole["figures"]["correct"]["value"] == 1 / 2
    assert whole["groups"]["type"]["amount"]["correct"]["value"] == 1
    assert whole["groups"]["type"]["fact"]["correct"]["value"] == 0
    assert set(whole["groups"]) == {"type", "language", "persona", "expected", "document"}
    assert whole["refusals"]["wrong_refusals"]["value"] == 0
    assert set(whole["figures"]) <= set(MEASURES) == set(WORDS)


def test_terminal_lines_name_each_figure_with_its_interval() -> None:
    shown = "\n".join(lines(made("", "")))
    assert "2 answers" in shown
    assert "correct                                    1.000  [1.000, 1.000]  n=2" in shown


def test_compare_tells_what_was_mended_and_broken() -> None:
    shown = "\n".join(compare(made("", "没有规定"), made("没有规定", "")))
    assert "mended: 1\n  r " in shown
    assert "broken: 1\n  q " in shown
    changed = compare(made("没有规定", "没有规定"), made("", ""))
    assert any(line.startswith("correct") and "+1.000" in line and "up 2, down 0" in line for line in changed)


def test_gates_bound_from_below_and_from_above() -> None:
    whole = made("", "没有规定")
    assert below_gates(whole, {"correct": 0.5, "max_wrong_refusals": 0.0}) == []
    assert below_gates(whole, {"correct": 0.9}) == ["correct is 0.500, the gate is at least 0.9"]
    assert below_gates(whole, {"max_own_words": 0.5}) == ["own_words is 1.000, the gate is at most 0.5"]


def test_step_at_fault_is_the_first_that_went_wrong() -> None:
    whole = made("", "没有规定")
    assert [answer["score"]["step_at_fault"] for answer in whole["answers"]] == ["", "compose"]
    lost = {**right_answer(), "hits": [], "status": "not_covered"}
    assert step_at_fault(score(QUESTION, lost, RAW, CLAUSES)) == "retrieve"


def test_page_needs_nothing_else_and_escapes_what_it_shows() -> None:
    shown = page(made("", "没有规定<script>"), Gold(RAW, CLAUSES))
    assert "<b>大学生</b>" not in shown
    assert "<script" not in shown
    assert "http" not in shown
    assert "&lt;b&gt;大学生" in shown
    assert "大学生另有补贴" in shown


def test_whole_page_shows_charts_of_what_was_explained() -> None:
    share = {"value": 0.5, "low": 0.4, "high": 0.6, "count": 8}
    row = {"correct": 0.5, "recall_at_5": 0.25}
    content = {
        "ablations": {"whole way": row, "<no> scope": row},
        "robustness": [{"rule": "slip", "demand": "same", "share": share}],
        "verification": [{"rule": "another number", "true": False, "share": share}],
        "sufficiency": {
            "area_under_curve": 0.75,
            "brier": 0.1,
            "calibration_error": 0.05,
            "reliability": [(0.25, 0.5, 4), (0.75, 1.0, 4)],
            "precision_by_refusals": [(0.0, 0.5), (0.5, 1.0)],
        },
    }
    shown = whole_page(content, {"set-extractive": made("", "没有规定")}, Gold(RAW, CLAUSES))
    assert shown.count("<polyline") == 2
    assert "&lt;no&gt; scope" in shown
    assert "another number (must fail)" in shown
    assert "http" not in shown


def test_readme_shows_the_figures_of_the_last_full_run() -> None:
    figures = json.loads(readme.FIGURES.read_text(encoding="utf-8"))
    text = readme.README.read_text(encoding="utf-8")
    assert text.split(readme.OPENS)[1].split(readme.CLOSES)[0].strip() == readme.table(figures)


def test_quick_run_is_no_source_of_the_readme(tmp_path: Path) -> None:
    path = tmp_path / "whole.json"
    path.write_text('{"runs": {}}', encoding="utf-8")
    with pytest.raises(InputError, match="is no full run"):
        readme.figures_of(path)


# -- files ------------------------------------------------------------------------------------------


def test_shipped_sets_load_with_gates_that_exist_and_quotes_that_occur_once(seeds: Path) -> None:
    for held in load_sets(SETS):
        gold = Gold.of(paths_of(Path("none"), held.documents or seeds), GOLD_CLAUSES)
        check_quotes(held.questions, gold)
        names = {gate.removeprefix("max_") for gate in held.gates}
        assert names <= {*MEASURES, "right_refusals", "wrong_refusals", "clarified"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", r"run\.jsonl:1: not a line of a run"),
        ('{"id": "x"}', r"run\.jsonl:1 answers 'x', which is not in this question set"),
        ("", "holds no answer"),
    ],
)
def test_run_that_does_not_fit_is_refused(tmp_path: Path, line: str, says: str) -> None:
    run = tmp_path / "run.jsonl"
    run.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        report_of([QUESTION], run, Gold(RAW, CLAUSES), {})


def test_quote_that_is_not_there_once_is_refused() -> None:
    twice = dataclasses.replace(QUESTION, evidence=(dataclasses.replace(QUESTION.evidence[0], quote="（"),))
    with pytest.raises(InputError, match="line 0, q: the quote '（' occurs 3 times"):
        check_quotes([twice], Gold(RAW, CLAUSES))
    with pytest.raises(InputError, match=r"the document 甲\.txt is not held"):
        check_quotes([QUESTION], Gold({}, {}))


def test_report_is_read_back_and_other_files_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(made("", "")), encoding="utf-8")
    assert len(load_report(path)["answers"]) == 2
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="is no report"):
        load_report(path)
