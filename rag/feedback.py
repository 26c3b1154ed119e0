"""Feedback: what people say of an answer, kept in one SQLite file and exported as cases to evaluate.

    home/feedback.sqlite     one table; rows older than the retention are deleted whenever one is added

Kept is what is needed to ask again: question, earlier questions, place, mode, status, the text and citations
of the answer, the verdict and a free line. No address, no session, no name: numbers of identity cards and
telephones are masked before anything is written.
"""

from __future__ import annotations

import datetime
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import InputError, StorageError
from rag.store import storage_errors
from rag.types import Answer, Mode

FILE = "feedback.sqlite"
VERDICTS = ("right", "wrong_city", "wrong_number", "condition_missing", "wrong_citation", "not_answered")
MAX_NOTE_CHARS = 500
MOST_A_DAY = 1000
"""Pieces kept of one day: as nothing is known of who sends them, a flood can only be stopped for everybody."""
MASK = "***"
# Identity cards (18 or 15 digits), mobile and landline numbers, bank cards, e-mail addresses; with or without
# the blanks and dashes that people write between the digits.
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|"
    r"(?<![\d０-９])(?:\+?86[\s-]?)?(?:\d[\s-]?){10,18}[\dXx](?![\d０-９])|"
    r"(?<!\d)0\d{2,3}[\s-]?\d{7,8}(?!\d)|"
    r"(?<!\d)\d{3,4}-\d{7,8}(?!\d)"
)
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－", "0123456789Xx-")

SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    number   INTEGER PRIMARY KEY,
    day      TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    note     TEXT NOT NULL,
    question TEXT NOT NULL,
    history  TEXT NOT NULL,
    place    TEXT,
    mode     TEXT NOT NULL,
    answer   TEXT NOT NULL
)
"""


class Entry(NamedTuple):
    """One piece of feedback; `answer` is what was shown: status, language, scope, text, citations."""

    number: int
    day: str
    verdict: str
    note: str
    question: str
    history: tuple[str, ...]
    place: str | None
    mode: str
    answer: dict[str, Any]


def masked(text: str) -> str:
    """`text` without numbers of identity cards, telephones and bank cards, and without e-mail addresses."""
    return PERSONAL.sub(
        MASK, text.translate(FULL_WIDTH) if PERSONAL.search(text.translate(FULL_WIDTH)) else text
    )


def add(
    home: Path,
    answer: Answer,
    verdict: str,
    note: str = "",
    *,
    history: Sequence[str] = (),
    place: str | None = None,
    mode: Mode = "composed",
    today: datetime.date,
    keep_days: int,
) -> None:
    """Keep one piece of feedback and delete what is older than `keep_days`.

    Raises `InputError` for an unknown verdict and where the day has `MOST_A_DAY` already, `StorageError` if the file
    cannot be written.
    """
    if verdict not in VERDICTS:
        raise InputError(f"{verdict!r} is no verdict; expected one of: {', '.join(VERDICTS)}.")
    shown = {
        "status": answer.status.value,
        "language": answer.language,
        "scope": list(answer.scope),
        "text": masked(answer.text),
        "citations": [[item.metadata.document, item.clause.label, *item.span] for item in answer.citations],
    }
    asked = json.dumps([masked(question) for question in history], ensure_ascii=False)
    row = (
        today.isoformat(),
        verdict,
        masked(note[:MAX_NOTE_CHARS]),
        masked(answer.question),
        asked,
        place,
        mode,
        json.dumps(shown, ensure_ascii=False),
    )
    with _opened(home) as database:
        oldest = today - datetime.timedelta(days=keep_days)
        database.execute("DELETE FROM feedback WHERE day < ?", (oldest.isoformat(),))
        (of_today,) = database.execute(
            "SELECT COUNT(*) FROM feedback WHERE day = ?", (today.isoformat(),)
        ).fetchone()
        if of_today >= MOST_A_DAY:
            raise InputError(
                f"{MOST_A_DAY} pieces of feedback were kept today, the most of a day. Come back tomorrow."
            )
        database.execute(
            "INSERT INTO feedback (day, verdict, note, question, history, place, mode, answer) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def entries(home: Path) -> list[Entry]:
    """All feedback kept, oldest first; empty where there is none."""
    if not (home / FILE).is_file():
        return []
    with _opened(home) as database:
        rows = database.execute("SELECT * FROM feedback ORDER BY number").fetchall()
    return [
        Entry(
            number, day, verdict, note, question, tuple(json.loads(history)), place, mode, json.loads(answer)
        )
        for number, day, verdict, note, question, history, place, mode, answer in rows
    ]


def case_of(entry: Entry) -> dict[str, Any]:
    """A question of a set to be judged: what was asked and shown; a person adds what would be right."""
    shown = entry.answer
    return {
        "id": f"feedback-{entry.number}",
        "question": entry.question,
        "history": list(entry.history),
        "place": entry.place,
        "mode": entry.mode,
        "lang": shown["language"],
        "as_of": entry.day,
        "verdict": entry.verdict,
        "note": entry.note,
        "shown": shown,
    }


@contextmanager
def _opened(home: Path) -> Iterator[sqlite3.Connection]:
    """The database in one transaction; its errors as one clear line."""
    with storage_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        try:
            database = sqlite3.connect(home / FILE, timeout=5)
        except sqlite3.Error as error:
            raise _unusable(home, error) from error
        try:
            with database:
                database.execute(SCHEMA)
                yield database
        except sqlite3.Error as error:
            raise _unusable(home, error) from error
        finally:
            database.close()


def _unusable(home: Path, error: sqlite3.Error) -> StorageError:
    return StorageError(f"{home / FILE} cannot be used ({error}). Move it away to begin anew.")
