"""Score: a run file, the raw documents and the gold -> a report; everything is read from files alone."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.metrics import score
from eval.questions import Question
from eval.report import report
from rag.errors import DocumentError, InputError
from rag.library import understand
from rag.read import read_document


class Gold(NamedTuple):
    """The documents as decoded text, and the spans of the gold clauses of each."""

    raw: dict[str, str]
    clauses: dict[str, list[tuple[int, int]]]

    @classmethod
    def of(cls, documents: Sequence[Path], clauses: Path) -> Gold:
        """Read both; a document without gold clauses is parted as the product parts it.

        Raises `InputError` where no document can be read, or for a line that is no clause.
        """
        raw: dict[str, str] = {}
        spans = _gold_spans(clauses)
        for path in documents:
            with contextlib.suppress(DocumentError):  # what cannot be read is held by nobody
                document = read_document(path)
                raw[path.name] = document.raw
                if path.name not in spans:
                    spans[path.name] = [(c.span.start, c.span.end) for c in understand(document).clauses]
        if not raw:
            raise InputError("There is no readable document. Name a folder that holds some.")
        return cls(raw, spans)


def _gold_spans(clauses: Path) -> dict[str, list[tuple[int, int]]]:
    try:
        lines = clauses.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The clauses in {clauses} cannot be read: {error}.") from error
    spans: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            spans.setdefault(record["file"], []).append((record["start"], record["end"]))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{clauses}:{number}: no gold clause ({error!r}). Mend the line.") from error
    return spans


def report_of(
    questions: Sequence[Question], run: Path, gold: Gold, identity: Mapping[str, Any]
) -> dict[str, Any]:
    """The report of a run; raises `InputError` if it answers other questions or the gold does not fit."""
    known = {question.id: question for question in questions}
    check_quotes(questions, gold)
    records = _records(run, known)
    scores = [score(known[record["id"]], record, gold.raw, gold.clauses) for record in records]
    return report(known, records, scores, identity)


def check_quotes(questions: Sequence[Question], gold: Gold) -> None:
    """Raises `InputError` for a quote that does not occur exactly once in its document, or a document not held."""
    for question in questions:
        for evidence in question.evidence:
            times = gold.raw.get(evidence.file, "").count(evidence.quote)
            if evidence.file not in gold.raw:
                raise InputError(
                    f"line {question.line}, {question.id}: the document {evidence.file} is not held."
                )
            if times != 1:
                raise InputError(
                    f"line {question.line}, {question.id}: the quote {evidence.quote!r} occurs {times} times "
                    f"in {evidence.file}; it must mark one place. Make it longer or copy it from the file."
                )


def _records(run: Path, known: Mapping[str, Question]) -> list[dict[str, Any]]:
    try:
        lines = run.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{run} cannot be read as a run: {error}.") from error
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            known_id = record["id"] in known
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{run}:{number}: not a line of a run ({error!r}).") from error
        if not known_id:
            raise InputError(f"{run}:{number} answers {record['id']!r}, which is not in this question set.")
        records.append(record)
    if not records:
        raise InputError(f"{run} holds no answer.")
    return records


def load_report(path: Path) -> dict[str, Any]:
    """A report as written by the evaluation; raises `InputError` for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content["answers"], list):
            raise TypeError("answers")
        return dict(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is no report of the evaluation ({error!r}). Give one of its .json files."
        ) from error
