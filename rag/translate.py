"""Translate: the Chinese claims of an English answer -> English, sentence by sentence, as far as it is proved."""

from __future__ import annotations

import collections.abc
import re
import threading
from collections.abc import Iterator, Sequence

from rag import english
from rag.compose import draft_lines, translation_prompt
from rag.embed import Embedder
from rag.fold import fold
from rag.generate import Generator
from rag.plan import Plan
from rag.quantities import quantities
from rag.types import Check, Claim, ClaimChecked, Draft, Evidence, Outcome, Query
from rag.verify import stated, verify_translation

# Chinese signs outside brackets, in which an English line gives an official name.
HAN = re.compile(r"[\u3400-\u9fff](?![^(（]*[)）])")
MOST_TRANSLATED = 16
"""Lines of an English answer that are put into English, about five seconds each; a whole overview's others stay Chinese."""
LEAST_MEANT_IN_ENGLISH, FEWEST_WORDS = 0.6, 9
"""The cosine of an English claim with what it cites below which it is no rendering of it, and from how many words on that tells.

Of 57 claims of composed answers that were read three of so many words lie below it, all of them wrong. A short claim leans on the
question, and one with a figure is known by that.
"""
LEAST_ASKED_IN_ENGLISH = 0.3
"""The share of an English question's words that the English of its best sentence has to hold, see `english.share_said`."""

Translating = collections.abc.Generator[Draft | ClaimChecked, None, Check | None]


def translate(
    query: Query, plan: Plan, generator: Generator, embedder: Embedder, cancel: threading.Event
) -> Iterator[Draft | ClaimChecked]:
    """Puts the claims of an English answer that still stand in Chinese into English, sentence by sentence.

    A claim of which one sentence is not proved, or leaves something out, stays as it is, and so does what fits
    the question best where its English has lost what is asked.
    """
    by_code = set(map(id, plan.tail))
    chinese = [
        (at, line)
        for at, line in enumerate(plan.lines)
        if isinstance(line, Claim) and id(line) not in by_code and HAN.search(line.text)
    ][:MOST_TRANSLATED]
    for at, line in chinese:
        item = plan.evidence[line.marks[0] - 1]
        label, text = plan.wording.get(line.marks[0], ("", stated(item)))
        rendered: list[str] = []
        for sentence in (part for part in re.findall(r"[^。]+。?", text) if HAN.search(part)):
            if cancel.is_set():
                return
            check = yield from _translated(sentence, item, generator, embedder, cancel)
            if check is None or check.claim is None:
                break
            rendered.append(check.claim.text)
        else:
            claim = Claim(label + " ".join(rendered), line.marks)
            told = 1.0 if label else english.share_said(fold(query.asked), fold(claim.text))
            if plan.best in line.marks and told < LEAST_ASKED_IN_ENGLISH:
                lost = ("it leaves out what is asked",)
                yield ClaimChecked(Check(claim.text, Outcome.DROPPED, None, lost))
                continue
            plan.lines[at] = claim
            yield ClaimChecked(Check(claim.text, Outcome.SUPPORTED, claim))


def _translated(
    sentence: str, item: Evidence, generator: Generator, embedder: Embedder, cancel: threading.Event
) -> Translating:
    """One Chinese sentence of a piece of evidence in English, as far as it is proved; None where nothing was drafted."""
    for text, line in draft_lines(generator, translation_prompt(sentence), 1, cancel):
        if text:
            yield Draft(text)
        if line is None:
            continue
        check = verify_translation(line, item, sentence)
        if check.claim and is_unlike(check.claim, [item], embedder):
            check = Check(line, Outcome.DROPPED, None, ("it does not mean what the evidence says",))
        if check.claim is None:
            yield ClaimChecked(check)
        return check
    return None


def is_unlike(claim: Claim, evidence: Sequence[Evidence], embedder: Embedder) -> bool:
    """Whether a claim in English means something else than what it cites, which shares no words with it."""
    words = re.findall("[A-Za-z]{2,}", claim.text)
    if HAN.search(claim.text) or len(words) < FEWEST_WORDS or quantities(claim.text):
        return False
    cited = [evidence[mark - 1].text for mark in claim.marks]
    said = embedder.embed_query(claim.text)
    pieces = {*cited, "".join(cited)}
    return max(float(said @ embedder.embed_query(text)) for text in pieces) < LEAST_MEANT_IN_ENGLISH
