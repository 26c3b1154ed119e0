"""Taiwan: mainland text that a converter put into Taiwan's words -> mainland words again.

A web converter that offers traditional script may change words as well as characters: 网络 is printed as
網路, 优化 as 最佳化, 知识产权 as 智慧財產權. `data/taiwan_pairs.tsv` holds such pairs: OpenCC's TWPhrasesRev
(1.4.2, Apache-2.0), and a few that other converters write (source `own`), each of a kind:

    marker   no word of mainland text at all
    sure     hardly ever said on the mainland, at most a twentieth as often as its counterpart
    shared   said on both sides: put back only where its counterpart never occurs, for a converter leaves none

How often words are said on the mainland is counted in jieba's corpus (`rag.words`). OpenCC's own reversal
(tw2sp) is not used: it turns 建立 into 创建, 核心 into 内核, 整合 into 集成 and 线上 into 在线. Text from Taiwan
itself, told by its years and institutions, keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rag.aligned import Edit
from rag.words import Reader

PATH = Path(__file__).parent / "data" / "taiwan_pairs.tsv"
CERTAINTY = {"marker": 0.99, "sure": 0.95, "shared": 0.9}
# Different words weigh so much as evidence of a converter. Of 20 unconverted documents the highest score was
# 2, of the same ones converted the lowest 2 and all but one 3 or more; a longer text says more by chance.
WEIGHT = {"marker": 2, "sure": 1, "shared": 1}
LEAST_SCORE, CHARS_A_POINT = 3, 10_000
GENUINE = re.compile(
    r"民国\s*[〇○零一二三四五六七八九十百\d]{1,4}\s*年|中华民国|行政院|立法院|监察院|考试院|乡镇市公所|全民健保|[新台]台币|县(?:市)?议会"
)
# What an unknown word may cost (nats, rag.words) before the words around it are the likelier division.
WORD_COST = 9.0
WINDOW = 4


class _Pair(NamedTuple):
    mainland: str
    kind: str


@lru_cache(maxsize=1)
def _pairs() -> dict[str, _Pair]:
    rows = (line.split("\t") for line in PATH.read_text(encoding="utf-8").splitlines() if line[0] != "#")
    return {taiwan: _Pair(mainland, kind) for taiwan, mainland, kind, _ in rows}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_pairs(), key=lambda word: (-len(word), word))))


def is_genuine_taiwan(text: str) -> bool:
    """Whether a text in simplified characters speaks of Taiwan's own years and institutions."""
    return len({match.group()[:2] for match in GENUINE.finditer(text)}) >= 2 or "中华民国" in text


def mainland_words(text: str) -> Iterator[Edit]:
    """The words of a text in simplified characters as mainland text says them, if it was converted; in order."""
    found = list(_words(text))
    if not _is_converted(text, {word for _, word in found}):
        return
    for start, word in found:
        if _is_evidence(word, text):
            mainland, kind = _pairs()[word]
            yield Edit(start, start + len(word), mainland, "taiwan_vocabulary", CERTAINTY[kind])


def is_vocabulary_converted(text: str) -> bool:
    """Whether a text in simplified characters was put into Taiwan's words by a converter."""
    return _is_converted(text, {word for _, word in _words(text)})


def _is_converted(text: str, words: set[str]) -> bool:
    score = sum(WEIGHT[_pairs()[word].kind] for word in words if _is_evidence(word, text))
    return score >= LEAST_SCORE + len(text) / CHARS_A_POINT and not is_genuine_taiwan(text)


def _is_evidence(word: str, text: str) -> bool:
    """Whether a word shows that a converter was at work: what it replaced is nowhere left."""
    mainland, kind = _pairs()[word]
    return kind != "shared" or mainland not in text


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Where a Taiwan word stands as a word: not 网路 in 互联网路演, which reads better as 互联网 and 路演."""
    reader = Reader()
    for match in _pattern().finditer(text):
        start, end = match.span()
        left, right = text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
        as_word = reader.text_cost(left) + WORD_COST + reader.text_cost(right)
        if as_word <= reader.text_cost(left + match.group() + right):
            yield start, match.group()
