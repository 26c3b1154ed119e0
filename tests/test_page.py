"""The page without a browser: loading, asking, what the server lets through."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEmbedder, FakeGenerator
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.answer import Answerer
from rag.checker.check import Checker
from rag.config import Settings
from rag.errors import IndexNotUsableError, InputError, ModelError
from rag.index import Index
from rag.types import Answer, Claim, Draft, Event, EvidenceFound, Finished, Mode, Status, Turn
from ui import checking, page, server, show
from ui import desk as ui_desk
from ui.desk import Desk, Loaded, Opening, Searches
from ui.show import Shown
from ui.words import say

ANSWER = Answer("问？", Status.ANSWERED, "zh-Hans", ("吕梁市",), (Claim("最高30万元。", (1,)),))


class Script:
    """A stream that plays events, each a value or a function to call in its place; remembers what it was asked."""

    def __init__(self, *steps: Event | Callable[[], None] | Exception) -> None:
        self.steps = steps
        self.asked: dict[str, Any] = {}

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        place: str | None = None,
        mode: Mode = "composed",
        whole_list: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        self.asked = {
            "question": question,
            "history": tuple(history),
            "place": place,
            "mode": mode,
            "whole_list": whole_list,
            "cancel": cancel,
        }
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
            else:
                yield step


def opened(load: Callable[[], Loaded]) -> Opening:
    opening = Opening(load)
    opening.start()
    assert opening.ended.wait(10)
    return opening


def desk_over(stream: Script, *, composes: bool = True) -> Desk:
    return Desk(opened(lambda: Loaded(stream, (), composes)))


def asked(
    desk: Desk, question: str = "能贷多少钱？", *, mode: Mode = "composed", place: str | None = None
) -> list[Shown]:
    return list(desk.ask("session", question, (), place=place, mode=mode))


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to hold")


def raising(error: Exception) -> Callable[[], Loaded]:
    def load() -> Loaded:
        raise error

    return load


# -- loading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (IndexNotUsableError("gone"), "tiaowen build"),
        (ModelError("gone"), "tiaowen models fetch"),
        (RuntimeError("gone"), "日志"),
    ],
)
def test_a_failed_start_says_what_to_do(error: Exception, told: str) -> None:
    opening = opened(raising(error))
    assert opening.loaded is None
    assert told in say(opening.problem, "zh-Hans")
    assert told in asked(Desk(opening))[-1].problem


def test_a_reload_tries_again_after_a_problem() -> None:
    outcomes = iter([raising(IndexNotUsableError("gone")), lambda: Loaded(Script(), (), True)])
    opening = opened(lambda: next(outcomes)())
    assert opening.problem
    opening.start()
    assert opening.ended.wait(10)
    assert opening.loaded is not None
    assert not opening.problem


def test_a_question_asked_while_loading_is_answered_afterwards() -> None:
    free = threading.Event()

    def load() -> Loaded:
        free.wait(10)
        return Loaded(Script(Finished(ANSWER)), (), True)

    opening = Opening(load)
    opening.start()
    states = Desk(opening).ask("session", "问？", (), place=None, mode="composed")
    assert next(states).waiting == "loading"
    free.set()
    assert list(states)[-1].answer == ANSWER


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, cache=tmp_path)


def test_a_missing_language_model_leaves_the_documents_own_sentences(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, library: Index
) -> None:
    def load_answerer(_: Settings, *, mode: Mode) -> Answerer:
        if mode == "composed":
            raise ModelError("no language model")
        return Answerer(library, FakeEmbedder())

    monkeypatch.setattr(ui_desk, "load_answerer", load_answerer)
    loaded = ui_desk.load(settings)
    assert not loaded.composes
    assert "吕梁市" in show.held_places(loaded.held)


def test_a_missing_index_is_a_problem_in_either_mode(settings: Settings) -> None:
    with pytest.raises(IndexNotUsableError):
        ui_desk.load(settings)


# -- asking ---------------------------------------------------------------------------------------


def test_the_page_drains_the_answerers_own_stream(library: Index) -> None:
    answerer = Answerer(library, FakeEmbedder(), FakeGenerator())
    desk = Desk(opened(lambda: Loaded(answerer.stream, tuple(library.metadata.values()), True)))
    last = asked(desk, "长春有什么补贴？")[-1]
    assert last.answer is not None
    assert last.answer.status is Status.NOT_COVERED
    assert last.not_held


def test_evidence_is_handed_on_before_the_answer() -> None:
    states = asked(desk_over(Script(EvidenceFound((), (), ANSWER.lines), Draft("最高"), Finished(ANSWER))))
    assert [state.waiting for state in states[:2]] == ["searching", "rewording"]
    assert states[1].found is not None
    assert states[-1].answer == ANSWER


def test_place_mode_and_history_reach_the_stream() -> None:
    script = Script(Finished(ANSWER))
    history = (Turn("user", "甲？"),)
    list(desk_over(script).ask("s", " 乙？ ", history, place="吕梁市", mode="extractive", whole=True))
    assert {name: script.asked[name] for name in script.asked if name != "cancel"} == {
        "question": "乙？",
        "history": history,
        "place": "吕梁市",
        "mode": "extractive",
        "whole_list": True,
    }


@pytest.mark.parametrize("question", ["", " \n "])
def test_a_blank_question_is_not_asked(question: str) -> None:
    script = Script()
    assert asked(desk_over(script), question)[-1].problem == say("blank", "zh-Hans")
    assert script.asked == {}


def test_a_question_that_cannot_be_one_gets_a_friendly_line() -> None:
    problem = asked(desk_over(Script(InputError("Too long."))))[-1].problem
    assert problem.startswith(say("input", "zh-Hans"))


def test_an_unexpected_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    problem = asked(desk_over(Script(RuntimeError("secret cause"))))[-1].problem
    assert problem == say("broken", "zh-Hans")
    assert "secret cause" in caplog.text


def test_stopping_sets_the_cancel_event_and_is_told() -> None:
    script = Script(EvidenceFound((), (), ()), lambda: desk.stop("session"), Finished(ANSWER))
    desk = desk_over(script)
    last = asked(desk)[-1]
    assert script.asked["cancel"].is_set()
    assert last.stopped


def test_stopping_leaves_other_visitors_alone() -> None:
    script = Script(EvidenceFound((), (), ()), lambda: desk.stop("another"), Finished(ANSWER))
    desk = desk_over(script)
    assert not asked(desk)[-1].stopped


def test_a_visitor_who_leaves_frees_the_model() -> None:
    script = Script(EvidenceFound((), (), ()), Finished(ANSWER))
    states = desk_over(script).ask("session", "问？", (), place=None, mode="composed")
    next(states)
    next(states)
    states.close()  # type: ignore[attr-defined]
    assert script.asked["cancel"].is_set()


def test_whoever_waits_for_the_model_is_told_how_many_are_ahead() -> None:
    free = threading.Event()

    class Slow(Script):
        def __call__(self, question: str, history: Sequence[Turn] = (), **_: Any) -> Iterator[Event]:  # type: ignore[override]
            yield EvidenceFound((), (), ANSWER.lines)
            free.wait(10)
            yield Draft("最高")
            yield Finished(ANSWER)

    desk = desk_over(Slow())
    first = desk.ask("one", "问？", (), place=None, mode="composed")
    second = desk.ask("two", "问？", (), place=None, mode="composed")
    assert [next(first).found is None, next(first).found is None] == [True, False]
    assert [next(second).ahead, next(second).ahead, next(second).ahead] == [0, 0, 1]
    free.set()
    assert list(first)[-1].answer == ANSWER
    rest = list(second)
    assert rest[-1].answer == ANSWER
    assert rest[-1].ahead == 0


def test_searches_run_one_at_a_time_and_rewording_waits_for_all_of_them() -> None:
    log: list[str] = []
    may_find = {name: threading.Event() for name in "ab"}
    in_line = threading.Event()

    def answering(name: str) -> Iterator[Event]:
        log.append(f"{name} searches")
        may_find[name].wait(10)
        log.append(f"{name} found")
        yield EvidenceFound((), (), ANSWER.lines)
        log.append(f"{name} rewords")
        yield Finished(ANSWER)

    searches = Searches()

    def second() -> None:
        in_line.set()
        list(searches.in_turn(answering("b")))

    first_events = searches.in_turn(answering("a"))
    first = threading.Thread(target=lambda: list(first_events))
    later = threading.Thread(target=second)
    first.start()
    wait_until(lambda: log == ["a searches"])
    later.start()
    in_line.wait(10)
    wait_until(lambda: len(searches._line) == 2)
    may_find["a"].set()
    wait_until(lambda: "b searches" in log)
    assert log == ["a searches", "a found", "b searches"]
    may_find["b"].set()
    for thread in (first, later):
        thread.join(10)
    assert log[3] == "b found"
    assert set(log[4:]) == {"a rewords", "b rewords"}


def test_a_search_that_fails_lets_the_next_one_in() -> None:
    searches = Searches()

    def failing() -> Iterator[Event]:
        raise RuntimeError("x")
        yield Finished(ANSWER)

    with pytest.raises(RuntimeError):
        list(searches.in_turn(failing()))
    assert list(searches.in_turn(iter([Finished(ANSWER)]))) == [Finished(ANSWER)]


def test_a_problem_is_told_in_the_language_of_the_page() -> None:
    desk = desk_over(Script(RuntimeError("x")))
    last = list(desk.ask("s", "what?", (), place=None, mode="composed", language="en"))[-1]
    assert last.problem == say("broken", "en")


# -- what a browser asks to see -------------------------------------------------------------------


def desk_with(library: Index) -> Desk:
    held = tuple(library.metadata.values())
    return Desk(opened(lambda: Loaded(Script(), held, True, lambda: None, library.documents, library)))


def test_the_original_is_shown_at_the_quote(library: Index) -> None:
    clause = library.clauses[40]
    asked = {"document": clause.document, "start": str(clause.span.start), "end": str(clause.span.end)}
    shown = page.original_dialog(desk_with(library), asked)
    assert "<mark>" in shown
    assert clause.label in shown


@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        {},
        {"document": "../../etc/passwd", "start": "0", "end": "1"},
        {"document": "none.txt", "start": "0", "end": "1"},
        {"document": "<b>", "start": "-1", "end": "x"},
    ],
)
def test_what_is_not_held_is_not_shown(library: Index, asked: Any) -> None:
    assert say("not_there", "zh-Hans") in page.original_dialog(desk_with(library), asked)


# -- checking a text ------------------------------------------------------------------------------


def checking_desk(library: Index) -> Desk:
    checker = Checker(library, FakeEmbedder())
    return Desk(opened(lambda: Loaded(Script(), tuple(library.metadata.values()), True, checker=checker)))


def test_a_text_is_shown_marked_with_a_card_for_what_can_be_checked(library: Index) -> None:
    text = "您好！\n返乡农民工创业的，可申请最高50万元的创业担保贷款。<b>"
    shown, done = list(checking.check(checking_desk(library), text, "", "en"))[-1]
    assert done is not None
    assert "贷款。<b>" not in shown
    assert "&lt;b&gt;" in shown
    assert "altered" in shown
    assert shown.count('class="tc-card') == sum(c.verdict.value != "not_checkable" for c in done.claims)


@pytest.mark.parametrize(
    ("text", "place", "name"), [("  ", "", "check_blank"), ("您好", "子虚乌有市", "check_input")]
)
def test_what_cannot_be_checked_is_told(library: Index, text: str, place: str, name: str) -> None:
    shown, done = list(checking.check(checking_desk(library), text, place, "zh-Hans"))[-1]
    assert done is None
    assert say(name, "zh-Hans") in shown


def test_a_suggestion_is_taken_only_into_the_text_that_was_checked(library: Index) -> None:
    text = "返乡农民工创业的，可申请最高50万元的创业担保贷款。"
    done = list(checking.check(checking_desk(library), text, "", "zh-Hans"))[-1][1]
    assert "30万元" in checking.fixed(done, text, "1")
    assert "30万元" in checking.fixed(done, text, "all")
    assert checking.fixed(done, "改过的。", "1") == "改过的。"
    assert checking.fixed(done, text, "x") == text
    assert checking.fixed(None, text, "1") == text


# -- the server -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    async def made() -> FastAPI:  # in a running loop, as `serve` does
        return server.application(desk_over(Script()))

    with TestClient(asyncio.run(made())) as client:
        yield client


def test_every_reply_carries_the_browsers_policy(client: TestClient) -> None:
    for path in ("/", "/theme.css", "/nothing"):
        assert "default-src 'self'" in client.get(path).headers["content-security-policy"]


def test_the_page_is_served(client: TestClient) -> None:
    reply = client.get("/")
    assert reply.status_code == 200
    assert "条问" in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=pyproject.toml",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/runs",
        "/docs",
        "/openapi.json",
        "/monitoring",
        "/pyproject.toml",
        "/login",
        "/assets/../../../config.py",
    ],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_large_body_is_turned_away(client: TestClient) -> None:
    body = b"0" * (server.MAX_BODY_BYTES + 1)
    assert client.post("/gradio_api/queue/join", content=body).status_code == 413


def test_a_file_to_be_checked_is_read_or_refused(client: TestClient) -> None:
    read = client.put("/checker/text/信.txt", content="您好".encode("gb18030")).json()
    assert read == {"text": "您好", "problem": ""}
    assert (
        "not a text file" in client.put("/checker/text/a.txt", content=b"\x00\x01\x02" * 50).json()["problem"]
    )
    assert client.put("/checker/text/a.txt", content="一".encode() * 60_001).json()["problem"]
    large = b"0" * (checking.MAX_FILE_BYTES + 1)
    assert client.put("/checker/text/a.txt", content=large).status_code == 413


def test_no_call_is_open_to_clients_and_nothing_is_reported(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert {call["api_visibility"] for call in config["dependencies"] if call["backend_fn"]} == {"private"}


def test_a_taken_port_is_told_in_one_line(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="--port"):
        server.serve(settings, host="127.0.0.1", port=taken.getsockname()[1])


def test_a_wrong_host_is_told_in_one_line(settings: Settings) -> None:
    with pytest.raises(InputError, match="--host"):
        server.serve(settings, host="256.256.256.256", port=7860)
