"""What a question takes to be so and the evidence says otherwise."""

from __future__ import annotations

import dataclasses

import pytest

from rag.evidence import of_sentence
from rag.index import Index
from rag.premise import is_contradicted
from rag.understand import understand


@pytest.mark.parametrize(
    ("question", "clause", "put_right"),
    [
        ("商品住房也可以改，对吗？", "符合条件的非商品住房可以转型。", True),
        ("非商品住房可以改，对吗？", "符合条件的非商品住房可以转型。", False),
        ("甲公司也报了，对吧？", "除甲公司外，其他四家企业申报。", True),
        ("乙公司也报了，对吧？", "除甲公司外，其他四家企业申报。", False),
    ],
)
def test_what_a_clause_sets_apart_is_no_yes(
    library: Index, question: str, clause: str, put_right: bool
) -> None:
    item = of_sentence(library, 0, library.sentences[0][0])
    query = understand(question, (), tuple(library.metadata.values()))
    assert is_contradicted(query, dataclasses.replace(item, text=clause)) is put_right
