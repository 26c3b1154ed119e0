"""Unseen: questions on invented documents, each asked alone -> what is answered, quoted and rightly refused.

    eval/unseen/<name>_<n>.txt    invented documents of many kinds
    eval/unseen/<name>.jsonl      questions on each in everyday words; the quotes that answer, or none: a near miss

Meant for work on refusals and slots, for which the sets of `eval/sets` hold few near misses; nothing is trained on it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.metrics import Figure, figure
from rag.answer import Answerer
from rag.errors import InputError
from rag.types import Status

UNSEEN = Path(__file__).parent / "unseen"
REFUSED = (Status.NOT_COVERED, Status.REFUSED)


class Outcome(NamedTuple):
    """How a question fared: whether it was refused, and the share of its quotes that is cited, None for a near miss."""

    id: str
    question: str
    lang: str
    refused: bool
    quoted: float | None


def outcomes(
    folder: Path, work: Path, answerer_of: Callable[[Path], Answerer], told: Callable[[str, int, int], None]
) -> Iterator[Outcome]:
    """Each question of `folder` asked of its own document alone, with an index in a folder under `work`.

    Raises `InputError` for a quote that the document does not hold.
    """
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    questions = sorted(map(json.loads, lines), key=lambda question: question["doc"])
    document, answerer = "", None
    for done, question in enumerate(questions, 1):
        if question["doc"] != document or answerer is None:
            document = question["doc"]
            alone = work / Path(document).stem
            alone.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / document, alone / document)
            answerer = answerer_of(alone)
        yield _outcome(question, answerer)
        told("questions", done, len(questions))


def _outcome(question: dict[str, str | list[str]], answerer: Answerer) -> Outcome:
    metadata = next(iter(answerer.index.metadata.values()))
    raw = answerer.index.documents[metadata.document].raw
    answer = answerer.answer(str(question["q"]), place=metadata.place, mode="extractive")
    found = []
    for quote in question["quotes"]:
        start = raw.find(quote)
        if start < 0:
            raise InputError(f"{question['id']}: its document does not hold {quote!r}.")
        spans = (item.span for item in answer.citations)
        found.append(any(span.start < start + len(quote) and start < span.end for span in spans))
    share = sum(found) / len(found) if found else None
    return Outcome(
        str(question["id"]), str(question["q"]), str(question["lang"]), answer.status in REFUSED, share
    )


def lines(results: Sequence[Outcome]) -> list[str]:
    """A table by language: answers given and quoted in whole or in part, near misses refused."""
    table = [f"{'':8} {'answered':>26} {'quoted in part':>26} {'in whole':>26} {'near misses refused':>26}"]
    for lang in ("all", *sorted({result.lang for result in results})):
        own = [result for result in results if lang in ("all", result.lang)]
        answers = [result for result in own if result.quoted is not None]
        figures = (
            figure([not result.refused for result in answers]),
            figure([bool(result.quoted) for result in answers]),
            figure([result.quoted == 1 for result in answers]),
            figure([result.refused for result in own if result.quoted is None]),
        )
        table.append(f"{lang:8} " + " ".join(f"{_shown(each):>26}" for each in figures))
    return table


def _shown(value: Figure | None) -> str:
    return "-" if value is None else f"{value.value:.3f} [{value.low:.2f}, {value.high:.2f}] of {value.count}"
