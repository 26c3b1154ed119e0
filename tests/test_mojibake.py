"""Mojibake: shifted runs come back where their bytes are known, and sound text is left alone."""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.fold import to_simplified, to_traditional
from rag.mojibake import DAMAGED, mojibake_repairs
from rag.read import read_document

DOCUMENTS = Path(__file__).parent / "documents"


def repaired(text: str) -> str:
    done, parts = 0, []
    for edit in mojibake_repairs(text):
        parts += [text[done : edit.start], edit.after]
        done = edit.end
    return "".join(parts) + text[done:]


def shifted(run: str) -> str | None:
    """`run` as a reader that lost its first byte shows it; None where GBK has no two bytes for a character."""
    try:
        data = run.encode("gbk")
    except UnicodeEncodeError:
        return None
    if len(data) != 2 * len(run):
        return None
    shown = "?"
    for at in range(1, len(data) - 1, 2):
        try:
            char = data[at : at + 2].decode("gbk")
        except UnicodeDecodeError:
            continue
        shown += chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char if len(char) == 1 else ""
    return shown + (chr(data[-1]) if 0x40 <= data[-1] < 0x7F else "?")


CASES = [
    ("养老服务设施", "建设规范", "管理"),
    ("推进农业机械", "。购置补贴", "工作"),
    ("对参加培训的", "失业人员", "给予补贴"),
]


@pytest.mark.parametrize(("before", "run", "behind"), CASES)
@pytest.mark.parametrize("convert", [to_simplified, to_traditional])
def test_run_comes_back_as_far_as_its_bytes_are_known(
    before: str, run: str, behind: str, convert: type[str]
) -> None:
    before, run, behind = convert(before), convert(run), convert(behind)
    text = repaired(before + str(shifted(run)) + behind)
    assert text.startswith(before)
    assert text.endswith(behind)
    middle = text[len(before) : len(text) - len(behind)]
    assert len(middle.replace(DAMAGED, "")) >= 2 or convert is to_traditional
    assert set(middle) <= {*run, DAMAGED}


def test_ruby_that_was_put_into_a_run_tells_its_lost_byte() -> None:
    # 展 and the lost byte of 潛 passed for 節, which was given its reading.
    before = "縣財政局對經營規模較大的農業企業給予貸款貼息，支持其擴大發展"
    assert repaired(before + "?jié)摿^大的企業") == before + "潛力較大的企業"


def test_edit_names_what_stood_there_and_how_sure_it_is() -> None:
    text = "对参加培训的" + str(shifted("失业人员")) + "给予补贴"
    (edit,) = mojibake_repairs(text)
    assert (edit.start, edit.rule) == (6, "mojibake")
    assert 0.5 <= edit.certainty <= 1


def test_run_that_cannot_be_read_is_marked_as_damaged() -> None:
    (edit,) = mojibake_repairs("给予补贴?龘龘龘龘龘的人员")
    assert (edit.after, edit.rule) == (DAMAGED, "damaged")


SOUND = [
    "怎么报名?收多少学费?到哪里办?",
    "能贷多少?A类30万元,B类20万元。",
    "网址为http://www.example.cn/a?id=3&b=4，请登录。",
    "他问：“什么时候办？”答：三天。",
    "龀、鸬鹚等鸟类?列入名录",
    "?",
    "",
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repaired(text) == text


def test_documents_without_such_damage_are_left_alone(seeds: Path) -> None:
    sound = [
        *sorted(DOCUMENTS.glob("[01]*.txt")),
        *(path for path in sorted(seeds.iterdir()) if path.name < "004"),
    ]
    for path in sound:
        assert list(mojibake_repairs(read_document(path).raw)) == [], path.name


def damaged_runs(count: int, *, traditional: bool) -> Iterator[tuple[str, str, str, str]]:
    """(text before, run, the run as shown, text behind), from the test documents; the same at each call."""
    chance = random.Random(11)
    texts = [read_document(path).raw for path in sorted(DOCUMENTS.glob("[01]*.txt"))]
    convert = to_traditional if traditional else str
    while count:
        text = chance.choice(texts)
        start = chance.randrange(1, len(text))
        run = text[start : start + chance.choice([2, 3, 4, 5, 6, 8, 10])]
        if re.fullmatch("[一-鿿，。、；]+", run) and re.match("[一-鿿]", text[start - 1]):
            run, before = convert(run), convert(text[max(0, start - 300) : start])
            shown = shifted(run)
            if shown is not None:
                count -= 1
                yield before, run, shown, convert(text[start + len(run) : start + 300])


@pytest.mark.parametrize(("traditional", "precision", "recall"), [(False, 0.95, 0.5), (True, 0.9, 0.4)])
def test_restored_characters_are_right(traditional: bool, precision: float, recall: float) -> None:
    right = wrong = size = 0
    for before, run, shown, behind in damaged_runs(60, traditional=traditional):
        text = repaired(before + shown + behind)
        middle = text[len(before) : len(text) - len(behind)]
        if middle != shown:
            matcher = difflib.SequenceMatcher(None, middle, run, autojunk=False)
            equal = sum(block.size for block in matcher.get_matching_blocks())
            right += equal
            wrong += len(middle.replace(DAMAGED, "")) - equal
        size += len(run)
    assert right / (right + wrong) >= precision
    assert right / size >= recall


def test_many_question_marks_take_no_longer_than_they_should() -> None:
    assert repaired("吗?" * 100_000) == "吗?" * 100_000
