"""The view to ask in: question box, conversation, examples, and what can be done with an answer."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag import feedback
from rag.config import Settings
from rag.errors import InputError, TiaowenError
from rag.types import Language, Mode
from rag.understand import MAX_QUESTION_CHARS
from ui import show
from ui.desk import Desk
from ui.parts import ASKS, QUIET, Parts
from ui.show import Shown
from ui.words import language_of, say, word

log = logging.getLogger(__name__)

MOST_TURNS = 20
MOST_EXAMPLES = 4
# A new question is brought into view; cards that a person opened or closed stay so while the answer forms.
BEHAVIOUR = (
    ASKS
    + """
const toggled = new Map();
element.addEventListener('toggle', (event) => {
  if (event.target.matches('details[id]')) toggled.set(event.target.id, event.target.open);
}, true);
let last = '';
watch('value', () => {
  toggled.forEach((open, id) => {
    const card = element.querySelector('#' + CSS.escape(id));
    if (card) card.open = open;
  });
  const turn = element.querySelector('.tw-turn:last-child');
  if (!turn) { toggled.clear(); last = ''; return; }
  const name = turn.id + turn.dataset.question;
  if (name === last) return;
  last = name;
  // Once the page has settled: the examples above the first turn go at the same time.
  setTimeout(() => {
    const newest = document.getElementById(turn.id);
    if (newest) newest.scrollIntoView({behavior: tw.calm(), block: 'start'});
  }, 150);
});
"""
)


class Chat:
    """The components of the view and what happens between them; made inside a Gradio page."""

    def __init__(self, desk: Desk, settings: Settings | None, language: gr.Radio) -> None:
        self.desk = desk
        self.settings = settings
        self.feedback = settings is not None and settings.feedback_days > 0
        self.parts = Parts()
        self.past = gr.State((), time_to_live=6 * 3600)
        self.parts.html(_lead, elem_id="intro")
        self.talk = gr.HTML(apply_default_css=False, js_on_load=BEHAVIOUR, elem_id="talk")
        with gr.Column(elem_id="examples"):
            self.parts.html(lambda lang: f'<p class="tw-note">{word("try", lang)}</p>')
            self.tried = [
                gr.Button(visible=False, size="sm", elem_classes="tw-example") for _ in range(MOST_EXAMPLES)
            ]
        self._asking()
        self.said = gr.HTML(
            apply_default_css=False,
            js_on_load="watch('value', () => tw.say(element.innerText))",
            elem_classes="tw-silent",
        )
        self._wire(language)

    def _asking(self) -> None:
        parts = self.parts
        with gr.Column(elem_id="asking"):
            with gr.Row(elem_id="writing"):
                self.question = gr.Textbox(
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=5,
                    max_length=MAX_QUESTION_CHARS,
                    elem_id="question",
                    scale=1,
                )
                self.ask = gr.Button(variant="primary", elem_id="ask", min_width=0, scale=0)
                self.stop = gr.Button(elem_id="stop", min_width=0, scale=0)
            with gr.Row(elem_id="controls"):
                self.place = gr.Dropdown(
                    show.place_choices(()),
                    value="",
                    show_label=False,
                    container=False,
                    filterable=False,
                    elem_id="place",
                    min_width=130,
                    scale=1,
                )
                with gr.Accordion(open=False, elem_id="options") as more:
                    mode = gr.Radio(_modes("zh-Hans"), value="composed", elem_id="mode")
                    self.clear = gr.Button(size="sm", elem_id="clear")
        self.mode = mode
        parts.add(
            self.question,
            lambda lang: gr.Textbox(label=say("question", lang), placeholder=say("placeholder", lang)),
        )
        parts.add(self.ask, lambda lang: gr.Button(say("ask", lang)))
        parts.add(self.stop, lambda lang: gr.Button(say("stop", lang)))
        parts.add(more, lambda lang: gr.Accordion(label=say("more", lang)))
        parts.add(mode, lambda lang: gr.Radio(choices=_modes(lang), label=say("mode", lang)))
        parts.add(self.clear, lambda lang: gr.Button(say("clear", lang)))

    def places(self, language: Language, wanted: str | None = None) -> Any:
        """The place chooser in a language; `wanted` is chosen where a document of it is held."""
        loaded = self.desk.opening.loaded
        held = loaded.held if loaded else ()
        choices = list(show.place_choices(held, language))
        if loaded is None or wanted is None:
            return gr.Dropdown(choices=choices, label=say("place", language))
        value = wanted if wanted in show.held_places(held) else ""
        return gr.Dropdown(choices=choices, label=say("place", language), value=value)

    def _wire(self, language: gr.Radio) -> None:
        self.outputs = [self.talk, self.past, self.question]
        self.inputs = [self.question, self.place, self.mode, self.past, language]
        self.asked = [
            gr.on([self.question.submit, self.ask.click], self.answer, self.inputs, self.outputs, **QUIET)
        ]
        for button in self.tried:
            chosen = button.click(lambda text: text, button, self.question, queue=False, **QUIET)
            self.asked.append(chosen.then(self.answer, self.inputs, self.outputs, **QUIET))
        self.asked.append(self.talk.select(self.again, self.inputs, self.outputs, **QUIET))
        self.stop.click(self.halt, queue=False, **QUIET)
        self.clear.click(self.forget, outputs=self.outputs, queue=False, cancels=self.asked, **QUIET)
        self.place.change(None, self.place, None, js="(place) => { tw.keep('tw-place', place); }", **QUIET)
        if self.feedback:
            self.talk.submit(self.keep, [self.past, language], self.said, queue=False, **QUIET)

    # -- what happens -----------------------------------------------------------------------------

    def answer(
        self,
        asked: str,
        place: str,
        mode: Mode,
        before: tuple[Shown, ...],
        language: str,
        request: gr.Request,
        *,
        whole: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """The outputs as the answer forms: talk, past, question box.

        What is to be seen beside them (examples, ask or stop) the style sheet tells by the turns in the talk: a
        component that changes is made anew by Gradio, which costs more than drawing the answer.
        """
        loaded = self.desk.opening.loaded
        shown, first = None, True
        states = self.desk.ask(
            request.session_hash or "",
            asked,
            show.history_of(before),
            place=place or None,
            mode=mode,
            language=language_of(language),
            whole=whole,
        )
        for shown in states:
            loaded = loaded or self.desk.opening.loaded
            documents = loaded.documents if loaded else {}
            box = "" if first and not shown.problem else gr.skip()
            page = show.conversation_html((*before, shown), documents, feedback=self.feedback)
            yield page, gr.skip(), box
            first = False
        turns = (*before, shown)[-MOST_TURNS:] if shown is not None and shown.answer else before
        yield gr.skip(), turns, gr.skip()

    def again(
        self,
        asked: str,
        place: str,
        mode: Mode,
        before: tuple[Shown, ...],
        language: str,
        request: gr.Request,
        event: gr.EventData,
    ) -> Iterator[tuple[Any, ...]]:
        """The question of a turn once more; the last turn is replaced, an earlier one is asked anew."""
        data = _data(event)
        question = str(data.get("question", ""))
        kept = before[:-1] if before and before[-1].question == question else before
        whole = bool(data.get("whole"))
        yield from self.answer(question, place, mode, kept, language, request, whole=whole)

    def linked(
        self,
        asked: str,
        place: str,
        mode: Mode,
        before: tuple[Shown, ...],
        language: str,
        wanted: str,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """The question that a link carried, about its place."""
        yield from self.answer(asked, wanted or place, mode, before, language, request)

    async def halt(self, request: gr.Request) -> None:
        self.desk.stop(request.session_hash or "")

    async def forget(self, request: gr.Request) -> tuple[Any, ...]:
        self.desk.stop(request.session_hash or "")
        return "", (), ""

    def keep(self, past: tuple[Shown, ...], language: str, event: gr.EventData) -> str:
        """Feedback on a turn, stored; returns what to say."""
        assert self.settings is not None
        lang = language_of(language)
        data = _data(event)
        number, verdict = str(data.get("number", "")), str(data.get("verdict", ""))
        if verdict not in feedback.VERDICTS:
            return _once(word("choose_verdict", lang))
        turn = past[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(past) else None
        if turn is None or turn.answer is None:
            return _once(word("not_kept", lang))
        try:
            feedback.add(
                self.settings.home,
                turn.answer,
                verdict,
                str(data.get("note", "")),
                history=[earlier.question for earlier in past[: int(number) - 1]],
                place=turn.chosen,
                mode=turn.mode,
                today=datetime.date.today(),
                keep_days=self.settings.feedback_days,
            )
        except InputError as error:
            log.warning("feedback not kept: %s", error)
            return _once(word("feedback_full", lang))
        except TiaowenError as error:
            log.error("feedback not kept: %s", error)
            return _once(word("not_kept", lang))
        return _once(word("thanks", lang))

    def shown_examples(self, language: Language) -> list[Any]:
        """The example buttons in a language; none before the documents are known."""
        loaded = self.desk.opening.loaded
        asked = (show.example_questions(loaded.examples, loaded.held, language) if loaded else [])[
            :MOST_EXAMPLES
        ]
        shown = [gr.Button(text, visible=True) for text in asked]
        return shown + [gr.Button(visible=False)] * (MOST_EXAMPLES - len(shown))


def _lead(language: Language) -> str:
    return (
        f'<p class="tw-lead">{word("lead", language)}</p><p class="tw-note">{word("caution", language)}</p>'
    )


def _modes(language: Language) -> list[tuple[str, str]]:
    return [(say(f"mode_{name}", language), name) for name in ("composed", "extractive")]


def _data(event: gr.EventData) -> dict[str, Any]:
    """What a browser sent with an event; nothing in it is trusted."""
    data = getattr(event, "_data", None)
    return data if isinstance(data, dict) else {}


def _once(text: str) -> str:
    """`text` as HTML that differs each time, so that saying it twice shows it twice."""
    return f'<span data-at="{datetime.datetime.now().isoformat()}">{text}</span>'
