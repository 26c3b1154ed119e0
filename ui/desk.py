"""The desk: loads in the background, takes the questions of all visitors, and knows what stops each.

No component and no HTML stands here: `ui.show` draws what the desk yields, `ui.page` puts it on the screen.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from rag import examples
from rag.answer import Answerer, load_answerer
from rag.checker.check import Checker
from rag.config import Settings
from rag.errors import IndexNotUsableError, InputError, ModelError
from rag.examples import Example
from rag.index import Index, build
from rag.index import load as load_index
from rag.library import Progress
from rag.types import Document, Draft, Event, EvidenceFound, Language, Metadata, Mode, Turn, Understood
from ui import show
from ui.show import Shown
from ui.words import say

log = logging.getLogger(__name__)

DRAFT_EVERY_S = 0.1
POLL_S = 0.2
# A model that rewords slows the searches of others; so long it waits for them at most.
MOST_WAIT_S = 3.0
# Between them they touch what is read from disk at its first use: names and their slips, both scripts, English.
WARMING = ("有什么支持？", "在緾州市開店，能貸多少錢？", "What support is there for a small firm?")


class Stream(Protocol):
    """`Answerer.stream`, as far as the page uses it."""

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        place: str | None = None,
        mode: Mode = "composed",
        whole_list: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]: ...


@dataclass(frozen=True)
class Loaded:
    """What the page needs of an answerer; `composes` is False where no language model is there."""

    stream: Stream
    held: tuple[Metadata, ...]
    composes: bool
    warm: Callable[[], None] = lambda: None
    documents: Mapping[str, Document] = field(default_factory=dict)
    index: Index | None = None
    """What the support finder reads; None leaves it empty."""
    checker: Checker | None = None
    """What the view to check a text asks; None leaves it empty."""
    examples: tuple[Example, ...] = ()
    rebuild: Callable[[Progress], Loaded] | None = None
    """Builds the index anew and gives what is then loaded; None where nobody may."""


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
        """The name in `words.WORDS` of what went wrong."""

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
        self.problem = name


def load(settings: Settings) -> Loaded:
    """Index and models as the settings name them; without a language model where only that is missing."""
    try:
        answerer = load_answerer(settings, mode="composed")
    except ModelError as error:
        answerer = load_answerer(settings, mode="extractive")
        log.warning("no language model, answers are extractive: %s", error)
    return loaded_of(settings, answerer)


def loaded_of(settings: Settings, answerer: Answerer) -> Loaded:
    """What the page needs of `answerer`; its models stay when the index is built anew."""

    def rebuild(progress: Progress) -> Loaded:
        build(settings.home, settings.seeds, answerer.embedder, progress=progress)
        index = load_index(settings.home, answerer.embedder.identity)
        renewed = Answerer(index, answerer.embedder, answerer.generator)
        examples.update(settings.home, renewed, progress=progress)
        return loaded_of(settings, renewed)

    def warm() -> None:
        """Some searches, for the first ones are slow, then the language model's prompt."""
        for question in WARMING:
            answerer.answer(question, mode="extractive")
        answerer.warm()

    index = answerer.index
    held = tuple(index.metadata.values())
    composes = answerer.generator is not None
    tried = examples.load(settings.home, index)
    checker = Checker(index, answerer.embedder)
    return Loaded(answerer.stream, held, composes, warm, index.documents, index, checker, tried, rebuild)


# -- asking ---------------------------------------------------------------------------------------


class Searches:
    """One search at a time, in the order of asking: each uses all cores, so that two at once delay both."""

    def __init__(self) -> None:
        self._line: list[object] = []
        """Who searches, then who waits to."""
        self._moved = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        place = object()
        with self._moved:
            self._line.append(place)
            self._moved.wait_for(lambda: self._line[0] is place)
        try:
            yield
        finally:
            with self._moved:
                self._line.remove(place)
                self._moved.notify_all()

    def wait_for_all(self, most_s: float) -> None:
        """Until nobody searches or waits to, or `most_s` seconds have passed."""
        with self._moved:
            self._moved.wait_for(lambda: not self._line, most_s)

    def in_turn(self, stream: Iterator[Event]) -> Iterator[Event]:
        """The events of an answer: its search in its turn, what follows once everybody has their evidence."""
        with self.turn():
            for event in stream:
                yield event
                if isinstance(event, EvidenceFound):
                    break
        self.wait_for_all(MOST_WAIT_S)
        yield from stream


class Desk:
    """Takes the questions of all visitors; knows for each the event that stops its answer."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self._running: dict[str, threading.Event] = {}
        self._line: list[object] = []
        """Who waits for the language model, in the order of asking; the first one has it."""
        self._searches = Searches()

    def stop(self, session: str) -> None:
        running = self._running.get(session)
        if running:
            running.set()

    def stop_all(self) -> None:
        for running in list(self._running.values()):
            running.set()

    def ask(
        self,
        session: str,
        question: str,
        history: Sequence[Turn],
        *,
        place: str | None,
        mode: Mode,
        language: Language = "zh-Hans",
        whole: bool = False,
    ) -> Iterator[Shown]:
        """One question as it is answered; the last has an answer or a problem. Closing it stops the model.

        `language` is that of the page, for what is said before the question's own is known. With `whole` an
        overview lists every support.
        """
        waiting = "searching" if self.opening.ended.is_set() else "loading"
        shown = Shown(
            question.strip(), waiting=waiting, language=language, chosen=place, mode=mode, whole=whole
        )
        if not shown.question:
            yield replace(shown, problem=say("blank", language))
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
        language = shown.language
        while not self.opening.ended.wait(POLL_S):
            if cancel.is_set():
                yield replace(shown, problem=say("halted", language))
                return
        loaded = self.opening.loaded
        if loaded is None:
            yield replace(shown, problem=say(self.opening.problem, language))
            return
        composing = mode == "composed" and loaded.composes
        stream = loaded.stream(
            shown.question, history, place=place, mode=mode, whole_list=shown.whole, cancel=cancel
        )
        try:
            yield from self._drawn(shown, stream, composing, cancel)
        except InputError as error:
            yield replace(shown, problem=f"{say('input', language)} {error}")
        except Exception:  # the last door: whoever asked gets a sentence, the log gets the cause
            log.exception("answering failed")
            yield replace(shown, problem=say("broken", language))

    def _drawn(
        self, shown: Shown, stream: Iterator[Event], composing: bool, cancel: threading.Event
    ) -> Iterator[Shown]:
        """What is to be seen after each event, and while none comes, the place in the line."""
        place_in_line = object()
        drafted_at = 0.0
        try:
            for event in _polled(self._searches.in_turn(stream), POLL_S):
                if event is None:
                    ahead = self._ahead(place_in_line)
                    if ahead != shown.ahead:
                        shown = replace(shown, ahead=ahead)
                        yield shown
                    continue
                if isinstance(event, EvidenceFound) and composing:
                    self._line.append(place_in_line)
                shown = show.after(shown, event, composing=composing)
                if isinstance(event, Understood):  # its places are seen with the evidence, a moment later
                    continue
                if shown.answer is not None:
                    shown = replace(shown, stopped=composing and cancel.is_set())
                # A token every 40 ms is faster than anybody reads and would load the browser for nothing.
                if isinstance(event, Draft):
                    if time.monotonic() - drafted_at < DRAFT_EVERY_S:
                        continue
                    drafted_at = time.monotonic()
                yield shown
        finally:
            if place_in_line in self._line:
                self._line.remove(place_in_line)

    def _ahead(self, place_in_line: object) -> int:
        line = list(self._line)
        return line.index(place_in_line) if place_in_line in line else 0


def _polled(stream: Iterator[Event], every_s: float) -> Iterator[Event | None]:
    """The events of `stream`, and None whenever none has come for `every_s` seconds.

    The stream runs in a thread of its own; left early, it ends by its cancel event.
    """
    events: queue.SimpleQueue[Event | Exception | None] = queue.SimpleQueue()

    def pump() -> None:
        try:
            for event in stream:
                events.put(event)
        except Exception as error:  # handed over, not lost
            events.put(error)
        events.put(None)

    threading.Thread(target=pump, name="answer", daemon=False).start()
    while True:
        try:
            event = events.get(timeout=every_s)
        except queue.Empty:
            yield None
            continue
        if event is None:
            return
        if isinstance(event, Exception):
            raise event
        yield event
