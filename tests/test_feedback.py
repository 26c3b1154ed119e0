"""Feedback: what is kept, masked, deleted and exported."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag import feedback
from rag.errors import InputError, StorageError
from rag.types import Answer, Claim, Clause, Evidence, Metadata, Span, Status

DAY = datetime.date(2026, 5, 1)
CLAUSE = Clause("doc.txt", "2.1", "measure", (), Span(3, 9), "最高三万元。")
EVIDENCE = Evidence(CLAUSE, Metadata("doc.txt", place="吕梁市"), Span(3, 9), "最高三万元。", "最高三万元。")


def answer(question: str = "能贷多少？") -> Answer:
    return Answer(question, Status.ANSWERED, "zh-Hans", ("吕梁市",), (Claim("3万元。", (1,)),), (EVIDENCE,))


def keep(home: Path, *, question: str = "能贷多少？", note: str = "", today: datetime.date = DAY) -> None:
    feedback.add(
        home,
        answer(question),
        "wrong_number",
        note,
        history=("在吕梁开店",),
        place="吕梁市",
        today=today,
        keep_days=30,
    )


def test_what_is_needed_to_ask_again_is_kept(tmp_path: Path) -> None:
    keep(tmp_path, note="应是2万")
    (entry,) = feedback.entries(tmp_path)
    assert feedback.case_of(entry) == {
        "id": "feedback-1",
        "question": "能贷多少？",
        "history": ["在吕梁开店"],
        "place": "吕梁市",
        "mode": "composed",
        "lang": "zh-Hans",
        "as_of": "2026-05-01",
        "verdict": "wrong_number",
        "note": "应是2万",
        "shown": {
            "status": "answered",
            "language": "zh-Hans",
            "scope": ["吕梁市"],
            "text": "3万元。[1]",
            "citations": [["doc.txt", "2.1", 3, 9]],
        },
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的电话13800138000", "我的电话***"),
        ("电话 138 0013 8000。", "电话 ***。"),
        ("+86-13800138000", "***"),
        ("座机0358-8221234", "座机***"),
        ("身份证14230119900101123X", "身份证***"),
        ("身份证142301199001011234，急", "身份证***，急"),
        ("１３８００１３８０００", "***"),
        ("卡号6222 0212 3456 7890 123", "卡号***"),
        ("写信到 li.ming@example.cn", "写信到 ***"),
        ("最高30万元，2022年5月5日，吕发改〔2022〕153号", "最高30万元，2022年5月5日，吕发改〔2022〕153号"),
        ("100000000元", "100000000元"),
    ],
)
def test_personal_numbers_are_masked_and_others_stay(text: str, kept: str) -> None:
    assert feedback.masked(text) == kept


def test_question_and_note_are_masked_before_they_are_written(tmp_path: Path) -> None:
    keep(tmp_path, question="我是13800138000，能贷吗", note="14230119900101123X")
    raw = (tmp_path / feedback.FILE).read_bytes()
    assert b"13800138000" not in raw
    assert b"14230119900101123X" not in raw


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    keep(tmp_path, question="旧的")
    keep(tmp_path, question="新的", today=DAY + datetime.timedelta(days=31))
    assert [entry.question for entry in feedback.entries(tmp_path)] == ["新的"]


def test_a_flood_is_kept_up_to_the_days_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_A_DAY", 2)
    keep(tmp_path, today=DAY - datetime.timedelta(days=1))
    for _ in range(2):
        keep(tmp_path)
    with pytest.raises(InputError, match="tomorrow"):
        keep(tmp_path)
    assert len(feedback.entries(tmp_path)) == 3
    keep(tmp_path, today=DAY + datetime.timedelta(days=1))
    assert len(feedback.entries(tmp_path)) == 4


def test_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wrong_city"):
        feedback.add(tmp_path, answer(), "bad", today=DAY, keep_days=1)


def test_a_damaged_file_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / feedback.FILE).write_bytes(b"no database" * 100)
    with pytest.raises(StorageError, match="Move it away"):
        keep(tmp_path)


def test_none_is_kept_before_the_first(tmp_path: Path) -> None:
    assert feedback.entries(tmp_path) == []
    assert not (tmp_path / feedback.FILE).exists()


def test_the_evaluation_lists_and_exports_it(tmp_path: Path) -> None:
    keep(tmp_path, note="应是2万")
    command = [sys.executable, "-m", "eval", "feedback", "--home", str(tmp_path)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "wrong_number" in listed
    assert "应是2万" in listed
    out = tmp_path / "cases.jsonl"
    subprocess.run([*command, "--export", str(out)], capture_output=True, check=True)
    assert json.loads(out.read_text(encoding="utf-8"))["question"] == "能贷多少？"
