"""Question sets: JSON lines -> `Question`s, checked on load with errors that name line and field.

The format is that of the development set's README: one object a line, every field present.
"""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import InputError
from rag.types import Turn

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent
SETS = ROOT / "sets" / "sets.toml"
GOLD_CLAUSES = ROOT.parent / "tests" / "gold" / "clauses.jsonl"

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
PERSONAS = ("citizen", "staff", "evaluator")
EXPECTED = ("answer", "abstain", "clarify")
TYPES = (
    "fact", "amount", "eligibility", "contact", "procedure", "list", "overview", "deadline_target", "definition",
    "compare", "multi_city", "follow_up", "clause_lookup", "uncovered", "out_of_domain", "other_city",
    "ambiguous_city", "false_premise", "injection", "typo",
)  # fmt: skip


@dataclass(frozen=True)
class GoldEvidence:
    """A quote that marks a clause which carries the answer; `required` clauses must be cited."""

    file: str
    quote: str
    required: bool


@dataclass(frozen=True)
class Question:
    """One question of a set, with what a right answer holds."""

    id: str
    question: str
    history: tuple[Turn, ...]
    lang: str
    persona: str
    type: str
    expected: str
    files: tuple[str, ...]
    evidence: tuple[GoldEvidence, ...]
    facts: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    note: str
    line: int = field(default=0, compare=False)
    """Where it stands in its file, from 1."""


FIELDS: dict[str, type] = {
    "id": str, "question": str, "history": list, "lang": str, "persona": str, "type": str, "expected": str,
    "files": list, "evidence": list, "facts": list, "forbidden": list, "note": str,
}  # fmt: skip
CHOICES = {"lang": LANGUAGES, "persona": PERSONAS, "type": TYPES, "expected": EXPECTED}


def load_questions(path: Path) -> list[Question]:
    """The questions of a set; raises `InputError` naming file, line and field."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a question set: {error}.") from error
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{where}: not a JSON object ({error.msg}). Mend the line.") from error
        question = replace(_question(record, where), line=number)
        if question.id in seen:
            raise InputError(f"{where}: id {question.id!r} stands on line {seen[question.id]} already.")
        seen[question.id] = number
        questions.append(question)
    if not questions:
        raise InputError(f"{path} holds no question.")
    return questions


def _question(record: Any, where: str) -> Question:
    if not isinstance(record, dict):
        raise InputError(f"{where}: expected a JSON object.")
    for name, kind in FIELDS.items():
        if not isinstance(record.get(name), kind):
            raise InputError(f"{where}: field {name!r} is missing or no {kind.__name__}.")
    for name, choices in CHOICES.items():
        if record[name] not in choices:
            raise InputError(
                f"{where}: field {name!r} is {record[name]!r}; expected one of {', '.join(choices)}."
            )
    try:
        return Question(
            **{
                name: record[name]
                for name in ("id", "question", "lang", "persona", "type", "expected", "note")
            },
            history=tuple(Turn(turn["role"], turn["content"]) for turn in record["history"]),
            files=tuple(record["files"]),
            evidence=tuple(
                GoldEvidence(e["file"], e["quote"], bool(e["required"])) for e in record["evidence"]
            ),
            facts=tuple(tuple(spellings) for spellings in record["facts"]),
            forbidden=tuple(record["forbidden"]),
        )
    except (KeyError, TypeError) as error:
        raise InputError(f"{where}: history, evidence or facts is malformed ({error!r}).") from error


class QuestionSet(NamedTuple):
    """A shipped question set."""

    name: str
    questions: list[Question]
    as_of: datetime.date
    gates: dict[str, float]
    """Measure -> the least mean of the quick run, or with `max_` before it the greatest."""
    documents: Path | None = None
    """The folder of the documents asked about; None for the shipped ones."""
    composed: bool = True
    """Whether it is a main set, to which the full run composes answers and on which it takes parts out."""
    whole_lists: bool = False
    """Whether overviews are listed whole (`ask --all`) instead of what fits best."""


def load_sets(path: Path) -> list[QuestionSet]:
    """The sets that `path` names, in order; raises `InputError` for a missing field or file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return [
            QuestionSet(
                name,
                load_questions(path.parent / held["file"]),
                held["as_of"],
                held["gates"],
                (path.parent / held["documents"]).resolve() if "documents" in held else None,
                held.get("composed", True),
                held.get("whole_lists", False),
            )
            for name, held in content.items()
        ]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no list of question sets ({error!r}). Mend it.") from error
