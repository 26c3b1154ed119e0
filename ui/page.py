"""The page: a question box over `Answerer.stream`, in Gradio.

The page is thin: what is shown is made by `ui.show`; here stand the components, the wiring between them, and
the server around them. The models are loaded in a thread of their own, so that the page is there at once.

The Gradio app is mounted in an application of our own, not started by `launch()`: that one asks the network
about itself on the way up, prints its own lines and cannot be given a policy for the browser. Everything the
page does not need (uploads, served files, API documents, saved runs) is closed by `OPEN_PATHS`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

# Read by Gradio when it is imported; its components would otherwise report to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from rag.answer import load_answerer
from rag.config import Settings
from rag.errors import IndexNotUsableError, InputError, ModelError
from rag.types import Draft, Event, Metadata, Mode, Turn
from rag.understand import MAX_QUESTION_CHARS
from ui import show
from ui.show import Shown

log = logging.getLogger(__name__)

STYLE = Path(__file__).parent / "style.css"
ASKING_AT_ONCE = 32
"""Questions under way at once. One language model answers them in turn; the others wait with their evidence
on the screen, each in a thread, of which Gradio has `THREADS`."""
THREADS = 64
MOST_TURNS = 20
DRAFT_EVERY_S = 0.1
POLL_S = 0.2

EXAMPLES = (
    "我是返乡农民工，想在吕梁开店，能贷多少钱？找谁办？",
    "我在重庆创业，有什么支持？",
    "退役軍人創業有什麼優惠？",
    "What support is there for graduates who start a business?",
)
HEADER = """
<header class="tw-header"><h1>条问 <span lang="en">Tiaowen</span></h1>
<p>问地方政策，句句有出处。<span lang="en">Ask about local policy; every sentence shows its clause.</span></p>
</header>
"""
# A tap on a mark opens its card; a new question is brought into view. An anchor alone would not open the
# card, and with Gradio's <base> it would reload a page whose address carries a query.
BEHAVIOUR = """
const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
element.addEventListener('click', (event) => {
  const mark = event.target.closest('a[data-card]');
  if (!mark) return;
  event.preventDefault();
  const card = document.getElementById(mark.dataset.card);
  if (!card) return;
  card.open = true;
  card.scrollIntoView({behavior: calm, block: 'center'});
  card.querySelector('summary').focus({preventScroll: true});
  document.querySelectorAll('.tw-shown').forEach((other) => other.classList.remove('tw-shown'));
  card.classList.add('tw-shown');
});
let last = '';
watch('value', () => {
  const turn = element.querySelector('.tw-turn:last-child');
  if (!turn || turn.id === last) return;
  last = turn.id;
  turn.scrollIntoView({behavior: calm, block: 'start'});
});
"""

# What a browser needs of Gradio; everything else it offers answers 404.
OPEN_PATHS = (
    "/assets/",
    "/static/",
    "/svelte/",
    "/theme.css",
    "/favicon.ico",
    "/manifest.json",
    "/config",
    "/gradio_api/queue/",
    "/gradio_api/run/",
    "/gradio_api/heartbeat/",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/app_id",
    "/gradio_api/startup-events",
)
MAX_BODY_BYTES = 1 << 20
# Gradio's templates are compiled in the browser, hence unsafe-eval; nothing may come from or go to elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Stream(Protocol):
    """`Answerer.stream`, as far as the page uses it."""

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        place: str | None = None,
        mode: Mode = "composed",
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]: ...


@dataclass(frozen=True)
class Loaded:
    """What the page needs of an answerer; `composes` is False where no language model is there."""

    stream: Stream
    held: tuple[Metadata, ...]
    composes: bool
    warm: Callable[[], None] = lambda: None


class Opening:
    """Loads in the background. Once `ended` is set, `loaded` or `problem` is; a problem allows another try."""

    def __init__(self, load: Callable[[], Loaded]) -> None:
        self._load = load
        self._starting = threading.Lock()
        self._started = False
        self._since = time.monotonic()
        self.ended = threading.Event()
        self.loaded: Loaded | None = None
        self.problem = ""

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._since)

    def start(self) -> None:
        """Begin to load, unless that is under way or done."""
        with self._starting:
            if self._started and not self.problem:
                return
            self._started, self._since, self.problem = True, time.monotonic(), ""
            self.ended.clear()
        # A daemon: Ctrl-C need not wait for a model to have been read.
        threading.Thread(target=self._run, name="load", daemon=True).start()

    def _run(self) -> None:
        try:
            self.loaded = self._load()
        except IndexNotUsableError as error:
            self._fail("index", error)
        except ModelError as error:
            self._fail("model", error)
        except Exception as error:  # whatever it is, the page has to say that nobody need wait
            self._fail("other", error)
        self.ended.set()
        if self.loaded:
            log.info("loaded in %d s", self.seconds)
            # Not a daemon, nor are the threads it starts: one killed inside a model's code takes the process along.
            threading.Thread(target=self.loaded.warm, name="warm", daemon=False).start()

    def _fail(self, name: str, error: Exception) -> None:
        log.error("loading failed: %s", error, exc_info=name == "other")
        self.problem = show.PROBLEMS[name]


def load(settings: Settings) -> Loaded:
    """Index and models as the settings name them; without a language model where only that is missing."""
    try:
        answerer = load_answerer(settings, mode="composed")
    except ModelError as error:
        answerer = load_answerer(settings, mode="extractive")
        log.warning("no language model, answers are extractive: %s", error)
    held = tuple(answerer.index.metadata.values())
    return Loaded(answerer.stream, held, answerer.generator is not None, answerer.warm)


# -- asking ---------------------------------------------------------------------------------------


class Desk:
    """Takes the questions of all visitors; knows for each the event that stops its answer."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self._running: dict[str, threading.Event] = {}

    def stop(self, session: str) -> None:
        running = self._running.get(session)
        if running:
            running.set()

    def stop_all(self) -> None:
        for running in list(self._running.values()):
            running.set()

    def ask(
        self, session: str, question: str, history: Sequence[Turn], *, place: str | None, mode: Mode
    ) -> Iterator[Shown]:
        """One question as it is answered; the last has an answer or a problem. Closing it stops the model."""
        shown = Shown(question.strip(), waiting="searching" if self.opening.ended.is_set() else "loading")
        if not shown.question:
            yield replace(shown, problem=show.PROBLEMS["blank"])
            return
        cancel = threading.Event()
        self._running[session] = cancel
        try:
            yield shown
            yield from self._answer(shown, history, place, mode, cancel)
        finally:
            cancel.set()
            if self._running.get(session) is cancel:
                del self._running[session]

    def _answer(
        self, shown: Shown, history: Sequence[Turn], place: str | None, mode: Mode, cancel: threading.Event
    ) -> Iterator[Shown]:
        while not self.opening.ended.wait(POLL_S):
            if cancel.is_set():
                yield replace(shown, problem=show.PROBLEMS["stopped"])
                return
        loaded = self.opening.loaded
        if loaded is None:
            yield replace(shown, problem=self.opening.problem)
            return
        composing = mode == "composed" and loaded.composes
        drafted_at = 0.0
        try:
            for event in loaded.stream(shown.question, history, place=place, mode=mode, cancel=cancel):
                shown = show.after(shown, event, composing=composing)
                if shown.answer is not None:
                    shown = replace(shown, stopped=composing and cancel.is_set())
                # A token every 40 ms is faster than anybody reads and would load the browser for nothing.
                if isinstance(event, Draft):
                    if time.monotonic() - drafted_at < DRAFT_EVERY_S:
                        continue
                    drafted_at = time.monotonic()
                yield shown
        except InputError as error:
            yield replace(shown, problem=f"{show.PROBLEMS['input']} {error}")
        except Exception:  # the last door: whoever asked gets a sentence, the log gets the cause
            log.exception("answering failed")
            yield replace(shown, problem=show.PROBLEMS["failed"])


# -- the page -------------------------------------------------------------------------------------


def build(desk: Desk) -> gr.Blocks:
    """The page's components and what happens between them."""
    opening = desk.opening
    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    idle = (gr.Button(visible=True), gr.Button(visible=False))
    busy = (gr.Button(visible=False), gr.Button(visible=True))
    with gr.Blocks(title="条问 Tiaowen", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(HEADER, **plain)
        banner = gr.HTML(elem_id="banner", **plain)
        past = gr.State((), time_to_live=6 * 3600)
        talk = gr.HTML(apply_default_css=False, js_on_load=BEHAVIOUR, elem_id="talk")
        with gr.Column(elem_id="examples") as examples:
            gr.HTML('<p class="tw-note">试试这样问 Try asking</p>', **plain)
            tried = [gr.Button(text, size="sm", elem_classes="tw-example") for text in EXAMPLES]
        with gr.Column(elem_id="asking"):
            with gr.Row(elem_id="writing"):
                question = gr.Textbox(
                    label="您的问题 Your question",
                    placeholder="您的问题 Question",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=5,
                    max_length=MAX_QUESTION_CHARS,
                    elem_id="question",
                    scale=1,
                )
                ask = gr.Button("提问 Ask", variant="primary", elem_id="ask", min_width=0, scale=0)
                stop = gr.Button("停止 Stop", elem_id="stop", visible=False, min_width=0, scale=0)
            with gr.Row(elem_id="controls"):
                place = gr.Dropdown(
                    show.place_choices(()),
                    value="",
                    label="地方 Place",
                    show_label=False,
                    container=False,
                    filterable=False,
                    elem_id="place",
                    min_width=130,
                    scale=1,
                )
                with gr.Accordion("更多 More", open=False, elem_id="options"):
                    mode = gr.Radio(
                        [("通俗回答 Plain words", "composed"), ("逐句原文 Verbatim sentences", "extractive")],
                        value="composed",
                        label="回答方式 Kind of answer",
                        elem_id="mode",
                    )
                    clear = gr.Button("清空对话 New conversation", size="sm", elem_id="clear")
        timer = gr.Timer(1)

        def refresh() -> tuple[Any, ...]:
            """Banner, place chooser and timer, as far as loading has come."""
            if not opening.ended.is_set():
                text = show.LOADING.format(seconds=opening.seconds)
                return show.banner_html(text, "loading"), gr.skip(), gr.Timer(active=True)
            if opening.loaded is None:
                return show.banner_html(opening.problem, "problem"), gr.skip(), gr.Timer(active=False)
            loaded = opening.loaded
            text = show.banner_html(show.ready_text(loaded.held), "ready")
            text += "" if loaded.composes else show.banner_html(show.NO_LANGUAGE_MODEL, "notice")
            choices = gr.Dropdown(choices=list(show.place_choices(loaded.held)))
            return text, choices, gr.Timer(active=False)

        def arrive() -> tuple[Any, ...]:
            opening.start()
            return refresh()

        def answer(
            asked: str, chosen: str, kind: Mode, before: tuple[Shown, ...], request: gr.Request
        ) -> Iterator[tuple[Any, ...]]:
            """(talk, past, question box, examples, ask, stop) as the answer forms."""
            shown, first = None, True
            for shown in desk.ask(
                request.session_hash or "", asked, show.history_of(before), place=chosen or None, mode=kind
            ):
                box = "" if first and not shown.problem else gr.skip()
                yield (
                    show.conversation_html((*before, shown)),
                    gr.skip(),
                    box,
                    gr.Column(visible=False),
                    *busy,
                )
                first = False
            turns = (*before, shown)[-MOST_TURNS:] if shown is not None and shown.answer else before
            yield gr.skip(), turns, gr.skip(), gr.skip(), *idle

        async def halt(request: gr.Request) -> None:
            desk.stop(request.session_hash or "")

        async def forget(request: gr.Request) -> tuple[Any, ...]:
            desk.stop(request.session_hash or "")
            return "", (), "", gr.Column(visible=True), *idle

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        outputs = [talk, past, question, examples, ask, stop]
        inputs = [question, place, mode, past]
        asked = [gr.on([question.submit, ask.click], answer, inputs, outputs, **quiet)]
        for button in tried:
            chosen = button.click(lambda text: text, button, question, queue=False, **quiet)
            asked.append(chosen.then(answer, inputs, outputs, **quiet))
        stop.click(halt, queue=False, **quiet)
        clear.click(forget, outputs=outputs, queue=False, cancels=asked, **quiet)
        progress = [banner, place, timer]
        page.load(arrive, outputs=progress, queue=False, **quiet)
        timer.tick(refresh, outputs=progress, queue=False, **quiet)
        page.unload(halt)
    page.max_threads = THREADS
    page.queue(default_concurrency_limit=ASKING_AT_ONCE, api_open=False)
    return cast("gr.Blocks", page)


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


# -- the server -----------------------------------------------------------------------------------


class Guard:
    """Lets through only what the page needs, and sends the browser's policy with every reply."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_policy(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        refused = _refused(scope["path"], dict(scope["headers"]))
        if refused:
            start = {"type": "http.response.start", "status": refused, "headers": []}
            await with_policy(start)
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, with_policy)


def _refused(path: str, headers: dict[bytes, bytes]) -> int:
    """The HTTP status that a request is turned away with; 0 lets it in."""
    if path != "/" and not path.startswith(OPEN_PATHS):
        return 404
    length = headers.get(b"content-length", b"0")
    return 413 if not length.isdigit() or int(length) > MAX_BODY_BYTES else 0


def application(desk: Desk) -> FastAPI:
    """The page as a web application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    gr.mount_gradio_app(
        app,
        build(desk),
        path="/",
        theme=theme(),
        css_paths=STYLE,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
    )
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve the page until Ctrl-C. Raises `InputError` if the address cannot be opened."""
    listening = _listen(host, port)
    desk = Desk(Opening(lambda: load(settings)))
    desk.opening.start()
    address = f"[{host}]" if ":" in host else host
    print(
        f"条问 http://{address}:{listening.getsockname()[1]}/  (Ctrl-C 结束 ends it)",
        file=sys.stderr,
        flush=True,
    )
    try:
        asyncio.run(_run(desk, listening))
    except KeyboardInterrupt:
        pass  # uvicorn has closed everything and raises it again for whoever called
    finally:
        listening.close()


async def _run(desk: Desk, listening: socket.socket) -> None:
    # Made inside the running loop: outside, Gradio opens event loops of its own and never closes them.
    await server(desk).serve(sockets=[listening])


class Server(uvicorn.Server):
    """A server that ends the answers and the visitors' open connections before it waits for them to end."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)


def server(desk: Desk) -> Server:
    """The page on a server that has not started yet; to be called in a running event loop."""
    app = application(desk)
    mounted: Any = next(route.app for route in app.routes if isinstance(route, Mount))

    def leave() -> None:
        desk.stop_all()
        mounted.stop_event.set()  # ends the connections by which Gradio knows who is there

    return Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5), leave)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, opened before anything is loaded, so that a taken port is told at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"The page cannot be opened at {host} port {port}: {error}. Choose another with --host or --port."
        ) from error
