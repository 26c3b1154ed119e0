"""What the page shows: pure functions, tested without a browser."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rag.examples import Example
from rag.types import (
    Answer,
    Check,
    Claim,
    ClaimChecked,
    Clause,
    Department,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Framing,
    Language,
    Line,
    Metadata,
    Outcome,
    Query,
    Span,
    Status,
    Turn,
    Understood,
)
from ui import show
from ui.show import Shown, after, banner_html, conversation_html, history_of, place_choices, turn_html

QUOTE = "对返乡农民工可申请最高30万元的创业担保贷款。"
HOSTILE = '<script>alert(1)</script> **粗** [链接](javascript:alert(1)) <img src=x onerror="alert(2)"> & \'"'


def evidence(
    quote: str = QUOTE, *, label: str = "2.5.26", title: str | None = "实施方案", place: str = "吕梁市"
) -> Evidence:
    clause = Clause(
        "doc.txt",
        label,
        "measure",
        ("工作措施", "大力发展创业担保贷款"),
        Span(0, len(quote)),
        quote,
        (Department("人社局", "牵头"), Department("财政局")),
    )
    metadata = Metadata(
        "doc.txt", title=title, doc_number="吕发改〔2022〕153号", place=place, date_issued="2022-05-05"
    )
    return Evidence(clause, metadata, Span(0, len(quote)), quote, quote)


def answer(
    status: Status = Status.ANSWERED, *lines: Line, language: Language = "zh-Hans", **rest: object
) -> Answer:
    given = {"citations": (evidence(),), **rest}
    return Answer(
        "能贷多少钱？", status, language, ("吕梁市",), lines or (Claim("最高30万元。", (1,)),), **given
    )  # type: ignore[arg-type]


def shown_after(*events: Event, question: str = "能贷多少钱？") -> Shown:
    shown = Shown(question)
    for event in events:
        shown = after(shown, event, composing=True)
    return shown


class _Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_card_holds_everything_that_proves_the_claim() -> None:
    text = _Tags(turn_html(shown_after(Finished(answer())), 1)).text
    for part in (
        "吕梁市",
        "2.5.26",
        "实施方案",
        "吕发改〔2022〕153号",
        "2022-05-05",
        QUOTE,
        "人社局（牵头）、财政局",
    ):
        assert part in text
    assert "工作措施 › 大力发展创业担保贷款" in text


def test_each_mark_leads_to_a_card_of_its_own_turn() -> None:
    lines = (Claim("甲。", (1, 2)), Claim("乙。", (2,)))
    finished = shown_after(
        Finished(answer(Status.ANSWERED, *lines, citations=(evidence(), evidence(label="3.1"))))
    )
    page = _Tags(conversation_html((finished, finished)))
    ids = [attrs["id"] for tag, attrs in page.tags if tag == "details"]
    assert ids == ["turn-1-card-1", "turn-1-card-2", "turn-2-card-1", "turn-2-card-2"]
    marks = [attrs["data-card"] for tag, attrs in page.tags if tag == "a"]
    assert marks == [f"turn-{turn}-card-{mark}" for turn in (1, 2) for mark in (1, 2, 2)]


@pytest.mark.parametrize(
    "where", ["question", "quote", "title", "label", "place", "line", "framing", "notice", "draft"]
)
def test_text_of_others_stays_text(where: str) -> None:
    hostile = {where: HOSTILE}
    item = evidence(
        hostile.get("quote", QUOTE),
        label=hostile.get("label", "1"),
        title=hostile.get("title", "题"),
        place=hostile.get("place", "吕梁市"),
    )
    lines = (Claim(hostile.get("line", "甲。"), (1,)), Framing(hostile.get("framing", "乙：")))
    events: list[Event] = [EvidenceFound((item,), (), lines), Draft(hostile.get("draft", "草"))]
    if where != "draft":
        events.append(
            Finished(
                answer(Status.ANSWERED, *lines, citations=(item,), notices=(hostile.get("notice", "丙"),))
            )
        )
    page = _Tags(turn_html(shown_after(*events, question=hostile.get("question", "问？")), 1, feedback=True))
    assert {tag for tag, _ in page.tags} <= {
        "section",
        "h2",
        "h3",
        "div",
        "p",
        "strong",
        "span",
        "a",
        "aside",
        "details",
        "summary",
        "b",
        "blockquote",
        "dl",
        "dt",
        "dd",
        "ul",
        "li",
        "mark",
        "button",
        "textarea",
        "input",
        "label",
    }
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert all(str(attrs["href"]).startswith("#turn-") for tag, attrs in page.tags if tag == "a")
    assert HOSTILE in page.text


def test_evidence_is_shown_at_once_and_called_provisional() -> None:
    found = EvidenceFound((evidence(),), (), (Claim(QUOTE, (1,)),))
    page = turn_html(shown_after(found), 1)
    assert "tw-card" in page
    assert 'class="tw-original"' in page
    assert "正在用通俗的话改写" in page
    assert "tw-answered" not in page


def test_a_checked_claim_replaces_its_draft() -> None:
    found = EvidenceFound((evidence(),), (), (Claim(QUOTE, (1,)),))
    drafting = shown_after(found, Draft("最高能"), Draft("贷30万 [1]"))
    assert 'class="tw-draft"' in turn_html(drafting, 1)
    assert "最高能贷30万 <a" in turn_html(drafting, 1)
    checked = after(
        drafting, ClaimChecked(Check("", Outcome.SUPPORTED, Claim("可贷30万元。", (1,)))), composing=True
    )
    assert "tw-draft" not in turn_html(checked, 1)
    assert "可贷30万元。" in _Tags(turn_html(checked, 1)).text


def test_a_dropped_claim_leaves_nothing() -> None:
    found = EvidenceFound((evidence(),), (), ())
    shown = shown_after(
        found, Draft("胡说"), ClaimChecked(Check("胡说", Outcome.DROPPED, None, ("no number",)))
    )
    assert "胡说" not in turn_html(shown, 1)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_words_in_three_languages(status: Status) -> None:
    languages: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "en")
    for language in languages:
        page = turn_html(shown_after(Finished(answer(status, language=language))), 1)
        assert f"tw-{status.value}" in page


def test_not_covered_shows_the_nearest_clauses_as_such_and_without_marks() -> None:
    finished = answer(
        Status.NOT_COVERED, Framing("文件没有规定这一点。"), citations=(), nearest=(evidence(),)
    )
    page = _Tags(turn_html(shown_after(Finished(finished)), 1))
    assert "文件没有规定" in page.text
    assert "最相近的条文（没有直接规定您问的事）" in page.text
    assert QUOTE in page.text
    assert not [tag for tag, _ in page.tags if tag == "a"]


def test_a_place_not_held_is_told_apart_from_a_silent_document() -> None:
    query = Query("长春有什么补贴？", "", "zh-Hans", ("长春市",), ("长春市",), ())
    finished = answer(Status.NOT_COVERED, Framing("没有收录。"), citations=())
    assert "没有收录这个地方的文件" in turn_html(shown_after(Understood(query), Finished(finished)), 1)


def test_the_answer_comes_in_the_askers_script_and_the_quote_in_its_own() -> None:
    page = turn_html(shown_after(Finished(answer(language="zh-Hant"))), 1)
    assert "有文件依據" in page
    assert "所答地方：呂梁市" in page
    assert QUOTE in page


def test_many_cards_are_folded_and_few_are_open() -> None:
    few = turn_html(shown_after(Finished(answer(citations=(evidence(),) * show.MOST_OPEN_CARDS))), 1)
    many = turn_html(shown_after(Finished(answer(citations=(evidence(),) * (show.MOST_OPEN_CARDS + 1)))), 1)
    assert few.count(" open>") == show.MOST_OPEN_CARDS
    assert " open>" not in many


def test_a_stopped_answer_says_so() -> None:
    shown = Shown("问？", answer=answer(), stopped=True)
    assert "已停止" in turn_html(shown, 1)


def test_a_problem_stands_in_place_of_an_answer() -> None:
    page = turn_html(Shown("问？", problem="<没有索引>"), 1)
    assert "&lt;没有索引&gt;" in page
    assert 'role="alert"' in page


def test_history_holds_what_was_answered_and_nothing_else() -> None:
    turns = (Shown("甲？", answer=answer()), Shown("乙？", problem="坏了"))
    assert history_of(turns) == (Turn("user", "甲？"), Turn("assistant", "最高30万元。[1]"))


def test_each_held_place_is_offered_once() -> None:
    held = (
        Metadata("a", place="吕梁市"),
        Metadata("b", place="吕梁市"),
        Metadata("c"),
        Metadata("d", place="盘山县"),
    )
    assert [value for _, value in place_choices(held)] == ["", "吕梁市", "盘山县"]


def test_a_banner_escapes_and_an_empty_one_is_nothing() -> None:
    assert banner_html("", "ready") == ""
    assert "&lt;b&gt;" in banner_html("<b>", "problem")


def test_a_copied_answer_carries_its_citations() -> None:
    text = show.copy_text(answer(notices=("请核实。",)))
    assert text.splitlines() == [
        "能贷多少钱？",
        "",
        "最高30万元。[1]",
        "",
        "依据",
        f"[1] 吕梁市《实施方案》（吕发改〔2022〕153号） 2.5.26：「{QUOTE}」",
        "",
        "请核实。",
    ]


def test_the_examples_of_a_language_take_turns_among_the_documents() -> None:
    examples = (
        Example("a", "zh-Hans", "甲一"),
        Example("a", "zh-Hans", "甲二"),
        Example("a", "en", "one"),
        Example("b", "zh-Hans", "乙一"),
    )
    assert show.example_questions(examples, (), "zh-Hans") == ["甲一", "乙一", "甲二"]
    assert show.example_questions(examples, (), "en") == ["one"]


def test_without_examples_one_is_asked_of_each_place() -> None:
    held = (Metadata("a", place="吕梁市"), Metadata("b", place="盘山县"))
    assert show.example_questions((), held, "zh-Hant") == [
        "我在呂梁市創業，有什麼支持？",
        "我在盤山縣創業，有什麼支持？",
    ]


def test_the_place_in_the_line_is_told_until_the_draft_begins() -> None:
    found = EvidenceFound((evidence(),), (), (Claim(QUOTE, (1,)),))
    waiting = replace(shown_after(found), ahead=2)
    assert "前面还有 2 个问题" in turn_html(waiting, 1)
    assert "前面还有" not in turn_html(after(waiting, Draft("最"), composing=True), 1)


def test_the_places_asked_about_are_told_before_the_answer() -> None:
    query = Query("能贷多少？", "", "zh-Hant", ("吕梁市",), (), ("doc.txt",))
    page = turn_html(shown_after(Understood(query)), 1)
    assert "所答地方：呂梁市" in page
    assert 'aria-busy="true"' in page


def test_a_link_carries_the_place_only_where_there_is_one() -> None:
    one = _Tags(turn_html(shown_after(Finished(answer())), 1))
    assert [attrs["data-place"] for _, attrs in one.tags if "data-place" in attrs] == ["吕梁市"]
    several = Answer("问？", Status.WHICH_CITY, "zh-Hans", ("吕梁市", "盘山县"), (), ())
    two = _Tags(turn_html(shown_after(Finished(several)), 1))
    assert [attrs["data-place"] for _, attrs in two.tags if "data-place" in attrs] == [""]


def test_an_overview_that_leaves_supports_out_offers_to_list_them_all() -> None:
    def wholes(found: Answer) -> list[str | None]:
        tags = _Tags(turn_html(shown_after(Finished(found)), 1)).tags
        return [given["data-whole"] for _, given in tags if "data-whole" in given]

    assert wholes(answer(more=46)) == ["yes", ""]  # the whole list, and the question once more
    assert wholes(answer()) == [""]
