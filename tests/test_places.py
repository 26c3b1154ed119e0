"""Tests of the gazetteer: what is found, what is not, and what an ambiguous name means."""

from __future__ import annotations

import pytest

from rag import places
from rag.places import Place


@pytest.fixture(scope="module")
def gazetteer() -> places.Gazetteer:
    return places.load()


def found(gazetteer: places.Gazetteer, text: str, near: tuple[Place, ...] = ()) -> list[tuple[str, str]]:
    """What `text` names, each with its first candidate's official name."""
    return [(mention.text, mention.candidates[0].name) for mention in gazetteer.find(text, near=near)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我是返乡农民工，想在吕梁开店，能贷多少钱？", [("吕梁", "吕梁市")]),
        ("呂梁市的創業擔保貸款", [("呂梁市", "吕梁市")]),
        ("圖們市有什麼優惠", [("圖們市", "图们市")]),
        ("瀋陽和重慶", [("瀋陽", "沈阳市"), ("重慶", "重庆市")]),
        ("延边州的图们市", [("延边州", "延边朝鲜族自治州"), ("图们市", "图们市")]),
        ("图们市场监管局", [("图们", "图们市")]),
    ],
)
def test_a_name_is_found_in_either_script(
    gazetteer: places.Gazetteer, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(gazetteer, text) == expected
