"""Extract: what a person sees of a page, a Word document or a PDF becomes lines of text."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st

from rag import extract
from rag.errors import DocumentError
from rag.extract import docx_text, html_text, pdf_text

DOCUMENTS = Path(__file__).parent / "documents"

# -- html -----------------------------------------------------------------------------------------

PAGES = [
    ("<p>第一条 甲</p><p>第二条 乙</p>", "第一条 甲\n第二条 乙\n"),
    ("<div>甲<br>乙<br/>丙</div>", "甲\n乙\n丙\n"),
    ("甲<b>乙</b>&ldquo;丙&rdquo;&#12289;丁", "甲乙“丙”、丁\n"),
    ("<p>甲\n    乙\t丙</p>", "甲 乙 丙\n"),
    ("<title>页</title><style>p{}</style><script>x()</script><p>甲</p><noscript>乙</noscript>", "甲\n"),
    ('<p hidden>甲</p><p style="DISPLAY : none">乙</p><p>丙</p>', "丙\n"),
    ("<p>甲</p><!-- 乙 -->", "甲\n"),
    ("<p><ruby>创<rp>(</rp><rt>chuàng</rt><rp>)</rp></ruby>业</p>", "创业\n"),
    ("<h1>办法</h1><h3>一、对象</h3><p>甲</p>", "# 办法\n### 一、对象\n甲\n"),
    ("<ol><li>甲</li><li>乙</li></ol>", "1. 甲\n2. 乙\n"),
    ('<ol start="5"><li>甲</li></ol>', "5. 甲\n"),
    ("<ol><li>（一）甲</li></ol><ul><li>乙</li></ul>", "（一）甲\n乙\n"),
    ("<pre>甲\n  乙</pre>", "甲\n  乙\n"),
    (
        "<table><tr><th>等级</th><th>金额</th></tr><tr><td>高级<br>工</td><td>2000</td></tr></table>",
        "| 等级 | 金额 |\n| 高级 工 | 2000 |\n",
    ),
    (
        "<table><tr><td>类</td><td>级</td></tr><tr><td rowspan=2>甲</td><td>一</td></tr><tr><td>二</td></tr></table>",
        "| 类 | 级 |\n| 甲 | 一 |\n| 甲 | 二 |\n",
    ),
    ("<table><tr><td><p>第一条 甲</p><p>第二条 乙</p></td></tr></table>", "第一条 甲\n第二条 乙\n"),
    (
        "<table><tr><td>首页</td><td><table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table></td></tr></table>",
        "首页\n| 甲 | 1 |\n| 乙 | 2 |\n",
    ),
    ("<td>甲|乙</td>", "甲|乙\n"),
    ("<p>甲", "甲\n"),
]


@pytest.mark.parametrize(("markup", "text"), PAGES)
def test_page(markup: str, text: str) -> None:
    assert html_text(markup, "页.html") == text


def test_charset_declared_inside_is_not_believed() -> None:
    assert (
        html_text('<?xml version="1.0" encoding="gbk"?><meta charset="big5"><p>补贴', "页.html") == "补贴\n"
    )


def test_page_nested_deeper_than_the_stack() -> None:
    assert html_text("<div>" * 50_000 + "甲" + "</div>" * 10 + "乙", "页.html").strip() in (
        "",
        "甲",
        "甲\n乙",
    )


def test_empty_page_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^页\.html is no HTML page"):
        html_text("", "页.html")


@given(st.text(alphabet="<>/=&;!-' \"abptdrhli1甲乙\n", max_size=200))
def test_any_markup_gives_text_or_a_clear_refusal(markup: str) -> None:
    with contextlib.suppress(DocumentError):
        assert "<script" not in html_text(markup, "页.html")


# -- docx -----------------------------------------------------------------------------------------

NUMBERING = """<w:abstractNum {ns} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{top}"/>
<w:lvlText w:val="{pattern}"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>
<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>"""


def numbered(*items: tuple[int, str], top: str = "chineseCounting", pattern: str = "%1、") -> Any:
    """A Word document whose paragraphs are numbered by Word: (level, text)."""
    document = docx.Document()
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"), top=top, pattern=pattern)))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in items:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )
    return document


def text_of(document: Any) -> str:
    stream = io.BytesIO()
    document.save(stream)
    return docx_text(stream.getvalue(), "文.docx")


def test_automatic_numbers_are_printed_and_restart_below_a_higher_one() -> None:
    items = [(0, "对象"), (1, "甲"), (1, "乙"), (0, "标准"), (1, "丙")]
    assert text_of(numbered(*items)) == "一、对象\n（一）甲\n（二）乙\n二、标准\n（一）丙\n"


@pytest.mark.parametrize(
    ("top", "pattern", "text"),
    [
        ("decimal", "%1.", "1. 甲\n2. 乙\n"),
        ("chineseCountingThousand", "第%1条", "第一条 甲\n第二条 乙\n"),
        ("decimalEnclosedCircle", "%1", "① 甲\n② 乙\n"),
        ("bullet", "·", "甲\n乙\n"),
    ],
)
def test_formats_of_automatic_numbers(top: str, pattern: str, text: str) -> None:
    assert text_of(numbered((0, "甲"), (0, "乙"), top=top, pattern=pattern)) == text


def test_tables_stand_in_place_and_merged_cells_are_repeated() -> None:
    document = docx.Document()
    document.add_paragraph("补贴如下：")
    table = document.add_table(3, 2)
    for row, texts in enumerate([("类", "级"), ("甲", "一"), ("", "二")]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("以上。")
    assert text_of(document) == "补贴如下：\n| 类 | 级 |\n| 甲 | 一 |\n| 甲 | 二 |\n以上。\n"


def test_deleted_text_is_gone_and_inserted_text_stays() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("最高")._p
    paragraph.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>20</w:delText></w:r></w:del>"))
    paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>30万元</w:t></w:r></w:ins>"))
    assert text_of(document) == "最高30万元\n"


def test_headings_are_marked_and_headers_left_out() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    document.add_heading("申请条件", 2)
    document.add_paragraph("甲")
    assert text_of(document) == "## 申请条件\n甲\n"


def test_hidden_text_is_left_out_and_breaks_are_line_ends() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("甲")
    paragraph.add_run("密").font.hidden = True
    paragraph.add_run().add_break()
    paragraph.add_run("乙\t丙")
    assert text_of(document) == "甲\n乙 丙\n"


def test_content_controls_and_text_boxes_are_read_once() -> None:
    document = docx.Document()
    body = document.element.body
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    body.insert(0, parse_xml(control))
    box = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        "<mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("甲")._p.append(parse_xml(box))
    assert text_of(document) == "控件\n甲\n框\n"


def test_reading_above_a_character_is_left_out() -> None:
    document = docx.Document()
    ruby = (
        f"<w:r {nsdecls('w')}><w:ruby><w:rt><w:r><w:t>chuàng</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>创</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    document.add_paragraph()._p.append(parse_xml(ruby))
    assert text_of(document) == "创\n"


def test_style_based_on_itself_ends() -> None:
    document = docx.Document()
    style = document.styles["Normal"].element
    style.append(parse_xml(f'<w:basedOn {nsdecls("w")} w:val="{style.get(qn("w:styleId"))}"/>'))
    properties = document.add_paragraph("甲")._p.get_or_add_pPr()
    properties.insert(0, parse_xml(f'<w:pStyle {nsdecls("w")} w:val="{style.get(qn("w:styleId"))}"/>'))
    assert text_of(document) == "甲\n"


@pytest.mark.parametrize("data", [b"", b"1", b"PK\x03\x04"])
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^文\.docx is damaged or no zip"):
        docx_text(data, "文.docx")


def test_archive_that_is_no_word_document_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("甲.txt", "1")
    with pytest.raises(DocumentError, match=r"^文\.docx is no readable Word document"):
        docx_text(stream.getvalue(), "文.docx")


def test_word_document_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_UNPACKED_BYTES", 100)
    stream = io.BytesIO()
    docx.Document().save(stream)
    with pytest.raises(DocumentError, match="would unpack to"):
        docx_text(stream.getvalue(), "文.docx")


@given(st.data())
def test_damaged_word_documents_are_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray((DOCUMENTS / "04_yantai_anju.docx").read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=20)):
        whole[at] ^= 0xFF
    with contextlib.suppress(DocumentError):
        docx_text(bytes(whole), "文.docx")


# -- pdf ------------------------------------------------------------------------------------------


def test_lines_of_a_pdf_in_reading_order() -> None:
    text = pdf_text((DOCUMENTS / "11_danzhou_tiexi.pdf").read_bytes(), "文.pdf")
    assert text.startswith("儋州市财政局 儋州市人力资源和社会保障局\n关于印发")
    assert text.index("一、支持对象") < text.index("（一）初创企业。") < text.index("二、贷款贴息")


def blank_pdf(pages: int) -> bytes:
    pdf = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        pdf.new_page(100, 100)
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def test_scanned_pdf_is_told_apart() -> None:
    with pytest.raises(DocumentError, match=r"^文\.pdf holds pictures of its 2 pages and no text"):
        pdf_text(blank_pdf(2), "文.pdf")


def test_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_PAGES", 2)
    with pytest.raises(DocumentError, match="has 3 pages; at most 2"):
        pdf_text(blank_pdf(3), "文.pdf")


LOCK = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"


def test_locked_pdf_is_refused() -> None:
    whole = blank_pdf(1)
    locked = whole.replace(b"/Size", b"/ID [<41> <41>] /Encrypt " + LOCK + b" /Size", 1)
    assert locked != whole
    with pytest.raises(DocumentError, match=r"^文\.pdf is locked with a password"):
        pdf_text(locked, "文.pdf")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"1" * 1000])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^文\.pdf is damaged or no PDF"):
        pdf_text(data, "文.pdf")


@given(st.data())
def test_damaged_pdfs_are_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray((DOCUMENTS / "11_danzhou_tiexi.pdf").read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=20)):
        whole[at] ^= 0xFF
    with contextlib.suppress(DocumentError):
        pdf_text(bytes(whole), "文.pdf")
