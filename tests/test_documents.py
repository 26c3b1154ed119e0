"""The test documents: what is read of them beside what a person set down by hand (tests/documents/README).

`KNOWN` holds what is read otherwise, each with its reason: nothing else may differ, and what no longer
differs must leave the list.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rag.fold import fold
from rag.library import read
from rag.records import reading_record

FOLDER = Path(__file__).parent / "documents"
EXPECTED = {path.name.removesuffix(".expected.json"): path for path in sorted(FOLDER.glob("*.expected.json"))}

# document -> labels, fields or "boilerplate" that are read otherwise, and why.
IS_A_HEADING = "一、 is always a heading (DESIGN.md), also where its body is glued behind it"
KNOWN: dict[str, dict[str, str]] = {
    "04_yantai_anju": dict.fromkeys(("A1.1", "A1.2", "A1.3", "A1.1.0", "A1.2.0", "A1.3.0"), IS_A_HEADING),
}
# What a person judges: how many of all clauses may differ.
MOST_KINDS_APART, MOST_HEADINGS_APART = 0.1, 0.07


@cache
def expected(name: str) -> dict[str, Any]:
    return json.loads(EXPECTED[name].read_text(encoding="utf-8"))


@cache
def found(name: str) -> tuple[str, dict[str, Any]]:
    """The text that offsets count in, and the record of the reading, as JSON gives it."""
    reading = read(FOLDER / expected(name)["file"])
    return reading.document.raw, json.loads(json.dumps(reading_record(reading), ensure_ascii=False))


def squashed(text: str) -> str:
    return re.sub(r"[\s|]", "", text)


def same_place(raw: str, mine: dict[str, Any] | None, wanted: dict[str, Any]) -> bool:
    if mine is None:
        return False
    if "first" not in wanted:
        return (mine["start"], mine["end"]) == (wanted["start"], wanted["end"])
    text = squashed(raw[mine["start"] : mine["end"]])
    return text.startswith(squashed(wanted["first"])) and text.endswith(squashed(wanted["last"]))


def pairs(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each expected clause with the one found under its label, where both stand at the same place."""
    raw, record = found(name)
    mine = {clause["label"]: clause for clause in record["clauses"]}
    wanted = expected(name)["clauses"]
    return [(mine[c["label"]], c) for c in wanted if same_place(raw, mine.get(c["label"]), c)]


def comparable(value: Any) -> Any:
    """A metadata value without script, width and white space; lists in any order."""
    if isinstance(value, str):
        return re.sub(r"\s", "", fold(value))
    if isinstance(value, list):
        return sorted((comparable(part) for part in value), key=str)
    return {key: comparable(part) for key, part in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("name", EXPECTED)
def test_labels_and_spans(name: str) -> None:
    raw, record = found(name)
    mine = {clause["label"]: clause for clause in record["clauses"]}
    wanted = {clause["label"]: clause for clause in expected(name)["clauses"]}
    differing = {label for label, clause in wanted.items() if not same_place(raw, mine.get(label), clause)}
    extra = set(mine) - set(wanted)
    known = {label for label in KNOWN.get(name, {}) if label in wanted or label in mine}
    assert differing | extra == known


@pytest.mark.parametrize("name", EXPECTED)
def test_departments(name: str) -> None:
    for mine, wanted in pairs(name):
        names = [(department["name"], department["role"] or None) for department in mine["departments"]]
        assert names == [(d["name"], d["role"]) for d in wanted["departments"]], mine["label"]


@pytest.mark.parametrize("name", EXPECTED)
def test_metadata(name: str) -> None:
    record = found(name)[1]["metadata"]
    accepted = expected(name).get("accept", {})
    differing = {
        field
        for field, value in expected(name)["metadata"].items()
        if comparable(record[field]) not in [comparable(value), *map(comparable, accepted.get(field, []))]
    }
    assert differing == {field for field in KNOWN.get(name, {}) if field in record}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_missing_has_a_reason(name: str) -> None:
    record = found(name)[1]["metadata"]
    optional = {"based_on", "repeals", "ancestors", "null_reasons"}
    missing = {field for field, value in record.items() if not value and field not in optional}
    assert missing == set(record["null_reasons"])


def test_kinds_and_headings_agree_but_for_few() -> None:
    """They are a reader's judgement; ruby in a printed heading does not count."""
    every = [pair for name in EXPECTED for pair in pairs(name)]
    kinds = sum(mine["kind"] != wanted["kind"] for mine, wanted in every)
    headings = sum(title(mine["heading"]) != title(wanted["heading"]) for mine, wanted in every)
    assert kinds <= MOST_KINDS_APART * len(every)
    assert headings <= MOST_HEADINGS_APART * len(every)


def title(heading: list[str]) -> list[str]:
    return [re.sub(r"\([a-zü-ǜāēīōūáéíóúàèìòùǎěǐǒǔ]+\)|[\s.:?]", "", fold(part)) for part in heading]
