"""English: an English question -> the Chinese words that its words may stand for.

The lexicon knows the terms of the field; everything else of a question (instruments, tolerate, foreign-funded)
is looked up in `data/english.tsv.gz`, drawn from ECDICT (`data/english.md`). A word has several renderings and
most are wrong where it stands, so they only widen the search: of each word the rendering that a clause holds
counts, and the more of the words a clause meets, the better it fits.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PATH = Path(__file__).parent / "data" / "english.tsv.gz"
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
# What an ending of inflection leaves of a word: subsidies, taxes, rules; required, shared; opening, sharing.
ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ied", "y"),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
)
SHORTEST = 3
# Words of asking, which no clause has to hold.
ASKING = re.compile(
    r"\b(?:the|a|an|is|are|was|were|be|been|do|does|did|what|which|who|whom|how|when|where|why|can|could|may|i|my|we|our|you|your|in|on|of|for|to|and|or|from|by|with|at|it|its|this|that|these|those|there|any|some|much|many|have|has|had|get|will|would|should|city|county|municipality|government|please|tell|me|about|if)\b"
)


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    lines = gzip.decompress(PATH.read_bytes()).decode("utf-8").splitlines()
    return {word: tuple(found.split("|")) for word, _, found in (line.partition("\t") for line in lines)}


def renderings(folded: str) -> list[tuple[str, ...]]:
    """For each English word of a folded text that the table knows its Chinese renderings, each word once.

    An inflected word that is a word of its own (sharing, 共享) stands for what its stem does too (share, 分享).

    >>> renderings("subsidies for tolerating")[0]
    ('补助金', '津贴', '补贴')
    """
    found = (
        tuple(dict.fromkeys(each for form in _forms(word) for each in _table().get(form, ())))
        for word in words(folded)
    )
    return [each for each in found if each]


def words(folded: str) -> list[str]:
    """The English words of a folded text, distinct, in order."""
    return list(dict.fromkeys(w for w in WORD.findall(ASKING.sub(" ", folded)) if len(w) >= SHORTEST))


def share_said(asked: str, said: str) -> float:
    """The share of a folded question's words that a folded sentence has, in any of their forms; 1 where it has none.

    >>> share_said("can a baker borrow money?", "bakers borrow it")
    0.6666666666666666
    """
    own, held = words(asked), {form for word in words(said) for form in _forms(word)}
    return sum(not held.isdisjoint(_forms(word)) for word in own) / len(own) if own else 1.0


def _forms(word: str) -> Iterator[str]:
    """A word and what it may be inflected from."""
    yield word
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            stem = word.removesuffix(ending)
            yield stem + instead
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                yield stem[:-1]
