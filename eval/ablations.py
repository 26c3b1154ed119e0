"""Ablations: the same questions with one part of the way taken out, to see what each part brings."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

from eval.metrics import Score, mean, score
from eval.questions import Question
from eval.score import Gold
from rag import answer as answer_module
from rag import retrieve as retrieve_module
from rag.answer import Answerer
from rag.fold import fold
from rag.records import answer_record
from rag.types import Query

COLUMNS = ("correct", "hit_at_1", "recall_at_5", "recall_at_10", "cites_required", "wrong_file")


def ablations(
    questions: Sequence[Question],
    answerer: Answerer,
    gold: Gold,
    as_of: datetime.date,
    told: Callable[[str, int, int], None],
) -> dict[str, dict[str, float | None]]:
    """Name of what was taken out -> the mean of each of `COLUMNS`, extractive; the first row is the whole way."""
    rows: dict[str, dict[str, float | None]] = {}
    for done, (name, without) in enumerate(WAYS.items(), 1):
        with without(answerer):
            scores = [_score(question, answerer, gold, as_of) for question in questions]
        rows[name] = {column: mean([getattr(score, column) for score in scores]) for column in COLUMNS}
        told("questions", done * len(questions), len(WAYS) * len(questions))
    return rows


def _score(question: Question, answerer: Answerer, gold: Gold, as_of: datetime.date) -> Score:
    answer = answerer.answer(question.question, question.history, mode="extractive", as_of=as_of)
    record: dict[str, Any] = json.loads(json.dumps({"id": question.id, **answer_record(answer)}))
    return score(question, record, gold.raw, gold.clauses)


@contextlib.contextmanager
def _nothing(answerer: Answerer) -> Iterator[None]:
    yield


def _without(
    name: str, replacement: Callable[..., Any]
) -> Callable[[Answerer], contextlib.AbstractContextManager[Any]]:
    return lambda answerer: mock.patch.object(retrieve_module, name, replacement)


@contextlib.contextmanager
def _no_scope(answerer: Answerer) -> Iterator[None]:
    """Search all documents, whatever place is asked about."""
    whole = retrieve_module.retrieve
    everything = tuple(answerer.index.documents)

    def unscoped(query: Query, *rest: Any, **options: Any) -> Any:
        return whole(dataclasses.replace(query, documents=everything), *rest, **options)

    with mock.patch.object(answer_module, "retrieve", unscoped):
        yield


_rank_clauses = retrieve_module._rank_clauses

WAYS: dict[str, Callable[[Answerer], contextlib.AbstractContextManager[Any]]] = {
    "whole way": _nothing,
    "no scope": _no_scope,
    "dense only": _without("_lexical", lambda *_: []),
    "lexical only": _without("_rank_clauses", lambda *_, **__: []),
    "no single sentences": _without(
        "_rank_clauses", lambda *rest, single: [] if single else _rank_clauses(*rest, single=False)
    ),
    "no lay words beside official ones": _without("search_words", fold),
    "question not simplified for the embedder": _without("to_simplified", str),
}


def lines(rows: dict[str, dict[str, float | None]]) -> list[str]:
    """The table as a terminal shows it."""
    head = f"{'taken out':42}" + "".join(f"{column:>16}" for column in COLUMNS)
    body = [
        f"{name:42}" + "".join(f"{'-' if value is None else f'{value:.3f}':>16}" for value in row.values())
        for name, row in rows.items()
    ]
    return [head, *body]
