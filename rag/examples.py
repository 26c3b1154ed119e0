"""Examples: questions to try, made from the held documents' own clauses, kept only if they are answered.

    home/examples.json       {sha256 of a document: [[language, question], ...]}

A question is put together from what one sentence of a clause names: a support of the lexicon, a group of
people, an amount. It is kept if the answer, in the documents' own sentences, cites that very clause. What is
known of a document is kept while the document stays as it is, so that an added one costs only its own.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rag import finder, lexicon
from rag.answer import Answerer
from rag.fold import fold, to_traditional
from rag.index import Index
from rag.store import write_json
from rag.types import Clause, Language, Status
from rag.wording import place_name

log = logging.getLogger(__name__)

FILE = "examples.json"
EACH = 2
"""Questions kept of a document, in each language."""
MOST_TRIED = 12
"""Questions tried for a document, in each language; each takes a tenth of a second."""
MOST_DOCUMENTS = 40
"""Documents that one build makes questions for, so that a large library is not held up; the next goes on."""
LANGUAGES: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "en")
# (what the sentence has to name, Chinese, English); the first that fit are tried first.
SHAPES: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"amount", "group"}),
        "我是{group}，在{place}申请{support}，最高多少钱？",
        "{support} in {place}: how much can {group} get?",
    ),
    (
        frozenset({"amount"}),
        "{place}的{support}最高多少钱？",
        "{support} in {place}: how much is it at most?",
    ),
    (
        frozenset({"group"}),
        "{place}对{group}的{support}是怎么规定的？",
        "{support} in {place}: what is there for {group}?",
    ),
    (frozenset(), "{place}的{support}找哪个部门办？", "{support} in {place}: which department handles it?"),
)
# Supports that are a sum of money, and a sum of money.
PAID = re.compile(r"贷款|信贷|补贴|补助|奖励|奖补|资助|津贴")
MONEY = re.compile(r"\d[\d,.]*\s*[万亿千百]?元|[一二三四五六七八九十百千万]+元")
Progress = Callable[[str, int, int], None]


class Example(NamedTuple):
    """A question to try about a document, in the language that it is asked in."""

    document: str
    language: Language
    question: str


def load(home: Path, index: Index) -> tuple[Example, ...]:
    """The examples of the documents in use; none where they were never made or the file is damaged."""
    known = _known(home)
    return tuple(
        Example(name, language, question)
        for name, document in index.documents.items()
        for language, question in known.get(document.sha256, ())
        if language in LANGUAGES
    )


def update(home: Path, answerer: Answerer, *, progress: Progress | None = None) -> tuple[Example, ...]:
    """Make the examples of the documents that have none yet, and drop those of documents no longer held."""
    index = answerer.index
    known = _known(home)
    hashes = {name: document.sha256 for name, document in index.documents.items()}
    made = {sha256: known[sha256] for sha256 in hashes.values() if sha256 in known}
    missing = [name for name, sha256 in hashes.items() if sha256 not in known][:MOST_DOCUMENTS]
    for done, name in enumerate(missing, 1):
        made[hashes[name]] = [
            (language, question) for language in LANGUAGES for question in _of(name, language, answerer)
        ]
        if progress is not None:
            progress("questions", done, len(missing))
    write_json(
        home / FILE, {sha256: [list(pair) for pair in pairs] for sha256, pairs in sorted(made.items())}
    )
    return load(home, index)


def _known(home: Path) -> dict[str, list[tuple[Language, str]]]:
    path = home / FILE
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(key): [(language, str(text)) for language, text in pairs] for key, pairs in content.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("%s is made anew: %s", path, error)
        return {}


def _of(document: str, language: Language, answerer: Answerer) -> list[str]:
    """The questions about one document that are answered from the clause they were made of."""
    kept: list[str] = []
    used: set[str] = set()
    for tried, (question, clause) in enumerate(_candidates(document, language, answerer.index)):
        if tried == MOST_TRIED or len(kept) == EACH:
            break
        if clause.id in used:
            continue
        answer = answerer.answer(question, mode="extractive")
        cited = {item.clause.id for item in answer.citations}
        if answer.status is Status.ANSWERED and clause.id in cited:
            kept.append(question)
            used.add(clause.id)
    return kept


def _candidates(document: str, language: Language, index: Index) -> Iterator[tuple[str, Clause]]:
    """Questions with the clause each is made of; those that name most come first."""
    place = index.metadata[document].place
    if not place:
        return
    found = [f for f in finder.find(index, place) if f.granted and f.evidence.metadata.document == document]
    for needed, chinese, english in SHAPES:
        for finding in found:
            names = _names(finding.evidence.text, language)
            if "support" not in names or not needed <= names.keys():
                continue
            shape = english if language == "en" else chinese
            question = shape.format(place=_place(place, language), **names)
            question = question[0].upper() + question[1:]
            yield (to_traditional(question) if language == "zh-Hant" else question), finding.evidence.clause


def _names(text: str, language: Language) -> dict[str, str]:
    """What a sentence names, in the words of a language: support, group, and whether there is an amount."""
    folded = fold(text)
    supports = lexicon.named(folded, "support")
    groups = [term for term in lexicon.named(folded, "group") if finder.groups_named(term.official)]
    names = {}
    if supports:
        support = max(supports, key=lambda term: len(term.official))
        names["support"] = support.english[0] if language == "en" else support.official
        if PAID.search(support.official) and MONEY.search(folded):
            names["amount"] = ""
    if groups:
        names["group"] = _article(groups[0].english[0]) if language == "en" else groups[0].official
    return names


def _article(noun: str) -> str:
    """The noun with its article, where it takes one: an executive, a veteran, but technical personnel."""
    if re.search(r"(?:personnel|staff|people|talent)$", noun):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _place(place: str, language: Language) -> str:
    return place_name(place, "en").split(" (")[0] if language == "en" else place
