"""Denials: a claim and what it retells -> whether one of the two denies what the other affirms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checker.worded import Word, Wording
from rag.terms import tokens
from rag.types import Difference, Span
from rag.verify import NEGATION, shares_negated

NEGATING = frozenset("不未无非禁勿免没")
# A bound denies nothing.
BOUND = re.compile(r"不(?:得)?(?:少于|低于|多于|高于|超过|大于|小于|足|到)")
CLOSE_BY = 3
CANCELLING = frozenset("废除零消")
"""Of 取消, 废止, 免除: what they take away is denied too."""
DENYING = re.compile(r"不(?![断同仅少久])|未(?!来)|无(?!人|线)|非(?!常)|禁|勿|没|取消|废|免|零")
# 不推进, 没有提供: what is denied follows.
DENIED = re.compile(r"(?:不(?:再|会|能|予|得)?|未|没有|没)(?P<thing>[一-鿿]{2})")
# ... with two more, so that it is known again: 不占用耕地, 不得重复享受.
DENIED_WHOLE = re.compile(r"(?:不(?:再|会|能|予|得)?|未|没有|没)(?P<thing>[一-鿿]{4})")
LEAVES_OUT = re.compile(
    r"除外|除了|^除|以外|之外|排除|剔除|免除|禁止|严禁|拒绝|删除|去掉|杜绝|严防|避免|防止|否则|追[究回缴]|退[回还]|停[发止]|违规|处罚|才|只能|仅"
)
# 脱钩, 仅, 放宽: what goes with them is denied without a word of denial; 0 is nothing.
DENIES_ANYHOW = re.compile(
    r"不(?![断同仅久])|未(?!来)|无(?!人机|线)|非|禁|勿|没|取消|免|零|(?<![\d.])0(?![\d.])|仅|只|脱|除|废|减|放宽|放开|简"
)


def negates(
    claim: Wording, own: Sequence[Word], reading: Wording, theirs: Sequence[Word], *, inside: bool
) -> bool:
    """Whether one side denies here and the other does not, with the words behind it."""
    said, printed = (set(BOUND.sub("", "".join(w.key for w in each))) for each in (own, theirs))
    if bool(said & NEGATING) == bool(printed & NEGATING) or (said | printed) & CANCELLING:
        return False
    if said & NEGATING:
        return not _denies(reading, _denied(claim, own))
    if any(
        word.kind == "s" and word.key in _close_by(own, claim) for word in theirs if set(word.key) & NEGATING
    ):
        return False  # what is printed there (免费) the claim says right behind, in other words
    return inside and not _denies(claim, _denied(reading, theirs))


def _close_by(own: Sequence[Word], claim: Wording) -> set[str]:
    """The keys of the few words behind some words of a claim."""
    behind = [word for word in claim.words if own and word.start >= own[-1].end]
    return {word.key for word in behind[:CLOSE_BY]}


def _denies(text: Wording, denied: str) -> bool:
    """Whether a text denies what `denied` does: 没有场地, 无创业场地."""
    thing = re.sub(f"^[{''.join(NEGATING)}有再用]+", "", denied)[:2]
    return _is_denied(thing, text.folded) if len(thing) == 2 else denied in text.folded


def _is_denied(thing: str, text: str) -> bool:
    """Whether a thing stands in a text with a denying character shortly before it."""
    return bool(thing) and any(DENYING.search(before) for before in _before(thing, text))


def _denied(text: Wording, words: Sequence[Word]) -> str:
    """The first negating character among some words, with the two characters behind it."""
    places = (i for word in words for i in range(word.start, word.end) if text.folded[i] in NEGATING)
    # 减税 is 税收减免: what it denies stands in its key alone.
    at = next(places, next((word.start for word in words if set(word.key) & NEGATING), 0))
    return text.folded[at : at + 5]


def denied_alone(claim: Wording, nearest: str) -> Iterator[Difference]:
    """What a claim denies, where the sentences that it retells deny nothing at all."""
    said = BOUND.sub(" ", claim.folded)
    for match in DENIED.finditer(said):
        around = [nearest[max(0, m.start() - 3) : m.start()] for m in re.finditer(match["thing"], nearest)]
        if around and not any(set(before) & NEGATING for before in around):
            yield Difference(
                "negation", claim.find(match.group()) or Span(0, 0), match.group(), match["thing"]
            )
            return
    denied = NEGATION.search(said)
    if denied and not DENIES_ANYHOW.search(BOUND.sub("", nearest)):
        yield Difference("negation", claim.find(denied.group()) or Span(0, 0), denied.group(), "")


def affirmed_alone(claim: Wording, nearest: str) -> Iterator[Difference]:
    """What the sentences deny and a claim affirms: 不占用耕地的, 占用耕地的. Where the claim leaves anything out it may deny so."""
    said = BOUND.sub(" ", claim.folded)
    if LEAVES_OUT.search(said):
        return
    for match in DENIED_WHOLE.finditer(BOUND.sub(" ", nearest)):
        thing = match["thing"]
        denied = [before for before in _before(thing, nearest) if DENYING.search(before)]
        affirmed = _before(thing, said)
        if affirmed and len(denied) == nearest.count(thing) and not any(map(DENYING.search, affirmed)):
            yield Difference("negation", claim.find(thing) or Span(0, 0), thing, match.group())
            return


def _before(thing: str, text: str) -> list[str]:
    """The five characters before each place where a thing stands."""
    return [text[max(0, m.start() - 5) : m.start()] for m in re.finditer(re.escape(thing), text)]


def denied_by_one(one: str, other: str, said: str, nearest: str) -> bool:
    """Whether one of two parts denies what both speak of, and nothing else in the other text does so."""
    mine, theirs = NEGATION.search(one), NEGATION.search(other)
    if bool(mine) == bool(theirs):
        return False
    if (mine and mine.group() in nearest) or (theirs and theirs.group() in said):
        return False
    if mine and _is_denied(one[mine.end() :].lstrip("任何再有")[:2], nearest):
        return False
    if theirs and _is_denied(other[theirs.end() :].lstrip("任何再有")[:2], said):
        return False
    return shares_negated(one, other) or _lets_anybody(one, other)


def _lets_anybody(one: str, other: str) -> bool:
    """Whether a part asks for nothing (对投资经验没有要求) where the other one names what is asked for."""
    match = re.search(r"(?:没有|无|不设|不作|不做)(?:任何)?(?:要求|限制|门槛|条件)|不限|任何人|所有人都", one)
    before = tokens(one[: match.start()][-6:]) if match else []
    return any(len(token) == 2 and token in other for token in before)
