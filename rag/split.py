"""Split: clean text -> the clauses of a document, with label, heading path and raw span.

The text is read paragraph by paragraph into a tree of numbered units (`_Unit`); the leaves of the tree are
the clauses, labelled as DESIGN.md ("Words") says. A number at the start of a paragraph opens a unit only
if it goes on from its siblings, starts again at one, or runs on from the last one of its kind: so
「依照第五条」 at a line's beginning, or 「2020年」, never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rag.aligned import AlignedText
from rag.clean import Cleaned
from rag.numerals import parse_numeral
from rag.types import Clause, ClauseKind, Department, Sentence

NUMERAL = r"[零〇○一二两三四五六七八九十百千\d０-９]+"


class Numbering(NamedTuple):
    """A style of printed numbers; lower `rank` stands higher in a tree, `chapter` units are headings."""

    name: str
    rank: float
    chapter: bool
    pattern: re.Pattern[str]
    example: str


NUMBERINGS: tuple[Numbering, ...] = (
    Numbering(
        "part",
        0,
        True,
        re.compile(rf"第(?P<n>{NUMERAL})(?:编|部分)(?=[\s:：、]|$|[一-鿿])\s*"),
        "第一编 总则",
    ),
    Numbering("chapter", 1, True, re.compile(rf"第(?P<n>{NUMERAL})章\s*"), "第一章 总则"),
    Numbering("section", 2, True, re.compile(rf"第(?P<n>{NUMERAL})节\s*"), "第一节 登记"),
    Numbering(
        "article",
        3,
        False,
        # Not 第五条规定的、第五条第二款, which speak of an article and open none.
        re.compile(
            rf"第(?P<n>{NUMERAL})条(?:之(?P<sub>{NUMERAL}))?(?=[\s:：【（(　]|$|(?!第|之|所[称列述指]|规定|中|的|和|至|及|或)[一-鿿])\s*"
        ),
        "第十二条之一 ...",
    ),
    Numbering(
        "comma", 4, True, re.compile(r"(?P<n>[〇○一二两三四五六七八九十百]+)\s*[、.．,，]\s*"), "一、总体要求"
    ),
    Numbering(
        "bracket",
        4.5,
        True,
        re.compile(rf"[【\[]\s*(?:服务|办理)?(?:事项|项目|政策|业务|服务)\s*(?P<n>{NUMERAL})\s*[】\]]\s*"),
        "【事项一】...",
    ),
    Numbering(
        "matter",
        4.5,
        True,
        re.compile(
            rf"(?:服务|办理)?事项\s*(?P<n>{NUMERAL})\s*(?:[:：]|[、.．](?!\s*[\d一二三四五六七八九十]))\s*"
        ),
        "事项二：...",
    ),
    Numbering(
        "question",
        4.5,
        True,
        re.compile(rf"(?:问题?|Q)\s*(?P<n>{NUMERAL})\s*[:：.．、]\s*"),
        "问1：... 答：...",
    ),
    Numbering(
        "paren",
        5,
        False,
        re.compile(r"[（(]\s*(?P<n>[〇○一二两三四五六七八九十百]+)\s*[)）]\s*[、.．]?\s*"),
        "（一）...",
    ),
    Numbering(
        "task",
        5.5,
        False,
        re.compile(
            rf"(?:重点)?(?:任务|举措|措施|行动|工程)\s*(?P<n>{NUMERAL})(?:\s*[:：.．、]\s*|[\s　]+(?=[“\"《一-鿿]))"
        ),
        "任务12：...",
    ),
    Numbering(
        "digit", 6, False, re.compile(r"(?P<n>[\d０-９]{1,3})\s*(?:[.．﹒](?!\d)|、|\)|）)\s*"), "1. ..."
    ),
    Numbering("digit_paren", 7, False, re.compile(r"[（(]\s*(?P<n>[\d０-９]{1,3})\s*[)）]\s*"), "（1）..."),
    Numbering("circled", 8, False, re.compile(r"(?P<n>[①-⑳])\s*"), "① ..."),
)

# 1 总则, 1.1 目的, 1.1.1 ...: printed numbers that hold those above them. A first-level one is told by what
# follows it (`_decimal_chapters`), the others by the units that are open.
DECIMALS: tuple[Numbering, ...] = (
    Numbering(
        "decimal_chapter", 3.5, True, re.compile(r"(?P<n>\d{1,2})(?:[.．、]\s*|\s+)(?=[一-鿿])"), "1 总则"
    ),
    Numbering(
        "decimal",
        4.3,
        False,
        re.compile(r"\d{1,2}[.．](?P<n>\d{1,2})[.．、]?(?![\d.．])\s*(?=[^\s万亿元%％倍个])"),
        "1.1 目的",
    ),
    Numbering(
        "decimal_below",
        4.6,
        False,
        re.compile(r"\d{1,2}[.．]\d{1,2}[.．](?P<n>\d{1,2})[.．、]?(?![\d.．])\s*(?=\S)"),
        "1.1.1 ...",
    ),
)

# 1.1 under 任务1: the same numbers where they hold that of a task, not of a chapter.
TASK_DECIMAL = DECIMALS[1]._replace(name="task_decimal", rank=5.7, example="1.1 ...")

# A heading without a number, marked as one by the file's format: ## 申请条件. Its `rank` is not used.
HEADING = Numbering("heading", 0, True, re.compile(r"(?P<n>)"), "## 申请条件")
HEADING_MARKS = re.compile(r"(#{1,6}) +(?=\S)")
# ... or set between two rules of its own: === 申请条件 ===.
FRAMED = re.compile(
    r"(?P<rule>[=*＊─━])(?P=rule)+ {0,4}(?P<title>[^\s=*＊─━\n。；，,\d][^=*＊─━\n。；，,]{0,38}) {0,4}(?P=rule){2,}$"
)
# ... but no sum, and no page's number.
NO_FRAMED_TITLE = re.compile(r"\d\s*(?:元|万|%|页|日|天)|第.{1,4}页")
FRAMED_LEVEL, FEWEST_FRAMED = 2, 2
# ## 01 over a paragraph: as a heading a number may stand alone.
NUMBER_ALONE = re.compile(r"(?P<n>\d{1,2})$")
# A number in a cell that is no year: columns are often called 2024年, 2025年.
VALUE = re.compile(r"(?<!\d)(?!(?:19|20)\d{2}(?:年|\D|$))\d")
# A row of a table: cells parted by tabs or bars.
BAR = "[|｜│]"
TABLE_ROW = re.compile(
    rf"{BAR}.*{BAR}|[^\t\n]+\t+\S|[^|｜│\n]+(?:{BAR}[^|｜│\n]*){{2,}}$|[^|｜│\n]+ {BAR} [^|｜│\n]+$"
)
# A line over paragraphs that is nothing but their title, and what such a paragraph is at least.
BARE_TITLE = re.compile(r"[一-鿿（）()“”《》、]{2,14}")
FEWEST_BARE_TITLES, LEAST_TITLED_CHARS = 3, 25
QUESTION, ANSWER = re.compile(r"(?:问|Q)\s*[:：]"), re.compile(r"(?:答|A)\s*[:：]")
CONTENTS = re.compile(r"目\s*录")
SEPARATOR = re.compile(r"[-—_=*＊─━~～\s]+")
# （2023年5月18日市人民政府第32次常务会议通过）
PASSED = re.compile(
    r"[（(][^（）()]{0,80}\d{4}年[^（）()]{0,120}(?:通过|公布|发布|修订|修正|施行)[^（）()]{0,40}[)）]$"
)
PARAGRAPH_TITLE = re.compile(
    r"(?:问\s*[:：]\s*(?P<question>[^\n]{2,40}[？?])|[―—-]*\s*(?P<title>[^。，,；;：:\n]{2,20})[。：:]\s*\S)"
)
# 补贴标准：10000元。 or, over a list, 补贴条件：
FIELD = re.compile(r"[一-鿿]{2,8}[：:](?:\s*$|\s*\S)")
CLOSES_FOR_CERTAIN = re.compile(
    r"以上\S{0,4}(?:政策|规定|办法|内容|措施)|本\S{2,6}(?:由[^。]{2,40}负责解释|自[^。]{2,30}(?:施行|实施|执行))|咨询电话|未尽事宜|特此(?:通知|公告|通告)"
)

MAX_TITLE = 45  # characters of the longest printed heading; a longer line is body
# An article whose first sentence says what one has to do has no title.
RULES = re.compile(r"[，,]|应当|不得|可以|必须")
OWN_TITLE = re.compile(
    r"(?P<title>[^。；;，,\n]{2,30})[。.：:？?]?\s*(?:\n|$)|(?P<lead>[^。；;\n]{2,30})[。？?](?=\S)"
)
# 第三条【申请条件】… and 第三条（申请条件）…
BRACKET_TITLE = re.compile(r"[【〔（(](?P<title>[^】〕）)\n]{2,20})[】〕）)]\s*\S")
PRINCIPLE = re.compile(r"(?:[―—-]{1,2}\s*[^。\n]{2,20}|[^。，,；;：:\n]{2,12})[。．：:]\s*\S")

DOCUMENT_KINDS = "意见|方案|办法|通知|规定|条例|措施|细则|情况|公告|通告|决定|规划|计划|指南|报告|批复|函|要点|政策|公报|指引|制度|规则|章程|清单|解读|问答|若干|汇编|手册"
TITLE_LINE = re.compile(
    rf"[^。；;!！\n]{{4,120}}?(?:{DOCUMENT_KINDS})(?:\s*[（(《〔\[][^\n]{{1,40}}[)）》〕\]]?号?\)?)?$"
)
DOC_NUMBER_LINE = re.compile(
    r"[^\s，。；、]{1,16}\s{0,4}[〔\[［（(【﹝]?\s{0,4}(?:19|20)\d{2}[^\s，。；、]{0,12}$"
)
ADDRESSEE = re.compile(r"[^。；;]{2,160}[:：]$")
RECIPIENTS = re.compile(r"[^。]{0,8}(?:各|有关|直属|机关|广大|全体|尊敬|亲爱|人民政府|委员会|局|公司)")
NO_RECIPIENTS = re.compile(
    r"如下|下列|下表|以下|包括|条件|标准|材料|为[了做进贯深]|现[将就]|(?:责任|牵头|配合|主办|承办|实施|用人)单位[:：]"
)
SIGNATURE = re.compile(
    r"[^。；;，,：:]{2,40}(?:政府|办公[厅室]|委员会|委|局|厅|部|院|会|中心|支行|银行|办)(?:\s+\S{2,30}(?:局|厅|委员会|委|办|部|中心|行))*$"
)
DATE_LINE = re.compile(r"(?:\d{4}|[二〇○零一九八七六五四三]{4})\s*年\s*\S{1,3}\s*月\s*\S{1,3}\s*日$")
CLOSING = re.compile(
    r"(?:本(?:意见|方案|办法|规定|措施|细则|通知|条例|政策)|以上|各(?:部门|单位|级|县|区|市|乡|镇|地)|此前|特此)"
)
ANNEX = re.compile(
    r"附\s*[件表录]\s*(?P<n>[\d０-９一二三四五六七八九十]{0,3})\s*[:：.．]?\s*(?P<title>(?<=[:：.．\s\d])[^。；;:：\n]{2,40})?"
)


@dataclass
class _Unit:
    """A numbered unit (or a part's root): its paragraphs, the units below it, and what follows those."""

    numbering: Numbering | None
    number: str
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    children: list[_Unit] = field(default_factory=list)
    parent: _Unit | None = None
    level: int = 0
    """1 to 6 where the file's format marks it as a heading of that level."""
    after: list[tuple[int, int]] = field(default_factory=list)
    """Unnumbered paragraphs behind the units below: 款 behind the items of an article."""


@dataclass
class _Part:
    """The document itself, an annex (`A1`), or a further document on the same page (`D2`)."""

    prefix: str
    root: _Unit = field(default_factory=lambda: _Unit(None, ""))
    title: str | None = None
    signed: bool = False


@dataclass(frozen=True)
class Split:
    """The clauses of a document, their sentences, and the lines before, between and after them."""

    clauses: tuple[Clause, ...]
    sentences: tuple[tuple[Sentence, ...], ...]
    front_matter: tuple[str, ...]
    """Title lines, number, addressee: clean text, in order; a marked heading keeps its marks (# ...)."""
    signature: tuple[str, ...]


def split(document_id: str, cleaned: Cleaned) -> Split:
    """The clauses of a cleaned document, in order, none overlapping another."""
    return _Splitter(document_id, cleaned).run()


class _Splitter:
    """One pass over a document; holds the text so that the helpers need not hand it round."""

    def __init__(self, document_id: str, cleaned: Cleaned) -> None:
        self.document_id = document_id
        self.text = cleaned.text
        self.printed = cleaned.printed
        self.front: list[str] = []
        self.signature: list[str] = []
        self.clauses: list[Clause] = []
        self.seen: dict[str, int] = {}
        self.levels: dict[int, int] = {}
        """Where a paragraph starts that the file's format marks as a heading -> its level, 1 to 6."""
        self.framed = False
        """Whether several titles stand between rules of their own: === 申请条件 ===."""
        self.title_at = -1
        """Where the document's own title starts, if the format marks it: above all other headings."""
        self.decimal_chapters: frozenset[int] = frozenset()
        """Where the first-level headings of decimal numbers start: 1 总则 over 1.1 目的."""

    def run(self) -> Split:
        paragraphs = self._paragraphs()
        self.decimal_chapters = frozenset(self._decimal_chapters(paragraphs))
        parts = self._parts(paragraphs)
        for part in parts:
            self._emit_part(part)
        sentences = tuple(tuple(sentences_of(self.text, clause)) for clause in self.clauses)
        return Split(tuple(self.clauses), sentences, tuple(self.front), tuple(self.signature))

    # -- paragraphs and parts ---------------------------------------------------------------------

    def _paragraphs(self) -> list[tuple[int, int]]:
        """The paragraphs: lines, with the rows of a table and the answer to a 问 joined to what they belong to."""
        lines = [
            (match.start() + _leading(match.group()), match.end() - _trailing(match.group()))
            for match in re.finditer(r"[^\n]+", self.text.text)
            if match.group().strip()
        ]
        self.framed = sum(self._framed(*line) is not None for line in lines) >= FEWEST_FRAMED
        lines = self._without_contents([self._without_marks(*line) for line in lines])
        marked = [(at, level) for at, level in self.levels.items() if not self.framed]
        first, *others = marked or [(-1, 0)]
        if all(level > first[1] for _, level in others):
            self.title_at = first[0]
        joined: list[tuple[int, int]] = []
        for start, end in lines:
            line = self.text.text[start:end]
            before = self.text.text[slice(*joined[-1])] if joined else ""
            row = (
                TABLE_ROW.match(line)
                and joined
                and start not in self.levels
                and not self._is_front_matter(before, before_body=False)
            )
            answer = ANSWER.match(line) and QUESTION.match(before)
            if row or answer:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        self.levels |= dict.fromkeys(self._bare_titles(joined), 2) if not self.levels else {}
        return joined

    def _bare_titles(self, paragraphs: list[tuple[int, int]]) -> list[int]:
        """Where titles without a number start, in a document whose paragraphs have none: 公园门票 over 居民凭身份证免票，….

        Behind the first whole sentence, each over a paragraph that says something, and three at least.
        """
        lines = [self.text.text[start:end] for start, end in paragraphs]
        opened = next(
            (i for i, line in enumerate(lines) if len(line) >= LEAST_TITLED_CHARS and line[-1] in "。："),
            len(lines),
        )
        if any(
            numbering.chapter and numbering.pattern.match(line)
            for numbering in NUMBERINGS
            for line in lines[opened:]
        ):
            return []
        titles = [
            paragraphs[i][0]
            for i in range(opened + 1, len(lines) - 1)
            if BARE_TITLE.fullmatch(lines[i])
            and not SIGNATURE.match(lines[i])
            and len(lines[i + 1]) >= LEAST_TITLED_CHARS
            and re.search("[。；，]", lines[i + 1])
        ]
        return titles if len(titles) >= FEWEST_BARE_TITLES else []

    def _decimal_chapters(self, paragraphs: list[tuple[int, int]]) -> Iterator[int]:
        """The starts of short lines 「3 …」 with 「3.1 …」 next or next but one, and of those that go on from them."""
        lines = [self.text.text[start:end] for start, end in paragraphs]
        expected = 0
        for i, line in enumerate(lines):
            match = (
                DECIMALS[0].pattern.match(line)
                if len(line) <= MAX_TITLE and line[-1] not in "。；;"
                else None
            )
            if match is None:
                continue
            value = int(match["n"])
            opens = any(re.match(rf"{value}[.．]1(?!\d)", text) for text in lines[i + 1 : i + 3])
            if opens or (value == expected and " " in match.group()):
                expected = value + 1
                yield paragraphs[i][0]

    def _without_marks(self, start: int, end: int) -> tuple[int, int]:
        """A line without the marks of a heading (##, or === === where several are framed), whose level is noted."""
        if self.framed and (framed := self._framed(start, end)):
            low, high = framed.span("title")
            high -= _trailing(framed["title"])
            self.levels[start + low] = FRAMED_LEVEL
            return start + low, start + high
        marks = HEADING_MARKS.match(self.text.text, start, end)
        if marks is None:
            return start, end
        self.levels[marks.end()] = len(marks[1])
        return marks.end(), end

    def _framed(self, start: int, end: int) -> re.Match[str] | None:
        """The match of a line that is a title between two rules."""
        match = FRAMED.match(self.text.text[start:end]) if end - start <= MAX_TITLE + 40 else None
        return None if match is None or NO_FRAMED_TITLE.search(match["title"]) else match

    def _without_contents(self, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """`lines` without a table of contents: the titles behind 目录 that come again."""
        texts = [self.text.text[start:end] for start, end in lines]
        at = next((i for i, text in enumerate(texts) if CONTENTS.fullmatch(text)), None)
        if at is None:
            return lines
        squashed = [re.sub(r"[\s.…·]|\d+$", "", text) for text in texts]
        end = at + 1
        while end < len(lines) and squashed[end] in squashed[end + 1 :]:
            end += 1
        self.front += texts[at:end]
        return [*lines[:at], *lines[end:]]

    def _parts(self, paragraphs: list[tuple[int, int]]) -> list[_Part]:
        """The paragraphs as trees: one for the document, one for each annex and further document."""
        parts = [_Part("")]
        path, last = [parts[0].root], dict[str, int]()
        for i, (start, end) in enumerate(paragraphs):
            line = self.text.text[start:end]
            part = parts[-1]
            annex = ANNEX.fullmatch(line)
            if SEPARATOR.fullmatch(line):
                part.signed = bool(part.root.children)
            elif annex and self._is_own_plan(annex["title"] or self._next(paragraphs, i), part):
                self.front.append(annex["title"] or line)
            elif annex and (part.root.children or part.root.paragraphs):
                number = parse_numeral(annex["n"]) if annex["n"] else None
                annexes = sum(other.prefix.startswith("A") for other in parts)
                parts.append(_Part(f"A{number or annexes + 1}", title=annex["title"] or None))
                path, last = [parts[-1].root], {}
            elif start == self.title_at and not part.root.children:
                self.front.append(f"# {line}")
            elif self._is_signature(paragraphs, i):
                part.signed = bool(part.root.children)
                self.signature.append(line)
            elif part.signed and self._is_title(line):
                parts.append(_Part(f"D{2 + sum(other.prefix.startswith('D') for other in parts)}"))
                path, last = [parts[-1].root], {}
            else:
                path = self._place(line, (start, end), path, last)
        return parts

    def _next(self, paragraphs: list[tuple[int, int]], i: int) -> str:
        return self.text.text[slice(*paragraphs[i + 1])] if i + 1 < len(paragraphs) else ""

    def _is_own_plan(self, title: str, part: _Part) -> bool:
        """Whether what is attached is the very document that the notice above it issues: 印发《…方案》."""
        squashed = re.sub(r"[\s《》]", "", title)
        notice = re.sub(r"[\s《》]", "", "".join(self.text.text[slice(*p)] for p in part.root.paragraphs[:6]))
        return len(squashed) > 6 and not part.root.children and not part.prefix and squashed in notice

    @staticmethod
    def _is_title(line: str) -> bool:
        numbered = any(numbering.pattern.match(line) for numbering in NUMBERINGS)
        return bool(TITLE_LINE.match(line)) and len(line) < 80 and not numbered

    def _is_signature(self, paragraphs: list[tuple[int, int]], i: int) -> bool:
        """Whether paragraph `i` is a date or a signature: a name beside a date, or at the very end."""
        line = self.text.text[slice(*paragraphs[i])]
        if any(numbering.pattern.match(line) for numbering in NUMBERINGS):
            return False
        if DATE_LINE.match(line):
            return True
        rest = [self.text.text[slice(*paragraph)] for paragraph in paragraphs[i + 1 : i + 5]]
        ahead = next((text for text in rest if not SIGNATURE.match(text)), None)
        if i == 0 or not SIGNATURE.match(line):
            return False
        return DATE_LINE.match(ahead) is not None if ahead is not None else len(rest) < 4

    # -- the tree ---------------------------------------------------------------------------------

    def _place(
        self, line: str, paragraph: tuple[int, int], path: list[_Unit], last: dict[str, int]
    ) -> list[_Unit]:
        """Put a paragraph into the tree; returns the path to where the next one goes."""
        level = self.levels.get(paragraph[0], 0)
        opened = self._opening_decimal(line, paragraph[0], path) or self._opening(line, path, last, level)
        if (
            opened is None
            and level
            and len(line) <= MAX_TITLE
            and line[-1] not in "。；"
            and not self._is_top_title(path)
        ):
            return self._place_heading(line, paragraph, path, level, last)
        if opened is None:
            unit = path[-1]
            fields = self._unit_of_fields(line, path)
            if fields is not None:
                fields.after.append(paragraph)
                return path[: path.index(fields) + 1]
            if unit.parent is not None and self._ends_a_list(unit):
                unit.parent.after.append(paragraph)
            else:
                (unit.after if unit.children else unit.paragraphs).append(paragraph)
            return path
        numbering, number, value = opened
        path = [unit for unit in path if self._stays_open(unit, numbering, level)]
        unit = _Unit(numbering, number, [paragraph], parent=path[-1], level=level)
        _append(path[-1], unit)
        last[numbering.name] = value
        return [*path, unit]

    def _unit_of_fields(self, line: str, path: list[_Unit]) -> _Unit | None:
        """The unit above that holds labelled fields (补贴条件：…, with a list below), if `line` is its next field."""
        if not FIELD.match(line):
            return None
        above = (unit for unit in reversed(path[:-1]) if unit.numbering is not None)
        return next(
            (unit for unit in above if any(self._is_field(part) for part in unit.paragraphs[1:])), None
        )

    def _is_field(self, paragraph: tuple[int, int]) -> bool:
        return bool(FIELD.match(self.text.text[slice(*paragraph)]))

    @staticmethod
    def _stays_open(unit: _Unit, numbering: Numbering, level: int) -> bool:
        """Whether a unit on the path is above a new one of `numbering`, itself a heading of `level` or 0.

        Under a heading without a number stands what is no heading, or one of a deeper level, or of the same
        level in a lower numbering than chapters (## 政策福利 over ## 01. 场地).
        """
        if unit.numbering is HEADING:
            return (not numbering.chapter and level in (0, unit.level)) or unit.level < level
        return unit.numbering is None or unit.numbering.rank < numbering.rank

    @staticmethod
    def _is_top_title(path: list[_Unit]) -> bool:
        """Whether nothing stands before a heading: then it is the document's own title."""
        root = path[0]
        return not root.children and not root.paragraphs

    def _place_heading(
        self, line: str, paragraph: tuple[int, int], path: list[_Unit], level: int, last: dict[str, int]
    ) -> list[_Unit]:
        """Open a unit for a heading without a number; a running head, printed again, opens none."""
        above = [unit for unit in path if unit.level < level and (unit.level or unit.numbering is None)]
        same = next((unit for unit in path if unit.numbering is HEADING and unit.level == level), None)
        if same is not None and self.text.text[slice(*same.paragraphs[0])] == line:
            return path
        unit = _Unit(HEADING, "", [paragraph], parent=above[-1], level=level)
        _append(above[-1], unit)
        for numbering in NUMBERINGS:
            if not numbering.chapter:
                last.pop(numbering.name, None)
        return [*above, unit]

    def _ends_a_list(self, unit: _Unit) -> bool:
        """Whether a unit is the last item of a list: the items before it end with a semicolon, it with a stop."""
        siblings = unit.parent.children if unit.parent else []
        if (
            len(siblings) < 2
            or unit.children
            or _is_chapter(unit)
            or unit.parent is None
            or _is_chapter(unit.parent)
        ):
            return False
        ends = [self.text.text[sibling.paragraphs[-1][1] - 1] for sibling in siblings]
        return (
            ends[-1] in "。."
            and all(end in "；;，," for end in ends[:-1])
            and unit.parent.numbering is not None
        )

    def _opening_decimal(self, line: str, start: int, path: list[_Unit]) -> tuple[Numbering, str, int] | None:
        """The decimal number that opens a paragraph: 2.3 inside 2 and behind 2.2."""
        if start in self.decimal_chapters:
            number = str(int(DECIMALS[0].pattern.match(line)["n"]))  # type: ignore[index]  # it matched before
            return DECIMALS[0], number, int(number)
        task = next((unit for unit in path if unit.numbering and unit.numbering.name == "task"), None)
        match = TASK_DECIMAL.pattern.match(line)
        if task is not None and match and str(int(re.split(r"[.．]", match.group())[0])) == task.number:
            told = [int(unit.number) for unit in task.children if unit.numbering is TASK_DECIMAL]
            value = int(match["n"])
            return (TASK_DECIMAL, str(value), value) if 0 < value - max(told, default=0) <= 3 else None
        for numbering in DECIMALS[1:]:
            match = numbering.pattern.match(line)
            if match is None:
                continue
            above = [str(int(part)) for part in re.findall(r"\d+", match.group())][:-1]
            parents = path[1 : 1 + len(above)]
            value = int(match["n"])
            if len(parents) < len(above) or [unit.number for unit in parents] != above:
                return None
            before = [unit for unit in parents[-1].children if unit.numbering is numbering]
            previous = int(before[-1].number) if before else 0
            return (numbering, str(value), value) if 0 < value - previous <= 3 else None
        return None

    def _opening(
        self, paragraph: str, path: list[_Unit], last: dict[str, int], level: int = 0
    ) -> tuple[Numbering, str, int] | None:
        """The numbering, label part and value of the number that opens `paragraph`, if it really does."""
        for numbering in NUMBERINGS:
            match = numbering.pattern.match(paragraph)
            if match is None and level and numbering.name == "digit":
                match = NUMBER_ALONE.match(paragraph)
            if match is None:
                continue
            value = parse_numeral(match["n"])
            sub = match.groupdict().get("sub")
            # 第九条 with a blank behind it opens an article wherever an excerpt goes on; 第九条规定 may not.
            apart = numbering.name == "article" and match.group()[-1].isspace()
            if value is None or not _goes_on(value, bool(sub), numbering, path, last, apart):
                return None
            label = f"{value}-{parse_numeral(sub)}" if sub else str(value)
            return numbering, label, value
        return None

    def _mostly_titled(self, root: _Unit) -> bool:
        """Whether the document's leaf units open with a title of their own, as four in five must."""
        leaves = [unit for unit in _units(root) if not unit.children and not _is_chapter(unit)]
        titled = sum(self._own_title(unit) is not None for unit in leaves)
        return bool(leaves) and titled >= 0.8 * len(leaves)

    def _siblings_titled(self, unit: _Unit) -> bool:
        """Whether a unit's beginning is a title, as it is where most leaves of the document have one, or all its siblings."""
        siblings = unit.parent.children if unit.parent else []
        return self.titled or (
            len(siblings) > 1 and all(self._own_title(sibling) is not None for sibling in siblings)
        )

    # -- front matter and closing ------------------------------------------------------------------

    def _closing(self, root: _Unit) -> list[tuple[int, int]]:
        """The paragraphs that follow the last unit and are not part of it; taken out of the tree."""
        unit = root
        while unit.children:
            unit = unit.children[-1]
        if unit is root or len(unit.paragraphs) < 2:
            return []
        siblings = [
            sibling for sibling in _units(root) if sibling.numbering == unit.numbering and sibling is not unit
        ]
        usual = max((len(sibling.paragraphs) for sibling in siblings), default=1)
        for i in range(1, len(unit.paragraphs)):
            before = self.text.text[slice(*unit.paragraphs[i - 1])]
            here = self.text.text[slice(*unit.paragraphs[i])]
            strongly = bool(CLOSES_FOR_CERTAIN.match(here)) and i == len(unit.paragraphs) - 1
            strongly = strongly and (not _is_chapter(unit) or bool(QUESTION.match(before)))
            if i == 1 and unit.numbering in DECIMALS and self._states_nothing(unit):
                continue  # 7.5 施行, and what it says
            weakly = not _is_chapter(unit) and i >= usual and bool(CLOSING.match(here))
            if (departments_of(before) and not _is_chapter(unit)) or strongly or weakly:
                unit.paragraphs, rest = unit.paragraphs[:i], unit.paragraphs[i:]
                return rest
        return []

    def _emit_part(self, part: _Part) -> None:
        closing = self._closing(part.root)
        self.titled = self._mostly_titled(part.root)
        heading = self._emit_preamble(part)
        for child in part.root.children:
            self._emit(child, heading, part.prefix)
        body = [paragraph for paragraph in closing if not self._is_front_matter_at_end(paragraph)]
        for letter, paragraph in zip(_letters(len(body)), body, strict=True):
            self._add(_joined(part.prefix, f"end{letter}"), "closing", (), [paragraph])

    def _emit_preamble(self, part: _Part) -> tuple[str, ...]:
        """Set front matter apart; what is left are the clauses 0, 0a, 0b. Returns the part's heading."""
        body: list[tuple[int, int]] = []
        titles = [part.title] if part.title else []
        for start, end in part.root.paragraphs:
            line = self.text.text[start:end]
            if self._is_front_matter(line, before_body=not body):
                marks = "#" * self.levels.get(start, 0) + " " * (start in self.levels)
                (self.front if not part.prefix else titles).append(line if part.prefix else marks + line)
            else:
                body.append((start, end))
        heading = tuple(titles[:1]) if part.prefix.startswith("A") else ()
        kind: ClauseKind = "preamble" if part.root.children else "measure"
        for letter, paragraph in zip(_letters(len(body)), body, strict=True):
            self._add(_joined(part.prefix, f"0{letter}"), kind, heading, [paragraph])
        return heading

    def _is_front_matter(self, line: str, *, before_body: bool) -> bool:
        if TABLE_ROW.match(line) or QUESTION.match(line):
            return False
        if (
            DOC_NUMBER_LINE.match(line)
            or TITLE_LINE.match(line)
            or ANNEX.fullmatch(line)
            or PASSED.match(line)
        ):
            return True
        if ADDRESSEE.match(line) and RECIPIENTS.match(line) and not NO_RECIPIENTS.search(line):
            return True
        return before_body and len(line) < 60 and not re.search(r"[。；;！!]|^(?:为|根据|按照|经|现)", line)

    def _is_front_matter_at_end(self, paragraph: tuple[int, int]) -> bool:
        line = self.text.text[slice(*paragraph)]
        return bool(ANNEX.fullmatch(line) or SIGNATURE.match(line) or DATE_LINE.match(line))

    # -- clauses ----------------------------------------------------------------------------------

    def _emit(self, unit: _Unit, heading: tuple[str, ...], prefix: str) -> None:
        label = _joined(prefix, unit.number)
        if not unit.children and not _is_chapter(unit):
            self._emit_leaf(unit, heading, label)
            return
        title, glued = self._title_and_body(unit)
        below = (*heading, title)
        leads = [*glued, *unit.paragraphs[1:]]
        if not unit.children and not leads and unit.numbering is not HEADING:
            self._add(label, self._kind(below), heading, unit.paragraphs)
            return
        fields = [paragraph for paragraph in unit.after if self._is_field(paragraph)]
        if fields and len(fields) == len(unit.after):
            self._emit_fields(unit, leads, label, below)
            return
        if unit.children and not _is_chapter(unit) and self._leads_a_list(unit):
            own = self._bracket_title(unit)
            heading = below = (*heading, own) if own else heading
            self._add(
                _joined(label, f"0{'a' if unit.after else ''}"), self._kind(below), heading, unit.paragraphs
            )
        else:
            self._emit_paragraphs(leads, label, below, bool(unit.children))
        for child in unit.children:
            self._emit(child, below, label)
        if unit.after:
            self._add(
                _joined(label, f"0{'b' if unit.paragraphs else ''}"), self._kind(below), below, unit.after
            )

    def _emit_fields(
        self, unit: _Unit, leads: list[tuple[int, int]], label: str, heading: tuple[str, ...]
    ) -> None:
        """A unit of labelled fields, the first with a list below it: each field is a clause."""
        letters = _letters(len(leads) + len(unit.after))
        for letter, paragraph in zip(letters, leads, strict=False):
            named = (self._field_name(paragraph),) if self._is_field(paragraph) else ()
            self._add(_joined(label, f"0{letter}"), self._kind(heading), (*heading, *named), [paragraph])
        for child in unit.children:
            self._emit(child, heading, label)
        for letter, paragraph in zip(letters[len(leads) :], unit.after, strict=True):
            own = (*heading, self._field_name(paragraph))
            self._add(_joined(label, f"0{letter}"), self._kind(heading), own, [paragraph])

    def _field_name(self, paragraph: tuple[int, int]) -> str:
        return self.text.text[slice(*paragraph)].partition("：")[0].partition(":")[0]

    def _leads_a_list(self, unit: _Unit) -> bool:
        """Whether a unit's own line is the lead of a list and not a title: an article's, or one ending in a colon."""
        line = self.text.text[slice(*unit.paragraphs[0])]
        return unit.numbering is not None and (unit.numbering.name == "article" or line.endswith(("：", ":")))

    def _emit_leaf(self, unit: _Unit, heading: tuple[str, ...], label: str) -> None:
        title = self._bracket_title(unit) or (self._own_title(unit) if self._siblings_titled(unit) else None)
        below = (*heading, title) if title else heading
        rest = unit.paragraphs[1:]
        principles = len(rest) > 1 and all(PRINCIPLE.match(self.text.text[slice(*part)]) for part in rest)
        if principles and self._states_nothing(unit):
            self._emit_paragraphs(rest, label, below, False)
        else:
            self._add(label, self._kind(below), below, unit.paragraphs)

    def _states_nothing(self, unit: _Unit) -> bool:
        """Whether a unit's own line is a title alone."""
        return (
            len(self.text.text[slice(*unit.paragraphs[0])]) <= MAX_TITLE
            and self._title_and_body(unit)[1] == []
        )

    def _emit_paragraphs(
        self, paragraphs: list[tuple[int, int]], label: str, heading: tuple[str, ...], lead: bool
    ) -> None:
        kind: ClauseKind = "preamble" if lead else self._kind(heading)
        for part, paragraph in zip(_letters(len(paragraphs)), paragraphs, strict=True):
            line = self.text.text[slice(*paragraph)]
            title = (
                re.match(r"[―—-]*\s*([^。，,；;：:\n]{2,20})[。：:]\s*\S", line)
                if len(paragraphs) > 1
                else None
            )
            own = (*heading, title[1]) if title else heading
            self._add(_joined(label, f"0{part}"), kind, own, [paragraph])

    def _add(
        self, label: str, kind: ClauseKind, heading: tuple[str, ...], paragraphs: list[tuple[int, int]]
    ) -> None:
        start, end = paragraphs[0][0], paragraphs[-1][1]
        self.seen[label] = self.seen.get(label, 0) + 1
        if self.seen[label] > 1:
            label = f"{label}~{self.seen[label]}"
        text = "\n".join(_tidy(self.text.text[slice(*paragraph)]) for paragraph in paragraphs)
        span = self.text.raw_span(start, end)
        printed = "\n".join(_tidy(self.printed[slice(*paragraph)]) for paragraph in paragraphs)
        self.clauses.append(
            Clause(self.document_id, label, kind, heading, span, text, departments_of(text, printed))
        )

    def _title_and_body(self, unit: _Unit) -> tuple[str, list[tuple[int, int]]]:
        """A heading unit's title without its number, and the body glued behind it, if any."""
        start, end = unit.paragraphs[0]
        line = self.text.text[start:end]
        number = unit.numbering.pattern.match(line) if unit.numbering else None
        offset = number.end() if number else 0
        stop = re.search(r"[。？?](?![^。\n]{0,20}[？?]$)", line[offset:])
        if stop and offset + stop.end() < len(line) and stop.start() <= MAX_TITLE:
            body = offset + stop.end()
            body += _leading(line[body:])
            return line[offset : offset + stop.start()].strip(), [(start + body, end)]
        return _without_letter_spacing(line[offset:].strip().rstrip("。：:")), []

    def _bracket_title(self, unit: _Unit) -> str | None:
        """The title in brackets behind an article's number."""
        article = unit.numbering is not None and unit.numbering.name == "article"
        match = BRACKET_TITLE.match(self._without_number(unit)) if article else None
        return match["title"] if match else None

    def _without_number(self, unit: _Unit) -> str:
        line = self.text.text[slice(*unit.paragraphs[0])]
        number = unit.numbering.pattern.match(line) if unit.numbering else None
        return line[number.end() :] if number else line

    def _own_title(self, unit: _Unit) -> str | None:
        line = self._without_number(unit) + ("\n" if len(unit.paragraphs) > 1 else "")
        match = OWN_TITLE.match(line)
        if match is None or (match["title"] and len(unit.paragraphs) == 1):
            return None
        title = (match["title"] or match["lead"]).strip()
        article = unit.numbering is not None and unit.numbering.name == "article"
        return None if article and RULES.search(title) else title

    def _kind(self, heading: tuple[str, ...]) -> ClauseKind:
        return next(
            (kind for title in reversed(heading) for kind, words in KIND_WORDS if words.search(title)),
            "measure",
        )


KIND_WORDS: tuple[tuple[ClauseKind, re.Pattern[str]], ...] = (
    ("goal", re.compile("目标")),
    ("principle", re.compile("指导思想|基本思路|原则|总体要求|总体思路|思想自觉")),
    (
        "safeguard",
        re.compile("保障措施|组织保障|组织实施|组织领导|工作要求|监督管理|监督检查|管理与监督|法律责任"),
    ),
    ("closing", re.compile("^附则$")),
    ("status", re.compile("下步|下一步|存在问题")),
)


def _goes_on(
    value: int, sub: bool, numbering: Numbering, path: list[_Unit], last: dict[str, int], apart: bool
) -> bool:
    """Whether `value` may open a unit: one, the next of its siblings, or the next of its kind anywhere.

    Up to two numbers may be missing: page scans lose them. More may where the number stands `apart`.
    """
    siblings = [unit for unit in path if unit.numbering is not None and unit.numbering.name == numbering.name]
    previous = last.get(numbering.name, 0)
    if value == 1 or (apart and previous < value):
        return True
    if sub:
        return (bool(siblings) or apart) and value == previous
    return 0 < value - previous <= 3 and (bool(siblings) or previous > 0)


def _append(parent: _Unit, unit: _Unit) -> None:
    """Add a unit below `parent`; what stood between it and the one before belongs to that one, for the list goes on."""
    if parent.after:
        first, last = parent.after[0], parent.children[-1]
        while last.children and not last.after and last.children[0].paragraphs[0] < first:
            last = last.children[-1]
        leads = not last.children or first < last.children[0].paragraphs[0]
        (last.paragraphs if leads else last.after).extend(parent.after)
        parent.after = []
    parent.children.append(unit)


def _is_chapter(unit: _Unit) -> bool:
    """Chapters are headings; so is 一、 unless it stands below an article."""
    if unit.numbering is None or not unit.numbering.chapter:
        return False
    if unit.numbering is HEADING:
        return True
    parent = unit.parent
    return parent is None or parent.numbering is None or parent.numbering.chapter


def _units(unit: _Unit) -> Iterator[_Unit]:
    for child in unit.children:
        yield child
        yield from _units(child)


def _joined(prefix: str, label: str) -> str:
    """The labels joined by a dot; a heading without a number adds nothing."""
    return ".".join(part for part in (prefix, label) if part)


def _without_letter_spacing(title: str) -> str:
    """总　则 as 总则: a title all of whose words are single characters."""
    words = title.split()
    return "".join(words) if len(words) > 1 and all(len(word) == 1 for word in words) else title


def _tidy(text: str) -> str:
    """`text` without blanks around its line ends."""
    return re.sub(r"(?<![ \t])[ \t]*\n\s*", "\n", text)


def _letters(count: int) -> list[str]:
    """The label endings of `count` unnumbered paragraphs: none for one, else a, b, ... z, aa, ab ..."""
    if count <= 1:
        return [""] * count
    return [(chr(96 + i // 26) if i >= 26 else "") + chr(97 + i % 26) for i in range(count)]


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())


def _trailing(text: str) -> int:
    return len(text) - len(text.rstrip())


# -- sentences ------------------------------------------------------------------------------------

SENTENCE = re.compile(r"[^。！？!?；;\n]+(?:[。！？!?；;]+[”’』」）)]*)?|[。！？!?；;]+")
# The parenthesis at the end; one more may stand inside it: 各县（市、区）人民政府.
DEPARTMENT_PARENTHESIS = re.compile(r"[（(]((?:[^（()）]|[（(][^（()）]{1,12}[)）])*)[)）]\s*$")
INNER_PARENTHESIS = re.compile(r"[（(][^（()）]*[)）]")


def sentences_of(text: AlignedText, clause: Clause) -> Iterator[Sentence]:
    """The sentences of a clause; a trailing parenthesis of departments is none of them.

    A row of a table is one sentence, read with the names of its columns: 「等级：高级工；金额：2000」.
    """
    # In the array's own type: with Python's integers numpy would convert the whole array each time.
    low, high = text.starts.searchsorted(np.array(clause.span, dtype=text.starts.dtype)).tolist()
    columns: list[str] = []
    lines = list(re.finditer(r"[^\n]+", text.text[low:high]))
    for number, line in enumerate(lines):
        start = low + line.start()
        cells = _cells(line.group())
        if not cells:
            columns = []
            yield from _sentences_of_line(text, start, low + line.end())
            continue
        stripped = line.group().strip()
        start += _leading(line.group())
        plain = "；".join(cell for cell in cells if cell)
        named = "；".join(
            f"{name}：{cell}" if name else cell for name, cell in zip(columns, cells, strict=False) if cell
        )
        yield Sentence(text.raw_span(start, start + len(stripped)), named or plain)
        below = _cells(lines[number + 1].group()) if number + 1 < len(lines) else []
        columns = columns or ([""] * len(cells) if _alike(cells, below) else cells)


def _alike(row: list[str], below: list[str]) -> bool:
    """Whether the first row of a table holds values as the one below it does, and so names no columns."""
    valued = [[bool(VALUE.search(cell)) for cell in cells] for cells in (row, below)]
    return len(row) == len(below) and valued[0] == valued[1] and any(valued[0])


def _cells(line: str) -> list[str]:
    """The cells of a table's row; none for any other line."""
    if not TABLE_ROW.match(line.strip()):
        return []
    cells = [cell.strip() for cell in re.split(rf"\t+|{BAR}", line.strip().strip("|｜│"))]
    return cells if any(cells) else []


def _sentences_of_line(text: AlignedText, low: int, high: int) -> Iterator[Sentence]:
    for match in SENTENCE.finditer(text.text, low, high):
        body = match.group()
        stripped = body.strip()
        alone = DEPARTMENT_PARENTHESIS.fullmatch(stripped)
        if not stripped or (alone and (departments_of(stripped) or _only_names("。", alone[1]))):
            continue
        start = match.start() + _leading(body)
        yield Sentence(text.raw_span(start, start + len(stripped)), stripped)


# -- departments ----------------------------------------------------------------------------------

DUTY = re.compile(
    r"(?:责任|负责|牵头|配合|主管|实施)(?:单位|部门)?\s*[:：]|"
    r"(?:分别|共同|具体)?(?:按|依)(?:照)?(?:各自)?(?:职责|职能|分工)\S{0,6}(?:负责|落实|实施)|(?:牵头|配合|共同|分别|具体)?负责|牵头|配合|落实"
)
# Two names run together: a department's last character with the next one's level or 国家, 中国 behind it.
UNSPLIT = re.compile(
    r"(?<=[局办厅部院会心])(?=[市县省区州盟旗](?![域级]))|(?<=[局办厅委会])(?=(?:中国)?人民银行|人行|国家|国网|团[市县省区])|"
    r"(?<=银行)(?=[市县省区州])|(?<=委)(?=[市县省](?!员))"
)
# 市财政局等部门, 市公安局及有关单位: what is behind the name.
OTHERS = re.compile(
    r"(?:等|及|和)(?:有关|相关|其他)?(?:部门|单位).*$|(?:及|等|和)?(?:有关|相关|其他)?(?:部门|单位)?$"
)
NOT_A_NAME = re.compile(r"^(?:等|及|和|各)?(?:有关|相关|其他)?(?:部门|单位|责任单位)?$")


def departments_of(text: str, printed: str | None = None) -> tuple[Department, ...]:
    """The responsible departments in the parenthesis that ends `text`, or none.

    `printed` is the text before simplification, position by position; names are given as they stand there.
    """
    match = DEPARTMENT_PARENTHESIS.search(text)
    if match is None or not (DUTY.search(match[1]) or _only_names(text[: match.start()], match[1])):
        return ()
    found: dict[str, Department] = {}
    for part in re.split(r"[;；。]", INNER_PARENTHESIS.sub(_masked, match[1])):
        for name, role in _names_of(part):
            name = name.translate(UNMASK)
            at = text.find(name, match.start())
            name = printed[at : at + len(name)] if printed is not None and at >= 0 else name
            found.setdefault(name, Department(name, role))
    return tuple(found.values())


# How authorities and bodies are called, for a parenthesis that holds nothing but names: （县人社局、县财政局）.
BODY = re.compile(
    r"(?:局|委|委员会|办|办公室|厅|院|联合?会|政府|银行|[支分]行|部门|单位|中心|街道|乡镇|商会|协会|工会|妇联|残联|工商联|团委)$"
)


def _only_names(before: str, inside: str) -> bool:
    """Whether a parenthesis behind the end of a sentence names bodies and says nothing else."""
    names = [name for name, _ in _names_of(inside)]
    return bool(names) and before.rstrip().endswith(("。", "；", ";")) and all(map(BODY.search, names))


# The separators inside an inner parenthesis part no names; they are hidden while names are told apart.
MASK = str.maketrans("、，,", "\ue000\ue001\ue002")
UNMASK = str.maketrans("\ue000\ue001\ue002", "、，,")


def _masked(match: re.Match[str]) -> str:
    return match.group().translate(MASK)


def _names_of(part: str) -> Iterator[tuple[str, str]]:
    """The names in one list with the role that its duty words give them."""
    segments = re.split(r"[，,](?=[^，,]*(?:牵头|配合|负责))|(?<=牵头)[，,]", part)
    for segment in segments:
        role = "牵头" if "牵头" in segment else "配合" if "配合" in segment else ""
        for piece in re.split(r"[、，,\s/]+", DUTY.sub("、", segment)):
            for name in UNSPLIT.split(piece):
                name = OTHERS.sub("", name)
                if len(name) > 1 and not NOT_A_NAME.match(name):
                    yield name, role
