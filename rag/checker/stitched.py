"""Stitched: a statement that no one clause says -> the clauses that say its parts between them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.checker.assertion import Assertion
from rag.checker.clauses import Clauses
from rag.checker.fits import LEAST_HALF, Fit, fit_of
from rag.checker.in_english import english_halves
from rag.checker.misnamed import IN_CHARGE

NEAREST_BY_WORDS = 3
MOST_LEFT = 0.2
"""The share of a sentence's characters that may stand in parts which no clause says."""


def halves_of(said: Assertion, fits: Sequence[Fit], clauses: Clauses) -> list[Fit]:
    """The clauses that say the parts of a statement between them, each the one that says most; empty if they do not."""
    if said.english:
        return english_halves(said, clauses)
    # Who is in charge is told with what, or not at all.
    if len(said.wording.parts) < 2 or IN_CHARGE.search(said.wording.folded):
        return []
    wider = [*fits, *_of_parts(said, {fit.number for fit in fits}, clauses)]
    chosen = _chosen(said, [fit for fit in wider if len(fit.match.parts) == len(said.wording.parts)])
    return chosen if len(chosen) > 1 else []


def _of_parts(said: Assertion, known: set[int], clauses: Clauses) -> list[Fit]:
    """The clauses that share most words with a part, less those that are known."""
    near = (number for part in said.parts for number in clauses.lexical(part)[:NEAREST_BY_WORDS])
    return [fit_of(said, number, clauses) for number in dict.fromkeys(near) if number not in known]


def _chosen(said: Assertion, fits: Sequence[Fit]) -> list[Fit]:
    """One clause after another that says most of the parts that are left; empty where too much is left in the end."""
    chosen: dict[int, Fit] = {}
    wanted = set(range(len(said.wording.parts)))
    while wanted:
        told = [({i for i in wanted if _says(fit, i)}, fit) for fit in fits]
        covered, fit = max(told, key=lambda pair: (len(pair[0]), pair[1].order), default=(set(), None))
        if not covered or fit is None:
            return list(chosen.values()) if _is_little(said, wanted) else []
        chosen[fit.number] = fit
        wanted -= covered
    return list(chosen.values())


def _says(fit: Fit, part: int) -> bool:
    """Whether a clause says a part, and nothing in it otherwise."""
    match = fit.match.parts[part]
    return match.share >= LEAST_HALF and not match.differences


def _is_little(said: Assertion, parts: set[int]) -> bool:
    """Whether some parts are a small share of the sentence."""
    words, ranges = said.wording.words, said.wording.parts
    size = sum(words[ranges[i][1] - 1].end - words[ranges[i][0]].start for i in parts)
    return size <= MOST_LEFT * len(said.wording.folded.strip())
