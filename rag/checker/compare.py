"""Compare: a claim and a clause -> how much of the claim the clause says, and where the two part.

Each part of a claim, between its commas, is held to the sentence of the clause that it is nearest to: quantities by
value, and words where the part all but repeats the sentence. What no part shows by itself is looked for in the
claim as a whole: who is named, what is turned or denied, and what a number is the number of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checker.alignment import Alignment, align
from rag.checker.amounts import other_year, quantity_differences, said_of_another
from rag.checker.changes import word_differences
from rag.checker.denials import affirmed_alone, denied_alone, denied_by_one
from rag.checker.match import CLOSE, SAID, Match, PartMatch
from rag.checker.misnamed import named_otherwise, other_departments, other_terms, rival_terms
from rag.checker.omissions import omitted
from rag.checker.proof import Proof, Weight, part_share
from rag.checker.turned import (
    free_alone,
    opposed_words,
    order_turned,
    other_level,
    other_of_two,
    shared_otherwise,
)
from rag.checker.worded import Word, Wording
from rag.types import Difference, Span
from rag.verify import promised, retold, unknown_departments

# The kinds of a `Difference`.
KINDS = (
    "number", "unit", "date", "bound", "direction", "negation", "group", "department", "condition", "place", "wording", "added", "quote",
)  # fmt: skip
PROMISE = re.compile(r"可以|能够|可(?!能)|均可|一律|都能|都可")


def compare(claim: Wording, proof: Proof, weight: Weight, *, ignored: Sequence[Span] = ()) -> Match:
    """How `claim` fares against a clause. `ignored` are spans of its text that are judged elsewhere (places)."""
    parts = tuple(_part(claim, first, last, proof, weight, ignored) for first, last in claim.parts)
    total = sum(part.weight for part in parts)
    share = sum(part.share * part.weight for part in parts) / total if total else 0.0
    differences = [d for part in parts for d in part.differences]
    differences += _as_a_whole(claim, proof, parts, weight, ignored)
    distinct = tuple(dict.fromkeys(sorted(differences, key=lambda d: (d.span, KINDS.index(d.kind)))))
    return Match(parts, share, distinct, omitted(claim, proof, parts, weight))


def _part(
    claim: Wording, first: int, last: int, proof: Proof, weight: Weight, ignored: Sequence[Span]
) -> PartMatch:
    """How words [first, last) of a claim fare against the sentence that they are nearest to."""
    words = claim.words[first:last]
    size = float(sum(word.end - word.start for word in words))
    ranked = _nearest_readings(words, proof, weight)
    if not ranked:
        return PartMatch(0.0, 0.0, size, 0, 0, ())
    aligned = [(align(claim, words, proof.sentences[i][j]), score, i, j) for score, i, j in ranked]
    part, _, i, j = max(aligned, key=lambda each: each[0].close + each[1])
    share = part_share(words, part.reading, proof.frame, weight)
    if share < 0:  # nothing in it can be looked for
        share = part.close
    return PartMatch(share, part.close, size, i, j, tuple(_of_part(part, proof, ignored)))


def _nearest_readings(words: Sequence[Word], proof: Proof, weight: Weight) -> list[tuple[float, int, int]]:
    """The two readings that share most with a part, the best first: score, number of the sentence, of its reading."""
    scored = [
        (
            # What only stands around the clause tells no sentence from another.
            part_share(words, reading, proof.frame, weight)
            + 0.3 * part_share(words, reading, frozenset(), weight),
            i,
            j,
        )
        for i, readings in enumerate(proof.sentences)
        for j, reading in enumerate(readings)
    ]
    return sorted(scored, key=lambda each: (-each[0], each[1], each[2]))[:2]


def _of_part(part: Alignment, proof: Proof, ignored: Sequence[Span]) -> Iterator[Difference]:
    """Where a part and its sentence differ, by value and, if it all but repeats it, in words."""
    yield from quantity_differences(part, proof)
    if part.close >= CLOSE:
        yield from word_differences(part, proof, ignored)


def _as_a_whole(
    claim: Wording, proof: Proof, parts: Sequence[PartMatch], weight: Weight, ignored: Sequence[Span]
) -> Iterator[Difference]:
    """Groups and departments that the clause does not name, directions and negations turned, numbers of something else."""
    whole = Span(0, len(claim.text))
    said = re.sub(r"(?<=\d),(?=\d{3})", "", claim.folded.replace("、", ","))
    best = [part.sentence for part in parts if part.share >= SAID]
    if not best:
        return
    nearest = "\n".join(proof.sentences[i][0].folded for i in sorted(set(best))).replace("、", ",")
    yield from named_otherwise(claim, proof, ignored)
    yield from other_departments(claim, proof, parts)
    for name in unknown_departments(said, proof.context):
        yield Difference("department", claim.find(name) or whole, name, "")
    yield from _turned(claim, said, nearest)
    for part, (first, last) in zip(parts, claim.parts, strict=True):
        own = claim.folded[claim.words[first].start : claim.words[last - 1].end]
        reading = proof.sentences[part.sentence][part.reading]
        if part.share >= SAID and (which := other_of_two(own, reading.folded)):
            yield Difference("direction", claim.find(which[0]) or whole, *which)
    if level := other_level(said, nearest, proof.context):
        yield Difference("group", claim.find(level[0]) or whole, *level)
    yield from denied_alone(claim, nearest)
    yield from affirmed_alone(claim, nearest)
    yield from free_alone(claim, proof)
    yield from other_terms(claim, proof, parts)
    yield from rival_terms(claim, proof, weight)
    if not any(part.differences for part in parts) and (
        said_of_another(claim, proof) or other_year(claim, proof)
    ):
        yield Difference("number", whole, claim.text, proof.sentences[best[0]][0].text)


def _turned(claim: Wording, said: str, nearest: str) -> Iterator[Difference]:
    """What a claim, folded `said`, denies, turns or promises otherwise than the sentences that it retells."""
    whole = Span(0, len(claim.text))
    for one, other in retold(said, nearest) or [(said, nearest)]:
        if denied_by_one(one, other, said, nearest):
            yield Difference("negation", claim.find(one) or whole, one, other)
        turned = opposed_words(one, other)
        if turned and turned[1] not in said:
            yield Difference("direction", claim.find(turned[0]) or whole, *turned)
        if PROMISE.search(one) and promised(one, other):
            yield Difference("condition", claim.find(one) or whole, one, other)
    if order := order_turned(said, nearest):
        yield Difference("direction", claim.find(order[0]) or whole, *order)
    if shared := shared_otherwise(said, nearest):
        yield Difference("direction", claim.find(shared) or whole, shared, "")
