"""The whole evaluation: every shipped set, extractive and composed, and what explains the figures, in one folder.

    OUT/<set>-<mode>.jsonl .json .html    the answers of a set, their report, and that as a page
    OUT/whole.json                        the figures of all of them; equal for equal code, models and documents
    OUT/index.html                        the same as a page, with every failure

The quick run stops before the language model. An interrupted run goes on where it was.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval import ablations, distractors, report, robustness
from eval.metrics import area_under_curve, brier, calibration_error, precision_by_refusals, reliability
from eval.naive import naive_record
from eval.page import page, whole_page
from eval.questions import GOLD_CLAUSES, Question, QuestionSet
from eval.run import answer_all, answerer_for, identity, record_of
from eval.score import Gold, check_quotes, report_of
from eval.verification import verification
from rag.answer import Answerer
from rag.config import Settings
from rag.library import paths_of
from rag.store import write_atomically, write_json
from rag.types import Mode

SAMPLE = 60
"""Questions of the naive baseline, whose prompts are long."""
TIMES = 100
"""How many times as many clauses the crowded index holds."""
Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Bench:
    """What a run of the evaluation works with."""

    settings: Settings
    out: Path
    told: Told
    sets: list[QuestionSet]

    def answerer(self, held: QuestionSet, mode: Mode, loaded: Answerer | None = None) -> Answerer:
        return answerer_for(self.settings, held.documents, mode, loaded=loaded)

    def gold(self, held: QuestionSet) -> Gold:
        if held.documents is not None:
            return Gold.of(paths_of(self.settings.home / "eval", held.documents), GOLD_CLAUSES)
        return Gold.of(paths_of(self.settings.home, self.settings.seeds), GOLD_CLAUSES)


def whole(settings: Settings, sets: list[QuestionSet], out: Path, *, quick: bool, told: Told) -> int:
    """Run all of it; returns 1 if a set falls below its gates, else 0."""
    bench = Bench(settings, out, told, sets)
    loaded = answerer_for(settings, None, "extractive" if quick else "composed")
    reports: dict[str, dict[str, Any]] = {}
    modes: tuple[Mode, ...] = ("extractive",) if quick else ("extractive", "composed")
    for mode in modes:
        for held in bench.sets:
            if mode == "extractive" or held.composed:
                reports[f"{held.name}-{mode}"] = _set(bench, held, mode, loaded)
    content: dict[str, Any] = {"runs": {name: _summary(made) for name, made in reports.items()}}
    if not quick and any(held.documents is None and held.composed for held in sets):
        reports |= _sampled(bench, loaded, reports)
        content["runs"] |= {name: _summary(reports[name]) for name in reports if name not in content["runs"]}
        content |= _explained(bench, loaded, reports)
    write_json(out / "whole.json", content)
    _write(out / "index.html", whole_page(content, reports, bench.gold(bench.sets[0])))
    print(f"\n-> {out / 'index.html'}")
    failed = [
        f"{held.name}: {gate}"
        for held in bench.sets
        for gate in report.below_gates(reports[f"{held.name}-extractive"], held.gates)
    ]
    for gate in failed:
        print(f"eval: below the gate: {gate}", file=sys.stderr)
    return 1 if failed else 0


def _set(bench: Bench, held: QuestionSet, mode: Mode, loaded: Answerer) -> dict[str, Any]:
    """Answer and score one set in one mode."""
    answerer = bench.answerer(held, mode, loaded)

    def answered(question: Question) -> dict[str, Any]:
        return record_of(question, answerer, mode, held.as_of, whole_list=held.whole_lists)

    made_by = {
        **identity(bench.settings, answerer, mode, held.as_of),
        "whole_lists": held.whole_lists,
    }
    return _made(bench, f"{held.name}-{mode}", held.questions, answered, bench.gold(held), made_by)


def _made(
    bench: Bench,
    name: str,
    questions: Sequence[Question],
    answered: Callable[[Question], dict[str, Any]],
    gold: Gold,
    made_by: dict[str, Any],
) -> dict[str, Any]:
    """The report of a run that is made now, or gone on with."""
    check_quotes(questions, gold)
    base = bench.out / name
    records = base.with_suffix(".jsonl")
    _set_aside_if_other(base.with_suffix(".identity.json"), records, made_by)
    answer_all(questions, records, answered, lambda _, done, total: bench.told(name, done, total))
    made = report_of(questions, records, gold, made_by)
    write_json(base.with_suffix(".json"), made)
    _write(base.with_suffix(".html"), page(made, gold))
    print(f"\n== {name} -> {base}.html", *report.lines(made), sep="\n")
    return made


def _sampled(bench: Bench, loaded: Answerer, reports: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Naive RAG on a seeded sample of the questions over the shipped documents, beside our answers to the same."""
    shipped = [held for held in bench.sets if held.documents is None and held.composed]
    pool = [question for held in shipped for question in held.questions if not question.history]
    sample = random.Random(0).sample(pool, min(SAMPLE, len(pool)))
    gold, as_of = bench.gold(shipped[0]), shipped[0].as_of

    def ours(mode: Mode) -> Callable[[Question], dict[str, Any]]:
        made = (reports[f"{held.name}-{mode}"]["answers"] for held in shipped)
        got = {answer["question"]["id"]: answer["got"] for answers in made for answer in answers}
        return lambda question: got[question.id]

    ways: dict[str, Callable[[Question], dict[str, Any]]] = {
        "naive": lambda question: naive_record(question, loaded),
        "extractive": ours("extractive"),
        "composed": ours("composed"),
    }
    made_by = identity(bench.settings, loaded, "composed", as_of)
    return {
        f"sample-{way}": _made(bench, f"sample-{way}", sample, answered, gold, {**made_by, "way": way})
        for way, answered in ways.items()
    }


def _explained(bench: Bench, loaded: Answerer, reports: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Ablations and robustness over the main sets, verification, and sufficiency over all."""
    shipped = [held for held in bench.sets if held.documents is None and held.composed]
    questions = [question for held in shipped for question in held.questions]
    as_of, gold = shipped[0].as_of, bench.gold(shipped[0])
    rows = ablations.ablations(questions, loaded, gold, as_of, _as("ablations", bench.told), _raw(bench))
    results = robustness.robustness(
        questions, loaded, as_of, _as("robustness", bench.told), _crowded(bench, loaded)
    )
    checks = verification(loaded.index)
    print("\n== ablations", *ablations.lines(rows), "\n== robustness", *robustness.lines(results), sep="\n")
    print("\n== verification")
    for check in checks:
        print(
            f"{check.rule:28} {'passes' if check.true else 'caught':8} {check.share.value:.3f} n={check.share.count}"
        )
    return {
        "ablations": rows,
        "robustness": robustness.record(results),
        "verification": [{**c._asdict(), "share": vars(c.share)} for c in checks],
        "sufficiency": sufficiency([reports[f"{held.name}-extractive"] for held in bench.sets]),
    }


def sufficiency(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How well the confidence tells what the documents answer, over the answers of which anything was searched."""
    answers = [a for made in reports for a in made["answers"] if a["got"]["confidence"] is not None]
    confidences = [answer["got"]["confidence"] for answer in answers]
    answerable = [answer["question"]["expected"] != "abstain" for answer in answers]
    right = [answer["score"]["correct"] for answer in answers]
    return {
        "count": len(answers),
        "area_under_curve": area_under_curve(confidences, answerable),
        "brier": brier(confidences, answerable),
        "calibration_error": calibration_error(confidences, answerable),
        "reliability": reliability(confidences, answerable),
        "precision_by_refusals": precision_by_refusals(confidences, right),
    }


def _raw(bench: Bench) -> Answerer:
    """An answerer over the shipped documents as published."""
    home = bench.settings.home / "eval" / "raw"
    with ablations.raw_text():
        return answerer_for(replace(bench.settings, home=home), None, "extractive", progress=bench.told)


def _crowded(bench: Bench, loaded: Answerer) -> Answerer:
    """An answerer over the shipped documents among a hundred times as many other clauses."""
    folder = bench.settings.home / "eval" / "crowd"
    shutil.rmtree(folder, ignore_errors=True)
    distractors.write(folder, loaded.index, TIMES)
    for path in bench.settings.seeds.glob("*.txt"):
        shutil.copy(path, folder / path.name)
    return answerer_for(bench.settings, folder, "extractive", loaded=loaded, progress=bench.told)


def _as(name: str, told: Told) -> Told:
    return lambda _, done, total: told(name, done, total)


def _summary(made: dict[str, Any]) -> dict[str, Any]:
    """What of a report does not hang on the clock, without the answers."""
    return {
        **{key: made[key] for key in ("identity", "figures", "refusals", "lengths", "groups")},
        "count": len(made["answers"]),
    }


def _set_aside_if_other(path: Path, records: Path, made_by: dict[str, Any]) -> None:
    """Set a run aside that another code, index or model made, so that no report mixes two."""
    text = json.dumps(made_by, ensure_ascii=False, sort_keys=True)
    if records.exists() and (not path.exists() or path.read_text(encoding="utf-8") != text):
        records.replace(records.with_suffix(".jsonl.before"))
    _write(path, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())
