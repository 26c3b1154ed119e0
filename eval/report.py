"""Reports: the scores of a run as figures by group, as JSON and for the terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eval.metrics import Score, figure, percentile, sign_test
from eval.questions import Question

MEASURES: tuple[str, ...] = (
    "correct",
    "facts",
    "cites_evidence",
    "cites_required",
    "clause_recall",
    "citation_precision",
    "alce_recall",
    "alce_precision",
    "quotes_exact",
    "wrong_file",
    "forbidden",
    "unsupported_numbers",
    "omissions",
    "own_words",
    "language_fits",
    "status_fits",
    "in_scope",
    "hit_at_1",
    "recall_at_1",
    "recall_at_3",
    "recall_at_5",
    "recall_at_10",
    "reciprocal_rank",
    "ndcg_at_10",
)
WORDS = {
    "correct": "correct",
    "facts": "fact recall",
    "cites_evidence": "cites a gold clause",
    "cites_required": "citation recall, required clauses",
    "clause_recall": "citation recall, all gold clauses",
    "citation_precision": "citation precision by clause",
    "alce_recall": "ALCE citation recall (deterministic)",
    "alce_precision": "ALCE citation precision (deterministic)",
    "quotes_exact": "quotes exact",
    "wrong_file": "cites another place's document",
    "forbidden": "holds a forbidden string",
    "unsupported_numbers": "numbers without support, a question",
    "omissions": "conditions left out, a question",
    "own_words": "sentences in words of their own",
    "language_fits": "language and script asked for",
    "status_fits": "status fits",
    "in_scope": "all clauses found lie in scope",
    "hit_at_1": "hit rate@1",
    "recall_at_1": "recall@1",
    "recall_at_3": "recall@3",
    "recall_at_5": "recall@5",
    "recall_at_10": "recall@10",
    "reciprocal_rank": "MRR",
    "ndcg_at_10": "nDCG@10",
}
GROUPS: dict[str, Callable[[Question], Iterable[str]]] = {
    "type": lambda question: [question.type],
    "language": lambda question: [question.lang],
    "persona": lambda question: [question.persona],
    "expected": lambda question: [question.expected],
    "document": lambda question: question.files or ["none"],
}


def report(
    questions: Mapping[str, Question],
    records: Sequence[Mapping[str, Any]],
    scores: Sequence[Score],
    identity: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything about a run as one JSON object: who made it, figures by group, and each answer with its score."""
    groups: dict[str, dict[str, Any]] = {}
    for name, of in GROUPS.items():
        members: dict[str, list[Score]] = {}
        for score in scores:
            for key in of(questions[score.id]):
                members.setdefault(key, []).append(score)
        groups[name] = {key: _figures(members[key]) for key in sorted(members)}
    return {
        "identity": dict(identity),
        "figures": _figures(scores),
        "refusals": _refusals(questions, scores),
        "lengths": _lengths(scores),
        "seconds": {
            name: _spread([value for score in scores if (value := getattr(score, name)) is not None])
            for name in ("evidence_s", "first_token_s", "total_s")
        },
        "groups": groups,
        "answers": [
            {"question": _question(questions[score.id]), "got": dict(record), "score": _plain(score)}
            for score, record in zip(scores, records, strict=True)
        ],
    }


def _figures(scores: Sequence[Score]) -> dict[str, Any]:
    found = {name: figure([getattr(score, name) for score in scores]) for name in MEASURES}
    return {name: dataclasses.asdict(value) for name, value in found.items() if value is not None}


def _refusals(questions: Mapping[str, Question], scores: Sequence[Score]) -> dict[str, Any]:
    """Right and wrong refusals apart: of what must be refused, and of what must be answered."""
    must = [score.status_fits for score in scores if questions[score.id].expected == "abstain"]
    may_not = [not score.status_fits for score in scores if questions[score.id].expected == "answer"]
    clarify = [score.status_fits for score in scores if questions[score.id].expected == "clarify"]
    found = {"right_refusals": figure(must), "wrong_refusals": figure(may_not), "clarified": figure(clarify)}
    return {name: dataclasses.asdict(value) for name, value in found.items() if value is not None}


def _lengths(scores: Sequence[Score]) -> dict[str, float]:
    return _spread([score.characters for score in scores])


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": percentile(values, 0.5), "p95": percentile(values, 0.95)} if values else {}


def _question(question: Question) -> dict[str, Any]:
    return dataclasses.asdict(question)


def _plain(score: Score) -> dict[str, Any]:
    return {**dataclasses.asdict(score), "correct": score.correct, "step_at_fault": step_at_fault(score)}


def step_at_fault(score: Score) -> str:
    """The first step of the way at which an answer that is not correct went wrong; empty for a correct one."""
    if score.correct:
        return ""
    if score.wrong_file:
        return "scope"
    if score.recall_at_10 is not None and score.recall_at_10 < 1:
        return "retrieve"
    if not score.status_fits:
        return "judge"
    if score.cites_evidence is False or (score.cites_required is not None and score.cites_required < 1):
        return "select"
    return "compose"


# -- terminal ---------------------------------------------------------------------------------------


def lines(report_: Mapping[str, Any]) -> list[str]:
    """The summary that a terminal shows."""
    out = [f"{len(report_['answers'])} answers"]
    out += [_line(WORDS[name], value) for name, value in report_["figures"].items()]
    out += [_line(name.replace("_", " "), value) for name, value in report_["refusals"].items()]
    lengths, seconds = report_["lengths"], report_["seconds"]
    out.append(f"{'characters, median / p95':42} {lengths['median']:.0f} / {lengths['p95']:.0f}")
    for name, value in seconds.items():
        if value:
            out.append(f"{name + ', median / p95':42} {value['median']:.3f} / {value['p95']:.3f}")
    return out


def _line(name: str, value: Mapping[str, float]) -> str:
    return f"{name:42} {value['value']:.3f}  [{value['low']:.3f}, {value['high']:.3f}]  n={value['count']}"


RETRIEVAL = (
    "in_scope", "hit_at_1", "recall_at_1", "recall_at_3", "recall_at_5", "recall_at_10", "reciprocal_rank",
    "ndcg_at_10",
)  # fmt: skip


def retrieval_lines(report_: Mapping[str, Any]) -> list[str]:
    """What was found, for all questions and by language and type, and what of it came out right or refused."""
    out = [_line(WORDS[name], report_["figures"][name]) for name in RETRIEVAL if name in report_["figures"]]
    for group in ("language", "type"):
        out += ["", f"{group:24}" + "".join(f"{WORDS[name][:12]:>14}" for name in RETRIEVAL[1:])]
        for key, found in report_["groups"][group].items():
            cells = (
                f"{found[name]['value']:14.3f}" if name in found else f"{'-':>14}" for name in RETRIEVAL[1:]
            )
            out.append(f"{key:24}" + "".join(cells))
    return [*out, "", *(_line(name.replace("_", " "), value) for name, value in report_["refusals"].items())]


# -- compare ----------------------------------------------------------------------------------------


def compare(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[str]:
    """What changed between two reports of the same questions, question by question; "" lines part sections."""
    before = {answer["question"]["id"]: answer for answer in one["answers"]}
    after = {answer["question"]["id"]: answer for answer in two["answers"]}
    shared = [name for name in before if name in after]
    out = [f"{len(shared)} questions in both ({len(before)} and {len(after)})"]
    for name in MEASURES:
        pairs = [(before[key]["score"][name], after[key]["score"][name]) for key in shared]
        both = [(float(a), float(b)) for a, b in pairs if a is not None and b is not None]
        changes = figure([b - a for a, b in both])
        if changes is None or not any(a != b for a, b in both):
            continue
        better, worse = sum(b > a for a, b in both), sum(b < a for a, b in both)
        out.append(
            f"{WORDS[name]:42} {changes.value:+.3f}  [{changes.low:+.3f}, {changes.high:+.3f}]  "
            f"up {better}, down {worse}, sign test p={sign_test(better, worse):.3f}"
        )
    for title, was, now in (("mended", False, True), ("broken", True, False)):
        names = [
            key
            for key in shared
            if (before[key]["score"]["correct"], after[key]["score"]["correct"]) == (was, now)
        ]
        out += [
            "",
            f"{title}: {len(names)}",
            *(f"  {key} {after[key]['question']['question']}" for key in names),
        ]
    return out


# -- gates ------------------------------------------------------------------------------------------


def below_gates(report_: Mapping[str, Any], gates: Mapping[str, float]) -> list[str]:
    """The gates that a report does not pass, each in words; a gate `max_X` bounds from above."""
    figures = {**report_["figures"], **report_["refusals"]}
    failed = []
    for gate, bound in gates.items():
        name = gate.removeprefix("max_")
        value = figures[name]["value"]
        if value > bound if gate.startswith("max_") else value < bound:
            failed.append(
                f"{name} is {value:.3f}, the gate is {'at most' if gate != name else 'at least'} {bound}"
            )
    return failed
