"""The support finder: what is offered, what applies, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_documents

from rag import finder, lexicon
from rag.finder import GROUPS
from rag.index import Index, build, load
from rag.overview import KINDS
from rag.wording import KIND_NAMES

TEXT = """运城市支持创业若干措施

运政发〔2023〕7号

为支持创业，制定本措施。

一、加大资金支持

（一）发放创业担保贷款。返乡农民工、退役士兵创业的，可申请最高20万元的创业担保贷款。建立工作台账，定期公示。

（二）给予创业补贴。高校毕业生创业的，给予5000元一次性创业补贴。探索设立青年创业基金，逐步给予贴息。

（三）目标任务。到2025年，全市创业担保贷款达到10亿元。

二、提供场地

（四）免费提供场地。对入驻孵化基地的，免费提供办公场地。

运城市人民政府
2023年5月5日
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder: Path = tmp_path_factory.mktemp("finder")
    seeds = write_documents(folder / "seeds", [("a.txt", TEXT)])
    build(folder / "home", seeds, FakeEmbedder())
    return load(folder / "home", FakeEmbedder().identity)


def test_every_group_of_the_table_is_a_term_of_the_lexicon() -> None:
    known = {term.official for term in lexicon.load() if term.kind == "group"}
    assert {term for _, _, terms in GROUPS.values() for term in terms} <= known


def test_every_kind_has_a_name() -> None:
    assert set(KINDS) <= set(KIND_NAMES)


def test_only_what_a_support_names_is_offered(index: Index) -> None:
    offered = finder.choices(index, "运城市")
    assert {name for name, _ in offered.groups} == {"returning", "veteran", "graduate", "youth"}
    assert {name for name, _ in offered.kinds} == {"loan", "subsidy", "space"}


def test_the_reason_stands_with_each_support(index: Index) -> None:
    found = finder.find(index, "运城市", "veteran")
    assert [(f.kind, f.reason) for f in found] == [("loan", "sentence"), ("space", "unknown")]
    assert found[0].named == ("返乡农民工", "退役军人")
    assert found[0].granted
    assert "20万元" in found[0].evidence.quote


def test_a_support_for_others_only_is_left_out(index: Index) -> None:
    lines = [f.line for f in finder.find(index, "运城市", "returning")]
    assert not any("5000元" in line for line in lines)


def test_what_is_only_intended_is_told_apart(index: Index) -> None:
    (intended,) = [f for f in finder.find(index, "运城市", "youth") if not f.granted]
    assert "探索" in intended.line


def test_a_kind_narrows(index: Index) -> None:
    assert {f.kind for f in finder.find(index, "运城市", kind="loan")} == {"loan"}


def test_goals_administration_and_titles_give_nothing(index: Index) -> None:
    lines = " ".join(f.line for f in finder.find(index, "运城市"))
    assert "10亿元" not in lines
    assert "台账" not in lines
    assert "发放创业担保贷款。" not in [f.line for f in finder.find(index, "运城市")]


def test_a_place_that_is_not_held_has_nothing(index: Index) -> None:
    assert finder.find(index, "长春市") == ()
    assert finder.choices(index, "长春市").groups == ()


def test_each_quote_is_verbatim_and_of_the_place(library: Index) -> None:
    places = {metadata.place for metadata in library.metadata.values() if metadata.place}
    for place in places:
        for found in finder.find(library, place):
            assert found.evidence.metadata.place == place
            span = found.evidence.span
            assert library.quote(found.evidence.clause.document, span) == found.evidence.quote
