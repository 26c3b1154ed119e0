"""Match: how a claim and each of its parts fare against a clause; what `compare` returns."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Difference

CLOSE = 0.72
"""Where this share of a part's words stands in the clause in the same order, what differs is an alteration."""
SAID = 0.5
"""A part's share of pairs from which on the clause speaks of the same thing."""


@dataclass(frozen=True)
class PartMatch:
    """How a part of a sentence fares against a clause."""

    share: float
    """Of its pairs, weighted, those that the clause holds."""
    close: float
    """Of its words, those that stand in the best sentence in the same order."""
    weight: float
    """The characters of its words."""
    sentence: int
    """The sentence that it is nearest to."""
    reading: int
    """... and in which of its readings."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Match:
    """How a sentence fares against a clause; `omitted` are the conditions of the clause that it leaves out."""

    parts: tuple[PartMatch, ...]
    share: float
    differences: tuple[Difference, ...]
    omitted: tuple[str, ...]

    @property
    def close(self) -> float:
        """Of its words, those that stand in a sentence of the clause in the same order."""
        total = sum(part.weight for part in self.parts)
        return sum(part.close * part.weight for part in self.parts) / total if total else 0.0

    @property
    def sentences(self) -> tuple[int, ...]:
        """The sentences that the parts are nearest to, in order; those of parts that the clause does not say are left out."""
        return tuple(sorted({part.sentence for part in self.parts if part.share >= SAID}))
