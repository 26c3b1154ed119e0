"""The support finder: place, who one is and what for, as chips; below them what applies, each with its card."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import gradio as gr

from rag import finder
from rag.finder import Finding
from rag.types import Language
from rag.wording import in_script, kind_name, place_name, term_names
from ui import show
from ui.cards import card_html
from ui.desk import Desk
from ui.parts import ASKS, QUIET, Parts
from ui.show import Documents
from ui.words import language_of, safe, say, word


class Finder:
    """The components of the view and what happens between them; made inside a Gradio page."""

    def __init__(self, desk: Desk, language: gr.Radio) -> None:
        self.desk = desk
        self.parts = Parts()
        self.parts.html(lambda lang: f'<p class="tw-lead">{word("finder_lead", lang)}</p>')
        chips: dict[str, Any] = {"elem_classes": "tw-chips"}
        self.place = gr.Radio([], label=say("place", "zh-Hans"), elem_id="finder-place", **chips)
        self.group = gr.Radio([], visible=False, elem_id="finder-group", **chips)
        self.kind = gr.Radio([], visible=False, elem_id="finder-kind", **chips)
        self.results = gr.HTML(
            apply_default_css=False, js_on_load=ASKS, elem_id="found", elem_classes="tw-results"
        )
        self.changing = [self.place, self.group, self.kind, self.results]
        chosen = [self.place, self.group, self.kind, language]
        self.place.input(self.choose_place, [self.place, language], self.changing[1:], queue=False, **QUIET)
        gr.on([self.group.input, self.kind.input], self.search, chosen, self.results, queue=False, **QUIET)

    def choose_place(self, place: str, language: str) -> list[Any]:
        """Groups, kinds and results of a place that has just been chosen."""
        return self._of_place(place, "", "", language_of(language))

    def search(self, place: str, group: str, kind: str, language: str) -> str:
        loaded = self.desk.opening.loaded
        lang = language_of(language)
        if loaded is None or loaded.index is None or not place:
            return f'<p class="tw-note">{word("choose_place", lang)}</p>'
        found = finder.find(loaded.index, place, group or None, kind or None)
        return results_html(found, place, group or None, loaded.documents, lang)

    def in_language(self, place: str, group: str | None, kind: str | None, language: Language) -> list[Any]:
        """All that changes with the language or once the documents are known."""
        loaded = self.desk.opening.loaded
        held = show.held_places(loaded.held) if loaded else ()
        choices = [(place_name(each, language), each) for each in held]
        chosen = place if place in held else None
        places = gr.Radio(choices=choices, value=chosen, label=say("place", language))
        return [places, *self._of_place(chosen or "", group, kind, language)]

    def _of_place(self, place: str, group: str | None, kind: str | None, language: Language) -> list[Any]:
        loaded = self.desk.opening.loaded
        if loaded is None or loaded.index is None or not place:
            hidden = gr.Radio(visible=False)
            return [hidden, hidden, f'<p class="tw-note">{word("choose_place", language)}</p>']
        offered = finder.choices(loaded.index, place)
        groups = [
            (say("anyone", language), ""),
            *((finder.group_name(g, language), g) for g, _ in offered.groups),
        ]
        kinds = [(say("anything", language), ""), *((kind_name(k, language), k) for k, _ in offered.kinds)]
        group = group if group in dict(offered.groups) else ""
        kind = kind if kind in dict(offered.kinds) else ""
        return [
            gr.Radio(choices=groups, value=group, label=say("who", language), visible=True),
            gr.Radio(choices=kinds, value=kind, label=say("what_for", language), visible=True),
            self.search(place, group, kind, language),
        ]


def results_html(
    found: Sequence[Finding], place: str, group: str | None, documents: Documents, language: Language
) -> str:
    """What was found, that which names somebody apart from that which does not, each grouped by kind."""
    if not found:
        return f'<p class="tw-status" role="status">{word("none_found", language)}</p>'
    count = word("found_count", language, place=place_name(place, language), count=len(found))
    named = [each for each in found if each.reason != "unknown"]
    unknown = [each for each in found if each.reason == "unknown"]
    title = (
        word("for_group", language, group=finder.group_name(group, language))
        if group
        else word("for_named", language)
    )
    numbers = {id(each): number for number, each in enumerate(found, 1)}
    parts = [f'<p class="tw-status" role="status"><strong>{count}</strong></p>']
    if named:
        parts.append(f"<h3>{title}</h3>{_by_kind(named, numbers, documents, language)}")
    if unknown:
        note = f'<p class="tw-note">{word("unknown_note", language)}</p>'
        listed = _by_kind(unknown, numbers, documents, language)
        title = f"{word('for_unknown', language)} ({len(unknown)})"
        parts.append(
            f'<details class="tw-unknown"><summary><h3>{title}</h3></summary>{note}{listed}</details>'
            if named and group
            else f"<h3>{title}</h3>{note}{listed}"
        )
    return "".join(parts)


def _by_kind(
    found: Sequence[Finding], numbers: dict[int, int], documents: Documents, language: Language
) -> str:
    return "".join(
        f"<h4>{safe(kind_name(kind, language))}</h4>"
        + "".join(_found_html(each, numbers[id(each)], documents, language) for each in of_kind)
        for kind, of_kind in groupby(found, key=lambda each: each.kind)
    )


def _found_html(found: Finding, number: int, documents: Documents, language: Language) -> str:
    standing = "granted" if found.granted else "intended"
    named = term_names(found.named, language)
    document = documents.get(found.evidence.metadata.document)
    card = card_html(found.evidence, str(number), f"found-{number}", language, document, opened=False)
    return (
        f'<article class="tw-found tw-{standing}"><div><p class="tw-claim">{safe(in_script(found.line, language))}</p>'
        f'<p class="tw-why"><b>{word(standing, language)}</b>'
        f"<span>{word(f'why_{found.reason}', language, named=named)}</span></p></div>{card}</article>"
    )
