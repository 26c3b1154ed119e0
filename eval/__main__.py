"""`python -m eval`: answer and score the question sets, compare reports, measure speed."""

from __future__ import annotations

import argparse
import datetime
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.questions import GOLD_CLAUSES, SETS
from rag import config
from rag.errors import TiaowenError
from rag.store import write_atomically, write_json
from rag.types import Mode

if TYPE_CHECKING:
    from eval.questions import Question
    from eval.score import Gold
    from rag.answer import Answerer

DEVELOPMENT = SETS.parent / "development.jsonl"
DAY = datetime.date(2026, 11, 24)


def main() -> None:
    """Run one command; exits with 0, 1 for a known error or a gate not passed, 130 for Ctrl-C."""
    arguments = _parser().parse_args()
    _go_offline()
    try:
        sys.exit(arguments.run(arguments))
    except TiaowenError as error:
        print(f"eval: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("eval: stopped. The same command goes on where it was.", file=sys.stderr)
        sys.exit(130)


def _go_offline() -> None:
    """Refuse every connection but to this machine: a figure that hangs on the network is none."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_here(opened: socket.socket, address: Any) -> None:
        _require_here(address[0])
        connect(opened, address)

    def resolve_here(host: Any, *rest: Any, **more: Any) -> Any:
        _require_here(host)
        return resolve(host, *rest, **more)

    socket.socket.connect = connect_here  # type: ignore[assignment, method-assign]
    socket.getaddrinfo = resolve_here


def _require_here(host: Any) -> None:
    if host != "127.0.0.1":
        raise OSError("the evaluation opens no connection to another machine")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval",
        description="Without a command: all shipped question sets, with reports and gates. With one: that step alone.",
    )
    parser.set_defaults(run=_whole)
    parser.add_argument("--quick", action="store_true", help="extractive answers only, under two minutes")
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="folder for runs and reports (default runs)"
    )
    parser.add_argument("--questions", type=Path, help="a set of your own in place of the shipped ones")
    parser.add_argument("--documents", type=Path, help="the folder of documents that it asks about")
    parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="the day that it is asked on")
    parser.add_argument("--home", help="the library's folder")
    commands = parser.add_subparsers(metavar="COMMAND")
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
    score.add_argument(
        "--clauses", type=Path, default=GOLD_CLAUSES, help="gold clauses as JSON lines (file, start, end)"
    )
    score.add_argument("--seeds", type=Path, default=config.SHIPPED_SEEDS)
    score.add_argument("--json", type=Path, help="write the whole report here")
    score.add_argument("--html", type=Path, help="write the report as a page here")
    score.add_argument("--failures", action="store_true", help="list each answer that is not correct")
    score.set_defaults(run=_score)
    compare = commands.add_parser("compare", help="what changed between two reports, question by question")
    compare.add_argument("one", type=Path)
    compare.add_argument("two", type=Path)
    compare.set_defaults(run=_compare)
    for name, text in (
        ("ablations", "what each part of the way brings: the same questions with one taken out"),
        ("robustness", "questions derived by rule: script twins, slips, hostile suffixes, other places"),
        ("attacks", "hostile texts beside a question and alone: nothing may change"),
        ("retrieval", "what is found, by language and type, beside the ablations, and how sure it is"),
    ):
        step = commands.add_parser(name, help=text)
        step.add_argument("--questions", type=Path, default=DEVELOPMENT)
        step.add_argument("--as-of", type=datetime.date.fromisoformat, default=DAY)
        step.add_argument("--json", type=Path, help="write the results here")
        step.add_argument("--home", help="the library's folder")
        step.set_defaults(run=_derived, step=name)
    checking = commands.add_parser(
        "checking", help="true and falsified statements before the clause checker, and clerks' letters"
    )
    checking.add_argument("--documents", type=Path, help="another folder of documents")
    checking.add_argument(
        "--letters", type=Path, help="letters with their verdicts, in place of the statements"
    )
    checking.add_argument("--most", type=int, default=60, help="statements of a kind (default 60)")
    checking.add_argument("--missed", action="store_true", help="list each statement that was misjudged")
    checking.add_argument("--as-of", type=datetime.date.fromisoformat, default=DAY)
    checking.add_argument("--json", type=Path, help="write the results here")
    checking.add_argument("--home", help="the library's folder")
    checking.set_defaults(run=_checking)
    feedback = commands.add_parser(
        "feedback", help="list what people said of answers on the page, or export it as cases to judge"
    )
    feedback.add_argument("--export", type=Path, metavar="FILE", help="write one JSON object a line here")
    feedback.add_argument("--home", help="the library's folder")
    feedback.set_defaults(run=_feedback)
    readme = commands.add_parser("readme", help="make the README's table of figures of the last full run")
    readme.add_argument("--out", type=Path, default=Path("runs"), help="folder of the run (default runs)")
    readme.set_defaults(run=_readme)
    unseen = commands.add_parser(
        "unseen", help="questions and near misses on documents nothing is trained on"
    )
    unseen.add_argument("--missed", action="store_true", help="list each near miss that was answered")
    unseen.set_defaults(run=_unseen)
    adapter = commands.add_parser(
        "adapter", help="train the embedder's adapter on the training questions (a quarter of an hour)"
    )
    adapter.add_argument("--out", type=Path, required=True, help="write the adapter here (.safetensors)")
    adapter.add_argument("--seed", type=int, default=0)
    adapter.set_defaults(run=_adapter)
    bench = commands.add_parser(
        "bench", help="measure the speed of a step against a baseline of the same run"
    )
    bench.add_argument("step", choices=("reading", "retrieval", "page"))
    bench.add_argument(
        "--documents", type=int, default=1000, help="how many documents of 20 KB (default 1000)"
    )
    bench.set_defaults(run=_bench)
    return parser


def _whole(arguments: argparse.Namespace) -> int:
    """All shipped sets, extractive and, unless quick, composed; returns 1 below a gate."""
    from eval.questions import QuestionSet, load_questions, load_sets
    from eval.whole import whole
    from rag import terminal

    if arguments.questions:
        day = arguments.as_of or datetime.date.today()
        questions = load_questions(arguments.questions)
        sets = [QuestionSet(arguments.questions.stem, questions, day, {}, arguments.documents)]
    else:
        day = arguments.as_of
        sets = [held._replace(as_of=day or held.as_of) for held in load_sets(SETS)]
    settings = config.load(flags={"home": arguments.home})
    with terminal.progress() as told:
        return whole(settings, sets, arguments.out, quick=arguments.quick, told=told)


def _readme(arguments: argparse.Namespace) -> int:
    from eval.readme import update

    update(arguments.out / "whole.json")
    return 0


def _feedback(arguments: argparse.Namespace) -> int:
    from rag.feedback import case_of, entries

    held = entries(config.load(flags={"home": arguments.home}).home)
    if arguments.export:
        lines = [json.dumps(case_of(entry), ensure_ascii=False) + "\n" for entry in held]
        write_atomically(arguments.export, "".join(lines).encode())
    else:
        for entry in held:
            place = f" ({entry.place})" if entry.place else ""
            print(f"{entry.number:4} {entry.day} {entry.verdict:18} {entry.question}{place}")
            if entry.note:
                print(f"     {entry.note}")
    print(f"{len(held)} kept", file=sys.stderr)
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from eval.report import compare
    from eval.score import load_report

    print("\n".join(compare(load_report(arguments.one), load_report(arguments.two))))
    return 0


def _derived(arguments: argparse.Namespace) -> int:
    """Ablations or robustness over one question set, with extractive answers."""
    from eval import ablations, attacks, robustness
    from eval.questions import load_questions
    from eval.run import answerer_for
    from eval.score import Gold
    from rag import terminal

    questions = load_questions(arguments.questions)
    answerer = answerer_for(config.load(flags={"home": arguments.home}), None, "extractive")
    content: Any
    with terminal.progress() as told:
        if arguments.step == "attacks":
            asked = [
                q.question
                for q in questions
                if q.type in ("amount", "fact")
                and q.expected == "answer"
                and len(q.files) == 1
                and q.lang != "en"
            ]
            attacked = attacks.attack(asked, attacks.load_attacks(), answerer, arguments.as_of, told)
            content, shown = [result._asdict() for result in attacked], attacks.lines(attacked)
        elif arguments.step == "retrieval":
            gold = Gold.of(sorted(config.SHIPPED_SEEDS.glob("*.txt")), GOLD_CLAUSES)
            content, shown = _retrieval(questions, answerer, gold, arguments.as_of, told)
        elif arguments.step == "ablations":
            gold = Gold.of(sorted(config.SHIPPED_SEEDS.glob("*.txt")), GOLD_CLAUSES)
            content = ablations.ablations(questions, answerer, gold, arguments.as_of, told)
            shown = ablations.lines(content)
        else:
            results = robustness.robustness(questions, answerer, arguments.as_of, told)
            content, shown = robustness.record(results), robustness.lines(results)
    print("\n".join(shown))
    if arguments.json:
        write_json(arguments.json, content)
    return 0


def _checking(arguments: argparse.Namespace) -> int:
    """How the clause checker judges statements made by rule, or hand-written letters."""
    from eval import checking
    from eval.run import answerer_for
    from rag import terminal

    answerer = answerer_for(config.load(flags={"home": arguments.home}), arguments.documents, "extractive")
    index, embedder = answerer.index, answerer.embedder
    with terminal.progress() as told:
        if arguments.letters:
            results, figures = checking.letters(arguments.letters, index, embedder, arguments.as_of)
            told_of = [
                f"{name:30} {f.value:.3f} [{f.low:.2f}, {f.high:.2f}] of {f.count}"
                for name, f in figures.items()
                if f
            ]
        else:
            results = checking.checking(index, embedder, arguments.as_of, told, most=arguments.most)
            told_of = checking.target_lines(results)
    print("\n".join([*checking.lines(results), "", *told_of]))
    if arguments.missed:
        print("\n".join(checking.missed_lines(results)))
    if arguments.json:
        write_json(
            arguments.json,
            [{**r._asdict(), "share": r.share.__dict__, "found": r.found.__dict__} for r in results],
        )
    return 0


def _retrieval(
    questions: list[Question],
    answerer: Answerer,
    gold: Gold,
    as_of: datetime.date,
    told: Callable[[str, int, int], None],
) -> tuple[dict[str, Any], list[str]]:
    """The report of the clauses found, the ablations of the same questions, and how sure the answers are."""
    from eval import ablations
    from eval.metrics import score
    from eval.report import report, retrieval_lines
    from eval.run import record_of
    from eval.whole import sufficiency

    records = [record_of(question, answerer, "extractive", as_of) for question in questions]
    scores = [score(q, r, gold.raw, gold.clauses) for q, r in zip(questions, records, strict=True)]
    made = report({q.id: q for q in questions}, records, scores, {"as_of": as_of.isoformat()})
    rows = ablations.ablations(questions, answerer, gold, as_of, told)
    sure = sufficiency([made])
    shown = [*retrieval_lines(made), "", *ablations.lines(rows), ""]
    names = ("area_under_curve", "brier", "calibration_error")
    shown += [f"{name.replace('_', ' '):42} {sure[name]:.3f}" for name in names if sure[name] is not None]
    return {**made, "ablations": rows, "sufficiency": sure}, shown


def _unseen(arguments: argparse.Namespace) -> int:
    from eval.run import answerer_for
    from eval.unseen import UNSEEN, lines, outcomes
    from rag import terminal

    settings = config.load()
    loaded = answerer_for(settings, None, "extractive")
    with terminal.progress() as told:
        results = list(
            outcomes(
                UNSEEN,
                settings.home / "eval" / "unseen",
                lambda folder: answerer_for(settings, folder, "extractive", loaded=loaded),
                told,
            )
        )
    print(*lines(results), sep="\n")
    if arguments.missed:
        answered = [result for result in results if result.quoted is None and not result.refused]
        print(*(f"{result.id}: {result.question}" for result in answered), sep="\n")
    return 0


def _adapter(arguments: argparse.Namespace) -> int:
    from eval.adapter import TRAINING, examples, train
    from rag import models, terminal

    settings = config.load()
    model = models.resolve(settings.cache, settings.embedder, "embedder")
    with terminal.progress() as told:
        train(Path(model), arguments.out, examples(TRAINING), progress=told, seed=arguments.seed)
    print(f"-> {arguments.out}")
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    from eval import benchmarks
    from eval.questions import load_questions
    from eval.run import answerer_for
    from rag import terminal

    with terminal.progress() as report:
        if arguments.step == "reading":
            shown = benchmarks.reading(config.SHIPPED_SEEDS, arguments.documents, report).lines()
            print("\n".join([*benchmarks.machine(), *shown]))
            return 0
        held = [q for q in load_questions(DEVELOPMENT) if q.expected == "answer" and not q.history]
        asked = [q.question for q in held]
        if arguments.step == "page":
            from eval.serving import serving

            # An overview is not reworded: who asks for one does not wait in the line.
            reworded = [q.question for q in held if q.type in ("amount", "fact", "eligibility", "procedure")]
            shown = serving(config.load(), reworded, report).lines()
        else:
            answerer = answerer_for(config.load(), None, "extractive")
            shown = benchmarks.retrieval_lines(benchmarks.retrieval(answerer, asked, report))
    print("\n".join([*benchmarks.machine(), *shown]))
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from eval.questions import load_questions
    from eval.run import answer_all, answerer_for, record_of
    from rag import terminal

    questions = load_questions(arguments.questions)[: arguments.limit]
    mode: Mode = "extractive" if arguments.extractive else "composed"
    settings = config.load(flags={"home": arguments.home})
    answerer = answerer_for(settings, arguments.seeds, mode)
    as_of = arguments.as_of or datetime.date.today()
    with terminal.progress() as told:
        answer_all(questions, arguments.out, lambda q: record_of(q, answerer, mode, as_of), told)
    print(f"\n{len(questions)} answers in {arguments.out}", file=sys.stderr)
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from eval.page import page
    from eval.questions import load_questions
    from eval.report import lines
    from eval.score import Gold, report_of
    from rag.library import paths_of

    gold = Gold.of(paths_of(Path(), arguments.seeds), arguments.clauses)
    report = report_of(
        load_questions(arguments.questions), arguments.record, gold, {"run": str(arguments.record)}
    )
    print("\n".join(lines(report)))
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.html:
        write_atomically(arguments.html, page(report, gold).encode())
    for answer in report["answers"] if arguments.failures else ():
        question, got, score = answer["question"], answer["got"], answer["score"]
        if not score["correct"]:
            cited = [(c["file"][:12], c["clause"]) for c in got["citations"] or got["nearest"]]
            print(
                f"\n{question['id']} {question['type']} {question['lang']} {got['status']} {question['question']}"
            )
            print(
                f"  at fault: {score['step_at_fault']}\n  {got['text']}\n  cited {cited}\n  facts {question['facts']}"
            )
    return 0


if __name__ == "__main__":
    main()
