"""Cited: how clauses are named in a text."""

from __future__ import annotations

import pytest

from rag.cited import label_alone


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        (" item 7;", ("7",)),
        ("第十二条", ("12",)),
        ("Article 9 and what the city adds", ()),
        ("甲市创业补贴办法第3条", ()),
    ],
)
def test_a_source_may_be_nothing_but_the_number_of_a_clause(source: str, labels: tuple[str, ...]) -> None:
    assert label_alone(source) == labels
