"""Amounts: a claim's quantities -> those that the clause gives otherwise: number, unit, date, bound, or of something else.

A quantity is right where any sentence of the clause has it, unless the sentence that the claim all but repeats has
another one in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from rag.checker.alignment import Alignment
from rag.checker.bounds import bound_of, opposed_bounds, same_unit, unit_end, unit_of, with_bound
from rag.checker.match import CLOSE
from rag.checker.proof import Proof
from rag.checker.worded import Wording, pairs_of
from rag.quantities import Located, Quantity, located
from rag.types import Difference

EVERY_YEAR = re.compile(
    r"(?P<first>20\d\d)年?[至到~-]+(?P<last>20\d\d)年?[^;,.。\d]{0,4}(?:每年|各年|历年|逐年|(?<![人平])均|(?<![成首])都)"
)
MOST_YEARS = 20
WORDS_AROUND = 5
"""Words on either side of a number that say what it is the number of."""


class Piece(NamedTuple):
    """Some words: their pairs, and their quantities with their units."""

    pairs: frozenset[str]
    numbers: frozenset[tuple[Quantity, str]]


Same = Sequence[tuple[Wording, Located]]
"""The places where a clause has one quantity, each with its sentence."""


def quantity_differences(part: Alignment, proof: Proof) -> Iterator[Difference]:
    """The quantities of a part of a claim for which the clause gives another number, unit, date or bound."""
    if not part.words:
        return
    start, end = part.words[0].start, part.words[-1].end
    for each in part.claim.quantities:
        if start <= each.start < end and (difference := _difference(part, each, proof)):
            yield difference


def _difference(part: Alignment, each: Located, proof: Proof) -> Difference | None:
    """What the clause has otherwise of one quantity; None where it has it as the claim does, or nothing hangs on it."""
    claim = part.claim
    aligned = _aligned(part, each) if part.close >= CLOSE else None
    if aligned is not None and _is_other(part, each, aligned):
        return _number(part, each, aligned)
    same = _places(each, [part.reading]) or _places(each, proof.readings)
    if not same:
        return _unheld(part, each, proof)
    if not any(same_unit(claim.folded, each, r.folded, o) for r, o in same):
        r, o = same[0]
        said = unit_end(claim.folded, each.end)
        printed = r.shown(o.start, unit_end(r.folded, o.end))
        return Difference("unit", claim.span(each.start, said), claim.shown(each.start, said), printed)
    turned = _turned(claim, each, same)
    return Difference("bound", with_bound(claim, each), *turned) if turned else None


def _places(each: Located, readings: Sequence[Wording]) -> Same:
    """Where some sentences have a quantity."""
    return [(r, other) for r in readings for other in r.quantities if other.quantity == each.quantity]


def _number(part: Alignment, each: Located, other: Located | None) -> Difference:
    """`each` is said where the clause has `other`, or nothing."""
    end = unit_end(part.claim.folded, each.end)
    printed = part.reading.shown(other.start, unit_end(part.reading.folded, other.end)) if other else ""
    said = part.claim.shown(each.start, end)
    return Difference(_kind_of(part, each, other), part.claim.span(each.start, end), said, printed)


def _unheld(part: Alignment, each: Located, proof: Proof) -> Difference | None:
    """The difference that a quantity makes which no sentence of the clause has; None where nothing hangs on it."""
    # The year of a document's number does not make a sentence of another year true.
    other_year = each.quantity.kind == "year" and any(
        o.quantity.kind == "year" for o in part.reading.quantities
    )
    if (each.quantity in _around(proof.context) and not other_year) or _small_count(each):
        return None
    other = _counterpart(part, each)
    return None if other is None and each.name == "count" else _number(part, each, other)


def _turned(claim: Wording, each: Located, same: Same) -> tuple[str, str] | None:
    """A quantity with its bound, and as the clause has it, where that has the opposed one at each place; else None."""
    bound = bound_of(claim.folded, each)
    if not same or not all(opposed_bounds(bound, bound_of(r.folded, o)) for r, o in same):
        return None
    r, o = same[0]
    return claim.text[slice(*with_bound(claim, each))], r.text[slice(*with_bound(r, o))]


def bound_turned(claim: Wording, proof: Proof) -> tuple[str, str] | None:
    """A quantity of a claim with its bound, and the clause's with the opposed one; None where no bound is turned."""
    turned = (_turned(claim, each, _places(each, proof.readings)) for each in claim.quantities)
    return next(filter(None, turned), None)


@lru_cache(maxsize=4096)
def _around(context: str) -> frozenset[Quantity]:
    """The quantities of a clause with all that stands around it."""
    return frozenset(each.quantity for each in located(context))


def _small_count(each: Located) -> bool:
    """一个, 一批: said without counting."""
    return each.name in ("count", "chinese") and each.quantity.value == 1


def _aligned(part: Alignment, each: Located) -> Located | None:
    """The quantity that stands in the sentence where the part has another one."""
    for operation in part.operations:
        if any(word.start == each.start for word in part.words[operation.i1 : operation.i2]):
            spans = {word.start for word in part.reading.words[operation.j1 : operation.j2]}
            found = [q for q in part.reading.quantities if q.start in spans]
            same = [q for q in found if q.quantity.kind == each.quantity.kind]
            return next(iter(same or found), None)
    return None


def _is_other(part: Alignment, each: Located, aligned: Located) -> bool:
    """Whether a sentence has another quantity of the same kind where the claim has `each`, or the two change places."""
    if aligned.quantity.kind != each.quantity.kind or aligned.quantity == each.quantity:
        return False
    stands = any(q.quantity == each.quantity for q in part.reading.quantities)
    return not stands or any(q.quantity == aligned.quantity for q in part.claim.quantities)


def _counterpart(part: Alignment, each: Located) -> Located | None:
    """The quantity of a sentence that stands where the claim has another one, else one of the same kind."""
    aligned = _aligned(part, each)
    if aligned is not None:
        return aligned
    said = {q.quantity for q in part.claim.quantities}
    unsaid = [q for q in part.reading.quantities if q.quantity not in said]
    alike = [q for q in unsaid if q.quantity.kind == each.quantity.kind]
    return next(iter(alike or unsaid), None)


def _kind_of(part: Alignment, each: Located, other: Located | None) -> str:
    """Whether a quantity is a date, or the same digits with another unit, or another number."""
    said = part.claim.folded
    behind, before = said[each.end : each.end + 1], said[max(0, each.start - 1) : each.start]
    if each.quantity.kind == "year" or behind == "月" or (before == "月" and each.quantity.kind == "day"):
        return "date"
    if other is not None:
        digits = re.sub(r"\D", "", said[each.start : each.end])
        if digits and digits == re.sub(r"\D", "", part.reading.folded[other.start : other.end]):
            return "unit"
    return "number"


def other_year(claim: Wording, proof: Proof) -> bool:
    """Whether the sentence of the clause that speaks of the claim's year, or of one of several, gives another number."""
    years = {q.quantity for q in claim.quantities if q.quantity.kind == "year"}
    others = {q.quantity for q in claim.quantities if q.name not in ("count", "year")}
    each = [{year} for year in _every_year(claim)] or [years]
    return bool(others) and any(_is_otherwise_in(one, others, proof) for one in each)


def _every_year(claim: Wording) -> list[Quantity]:
    """The years of a span each of which a claim says the same of: 2031年至2034年每年."""
    span = EVERY_YEAR.search(claim.folded)
    if span is None:
        return []
    first, last = int(span["first"]), int(span["last"])
    if any(q.quantity.kind == "year" and not span.start() <= q.start < span.end() for q in claim.quantities):
        return []  # of one of them something else is said
    return [Quantity(Fraction(year), "year") for year in range(first, min(last, first + MOST_YEARS) + 1)]


def _is_otherwise_in(years: Set[Quantity], others: Set[Quantity], proof: Proof) -> bool:
    """Whether the sentences that speak of some years have quantities of the kinds of `others`, but none of them."""
    of_year = [r for r in proof.readings if years and years <= {q.quantity for q in r.quantities}]
    if not of_year:
        return False
    return (
        not any(others <= {q.quantity for q in r.quantities} for r in of_year)
        and any(q.quantity.kind in {o.kind for o in others} for r in of_year for q in r.quantities)
        and not any(others & {q.quantity for q in r.quantities} for r in of_year)
    )


def said_of_another(claim: Wording, proof: Proof) -> bool:
    """Whether a number is said of what the clause gives another number of the same kind and unit for.

    The piece of the clause that shares most pairs with a part of the claim has other numbers only, and the
    claim's own number stands in a piece that shares far fewer.
    """
    pieces = [_piece(reading, first, last) for reading in proof.readings for first, last in reading.parts]
    # Of a part, and of the few words around a number: what the other piece has to share, and the own one at most of that.
    told = [(first, last, 0.4, 0.75) for first, last in claim.parts]
    told += [(*_around_number(claim, number), 0.6, 0.6) for number in claim.quantities]
    return any(
        _is_of_another(_piece(claim, first, last), pieces, least, most) for first, last, least, most in told
    )


def _is_of_another(told: Piece, pieces: Sequence[Piece], least: float, most: float) -> bool:
    """Whether the piece with numbers of a kind that shares most pairs with what is told has none of its numbers."""
    shares = [
        (len(told.pairs & piece.pairs) / len(told.pairs), {quantity for quantity, _ in piece.numbers})
        for piece in pieces
        if told.pairs and any(q.kind == o.kind and u == v for q, u in told.numbers for o, v in piece.numbers)
    ]
    said = {quantity for quantity, _ in told.numbers}
    best, counted = max(shares, key=lambda each: each[0], default=(0.0, set()))
    own = max((share for share, held in shares if held & said), default=0.0)
    return bool(told.numbers) and best >= least and not counted & said and own <= most * best


def _piece(text: Wording, first: int, last: int) -> Piece:
    """Words [first, last) of a text."""
    return Piece(pairs_of(text.words[first:last]), _numbers(text, first, last))


def _around_number(text: Wording, number: Located) -> tuple[int, int]:
    """The words of a quantity's part that stand close by it."""
    at = next((i for i, word in enumerate(text.words) if word.start >= number.start), len(text.words) - 1)
    first, last = next(((a, b) for a, b in text.parts if a <= at < b), (at, at + 1))
    return max(first, at - WORDS_AROUND), min(last, at + WORDS_AROUND)


def _numbers(text: Wording, first: int, last: int) -> frozenset[tuple[Quantity, str]]:
    """The quantities among some words, each with its unit, but for years and mere counts."""
    start, end = text.words[first].start, text.words[last - 1].end
    return frozenset(
        (q.quantity, unit_of(text.folded, q))
        for q in text.quantities
        if start <= q.start < end and q.name != "count" and q.quantity.kind != "year"
    )
