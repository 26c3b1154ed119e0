"""Reword: a plan -> its lines in the model's words, as far as they are proved, and what of the plan they may not lose."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag import english, lexicon
from rag.compose import draft_lines, prompt_for
from rag.embed import Embedder
from rag.evidence import ASKING, fills
from rag.fold import fold
from rag.generate import Generator
from rag.plan import ONE_THING, Plan, best_first
from rag.quantities import quantities
from rag.slots import SLOTS
from rag.terms import tokens
from rag.translate import is_unlike, translate
from rag.types import Check, Claim, ClaimChecked, Draft, Language, Line, Outcome, Query
from rag.understand import asking, in_parts
from rag.verify import FILLER, NEGATION, is_named, verify, without_bare_answer
from rag.wording import in_script

ENGLISH_ASKING = re.compile(r"\b(?:what|which|who|whom|how|when|where)\b")
LEAST_NEW = 2
"""Words, quantities and negations of an English claim that the question does not hold."""
LEAST_KEPT = 0.5
"""The share of the question's words in the best sentence that its rewording keeps, measured on development questions."""


def reword(
    query: Query,
    plan: Plan,
    checks: list[Check],
    generator: Generator,
    embedder: Embedder,
    cancel: threading.Event,
) -> Iterator[Draft | ClaimChecked]:
    """Puts the plan's lines into the model's words as far as they are proved; drafts and checks as they come.

    Where the model fails or is stopped the lines that stood before still stand.
    """
    if plan.compose:
        composed: list[Line] = []
        for event in _compose(query, plan, generator, embedder, cancel):
            if isinstance(event, ClaimChecked):
                checks.append(event.check)
                composed += [event.check.claim] if event.check.claim is not None else []
            yield event
        stands = any(check.outcome in (Outcome.SUPPORTED, Outcome.RECITED) for check in checks)
        if stands and not cancel.is_set():
            kept = _left_out(query, plan, composed)
            said = {mark for line in kept if isinstance(line, Claim) for mark in line.marks}
            others = [line for line in composed if _adds(line, said, query.language)]
            plan.lines = [*plan.head, *best_first([*kept, *others], plan.best), *plan.tail]
    if query.language == "en":
        for event in translate(query, plan, generator, embedder, cancel):
            if isinstance(event, ClaimChecked):
                checks.append(event.check)
            yield event


def _compose(
    query: Query, plan: Plan, generator: Generator, embedder: Embedder, cancel: threading.Event
) -> Iterator[Draft | ClaimChecked]:
    """Drafts as they stream and each line's check."""
    by_code = {mark for line in plan.tail if isinstance(line, Claim) for mark in line.marks}
    evidence = [item for mark, item in enumerate(plan.evidence, 1) if mark not in by_code]
    language = query.language
    prompt = prompt_for(_asked(query), evidence, language)
    used: set[int] = set()
    said: set[str] = set()
    for text, line in draft_lines(generator, prompt, len(evidence), cancel):
        if text:
            yield Draft(in_script(text, language))
        if line is None:
            continue
        whole = bool(query.intents & {"list", "definition"})
        check = verify(line, evidence, language, used=frozenset(used), whole_lists=whole)
        key = re.sub(r"\W", "", check.claim.text) if check.claim else ""
        if check.claim and key in said:
            check = Check(line, Outcome.DROPPED, None, ("said already",))
        if check.claim and is_unlike(check.claim, evidence, embedder):
            check = Check(line, Outcome.DROPPED, None, ("it does not mean what the evidence says",))
        if check.claim:
            new = _without_repeats(query, check.claim.text)
            check = (
                replace(check, claim=replace(check.claim, text=new))
                if new
                else Check(line, Outcome.DROPPED, None, ("it only repeats the question",))
            )
        if check.claim:
            said.add(key)
            if check.outcome is Outcome.REPLACED:
                used.update(check.claim.marks)
            answering = plan.best in check.claim.marks
            text = check.claim.text if answering else without_bare_answer(check.claim.text, proof="")
            kept = replace(check.claim, text=in_script(text, language)) if text.strip() else None
            check = replace(check, claim=kept)
        yield ClaimChecked(check)


def _without_repeats(query: Query, claim: str) -> str:
    """An English claim without its sentences that say nothing but what a question for who, what or how much says itself."""
    asked = fold(query.asked)
    if query.language != "en" or not ENGLISH_ASKING.search(asked):
        return claim

    def news(sentence: str) -> int:
        new = set(english.words(fold(sentence))) - set(english.words(asked))
        return (
            len(new)
            + len(quantities(sentence) - quantities(query.asked))
            + bool(NEGATION.search(fold(sentence)))
        )

    sentences = re.split(r"(?<=[a-z][.!?])\s+(?=[A-Z])", claim)
    told = [sentence for sentence in sentences if news(sentence)]
    return "" if len(told) == 1 and news(told[0]) < LEAST_NEW else " ".join(told)


def _asked(query: Query) -> str:
    """The question as the model reads it: with what the history supplies, without whom to ask, which no model words."""
    text = query.text if len(query.text) > len(query.asked) else query.asked
    for part in in_parts(query):
        if "department" in part.intents and not part.intents & ONE_THING:
            text = text.replace(part.asked, "")
    return text.strip(" ,，。?？") or query.asked


def _left_out(query: Query, plan: Plan, composed: Sequence[Line]) -> Sequence[Line]:
    """The extractive claims that composing may not lose.

    The best one, where no composed claim cites it, one that fills a slot which no composed claim fills, and one
    that alone holds words of the question (合伙 ...).
    """
    claims = [line for line in composed if isinstance(line, Claim)]
    kept = [line for line in plan.lines if isinstance(line, Claim) and line not in plan.tail]
    cited = {mark for claim in claims for mark in claim.marks}
    lost = [
        line
        for line in kept
        if plan.best in line.marks and (plan.best not in cited or _strays(query, line, claims))
    ]
    asked = [name for name in query.intents if name in SLOTS and name != "department"]
    # An English claim fills what its proof does: the patterns look for Chinese words.
    proofs = [plan.evidence[mark - 1].text for claim in claims for mark in claim.marks]
    texts = [claim.text for claim in (*claims, *lost)] + (proofs if query.language == "en" else [])
    open_slots = [name for name in asked if not any(fills(name, query, text) for text in texts)]
    lost = lost or [line for line in kept if any(fills(name, query, line.text) for name in open_slots)][:1]
    alone = _alone(query, kept, [*claims, *lost])
    return [*lost, *(_unmet(query, plan, kept, [*claims, *lost]) if query.language == "en" else alone)]


def _alone(query: Query, kept: Sequence[Claim], shown: Sequence[Claim]) -> list[Claim]:
    """The claims that hold words of the question which none of `shown`, nor one before them, holds."""
    words = set(tokens(fold(ASKING.sub(" ", fold(asking(query.asked))))))
    open_words = {word for word in words if len(word) == 2 and not set(word) & FILLER}
    open_words -= set(tokens(fold(" ".join(line.text for line in shown))))
    found: list[Claim] = []
    for line in kept:
        held = open_words & set(tokens(fold(line.text)))
        if held and line not in shown:
            found.append(line)
            open_words -= held
    return found


def _unmet(query: Query, plan: Plan, kept: Sequence[Claim], shown: Sequence[Claim]) -> list[Claim]:
    """The claims whose evidence meets words of an English question that none of `shown` meets."""
    asked = fold(asking(query.asked))
    wanted = english.renderings(asked)
    terms = [term for term in lexicon.expand(asked) if term.kind != "place_kind"]

    def met(claims: Sequence[Claim]) -> set[str]:
        proofs = fold(" ".join(plan.evidence[mark - 1].text for claim in claims for mark in claim.marks))
        words = {each[0] for each in wanted if any(len(word) > 1 and word in proofs for word in each)}
        return words | {term.official for term in terms if is_named(proofs, term)}

    found: list[Claim] = []
    for line in kept:
        if line not in shown and met([line]) - met([*shown, *found]):
            found.append(line)
    return found[:1]


def _adds(line: Line, said: set[int], language: Language) -> bool:
    """Whether a composed line tells more than the verbatim ones; an English one tells it in another language."""
    return language == "en" or not (isinstance(line, Claim) and set(line.marks) <= said)


def _strays(query: Query, line: Claim, composed: Sequence[Claim]) -> bool:
    """Whether the composed claims leave out most of what the question and the best sentence have in common.

    In English: a group of people that both name.
    """
    if query.language == "en":
        said = {term for claim in composed for term in lexicon.expand(fold(claim.text))}
        groups = {term for term in lexicon.expand(fold(query.asked)) if term.kind == "group"}
        return any(is_named(fold(line.text), term) for term in groups - said)
    asked = {token for token in tokens(fold(asking(_asked(query)))) if len(token) > 1}
    shared = asked & set(tokens(fold(line.text)))
    kept = set(tokens(fold(" ".join(claim.text for claim in composed))))
    return len(shared & kept) < LEAST_KEPT * len(shared)
