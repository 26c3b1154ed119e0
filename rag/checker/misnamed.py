"""Misnamed: groups, departments and terms in quotation marks that a claim names and the clause does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag import lexicon
from rag.checker.match import SAID, PartMatch
from rag.checker.proof import Proof, Weight, weighted_share
from rag.checker.worded import Wording, touches, wording
from rag.named import FAMILIES
from rag.types import Difference, Span
from rag.verify import is_named

TERM_IN_MARKS = re.compile(r'"([^",;.]{2,12})"')
RIVAL_MARGIN = 0.1
"""By how much more of a claim's other words the sentence with the rival term has to hold."""
IN_CHARGE = re.compile(
    r"(?:由|归(?![口属集还类]))(?P<names>[^,;由归]{2,40}?)(?:等)?(?:单位|部门)?(?:共同|具体|统一|按职责分工)?(?:牵头|负责|主管|承办|受理|管(?!理))"
)


def named_otherwise(claim: Wording, proof: Proof, ignored: Sequence[Span]) -> Iterator[Difference]:
    """Groups and departments that the sentence names and the clause does not."""
    known = {term.official for term in lexicon.expand(proof.context)}
    families = [family for family in FAMILIES if family.search(proof.context)]
    for start, end, term in lexicon.printed(claim.folded):
        if (
            term.kind not in ("group", "department")
            or term.official in known
            or is_named(proof.context, term)
        ):
            continue
        form, span = claim.folded[start:end], claim.span(start, end)
        related = term.kind == "group" and any(family.search(form) for family in families)
        if related and not _close_by(form, claim, proof):
            continue
        if not any(touches(span, other) for other in ignored):
            yield Difference(term.kind, span, claim.text[slice(*span)], _instead(term.kind, claim, proof))


def _close_by(form: str, claim: Wording, proof: Proof) -> bool:
    """Whether the words around a name stand in the clause with another name between them."""
    at = claim.folded.find(form)
    before, behind = claim.folded[max(0, at - 4) : at], claim.folded[at + len(form) : at + len(form) + 4]
    return (len(before) == 4 and before in proof.body) or (len(behind) == 4 and behind in proof.body)


def _instead(kind: str, claim: Wording, proof: Proof) -> str:
    """What the clause names of the same kind and the sentence does not."""
    named = [term for term in lexicon.named(proof.context, kind) if not is_named(claim.folded, term)]  # type: ignore[arg-type]  # a kind
    return "、".join(term.official for term in named[:3])


def others_in_charge(claim: Wording, proof: Proof) -> Iterator[str]:
    """The names of those whom a sentence says to be in charge and the clause does not name."""
    for match in IN_CHARGE.finditer(claim.folded):
        for name in re.split(r"[、和及与]", match["names"]):
            short = re.sub(r"^(?:我|本)?[省市县区州盟旗](?=.{2})", "", name.strip())
            known = short in proof.context or any(is_named(proof.context, t) for t in lexicon.expand(name))
            if short and not known and not re.search(r"部门|单位|机构", short):
                yield name


def other_departments(claim: Wording, proof: Proof, parts: Sequence[PartMatch]) -> Iterator[Difference]:
    """Departments said to be in charge that the clause does not name, or that its sentence gives another one for."""
    for name in others_in_charge(claim, proof):
        yield Difference("department", claim.find(name) or Span(0, 0), name, "")
    for start, end, reading in _told(claim, proof, parts):
        own = lexicon.named(claim.folded[start:end], "department")
        theirs = lexicon.named(reading.folded, "department")
        if (
            own
            and theirs
            and not set(own) & set(theirs)
            and not any(is_named(claim.folded, t) for t in theirs)
        ):
            form = next((f for f in own[0].search_words if f in claim.folded), own[0].official)
            yield Difference("department", claim.find(form) or Span(0, 0), form, theirs[0].official)


def other_terms(claim: Wording, proof: Proof, parts: Sequence[PartMatch]) -> Iterator[Difference]:
    """Terms in quotation marks in place of which the sentence told has others."""
    for start, end, reading in _told(claim, proof, parts):
        own = {m[1]: m for m in TERM_IN_MARKS.finditer(claim.folded, start, min(len(claim.folded), end + 1))}
        theirs = {m[1] for m in TERM_IN_MARKS.finditer(reading.folded)}
        others = theirs - {m[1] for m in TERM_IN_MARKS.finditer(claim.folded)}
        for term, match in own.items():
            alike = [
                other
                for other in others
                if len(term) == len(other) and 2 * len(set(term) & set(other)) >= len(term)
            ]
            if term not in reading.folded and alike:
                yield Difference("wording", claim.span(*match.span(1)), term, alike[0])


def rival_terms(claim: Wording, proof: Proof, weight: Weight) -> Iterator[Difference]:
    """A term in quotation marks that the clause has, but of something else than its anagram that the claim's other words stand by.

    “先租后买” for some and “先买后租” for others, in two sentences of one clause.
    """
    for match in TERM_IN_MARKS.finditer(claim.folded):
        term = match[1]
        around = claim.pairs - wording(term).pairs
        shares: dict[str, float] = {}
        for reading in proof.readings:
            for other in {m[1] for m in TERM_IN_MARKS.finditer(reading.folded)}:
                if sorted(other) == sorted(term):
                    share = weighted_share(around, reading.pairs, weight)
                    shares[other] = max(share, shares.get(other, 0.0))
        rival = max((other for other in shares if other != term), key=lambda o: shares[o], default="")
        if (
            term in shares
            and rival
            and rival not in claim.folded
            and shares[rival] > shares[term] + RIVAL_MARGIN
        ):
            yield Difference("wording", claim.span(*match.span(1)), term, rival)


def _told(claim: Wording, proof: Proof, parts: Sequence[PartMatch]) -> Iterator[tuple[int, int, Wording]]:
    """The parts that the clause speaks of: where each starts and ends, folded, and the sentence that it is nearest to."""
    for (first, last), part in zip(claim.parts, parts, strict=True):
        if part.share >= SAID:
            reading = proof.sentences[part.sentence][part.reading]
            yield claim.words[first].start, claim.words[last - 1].end, reading
