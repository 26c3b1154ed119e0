"""The documents held, by place: what each says of itself, its clauses to browse and search, the original beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import gradio as gr

from rag import token
from rag.config import Settings
from rag.fold import fold, to_simplified
from rag.retrieve import label_matches
from rag.types import Clause, Language, Metadata, Reading
from rag.wording import place_name
from ui import original, staff
from ui.desk import Desk
from ui.parts import ASKS, QUIET, Parts
from ui.reading import reading_of
from ui.words import departments_text, language_of, safe, say, word

MAX_WORDS_CHARS = 60
OPENING_CHARS = 36
LABEL = re.compile(r"[\dA-Za-z][\w.~-]{0,20}")
VIEWS = ("tree", "sides")


class Documents:
    """The components of the view and what happens between them; made inside a Gradio page."""

    def __init__(self, desk: Desk, settings: Settings | None, language: gr.Radio) -> None:
        self.desk = desk
        self.parts = Parts()
        self.parts.html(lambda lang: f'<p class="tw-lead">{word("documents_lead", lang)}</p>')
        self.document = gr.State("")
        self.shelf = gr.HTML(apply_default_css=False, js_on_load=ASKS, elem_id="shelf")
        self.facts = gr.HTML(apply_default_css=False, js_on_load=ASKS)
        with gr.Row(elem_id="looking", visible=False) as self.looking:
            self.words = gr.Textbox(
                show_label=False, container=False, max_length=MAX_WORDS_CHARS, elem_id="words", scale=1
            )
            self.view = gr.Radio(
                _views("zh-Hans"),
                value="tree",
                show_label=False,
                container=False,
                elem_id="view",
                elem_classes="tw-chips",
                min_width=0,
                scale=0,
            )
        self.text = gr.HTML(apply_default_css=False, js_on_load=ASKS, elem_id="text")
        self.parts.add(
            self.words,
            lambda lang: gr.Textbox(
                label=say("search_document", lang), placeholder=say("search_document", lang)
            ),
        )
        self.parts.add(self.view, lambda lang: gr.Radio(choices=_views(lang), label=say("view", lang)))
        if settings is not None:
            self.parts.html(lambda lang: staff.panel_html(lang, on=token.exists(settings.home)))
        self.changing = [self.shelf, self.document, self.facts, self.looking, self.text]
        chosen = [self.document, self.words, self.view, language]
        for list_or_facts in (self.shelf, self.facts):
            list_or_facts.select(self.choose, chosen[1:], self.changing, queue=False, **QUIET)
        gr.on(
            [self.words.change, self.view.input],
            self.look,
            chosen,
            self.text,
            queue=False,
            trigger_mode="always_last",
            **QUIET,
        )

    def _reading(self, name: str) -> Reading | None:
        loaded = self.desk.opening.loaded
        document = loaded.documents.get(name) if loaded else None
        return reading_of(document) if document else None

    def choose(self, words: str, view: str, language: str, event: gr.EventData) -> list[Any]:
        """The document that was tapped, or all of them again."""
        data = getattr(event, "_data", None)
        name = str(data.get("document", "")) if isinstance(data, dict) else ""
        return self.in_language(name, words, view, language_of(language))

    def look(self, name: str, words: str, view: str, language: str) -> str:
        """The document's clauses, or its two texts side by side."""
        lang = language_of(language)
        reading = self._reading(name)
        if reading is None:
            return ""
        if view == "sides":
            return original.side_by_side_html(reading, lang)
        return tree_html(reading, (words or "")[:MAX_WORDS_CHARS], lang)

    def in_language(self, name: str, words: str, view: str, language: Language) -> list[Any]:
        """All that changes with the document, the language, or once the documents are known."""
        loaded = self.desk.opening.loaded
        reading = self._reading(name)
        if reading is None:
            shelf = shelf_html(loaded.held if loaded else (), language)
            return [gr.HTML(shelf, visible=True), "", "", gr.Row(visible=False), ""]
        facts = facts_html(reading.metadata, len(reading.clauses), language)
        text = self.look(name, words, view, language)
        return [gr.HTML(visible=False), name, facts, gr.Row(visible=True), text]


def _views(language: Language) -> list[tuple[str, str]]:
    return [(say(f"view_{name}", language), name) for name in VIEWS]


def shelf_html(held: Iterable[Metadata], language: Language) -> str:
    """The documents held, by place, each a button with number, date and validity."""
    listed = sorted(held, key=lambda m: (m.place is None, m.place or "", m.document))
    return "".join(
        f'<h3 class="tw-place">{safe(place_name(place, language)) if place else word("no_place", language)}</h3>'
        + "".join(_document_html(metadata, language) for metadata in under)
        for place, under in groupby(listed, key=lambda m: m.place)
    )


def _document_html(metadata: Metadata, language: Language) -> str:
    dated = metadata.date_issued or metadata.date_posted or say("undated", language)
    facts = [metadata.doc_number or "", f"{say('date', language)} {dated}"]
    if metadata.valid_until:
        facts.append(f"{say('valid_until', language)} {metadata.valid_until}")
    elif metadata.horizon_year:
        facts.append(f"{say('horizon', language)} {metadata.horizon_year}")
    told = "".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)
    return (
        f'<button type="button" class="tw-document" data-ask="select" data-document="{safe(metadata.document)}">'
        f'<b lang="zh-Hans">{safe(metadata.title or metadata.document)}</b><small>{told}</small></button>'
    )


def facts_html(metadata: Metadata, clauses: int, language: Language) -> str:
    """What a document says about itself."""
    rows = [
        ("title", metadata.title or ""),
        ("document_number", metadata.doc_number or ""),
        ("issuers", "、".join(metadata.issuers)),
        ("date", metadata.date_issued or metadata.date_posted or say("undated", language)),
        ("valid_until", metadata.valid_until or ""),
        ("horizon", str(metadata.horizon_year or "")),
        ("file", metadata.document),
    ]
    listed = "".join(
        f"<dt>{word(name, language)}</dt><dd>{safe(value)}</dd>" for name, value in rows if value
    )
    count = word("clause_count", language, count=clauses)
    back = word("all_documents", language)
    return (
        f'<button type="button" class="tw-do" data-ask="select" data-document="">← {back}</button>'
        f'<dl class="tw-facts">{listed}<dt>{word("view_tree", language)}</dt><dd>{count}</dd></dl>'
    )


def tree_html(reading: Reading, words: str, language: Language) -> str:
    """The clauses under their headings; with words given only those that hold them, opened and marked."""
    wanted = to_simplified(words.strip())
    found = [clause for clause in reading.clauses if not wanted or holds(clause, wanted)]
    told = ""
    if wanted:
        count = word("hits", language, count=len(found), words=words.strip())
        told = f'<p class="tw-status" role="status">{count}</p>'
    listed = "".join(
        _heading(heading) + "".join(_clause_html(clause, wanted, language) for clause in under)
        for heading, under in groupby(found, key=_above)
    )
    return f'{told}<div class="tw-tree">{listed}</div>'


def holds(clause: Clause, words: str) -> bool:
    """Whether a clause has that number, or its text, heading or departments hold all of the words."""
    if LABEL.fullmatch(words) and label_matches(clause.label, words):
        return True
    text = fold(" ".join([clause.text, *clause.heading, departments_text(clause.departments)]))
    return all(each in text for each in fold(words).split())


def _own_title(clause: Clause) -> str:
    """The printed title that a clause opens with, if it has one of its own."""
    if not clause.heading:
        return ""
    title = fold(clause.heading[-1])
    return clause.heading[-1] if title in fold(clause.text)[: len(title) + 12] else ""


def _above(clause: Clause) -> tuple[str, ...]:
    """The headings that a clause stands under, without its own title."""
    return clause.heading[:-1] if _own_title(clause) else clause.heading


def _heading(heading: Sequence[str]) -> str:
    return f'<h4 lang="zh-Hans">{safe(to_simplified(" › ".join(heading)))}</h4>' if heading else ""


def _clause_html(clause: Clause, words: str, language: Language) -> str:
    title = to_simplified(_own_title(clause)) or _opening(clause.text)
    departments = departments_text(clause.departments)
    below = (
        f'<p class="tw-note">{word("departments", language)} · {safe(departments)}</p>' if departments else ""
    )
    span = f'data-start="{clause.span.start}" data-end="{clause.span.end}"'
    button = (
        f'<button type="button" class="tw-do" data-ask="click" data-document="{safe(clause.document)}" {span} '
        f'data-language="{language}">{word("see_original", language)}</button>'
    )
    return (
        f'<details{" open" if words else ""}><summary><span class="tw-label">{safe(clause.label)}</span>'
        f'<span lang="zh-Hans">{safe(title)}</span></summary>'
        f'<p lang="zh-Hans">{_marked(clause.text, words)}</p>{below}{button}</details>'
    )


def _opening(text: str) -> str:
    """The beginning of a clause without a title, as its line in the tree."""
    line = text.strip().splitlines()[0]
    return line if len(line) <= OPENING_CHARS else line[:OPENING_CHARS] + "…"


def _marked(text: str, words: str) -> str:
    """Clause text, escaped, with the words searched for marked."""
    sought = [re.escape(each) for each in words.split()]
    if not sought:
        return safe(text)
    parts = re.split(f"({'|'.join(sought)})", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{safe(part)}</mark>" if i % 2 else safe(part) for i, part in enumerate(parts))
