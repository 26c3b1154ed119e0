"""The page in a real browser: Debian's Chromium, driven by Playwright. Left out where there is none."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import docx
import pytest
import uvicorn
from conftest import FakeEmbedder, write_documents
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from eval import serving
from rag import feedback, token
from rag.answer import Answerer
from rag.config import Settings
from rag.config import load as load_settings
from rag.index import build
from rag.index import load as load_index
from rag.types import (
    Answer,
    Check,
    Claim,
    ClaimChecked,
    Clause,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Framing,
    Metadata,
    Mode,
    Outcome,
    Query,
    Span,
    Status,
    Turn,
    Understood,
)
from ui import desk as ui_desk
from ui import server as ui_server
from ui.desk import Desk, Loaded, Opening, loaded_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; on Debian: apt-get install chromium"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 20_000
HOSTILE = '<script>window.harmed=1</script><img src="x" onerror="window.harmed=2"> **粗** ${window.harmed=3} {{7}} `'


def evidence(mark: int, quote: str) -> Evidence:
    clause = Clause(
        "doc.txt", f"2.{mark}", "measure", ("工作措施", f"第{mark}项"), Span(0, len(quote)), quote
    )
    metadata = Metadata("doc.txt", title=HOSTILE, doc_number="吕发改〔2022〕153号", place="吕梁市")
    return Evidence(clause, metadata, Span(0, len(quote)), quote, quote)


class FakeStream:
    """Answers like the library, in steps that a test lets through; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...], str | None, Mode]] = []
        self.may_draft, self.may_check, self.may_finish = (threading.Event() for _ in range(3))

    def open(self, *, drafting: bool = True, finishing: bool = True) -> None:
        for gate, opened in (
            (self.may_draft, drafting),
            (self.may_check, finishing),
            (self.may_finish, finishing),
        ):
            gate.set() if opened else gate.clear()

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
        assert cancel is not None
        self.asked.append((question, tuple(history), place, mode))
        yield Understood(Query(question, question, "zh-Hans", ("吕梁市",), (), ("doc.txt",)))
        if "长春" in question:
            lines = (Framing("文件没有规定这一点。"),)
            near = (evidence(1, "相近的一条。"),)
            yield EvidenceFound((), (), lines)
            yield Finished(Answer(question, Status.NOT_COVERED, "zh-Hans", (), lines, nearest=near))
            return
        found = tuple(evidence(mark, f"原文第{mark}句。" + HOSTILE) for mark in range(1, 7))
        original = tuple(Claim(f"原句{mark}。", (mark,)) for mark in range(1, 7))
        yield EvidenceFound(found, (), original)
        lines_ = original
        if mode == "composed":
            _wait(self.may_draft, cancel)
            yield Draft("可以贷 " + HOSTILE)
            _wait(self.may_check, cancel)
            if not cancel.is_set():
                lines_ = tuple(Claim(f"改写{mark}。", (mark,)) for mark in range(1, 7))
                for claim in lines_:
                    yield ClaimChecked(Check(claim.text, Outcome.SUPPORTED, claim))
        _wait(self.may_finish, cancel)
        yield Finished(
            Answer(
                question,
                Status.ANSWERED,
                "zh-Hans",
                ("吕梁市",),
                lines_,
                found,
                notices=("请核实现行规定。",),
            )
        )


def _wait(gate: threading.Event, cancel: threading.Event) -> None:
    while not gate.wait(0.02) and not cancel.is_set():
        pass


@contextmanager
def served(load: Callable[[], Loaded], settings: Settings | None = None) -> Iterator[tuple[str, Opening]]:
    """(address, opening) of a page that is up; closed afterwards."""
    desk = Desk(Opening(load))
    listening = ui_server._listen("127.0.0.1", 0)
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        servers.append(ui_server.server(desk, settings))
        await servers[0].serve(sockets=[listening])

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", desk.opening
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
        listening.close()


@pytest.fixture(scope="module")
def stream() -> FakeStream:
    return FakeStream()


@pytest.fixture(scope="module")
def address(stream: FakeStream) -> Iterator[str]:
    held = (Metadata("doc.txt", place="吕梁市"), Metadata("b.txt", place="盘山县"))
    with served(lambda: Loaded(stream, held, True)) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    height: int = 900,
    locale: str = "zh-CN",
    dark: bool = False,
) -> Iterator[Page]:
    """A page of a visitor of its own; at the end nothing may have gone to another host or failed."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    hosts: set[str] = set()
    failures: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("response", lambda reply: failures.append(reply.url) if reply.status >= 400 else None)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if line.type == "error" else None)
    page.goto(address)
    expect(page.locator("#banner .tw-banner").first).to_be_visible()
    try:
        yield page
    finally:
        harmed = page.evaluate("window.harmed")
        context.close()
    assert hosts <= {urlsplit(address).netloc, ""}
    assert failures == []
    assert harmed is None


def ask(page: Page, question: str) -> Locator:
    """Asks and returns the turn that is to hold the answer."""
    turn = page.locator(f"#turn-{page.locator('.tw-turn').count() + 1}")
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    return turn


def in_view(page: Page, element: Locator) -> bool:
    box = element.bounding_box()
    size = page.viewport_size
    return (
        box is not None and size is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
    )


def test_evidence_comes_at_once_and_the_answer_forms_beside_it(
    browser: Browser, address: str, stream: FakeStream
) -> None:
    stream.open(drafting=False, finishing=False)
    with visit(browser, address) as page:
        turn = ask(page, "能贷多少钱？")
        expect(turn.locator(".tw-card")).to_have_count(6)
        expect(turn.locator(".tw-original .tw-claim")).to_have_count(6)
        expect(turn.locator(".tw-busy")).to_contain_text("改写")
        stream.may_draft.set()
        expect(turn.locator(".tw-draft")).to_contain_text("可以贷 " + HOSTILE)
        stream.may_check.set()
        expect(turn.get_by_text("改写6。")).to_be_visible()
        expect(turn.locator(".tw-draft")).to_have_count(0)
        expect(turn.locator(".tw-original")).to_have_count(1)
        stream.may_finish.set()
        expect(turn.locator(".tw-status")).to_contain_text("有文件依据")
        expect(turn.locator(".tw-original")).to_have_count(0)
        expect(turn.locator(".tw-notices")).to_contain_text("请核实现行规定。")
        expect(turn.locator("blockquote").first).to_have_text("原文第1句。" + HOSTILE)


def test_many_visitors_of_the_benchmark_see_what_a_browser_would(address: str, stream: FakeStream) -> None:
    stream.open()
    seen = serving._asked(address, ["能贷多少钱？"] * 3)
    assert all(0 < one["evidence"] <= one["answer"] for one in seen)
    assert stream.asked[-1][0] == "能贷多少钱？"


def test_a_mark_opens_its_card_and_brings_it_into_view(
    browser: Browser, address: str, stream: FakeStream
) -> None:
    stream.open()
    with visit(browser, address, width=360, height=740) as page:
        turn = ask(page, "能贷多少钱？")
        expect(turn.locator(".tw-status")).to_be_visible()
        quote = page.locator("#turn-1-card-5 blockquote")
        expect(quote).to_be_hidden()
        turn.locator(".tw-claim").nth(4).locator(".tw-mark").click()
        expect(quote).to_be_visible()
        page.wait_for_function(
            "element => element.getBoundingClientRect().bottom < 740", arg=quote.element_handle()
        )
        assert in_view(page, quote)
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_stop_leaves_the_documents_own_sentences(browser: Browser, address: str, stream: FakeStream) -> None:
    stream.open(finishing=False)
    with visit(browser, address) as page:
        turn = ask(page, "能贷多少钱？")
        expect(turn.locator(".tw-draft")).to_be_visible()
        page.locator("#stop").click()
        expect(turn.locator(".tw-notices")).to_contain_text("已停止")
        expect(turn.locator(".tw-claim").first).to_contain_text("原句1。")
        expect(page.locator("#ask")).to_be_visible()
        expect(page.locator("#stop")).to_be_hidden()


def test_a_follow_up_keeps_the_context_and_the_place_can_be_chosen(
    browser: Browser, address: str, stream: FakeStream
) -> None:
    stream.open()
    with visit(browser, address) as page:
        page.locator("#place input").click()
        page.get_by_role("option", name="盘山县").click()
        expect(ask(page, "能贷多少钱？").locator(".tw-status")).to_be_visible()
        page.locator("#options button").first.click()
        page.get_by_label("逐句原文").click()
        expect(ask(page, "那找谁办？").locator(".tw-status")).to_be_visible()
        expect(page.locator(".tw-turn")).to_have_count(2)
        expect(page.locator("#question textarea")).to_have_value("")
        assert stream.asked[-2] == ("能贷多少钱？", (), "盘山县", "composed")
        question, history, place, mode = stream.asked[-1]
        assert (question, place, mode) == ("那找谁办？", "盘山县", "extractive")
        assert [turn.role for turn in history] == ["user", "assistant"]
        page.locator("#clear").click()
        expect(page.locator(".tw-turn")).to_have_count(0)


def test_not_covered_says_so_and_shows_the_nearest(browser: Browser, address: str) -> None:
    with visit(browser, address) as page:
        turn = ask(page, "长春有什么补贴？")
        expect(turn.locator(".tw-status")).to_contain_text("文件没有规定")
        expect(turn.locator(".tw-heading")).to_contain_text("最相近的条文")
        expect(turn.locator("blockquote")).to_have_text("相近的一条。")
        expect(turn.locator(".tw-mark")).to_have_count(0)


def test_an_example_asks_at_a_tap(browser: Browser, address: str, stream: FakeStream) -> None:
    stream.open()
    with visit(browser, address) as page:
        page.locator(".tw-example").first.click()
        expect(page.locator("#turn-1 .tw-status")).to_be_visible()
        assert stream.asked[-1][0] == "我在吕梁市创业，有什么支持？"
        expect(page.locator("#examples")).to_be_hidden()


def test_a_question_with_markup_is_shown_and_does_nothing(
    browser: Browser, address: str, stream: FakeStream
) -> None:
    stream.open()
    with visit(browser, address) as page:
        turn = ask(page, HOSTILE)
        expect(turn.locator(".tw-question")).to_have_text(HOSTILE)
        expect(turn.locator(".tw-status")).to_be_visible()
        assert turn.locator("script, img").count() == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_no_wider_than_the_window(
    browser: Browser, address: str, stream: FakeStream, width: int
) -> None:
    stream.open()
    with visit(browser, address, width=width, height=740) as page:
        expect(ask(page, "能贷多少钱？" * 20).locator(".tw-status")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert in_view(page, page.locator("#question textarea"))
        spacing = page.evaluate(
            "(() => { const s = getComputedStyle(document.querySelector('.tw-claim'));"
            " return parseFloat(s.lineHeight) / parseFloat(s.fontSize); })()"
        )
        assert spacing >= 1.7


def test_the_page_is_there_while_the_models_load(browser: Browser, stream: FakeStream) -> None:
    stream.open()
    free = threading.Event()

    def load() -> Loaded:
        free.wait(WAIT_MS / 1000)
        return Loaded(stream, (Metadata("doc.txt", place="吕梁市"),), False)

    with served(load) as (address, _), visit(browser, address) as page:
        expect(page.locator("#banner")).to_contain_text("正在载入模型")
        turn = ask(page, "能贷多少钱？")
        expect(turn).to_contain_text("载好后马上回答")
        free.set()
        expect(turn.locator(".tw-status")).to_be_visible()
        expect(page.locator("#banner")).to_contain_text("吕梁市")
        expect(page.locator("#banner")).to_contain_text("语言模型没有装好")


def test_a_missing_index_is_one_clear_line(browser: Browser, tmp_path: Path) -> None:
    settings = load_settings(flags={"home": tmp_path})
    with served(lambda: ui_desk.load(settings)) as (address, _), visit(browser, address) as page:
        expect(page.get_by_role("alert")).to_contain_text("tiaowen build")


# -- over a real library, with the fake embedder --------------------------------------------------

TEXT = f"""吕梁市支持创业若干措施

吕政发〔2022〕1号

为支持创业，制定本措施。

一、加大资金支持

（一）发放创业担保贷款。返乡农民工创业的，可申请最高30万元的创业担保贷款。{HOSTILE}（市财政局负责）

（二）给予一次性创业补贴。高校毕业生创业的，给予5000元一次性创业补贴。（市人社局负责）

二、提供场地

（三）免费提供场地。对入驻孵化基地的，免费提供办公场地。（市科技局负责）

吕梁市人民政府
2022年5月5日
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    seeds = write_documents(tmp_path_factory.mktemp("seeds"), [("cuoshi.txt", TEXT)])
    return load_settings(flags={"home": home, "seeds": seeds})


@pytest.fixture(scope="module")
def shelf(settings: Settings) -> Iterator[str]:
    """The address of a page over a library of one hostile document, answered in its own sentences."""
    build(settings.home, settings.seeds, FakeEmbedder())

    def load() -> Loaded:
        index = load_index(settings.home, FakeEmbedder().identity)
        return loaded_of(settings, Answerer(index, FakeEmbedder()))

    with served(load, settings) as (address, _):
        yield address


LOAN = "我是返乡农民工，想在吕梁创业，有什么支持？"


def test_the_original_opens_at_the_quote_and_closes(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf, width=360, height=740) as page:
        turn = ask(page, LOAN)
        turn.locator(".tw-mark").first.click()
        expect(turn.locator(".tw-card mark").first).to_contain_text("30万元")
        turn.get_by_role("button", name="在原文中查看").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("mark").first).to_contain_text("30万元")
        expect(dialog.locator(".tw-raw").filter(has_text=HOSTILE)).to_have_count(1)
        expect(dialog.locator(".tw-clean").filter(has_text="30万元")).to_be_visible()
        assert in_view(page, dialog.locator("mark").first)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        turn.get_by_role("button", name="在原文中查看").first.click()
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="关闭").click()
        expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "tab", "held"),
    [
        ("zh-CN", "找支持", "已收录：吕梁市"),
        ("zh-TW", "找支持", "已收錄：呂梁市"),
        ("en-US", "Support", "Lüliang City"),
    ],
)
def test_the_page_speaks_the_browsers_language(
    browser: Browser, shelf: str, locale: str, tab: str, held: str
) -> None:
    with visit(browser, shelf, locale=locale) as page:
        expect(page.get_by_role("tab", name=tab)).to_be_visible()
        expect(page.locator("#banner")).to_contain_text(held)


def test_the_language_is_switched_and_remembered(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        page.locator("#language").get_by_text("English").click()
        expect(page.locator("#ask")).to_have_text("Ask")
        expect(page.locator("#question textarea")).to_have_attribute("placeholder", "How much can I borrow?")
        page.reload()
        expect(page.locator("#ask")).to_have_text("Ask")
        assert page.evaluate("document.documentElement.lang") == "en"
        expect(ask(page, LOAN).locator(".tw-status")).to_contain_text("有文件依据")


def test_the_place_is_remembered(browser: Browser, address: str, stream: FakeStream) -> None:
    stream.open()
    with visit(browser, address) as page:
        page.locator("#place input").click()
        page.get_by_role("option", name="盘山县").click()
        page.wait_for_function("localStorage.getItem('tw-place') === '盘山县'")
        page.reload()
        expect(page.locator("#place input")).to_have_value("盘山县")
        expect(ask(page, "能贷多少钱？").locator(".tw-status")).to_be_visible()
        assert stream.asked[-1][2] == "盘山县"


def test_a_link_asks_its_question_and_tells_no_server(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        turn = ask(page, LOAN)
        turn.get_by_role("button", name="链接").click()
        expect(page.locator("#tw-toast")).to_contain_text("链接已复制")
        link = page.evaluate("navigator.clipboard.readText()")
    assert "#q=" in link
    with visit(browser, link) as page:
        expect(page.locator("#turn-1 .tw-question")).to_have_text(LOAN)
        expect(page.locator("#turn-1 .tw-card").first).to_contain_text("吕政发〔2022〕1号")


def test_an_answer_is_copied_with_its_citations(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        ask(page, LOAN).get_by_role("button", name="复制").click()
        expect(page.locator("#tw-toast")).to_contain_text("已复制")
        text = page.evaluate("navigator.clipboard.readText()")
    assert "可申请最高30万元" in text
    assert "[1] 吕梁市《吕梁市支持创业若干措施》（吕政发〔2022〕1号） 1.1" in text


def test_an_answer_is_saved_as_a_page_that_does_nothing(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        turn = ask(page, LOAN)
        with page.expect_download() as saved:
            turn.get_by_role("button", name="存为网页").click()
        text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "可申请最高30万元" in text
    assert "吕政发〔2022〕1号" in text
    assert "<script" not in text
    assert "<button" not in text


def test_printing_shows_the_one_answer_with_its_sources_and_nothing_else(
    browser: Browser, shelf: str
) -> None:
    with visit(browser, shelf) as page:
        expect(ask(page, LOAN).locator(".tw-actions")).to_be_visible()
        turn = ask(page, "返乡农民工有什么支持？")
        expect(turn.locator(".tw-actions")).to_be_visible()
        page.evaluate(
            "window.print = () => { window.printed = document.querySelectorAll('.tw-unprinted').length }"
        )
        turn.get_by_role("button", name="打印").click()
        assert page.evaluate("window.printed") == 1
        page.emulate_media(media="print")
        expect(page.locator("#asking")).to_be_hidden()
        expect(turn.locator(".tw-actions")).to_be_hidden()
        expect(turn.locator(".tw-card").first).to_be_visible()


def test_asking_again_replaces_the_last_answer(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        turn = ask(page, LOAN)
        turn.get_by_role("button", name="重新回答").click()
        expect(page.locator("#stop")).to_be_hidden()
        expect(page.locator("#turn-1 .tw-card").first).to_be_visible()
        expect(page.locator(".tw-turn")).to_have_count(1)


def test_feedback_is_stored_and_its_numbers_masked(browser: Browser, shelf: str, settings: Settings) -> None:
    with visit(browser, shelf, width=360, height=740) as page:
        turn = ask(page, LOAN)
        turn.get_by_role("button", name="有问题").click()
        turn.get_by_role("button", name="提交").click()
        expect(page.locator("#tw-toast")).to_contain_text("请先选")
        turn.get_by_label("数字不对").check()
        turn.get_by_label("补充一句").fill("应该是20万元，我的电话13800138000")
        turn.get_by_role("button", name="提交").click()
        expect(page.locator("#tw-toast")).to_contain_text("已记下")
    (kept,) = feedback.entries(settings.home)
    assert (kept.question, kept.verdict) == (LOAN, "wrong_number")
    assert kept.note == "应该是20万元，我的电话***"


def test_feedback_beyond_the_days_limit_is_told(
    browser: Browser, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "MOST_A_DAY", 0)
    with visit(browser, shelf) as page:
        ask(page, LOAN).get_by_role("button", name="对", exact=True).click()
        expect(page.locator("#tw-toast")).to_contain_text("已达上限")


def test_the_finder_lists_what_applies_with_its_reason(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf, width=360, height=740) as page:
        page.get_by_role("tab", name="找支持").click()
        page.locator("#finder-place").get_by_text("吕梁市").click()
        page.locator("#finder-group").get_by_text("返乡农民工").click()
        found = page.locator(".tw-found").first
        expect(found).to_contain_text("最高30万元")
        expect(found).to_contain_text("这一句写明：返乡农民工")
        expect(page.locator("#found")).not_to_contain_text("5000元")
        page.locator(".tw-unknown summary").first.click()
        expect(page.locator(".tw-unknown")).to_contain_text("免费提供办公场地")
        expect(page.locator(".tw-unknown")).to_contain_text("看不出来")
        found.locator("summary").click()
        found.get_by_role("button", name="在原文中查看").click()
        expect(page.get_by_role("dialog").locator("mark").first).to_contain_text("30万元")
        assert page.evaluate("document.documentElement.scrollWidth") == 360


LETTER = f"王先生：\n您好！吕梁市返乡农民工创业的，可申请最高50万元的创业担保贷款。{HOSTILE}\n高校毕业生创业的，给予5000元一次性创业补贴。"


def check_text(page: Page, text: str) -> None:
    """Have a text checked in the view for it."""
    page.get_by_role("tab", name="核对文字").click()
    page.locator("#checked textarea").fill(text)
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator(".tc-card").first).to_be_visible()


def test_a_text_is_checked_corrected_and_saved(browser: Browser, shelf: str, tmp_path: Path) -> None:
    with visit(browser, shelf, width=360, height=740) as page:
        check_text(page, LETTER)
        wrong = page.locator(".tc-card.tc-altered").first
        expect(wrong).to_contain_text("50万元")
        expect(wrong).to_contain_text("30万元")
        page.locator(".tc-text mark.tc-altered").first.click()
        expect(page.locator(".tc-card.tw-shown")).to_contain_text("30万元")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        with page.expect_download() as saved:
            page.get_by_role("button", name="存为 Word").click()
        saved.value.save_as(tmp_path / saved.value.suggested_filename)
        comments = docx.Document(str(tmp_path / "tiaowen.docx")).comments
        assert any("50万元 → 30万元" in each.text for each in comments)
        wrong.get_by_role("button", name="在原文中查看").first.click()
        expect(page.get_by_role("dialog").locator("mark").first).to_contain_text("30万元")
        page.keyboard.press("Escape")
        wrong.get_by_role("button", name="采用").click()
        expect(page.locator("#checked textarea")).to_have_value(re.compile("最高30万元"))
        expect(page.locator(".tc-card.tc-altered")).to_have_count(0)
        assert page.evaluate("window.harmed") is None


def test_a_file_is_read_into_the_box_or_refused(browser: Browser, shelf: str, tmp_path: Path) -> None:
    letter, broken = tmp_path / "复函.txt", tmp_path / "坏.docx"
    letter.write_bytes("免费提供办公场地。".encode("gb18030"))
    broken.write_bytes(b"PK\x03\x04none")
    with visit(browser, shelf) as page:
        page.get_by_role("tab", name="核对文字").click()
        page.set_input_files("input[data-reads]", letter)
        expect(page.locator("#checked textarea")).to_have_value("免费提供办公场地。")
        page.set_input_files("input[data-reads]", broken)
        expect(page.locator("#tw-toast")).to_contain_text("damaged")
        expect(page.locator("#checked textarea")).to_have_value("免费提供办公场地。")


def test_a_document_is_browsed_searched_and_compared(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf, width=360, height=740) as page:
        page.get_by_role("tab", name="查文件").click()
        page.get_by_role("button", name="吕梁市支持创业若干措施").click()
        expect(page.locator(".tw-facts")).to_contain_text("吕政发〔2022〕1号")
        expect(page.locator(".tw-tree details")).to_have_count(4)
        page.locator("#words textarea, #words input").fill("創業補貼")
        expect(page.locator(".tw-tree details")).to_have_count(1)
        expect(page.locator(".tw-tree details mark").first).to_have_text("创业补贴")
        page.get_by_label("原文对照").click()
        expect(page.locator(".tw-raw").filter(has_text=HOSTILE)).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("button", name="全部文件").click()
        expect(page.locator(".tw-document")).to_have_count(1)


def test_staff_add_look_at_and_remove_a_document(
    browser: Browser, shelf: str, settings: Settings, tmp_path: Path
) -> None:
    made = token.make(settings.home)
    (tmp_path / "linfen.txt").write_text(
        TEXT.replace("吕梁", "临汾").replace("补贴", "補(bǔ)貼"), encoding="utf-8"
    )
    with visit(browser, shelf, width=360, height=740) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("tab", name="查文件").click()
        panel = page.locator(".tw-staff")
        panel.locator("> summary").click()
        panel.get_by_label("令牌").fill(made)
        panel.locator("[data-staff=files]").set_input_files(tmp_path / "linfen.txt")
        panel.get_by_role("button", name="加入并重建索引").click()
        expect(panel.locator(".tw-staff-said")).to_contain_text("已重建")
        expect(panel.locator(".tw-staff-shown")).to_contain_text("linfen.txt: 已加入")
        expect(panel.locator(".tw-repairs")).to_contain_text("bǔ")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.reload()
        expect(page.locator("#banner")).to_contain_text("临汾市")
        page.get_by_role("tab", name="查文件").click()
        panel.locator("> summary").click()
        panel.get_by_label("令牌").fill(made)
        panel.get_by_role("button", name="列出文件").click()
        panel.locator("li").filter(has_text="linfen.txt").get_by_role("button", name="移除").click()
        expect(panel.locator(".tw-staff-said")).to_contain_text("已重建")
        page.reload()
        expect(page.locator("#banner .tw-banner").first).to_be_visible()
        expect(page.locator("#banner")).not_to_contain_text("临汾市")
    token.revoke(settings.home)


CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const behind = (element) => { let over = [0, 0, 0, 0];
    for (let e = element; e; e = e.parentElement) { const [r, g, b, a] = rgba(getComputedStyle(e).backgroundColor);
      const rest = (1 - over[3]) * a; over = [over[0] + r * rest, over[1] + g * rest, over[2] + b * rest, over[3] + rest];
      if (over[3] > .99) break; }
    return over.slice(0, 3).map((v) => v + 255 * (1 - over[3])); };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const style = getComputedStyle(element); const box = element.getBoundingClientRect();
    if (!own || !box.width || !box.height || style.visibility === 'hidden' || style.opacity === '0' || element.disabled) continue;
    const back = behind(element); const text = rgba(style.color);
    const shown = text.slice(0, 3).map((v, i) => v * text[3] + back[i] * (1 - text[3]));
    const [high, low] = [light(shown), light(back)].sort((x, y) => y - x);
    const ratio = (high + .05) / (low + .05);
    if (ratio < 4.5) poor.push(`${element.className || element.tagName} ${element.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""
NAMELESS = """
() => [...document.querySelectorAll('button, input, textarea, select, a[href], [role=tab], summary')]
  .filter((e) => e.getBoundingClientRect().width > 0)
  .filter((e) => !(e.getAttribute('aria-label') || e.title || e.textContent.trim() || (e.labels && e.labels.length
    && [...e.labels].some((l) => l.textContent.trim())) || e.getAttribute('aria-labelledby')))
  .map((e) => e.outerHTML.slice(0, 160))
"""


VIEWS = ["提问", "找支持", "核对文字", "查文件"]


def open_view(page: Page, tab: str) -> None:
    """The view `tab` with something in it, standing still."""
    page.get_by_role("tab", name=tab).click()
    if tab == "提问":
        ask(page, LOAN).get_by_role("button", name="有问题").click()
        expect(page.locator(".tw-form")).to_be_visible()
    elif tab == "找支持":
        page.locator("#finder-place").get_by_text("吕梁市").click()
        expect(page.locator(".tw-found").first).to_be_visible()
    elif tab == "核对文字":
        check_text(page, LETTER)
    else:
        page.locator(".tw-document").click()
        expect(page.locator(".tw-tree")).to_be_visible()
    page.wait_for_timeout(600)  # transitions of colour end


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("tab", VIEWS)
def test_text_is_readable_and_controls_are_named(browser: Browser, shelf: str, tab: str, dark: bool) -> None:
    """Contrast of 4.5 (WCAG AA) for every text in sight, and a name for everything that can be operated."""
    with visit(browser, shelf, dark=dark) as page:
        expect(page.locator("#banner")).to_contain_text("吕梁市")
        open_view(page, tab)
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("tab", VIEWS)
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, False), (1280, True)])
def test_axe_finds_nothing_serious(browser: Browser, shelf: str, tab: str, width: int, dark: bool) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with visit(browser, shelf, width=width, height=740, dark=dark) as page:
        open_view(page, tab)
        found = axe.run(page).response["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in serious] == []


def test_everything_is_reached_with_the_keyboard(browser: Browser, shelf: str) -> None:
    with visit(browser, shelf) as page:
        turn = ask(page, LOAN)
        expect(turn.locator(".tw-actions")).to_be_visible()
        turn.locator(".tw-mark").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.models
def test_the_real_thing_answers_with_its_clause(browser: Browser, real_settings: Settings) -> None:
    from rag.answer import load_answerer

    def load() -> Loaded:
        answerer = load_answerer(real_settings, mode="extractive")
        return Loaded(answerer.stream, tuple(answerer.index.metadata.values()), False)

    with served(load) as (address, _), visit(browser, address, width=360, height=740) as page:
        turn = ask(page, "我是返乡农民工，想在吕梁开店，能贷多少钱？找谁办？")
        expect(turn.locator(".tw-status")).to_contain_text("吕梁市")
        expect(turn.locator(".tw-claim").first).to_contain_text("30万元")
        expect(turn.locator(".tw-card").first).to_contain_text("2.5.26")
        expect(turn.locator(".tw-card").first).to_contain_text("吕发改服务发〔2022〕153号")
        away = ask(page, "长春有什么补贴？")
        expect(away.locator(".tw-status")).to_contain_text("没有收录")
