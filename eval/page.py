"""Pages: a report, or the whole evaluation, as one HTML file that needs nothing else."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from eval.metrics import Figure
from eval.report import WORDS
from eval.score import Gold

STYLE = """
:root{color-scheme:light dark;--bar:#2563a8;--soft:#8883;--bad:#b3261e;--good:#1b6e3c}
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:1080px;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .5rem;border-bottom:1px solid var(--soft);text-align:left;vertical-align:top}
.num{text-align:right;white-space:nowrap}.bar{width:38%;min-width:5rem}.half{width:25%}
.wide{overflow-x:auto}figure{margin:0}
svg{display:block;width:100%;height:1.1rem}svg.plot{height:auto;max-width:26rem}
details{border:1px solid var(--soft);border-radius:.4rem;padding:.4rem .7rem;margin:.4rem 0}
summary{cursor:pointer}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
td{overflow-wrap:anywhere}.num{overflow-wrap:normal}.wide td:first-child{white-space:nowrap}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.2rem 0}
.bad{color:var(--bad)}.good{color:var(--good)}
@media(max-width:640px){.pair{grid-template-columns:1fr}body{padding:.6rem}td,th{padding:.2rem .3rem}}
"""


def page(report_: Mapping[str, Any], gold: Gold) -> str:
    """The page of one run: figures, groups with intervals, latencies, and every failure beside its clause."""
    failures = _failures(report_)
    parts = [
        *_head("条问：评测报告 / evaluation"),
        f"<p>{len(report_['answers'])} 题 / questions, "
        f"<span class='bad'>{len(failures)} 题未答对 / not correct</span></p>",
        _identity(report_["identity"]),
        "<h2>指标 / figures</h2>",
        _table([(WORDS[name], value) for name, value in report_["figures"].items()]),
        _table([(name.replace("_", " "), value) for name, value in report_["refusals"].items()]),
        *_groups(report_),
        "<h2>用时 / seconds</h2>",
        _latencies(report_["answers"]),
        "<h2>未答对的题 / failures</h2>",
        *(_failure(answer, gold) for answer in failures),
    ]
    return "\n".join(parts)


def whole_page(content: Mapping[str, Any], reports: Mapping[str, Mapping[str, Any]], gold: Gold) -> str:
    """The page of the whole evaluation: all runs beside each other, what explains them, and every failure."""
    parts = [*_head("条问：全部评测 / the whole evaluation")]
    parts += ["<h2>答对率 / correct</h2>", _table([(n, r["figures"]["correct"]) for n, r in reports.items()])]
    parts += [
        "<h2>各项指标 / figures</h2>",
        _beside({name: made["figures"] for name, made in reports.items()}),
    ]
    if "ablations" in content:
        parts += ["<h2>各部分的贡献 / what each part brings</h2>", _ablations(content["ablations"])]
    if "robustness" in content:
        rows = [(f"{r['rule']}: {r['demand']}", r["share"]) for r in content["robustness"]]
        parts += ["<h2>改写后仍成立 / robustness</h2>", _table(rows)]
    if "verification" in content:
        rows = [
            (f"{c['rule']} ({'must pass' if c['true'] else 'must fail'})", c["share"])
            for c in content["verification"]
        ]
        parts += ["<h2>核验 / verification</h2>", _table(rows)]
    if "sufficiency" in content:
        parts += ["<h2>把握程度 / sufficiency</h2>", *_sufficiency(content["sufficiency"])]
    for name, made in reports.items():
        failures = _failures(made)
        parts += [
            f"<h2>{html.escape(name)}</h2>",
            _identity(made["identity"]),
            *_groups(made),
            "<h3>用时 / seconds</h3>",
            _latencies(made["answers"]),
            f"<details><summary>未答对 / failures: {len(failures)}</summary>",
            *(_failure(answer, gold) for answer in failures),
            "</details>",
        ]
    return "\n".join(parts)


def _head(title: str) -> list[str]:
    return [
        "<!doctype html><html lang='zh'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>Tiaowen evaluation</title><style>{STYLE}</style><h1>{title}</h1>",
    ]


def _failures(report_: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [answer for answer in report_["answers"] if not answer["score"]["correct"]]


def _groups(report_: Mapping[str, Any]) -> list[str]:
    parts = []
    for group, members in report_["groups"].items():
        rows = [(key, value["correct"]) for key, value in members.items()]
        parts += [f"<h3>按 {html.escape(group)} 答对率 / correct by {html.escape(group)}</h3>", _table(rows)]
    return parts


SHOWN_BESIDE = (
    "correct", "facts", "cites_required", "clause_recall", "citation_precision", "unsupported_numbers",
    "omissions", "wrong_file", "language_fits", "own_words", "hit_at_1", "recall_at_5",
)  # fmt: skip


def _beside(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The means of several runs, a row each."""
    head = "".join(f"<th>{html.escape(WORDS[name])}</th>" for name in SHOWN_BESIDE)
    body = "".join(
        f"<tr><td>{html.escape(run)}</td>"
        + "".join(f"<td class='num'>{_mean(found.get(name))}</td>" for name in SHOWN_BESIDE)
        + "</tr>"
        for run, found in figures.items()
    )
    return f"<div class='wide'><table><tr><th></th>{head}</tr>{body}</table></div>"


def _mean(value: Mapping[str, float] | None) -> str:
    return "–" if value is None else f"{value['value']:.3f}"


def _ablations(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Two bars a row, correct answers and recall@5, with the whole way first."""
    body = "".join(
        f"<tr><td>{html.escape(name)}</td>"
        + "".join(
            f"<td class='num'>{row[column]:.3f}</td><td class='half'>{_bar(Figure(row[column], row[column], row[column], 0))}</td>"
            for column in ("correct", "recall_at_5")
        )
        + "</tr>"
        for name, row in rows.items()
    )
    return f"<div class='wide'><table><tr><th></th><th colspan=2>correct</th><th colspan=2>recall@5</th></tr>{body}</table></div>"


def _sufficiency(found: Mapping[str, Any]) -> list[str]:
    figures = "".join(
        f"<tr><td>{name}</td><td class='num'>{found[key]:.3f}</td></tr>"
        for name, key in (
            ("AUC, answerable against not", "area_under_curve"),
            ("Brier score", "brier"),
            ("expected calibration error", "calibration_error"),
        )
        if found[key] is not None
    )
    return [
        f"<table>{figures}</table>",
        "<div class='pair'><figure><figcaption>校准：把握与实际 / calibration: confidence against share answerable</figcaption>",
        _plot([(c, t) for c, t, _ in found["reliability"]], diagonal=True),
        "</figure><figure><figcaption>拒答比例与答对率 / precision against share refused</figcaption>",
        _plot([(r, p) for r, p in found["precision_by_refusals"]], diagonal=False),
        "</figure></div>",
    ]


def _plot(points: Sequence[tuple[float, float]], *, diagonal: bool) -> str:
    """A line through points of the unit square, with ticks at its halves."""
    path = " ".join(f"{10 + 85 * x:.1f},{90 - 85 * y:.1f}" for x, y in points)
    dots = "".join(
        f"<circle cx='{10 + 85 * x:.1f}' cy='{90 - 85 * y:.1f}' r='1.4' fill='var(--bar)'/>"
        for x, y in points
    )
    even = "<line x1='10' y1='90' x2='95' y2='5' stroke='var(--soft)'/>" if diagonal else ""
    ticks = "".join(
        f"<text x='{10 + 85 * v:.0f}' y='98' font-size='5' text-anchor='middle' fill='currentColor'>{v:g}</text>"
        f"<text x='8' y='{92 - 85 * v:.0f}' font-size='5' text-anchor='end' fill='currentColor'>{v:g}</text>"
        for v in (0, 0.5, 1)
    )
    return (
        "<svg viewBox='0 0 100 100' class='plot' role='img' aria-label='plot'>"
        f"<rect x='10' y='5' width='85' height='85' fill='none' stroke='var(--soft)'/>{even}{ticks}"
        f"<polyline points='{path}' fill='none' stroke='var(--bar)' stroke-width='1'/>{dots}</svg>"
    )


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


def _failure(answer: Mapping[str, Any], gold: Gold) -> str:
    question, got, score = answer["question"], answer["got"], answer["score"]
    wanted = "".join(
        f"<p>{html.escape(e['file'])}{' ●' if e['required'] else ''}</p><pre>{html.escape(_clause(e, gold))}</pre>"
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


def _clause(evidence: Mapping[str, Any], gold: Gold) -> str:
    """The whole gold clause that a quote marks."""
    text = gold.raw.get(evidence["file"], "")
    at = text.find(evidence["quote"])
    return next(
        (text[start:end] for start, end in gold.clauses.get(evidence["file"], ()) if start <= at < end),
        evidence["quote"],
    )
