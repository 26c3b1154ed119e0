"""What a question takes to be so and the evidence says otherwise."""

from __future__ import annotations

import dataclasses

import pytest

from rag.evidence import of_sentence
from rag.index import Index
from rag.premise import is_contradicted, is_misstated
from rag.understand import understand


@pytest.mark.parametrize(
    ("question", "clause", "put_right"),
    [
        ("商品住房也可以改，对吗？", "符合条件的非商品住房可以转型。", True),
        ("非商品住房可以改，对吗？", "符合条件的非商品住房可以转型。", False),
        ("甲公司也报了，对吧？", "除甲公司外，其他四家企业申报。", True),
        ("乙公司也报了，对吧？", "除甲公司外，其他四家企业申报。", False),
        ("我家年租金1万元，能补的吧？", "年租金2万元以下的给予补助。", False),
        ("我家年租金3万元，能补的吧？", "年租金2万元以下的给予补助。", True),
        ("利率3%，是这样吧？", "利率低于4%的给予贴息。", False),
        ("补贴50万元，对吧？", "对招用3人以上的企业，给予30万元补贴。", True),
        ("补贴能领5年，对吧？", "毕业2年以上的，补贴期限为3年。", True),
        ("最高能贷20万对吧？", "可申请最高30万元的贷款。", True),
    ],
)
def test_what_a_clause_sets_apart_is_no_yes(
    library: Index, question: str, clause: str, put_right: bool
) -> None:
    item = of_sentence(library, 0, library.sentences[0][0])
    query = understand(question, (), tuple(library.metadata.values()))
    assert is_contradicted(query, dataclasses.replace(item, text=clause)) is put_right


@pytest.mark.parametrize(
    ("question", "misstated"),
    [
        ("最高40万的贷款要带什么材料？", True),
        ("最高20万元的贷款要带什么材料？", False),
        ("我想贷40万，要带什么材料？", False),
        ("最多5人合伙的贷款要带什么材料？", False),
        ("最多3万人的活动要带什么材料？", False),
    ],
)
def test_a_ceiling_taken_for_granted_is_held_to_the_clause(
    library: Index, question: str, misstated: bool
) -> None:
    item = of_sentence(library, 0, library.sentences[0][0])
    query = understand(question, (), tuple(library.metadata.values()))
    clause = dataclasses.replace(item, text="可申请最高20万元的创业担保贷款。")
    assert is_misstated(query, clause) is misstated
