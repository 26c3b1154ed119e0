"""Look up: a person's name for a document or clause finds just that, or says what there is."""

from __future__ import annotations

import pytest

from rag.errors import InputError
from rag.index import Index
from rag.lookup import look_up

LULIANG = "003_13e82bdd20c83ba7.txt"

DOCUMENTS = [
    (LULIANG, "吕梁市"),
    (f" {LULIANG} ", "吕梁市"),
    ("吕发改服务发〔2022〕153号", "吕梁市"),
    ("吕发改服务发[2022]153号", "吕梁市"),
    ("吕发改服务发（2022）153", "吕梁市"),
    ("呂發改服務發〔2022〕153號", "吕梁市"),
    ("请看吕发改服务发〔2022〕153号", "吕梁市"),
    ("鄂府发〔2019〕9号", "鄂尔多斯市"),
    ("图政办发〔201889", "图们市"),
    ("吕梁市大众创业万众创新促进市场主体倍增的实施方案", "吕梁市"),
    ("重庆市人民政府办公厅关于加快构建大众创业万众创新支撑平台的实施意见", "重庆市"),
    ("加快构建大众创业万众创新支撑平台", "重庆市"),
    ("吕梁市", "吕梁市"),
    ("呂梁", "吕梁市"),
    ("盘山", "盘山县"),
    ("鄂尔多斯", "鄂尔多斯市"),
]


@pytest.mark.parametrize(("name", "place"), DOCUMENTS)
def test_document_is_found_by_name(library: Index, name: str, place: str) -> None:
    assert look_up(library, name).metadata.place == place


def test_document_alone_gives_all_its_clauses(library: Index) -> None:
    found = look_up(library, LULIANG)
    assert found.named_clause is False
    assert found.clauses == tuple(clause for clause in library.clauses if clause.document == LULIANG)


CLAUSES = [
    (LULIANG, "2.5.26", ["2.5.26"]),
    (LULIANG, " 26 ", ["2.5.26"]),
    (LULIANG, "5.26", ["2.5.26"]),
    (LULIANG, "第26条", ["2.5.26"]),
    (LULIANG, "第二十六条", ["2.5.26"]),
    (LULIANG, "1.0a", ["1.0a"]),
    ("吕梁", "第2部分第5节第26条", ["2.5.26"]),
    ("图们", "33", ["6.33"]),
    ("图们", "end", ["end"]),
    ("盘山县", "第二部分第（三）项", ["2.3"]),
    ("盘山县", "二、（三）", ["2.3"]),
]


@pytest.mark.parametrize(("document", "label", "expected"), CLAUSES)
def test_clause_is_found_by_label(library: Index, document: str, label: str, expected: list[str]) -> None:
    found = look_up(library, document, label)
    assert found.named_clause is True
    assert [clause.label for clause in found.clauses] == expected


IN_ONE = [
    "吕发改服务发〔2022〕153号第26条",
    "呂發改服務發〔2022〕153號第二十六條",
    "请看吕发改服务发〔2022〕153号第26条",
    "吕梁市第26条",
    "吕梁市的第二十六条",
    f"{LULIANG} 26",
    f"{LULIANG} 2.5.26",
]


@pytest.mark.parametrize("name", IN_ONE)
def test_document_and_clause_are_found_in_one_string(library: Index, name: str) -> None:
    found = look_up(library, name)
    assert [clause.id for clause in found.clauses] == [f"{LULIANG}#2.5.26"]


def test_clause_that_is_not_there_is_told_with_those_that_are(library: Index) -> None:
    with pytest.raises(InputError, match=rf"^{LULIANG} has no clause '99'\. Its clauses: 0a, 0b, .*2\.5\.26"):
        look_up(library, LULIANG, "99")


@pytest.mark.parametrize("name", ["上海市", "国发〔2017〕37号", "不存在.txt", "003_其他"])
def test_document_that_is_not_held_is_told_with_those_that_are(library: Index, name: str) -> None:
    with pytest.raises(InputError, match=rf"^'{name}' is no document held\. .*吕发改服务发〔2022〕153号"):
        look_up(library, name)


def test_number_of_a_document_that_is_only_named_in_others_is_not_held(library: Index) -> None:
    with pytest.raises(InputError, match="is no document held"):
        look_up(library, "吉政发〔2017〕35号")


@pytest.mark.parametrize("name", ["实施意见", "大众创业万众创新", ""])
def test_name_that_fits_several_is_told_with_all_it_fits(library: Index, name: str) -> None:
    with pytest.raises(InputError, match=rf"^'{name}' fits several documents\. .*图们市.*重庆市"):
        look_up(library, name)
