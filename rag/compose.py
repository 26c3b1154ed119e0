"""Compose: question and evidence -> drafted claims with marks, one a line, from a small language model.

The model sees the evidence under short marks [1]..[n] and writes only those. The instructions are the fixed
part of the prompt and come first, so that a runtime reads them once and keeps them. A traditional question
is answered in simplified characters and converted for display: the model knows those better.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from rag import lexicon
from rag.fold import fold, to_simplified
from rag.generate import Generator, Prompt
from rag.types import Evidence, Language

PROMPTS = Path(__file__).parent / "prompts"
MARK = re.compile(r"[\[【［]\s*(\d{1,3})\s*[\]】］]")
NUMBER = re.compile(r"^\d{1,2}[.、)]\s*(?=\D)")
"""What a model that was shown numbered lines may number its own with."""
MAX_LINES = 8


def system_prompt(language: Language) -> str:
    """The fixed part of the prompt, the same for every question in a language."""
    return _prompt("compose_english.txt" if language == "en" else "compose.txt")


def _prompt(name: str) -> str:
    return (PROMPTS / name).read_text(encoding="utf-8").strip()


def prompt_for(question: str, evidence: Sequence[Evidence], language: Language) -> Prompt:
    """The whole prompt: the fixed part, and evidence and question, joined in a single pass."""
    several = len({item.metadata.place for item in evidence}) > 1
    lines = [f"[{mark}] {_shown(item, several)}" for mark, item in enumerate(evidence, 1)]
    if language == "en":
        lines = [in_english_figures(in_english_terms(line)) for line in lines]
    labels = (
        ("Evidence", "Question", "Answer in English")
        if language == "en"
        else ("【依据】", "【问题】", "【回答】")
    )
    asked = question if language == "en" else _end_of(to_simplified(question))
    user = "\n".join([labels[0], *lines, f"{labels[1]} {asked}", labels[2]])
    return Prompt(system_prompt(language), user, latin=language == "en")


def translation_prompt(text: str) -> Prompt:
    """The prompt that has a Chinese sentence put into English: small models render one at a time best."""
    line = f"[1] {in_english_figures(in_english_terms(text))}"
    return Prompt(_prompt("translate_english.txt"), f"{line}\nEnglish", latin=True)


MOST_QUESTION_CHARS = 60


def _end_of(question: str) -> str:
    """The last parts of a long question, where it asks; small models retell the story before them."""
    parts = re.findall(r"[^,，。;；！!？?]+[,，。;；！!？?]*", question)
    while len(parts) > 1 and sum(map(len, parts)) > MOST_QUESTION_CHARS:
        parts.pop(0)
    return "".join(parts)


BIG_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|亿|万)")


def in_english_figures(text: str) -> str:
    """`text` with 万 and 亿 reckoned out, which small models do badly.

    >>> in_english_figures("最高30万元，规模600亿元，共2.5万家")
    '最高300,000元，规模60 billion元，共25,000家'
    """

    def reckoned(match: re.Match[str]) -> str:
        value = Decimal(match[1]) * {"万": 10**4, "亿": 10**8, "万亿": 10**12}[match[2]]
        for size, name in ((10**9, "billion"), (10**6, "million")):
            if value >= size:
                return f"{(value / size).normalize():f} {name}"
        return f"{value.normalize():,f}"

    return BIG_FIGURE.sub(reckoned, text)


def _shown(item: Evidence, several: bool) -> str:
    """A piece of evidence as the model reads it: its place where there are several, its title, its text."""
    title = item.clause.heading[-1] if item.clause.heading else ""
    place = f"{item.metadata.place}：" if several and item.metadata.place else ""
    known = title and title not in item.text
    return f"{place}（{title}）{item.text}" if known else f"{place}{item.text}"


def in_english_terms(text: str) -> str:
    """The folded `text` with the groups of people, departments and supports that the lexicon knows in English.

    >>> in_english_terms("对返乡农民工，由市财政局给予补贴")
    '对 migrant worker returning home ,由 finance bureau 给予补贴'
    """
    folded, parts, at = fold(text), [], 0
    for start, end, term in lexicon.printed(folded):
        if term.english and term.kind in GLOSSED and start >= at:
            parts += [folded[at:start], f" {term.english[0]} "]
            at = end
    return "".join([*parts, folded[at:]])


GLOSSED = frozenset({"group", "department", "support", "procedure", "place_kind"})


def draft_lines(
    generator: Generator, prompt: Prompt, marks: int, cancel: threading.Event
) -> Iterator[tuple[str, str | None]]:
    """Pairs of (text as it streams, the whole line when one has just ended, else None)."""
    line, lines = "", 0
    for piece in generator.stream(prompt, marks=marks, cancel=cancel):
        for part in re.split(r"(?<=\n)", piece):
            line += part
            ended = part.endswith("\n")
            whole = line.strip() if ended else None
            if part:
                yield part, whole or None
            if ended:
                lines += bool(whole)
                line = ""
        if lines >= MAX_LINES:
            return
    if MARK.search(line):  # the model stopped without a line end; a half line has no mark and is dropped
        yield "", line.strip()


def parse_line(line: str) -> tuple[str, tuple[int, ...]]:
    """A drafted line's text and its marks, in order; full-width brackets are read too.

    >>> parse_line("最高30万元。[1]【2】")
    ('最高30万元。', (1, 2))
    """
    marks = tuple(dict.fromkeys(int(mark) for mark in MARK.findall(line)))
    return NUMBER.sub("", MARK.sub("", line).strip()), marks
