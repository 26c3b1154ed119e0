"""OCR: slips of text recognition are flagged, and stray marks inside words removed.

A mark between two characters that are one word together (高;新技术) is removed: on 400 marks put into the
words and between the words of sound text, 0.99 of those removed had been put in (tests/test_ocr.py). What else
looks wrong is only flagged, an edit that changes nothing: marks without their partner, characters that
hardly any text has, and pairs of characters that form no word where a word is expected. Which character was
meant is not decided: with words alone as evidence 领城 may be 领域 or 领地.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from rag import places
from rag.aligned import Edit
from rag.words import Reader, costs, unknown_cost

STRAY = re.compile(r"(?<=[一-鿿])(?:[;'\"`】\]|]|'')(?=[一-鿿])")
UNPAIRED = {"】": "【", "]": "["}
WINDOW = 4
LEAST_GAIN = 5.0  # nats (rag.words) by which the joined reading is the likelier one
# Two characters in a row, each its own word though so dear as one, where a word of two is expected; and a
# character hardly any text has. A term of its own comes again in a document, a slip does not.
DEAR_PAIR, RARE = 19.5, 13.3
PARTS = re.compile("[一-鿿]+")


def ocr_slips(text: str) -> Iterator[Edit]:
    """Stray marks to remove and doubtful places to look at, in clean simplified text; in order."""
    reader = Reader()
    found = [*_stray_marks(text, reader), *_rare_characters(text), *_odd_pairs(text)]
    done = 0
    for edit in sorted(found, key=lambda edit: (edit.start, edit.after == text[edit.start : edit.end])):
        if edit.start >= done:
            yield edit
            done = edit.end


def _stray_marks(text: str, reader: Reader) -> Iterator[Edit]:
    for match in STRAY.finditer(text):
        start, end = match.span()
        left, right = text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
        gain = reader.text_cost(left) + reader.text_cost(right) - reader.text_cost(left + right)
        if gain >= LEAST_GAIN:
            yield Edit(start, end, "", "ocr_slip", 0.97)
        elif match.group() != ";" and UNPAIRED.get(match.group(), "") not in text[max(0, start - 30) : start]:
            yield Edit(start, end, match.group(), "ocr_suspect", 0.7)


def _rare_characters(text: str) -> Iterator[Edit]:
    known, names, times = costs(), _characters_of_places(), Counter(text)
    for match in PARTS.finditer(text):
        for at in range(*match.span()):
            if known.get(text[at], unknown_cost()) >= RARE and text[at] not in names and times[text[at]] == 1:
                yield Edit(at, at + 1, text[at], "ocr_suspect", 0.6)


def _odd_pairs(text: str) -> Iterator[Edit]:
    times = Counter(itertools.pairwise(text))
    for match in PARTS.finditer(text):
        at = match.start()
        pieces = _division(match.group())
        for one, two in itertools.pairwise(pieces):
            dear = len(one) == len(two) == 1 and _cost(one) + _cost(two) >= DEAR_PAIR
            if dear and not {one, two} & _characters_of_places() and times[one, two] == 1:
                yield Edit(at, at + 2, one + two, "ocr_suspect", 0.3)
            at += len(one)


def _cost(word: str) -> float:
    return costs().get(word, unknown_cost())


def _division(text: str) -> list[str]:
    """`text` divided into its likeliest words."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    known = costs()
    for end in range(1, len(text) + 1):
        options = [(best[end - 1][0] + _cost(text[end - 1]), end - 1)]
        for start in range(max(0, end - 4), end - 1):
            cost = known.get(text[start:end])
            if cost is not None:
                options.append((best[start][0] + cost, start))
        best.append(min(options))
    pieces: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        pieces.append(text[start:end])
        end = start
    return pieces[::-1]


@lru_cache(maxsize=1)
def _characters_of_places() -> frozenset[str]:
    """The characters that names of places are written with, however rare: 亳, 邛, 渑."""
    return frozenset(char for place in places.load().places for char in place.name)
