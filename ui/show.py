"""What the page shows of an answer: pure functions from events and answers to HTML.

`Shown` is one question with what is known of its answer so far, `after` folds the next event into it and
`turn_html` draws it. Everything that comes from a person, a document or a model is escaped here, in `_safe`,
and nowhere else; the page puts these strings on the screen as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.types import (
    Answer,
    Check,
    Claim,
    ClaimChecked,
    Department,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Language,
    Line,
    Metadata,
    Status,
    Turn,
    Understood,
)
from rag.wording import in_script, place_name, place_names

# A longer list of cards is folded: on a telephone ten open cards are a wall.
MOST_OPEN_CARDS = 4

# What the page itself says: name -> (Chinese, English). Traditional is converted.
WORDS: dict[str, tuple[str, str]] = {
    "answered": ("有文件依据", "Backed by the documents"),
    "partly": ("文件只规定了一部分", "Only partly covered"),
    "which_city": ("各地规定不同", "Depends on the place"),
    "not_covered": ("文件没有规定", "Not covered by the documents"),
    "not_held": ("没有收录这个地方的文件", "No document of that place is held"),
    "refused": ("不能回答", "Cannot be answered"),
    "failed": ("出错了", "Something went wrong"),
    "searching": ("正在查文件…", "Searching the documents…"),
    "loading": ("正在载入模型，载好后马上回答…", "Loading the models; the answer follows at once…"),
    "rewording": ("正在用通俗的话改写…", "Putting it in plain words…"),
    "finishing": ("正在整理…", "Finishing…"),
    "draft": ("草稿，核对中", "Draft, being checked"),
    "original": ("文件原句（先供参考）", "The documents’ own sentences meanwhile"),
    "stopped": ("已停止，以上是停止时的回答。", "Stopped; this is the answer as it stood."),
    "sources": ("依据", "Sources"),
    "nearest": ("最相近的条文（没有直接规定您问的事）", "Nearest clauses (they do not answer the question)"),
    "near": ("相近", "Near"),
    "scope": ("所答地方：", "Answered for: "),
    "clause": ("条款", "Clause"),
    "heading": ("章节", "Section"),
    "title": ("文件", "Document"),
    "document_number": ("文号", "Number"),
    "date": ("日期", "Date"),
    "undated": ("未标明", "not stated"),
    "departments": ("责任部门", "Departments"),
    "quote": ("原文", "Verbatim"),
    "mark": ("看依据", "see source"),
}
# What a person reads when no answer can be given at all.
PROBLEMS: dict[str, str] = {
    "index": "还没有可用的索引：请在服务器上运行 tiaowen build，然后刷新本页。 "
    "No usable index: run `tiaowen build` on the server, then reload.",
    "model": "模型还没有准备好：请在服务器上运行 tiaowen models fetch，然后刷新本页。 "
    "A model is missing: run `tiaowen models fetch` on the server, then reload.",
    "other": "服务没有启动成功，原因在服务器日志里；处理后请刷新本页。 "
    "The service did not start; the log on the server says why. Mend it, then reload.",
    "blank": "请先写下您的问题。 Please type a question first.",
    "input": "这个问题没法回答，请换个说法再问。 This cannot be asked like that.",
    "stopped": "已停止。 Stopped.",
    "failed": "回答时出了错，请再试一次。 Something went wrong; please try again.",
}
LOADING = "正在载入模型… 已 {seconds} 秒，可以先提问。 Loading the models; you may ask already."
NO_LANGUAGE_MODEL = (
    "语言模型没有装好，现在只给出文件原句。 The language model is missing: answers are the documents’ own "
    "sentences. 补装 To install: tiaowen models fetch"
)
MARK = re.compile(r"[\[【［]\s*(\d{1,3})\s*[\]】］]")


@dataclass(frozen=True)
class Shown:
    """One question and what is known of its answer so far. `problem` stands in place of an answer."""

    question: str
    waiting: str = "searching"
    """The name in `WORDS` of what is going on until the answer is there."""
    language: Language = "zh-Hans"
    not_held: bool = False
    """Whether no document is held for any place asked about."""
    found: EvidenceFound | None = None
    checks: tuple[Check, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    stopped: bool = False
    problem: str = ""


def after(shown: Shown, event: Event, *, composing: bool) -> Shown:
    """`shown` with the next event of its answer; `composing` says whether a model is to reword it."""
    if isinstance(event, Understood):
        query = event.query
        not_held = bool(query.not_held) and not query.documents
        return replace(shown, waiting="searching", language=query.language, not_held=not_held)
    if isinstance(event, EvidenceFound):
        return replace(shown, waiting="rewording" if composing else "finishing", found=event)
    if isinstance(event, Draft):
        return replace(shown, draft=shown.draft + event.text)
    if isinstance(event, ClaimChecked):
        return replace(shown, draft="", checks=(*shown.checks, event.check))
    assert isinstance(event, Finished)
    return replace(shown, draft="", answer=event.answer, language=event.answer.language)


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


def place_choices(held: Iterable[Metadata]) -> list[tuple[str, str]]:
    """(shown, value) of the place chooser; the empty value leaves the place to the question."""
    return [("地方：自动 Auto", ""), *((place, place) for place in held_places(held))]


def conversation_html(turns: Sequence[Shown]) -> str:
    """The turns of a conversation, oldest first."""
    return "".join(turn_html(turn, number) for number, turn in enumerate(turns, 1))


def turn_html(shown: Shown, number: int) -> str:
    """One question and its answer, with its evidence cards; `number` keeps its anchors apart from others'."""
    return (
        f'<section class="tw-turn" id="turn-{number}">'
        f'<h2 class="tw-question">{_safe(shown.question)}</h2>{_body(shown, number)}</section>'
    )


def banner_html(text: str, kind: str) -> str:
    """One line above the conversation; `kind` is "loading", "problem", "notice" or "ready"."""
    role = "alert" if kind == "problem" else "status"
    bar = '<div class="tw-bar"></div>' if kind == "loading" else ""
    return f'<div class="tw-banner tw-{kind}" role="{role}">{_safe(text)}{bar}</div>' if text else ""


def ready_text(held: Iterable[Metadata]) -> str:
    """The line that says which places the page can speak about."""
    places = held_places(held)
    if not places:
        return "还没有收录任何文件。 No document is held yet."
    return f"已收录 Held：{place_names(places, 'zh-Hans')}"


# -- one turn -------------------------------------------------------------------------------------


def _body(shown: Shown, number: int) -> str:
    if shown.problem:
        return f'<p class="tw-status tw-failed" role="alert">{_safe(shown.problem)}</p>'
    if shown.answer is not None:
        return _columns(_finished(shown, shown.answer, number), _sources(shown.answer, number))
    if shown.found is None:
        return _columns(_busy(shown), "")
    cards = _cards(shown.found.evidence, number, shown.language, open_all=True)
    return _columns(_provisional(shown, shown.found, number), cards)


def _columns(answer: str, sources: str) -> str:
    if not sources:
        return f'<div class="tw-answer">{answer}</div>'
    return f'<div class="tw-columns"><div class="tw-answer">{answer}</div><aside>{sources}</aside></div>'


def _busy(shown: Shown) -> str:
    return f'<p class="tw-busy" role="status">{_word(shown.waiting, shown.language)}</p>'


def _provisional(shown: Shown, found: EvidenceFound, number: int) -> str:
    """The composed answer as it forms, above the documents' own sentences, which are there at once."""
    claims = [check.claim for check in shown.checks if check.claim is not None]
    draft = ""
    if shown.draft.strip():
        note = _word("draft", shown.language)
        draft = f'<p class="tw-draft"><span class="tw-note">{note}</span> {_marked(shown.draft, number)}</p>'
    formed = _lines(claims, number, shown.language) + draft
    original = ""
    if found.lines:
        label = f'<p class="tw-note">{_word("original", shown.language)}</p>'
        original = f'<div class="tw-original">{label}{_lines(found.lines, number, shown.language)}</div>'
    return f"{_busy(shown)}{formed}{original}"


def _finished(shown: Shown, answer: Answer, number: int) -> str:
    language = answer.language
    status = answer.status.value
    scope = ""
    if any(answer.scope) and answer.status in (Status.ANSWERED, Status.PARTLY, Status.WHICH_CITY):
        places = place_names([place for place in answer.scope if place], language)
        scope = f'<span class="tw-scope">{_word("scope", language)}{_safe(places)}</span>'
    not_held = shown.not_held and answer.status is Status.NOT_COVERED
    word = f"<strong>{_word('not_held' if not_held else status, language)}</strong>"
    head = f'<p class="tw-status tw-{status}" role="status">{word}{scope}</p>'
    notices = [_safe(notice) for notice in answer.notices]
    if shown.stopped:
        notices.insert(0, _word("stopped", language))
    listed = "".join(f"<li>{notice}</li>" for notice in notices)
    tail = f'<ul class="tw-notices">{listed}</ul>' if listed else ""
    return f"{head}{_lines(answer.lines, number, language)}{tail}"


def _lines(lines: Iterable[Line], number: int, language: Language) -> str:
    return "".join(
        f'<p class="tw-claim">{_safe(line.text)}{_marks(line.marks, number, language)}</p>'
        if isinstance(line, Claim)
        else f'<p class="tw-framing">{_safe(line.text)}</p>'
        for line in lines
    )


def _marks(marks: Iterable[int], number: int, language: Language) -> str:
    return "".join(_mark(mark, number, _word("mark", language)) for mark in marks)


def _mark(mark: int, number: int, title: str) -> str:
    card = _card_id(number, str(mark))
    label = f'title="{title}" aria-label="{title} {mark}"'
    return f'<a class="tw-mark" href="#{card}" data-card="{card}" {label}>{mark}</a>'


def _marked(draft: str, number: int) -> str:
    """Drafted text with its marks as links; the text between them is escaped piece by piece."""
    parts = MARK.split(draft)
    return "".join(_mark(int(part), number, "") if i % 2 else _safe(part) for i, part in enumerate(parts))


# -- the cards ------------------------------------------------------------------------------------


def _sources(answer: Answer, number: int) -> str:
    language = answer.language
    cards = _cards(answer.citations, number, language, open_all=len(answer.citations) <= MOST_OPEN_CARDS)
    if not answer.nearest:
        return cards
    near = "".join(
        _card(item, _word("near", language), _card_id(number, f"n{i}"), language, opened=True)
        for i, item in enumerate(answer.nearest, 1)
    )
    return f'{cards}<h3 class="tw-heading">{_word("nearest", language)}</h3>{near}'


def _cards(evidence: Sequence[Evidence], number: int, language: Language, *, open_all: bool) -> str:
    if not evidence:
        return ""
    cards = "".join(
        _card(item, str(mark), _card_id(number, str(mark)), language, opened=open_all)
        for mark, item in enumerate(evidence, 1)
    )
    return f'<h3 class="tw-heading">{_word("sources", language)}</h3>{cards}'


def _card_id(number: int, mark: str) -> str:
    return f"turn-{number}-card-{mark}"


def _card(item: Evidence, mark: str, card: str, language: Language, *, opened: bool) -> str:
    """A card: number, place, clause, verbatim quote, title, 发文字号, date, heading path, departments."""
    metadata, clause = item.metadata, item.clause
    place = _safe(place_name(metadata.place, language)) if metadata.place else ""
    lang = "zh-Hant" if metadata.script == "traditional" else "zh-Hans"
    rows = [
        ("title", metadata.title or metadata.document),
        ("document_number", metadata.doc_number or ""),
        ("date", metadata.date_issued or metadata.date_posted or _plain("undated", language)),
        ("heading", " › ".join(clause.heading)),
        ("departments", departments_text(clause.departments)),
    ]
    facts = "".join(
        f"<div><dt>{_word(name, language)}</dt><dd>{_safe(value)}</dd></div>" for name, value in rows if value
    )
    leaf = f'<span class="tw-leaf" lang="{lang}">{_safe(clause.heading[-1])}</span>' if clause.heading else ""
    return (
        f'<details class="tw-card" id="{card}"{" open" if opened else ""}>'
        f'<summary><span class="tw-number">{mark}</span><span class="tw-where">'
        f"<b>{place}</b> {_word('clause', language)} {_safe(clause.label)}</span>{leaf}</summary>"
        f'<blockquote lang="{lang}" aria-label="{_word("quote", language)}">{_safe(item.quote)}</blockquote>'
        f'<dl lang="{lang}">{facts}</dl></details>'
    )


def departments_text(departments: Iterable[Department]) -> str:
    """The departments in one line, each with its role where the text names one."""
    return "、".join(f"{d.name}（{d.role}）" if d.role else d.name for d in departments)


def _word(name: str, language: Language) -> str:
    return _safe(_plain(name, language))


def _plain(name: str, language: Language) -> str:
    chinese, english = WORDS[name]
    return english if language == "en" else in_script(chinese, language)


def _safe(text: str) -> str:
    """`text` as HTML that shows it and does nothing else."""
    return html.escape(text, quote=True)
