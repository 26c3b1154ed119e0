"""OCR: marks that were put into words go, what looks wrong is flagged, sound text stays."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from rag.clean import clean
from rag.library import read
from rag.ocr import ocr_slips
from rag.read import read_document
from rag.types import Document

DOCUMENTS = Path(__file__).parent / "documents"


def slips(text: str) -> list[tuple[str, str, str]]:
    """(what stands there, what becomes of it, rule)."""
    return [(text[edit.start : edit.end], edit.after, edit.rule) for edit in ocr_slips(text)]


@pytest.mark.parametrize("mark", [";", "'", "]", "】", "''", "|"])
def test_mark_inside_a_word_is_removed(mark: str) -> None:
    assert slips(f"支持高{mark}校毕业生创业") == [(mark, "", "ocr_slip")]


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("高校毕业生】退役军人", "】"),
        ("积极申报国窣重点项目", "窣"),
        ("企业片效明显", "片效"),
    ],
)
def test_what_looks_wrong_is_flagged_and_kept(text: str, flagged: str) -> None:
    assert slips(text) == [(flagged, flagged, "ocr_suspect")]


@pytest.mark.parametrize(
    "text",
    [
        "【申请条件】高校毕业生",
        "协调维护;已解决案件",
        "亳州市、邛崃市、渑池县",
        "最高30万元;期限3年",
        "",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert slips(text) == []


def clean_texts(seeds: Path) -> list[str]:
    paths = [*sorted(DOCUMENTS.glob("[01]*.txt")), *sorted(seeds.glob("00[0-2]*.txt"))]
    return [clean(read_document(path)).text.text for path in paths]


def test_removed_marks_had_been_put_in(seeds: Path) -> None:
    """Marks put at random places between characters: those removed are the ones put in."""
    chance = random.Random(3)
    removed = right = inside = 0
    for text in clean_texts(seeds):
        places = [match.end() for match in re.finditer("[一-鿿](?=[一-鿿])", text)]
        put = sorted(chance.sample(places, min(60, len(places) // 12)))
        parts = [text[start:end] for start, end in zip([0, *put], [*put, len(text)], strict=True)]
        damaged = ";".join(parts)
        at = {place + number for number, place in enumerate(put)}
        found = {edit.start for edit in ocr_slips(damaged) if edit.rule == "ocr_slip"}
        removed += len(found)
        right += len(found & at)
        inside += len(at)
    assert inside >= 400
    assert right / removed >= 0.95
    assert right / inside >= 0.3


def test_false_alarms_are_few(seeds: Path) -> None:
    texts = clean_texts(seeds)
    found = [edit for text in texts for edit in ocr_slips(text)]
    assert [edit for edit in found if edit.rule == "ocr_slip"] == []
    assert len(found) <= sum(map(len, texts)) / 500


def test_slips_of_the_gold_are_reported(seeds: Path) -> None:
    """Of 16 wrong characters of the recognised seed, three or more are flagged or mended."""
    (path,) = seeds.glob("003_*")
    found = [repair for repair in read(path).repairs if repair.rule.startswith("ocr_")]
    assert {"窣", "】", ";"} <= {repair.before for repair in found}


def test_clean_text_is_without_removed_marks_and_its_spans_hold() -> None:
    raw = "一、贷款\n（一）支持高;校毕业生创业。\n"
    cleaned = clean(Document("甲.txt", raw, ""))
    assert "高校毕业生" in cleaned.text.text
    start = cleaned.text.text.index("高校")
    assert cleaned.text.raw_span(start, start + 2) == (raw.index("高;校"), raw.index("高;校") + 3)
