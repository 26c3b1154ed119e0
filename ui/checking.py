"""The view to check a text in: pasted or from a file, its sentences marked, a card for each, corrections by a click.

A file is read by a route of our own (`routes`), since Gradio's uploads are closed; nothing of a text is kept.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
from fastapi import APIRouter, Request

from rag.checker.check import MAX_CHARS, Checked
from rag.errors import DocumentError, InputError
from rag.export import cards_html, marked_html, report_docx, report_html, summary
from rag.read import document_of
from rag.types import CheckedClaim, Language, Verdict
from ui import show
from ui.desk import POLL_S, Desk
from ui.parts import ASKS, QUIET, Parts, body_of
from ui.words import language_of, safe, say, word

log = logging.getLogger(__name__)

PREFIX = "/checker"
MAX_FILE_BYTES = 5_000_000
TOLD_EVERY_S = 0.3
AT_ONCE = 2
"""Texts checked at a time; each takes a core."""
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Checking:
    """The components of the view and what happens between them; made inside a Gradio page."""

    def __init__(self, desk: Desk, language: gr.Radio) -> None:
        self.desk = desk
        self.parts = parts = Parts()
        parts.html(_lead)
        self.text = gr.Textbox(
            show_label=False, container=False, lines=7, max_lines=18, max_length=MAX_CHARS, elem_id="checked"
        )
        with gr.Row(elem_id="checking"):
            self.place = gr.Dropdown(
                show.place_choices(()), value="", show_label=False, container=False, filterable=False,
                elem_id="check-place", min_width=130, scale=1,
            )  # fmt: skip
            parts.html(_file)
            self.go = gr.Button(variant="primary", elem_id="check", min_width=0, scale=0)
        self.checked = gr.State(None, time_to_live=6 * 3600)
        self.results = gr.HTML(apply_default_css=False, js_on_load=ASKS, elem_id="verdicts")
        parts.add(
            self.text,
            lambda lang: gr.Textbox(
                label=say("check_text", lang), placeholder=say("check_placeholder", lang)
            ),
        )
        parts.add(self.go, lambda lang: gr.Button(say("check_go", lang)))
        outputs = [self.results, self.checked]
        asked: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "check", **QUIET}
        self.go.click(self.check, [self.text, self.place, language], outputs, **asked)
        fixed = self.results.select(self.fix, [self.checked, self.text], self.text, queue=False, **QUIET)
        fixed.then(self.check, [self.text, self.place, language], outputs, **asked)

    def places(self, language: Language) -> Any:
        """The place chooser in a language."""
        loaded = self.desk.opening.loaded
        choices = list(show.place_choices(loaded.held if loaded else (), language))
        return gr.Dropdown(choices=choices, label=say("check_place", language))

    def check(self, text: str, place: str, language: str) -> Iterator[tuple[str, Checked | None]]:
        """What is shown while a text is checked, and the result at the end."""
        yield from check(self.desk, text, place, language_of(language))

    def fix(self, done: Checked | None, text: str, event: gr.EventData) -> str:
        """The text with the suggestion that was tapped in place, or all of them."""
        data = getattr(event, "_data", None)
        return fixed(done, text, str(data.get("number", "")) if isinstance(data, dict) else "")


def check(desk: Desk, text: str, place: str, language: Language) -> Iterator[tuple[str, Checked | None]]:
    """HTML to be shown while a text is checked, then the verdicts with what they were made of."""
    if not text.strip():
        yield _problem(word("check_blank", language)), None
        return
    while not desk.opening.ended.wait(POLL_S):
        yield _note("check_waiting", language), None
    loaded = desk.opening.loaded
    if loaded is None or loaded.checker is None:
        yield _problem(word(desk.opening.problem or "index", language)), None
        return
    yield _note("check_progress", language, share=0), None
    claims: list[CheckedClaim] = []
    told = time.monotonic()
    try:
        for claim in loaded.checker.claims(text, place=place or None):
            claims.append(claim)
            if time.monotonic() - told > TOLD_EVERY_S:
                told = time.monotonic()
                yield _note("check_progress", language, share=100 * claim.span.end // len(text)), None
    except InputError as error:
        yield _problem(f"{word('check_input', language)} {safe(str(error))}"), None
        return
    done = Checked(text, tuple(claims))
    yield result_html(done, language), done


def fixed(done: Checked | None, text: str, number: str) -> str:
    """`text` with the suggestion of sentence `number` in place, or with `all`; as it is where it was changed since."""
    if done is None or done.text != text:
        return text
    if number == "all":
        return done.fixed()
    return done.fixed([int(number) - 1]) if number.isdecimal() else text


def result_html(checked: Checked, language: Language) -> str:
    """The verdicts in one line, what can be done with the text, and the marked text beside its cards."""

    def tools(claim: CheckedClaim, number: int) -> str:
        fix = (
            f'<button type="button" class="tw-do" data-ask="select" data-number="{number}">{word("fix_one", language)}</button>'
            if claim.suggestion is not None
            else ""
        )
        proofs = dict.fromkeys((item.metadata.document, item.span) for item in claim.proof)
        originals = (
            f'<button type="button" class="tw-do" data-ask="click" data-document="{safe(document)}" '
            f'data-start="{span.start}" data-end="{span.end}" data-language="{language}">'
            f"{word('see_original', language)}</button>"
            for document, span in proofs
        )
        return f'<p class="tw-actions">{fix}{"".join(originals)}</p>' if fix or proofs else ""

    cards = cards_html(checked, language, tools, (Verdict.NOT_CHECKABLE,))
    fixable = any(claim.suggestion is not None for claim in checked.claims)
    every = (
        f'<button type="button" class="tw-do" data-ask="select" data-number="all">{word("fix_all", language)}</button>'
        if fixable
        else ""
    )
    copied = (
        f'<button type="button" class="tw-do" data-do="text" data-copied="{word("text_copied", language)}" '
        f'data-content="{safe(checked.text)}">{word("copy_text", language)}</button>'
    )
    saved = _download("as_word", "tiaowen.docx", WORD_TYPE, report_docx(checked), language)
    saved += _download("as_page", "tiaowen.html", "text/html", report_html(checked).encode(), language)
    return (
        f'<p class="tw-status" role="status"><strong>{safe(summary(checked, language))}</strong></p>'
        f'<p class="tw-actions">{every}{copied}{saved}</p><div class="tw-columns">'
        f'<div><h3 class="tw-heading">{word("check_marked", language)}</h3><div class="tc-text">{marked_html(checked, language)}</div></div>'
        f'<div><h3 class="tw-heading">{word("check_cards", language)}</h3>{cards}</div></div>'
    )


def _download(name: str, file: str, kind: str, content: bytes, language: Language) -> str:
    """A button that saves a file which the page holds itself."""
    held = base64.b64encode(content).decode()
    return (
        f'<button type="button" class="tw-do" data-do="download" data-name="{file}" data-type="{kind}" '
        f'data-content="{held}">{word(name, language)}</button>'
    )


def _lead(language: Language) -> str:
    return (
        f'<p class="tw-lead">{word("check_lead", language)}</p>'
        f'<p class="tw-note">{word("check_caution", language)}</p>'
    )


def _file(language: Language) -> str:
    return (
        f'<label class="tw-file">{word("check_file", language)} '
        f'<input type="file" accept=".txt,.docx" data-reads="checked"></label>'
    )


def _problem(told: str) -> str:
    return f'<p class="tw-status tw-failed" role="alert">{told}</p>'


def _note(name: str, language: Language, **values: object) -> str:
    return f'<p class="tw-busy tw-note" role="status">{word(name, language, **values)}</p>'


def routes() -> APIRouter:
    """The route that reads a file's text for the view; whoever sees the page may use it, nothing is kept."""
    router = APIRouter(prefix=PREFIX)

    @router.put("/text/{name}")
    async def text_of(request: Request, name: str) -> dict[str, str]:
        data = await body_of(request, MAX_FILE_BYTES)
        try:
            document = await asyncio.to_thread(document_of, name, data)
        except DocumentError as error:
            return {"text": "", "problem": str(error)}
        if len(document.raw) > MAX_CHARS:
            return {"text": "", "problem": f"{name}: {len(document.raw):,} > {MAX_CHARS:,}"}
        return {"text": document.raw, "problem": ""}

    return router
