"""The page: the frame around the views, in Gradio: language, banner, tabs, and the original in a dialog.

The page is thin: what is shown is made by pure functions (`ui.show`, `ui.cards`, `ui.original` ...), each view
has a module of its own (`ui.chat`, `ui.finder`, `ui.checking`, `ui.documents`), and `ui.server` stands around them all.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any, cast

# Read by Gradio when it is imported; its components would otherwise report to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from rag.config import Settings
from rag.types import Language, Span
from ui import original, show
from ui.chat import Chat
from ui.checking import Checking
from ui.desk import Desk
from ui.documents import Documents
from ui.finder import Finder
from ui.parts import PLAIN, QUIET, Parts
from ui.reading import reading_of
from ui.words import LANGUAGES, language_of, say, word

STYLE = Path(__file__).parent / "style.css"
SCRIPTS = (Path(__file__).parent / "page.js", Path(__file__).parent / "staff.js")
ASKING_AT_ONCE = 32
"""Questions under way at once. One language model answers them in turn; the others wait with their evidence
on the screen, each in a thread, of which Gradio has `THREADS`."""
THREADS = 64
ARRIVAL = "() => { const [q, place] = tw.linked(); const l = tw.language(); tw.speak(l); return [l, q, place || tw.kept('tw-place'), q ? place : '']; }"
SWITCHED = "(language, ...rest) => { tw.keep('tw-language', language); tw.speak(language); return [language, ...rest]; }"
DIALOG = "watch('value', () => tw.showDialog(element));"


def build(desk: Desk, settings: Settings | None = None) -> gr.Blocks:
    """The page's components and what happens between them; without settings nothing is stored."""
    opening = desk.opening
    parts = Parts()
    with gr.Blocks(title="条问 Tiaowen", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="header"):
            parts.html(_title)
            language = gr.Radio(
                list(LANGUAGES),
                value="zh-Hans",
                show_label=False,
                container=False,
                elem_id="language",
                min_width=0,
                scale=0,
            )
            parts.add(language, lambda lang: gr.Radio(label=say("language", lang)))
        banner = gr.HTML(elem_id="banner", **PLAIN)
        # In the page though out of sight: what is not there fires no change.
        linked, wanted, asked_of = (gr.Textbox(visible="hidden") for _ in range(3))
        tabs = []
        with gr.Tabs(elem_id="views"):
            with gr.Tab(say("tab_ask", "zh-Hans"), id="ask") as tab:
                chat = Chat(desk, settings, language)
                tabs.append((tab, "tab_ask"))
            with gr.Tab(say("tab_finder", "zh-Hans"), id="finder") as tab:
                finder = Finder(desk, language)
                tabs.append((tab, "tab_finder"))
            with gr.Tab(say("tab_check", "zh-Hans"), id="check") as tab:
                checking = Checking(desk, language)
                tabs.append((tab, "tab_check"))
            with gr.Tab(say("tab_documents", "zh-Hans"), id="documents") as tab:
                documents = Documents(desk, settings, language)
                tabs.append((tab, "tab_documents"))
        for tab, name in tabs:
            parts.add(tab, partial(_tab, name))
        for view in (chat, finder, checking, documents):
            parts.extend(view.parts)
        dialog = gr.HTML(apply_default_css=False, js_on_load=DIALOG, elem_classes="tw-silent")
        timer = gr.Timer(1)

        chosen = [
            finder.place,
            finder.group,
            finder.kind,
            documents.document,
            documents.words,
            documents.view,
        ]

        def views(lang: Language, wanted: str | None, *chosen: Any) -> list[Any]:
            """What the views show of the documents held, in a language."""
            place, group, kind, document, words, view = chosen
            return [
                _banner(desk, lang),
                chat.places(lang, wanted),
                *chat.shown_examples(lang),
                *finder.in_language(place or wanted or "", group, kind, lang),
                checking.places(lang),
                *documents.in_language(document, words, view, lang),
            ]

        def refresh(language: str, wanted: str, *chosen: Any) -> list[Any]:
            """The timer and the views, once loading has ended; only the banner before."""
            if not opening.ended.is_set():
                skipped = [gr.skip()] * (len(changing) - 1)
                return [gr.Timer(active=True), _banner(desk, language_of(language)), *skipped]
            return [gr.Timer(active=False), *views(language_of(language), wanted, *chosen)]

        def arrive(language: str, linked: str, wanted: str, asked_of: str) -> list[Any]:
            opening.start()
            lang = language_of(language)
            words = [lang, linked, wanted, asked_of, *parts.in_language(lang)]
            return [*words, *refresh(lang, wanted, None, None, None, "", "", "tree")]

        def switch(language: str, *chosen: Any) -> list[Any]:
            lang = language_of(language)
            return [*parts.in_language(lang), *views(lang, None, *chosen)]

        def show_original(event: gr.EventData) -> str:
            return original_dialog(desk, getattr(event, "_data", None))

        changing = [banner, chat.place, *chat.tried, *finder.changing, checking.place, *documents.changing]
        page.load(
            arrive,
            [language, linked, wanted, asked_of],
            [language, linked, wanted, asked_of, *parts.components, timer, *changing],
            queue=False,
            js=ARRIVAL,
            **QUIET,
        )
        # Only for a link: an event of every arrival that ends just as a question is sent loses its reply.
        chat.asked.append(
            linked.change(
                chat.linked,
                [linked, chat.place, chat.mode, chat.past, language, asked_of],
                chat.outputs,
                **QUIET,
            )
        )
        language.input(
            switch, [language, *chosen], [*parts.components, *changing], queue=False, js=SWITCHED, **QUIET
        )
        timer.tick(refresh, [language, wanted, *chosen], [timer, *changing], queue=False, **QUIET)
        for component in (chat.talk, finder.results, checking.results, documents.text):
            component.click(show_original, None, dialog, queue=False, **QUIET)
        page.unload(chat.halt)
    page.max_threads = THREADS
    page.queue(default_concurrency_limit=ASKING_AT_ONCE, api_open=False)
    return cast("gr.Blocks", page)


def original_dialog(desk: Desk, data: Any) -> str:
    """The dialog for what a browser asks to see: document, start, end and language, none of them trusted."""
    asked = data if isinstance(data, dict) else {}
    language = language_of(asked.get("language"))
    loaded = desk.opening.loaded
    document = loaded.documents.get(str(asked.get("document"))) if loaded else None
    start, end = (str(asked.get(name, "")) for name in ("start", "end"))
    if document is None or not (start.isdecimal() and end.isdecimal()):
        return original.gone_html(language)
    return original.dialog_html(reading_of(document), Span(int(start), int(end)), language)


def _tab(name: str, language: Language) -> gr.Tab:
    return gr.Tab(label=say(name, language))


def _title(language: Language) -> str:
    return (
        '<header class="tw-header"><h1>条问 <span lang="en">Tiaowen</span></h1>'
        f"<p>{word('tagline', language)}</p></header>"
    )


def _banner(desk: Desk, language: Language) -> str:
    """How far loading has come, or which places are held."""
    opening = desk.opening
    if not opening.ended.is_set():
        return show.banner_html(say("loading_models", language, seconds=opening.seconds), "loading")
    if opening.loaded is None:
        return show.banner_html(say(opening.problem, language), "problem")
    text = show.banner_html(show.ready_text(opening.loaded.held, language), "ready")
    if not opening.loaded.composes:
        text += show.banner_html(say("no_language_model", language), "notice")
    return text


def theme() -> gr.themes.Base:
    """Calm colours, and the fonts that the reader's own system has: none is fetched."""
    sans = ("system-ui", "-apple-system", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    fonts = [gr.themes.Font(name) for name in sans]
    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        text_size="lg",
        font=fonts,
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
    )
