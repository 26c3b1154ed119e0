"""The page under load: the first visit to a cold server in a real browser, and many people asking at once.

The server is a process of its own, started as its operator starts it. The many speak to it as the page's script
does, without a browser each: ten browsers on the machine of the server would measure themselves. Baselines of
the same run: the first visit is held against the second, the questions of many against that of one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import httpx

from eval.metrics import percentile
from rag.config import Settings
from rag.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PEOPLE = 10
WAIT_S = 300.0
# After an answer the language model goes back to its prompt, and after the start it reads it: neither is what is measured.
QUIET_S = 20.0
# What in a message of the server shows that the visitor now sees it.
SIGNS = {"evidence": "tw-card", "line": "改写在排队", "answer": "tw-actions"}
BROWSER_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


class Serving(NamedTuple):
    """Seconds of visits and of questions; `in_line` is how many of the many saw their place in the line."""

    listening_s: float
    """From starting the process to its address."""
    first_load_s: float
    """From going there, while the models load, to the question box and the banner on the screen."""
    second_load_s: float
    loaded_s: float
    """From starting the process to the banner that says which places are held."""
    evidence_alone_s: float
    evidence_s: tuple[float, ...]
    answers_s: tuple[float, ...]
    in_line: int

    def lines(self) -> list[str]:
        return [
            f"address after {self.listening_s:.1f} s, models loaded after {self.loaded_s:.1f} s",
            f"first load on the cold server {self.first_load_s:.2f} s, second load {self.second_load_s:.2f} s",
            f"evidence for one person {self.evidence_alone_s:.2f} s",
            f"evidence for {len(self.evidence_s)} people asking at once: p50 {percentile(self.evidence_s, 0.5):.2f} s, "
            f"most {max(self.evidence_s):.2f} s",
            f"composed answers of all {len(self.answers_s)} after {max(self.answers_s):.0f} s; "
            f"{self.in_line} saw their place in the line",
        ]


def serving(
    settings: Settings,
    questions: Sequence[str],
    report: Callable[[str, int, int], None],
    *,
    people: int = PEOPLE,
) -> Serving:
    """Start the server, visit it, and ask it `people` questions at once.

    `questions` are at least `people` + 2: two are asked before. Raises `InputError` without a Chromium.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise InputError("There is no chromium here; on Debian: apt-get install chromium.")
    first, alone, *many = questions[: people + 2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(BROWSER_ARGUMENTS))
        started = time.monotonic()
        with _served(settings) as address:
            listening_s = time.monotonic() - started
            report("first visit", 0, 0)
            page, first_load_s = _visit(browser, address)
            page.wait_for_selector("#banner .tw-ready", timeout=WAIT_S * 1000)
            loaded_s = time.monotonic() - started
            _asked(address, [first])
            time.sleep(QUIET_S)
            _, second_load_s = _visit(browser, address)
            browser.close()
            report("one question", 0, 0)
            [seen] = _asked(address, [alone])
            report(f"{len(many)} questions at once", 0, 0)
            saw = _asked(address, many)
    return Serving(
        listening_s,
        first_load_s,
        second_load_s,
        loaded_s,
        seen["evidence"],
        tuple(one["evidence"] for one in saw),
        tuple(one["answer"] for one in saw),
        sum("line" in one for one in saw),
    )


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """The address of a server in a process of its own, ended afterwards."""
    command = [sys.executable, "-c", "from rag.cli import main; main()"]
    arguments = ["--home", str(settings.home), "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, *arguments], stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"http://\S+", line):
                    yield found[0]
                    break
            else:
                raise InputError("The page could not be started; see `tiaowen serve`.")
        finally:
            process.terminate()
            process.stderr.read()


def _visit(browser: Browser, address: str) -> tuple[Page, float]:
    """A visitor's page, and the seconds until its question box and banner were seen."""
    page = browser.new_context(locale="zh-CN").new_page()
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#question textarea", timeout=WAIT_S * 1000)
    page.wait_for_selector("#banner .tw-banner", timeout=WAIT_S * 1000)
    return page, time.monotonic() - begun


class _Visitor:
    """One person's page without its browser: arrives, asks, and reads what the server sends until the answer."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=WAIT_S)
        self._session = uuid.uuid4().hex
        config = self._client.get("config").json()
        named = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        events = {
            (named.get(target), event): entry["id"]
            for entry in config["dependencies"]
            for target, event in entry["targets"]
        }
        self._ask = events["question", "submit"]
        arrive = next(number for (_, event), number in events.items() if event == "load")
        self._send("run/predict", arrive, ["zh-Hans", "", "", ""])

    def _send(self, path: str, function: int, data: list[str | None]) -> None:
        message = {"data": data, "fn_index": function, "session_hash": self._session}
        self._client.post(f"gradio_api/{path}", json=message).raise_for_status()

    def ask(self, question: str) -> dict[str, float]:
        """Seconds after asking until evidence, a place in the line and the whole answer were seen, as far as they were."""
        seen: dict[str, float] = {}
        asked = time.monotonic()
        self._send("queue/join", self._ask, [question, "", "composed", None, "zh-Hans"])
        with (
            closing(self._client),
            self._client.stream(
                "GET", "gradio_api/queue/data", params={"session_hash": self._session}
            ) as reply,
        ):
            for line in reply.iter_lines():
                for name, sign in SIGNS.items():
                    if sign in line:
                        seen.setdefault(name, time.monotonic() - asked)
                if "process_completed" in line:
                    break
        return seen


def _asked(address: str, questions: Sequence[str]) -> list[dict[str, float]]:
    """What each of as many visitors saw of the answer to a question; all ask at the same moment."""
    visitors = [_Visitor(address) for _ in questions]
    with ThreadPoolExecutor(len(visitors)) as people:
        return list(people.map(_Visitor.ask, visitors, questions))
