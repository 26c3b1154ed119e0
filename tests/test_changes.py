"""What a word in place of another alters."""

from __future__ import annotations

import pytest

from rag.checker.changes import kind_of_change
from rag.checker.proof import proof_of


@pytest.mark.parametrize(
    ("said", "printed", "kind"),
    [
        ("可以把", "利用", None),
        ("包括", "建立", None),
        ("国家级", "省级", "direction"),
        ("成年子女", "未成年子女", "direction"),
        ("低于", "高于", "direction"),
        ("不低于", "高于", None),
    ],
)
def test_what_kind_of_change_a_word_is(said: str, printed: str, kind: str | None) -> None:
    proof = proof_of([("企业可以开店。", "企业可以开店。")], "")
    assert kind_of_change(said, printed, proof) == kind
