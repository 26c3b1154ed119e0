"""Words: the words of written Chinese with their frequency, and how well a text reads as a row of them.

`data/words.txt.gz` holds those words of one to four characters that occur 20 times or more in the corpus
behind jieba's dictionary (jieba 0.42.1, dict.txt, MIT licence), `word count` a line. A text's cost is that
of its likeliest division into words, each as likely as it is frequent (a unigram model, as jieba cuts).
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PATH = Path(__file__).parent / "data" / "words.txt.gz"
OWN, LONGEST_OWN, MOST_OWN_CHARS = 0.2, 5, 200_000
# In nats, counted in official prose: a comma in fifteen words, a full stop in thirty, a question mark in none.
PUNCTUATION = {"，": 2.7, "。": 3.4, "、": 3.0, ",": 2.7} | dict.fromkeys("；：“”（）《》;:()\n", 5.0)
PUNCTUATION |= dict.fromkeys("？！‘’〈〉【】…—·.?!\"' ", 8.0)


@lru_cache(maxsize=1)
def frequencies() -> dict[str, int]:
    """Word -> how often it occurs in the corpus."""
    lines = gzip.decompress(PATH.read_bytes()).decode("utf-8").splitlines()
    return {word: int(count) for word, _, count in (line.partition(" ") for line in lines)}


@lru_cache(maxsize=1)
def costs() -> dict[str, float]:
    """Word -> its cost in nats, -ln of its share of all words."""
    total = math.log(sum(frequencies().values()))
    return {word: total - math.log(count) for word, count in frequencies().items()}


@lru_cache(maxsize=1)
def continuations() -> dict[str, str]:
    """Beginning of a word -> the characters that may follow it."""
    return _continuations(frequencies())


def _continuations(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for word in words:
        for size in range(1, len(word)):
            found.setdefault(word[:size], set()).add(word[size])
    return {beginning: "".join(sorted(chars)) for beginning, chars in found.items()}


@lru_cache(maxsize=1)
def unknown_cost() -> float:
    """What a character costs that is no word: half of the rarest word's share."""
    return max(costs().values()) + math.log(2)


class Reader:
    """Weighs texts by words, those of a document at hand besides those of the language.

    What a document says once it often says again: each of its runs of two to five characters, punctuation included, counts as a
    word too, a share `OWN` of all (a cache model, Kuhn and De Mori 1990).
    """

    def __init__(self, own_text: str = "") -> None:
        counts: Counter[str] = Counter()
        for part in re.findall("[\u4e00-\u9fff，。、；]+", own_text[:MOST_OWN_CHARS]):
            for size in range(2, LONGEST_OWN + 1):
                counts.update(part[at : at + size] for at in range(len(part) - size + 1))
        total = math.log(max(len(own_text), 1) / OWN)
        self._own = {piece: total - math.log(count) for piece, count in counts.items()}
        self._following = _continuations(self._own)

    def char_cost(self, char: str) -> float:
        """The cost of one character that stands for itself."""
        return PUNCTUATION[char] if char in PUNCTUATION else costs().get(char, unknown_cost())

    def cost(self, word: str) -> float | None:
        """The cost of a word of two characters or more; None for what is none."""
        costs_of = [cost for cost in (costs().get(word), self._own.get(word)) if cost is not None]
        return min(costs_of, default=None)

    def following(self, beginning: str) -> str:
        """The characters that may follow the beginning of a word, some perhaps twice."""
        return continuations().get(beginning, "") + self._following.get(beginning, "")

    def text_cost(self, text: str) -> float:
        """The cost in nats of the likeliest division of `text`, in simplified characters, into words."""
        best = [0.0] + [math.inf] * len(text)
        for start in range(len(text)):
            best[start + 1] = min(best[start + 1], best[start] + self.char_cost(text[start]))
            for end in range(start + 2, min(start + LONGEST_OWN, len(text)) + 1):
                if text[end - 1] not in self.following(text[start : end - 1]):
                    break
                cost = self.cost(text[start:end])
                if cost is not None:
                    best[end] = min(best[end], best[start] + cost)
        return best[-1]
