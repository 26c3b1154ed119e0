"""Fits: a Chinese statement -> the clauses that come nearest to it, and how it fares against each.

Clauses are looked for by words; by meaning, which is slow, only where none of them has most of the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.checker.assertion import Assertion, without
from rag.checker.clauses import Clauses
from rag.checker.compare import compare
from rag.checker.match import Match
from rag.checker.proof import share_of
from rag.checker.quotes import quote_differences
from rag.checker.spoken import is_of
from rag.checker.worded import wording
from rag.statements import is_idle
from rag.types import Clause, Difference, Metadata

COMPARED = 6
"""Clauses that are compared word by word, of those found."""
# Of a sentence, and of each of its parts, what a clause has to hold so that it says it.
LEAST_SHARE, LEAST_PART = 0.6, 0.48
# ... so that it speaks of the same thing at all; below this a sentence is not found.
LEAST_ALIKE = 0.52
# ... of each half of a stitched sentence, which are verbatim as a rule.
LEAST_HALF = 0.65


@dataclass(frozen=True)
class Fit:
    """How a statement fares against one clause."""

    number: int
    clause: Clause
    metadata: Metadata
    match: Match
    at_home: bool
    """Whether the statement speaks of the clause's place, or of none."""
    cited: bool
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether the clause says all of the statement and nothing else."""
        parts = self.match.parts
        heaviest = max((part.weight for part in parts), default=0.0)
        return (
            not self.differences
            and self.match.share >= LEAST_SHARE
            and all(part.share >= LEAST_PART or part.weight < 0.25 * heaviest for part in parts)
        )

    @property
    def differs(self) -> bool:
        """Whether the clause says something else, and not only in other words."""
        return any(difference.kind != "wording" for difference in self.differences)

    @property
    def names_others(self) -> bool:
        """Whether it is cited and says all of the statement but for who does it."""
        others = bool(self.differences) and all(d.kind == "department" for d in self.differences)
        return others and self.cited and self.at_home and self.match.share >= LEAST_SHARE

    @property
    def likeness(self) -> float:
        """How much of the statement the clause says, and how nearly in its words."""
        return round(self.match.share + 0.5 * self.match.close, 6)

    @property
    def order(self) -> tuple[float, ...]:
        """What is better first, when sorted in falling order."""
        return (self.at_home, self.cited, self.likeness)

    @property
    def nearness(self) -> tuple[float, ...]:
        """What a statement that no clause says is held against: the clause that says most of it, in its own place first."""
        return (round(self.likeness + 0.1 * self.at_home + 0.1 * self.cited, 6), -float(self.number))


def fits_of(said: Assertion, clauses: Clauses) -> list[Fit]:
    """The clauses that come nearest, the best first: true ones, then by nearness."""
    cited = [clauses.index.number[clause.id] for clause in said.cited]
    ranked = _ranked([*clauses.lexical(said.body), *cited, *said.leant_on], said, clauses)
    numbers = dict.fromkeys([*ranked[:COMPARED], *cited[:COMPARED], *said.leant_on])
    found = [fit_of(said, number, clauses) for number in numbers]
    # What shares most of its words with a clause needs no search by meaning, which is the slow part.
    told = any(fit.match.share >= LEAST_SHARE and fit.at_home for fit in found)
    if not told and not is_idle(said.body):
        near = [number for number, _ in clauses.dense(said.body) if number not in numbers]
        found += [fit_of(said, number, clauses) for number in _ranked(near, said, clauses)[: COMPARED // 2]]
    return best_first(found)


def best_first(fits: Iterable[Fit]) -> list[Fit]:
    """True ones, then by nearness; ties by the clauses' order."""
    return sorted(fits, key=lambda fit: ((fit.holds, *fit.order), -fit.number), reverse=True)


def _ranked(numbers: Iterable[int], said: Assertion, clauses: Clauses) -> list[int]:
    """Clauses by the share of the statement's words that they hold, the highest first."""
    shares = {n: share_of(said.wording, clauses.proof(n), clauses.weight) for n in numbers}
    return sorted(shares, key=lambda n: (-shares[n], n))


def fit_of(said: Assertion, number: int, clauses: Clauses) -> Fit:
    """How a statement fares against a clause; the places that it names are judged apart from its words."""
    clause = clauses.index.clauses[number]
    metadata = clauses.index.metadata[clause.document]
    proof = clauses.proof(number)
    foreign = [m.span for m in said.foreign(metadata, proof)]
    match = compare(wording(without(said.body, foreign)), proof, clauses.weight, ignored=foreign)
    differences = (*match.differences, *quote_differences(said.statement, clauses.index, number))
    of_place = not said.spoken or is_of(said.spoken, metadata) or bool(said.named_of(metadata))
    cited = number in said.leant_on or said.cites(clause)
    return Fit(number, clause, metadata, match, not foreign and of_place, cited, differences)


def nearest_at_home(fits: Iterable[Fit]) -> Fit | None:
    """The clause of the statement's own place that says most of it."""
    return max((fit for fit in fits if fit.at_home), key=lambda fit: fit.nearness, default=None)
