"""Proof: a clause -> its sentences as they are compared, and how much of a claim it holds.

What stands around a clause (headings, departments, what its document says of itself) belongs to what it says, but
tells none of its sentences from another. How much is held is a share of pairs of characters, of which the rare
ones weigh more; their order does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag import lexicon
from rag.checker.worded import Word, Wording, pairs_of, wording
from rag.fold import fold
from rag.terms import tokens

Weight = Callable[[str], float]
"""How telling a pair is."""

QUANTITY_WEIGHT = 4.0
"""A quantity weighs as much as a pair that stands in two of a hundred clauses."""


@dataclass(frozen=True)
class Proof:
    """A clause as it is compared: its sentences in each of their readings, and all that stands around them."""

    sentences: tuple[tuple[Wording, ...], ...]
    """For each sentence its clean reading and, where it differs, the raw one."""
    context: str
    """Folded: the clause, its headings, departments, and what its document says of itself."""
    body: str
    """Folded: the clause alone."""
    frame: frozenset[str]
    """The pairs of what stands around the clause, and of the other words for its terms."""
    held: frozenset[str]
    """The pairs of all this."""

    @cached_property
    def readings(self) -> tuple[Wording, ...]:
        """All sentences in all their readings."""
        return tuple(reading for sentence in self.sentences for reading in sentence)


def proof_of(sentences: Sequence[tuple[str, str]], around: str) -> Proof:
    """The clause with these sentences, each (clean, raw), and the text around them."""
    readings = []
    for clean, raw in sentences:
        first, second = wording(clean), wording(raw)
        same = [w.key for w in first.words] == [w.key for w in second.words]
        readings.append((first,) if same else (first, second))
    body = fold("\n".join(clean for clean, _ in sentences))
    context = f"{body}\n{fold(around)}"
    own = frozenset(pair for each in readings for reading in each for pair in reading.pairs)
    others = [form for term in lexicon.expand(context) for form in (*term.search_words, *term.lay)]
    other_pairs = {t for form in others for t in tokens(fold(form)) if len(t) == 2}
    frame = wording(around).pairs | other_pairs | wording("，".join(others)).pairs
    return Proof(tuple(readings), context, body, frame, frame | own)


def share_of(claim: Wording, proof: Proof, weight: Weight) -> float:
    """The weighted share of a sentence's pairs that a clause holds; 0 where it has none."""
    return weighted_share(claim.pairs, proof.held, weight)


def weighted_share(pairs: frozenset[str], held: frozenset[str], weight: Weight) -> float:
    """The weighted share of some pairs that others hold; 0 where there are none."""
    total = sum(weight(pair) for pair in pairs)
    return sum(weight(pair) for pair in pairs if pair in held) / total if total else 0.0


def part_share(words: Sequence[Word], reading: Wording, frame: frozenset[str], weight: Weight) -> float:
    """The weighted share of a part's pairs and quantities that a sentence, with what stands around the clause, holds."""
    pairs = pairs_of(words)
    own = {word.key for word in words if word.kind == "q"}
    held = {word.key for word in reading.words if word.kind == "q"}
    total = sum(map(weight, pairs)) + QUANTITY_WEIGHT * len(own)
    met = sum(weight(pair) for pair in pairs if pair in reading.pairs or pair in frame)
    return (met + QUANTITY_WEIGHT * len(own & held)) / total if total else -1.0
