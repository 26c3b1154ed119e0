"""Compose: what the model is shown, and how its lines are read."""

from __future__ import annotations

import pytest

from rag.compose import in_english_figures, parse_line, prompt_for
from rag.types import Clause, Evidence, Metadata, Span

TEXT = "规模600亿元,每户最高30万元,惠及2.5万家。"
ITEM = Evidence(
    Clause("d.txt", "1", "measure", ("资金支持",), Span(0, len(TEXT)), TEXT),
    Metadata("d.txt", place="长春市"),
    Span(0, len(TEXT)),
    TEXT,
    TEXT,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("最高30万元", "最高300,000元"),
        ("规模600亿元", "规模60 billion元"),
        ("460万元", "4.6 million元"),
        ("1.5亿元", "150 million元"),
        ("50%", "50%"),
    ],
)
def test_figures_are_reckoned_out_for_english(text: str, shown: str) -> None:
    assert in_english_figures(text) == shown


def test_the_model_sees_evidence_under_marks_and_the_end_of_a_long_story() -> None:
    story = "说来话长，" + "我家里的事情特别多，" * 12 + "每户最高能补多少？"
    shown = prompt_for(story, [ITEM], "zh-Hans").user
    assert f"[1] （资金支持）{TEXT}" in shown
    assert "每户最高能补多少？" in shown
    assert "说来话长" not in shown
    assert "60 billion" in prompt_for("How much?", [ITEM], "en").user


def test_marks_are_read_in_any_brackets() -> None:
    assert parse_line("最高30万元。[1]【2】") == ("最高30万元。", (1, 2))
