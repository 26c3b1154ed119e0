"""Verification: sentences of the documents, true and made false by rule, put before `rag.verify` as claims.

A true claim must pass; one with another number, bound, direction, department or group, or cited to a clause
that does not say it, must not. No language model is needed: what a small model does wrong is imitated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from eval.metrics import Figure, figure
from rag import lexicon
from rag.evidence import of_sentence
from rag.fold import fold
from rag.index import Index
from rag.types import Evidence, Outcome
from rag.verify import stated, verify

MIN_CHARS, MAX_CHARS = 15, 90
MOST_A_RULE = 200
NUMERALS = dict(zip("123456789", "一二三四五六七八九", strict=True))


class Checked(NamedTuple):
    """How many claims of a sort `verify` judged as it must; `missed` are some that it did not."""

    rule: str
    true: bool
    share: Figure
    missed: tuple[str, ...]


def verification(index: Index) -> list[Checked]:
    """Each rule's share of rightly judged claims over the sentences of an index."""
    pool = [
        of_sentence(index, number, sentence)
        for number, sentences in enumerate(index.sentences)
        for sentence in sentences
        if MIN_CHARS <= len(sentence.text) <= MAX_CHARS
    ]
    results = []
    for rule, (true, derive) in RULES.items():
        judged: list[bool] = []
        missed: list[str] = []
        for item in random.Random(rule).sample(pool, len(pool)):
            for claim, cited in derive(item, pool):
                if len(judged) < MOST_A_RULE:
                    passed = verify(f"{claim}[1]", [cited], "zh-Hans").outcome is Outcome.SUPPORTED
                    judged.append(passed is true)
                    missed += [] if judged[-1] else [claim]
        share = figure(judged)
        if share is not None:
            results.append(Checked(rule, true, share, tuple(missed[:20])))
    return results


Derived = Iterator[tuple[str, Evidence]]


def _verbatim(item: Evidence, pool: list[Evidence]) -> Derived:
    yield stated(item), item


def _respelt(item: Evidence, pool: list[Evidence]) -> Derived:
    """3万元 as 三万元: the same amount."""
    text = re.sub(r"(?<![\d.])([1-9])(?=[万亿])", lambda m: NUMERALS[m[1]], stated(item))
    if text != stated(item):
        yield text, item


def _other_number(item: Evidence, pool: list[Evidence]) -> Derived:
    text = stated(item)
    match = re.search(r"(?<![\d.第])(\d+)(?=\s*(?:[万亿]?元|%|个月|年(?!代)|日|天|人|个工作日|家))", text)
    if match:
        other = str(int(match[1]) + (10 if len(match[1]) > 1 else 1))
        yield text[: match.start()] + other + text[match.end() :], item


def _other_bound(item: Evidence, pool: list[Evidence]) -> Derived:
    text = stated(item)
    for word, other in (("不超过", "不低于"), ("不低于", "不超过"), ("最高", "最低"), ("以上", "以下")):
        if re.search(rf"{word}\s*\d|\d[^，。；]{{0,4}}{word}", text):
            yield text.replace(word, other), item


def _other_direction(item: Evidence, pool: list[Evidence]) -> Derived:
    text = stated(item)
    for word, other in (
        ("不得", "可以"),
        ("取消", "保留"),
        ("免收", "收取"),
        ("不再", "继续"),
        ("允许", "不允许"),
    ):
        if word in text:
            yield text.replace(word, other), item


def _swapped(kind: lexicon.Kind) -> Callable[[Evidence, list[Evidence]], Derived]:
    terms = [term for term in lexicon.load() if term.kind == kind]

    def swapped(item: Evidence, pool: list[Evidence]) -> Derived:
        text = stated(item)
        held = lexicon.named(fold(text), kind)
        if not held or held[0].official not in text:
            return
        context = fold(f"{item.clause.text} {' '.join(item.clause.heading)}")
        others = [t for t in terms if t.official not in context and not any(s in context for s in t.short)]
        other = random.Random(text).choice(others)
        yield text.replace(held[0].official, other.official), item

    return swapped


def _miscited(item: Evidence, pool: list[Evidence]) -> Derived:
    others = [other for other in pool if other.clause.document != item.clause.document]
    if others:
        yield stated(item), random.Random(item.text).choice(others)


RULES: dict[str, tuple[bool, Callable[[Evidence, list[Evidence]], Derived]]] = {
    "verbatim sentence": (True, _verbatim),
    "amount in Chinese numerals": (True, _respelt),
    "another number": (False, _other_number),
    "another bound": (False, _other_bound),
    "another direction": (False, _other_direction),
    "another department": (False, _swapped("department")),
    "another group of people": (False, _swapped("group")),
    "cited to another clause": (False, _miscited),
}
