"""`eval run`: answer each question of a set and write one object a line; resumable."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.questions import Question
from rag import models
from rag.answer import Answerer, load_answerer, load_embedder
from rag.config import Settings
from rag.errors import InputError, ModelError
from rag.index import build, is_current, load
from rag.records import answer_record
from rag.types import Mode
from rag.wording import say

Report = Callable[[str, int, int], None]


def answer_all(
    questions: Sequence[Question], out: Path, answered: Callable[[Question], dict[str, Any]], report: Report
) -> None:
    """Answer `questions` in order, appending to `out`; those it holds already are left as they are.

    Raises `InputError` when `out` is no run of this set.
    """
    done = _already(out, {question.id for question in questions})
    with out.open("a", encoding="utf-8") as file:
        for i, question in enumerate(questions, 1):
            if question.id not in done:
                file.write(json.dumps(answered(question), ensure_ascii=False) + "\n")
                file.flush()
            report("questions", i, len(questions))


def record_of(
    question: Question, answerer: Answerer, mode: Mode, as_of: datetime.date, *, whole_list: bool = False
) -> dict[str, Any]:
    """The answer to a question as a line of a run.

    Raises `ModelError` where the language model failed: the verbatim answer that a person then gets is no figure of it.
    """
    answer = answerer.answer(
        question.question, question.history, mode=mode, as_of=as_of, whole_list=whole_list
    )
    if say("notice_model", answer.language) in answer.notices:
        raise ModelError(
            f"The language model failed at {question.id}. The same command goes on where it was."
        )
    return {"id": question.id, **answer_record(answer)}


def _already(out: Path, known: set[str]) -> set[str]:
    """The ids that `out` answers; a last line that a crash cut short is removed."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        return set()
    text = out.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        out.write_text(whole, encoding="utf-8")
    ids: set[str] = set()
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            ids.add(json.loads(line)["id"])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{out}:{number}: not a line of a run. Name another --out file.") from error
    strange = sorted(ids - known)
    if strange:
        raise InputError(
            f"{out} answers {strange[0]!r}, which is not in this question set. Name another --out file."
        )
    return ids


def answerer_for(
    settings: Settings,
    documents: Path | None,
    mode: Mode,
    *,
    loaded: Answerer | None = None,
    progress: Report | None = None,
) -> Answerer:
    """An answerer over the library, or over another folder of documents with an index of its own.

    It shares the models of `loaded`, if that is given.
    """
    if documents is None and loaded is not None:
        return loaded
    if documents is not None:
        if not documents.is_dir():
            raise InputError(f"{documents} is no folder. Name a folder of documents.")
        name = hashlib.sha256(str(documents.resolve()).encode()).hexdigest()[:12]
        settings = replace(settings, seeds=documents.resolve(), home=settings.home / "eval" / name)
    model = models.identity(settings.cache, settings.embedder)
    if not is_current(settings.home, settings.seeds, model):
        embedder = loaded.embedder if loaded is not None else load_embedder(settings)
        build(settings.home, settings.seeds, embedder, progress=progress)
    if loaded is not None:
        return Answerer(load(settings.home, model), loaded.embedder, loaded.generator)
    return load_answerer(settings, mode=mode)


def identity(settings: Settings, answerer: Answerer, mode: Mode, as_of: datetime.date) -> dict[str, Any]:
    """What made a run: models, index, settings, code and machine; equal for runs that may be joined."""
    return {
        "mode": mode,
        "as_of": as_of.isoformat(),
        "embedder": models.identity(settings.cache, settings.embedder),
        "generator": models.identity(settings.cache, settings.generator) if mode == "composed" else None,
        "index": answerer.index.identity,
        "settings": {
            name: value
            for name, value in dataclasses.asdict(settings).items()
            if name in ("runtime", "context_tokens", "max_answer_tokens")
        },
        "code": _code_digest(),
        "machine": {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version()},
    }


def _code_digest() -> str:
    """The hash of the library's code, prompts and data."""
    digest = hashlib.sha256()
    root = Path(models.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
