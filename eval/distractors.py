"""Distractors: documents of other places, made of the held documents' own sentences with other numbers.

The hardest kind that a rule can make: they say the same things in the same words, of another place and with other
amounts. A question that names its place must be answered as if they were not there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from rag import places
from rag.index import Index
from rag.places import Place

CLAUSES_A_DOCUMENT = 60
MIN_CHARS, MAX_CHARS = 12, 80
CHAPTERS = "一二三四五六"
ITEMS = "一二三四五六七八九十"
YEAR = re.compile(r"(?:19|20)\d{2}年|〔\d{4}〕\d+号|十[二三四五]五")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def write(folder: Path, index: Index, times: int) -> int:
    """Write documents with `times` the clauses of `index` into `folder`; returns how many documents."""
    pool = _sentences(index)
    held = {metadata.place for metadata in index.metadata.values()}
    others = [
        place
        for place in places.load().places
        if place.level in ("prefecture", "county") and not held & {place.name, *place.ancestors}
    ]
    chosen = random.Random(0).sample(others, times * len(index.clauses) // CLAUSES_A_DOCUMENT)
    folder.mkdir(parents=True, exist_ok=True)
    for number, place in enumerate(chosen):
        text = _document(place, number, pool, [name for name in held if name])
        (folder / f"distractor-{number:04}.txt").write_text(text, encoding="utf-8")
    return len(chosen)


def _sentences(index: Index) -> list[str]:
    """The sentences that say something of their own, without a printed number before them."""
    found = [
        re.sub(r"^(?:[(（]?[一二三四五六七八九十\d]+[)）、.﹒]\s*)", "", sentence.text).strip()
        for sentences in index.sentences
        for sentence in sentences
    ]
    return [text for text in dict.fromkeys(found) if MIN_CHARS <= len(text) <= MAX_CHARS]


def _document(place: Place, number: int, pool: Sequence[str], held: Sequence[str]) -> str:
    chance = random.Random(number)
    lines = [
        f"{place.name}人民政府办公室关于支持创业创新的实施意见",
        f"政办发〔{2015 + number % 8}〕{number % 200 + 1}号",
        "",
    ]
    texts = iter(chance.sample(pool, min(len(pool), CLAUSES_A_DOCUMENT)))
    for chapter in CHAPTERS:
        lines.append(f"{chapter}、支持措施之{chapter}")
        lines += [f"（{item}）{_changed(next(texts, ''), place.name, held, chance)}" for item in ITEMS]
    return "\n".join(lines) + "\n"


def _changed(text: str, place: str, held: Sequence[str], chance: random.Random) -> str:
    """A sentence of another place: its name in place of each held one, and other numbers but for years."""
    for name in held:
        text = text.replace(name, place).replace(name[:-1], place)
    kept = [match.span() for match in YEAR.finditer(text)]

    def other(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in kept) or "." in match[0]:
            return match[0]
        return str(int(match[0]) + chance.randint(1, 9) * 10 ** (len(match[0]) - 1))

    return NUMBER.sub(other, text)
