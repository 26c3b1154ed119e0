"""Export: a checked text -> what a page or a file shows of it; pure functions, everything from outside escaped.

`marked_html` is the text with a mark around each sentence and `cards_html` the card of each; `report_html` puts
both on a page that stands alone, `report_docx` writes the text as a Word document with a comment a sentence.
A `language` says in which one words stand; without one they stand in Chinese and English.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Collection

from rag.checker.check import Checked
from rag.lookup import title_and_clause
from rag.types import CheckedClaim, CitationCheck, Difference, Language, Verdict
from rag.wording import CITATION_NAMES, DIFFERENCE_NAMES, VERDICT_NAMES, in_script

TITLE = ("核对结果", "Checked text")
AUTHOR = "条问 Tiaowen"
# Words beside the proof, by what it is there for.
PROOF, NEAREST = ("依据", "Proof"), ("最接近的条文", "Nearest clauses")
SUGGESTION, SAYS, CLAUSE_SAYS = ("建议改为", "Suggested"), ("原文", "text"), ("条文", "clause")

STYLE = """
body{font:16px/1.7 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b;background:#fff}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2rem}@media(max-width:48rem){main{grid-template-columns:1fr}}
.tc-text{white-space:pre-wrap;overflow-wrap:anywhere}.tc-text mark{color:inherit;text-decoration:none;border-bottom:2px solid;padding:1px 2px}
.tc-card{border:1px solid #bbb;border-left-width:6px;border-radius:4px;padding:.5rem .8rem;margin:0 0 1rem;overflow-wrap:anywhere}
.tc-card blockquote{margin:.3rem 0;padding-left:.6rem;border-left:2px solid #ccc;white-space:pre-wrap}.tc-card del{background:#fde3e0}.tc-card ins{background:#dff3e2;text-decoration:none}
.tc-supported{border-color:#1a7f37;background:#eef8f0}.tc-not_checkable{border-color:#8a8a8a;background:#f6f6f6}
.tc-altered,.tc-not_found{border-color:#b3261e;background:#fdf0ef}.tc-other_place,.tc-misattributed,.tc-stitched{border-color:#9a5b00;background:#fdf5e6}
.tc-omits,.tc-outdated{border-color:#6b3fa0;background:#f6f0fb}
"""


def report_html(checked: Checked) -> str:
    """A whole page, without script, style or picture from elsewhere."""
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_safe(' '.join(TITLE))}</title><style>{STYLE}</style></head><body>"
        f"<h1>{_safe(' '.join(TITLE))}</h1><p>{_safe(summary(checked))}</p>"
        f'<main><div class="tc-text">{marked_html(checked)}</div><div>{cards_html(checked)}</div></main></body></html>'
    )


def said(names: tuple[str, str], language: Language | None) -> str:
    """A Chinese and an English wording in the language asked for, or both."""
    chinese, english = names
    if language is None:
        return f"{chinese} {english}"
    return english if language == "en" else in_script(chinese, language)


def summary(checked: Checked, language: Language | None = None) -> str:
    """How many sentences have which verdict, in one line."""
    counts = {verdict: sum(c.verdict is verdict for c in checked.claims) for verdict in VERDICT_NAMES}
    parts = [
        f"{VERDICT_NAMES[v][0]} {said(VERDICT_NAMES[v][1:], language)} {n}" for v, n in counts.items() if n
    ]
    mark = "; " if language == "en" else "；"
    return mark.join(parts) or said(("没有可核对的内容", "nothing to check"), language)


def marked_html(checked: Checked, language: Language | None = None) -> str:
    """The text with a mark around each sentence: its class and its sign tell the verdict; it links to its card."""
    pieces: list[str] = []
    done = 0
    for number, claim in enumerate(checked.claims, 1):
        sign, *names = VERDICT_NAMES[claim.verdict]
        title = _safe(said((names[0], names[1]), language))
        pieces.append(_safe(checked.text[done : claim.span.start]))
        pieces.append(
            f'<a href="#tc-{number}" data-card="tc-{number}"><mark class="tc-{claim.verdict.value}" title="{title}">'
            f"{_safe(claim.text)}<sup>{_safe(sign)}{number}</sup></mark></a>"
        )
        done = claim.span.end
    return "".join([*pieces, _safe(checked.text[done:])])


def cards_html(
    checked: Checked,
    language: Language | None = None,
    tools: Callable[[CheckedClaim, int], str] | None = None,
    left_out: Collection[Verdict] = (),
) -> str:
    """A card for each sentence, in order, but for the verdicts `left_out`; what `tools` makes stands at its end.

    The anchor of card n is `tc-n`.
    """
    return "".join(
        card_html(claim, number, language, tools(claim, number) if tools else "")
        for number, claim in enumerate(checked.claims, 1)
        if claim.verdict not in left_out
    )


def card_html(claim: CheckedClaim, number: int, language: Language | None = None, end: str = "") -> str:
    """Number, verdict, differences, citations, proof with its place, and the suggestion."""
    sign, chinese, english = VERDICT_NAMES[claim.verdict]
    body = [f"<p><b>{number} {_safe(sign)} {_safe(said((chinese, english), language))}</b></p>"]
    body += [f"<p>{_difference(each, language)}</p>" for each in claim.differences]
    body += [f"<p>{_safe(line)}</p>" for line in citation_lines(claim, language)]
    if claim.proof:
        named = NEAREST if claim.verdict is Verdict.NOT_FOUND else PROOF
        body.append(f"<p>{_safe(said(named, language))}</p>")
    for item in claim.proof:
        where = title_and_clause(item.metadata, item.clause)
        body.append(f"<p>{_safe(where)}</p><blockquote>{_safe(item.quote)}</blockquote>")
    if claim.suggestion is not None:
        body.append(
            f"<p>{_safe(said(SUGGESTION, language))}</p><blockquote><ins>{_safe(claim.suggestion)}</ins></blockquote>"
        )
    return (
        f'<section class="tc-card tc-{claim.verdict.value}" id="tc-{number}" tabindex="-1">'
        f"{''.join(body)}{end}</section>"
    )


def citation_lines(claim: CheckedClaim, language: Language | None = None) -> list[str]:
    """What became of each citation, a line each; nothing for a sentence that needs none."""
    if claim.verdict is Verdict.NOT_CHECKABLE:
        found = [c for c in claim.citations if c.check is not CitationCheck.NONE_GIVEN]
    else:
        found = list(claim.citations)
    return [" ".join(filter(None, (c.text, said(CITATION_NAMES[c.check], language)))) for c in found]


def difference_line(difference: Difference) -> str:
    """A difference in one line: 数字 number: 50万元 → 30万元."""
    name = " ".join(DIFFERENCE_NAMES[difference.kind])
    return f"{name}: {difference.said or '（无 nothing）'} → {difference.printed or '（无 nothing）'}"


def _difference(difference: Difference, language: Language | None) -> str:
    name = _safe(said(DIFFERENCE_NAMES[difference.kind], language))
    nothing = _safe(said(("（无）", "(nothing)"), language))
    told, printed = _safe(difference.said) or nothing, _safe(difference.printed) or nothing
    return f"{name}: <del>{told}</del> → <ins>{printed}</ins>"


def report_docx(checked: Checked) -> bytes:
    """The text as a Word document, a paragraph a line, with a comment on each sentence that has something to say."""
    import docx

    document = docx.Document()
    done = 0
    paragraph = document.add_paragraph()
    for claim in checked.claims:
        for i, piece in enumerate(checked.text[done : claim.span.start].split("\n")):
            paragraph = document.add_paragraph() if i else paragraph
            if piece:
                paragraph.add_run(_printable(piece))
        run = paragraph.add_run(_printable(claim.text))
        if claim.verdict is not Verdict.NOT_CHECKABLE:
            document.add_comment(run, text=_printable(comment(claim)), author=AUTHOR, initials="TW")
        done = claim.span.end
    for i, piece in enumerate(checked.text[done:].split("\n")):
        paragraph = document.add_paragraph() if i else paragraph
        if piece:
            paragraph.add_run(_printable(piece))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def comment(claim: CheckedClaim) -> str:
    """What a margin says of a sentence, a thing a line."""
    sign, chinese, english = VERDICT_NAMES[claim.verdict]
    lines = [
        f"{sign} {chinese} {english}",
        *(difference_line(each) for each in claim.differences),
        *citation_lines(claim),
    ]
    lines += [f"{title_and_clause(item.metadata, item.clause)}：「{item.quote}」" for item in claim.proof]
    lines += [f"{' '.join(SUGGESTION)}: {claim.suggestion}"] if claim.suggestion is not None else []
    return "\n".join(lines)


def _printable(text: str) -> str:
    """`text` without the control characters that no XML may hold."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())


def _safe(text: str) -> str:
    """`text` as HTML that shows it and does nothing else."""
    return html.escape(text, quote=True)
