"""Omissions: a claim -> the conditions and exceptions of the sentences that it retells and leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checker.match import SAID, PartMatch
from rag.checker.proof import Proof, Weight, weighted_share
from rag.checker.worded import Word, Wording, pairs_of
from rag.quantities import located
from rag.terms import tokens
from rag.verify import PRINTED_NUMBER

CONDITION = re.compile(
    r"^但|但是|除外|^除[^,;]{2,60}的$|^属于[^,;]{2,30}的$|不得|(?<!必)须|仅限|必须|除.{1,40}外|前提下|情况下|在[^,;]{1,16}(?:的同时|范围内)|符合[^,;]{0,20}(?:条件|规定|要求|的)|达到[^,;]{1,24}条件的|满足|有条件的|"
    r"且[^,;]{0,14}(?:低于|高于|不超过|不低于|超过|满|以上|以下)[\d.]*%?|(?:国家|省|市|区|县|州)级(?=[^,;]{2})|(?:未|没有)(?:享受|领取|获得|参加)|不重复|只能|"
    r"对[^,;]{2,24}的(?:企业|单位|人员|个人|项目|机构|地区|基地)|(?:^|[将对给向使让])[^,;、的对将向]{1,4}业(?=企业)|首次|连续.{0,6}(?:年|月)|满\d|不涉及[^,;]{1,14}的|对[^,;]{2,30}(?:明显|显著|突出|紧密|良好|较好|优秀|完整|合格|达标)的|经.{1,16}(?:批准|同意|认定|审核|评估|验收|备案|审批|鉴定)|以.{1,14}为(?:前提|条件)|明确.{1,12}前提|一致的|合格的|unless|provided"
)
EXCEPTION = re.compile(r"^(?:但|除)|除外|不得(?:重复|同时|再)|不(?:再)?重复|不再享受|不适用|外,")
WHOM = re.compile(r"(.{4,})的$")
"""A part that says whom what follows it is for: 持有健康证并按时出摊的."""
LEAST_JOINED_CHARS, MOST_JOINED = 4, 0.4
"""Of one of two conditions joined by 并 or 且: its length, and the share of its characters in a claim that leaves it out."""


MOST_EXCEPTION_CHARS = 60
LEAST_CLOSE = 0.5
"""The share of a part's words in a sentence's order from which on it retells it."""


def omitted(claim: Wording, proof: Proof, parts: Sequence[PartMatch], weight: Weight) -> tuple[str, ...]:
    """The conditions and exceptions of the sentences told that the claim leaves out, as the clause prints them."""
    told = sorted({part.sentence for part in parts if part.share >= SAID and part.close >= LEAST_CLOSE})
    found: list[str] = []
    for i in told:
        reading = proof.sentences[i][0]
        printed = [
            (weighted_share(pairs_of(reading.words[a:b]), claim.pairs, weight), reading.words[a:b])
            for a, b in reading.parts
        ]
        found += _unsaid(reading, printed, claim)
        if i + 1 < len(proof.sentences) and i + 1 not in told and printed and printed[-1][0] >= SAID:
            following = proof.sentences[i + 1][0]
            found += [following.text] if _is_unsaid_exception(following, claim, weight) else []
    return tuple(found)


def _is_unsaid_exception(sentence: Wording, claim: Wording, weight: Weight) -> bool:
    """Whether a sentence is a short exception to the one before it, which the claim does not say."""
    body = PRINTED_NUMBER.sub("", sentence.folded)
    short = len(body) <= MOST_EXCEPTION_CHARS
    return (
        bool(EXCEPTION.search(body)) and short and weighted_share(sentence.pairs, claim.pairs, weight) < 0.4
    )


def _unsaid(
    reading: Wording, printed: Sequence[tuple[float, Sequence[Word]]], claim: Wording
) -> Iterator[str]:
    """The parts of a sentence, each with its share in the claim, that hold a condition which the claim lacks."""
    for k, (share, words) in enumerate(printed):
        text = reading.folded[words[0].start : words[-1].end]
        lacking = [m.group() for m in CONDITION.finditer(text) if lacks(claim, m.group())]
        if k + 1 < len(printed):
            lacking += _unsaid_of_joined(text, claim)
        if share < SAID:  # 省级 narrows only what is told beside it
            lacking = [condition for condition in lacking if not condition.endswith("级")]
        near = [printed[n][0] for n in (k - 1, k + 1) if 0 <= n < len(printed)]
        if lacking and (share >= SAID or any(s >= 0.6 for s in near) or EXCEPTION.search(text)):
            yield reading.shown(words[0].start, words[-1].end)


def _unsaid_of_joined(text: str, claim: Wording) -> list[str]:
    """Of a part that says whom what follows is for, by several conditions (有意向并被聘用的), those that are left out of others."""
    whom = WHOM.match(text)
    pieces = re.split(r"并且?|且", whom[1]) if whom else []
    joined = [piece for piece in pieces if len(piece) >= LEAST_JOINED_CHARS]
    unsaid = [
        piece
        for piece in joined
        if lacks(claim, piece) and len(set(piece) & set(claim.folded)) < MOST_JOINED * len(set(piece))
    ]
    return unsaid if len(unsaid) < len(joined) else []


def lacks(claim: Wording, condition: str) -> bool:
    """Whether none of a condition's own words is in the claim."""
    if condition in claim.folded:
        return False
    pairs = {t for t in tokens(condition) if len(t) == 2} | {t for t in tokens(condition) if t.isdigit()}
    held = set(tokens(claim.folded)) | claim.pairs
    numbers = {each.quantity for each in located(condition) if each.name != "count"}
    if numbers and not numbers & {each.quantity for each in claim.quantities}:
        return True
    return sum(pair in held for pair in pairs) <= 0.34 * len(pairs)
