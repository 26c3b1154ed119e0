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

from rag.aligned import AlignedText
from rag.clean import Cleaned
from rag.numerals import parse_numeral
from rag.types import Clause, ClauseKind, Department, Sentence

NUMERAL = r"[零〇○一二两三四五六七八九十百千\d０-９]+"


class Numbering(NamedTuple):
    """A style of printed numbers; lower `rank` stands higher in a tree, `chapter` units are headings."""

    name: str
    rank: int
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
        "paren",
        5,
        False,
        re.compile(r"[（(]\s*(?P<n>[〇○一二两三四五六七八九十百]+)\s*[)）]\s*[、.．]?\s*"),
        "（一）...",
    ),
    Numbering(
        "digit", 6, False, re.compile(r"(?P<n>[\d０-９]{1,3})\s*(?:[.．﹒](?!\d)|、|\)|）)\s*"), "1. ..."
    ),
    Numbering("digit_paren", 7, False, re.compile(r"[（(]\s*(?P<n>[\d０-９]{1,3})\s*[)）]\s*"), "（1）..."),
    Numbering("circled", 8, False, re.compile(r"(?P<n>[①-⑳])\s*"), "① ..."),
)

MAX_TITLE = 45  # characters of the longest printed heading; a longer line is body
OWN_TITLE = re.compile(
    r"(?P<title>[^。；;，,\n]{2,30})[。.：:？?]?\s*(?:\n|$)|(?P<lead>[^。；;\n]{2,30})[。？?](?=\S)"
)
PRINCIPLE = re.compile(r"(?:[―—-]{1,2}\s*[^。\n]{2,20}|[^。，,；;：:\n]{2,12})[。．：:]\s*\S")

DOCUMENT_KINDS = "意见|方案|办法|通知|规定|条例|措施|细则|情况|公告|通告|决定|规划|计划|指南|报告|批复|函|要点|政策|公报|指引|制度|规则|章程|清单|解读|问答|若干|汇编|手册"
TITLE_LINE = re.compile(
    rf"[^。；;!！\n]{{4,120}}?(?:{DOCUMENT_KINDS})(?:\s*[（(《〔\[][^\n]{{1,40}}[)）》〕\]]?号?\)?)?$"
)
DOC_NUMBER_LINE = re.compile(r"[^\s，。；、]{1,16}\s*[〔\[［（(【﹝]?\s*(?:19|20)\d{2}[^\s，。；、]{0,12}$")
ADDRESSEE = re.compile(r"[^。；;]{2,160}[:：]$")
SIGNATURE = re.compile(
    r"[^。；;，,：:]{2,40}(?:政府|办公[厅室]|委员会|委|局|厅|部|院|会|中心|支行|银行|办)(?:\s+\S{2,30}(?:局|厅|委员会|委|办|部|中心|行))*$"
)
DATE_LINE = re.compile(r"(?:\d{4}|[二〇○零一九八七六五四三]{4})\s*年\s*\S{1,3}\s*月\s*\S{1,3}\s*日$")
CLOSING = re.compile(
    r"(?:本(?:意见|方案|办法|规定|措施|细则|通知|条例|政策)|以上|各(?:部门|单位|级|县|区|市|乡|镇|地)|此前|特此)"
)
ANNEX = re.compile(r"附\s*件\s*(?P<n>[\d０-９一二三四五六七八九十]*)\s*[:：.．]?\s*$")


@dataclass
class _Unit:
    """A numbered unit (or the root): its title paragraph, unnumbered paragraphs, and units below."""

    numbering: Numbering | None
    number: str
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    children: list[_Unit] = field(default_factory=list)
    parent: _Unit | None = None


@dataclass(frozen=True)
class Split:
    """The clauses of a document, their sentences, and the lines before, between and after them."""

    clauses: tuple[Clause, ...]
    sentences: tuple[tuple[Sentence, ...], ...]
    front_matter: tuple[str, ...]
    """Title lines, number, addressee: clean text, in order."""
    signature: tuple[str, ...]


def split(document_id: str, cleaned: Cleaned) -> Split:
    """The clauses of a cleaned document, in order, none overlapping another."""
    return _Splitter(document_id, cleaned.text).run()


class _Splitter:
    """One pass over a document; holds the text so that the helpers need not hand it round."""

    def __init__(self, document_id: str, text: AlignedText) -> None:
        self.document_id = document_id
        self.text = text
        self.front: list[str] = []
        self.signature: list[str] = []
        self.clauses: list[Clause] = []
        self.seen: dict[str, int] = {}

    def run(self) -> Split:
        paragraphs = [
            (match.start() + _leading(match.group()), match.end() - _trailing(match.group()))
            for match in re.finditer(r"[^\n]+", self.text.text)
            if match.group().strip()
        ]
        paragraphs = self._without_signature(paragraphs)
        root = self._tree(paragraphs)
        closing = self._closing(root)
        self.titled = self._mostly_titled(root)
        self._emit_preamble(root)
        for child in root.children:
            self._emit(child, (), "")
        self._emit_closing(root, closing)
        sentences = tuple(tuple(sentences_of(self.text, clause)) for clause in self.clauses)
        return Split(tuple(self.clauses), sentences, tuple(self.front), tuple(self.signature))

    # -- the tree ---------------------------------------------------------------------------------

    def _tree(self, paragraphs: list[tuple[int, int]]) -> _Unit:
        root = _Unit(None, "")
        path = [root]
        last: dict[str, int] = {}
        for start, end in paragraphs:
            opened = self._opening(self.text.text[start:end], path, last)
            if opened is None:
                path[-1].paragraphs.append((start, end))
                continue
            numbering, number, value = opened
            path = [unit for unit in path if unit.numbering is None or unit.numbering.rank < numbering.rank]
            unit = _Unit(numbering, number, [(start, end)], parent=path[-1])
            path[-1].children.append(unit)
            path.append(unit)
            last[numbering.name] = value
        return root

    def _opening(
        self, paragraph: str, path: list[_Unit], last: dict[str, int]
    ) -> tuple[Numbering, str, int] | None:
        """The numbering, label part and value of the number that opens `paragraph`, if it really does."""
        for numbering in NUMBERINGS:
            match = numbering.pattern.match(paragraph)
            if match is None:
                continue
            value = parse_numeral(match["n"])
            sub = match.groupdict().get("sub")
            if value is None or not _goes_on(value, bool(sub), numbering, path, last):
                return None
            label = f"{value}-{parse_numeral(sub)}" if sub else str(value)
            return numbering, label, value
        return None

    def _mostly_titled(self, root: _Unit) -> bool:
        """Whether the document's leaf units open with a title of their own, as four in five must."""
        leaves = [unit for unit in _units(root) if not unit.children and not _is_chapter(unit)]
        titled = sum(self._own_title(unit) is not None for unit in leaves)
        return bool(leaves) and titled >= 0.8 * len(leaves)

    # -- front matter, signature, closing ---------------------------------------------------------

    def _without_signature(self, paragraphs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """`paragraphs` without the signature and date lines at the end, which are kept apart."""
        while len(paragraphs) > 1:
            line = self.text.text[slice(*paragraphs[-1])]
            if not (SIGNATURE.match(line) or DATE_LINE.match(line)) or any(
                n.pattern.match(line) for n in NUMBERINGS
            ):
                break
            self.signature.insert(0, line)
            paragraphs = paragraphs[:-1]
        return paragraphs

    def _closing(self, root: _Unit) -> list[tuple[int, int]]:
        """The paragraphs that follow the last unit and are not part of it; taken out of the tree."""
        unit = root
        while unit.children:
            unit = unit.children[-1]
        if unit is root or len(unit.paragraphs) < 2 or _is_chapter(unit):
            return []
        siblings = [
            sibling for sibling in _units(root) if sibling.numbering == unit.numbering and sibling is not unit
        ]
        usual = max((len(sibling.paragraphs) for sibling in siblings), default=1)
        for i in range(1, len(unit.paragraphs)):
            before = self.text.text[slice(*unit.paragraphs[i - 1])]
            here = self.text.text[slice(*unit.paragraphs[i])]
            if departments_of(before) or (i >= usual and CLOSING.match(here)):
                unit.paragraphs, rest = unit.paragraphs[:i], unit.paragraphs[i:]
                return rest
        return []

    def _emit_preamble(self, root: _Unit) -> None:
        """Front matter is set apart; what is left of the opening paragraphs are the clauses 0, 0a, 0b."""
        body: list[tuple[int, int]] = []
        for start, end in root.paragraphs:
            line = self.text.text[start:end]
            if self._is_front_matter(line, before_body=not body):
                self.front.append(line)
            else:
                body.append((start, end))
        numbered = bool(root.children)
        for part, paragraph in zip(_letters(len(body)), body, strict=True):
            self._add(f"0{part}", "preamble" if numbered else "measure", (), [paragraph])

    def _is_front_matter(self, line: str, *, before_body: bool) -> bool:
        if DOC_NUMBER_LINE.match(line) or TITLE_LINE.match(line) or ANNEX.match(line):
            return True
        if ADDRESSEE.match(line) and len(line) < 120:
            return True
        return before_body and len(line) < 60 and not re.search(r"[。；;]", line)

    def _emit_closing(self, root: _Unit, paragraphs: list[tuple[int, int]]) -> None:
        body = [paragraph for paragraph in paragraphs if not self._is_front_matter_at_end(paragraph)]
        for part, paragraph in zip(_letters(len(body)), body, strict=True):
            self._add(f"end{part}", "closing", (), [paragraph])

    def _is_front_matter_at_end(self, paragraph: tuple[int, int]) -> bool:
        line = self.text.text[slice(*paragraph)]
        return bool(ANNEX.match(line) or SIGNATURE.match(line) or DATE_LINE.match(line))

    # -- clauses ----------------------------------------------------------------------------------

    def _emit(self, unit: _Unit, heading: tuple[str, ...], prefix: str) -> None:
        label = f"{prefix}.{unit.number}" if prefix else unit.number
        if not unit.children and not _is_chapter(unit):
            self._emit_leaf(unit, heading, label)
            return
        title, glued = self._title_and_body(unit)
        below = (*heading, title)
        leads = [*glued, *unit.paragraphs[1:]]
        if not unit.children and not leads:
            self._add(label, self._kind(below), heading, unit.paragraphs)
            return
        if unit.children and not _is_chapter(unit) and unit.numbering and unit.numbering.name == "article":
            self._add(f"{label}.0", self._kind(below), heading, unit.paragraphs)
        else:
            self._emit_paragraphs(leads, label, below, bool(unit.children))
        for child in unit.children:
            self._emit(child, below, label)

    def _emit_leaf(self, unit: _Unit, heading: tuple[str, ...], label: str) -> None:
        title = self._own_title(unit) if self.titled else None
        below = (*heading, title) if title else heading
        rest = unit.paragraphs[1:]
        if len(rest) > 1 and all(PRINCIPLE.match(self.text.text[slice(*part)]) for part in rest):
            self._emit_paragraphs(rest, label, below, False)
        else:
            self._add(label, self._kind(below), below, unit.paragraphs)

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
            self._add(f"{label}.0{part}", kind, own, [paragraph])

    def _add(
        self, label: str, kind: ClauseKind, heading: tuple[str, ...], paragraphs: list[tuple[int, int]]
    ) -> None:
        start, end = paragraphs[0][0], paragraphs[-1][1]
        self.seen[label] = self.seen.get(label, 0) + 1
        if self.seen[label] > 1:
            label = f"{label}~{self.seen[label]}"
        text = re.sub(r"[ \t]*\n\s*", "\n", self.text.text[start:end])
        span = self.text.raw_span(start, end)
        self.clauses.append(Clause(self.document_id, label, kind, heading, span, text, departments_of(text)))

    def _title_and_body(self, unit: _Unit) -> tuple[str, list[tuple[int, int]]]:
        """A heading unit's title without its number, and the body glued behind it, if any."""
        start, end = unit.paragraphs[0]
        line = self.text.text[start:end]
        number = unit.numbering.pattern.match(line) if unit.numbering else None
        offset = number.end() if number else 0
        stop = re.search(r"[。？?]", line[offset:])
        if stop and offset + stop.end() < len(line) and stop.start() <= MAX_TITLE:
            body = offset + stop.end()
            body += _leading(line[body:])
            return line[offset : offset + stop.start()].strip(), [(start + body, end)]
        return line[offset:].strip().rstrip("。：:"), []

    def _own_title(self, unit: _Unit) -> str | None:
        start, end = unit.paragraphs[0]
        line = self.text.text[start:end]
        number = unit.numbering.pattern.match(line) if unit.numbering else None
        line = line[number.end() if number else 0 :] + ("\n" if len(unit.paragraphs) > 1 else "")
        match = OWN_TITLE.match(line)
        if match is None or (match["title"] and len(unit.paragraphs) == 1):
            return None
        return (match["title"] or match["lead"]).strip()

    def _kind(self, heading: tuple[str, ...]) -> ClauseKind:
        return next(
            (kind for title in reversed(heading) for kind, words in KIND_WORDS if words.search(title)),
            "measure",
        )


KIND_WORDS: tuple[tuple[ClauseKind, re.Pattern[str]], ...] = (
    ("goal", re.compile("目标")),
    ("principle", re.compile("指导思想|基本思路|原则|总体要求|总体思路|思想自觉")),
    ("safeguard", re.compile("保障措施|组织保障|组织实施|组织领导|附则|工作要求")),
    ("status", re.compile("下步|下一步|存在问题")),
)


def _goes_on(value: int, sub: bool, numbering: Numbering, path: list[_Unit], last: dict[str, int]) -> bool:
    """Whether `value` may open a unit: one, the next of its siblings, or the next of its kind anywhere.

    Up to two numbers may be missing: page scans lose them.
    """
    siblings = [unit for unit in path if unit.numbering is not None and unit.numbering.name == numbering.name]
    previous = last.get(numbering.name, 0)
    if value == 1:
        return True
    if sub:
        return bool(siblings) and value == previous
    return 0 < value - previous <= 3 and (bool(siblings) or previous > 0)


def _is_chapter(unit: _Unit) -> bool:
    """Chapters are headings; so is 一、 unless it stands below an article."""
    if unit.numbering is None or not unit.numbering.chapter:
        return False
    parent = unit.parent
    return parent is None or parent.numbering is None or parent.numbering.chapter


def _units(unit: _Unit) -> Iterator[_Unit]:
    for child in unit.children:
        yield child
        yield from _units(child)


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
DEPARTMENT_PARENTHESIS = re.compile(r"[（(]([^（()）]*)[)）]\s*$")


def sentences_of(text: AlignedText, clause: Clause) -> Iterator[Sentence]:
    """The sentences of a clause; a trailing parenthesis of departments is none of them."""
    low, high = text.starts.searchsorted([clause.span.start, clause.span.end])
    for match in SENTENCE.finditer(text.text, int(low), int(high)):
        body = match.group()
        stripped = body.strip()
        if not stripped or (DEPARTMENT_PARENTHESIS.fullmatch(stripped) and departments_of(stripped)):
            continue
        start = match.start() + _leading(body)
        yield Sentence(text.raw_span(start, start + len(stripped)), stripped)


# -- departments ----------------------------------------------------------------------------------

DUTY = re.compile(
    r"(?:责任|负责|牵头|配合|主管|实施)(?:单位|部门)?\s*[:：]|"
    r"(?:分别|共同|具体)?(?:按|依)(?:照)?(?:各自)?(?:职责|职能|分工)\S{0,6}(?:负责|落实|实施)|(?:牵头|配合|共同|分别|具体)?负责|牵头|配合|落实"
)
# Two names run together: a department's last character with the next one's level behind it.
UNSPLIT = re.compile(
    r"(?<=[局办厅])(?=[市县省区州盟旗](?!域))|(?<=[局办厅委])(?=(?:中国)?人民银行|人行)|(?<=银行)(?=[市县省区州])|(?<=委)(?=[市县省](?!员))"
)
NOT_A_NAME = re.compile(r"^(?:等|及|和|各)?(?:有关|相关|其他)?(?:部门|单位|责任单位)?$")


def departments_of(text: str) -> tuple[Department, ...]:
    """The responsible departments in the parenthesis that ends `text`, or none."""
    match = DEPARTMENT_PARENTHESIS.search(text)
    if match is None or not DUTY.search(match[1]):
        return ()
    found: dict[str, Department] = {}
    for part in re.split(r"[;；。]", match[1]):
        for name, role in _names_of(part):
            found.setdefault(name, Department(name, role))
    return tuple(found.values())


def _names_of(part: str) -> Iterator[tuple[str, str]]:
    """The names in one list with the role that its duty words give them."""
    segments = re.split(r"[，,](?=[^，,]*(?:牵头|配合|负责))|(?<=牵头)[，,]", part)
    for segment in segments:
        role = "牵头" if "牵头" in segment else "配合" if "配合" in segment else ""
        names = DUTY.sub("、", segment)
        for piece in re.split(r"[、，,\s/]+", names):
            for name in UNSPLIT.split(piece):
                name = re.sub(
                    r"(?:及|等|和)?(?:有关|相关|其他)?(?:部门|单位)?$",
                    "",
                    re.sub(r"(?:等|及|和)(?:有关|相关|其他)?(?:部门|单位).*$", "", name),
                )
                if len(name) > 1 and not NOT_A_NAME.match(name):
                    yield name, role
