"""The feedback form under an answer, as HTML: a verdict at a tap, a free line with what is wrong."""

from __future__ import annotations

from rag.feedback import MAX_NOTE_CHARS, VERDICTS
from rag.types import Language
from ui.words import word


def form_html(number: int, language: Language) -> str:
    """The form of turn `number`; the page's script opens it and sends what was chosen."""
    name = f"verdict-{number}"
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{verdict}"> {word(f"verdict_{verdict}", language)}</label>'
        for verdict in VERDICTS
        if verdict != "right"
    )
    return (
        f'<div class="tw-feedback" data-number="{number}" role="group" aria-label="{word("feedback", language)}">'
        f"<span>{word('feedback', language)}</span>"
        f'<button type="button" class="tw-do" data-do="right">{word("verdict_right", language)}</button>'
        f'<button type="button" class="tw-do" data-do="wrong" aria-expanded="false">{word("wrong", language)}</button>'
        f'<div class="tw-form" hidden>{choices}'
        f'<input type="text" class="tw-line" maxlength="{MAX_NOTE_CHARS}" '
        f'aria-label="{word("note", language)}" placeholder="{word("note", language)}">'
        f'<button type="button" class="tw-do tw-main" data-do="send">{word("send", language)}</button>'
        f'<p class="tw-note">{word("feedback_kept", language)}</p></div></div>'
    )
