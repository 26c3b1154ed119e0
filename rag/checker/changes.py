"""Changes: a part of a claim that all but repeats a sentence -> what it says in other words, and what that alters.

A word in place of another is harmless where it is a rewording, carries no meaning, or stands elsewhere in the
clause; else it turns, denies, limits, names somebody else, or is another wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag import lexicon
from rag.checker.alignment import Alignment, Operation
from rag.checker.denials import CANCELLING, NEGATING, negates
from rag.checker.proof import Proof
from rag.checker.turned import OPPOSED, opposed_words
from rag.checker.worded import Word, touches
from rag.types import Difference, Span
from rag.verify import FILLER, is_named

# Words that carry no meaning of their own: what is said with one where the clause has another is no alteration.
EMPTY_WORDS = re.compile(
    r"(?:可以|能够|可|能|把|将|由|来|去|给|让|对|为|在|要|就|都|也|会|当作|作为|包括|建立|建设|开展|推进|实施|给予|提供|进行|利用|使用|做|搞|设|有|"
    r"走|用|上|下|到|照着|按着|着|了|的|这|那|几|条|路|办法|起来|配|建|里|中|当中|一些|一|些|个|凡是?)+"
)
LIMITING = re.compile(r"仅限|只限|只有|必须|不得|除外|仅|一律|凡|所有|任何|无条件")


def word_differences(part: Alignment, proof: Proof, ignored: Sequence[Span]) -> Iterator[Difference]:
    """What a part says in other words than the sentence that it nearly is."""
    for operation in part.operations:
        own = _telling(part.words[operation.i1 : operation.i2])
        theirs = _telling(part.reading.words[operation.j1 : operation.j2])
        if own and any(touches(part.claim.span(own[0].start, own[-1].end), span) for span in ignored):
            continue
        if kind := _kind(part, operation, own, theirs, proof):
            at = own or [part.words[min(operation.i1, len(part.words) - 1)]]
            span = part.claim.span(at[0].start, at[-1].end if own else at[0].start)
            shown = part.reading.shown(theirs[0].start, theirs[-1].end) if theirs else ""
            yield Difference(kind, span, part.claim.text[slice(*span)], shown)


def _telling(words: Sequence[Word]) -> list[Word]:
    """Some words less quantities, which are compared by value, and fillers."""
    return [word for word in words if word.kind != "q" and word.key not in FILLER]


def _kind(
    part: Alignment, operation: Operation, own: Sequence[Word], theirs: Sequence[Word], proof: Proof
) -> str | None:
    """The kind of difference that some words make in place of others; None where they make none."""
    said, printed = "".join(w.key for w in own), "".join(w.key for w in theirs)
    if own and all(w.kind == "s" for w in own) and not opposed_words(said, printed):
        return None
    inside = 0 < operation.i1 <= operation.i2 < len(part.words) or operation.i2 > operation.i1
    if negates(part.claim, own, part.reading, theirs, inside=inside):
        return "negation"
    kind = kind_of_change(said, printed, proof)
    new = [w for w in own if w.key not in proof.context]
    return None if kind == "wording" and sum(len(w.key) for w in new) < 2 else kind


def kind_of_change(said: str, printed: str, proof: Proof) -> str | None:
    """What kind of alteration it is to say `said` where `printed` stands; None for a mere rewording."""
    if said == printed or (EMPTY_WORDS.fullmatch(said) and EMPTY_WORDS.fullmatch(printed)):
        return None
    if any(
        (re.search(one, said) and re.search(other, printed))
        or (re.search(other, said) and re.search(one, printed))
        for one, other in OPPOSED
    ):
        return "direction"
    if (
        not said
        or said in proof.context
        or EMPTY_WORDS.fullmatch(said)
        or (set(said) & NEGATING and set(printed) & (NEGATING | CANCELLING))
    ):
        return None
    if not printed:
        return "condition" if LIMITING.search(said) and not LIMITING.search(proof.body) else None
    for kind in ("group", "department"):
        if any(not is_named(proof.context, t) for t in lexicon.named(said, kind)):
            return kind
    alike = set(said) & set(printed)
    return "wording" if len(said) >= 2 and len(printed) >= 2 and not alike else None
