"""Meaning: a Chinese statement that shares too few words with any clause -> the clause that says it in other words.

The embedder's cosine alone is as high for 30万元 as for 40万元; it counts only where nothing differs but words, each
part is meant, and no other clause comes nearer to a part.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.checker.assertion import Assertion
from rag.checker.clauses import Clauses
from rag.checker.fits import COMPARED, LEAST_ALIKE, LEAST_HALF, LEAST_PART, Fit, fit_of, nearest_at_home
from rag.checker.misnamed import IN_CHARGE
from rag.checker.proof import share_of
from rag.checker.worded import wording
from rag.fold import fold
from rag.quantities import quantities
from rag.types import Span

# The cosine of a sentence, and of each part that shares too few words, with what the clause says.
# Of the claims of six sets of letters that differ in words alone those from 0.77 on were as a rule true.
LEAST_MEANT, LEAST_PART_MEANT, MOST_BEHIND = 0.77, 0.6, 0.12
LEAST_HALF_MEANT = 0.76


def meant(said: Assertion, fits: Sequence[Fit], clauses: Clauses) -> Fit | None:
    """The clause that says a statement in quite other words: it differs in nothing but words, and means the same.

    None where the clause that comes nearest differs in a number, a name or a direction.
    """
    if said.english or _is_told_otherwise(fits):
        return None
    likely = [
        (likeness, fit)
        for fit in [fit for fit in fits if fit.at_home][:COMPARED]
        if not fit.differs
        and said.quantities <= quantities(clauses.proof(fit.number).context)
        and (likeness := clauses.likeness(said.body, fit.number)) >= LEAST_MEANT
        and not any(_is_quoted(said, difference.span) for difference in fit.differences)
        and _means_each_part(said, fit, likeness, clauses)
    ]
    return max(likely, key=lambda pair: pair[0], default=(0.0, None))[1]


def _is_told_otherwise(fits: Sequence[Fit]) -> bool:
    """Whether the clause that comes nearest says most of the statement, and something in it otherwise."""
    nearest = nearest_at_home(fits)
    return nearest is None or (nearest.differs and nearest.match.share >= LEAST_ALIKE)


def _is_quoted(said: Assertion, span: Span) -> bool:
    """Whether what stands there is a term in quotation marks, in which a word is all there is."""
    return said.body[max(0, span.start - 1) : span.start] in set('“「『"')


def _means_each_part(said: Assertion, fit: Fit, likeness: float, clauses: Clauses) -> bool:
    """Whether a clause says each part of a statement in its words, or in others, or a part adds nothing to it."""
    return all(
        match.share >= LEAST_PART
        or _means(part, fit.number, clauses)
        or _belongs(said.parts, i, fit.number, likeness, clauses)
        for i, (part, match) in enumerate(zip(said.parts, fit.match.parts, strict=False))
    )


def _means(part: str, clause: int, clauses: Clauses) -> bool:
    """Whether a clause says a part of the statement in other words, and no other clause says it more nearly."""
    if _stands_elsewhere(part, clause, clauses):
        return False
    likeness = clauses.likeness(part, clause)
    others = (clauses.likeness(part, number) for number, _ in clauses.dense(part)[:COMPARED])
    return likeness >= max(LEAST_PART_MEANT, max(others, default=0.0) - MOST_BEHIND)


def adds_nothing(said: Assertion, fit: Fit, clauses: Clauses) -> bool:
    """Whether the short parts of a statement that a clause has no words for still belong to what it says."""
    unsaid = [i for i, match in enumerate(fit.match.parts) if match.share < LEAST_PART]
    if said.english or not unsaid:
        return True
    likeness = clauses.likeness(said.body, fit.number)
    return all(_belongs(said.parts, i, fit.number, likeness, clauses) for i in unsaid if i < len(said.parts))


def _belongs(parts: Sequence[str], i: int, clause: int, likeness: float, clauses: Clauses) -> bool:
    """Whether a part, of which no other clause has the words, brings the statement no further from what a clause says.

    A short part alone (会给资金支持) is like many clauses; left out of the statement it is missed or not.
    """
    if _stands_elsewhere(parts[i], clause, clauses):
        return False
    rest = "，".join(part for k, part in enumerate(parts) if k != i)
    return bool(rest) and likeness >= clauses.likeness(rest, clause)


def _stands_elsewhere(part: str, clause: int, clauses: Clauses) -> bool:
    """Whether another clause has the words of a part of the statement."""
    words = wording(part)
    return any(
        share_of(words, clauses.proof(number), clauses.weight) >= LEAST_HALF
        for number in clauses.lexical(part)[:3]
        if number != clause
    )


def names_topic(said: Assertion, text: str, clause: int, clauses: Clauses) -> bool:
    """Whether a text, which says nothing itself, names what a clause is about."""
    return not said.english and clauses.likeness(text, clause) >= LEAST_PART_MEANT


def meant_halves(said: Assertion, fits: Sequence[Fit], clauses: Clauses) -> list[Fit]:
    """The two clauses of which each says one half of a statement in other words, and not the other half; else none."""
    if said.english or IN_CHARGE.search(fold(said.body)) or _is_told_otherwise(fits):
        return []
    for cut in range(1, len(said.parts)):
        halves = "，".join(said.parts[:cut]), "，".join(said.parts[cut:])
        (one, first), (other, second) = (_nearest_in_meaning(said, half, clauses) for half in halves)
        if first is None or second is None or first.number == second.number:
            continue
        apart = (
            clauses.likeness(halves[0], second.number) < one - MOST_BEHIND
            and clauses.likeness(halves[1], first.number) < other - MOST_BEHIND
        )
        if min(one, other) >= LEAST_HALF_MEANT and apart:
            return [first, second]
    return []


def _nearest_in_meaning(said: Assertion, text: str, clauses: Clauses) -> tuple[float, Fit | None]:
    """The clause of the statement's own place that says a text most nearly, all its quantities held; and how nearly."""
    best: tuple[float, Fit | None] = (0.0, None)
    for number, _ in clauses.dense(text)[:COMPARED]:
        likeness = clauses.likeness(text, number)
        held = quantities(text) <= quantities(clauses.proof(number).context)
        if likeness > best[0] and held and (fit := fit_of(said, number, clauses)).at_home:
            best = likeness, fit
    return best
