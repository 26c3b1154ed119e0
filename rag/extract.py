"""Extract: .html, .docx and .pdf -> the text that is read, a paragraph a line.

The text is what offsets count in (`tiaowen read --text` prints it), so nothing is tidied here: page
furniture stays for `clean` to mark. What the format says beside the words is written as plain text writes
it: a heading as `# …`, a table's row as `| a | b |`, an automatic number as its digits.

lxml (forgiving HTML parser), python-docx (opens the package) and pypdfium2 (PDFium, the text layer of most
kinds of PDF in reading order, and as hardened as a browser) are used; layout engines such as inscriptis
were left aside because they align tables with blanks.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rag.errors import DocumentError
from rag.numerals import chinese_numeral

MAX_PAGES = 2_000
MAX_UNPACKED_BYTES = 200_000_000
MIN_CHARS_A_PAGE = 5  # below this on average a PDF holds pictures of pages

# -- html -----------------------------------------------------------------------------------------

UNSEEN = frozenset(
    [
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "select",
        "button",
        "textarea",
        "svg",
        "iframe",
        "object",
        "canvas",
        "audio",
        "video",
        "map",
        "rt",
        "rp",
    ]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
    ]
)
HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A cell with more than this is part of a page's layout, not of a table.
LONGEST_CELL = 400


def html_text(markup: str, name: str) -> str:
    """The text a browser shows of `markup`; raises `DocumentError` naming `name` if there is none."""
    from lxml import etree, html

    # Encoded anew: a declaration inside (<meta charset>, <?xml encoding?>) has been dealt with, or is wrong.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentError(
            f"{name} is no HTML page: {error}. Check that the right file was given."
        ) from error
    return _joined(_Page().lines(root))


class _Page:
    """One walk over a page; gathers the words of the line that is being written."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.line: list[str] = []

    def lines(self, root: Any) -> list[str]:
        # No recursion: a hostile page nests deeper than Python's stack.
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            tag = element.tag
            if leaving:
                self._end(tag)
                self._say(element.tail)
                continue
            if not isinstance(tag, str) or tag in UNSEEN or _is_hidden(element):
                self._say(element.tail)
                continue
            rows = _rows_of(element) if tag == "table" else None
            if rows is not None:
                self._end("table")
                self.done += rows
                self._say(element.tail)
                continue
            self._begin(element)
            self._say(element.text, keep_lines=tag == "pre")
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]
        self._end("body")
        return self.done

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._end(tag)
        if tag in HEADINGS:
            self.line.append(HEADINGS[tag])
        elif tag == "li":
            self.line.append(_list_number(element))
        elif tag == "br":
            self._end("body")

    def _end(self, tag: str) -> None:
        if tag in BLOCKS and self.line:
            text = "".join(self.line).strip(" \n")
            if text.strip("# "):
                self.done.append(text)
            self.line = []

    def _say(self, text: str | None, *, keep_lines: bool = False) -> None:
        if not text:
            return
        if keep_lines:
            self.done += text.splitlines()
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", text)
        at_start = not self.line or self.line[-1].endswith(" ")
        self.line.append(words.lstrip(" ") if at_start else words)


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or bool(HIDDEN_STYLE.search(element.get("style", "")))


def _list_number(item: Any) -> str:
    """What a browser prints before an item of a numbered list, unless the item begins with a number itself."""
    parent = item.getparent()
    if (
        parent is None
        or parent.tag != "ol"
        or re.match(r"\s*[（(]?[\d一二三四五六七八九十①-⑳]", item.text_content())
    ):
        return ""
    items = [child for child in parent if child.tag == "li"]
    start = parent.get("start", "1")
    return f"{(int(start) if start.isdigit() else 1) + items.index(item)}. "


def _rows_of(table: Any) -> list[str] | None:
    """The rows of a table of data as `| a | b |`; None for one that only lays a page out."""
    if table.find(".//table") is not None:
        return None
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in (child for child in row if child.tag in ("td", "th")):
            _fill_down(cells, spanning)
            text = _inline(cell)
            if len(text) > LONGEST_CELL:
                return None
            below = cell.get("rowspan", "1")
            if below.isdigit() and 1 < int(below) <= 1000:
                spanning[len(cells)] = (int(below) - 1, text)
            cells.append(text)
        _fill_down(cells, spanning)
        rows.append(cells)
    if sum(sum(map(bool, cells)) >= 2 for cells in rows) < 2:
        return None
    return [_row(cells) for cells in rows if any(cells)]


def _fill_down(cells: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Repeat in this row what a cell above says of several rows, so that each row is understood alone."""
    while len(cells) in spanning:
        left, text = spanning.pop(len(cells))
        if left > 1:
            spanning[len(cells)] = (left - 1, text)
        cells.append(text)


def _inline(cell: Any) -> str:
    return re.sub(r"\s+", " ", "".join(_with_tails(cell))).replace("|", "/").strip()


def _with_tails(element: Any) -> Iterator[str]:
    """The text inside an element in order; block elements and line breaks part words."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in UNSEEN and not _is_hidden(child):
            parts = child.tag in BLOCKS or child.tag == "br"
            yield " " if parts else ""
            yield from _with_tails(child)
            yield " " if parts else ""
        yield child.tail or ""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""


# -- docx -----------------------------------------------------------------------------------------

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What a reader does not see: deleted and moved text, the older copy of a drawing, field codes.
DOCX_UNSEEN = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{MC}Fallback", f"{W}instrText", f"{W}delText", f"{W}rubyPr", f"{W}rt"}
)
DOCX_SIGNS = {f"{W}noBreakHyphen": "-", f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n"}


def docx_text(data: bytes, name: str) -> str:
    """The text of a Word document as printed, with its automatic numbers; raises `DocumentError`."""
    import docx

    check_archive(data, name)
    try:
        package = docx.Document(io.BytesIO(data))
        return _joined(list(_Word(package).lines(package.element.body)))
    except Exception as error:  # a damaged package fails anywhere in zipfile, lxml or python-docx, in any way
        raise DocumentError(
            f"{name} is no readable Word document ({error or type(error).__name__}). Save it again as .docx."
        ) from error


class _Word:
    """A Word document being read: its styles, its numbering, and the numbers given so far."""

    def __init__(self, package: Any) -> None:
        self.styles = {style.get(f"{W}styleId"): style for style in package.styles.element.iter(f"{W}style")}
        self.lists = _lists_of(package)
        self.counters: dict[str, dict[int, int]] = {}
        self.notes = _notes_of(package)

    def lines(self, body: Any) -> Iterator[str]:
        yield from self._blocks(body)
        yield from self.notes

    def _blocks(self, parent: Any) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
                yield from self._blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        boxes: list[Any] = []
        text = "".join(_words(paragraph, boxes))
        if text.strip():
            number = self._number(paragraph)
            first, *rest = text.strip("\n").split("\n")
            yield self._heading_marks(paragraph) + number + (first.lstrip() if number else first)
            yield from rest
        for box in boxes:
            yield from self._blocks(box)

    def _table(self, table: Any) -> Iterator[str]:
        above: dict[int, str] = {}
        for row in table.iterchildren(f"{W}tr", f"{W}ins"):
            cells = []
            for at, cell in enumerate(row.iter(f"{W}tc")):
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                text = re.sub(r"\s+", " ", " ".join(self._blocks(cell))).replace("|", "/").strip()
                if merged is not None and merged.get(f"{W}val") != "restart" and not text:
                    text = above.get(at, "")
                above[at] = text
                cells.append(text)
            if any(cells):
                yield _row(cells) if len(cells) > 1 else cells[0]

    def _property(self, paragraph: Any, path: str) -> Any | None:
        """A paragraph's property, its own or that of the styles it is based on."""
        own = paragraph.find(f"{W}pPr/{path}")
        if own is not None:
            return own
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        named = self.styles.get(style.get(f"{W}val")) if style is not None else None
        for _ in range(20):  # a style may be based on itself, by mistake or malice
            if named is None:
                return None
            found = named.find(f"{W}pPr/{path}")
            if found is not None:
                return found
            base = named.find(f"{W}basedOn")
            named = self.styles.get(base.get(f"{W}val")) if base is not None else None
        return None

    def _heading_marks(self, paragraph: Any) -> str:
        level = self._property(paragraph, f"{W}outlineLvl")
        value = level.get(f"{W}val") if level is not None else ""
        return "#" * (int(value) + 1) + " " if value in ("0", "1", "2", "3", "4", "5") else ""

    def _number(self, paragraph: Any) -> str:
        """The automatic number that is printed before a paragraph; counts on."""
        properties = self._property(paragraph, f"{W}numPr")
        number = properties.find(f"{W}numId") if properties is not None else None
        levels = self.lists.get(number.get(f"{W}val")) if number is not None else None
        if properties is None or number is None or levels is None:
            return ""
        indent = properties.find(f"{W}ilvl")
        value = indent.get(f"{W}val", "0") if indent is not None else "0"
        at = int(value) if value.isdigit() else 0
        level = levels.levels.get(at)
        if level is None or level.format == "bullet":
            return ""
        counters = self.counters.setdefault(levels.identity, {})
        counters[at] = counters.get(at, level.start - 1) + 1
        for deeper in [other for other in counters if other > at]:
            del counters[deeper]
        return _printed_number(levels, counters, at)


class _Level(NamedTuple):
    format: str
    text: str
    start: int
    suffix: str


class _List(NamedTuple):
    identity: str
    levels: dict[int, _Level]


def _lists_of(package: Any) -> dict[str, _List]:
    """numId -> its list; those of one abstract numbering count together, as Word does."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    parts = [
        rel.target_part for rel in package.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NUMBERING
    ]
    if not parts:
        return {}
    root = parts[0].element
    abstract = {
        item.get(f"{W}abstractNumId"): {
            int(level.get(f"{W}ilvl", "0")): _level_of(level) for level in item.iterchildren(f"{W}lvl")
        }
        for item in root.iterchildren(f"{W}abstractNum")
    }
    lists: dict[str, _List] = {}
    for item in root.iterchildren(f"{W}num"):
        named = item.find(f"{W}abstractNumId")
        identity = named.get(f"{W}val") if named is not None else ""
        levels = dict(abstract.get(identity, {}))
        overrides = list(item.iterchildren(f"{W}lvlOverride"))
        for override in overrides:
            start = override.find(f"{W}startOverride")
            at = int(override.get(f"{W}ilvl", "0"))
            if start is not None and at in levels:
                levels[at] = levels[at]._replace(start=int(start.get(f"{W}val", "1")))
        number = item.get(f"{W}numId")
        lists[number] = _List(f"{identity}/{number}" if overrides else identity, levels)
    return lists


def _level_of(level: Any) -> _Level:
    def value(tag: str, default: str) -> str:
        found = level.find(f"{W}{tag}")
        return str(found.get(f"{W}val", default)) if found is not None else default

    start = value("start", "1")
    return _Level(
        value("numFmt", "decimal"),
        value("lvlText", "%1."),
        int(start) if start.isdigit() else 1,
        value("suff", "tab"),
    )


def _printed_number(levels: _List, counters: dict[int, int], at: int) -> str:
    own = levels.levels[at]

    def shown(match: re.Match[str]) -> str:
        which = int(match[1]) - 1
        level = levels.levels.get(which, own)
        return _formatted(counters.get(which, level.start), level.format)

    text = re.sub(r"%([1-9])", shown, own.text)
    return text + ("" if own.suffix == "nothing" or text.endswith(("、", "）", "，")) else " ")


CHINESE_FORMATS = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "japaneseDigitalTenThousand",
        "chineseLegalSimplified",
    ]
)


def _formatted(value: int, kind: str) -> str:
    """A counter as Word prints it in the number format `kind` (ECMA-376, 17.18.59); digits for a rare one."""
    if kind in CHINESE_FORMATS:
        return chinese_numeral(value)
    if kind == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if kind in ("upperLetter", "lowerLetter") and 1 <= value <= 26:
        return chr((65 if kind == "upperLetter" else 97) + value - 1)
    return "" if kind == "none" else str(value)


def _words(element: Any, boxes: list[Any]) -> Iterator[str]:
    """The visible text inside an element; text boxes are set aside in `boxes`."""
    for child in element:
        if child.tag in DOCX_UNSEEN or (child.tag == f"{W}r" and child.find(f"{W}rPr/{W}vanish") is not None):
            continue
        if child.tag == f"{W}txbxContent":
            boxes.append(child)
        elif child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in DOCX_SIGNS:
            yield DOCX_SIGNS[child.tag]
        elif child.tag == f"{W}sym":
            yield ""
        else:
            yield from _words(child, boxes)


def _notes_of(package: Any) -> list[str]:
    """The footnotes and endnotes, which stand behind the text."""
    from lxml import etree

    found = []
    for relation in package.part.rels.values():
        if not relation.reltype.endswith(("/footnotes", "/endnotes")) or relation.is_external:
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(relation.target_part.blob, parser)
        for note in root:
            if note.get(f"{W}type") is None:
                text = " ".join("".join(_words(part, [])).strip() for part in note.iter(f"{W}p"))
                found += [f"注：{text}"] if text.strip() else []
    return found


def check_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The zip archive in `data`, if it is whole and within bounds; raises `DocumentError`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DocumentError(f"{name} is damaged or no zip file ({error}). Get it again.") from error
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise DocumentError(
            f"{name} would unpack to {unpacked:,} bytes; at most {MAX_UNPACKED_BYTES:,} are read. Split it into parts."
        )
    return archive


# -- pdf ------------------------------------------------------------------------------------------


def pdf_text(data: bytes, name: str) -> str:
    """The text layer of a PDF, line by line; raises `DocumentError` if it is locked, damaged or scanned."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = (
            "is locked with a password. Save it without one"
            if locked
            else "is damaged or no PDF. Get it again"
        )
        raise DocumentError(f"{name} {reason}.") from error
    try:
        if len(pdf) > MAX_PAGES:
            raise DocumentError(
                f"{name} has {len(pdf):,} pages; at most {MAX_PAGES:,} are read. Split it into parts."
            )
        pages = [_page_text(pdf, number, name) for number in range(len(pdf))]
    finally:
        pdf.close()
    if sum(len(re.sub(r"\s", "", page)) for page in pages) < MIN_CHARS_A_PAGE * max(len(pages), 1):
        raise DocumentError(
            f"{name} holds pictures of its {len(pages)} pages and no text. Recognise the text (OCR) first, "
            "or give the document in another format."
        )
    return _joined(pages)


def _page_text(pdf: Any, number: int, name: str) -> str:
    import pypdfium2

    try:
        page = pdf[number]
        text = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError as error:
        raise DocumentError(
            f"{name}: page {number + 1} cannot be read ({error}). Save the file again."
        ) from error
    # U+FFFE is PDFium's mark for a hyphen at a line's end, U+0002 a soft one.
    return re.sub("[\ufffe\x02]", "", text.replace("\r\n", "\n")).strip("\n")


EXTRACTORS: dict[str, Callable[[bytes, str], str]] = {".docx": docx_text, ".pdf": pdf_text}
