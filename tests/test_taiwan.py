"""Taiwan: converted text gets its mainland words back, mainland text and Taiwan's own keep theirs."""

from __future__ import annotations

import difflib
from pathlib import Path

import opencc
import pytest

from rag.clean import clean
from rag.fold import to_simplified
from rag.read import read_document
from rag.taiwan import is_genuine_taiwan, is_vocabulary_converted, mainland_words
from rag.types import Document

DOCUMENTS = Path(__file__).parent / "documents"
CONVERTED = "最佳化网路环境，发展网际网路产业，保护智慧财产权。"


def in_mainland_words(text: str) -> str:
    done, parts = 0, []
    for edit in mainland_words(text):
        parts += [text[done : edit.start], edit.after]
        done = edit.end
    return "".join(parts) + text[done:]


def sound_texts(seeds: Path) -> list[str]:
    """Texts of the mainland that no converter has touched."""
    paths = [
        *sorted(DOCUMENTS.glob("[01]*.txt")),
        *(path for path in seeds.iterdir() if path.name[:3] != "001"),
    ]
    return [to_simplified(read_document(path).raw) for path in sorted(paths)]


def test_words_of_a_converted_text_come_back() -> None:
    assert in_mainland_words(CONVERTED) == "优化网络环境，发展互联网产业，保护知识产权。"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("举办互联网路演", "举办互联网路演"),
        ("配套用房", "配套用房"),
        ("套用新技术", "应用新技术"),
        ("整合核心资源，建立程序", "整合核心资源，建立程序"),
        ("线上线下结合", "线上线下结合"),
        ("设定服务视窗", "设置服务窗口"),
    ],
)
def test_only_words_are_replaced_and_none_of_the_mainlands(given: str, expected: str) -> None:
    assert in_mainland_words(CONVERTED + given).endswith(expected)


def test_word_of_both_sides_is_replaced_only_where_its_counterpart_never_occurs() -> None:
    assert in_mainland_words(CONVERTED + "支援创业").endswith("支持创业")
    assert in_mainland_words(CONVERTED + "支援灾区，支持创业").endswith("支援灾区，支持创业")


def test_single_word_of_taiwan_proves_nothing() -> None:
    text = "与网路公司合作，支援灾区。"
    assert in_mainland_words(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "民国112年行政院核定，补助业者使用网路及资料库，最佳化服务。",
        "依中华民国法律，保护智慧财产权，发展网际网路。",
    ],
)
def test_text_from_taiwan_keeps_its_words(text: str) -> None:
    assert is_genuine_taiwan(text)
    assert in_mainland_words(text) == text


def test_mainland_texts_are_told_from_converted_ones(seeds: Path) -> None:
    convert = opencc.OpenCC("s2twp").convert
    texts = sound_texts(seeds)
    assert [text[:30] for text in texts if is_vocabulary_converted(text)] == []
    detected = [is_vocabulary_converted(to_simplified(convert(text))) for text in texts]
    assert sum(detected) >= 0.8 * len(detected)


def test_texts_come_back_from_a_converter(seeds: Path) -> None:
    """0.986 of the characters are right as converted, 0.998 after."""
    convert = opencc.OpenCC("s2twp").convert
    equal = size = 0
    for text in sound_texts(seeds):
        back = in_mainland_words(to_simplified(convert(text)))
        matcher = difflib.SequenceMatcher(None, text, back, autojunk=False)
        equal += sum(block.size for block in matcher.get_matching_blocks())
        size += len(text)
    assert equal / size >= 0.99


def test_cleaning_names_each_word_it_put_back() -> None:
    cleaned = clean(Document("甲.txt", "最佳化網路環境，發展網際網路產業，保護智慧財產權。", ""))
    assert cleaned.text.text == "优化网络环境，发展互联网产业，保护知识产权。"
    assert [repair.before for repair in cleaned.repairs] == ["最佳化", "网路", "网际网路", "智慧财产权"]
