"""Reports: the scores of a run as figures by group, for the terminal, as JSON and as one page of HTML."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eval.metrics import Figure, Score, figure, percentile, sign_test
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
    "hit_at_1",
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
    "hit_at_1": "hit rate@1",
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


# -- html -------------------------------------------------------------------------------------------

STYLE = """
:root{color-scheme:light dark;--bar:#2563a8;--soft:#8883;--bad:#b3261e;--good:#1b6e3c}
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:1080px;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .5rem;border-bottom:1px solid var(--soft);text-align:left;vertical-align:top}
.num{text-align:right;white-space:nowrap}.bar{width:38%;min-width:7rem}
svg{display:block;width:100%;height:1.1rem}
details{border:1px solid var(--soft);border-radius:.4rem;padding:.4rem .7rem;margin:.4rem 0}
summary{cursor:pointer}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.2rem 0}
.bad{color:var(--bad)}.good{color:var(--good)}
@media(max-width:640px){.pair{grid-template-columns:1fr}body{padding:.6rem}td,th{padding:.2rem .3rem}}
"""


def page(
    report_: Mapping[str, Any], clauses: Mapping[str, Sequence[tuple[int, int]]], raw: Mapping[str, str]
) -> str:
    """One page that needs nothing else: figures, groups with intervals, latencies, and every failure beside its clause."""
    failures = [answer for answer in report_["answers"] if not answer["score"]["correct"]]
    parts = [
        "<!doctype html><html lang='zh'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>Tiaowen evaluation</title><style>{STYLE}</style>",
        f"<h1>条问：评测报告 / evaluation</h1><p>{len(report_['answers'])} 题 / questions, "
        f"<span class='bad'>{len(failures)} 题未答对 / not correct</span></p>",
        _identity(report_["identity"]),
        "<h2>指标 / figures</h2>",
        _table([(WORDS[name], value) for name, value in report_["figures"].items()]),
        _table([(name.replace("_", " "), value) for name, value in report_["refusals"].items()]),
    ]
    for group, members in report_["groups"].items():
        rows = [(key, value["correct"]) for key, value in members.items()]
        parts += [f"<h2>按 {html.escape(group)} 答对率 / correct by {html.escape(group)}</h2>", _table(rows)]
    parts += ["<h2>用时 / seconds</h2>", _latencies(report_["answers"])]
    parts.append("<h2>未答对的题 / failures</h2>")
    parts += [_failure(answer, clauses, raw) for answer in failures]
    return "\n".join(parts)


def _identity(identity: Mapping[str, Any]) -> str:
    shown = html.escape(json.dumps(identity, ensure_ascii=False, indent=1))
    return (
        f"<details><summary>模型、索引、设置、代码 / what was measured</summary><pre>{shown}</pre></details>"
    )


def _table(rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    body = "".join(
        f"<tr><td>{html.escape(name)}</td><td class='num'>{value['value']:.3f}</td>"
        f"<td class='bar'>{_bar(Figure(**value))}</td><td class='num'>n={value['count']}</td></tr>"  # type: ignore[arg-type]
        for name, value in rows
    )
    return f"<table>{body}</table>"


def _bar(value: Figure) -> str:
    """A bar from 0 to 1 with its interval as a line."""
    at, low, high = (max(0.0, min(1.0, share)) * 100 for share in (value.value, value.low, value.high))
    return (
        f"<svg viewBox='0 0 100 10' preserveAspectRatio='none' role='img' aria-label='{value.value:.3f}'>"
        f"<rect width='100' height='10' fill='var(--soft)'/><rect width='{at:.1f}' height='10' fill='var(--bar)'/>"
        f"<line x1='{low:.1f}' x2='{high:.1f}' y1='5' y2='5' stroke='currentColor' stroke-width='1.5'/></svg>"
    )


def _latencies(answers: Sequence[Mapping[str, Any]]) -> str:
    """A histogram of the whole answers' seconds, in twenty steps up to the slowest."""
    seconds = [answer["score"]["total_s"] for answer in answers]
    most = max(seconds, default=0.0) or 1.0
    counts = [0] * 20
    for value in seconds:
        counts[min(19, int(value / most * 20))] += 1
    highest = max(counts) or 1
    bars = "".join(
        f"<rect x='{at * 5 + 0.4}' y='{30 - 28 * count / highest:.1f}' width='4.2' "
        f"height='{28 * count / highest:.1f}' fill='var(--bar)'/>"
        for at, count in enumerate(counts)
    )
    return (
        f"<svg viewBox='0 0 100 30' preserveAspectRatio='none' style='height:7rem' role='img' aria-label='latencies'>"
        f"{bars}</svg><p>0 – {most:.2f} s</p>"
    )


def _failure(
    answer: Mapping[str, Any], clauses: Mapping[str, Sequence[tuple[int, int]]], raw: Mapping[str, str]
) -> str:
    question, got, score = answer["question"], answer["got"], answer["score"]
    wanted = "".join(
        f"<p>{html.escape(e['file'])}{' ●' if e['required'] else ''}</p><pre>{html.escape(_clause(e, clauses, raw))}</pre>"
        for e in question["evidence"]
    )
    cited = "".join(
        f"<p>{html.escape(c['file'])} {html.escape(c['clause'])}</p><pre>{html.escape(c['quote'])}</pre>"
        for c in got["citations"] or got["nearest"]
    )
    facts = "; ".join(" / ".join(spellings[:3]) for spellings in question["facts"])
    return (
        f"<details><summary><b>{html.escape(question['id'])}</b> {html.escape(question['question'])} "
        f"<span class='bad'>{html.escape(score['step_at_fault'])}</span></summary>"
        f"<p>{html.escape(question['type'])}, {html.escape(question['lang'])}, expected {html.escape(question['expected'])}, "
        f"got {html.escape(got['status'])}; {html.escape(question['note'])}</p>"
        f"<p class='good'>{html.escape(facts)}</p><pre>{html.escape(got['text'])}</pre>"
        f"<div class='pair'><div><b>应引 / gold</b>{wanted}</div><div><b>所引 / cited</b>{cited}</div></div></details>"
    )


def _clause(
    evidence: Mapping[str, Any], clauses: Mapping[str, Sequence[tuple[int, int]]], raw: Mapping[str, str]
) -> str:
    """The whole gold clause that a quote marks."""
    text = raw[evidence["file"]]
    at = text.find(evidence["quote"])
    return next(
        (text[start:end] for start, end in clauses.get(evidence["file"], ()) if start <= at < end),
        evidence["quote"],
    )
