"""What the page shows of an answer: pure functions from events and answers to HTML.

`Shown` is one question with what is known of its answer so far, `after` folds the next event into it and
`turn_html` draws it. Everything that comes from a person, a document or a model is escaped by `words.safe`;
the page puts these strings on the screen as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.examples import Example
from rag.types import (
    Answer,
    Check,
    Claim,
    ClaimChecked,
    Document,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Language,
    Line,
    Metadata,
    Mode,
    Status,
    Turn,
    Understood,
)
from rag.wording import place_name, place_names
from ui.cards import card_html
from ui.feedback import form_html
from ui.words import safe, say, word

# A longer list of cards is folded: on a telephone ten open cards are a wall.
MOST_OPEN_CARDS = 3
MARK = re.compile(r"[\[【［]\s*(\d{1,3})\s*[\]】］]")
END_CHARS = 2
"""Characters of a claim that its marks stay on one line with; one would begin a line with a full stop."""
Documents = Mapping[str, Document]
# What can be done with an answer: name in `WORDS`, which is also what the page's script calls it.
ACTIONS = ("copy", "link", "print", "save")


@dataclass(frozen=True)
class Shown:
    """One question and what is known of its answer so far. `problem` stands in place of an answer."""

    question: str
    waiting: str = "searching"
    """The name in `WORDS` of what is going on until the answer is there."""
    language: Language = "zh-Hans"
    places: tuple[str, ...] = ()
    """The places that the question was understood to be about."""
    not_held: bool = False
    """Whether no document is held for any place asked about."""
    found: EvidenceFound | None = None
    checks: tuple[Check, ...] = ()
    draft: str = ""
    ahead: int = 0
    """How many other questions the language model answers first."""
    answer: Answer | None = None
    stopped: bool = False
    problem: str = ""
    chosen: str | None = None
    """The place chosen on the page, if any, and beside it the kind of answer: what asking again needs."""
    mode: Mode = "composed"
    whole: bool = False
    """Whether an overview was asked for with every support in it."""


def after(shown: Shown, event: Event, *, composing: bool) -> Shown:
    """`shown` with the next event of its answer; `composing` says whether a model is to reword it."""
    if isinstance(event, Understood):
        query = event.query
        not_held = bool(query.not_held) and not query.documents
        return replace(
            shown, waiting="searching", language=query.language, places=query.places, not_held=not_held
        )
    if isinstance(event, EvidenceFound):
        return replace(shown, waiting="rewording" if composing else "finishing", found=event)
    if isinstance(event, Draft):
        return replace(shown, draft=shown.draft + event.text, ahead=0)
    if isinstance(event, ClaimChecked):
        return replace(shown, draft="", checks=(*shown.checks, event.check))
    assert isinstance(event, Finished)
    return replace(shown, draft="", ahead=0, answer=event.answer, language=event.answer.language)


def history_of(shown: Iterable[Shown]) -> tuple[Turn, ...]:
    """The turns that a follow-up question refers to."""
    answered = [(turn.question, turn.answer) for turn in shown if turn.answer is not None]
    return tuple(
        part
        for question, answer in answered
        for part in (Turn("user", question), Turn("assistant", answer.text))
    )


def held_places(held: Iterable[Metadata]) -> tuple[str, ...]:
    """The places that documents are held for, each once, in the order of the documents."""
    return tuple(dict.fromkeys(metadata.place for metadata in held if metadata.place))


def place_choices(held: Iterable[Metadata], language: Language = "zh-Hans") -> list[tuple[str, str]]:
    """(shown, value) of the place chooser; the empty value leaves the place to the question."""
    places = [(place_name(place, language), place) for place in held_places(held)]
    return [(say("place_auto", language), ""), *places]


def ready_text(held: Iterable[Metadata], language: Language = "zh-Hans") -> str:
    """The line that says which places the page can speak about."""
    places = held_places(held)
    if not places:
        return say("none_held", language)
    return say("held", language) + place_names(places, language)


def example_questions(
    examples: Iterable[Example], held: Iterable[Metadata], language: Language = "zh-Hans"
) -> list[str]:
    """The questions to try in a language: one of each document, then its second; one of each place without any."""
    of_document: dict[str, list[str]] = {}
    for example in examples:
        if example.language == language:
            of_document.setdefault(example.document, []).append(example.question)
    if not of_document:
        places = (place_name(place, language).split(" (")[0] for place in held_places(held))
        return [say("try_place", language, place=place) for place in places]
    rows = zip_longest(*of_document.values())
    return [question for row in rows for question in row if question]


def banner_html(text: str, kind: str) -> str:
    """One line above the conversation; `kind` is "loading", "problem", "notice" or "ready"."""
    role = "alert" if kind == "problem" else "status"
    bar = '<div class="tw-bar"></div>' if kind == "loading" else ""
    return f'<div class="tw-banner tw-{kind}" role="{role}">{safe(text)}{bar}</div>' if text else ""


def copy_text(answer: Answer) -> str:
    """The answer as plain text with its citations, as it is copied."""
    citations = [f"[{mark}] {citation_text(item)}" for mark, item in enumerate(answer.citations, 1)]
    sources = [say("sources", answer.language), *citations] if citations else []
    return "\n".join([answer.question, "", answer.text, "", *sources, "", *answer.notices]).strip()


def citation_text(item: Evidence) -> str:
    """One citation in a line: place, title, 发文字号, clause and the verbatim quote."""
    metadata = item.metadata
    number = f"（{metadata.doc_number}）" if metadata.doc_number else ""
    title = metadata.title or metadata.document
    return (
        f"{metadata.place or ''}《{title}》{number} {item.clause.label}：「{' '.join(item.quote.split())}」"
    )


# -- one turn -------------------------------------------------------------------------------------


def conversation_html(
    turns: Sequence[Shown], documents: Documents | None = None, *, feedback: bool = False
) -> str:
    """The turns of a conversation, oldest first; `documents` are those that the cards show clauses of."""
    return "".join(
        turn_html(turn, number, documents, feedback=feedback) for number, turn in enumerate(turns, 1)
    )


def turn_html(
    shown: Shown, number: int, documents: Documents | None = None, *, feedback: bool = False
) -> str:
    """One question and its answer, with its evidence cards; `number` keeps its anchors apart from others'."""
    busy = ' aria-busy="true"' if shown.answer is None and not shown.problem else ""
    return (
        f'<section class="tw-turn" id="turn-{number}" data-question="{safe(shown.question)}"{busy}>'
        f'<h2 class="tw-question">{safe(shown.question)}</h2>'
        f"{_body(shown, number, documents or {}, feedback)}</section>"
    )


def _body(shown: Shown, number: int, documents: Documents, feedback: bool) -> str:
    if shown.problem:
        problem = f'<p class="tw-status tw-failed" role="alert">{safe(shown.problem)}</p>'
        return f'{problem}<div class="tw-actions">{_retry(shown)}</div>'
    if shown.answer is not None:
        finished = _finished(shown, shown.answer, number, feedback)
        return _columns(finished, _sources(shown.answer, number, documents))
    if shown.found is None:
        return _columns(_busy(shown), "")
    cards = _cards(shown.found.evidence, number, shown.language, documents)
    return _columns(_provisional(shown, shown.found, number), cards)


def _columns(answer: str, sources: str) -> str:
    if not sources:
        return f'<div class="tw-answer">{answer}</div>'
    return f'<div class="tw-columns"><div class="tw-answer">{answer}</div><aside>{sources}</aside></div>'


def _busy(shown: Shown) -> str:
    waiting = "in_line" if shown.ahead else shown.waiting
    text = word(waiting, shown.language, ahead=shown.ahead)
    return f'<p class="tw-status tw-busy" role="status">{text}{_scope(shown.places, shown.language)}</p>'


def _scope(places: Iterable[str], language: Language) -> str:
    named = [place for place in places if place]
    if not named:
        return ""
    return f'<span class="tw-scope">{word("scope", language)}{safe(place_names(named, language))}</span>'


def _provisional(shown: Shown, found: EvidenceFound, number: int) -> str:
    """The composed answer as it forms, above the documents' own sentences, which are there at once."""
    language = shown.language
    claims = [check.claim for check in shown.checks if check.claim is not None]
    draft = ""
    if shown.draft.strip():
        note = word("draft", language)
        draft = f'<p class="tw-draft"><span class="tw-note">{note}</span> {_marked(shown.draft, number)}</p>'
    formed = ""
    if shown.waiting == "rewording" and not shown.ahead:
        formed = f'<div class="tw-forming">{_lines(claims, number, language)}{draft}</div>'
    original = ""
    if found.lines:
        label = f'<p class="tw-note">{word("original", language)}</p>'
        original = f'<div class="tw-original">{label}{_lines(found.lines, number, language)}</div>'
    return f"{_busy(shown)}{formed}{original}"


def _finished(shown: Shown, answer: Answer, number: int, feedback: bool) -> str:
    language = answer.language
    status = answer.status.value
    spoken = answer.status in (Status.ANSWERED, Status.PARTLY, Status.WHICH_CITY)
    not_held = shown.not_held and answer.status is Status.NOT_COVERED
    outcome = f"<strong>{word('not_held' if not_held else status, language)}</strong>"
    scope = _scope(answer.scope if spoken else (), language)
    head = f'<p class="tw-status tw-{status}" role="status">{outcome}{scope}</p>'
    notices = [safe(notice) for notice in answer.notices]
    if shown.stopped:
        notices.insert(0, word("stopped", language))
    listed = "".join(f"<li>{notice}</li>" for notice in notices)
    tail = f'<ul class="tw-notices">{listed}</ul>' if listed else ""
    said = form_html(number, language) if feedback else ""
    more = _retry(shown, "show_more", whole=True) if answer.more else ""
    lines = _lines(answer.lines, number, language)
    return f"{head}{lines}{more}{tail}{_actions(shown, answer)}{said}"


def _actions(shown: Shown, answer: Answer) -> str:
    """What can be done with an answer; the text to copy stands beside, hidden."""
    language = answer.language
    place = answer.scope[0] if len(answer.scope) == 1 else ""
    buttons = "".join(
        f'<button type="button" class="tw-do" data-do="{name}">{word(name, language)}</button>'
        for name in ACTIONS
    )
    told = f'data-copied="{word("copied", language)}" data-linked="{word("linked", language)}"'
    return (
        f'<div class="tw-actions" data-place="{safe(place)}" {told}>{buttons}{_retry(shown)}'
        f'<textarea class="tw-copy" hidden readonly>{safe(copy_text(answer))}</textarea></div>'
    )


def _retry(shown: Shown, name: str = "retry", *, whole: bool = False) -> str:
    return (
        f'<button type="button" class="tw-do" data-ask="select" data-question="{safe(shown.question)}"'
        f' data-whole="{"yes" if whole or shown.whole else ""}">{word(name, shown.language)}</button>'
    )


def _lines(lines: Iterable[Line], number: int, language: Language) -> str:
    return "".join(
        _claim(line, number, language)
        if isinstance(line, Claim)
        else f'<p class="tw-framing">{safe(line.text)}</p>'
        for line in lines
    )


def _claim(claim: Claim, number: int, language: Language) -> str:
    body, end = claim.text[:-END_CHARS], claim.text[-END_CHARS:]
    marks = _marks(claim.marks, number, language)
    return f'<p class="tw-claim">{safe(body)}<span class="tw-end">{safe(end)}{marks}</span></p>'


def _marks(marks: Iterable[int], number: int, language: Language) -> str:
    return "".join(_mark(mark, number, word("mark", language)) for mark in marks)


def _mark(mark: int, number: int, title: str) -> str:
    card = _card_id(number, str(mark))
    label = f'title="{title}" aria-label="{title} {mark}"'
    return f'<a class="tw-mark" href="#{card}" data-card="{card}" {label}>{mark}</a>'


def _marked(draft: str, number: int) -> str:
    """Drafted text with its marks as links; the text between them is escaped piece by piece."""
    parts = MARK.split(draft)
    return "".join(_mark(int(part), number, "") if i % 2 else safe(part) for i, part in enumerate(parts))


def _sources(answer: Answer, number: int, documents: Documents) -> str:
    language = answer.language
    cards = _cards(answer.citations, number, language, documents)
    if not answer.nearest:
        return cards
    near = "".join(
        card_html(
            item,
            say("near", language),
            _card_id(number, f"n{i}"),
            language,
            documents.get(item.metadata.document),
            opened=True,
        )
        for i, item in enumerate(answer.nearest, 1)
    )
    return f'{cards}<h3 class="tw-heading">{word("nearest", language)}</h3>{near}'


def _cards(evidence: Sequence[Evidence], number: int, language: Language, documents: Documents) -> str:
    if not evidence:
        return ""
    cards = "".join(
        card_html(
            item,
            str(mark),
            _card_id(number, str(mark)),
            language,
            documents.get(item.metadata.document),
            opened=len(evidence) <= MOST_OPEN_CARDS,
        )
        for mark, item in enumerate(evidence, 1)
    )
    return f'<h3 class="tw-heading">{word("sources", language)}</h3>{cards}'


def _card_id(number: int, mark: str) -> str:
    return f"turn-{number}-card-{mark}"
