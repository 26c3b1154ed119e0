"""Statements: what of a sentence is its own, and what only introduces it."""

from __future__ import annotations

import pytest

from rag.statements import blanked


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("客服：您好，毕业生可以申请补贴。", "毕业生可以申请补贴。"),
        ("记者从市人社局获悉，毕业生可以申请补贴。", "毕业生可以申请补贴。"),
        ("据了解，毕业生可以申请补贴。", "毕业生可以申请补贴。"),
        ("会议指出：毕业生可以申请补贴。", "毕业生可以申请补贴。"),
        ("| 2 | 毕业生补贴 | 3000元 |", "| 毕业生补贴 | 3000元 |"),
        ("困难群众：每月500元", "困难群众：每月500元"),
        ("| 30 | 60 | 90 |", "| 30 | 60 | 90 |"),
        ("记者可以申请补贴，毕业生也可以。", "记者可以申请补贴，毕业生也可以。"),
    ],
)
def test_who_speaks_and_where_one_has_it_from_is_no_part_of_a_statement(text: str, left: str) -> None:
    body = blanked(text, ())
    assert len(body) == len(text)
    assert body.strip() == left
