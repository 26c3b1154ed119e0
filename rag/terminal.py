"""What a terminal shows: evidence at once, the answer as it streams, then the citations as cards.

Results go to stdout, progress to stderr; colour and boxes on a terminal, plain lines when piped. Text from
documents, questions and models is never read as markup.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from rag.checker.check import Checked
from rag.export import citation_lines, difference_line, summary
from rag.index import Held, Index
from rag.library import Change
from rag.lookup import Found, title_and_clause
from rag.models import Standing
from rag.types import (
    Answer,
    Claim,
    ClaimChecked,
    Clause,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Hit,
    Query,
    Reading,
    Reference,
    Status,
    Understood,
    Verdict,
)
from rag.wording import VERDICT_NAMES

STATUS_WORDS = {
    Status.ANSWERED: ("green", "有规定 / answered"),
    Status.PARTLY: ("yellow", "部分有规定 / partly answered"),
    Status.WHICH_CITY: ("yellow", "请说明是哪个地方 / which place?"),
    Status.NOT_COVERED: ("red", "文件没有规定 / not covered"),
    Status.REFUSED: ("red", "不回答 / refused"),
    Status.FAILED: ("red", "出错 / failed"),
}
LABELS = {
    "questions": "回答 / answering",
    "add": "加入 / adding",
    "read": "读入 / reading",
    "embed": "计算向量 / embedding",
}


@contextlib.contextmanager
def loading(*, quiet: bool = False) -> Iterator[None]:
    """Say on stderr that models are being loaded, while they are."""
    console = Console(stderr=True, quiet=quiet)
    if not console.is_terminal:
        yield
        return
    with console.status("正在载入模型 / loading models …"):
        yield


@contextlib.contextmanager
def progress(*, unit: str = "items") -> Iterator[Callable[[str, int, int], None]]:
    """A function to report (label, done, total) to; bars on a terminal, a line a label when piped."""
    console = Console(stderr=True)
    amount = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, object] = {}
        finished: set[str] = set()

        def report(label: str, done: int, total: int) -> None:
            shown = LABELS.get(label, label)
            if label not in tasks:
                tasks[label] = bars.add_task(shown, total=total or None)
            bars.update(tasks[label], completed=done, total=total or None)  # type: ignore[arg-type]  # a TaskID
            if not console.is_terminal and total and done >= total and label not in finished:
                finished.add(label)
                print(f"{shown}: {_amount(total, unit)}", file=sys.stderr)

        yield report


def _amount(total: int, unit: str) -> str:
    return f"{total / 1e6:,.1f} MB" if unit == "bytes" else f"{total:,}"


class View:
    """Draws the events of answers on stdout."""

    def __init__(self, *, explain: bool = False) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self.explain = explain

    def questions(self) -> Iterator[str]:
        """The questions typed, until an end of input, an empty Ctrl-C or 退出 / quit."""
        if sys.stdin.isatty():
            self.console.print("条问：请输入问题，退出请输入 q。 Type a question; q to quit.", style="bold")
        while True:
            try:
                typed = input("问> " if sys.stdin.isatty() else "").strip()
            except (EOFError, KeyboardInterrupt):
                return
            if typed.lower() in ("q", "quit", "exit", "退出"):
                return
            if typed:
                yield typed

    def show(self, events: Iterable[Event]) -> Answer:
        """Draw the events as they come; returns the answer."""
        drafting = False
        answer: Answer | None = None
        for event in events:
            if isinstance(event, Understood):
                self._scope(event.query)
            elif isinstance(event, EvidenceFound):
                self._evidence(event)
            elif isinstance(event, Draft):
                if not drafting:
                    self.console.print("草稿，尚未核对 / draft, not yet checked:", style="dim italic")
                drafting = True
                self.console.print(Text(event.text, style="dim"), end="")
            elif isinstance(event, ClaimChecked) and self.explain:
                check = event.check
                reasons = f" ({'; '.join(check.reasons)})" if check.reasons else ""
                self.console.print(f"  {check.outcome.value}{reasons}", style="dim cyan")
            elif isinstance(event, Finished):
                answer = event.answer
        if answer is None:
            raise AssertionError("the events ended without an answer")
        if drafting:
            self.console.print()
        self._answer(answer)
        return answer

    def _scope(self, query: Query) -> None:
        if query.places:
            self.console.print(f"范围 / scope: {'、'.join(query.places)}", style="dim")

    def _evidence(self, event: EvidenceFound) -> None:
        """The evidence at once, so that nobody waits before an empty screen."""
        if not event.evidence:
            return
        self.console.print("依据 / evidence:", style="dim")
        for mark, item in enumerate(event.evidence, 1):
            self.console.print(
                f"  [{mark}] {item.metadata.place or ''} {item.clause.label}  {item.quote}", style="dim"
            )

    def _answer(self, answer: Answer) -> None:
        colour, words = STATUS_WORDS[answer.status]
        self.console.print()
        self.console.print(Text(f"● {words}", style=f"bold {colour}"))
        for line in answer.lines:
            if isinstance(line, Claim):
                text = Text(line.text)
                text.append("".join(f"[{mark}]" for mark in line.marks), style="bold cyan")
                self.console.print(text)
            else:
                self.console.print(Text(line.text, style="bold"))
        for notice in answer.notices:
            self.console.print(Text(f"⚠ {notice}", style="yellow"))
        for mark, item in enumerate(answer.citations, 1):
            self._card(f"[{mark}]", item)
        if answer.nearest:
            self.console.print("最接近的条文 / nearest clauses:", style="dim")
            for item in answer.nearest:
                self._card("·", item)

    def _card(self, mark: str, item: Evidence) -> None:
        title, lines = card(item)
        if self.console.is_terminal:
            self.console.print(
                Panel(
                    Text("\n".join(lines)),
                    title=Text(f"{mark} {title}"),
                    title_align="left",
                    border_style="cyan",
                )
            )
            return
        self.console.print()
        self.console.print(f"{mark} {title}")
        for line in lines:
            self.console.print(f"    {line}")


def card(item: Evidence) -> tuple[str, list[str]]:
    """A citation's card: its title, and its lines (document, number, date, heading path, quote, departments)."""
    metadata, clause = item.metadata, item.clause
    source = "  ".join(part for part in (metadata.doc_number, metadata.date_issued) if part)
    lines = [
        f"《{metadata.title or metadata.document}》",
        source,
        " > ".join(clause.heading),
        f"「{item.quote}」",
    ]
    if clause.departments:
        names = "、".join(f"{d.name}（{d.role}）" if d.role else d.name for d in clause.departments)
        lines.append(f"负责部门 / departments: {names}")
    return f"{metadata.place or metadata.document} {clause.label}", [line for line in lines if line]


VERDICT_COLOURS = {
    Verdict.SUPPORTED: "green",
    Verdict.NOT_CHECKABLE: "dim",
    Verdict.ALTERED: "bold red",
    Verdict.NOT_FOUND: "bold red",
}


def show_checked(checked: Checked) -> None:
    """Each sentence with its verdict, and beneath it what differs, its citations, its proof and what may stand in its place."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for number, claim in enumerate(checked.claims, 1):
        sign, chinese, english = VERDICT_NAMES[claim.verdict]
        colour = VERDICT_COLOURS.get(claim.verdict, "yellow")
        console.print(Text(f"{number} {sign} {chinese} / {english}", style=colour))
        console.print(Text(f"    {claim.text}"))
        for line in (*map(difference_line, claim.differences), *citation_lines(claim)):
            console.print(Text(f"    · {line}"))
        for item in claim.proof:
            console.print(
                Text(f"    {title_and_clause(item.metadata, item.clause)}  「{item.quote}」", style="dim")
            )
        if claim.suggestion is not None:
            console.print(Text(f"    建议改为 / suggested: {claim.suggestion}", style="cyan"))
    console.print(Text(summary(checked), style="bold"))


def show_hits(query: Query, hits: Sequence[Hit], index: Index) -> None:
    """Hits as a table on a terminal, as tab-separated lines when piped."""
    console = Console(highlight=False, markup=False, emoji=False)
    rows = [
        (
            str(hit.rank),
            f"{hit.score:.4f}",
            index.metadata[hit.clause.document].place or "",
            hit.clause.label,
            " > ".join(hit.clause.heading),
            hit.clause.text.replace("\n", " "),
        )
        for hit in hits
    ]
    if not console.is_terminal:
        for row in rows:
            print("\t".join(row))
        return
    console.print(f"范围 / scope: {'、'.join(query.places) or '全部 / all'}", style="dim")
    table = Table("#", "RRF", "地方", "条", "标题", "条文", show_lines=True)
    for row in rows:
        table.add_row(*(Text(cell[:160]) for cell in row))
    console.print(table)


def show_document(index: Index, found: Found) -> None:
    """A document's tree, or the clauses named with their raw text."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    metadata = found.metadata
    facts = (
        metadata.title or metadata.document,
        metadata.doc_number,
        metadata.place,
        metadata.date_issued,
        metadata.document,
    )
    console.print(Text("  ".join(fact for fact in facts if fact), style="bold"))
    if not found.named_clause:
        _show_tree(console, found.clauses)
        return
    for clause in found.clauses:
        console.print(Text(f"\n{clause.label}  {' > '.join(clause.heading)}", style="cyan"))
        console.print(index.quote(clause.document, clause.span))


def _show_tree(console: Console, clauses: Sequence[Clause]) -> None:
    """Each clause's label and beginning under its headings."""
    shown: tuple[str, ...] = ()
    for clause in clauses:
        for depth, title in enumerate(clause.heading):
            if clause.heading[: depth + 1] != shown[: depth + 1]:
                console.print(Text("  " * depth + title, style="bold"))
        shown = clause.heading
        text = clause.text.replace("\n", " ")
        beginning = f"{text[:60]}{'…' if len(text) > 60 else ''}"
        names = "、".join(department.name for department in clause.departments)
        console.print(
            "  " * len(clause.heading) + f"{clause.label}  {beginning}", Text(names, style="dim"), sep="  "
        )


FIELD_WORDS = {
    "title": "标题",
    "title_notice": "印发通知",
    "doc_number": "发文字号",
    "issuers": "发文机关",
    "place": "地方",
    "ancestors": "上级",
    "level": "级别",
    "date_issued": "发文日期",
    "date_posted": "网上发布",
    "date_effective": "施行日期",
    "valid_until": "有效至",
    "horizon_year": "目标年",
    "based_on": "依据",
    "repeals": "废止",
    "script": "文字",
}


def show_reading(reading: Reading) -> None:
    """What was understood of a file: its metadata with the reasons for what is missing, and its clauses."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    reasons = dict(reading.metadata.null_reasons)
    for name, words in FIELD_WORDS.items():
        value = getattr(reading.metadata, name)
        if value:
            console.print(f"{words} / {name}: {_shown(value)}")
        elif name in reasons:
            console.print(Text(f"{words} / {name}: - ({reasons[name]})", style="dim"))
    console.print()
    _show_tree(console, reading.clauses)
    flagged = sum(repair.before == repair.after for repair in reading.repairs)
    console.print(
        f"\n{len(reading.clauses)} 条，修正 {len(reading.repairs) - flagged} 处，存疑 {flagged} 处，"
        f"页面内容 {len(reading.boilerplate)} 处 / clauses, repairs, doubts, page furniture"
    )


def _shown(value: object) -> str:
    if isinstance(value, Reference):
        return f"《{value.title}》{f'（{value.doc_number}）' if value.doc_number else ''}"
    return "、".join(_shown(part) for part in value) if isinstance(value, tuple) else str(value)


def show_repairs(reading: Reading) -> None:
    """The repairs: offset, rule, certainty, what stood there and what it was read as; tab-separated."""
    for repair in reading.repairs:
        after = "存疑 / doubtful" if repair.after == repair.before else repr(repair.after)
        print(repair.span.start, repair.rule, f"{repair.certainty:.2f}", repr(repair.before), after, sep="\t")


CHANGES = {
    "added": "+ 已加入 / added",
    "replaced": "~ 已替换 / replaced",
    "unchanged": "= 已有 / unchanged",
    "refused": "! 未加入 / refused",
}


def show_changes(changes: Iterable[Change]) -> None:
    """What became of each file that was to be added, a line each."""
    for change in changes:
        reason = f" ({change.reason})" if change.reason and change.outcome == "unchanged" else ""
        print(f"{CHANGES[change.outcome]}  {change.name}{reason}")


def show_held(held: Sequence[Held]) -> None:
    """The documents held as a table on a terminal, as tab-separated lines when piped."""
    console = Console(highlight=False, markup=False, emoji=False)
    rows = [
        (
            each.name,
            "加入 / added" if each.added else "随附 / shipped",
            (each.metadata.place or "-") if each.metadata else "-",
            (each.metadata.doc_number or "-") if each.metadata else "-",
            (each.metadata.date_issued or "-") if each.metadata else "-",
            str(each.clauses),
            _standing(each),
        )
        for each in held
    ]
    if not console.is_terminal:
        for row in rows:
            print("\t".join(row))
        return
    table = Table("文件", "来源", "地方", "文号", "日期", "条数", "标题")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _standing(held: Held) -> str:
    if held.metadata is not None:
        return held.metadata.title or "-"
    return (
        f"未收入 / left out: {held.reason}"
        if held.reason
        else "尚未建索引 / not indexed yet: run `tiaowen build`"
    )


def show_models(standings: Iterable[Standing]) -> None:
    """The models with role, licence, size and state; tab-separated when piped."""
    console = Console(highlight=False, markup=False, emoji=False)
    rows = [
        (
            s.model.name,
            s.model.role,
            s.model.licence,
            f"{s.model.source_bytes / 1e6:,.0f} MB",
            s.state.value,
            str(s.path),
        )
        for s in standings
    ]
    if not console.is_terminal:
        for row in rows:
            print("\t".join(row))
        return
    table = Table("model", "role", "licence", "size", "state", "path")
    for row in rows:
        table.add_row(*row)
    console.print(table)
