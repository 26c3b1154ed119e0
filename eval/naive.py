"""Naive RAG: the baseline that most tutorials build, over the same documents with the same two models.

The five passages closest to the question from any document, read as printed; one plain prompt; no scope, no
grammar, no verification. What it writes is scored like any other run.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from typing import Any

from eval.questions import Question
from rag.answer import Answerer
from rag.compose import MARK
from rag.errors import ModelError
from rag.generate import Prompt
from rag.records import hit_record
from rag.types import Hit, Span

PASSAGES = 5
SYSTEM = "你是政策问答助手。请根据给出的资料回答问题，并在句末用[编号]注明出处。如果资料中没有答案，请回答“资料中没有规定”。"
NOTHING = re.compile(
    r"资料(?:中|里)?(?:并)?(?:没有|未)|没有(?:相关)?规定|无法(?:回答|确定)|not (?:covered|mentioned|provided)"
)


def naive_record(question: Question, answerer: Answerer) -> dict[str, Any]:
    """The answer to a question as a line of a run, with an `id`."""
    started = time.perf_counter()
    index = answerer.index
    vector = answerer.embedder.embed_query(question.question)
    scores, numbers = index.vectors.search(vector[None, :], 4 * PASSAGES)
    passages = _whole_ones([int(number) for number in numbers[0] if number >= 0], index)[:PASSAGES]
    sources = [_source(index, number) for number in passages]
    evidence_s = time.perf_counter() - started
    text = _written(question.question, [source["quote"] for source in sources], answerer)
    sentences = _sentences(text, len(sources))
    order = list(dict.fromkeys(mark for sentence in sentences for mark in sentence["citations"]))
    cosines = dict(zip(map(int, numbers[0]), map(float, scores[0]), strict=True))
    hits = [Hit(index.clauses[index.passages[n, 0]], cosines[n], i) for i, n in enumerate(passages, 1)]
    return {
        "id": question.id,
        "status": "not_covered" if NOTHING.search(text) and not order else "answered",
        "text": text,
        "sentences": [
            {"text": s["text"], "citations": [order.index(mark) for mark in s["citations"]]}
            for s in sentences
        ],
        "citations": [sources[mark] for mark in order],
        "nearest": [],
        "notices": [],
        "hits": [hit_record(hit) for hit in hits],
        "scope": [],
        "confidence": None,
        "checks": [],
        "evidence_s": round(evidence_s, 4),
        "first_token_s": None,
        "total_s": round(time.perf_counter() - started, 4),
    }


def _whole_ones(numbers: Sequence[int], index: Any) -> list[int]:
    """The passages that are pieces of clauses, not the single sentences indexed beside them; one a clause."""
    kept: dict[int, int] = {}
    for number in numbers:
        kept.setdefault(int(index.passages[number, 0]), number)
    return list(kept.values())


def _source(index: Any, number: int) -> dict[str, Any]:
    clause = index.clauses[index.passages[number, 0]]
    span = Span(*clause.span)
    return {
        "file": clause.document,
        "clause": clause.label,
        "start": span.start,
        "end": span.end,
        "quote": index.quote(clause.document, span),
    }


def _written(question: str, quotes: Sequence[str], answerer: Answerer) -> str:
    if answerer.generator is None:
        raise ModelError("The naive baseline needs a language model.")
    sources = "\n".join(f"[{mark}] {quote}" for mark, quote in enumerate(quotes, 1))
    prompt = Prompt(SYSTEM, f"资料：\n{sources}\n\n问题：{question}")
    return "".join(answerer.generator.stream(prompt, marks=None, cancel=threading.Event())).strip()


def _sentences(text: str, count: int) -> list[dict[str, Any]]:
    """The sentences of a free text with the positions of the sources each names, from 0; unknown ones left out."""
    found: list[dict[str, Any]] = []
    for part in re.findall(r"[^。！？\n]+[。！？]?(?:\s*[\[【［]\d+[\]】］])*", text):
        marks = [int(mark) - 1 for mark in MARK.findall(part)]
        said = MARK.sub("", part).strip()
        real = list(dict.fromkeys(mark for mark in marks if 0 <= mark < count))
        if said:
            found.append({"text": said, "citations": real})
        elif found:
            found[-1]["citations"] += [mark for mark in real if mark not in found[-1]["citations"]]
    return found
