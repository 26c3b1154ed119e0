"""Alignment: a part of a claim and a sentence of a clause -> how much stands in the same order, and where they part.

Matching blocks as `difflib` finds them, less those that only happen to be alike; between two of them stands one
word in place of another, which is where an alteration is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from rag.checker.worded import PART, Word, Wording
from rag.verify import FILLER

FAR = 8
"""The words by which a match may stand further off from the next one than in the claim."""


class Operation(NamedTuple):
    """Words [i1, i2) of a part stand where a sentence has words [j1, j2)."""

    i1: int
    i2: int
    j1: int
    j2: int


class Block(NamedTuple):
    """Words [a, a + size) of a part stand as words [b, b + size) of a sentence."""

    a: int
    b: int
    size: int


@dataclass(frozen=True)
class Alignment:
    """A part of a claim beside a sentence of a clause."""

    claim: Wording
    words: Sequence[Word]
    """Those of the part."""
    reading: Wording
    """The sentence, in one of its readings."""
    close: float
    """The share of the part's words that the sentence has in the same order."""
    operations: Sequence[Operation]
    """Where they part, inside of what the sentence has."""


def align(claim: Wording, words: Sequence[Word], reading: Wording) -> Alignment:
    """A part of a claim beside a reading; without operations where they share no word."""
    blocks = _blocks(words, reading)
    telling = [word for word in words if word.key not in FILLER]
    if not blocks or not telling:
        return Alignment(claim, words, reading, 0.0, ())
    matched = sum(
        words[i].key not in FILLER for block in blocks for i in range(block.a, block.a + block.size)
    )
    return Alignment(claim, words, reading, matched / len(telling), _operations(words, reading, blocks))


def _blocks(words: Sequence[Word], reading: Wording) -> list[Block]:
    """What a part and a sentence have in the same order."""
    matcher = SequenceMatcher(None, [w.key for w in words], [w.key for w in reading.words], autojunk=False)
    return _near([(b.a, b.b, b.size) for b in matcher.get_matching_blocks() if b.size], reading)


def _operations(words: Sequence[Word], reading: Wording, blocks: Sequence[Block]) -> list[Operation]:
    """What stands before, between and behind some blocks, of the sentence no more than up to the next comma."""
    operations = []
    i, j = 0, _edge(reading, blocks[0].b, -blocks[0].a)
    for block in blocks:
        if block.a > i or block.b > j:
            operations.append(Operation(i, block.a, j, block.b))
        i, j = block.a + block.size, block.b + block.size
    if i < len(words):
        operations.append(Operation(i, len(words), j, _edge(reading, j, len(words) - i)))
    return operations


def _near(found: Sequence[tuple[int, int, int]], reading: Wording) -> list[Block]:
    """The blocks less single words matched far off from the rest, or over a comma: 不 of 不涉及 for that of 不鼓励."""
    blocks = [Block(*each) for each in found]
    if not blocks:
        return []
    main = max(range(len(blocks)), key=lambda i: blocks[i].size)
    kept = [blocks[main]]
    for block in reversed(blocks[:main]):
        first = kept[0]
        gap = (first.b - block.b) - (first.a - block.a)
        if block.size > 2 or (gap <= FAR and not _comma(reading, block, first)):
            kept.insert(0, block)
    for block in blocks[main + 1 :]:
        last = kept[-1]
        gap = (block.b - last.b) - (block.a - last.a)
        if block.size > 2 or (gap <= FAR and not _comma(reading, last, block)):
            kept.append(block)
    return kept


def _comma(reading: Wording, first: Block, second: Block) -> bool:
    """Whether a comma of the sentence parts two blocks."""
    end, start = reading.words[first.b + first.size - 1].end, reading.words[second.b].start
    return bool(PART.search(reading.folded[end:start]))


def _edge(reading: Wording, position: int, steps: int) -> int:
    """`position` among a sentence's words moved by some steps, but over no comma."""
    step = -1 if steps < 0 else 1
    for _ in range(abs(steps)):
        before, behind = position - 1, position
        if (before < 0 and step < 0) or (behind >= len(reading.words) and step > 0):
            break
        if before >= 0 and behind < len(reading.words):
            between = reading.folded[reading.words[before].end : reading.words[behind].start]
            if PART.search(between):
                break
        position += step
    return position
