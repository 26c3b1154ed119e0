"""Ablations: the same questions with one part of the way taken out, to see what each part brings."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

import numpy as np

from eval.metrics import Score, mean, score
from eval.questions import Question
from eval.score import Gold
from rag import index as index_module
from rag import library
from rag import retrieve as retrieve_module
from rag import search as search_module
from rag.answer import Answerer
from rag.fold import fold
from rag.records import answer_record
from rag.types import Query, Reading, Sentence

COLUMNS = ("correct", "hit_at_1", "recall_at_5", "recall_at_10", "cites_required", "wrong_file")


def ablations(
    questions: Sequence[Question],
    answerer: Answerer,
    gold: Gold,
    as_of: datetime.date,
    told: Callable[[str, int, int], None],
    raw: Answerer | None = None,
) -> dict[str, dict[str, float | None]]:
    """Name of what was taken out -> the mean of each of `COLUMNS`, extractive; the first row is the whole way.

    `raw` answers over an index of the text as published (`raw_text`).
    """
    ways = dict(WAYS)
    rows: dict[str, dict[str, float | None]] = {}
    for done, (name, without) in enumerate(ways.items(), 1):
        with without(answerer):
            rows[name] = _row(questions, answerer, gold, as_of)
        told("questions", done * len(questions), (len(ways) + 1) * len(questions))
    if raw is not None:
        with raw_text():
            rows["no cleaning, no folding: raw text"] = _row(questions, raw, gold, as_of)
    return rows


def _row(
    questions: Sequence[Question], answerer: Answerer, gold: Gold, as_of: datetime.date
) -> dict[str, float | None]:
    scores = [_score(question, answerer, gold, as_of) for question in questions]
    return {column: mean([getattr(score, column) for score in scores]) for column in COLUMNS}


@contextlib.contextmanager
def raw_text() -> Iterator[None]:
    """While this lasts, indexes are built and searched on the text as published: nothing cleaned, nothing folded."""
    read_all = library.read_all

    def read_raw(*rest: Any, **options: Any) -> Iterator[Reading | library.Failure]:
        for result in read_all(*rest, **options):
            yield result if isinstance(result, library.Failure) else _as_published(result)

    with (
        mock.patch.object(library, "read_all", read_raw),
        mock.patch.object(index_module, "fold", str),
        mock.patch.object(retrieve_module, "search_words", str),
        mock.patch.object(retrieve_module, "to_simplified", str),
    ):
        yield


def _as_published(reading: Reading) -> Reading:
    raw = reading.document.raw
    return dataclasses.replace(
        reading,
        clauses=tuple(dataclasses.replace(c, text=raw[slice(*c.span)]) for c in reading.clauses),
        sentences=tuple(
            tuple(Sentence(part.span, raw[slice(*part.span)]) for part in parts)
            for parts in reading.sentences
        ),
    )


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

    with mock.patch.object(search_module, "retrieve", unscoped):
        yield


_rank_clauses = retrieve_module._rank_clauses

WAYS: dict[str, Callable[[Answerer], contextlib.AbstractContextManager[Any]]] = {
    "whole way": _nothing,
    "no scope": _no_scope,
    "dense only": _without("_lexical", lambda query, index, scope: np.zeros(len(index.clauses))),
    "lexical only": _without("_rank_clauses", lambda *_, **__: []),
    "no single sentences": _without(
        "_rank_clauses", lambda *rest, single: [] if single else _rank_clauses(*rest, single=False)
    ),
    "no second stage": lambda _: mock.patch.object(
        search_module,
        "rerank",
        lambda query, found, index, *, k: dataclasses.replace(found, hits=found.hits[:k]),
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
