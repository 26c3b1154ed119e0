"""`python -m eval`: run a question set, score a run, measure speed."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from pathlib import Path

from rag import config
from rag.errors import InputError, TiaowenError
from rag.types import Mode


def main() -> None:
    """Run one command; exits with 0, or 1 for a known error, or 130 for Ctrl-C."""
    arguments = _parser().parse_args()
    try:
        arguments.run(arguments)
    except TiaowenError as error:
        print(f"eval: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("eval: stopped. The same command goes on where it was.", file=sys.stderr)
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="answer each question of a set, one JSON object a line; resumable")
    run.add_argument("--questions", type=Path, required=True)
    run.add_argument("--out", type=Path, required=True)
    run.add_argument("--extractive", action="store_true", help="no language model")
    run.add_argument("--limit", type=int, help="only the first N questions")
    run.add_argument("--seeds", type=Path, help="another folder of documents, with an index of its own")
    run.add_argument("--as-of", type=datetime.date.fromisoformat, default=None, help="the day asked on")
    run.add_argument("--home", help="the library's folder")
    run.set_defaults(run=_run)
    score = commands.add_parser("score", help="score a run against the gold of its question set")
    score.add_argument("--questions", type=Path, required=True)
    score.add_argument("--run", dest="record", type=Path, required=True)
    score.add_argument("--clauses", type=Path, help="gold clauses as JSON lines (file, start, end)")
    score.add_argument("--seeds", type=Path, default=config.SHIPPED_SEEDS)
    score.add_argument("--failures", action="store_true", help="list each answer that is not correct")
    score.set_defaults(run=_score)
    bench = commands.add_parser(
        "bench", help="measure the speed of a step against a baseline of the same run"
    )
    bench.add_argument("step", choices=("reading",))
    bench.add_argument(
        "--documents", type=int, default=1000, help="how many documents of 20 KB (default 1000)"
    )
    bench.set_defaults(run=_bench)
    return parser


def _bench(arguments: argparse.Namespace) -> None:
    from eval import benchmarks
    from rag import terminal

    with terminal.progress() as report:
        result = benchmarks.reading(config.SHIPPED_SEEDS, arguments.documents, report)
    print("\n".join(result.lines()))


def _run(arguments: argparse.Namespace) -> None:
    from eval.questions import load_questions
    from eval.run import answerer_for, run

    questions = load_questions(arguments.questions)[: arguments.limit]
    mode: Mode = "extractive" if arguments.extractive else "composed"
    settings = config.load(flags={"home": arguments.home})
    answerer = answerer_for(settings, arguments.seeds, mode)
    started = time.monotonic()

    def report(done: int, total: int, name: str) -> None:
        spent = time.monotonic() - started
        print(
            f"\r{done}/{total} {name} {spent:.0f} s, {spent / done * (total - done):.0f} s left ",
            end="",
            file=sys.stderr,
        )

    run(
        questions,
        arguments.out,
        answerer,
        mode=mode,
        as_of=arguments.as_of or datetime.date.today(),
        report=report,
    )
    print(f"\n{len(questions)} answers in {arguments.out}", file=sys.stderr)


def _score(arguments: argparse.Namespace) -> None:
    from eval.metrics import mean, score
    from eval.questions import load_questions

    questions = {question.id: question for question in load_questions(arguments.questions)}
    records = [json.loads(line) for line in arguments.record.read_text(encoding="utf-8").splitlines()]
    missing = [record["id"] for record in records if record["id"] not in questions]
    if missing:
        raise InputError(f"{arguments.record} answers {missing[0]!r}, which is not in {arguments.questions}.")
    raw = {
        path.name: path.read_bytes().decode("utf-8-sig")
        for path in sorted(arguments.seeds.iterdir())
        if path.is_file()
    }
    clauses: dict[str, list[tuple[int, int]]] = {}
    for line in arguments.clauses.read_text(encoding="utf-8").splitlines():
        clause = json.loads(line)
        clauses.setdefault(clause["file"], []).append((clause["start"], clause["end"]))
    scores = [score(questions[record["id"]], record, raw, clauses) for record in records]
    answerable = [s for s in scores if questions[s.id].expected == "answer"]
    abstaining = [s for s in scores if questions[s.id].expected == "abstain"]
    rows: dict[str, float | None] = {
        "correct": mean([s.correct for s in scores]),
        "correct (answerable)": mean([s.correct for s in answerable]),
        "all facts": mean([s.facts == 1.0 for s in answerable if s.facts is not None]),
        "cites evidence": mean([s.cites_evidence for s in scores]),
        "citation recall (required clauses)": mean([s.cites_required for s in scores]),
        "citation precision": mean([s.citation_precision for s in scores]),
        "quotes exact": mean([s.quotes_exact for s in scores]),
        "wrong-city citations (answers)": mean([s.wrong_file for s in scores]),
        "right refusals": mean([s.status_fits for s in abstaining]),
        "wrong refusals": mean([not s.status_fits for s in answerable]),
        "hit rate@1": mean([s.hit_at_1 for s in scores]),
        "recall@5": mean([s.recall_at_5 for s in scores]),
        "recall@10": mean([s.recall_at_10 for s in scores]),
        "median characters": sorted(len(record["text"]) for record in records)[len(records) // 2],
        "median evidence seconds": sorted(record["evidence_s"] for record in records)[len(records) // 2],
        "median total seconds": sorted(record["total_s"] for record in records)[len(records) // 2],
    }
    print(f"{len(records)} answers")
    for name, value in rows.items():
        print(f"{name:38} {'-' if value is None else f'{value:.3f}'}")
    if arguments.failures:
        for s, record in zip(scores, records, strict=True):
            if not s.correct:
                question = questions[s.id]
                print(
                    f"\n{s.id} {question.type} {question.lang} {record['status']} {question.question}\n  {s}\n  facts {question.facts}\n  {record['text']}"
                )
                print(
                    "  cited",
                    [(c["file"][:3], c["clause"]) for c in record["citations"]],
                    "nearest",
                    [(c["file"][:3], c["clause"]) for c in record["nearest"]],
                    "hits",
                    [(h["file"][:3], h["clause"]) for h in record["hits"][:5]],
                )
                print("  gold", [(e.file[:3], e.quote, e.required) for e in question.evidence])


if __name__ == "__main__":
    main()
