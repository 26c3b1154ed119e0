"""Cited: a text -> the citations in it, in any style, and the documents and clauses that each one means.

Read are numbers and titles of documents with or without a clause (（吕发改服务发〔2022〕153号第26条）, 根据《…》第二十五条),
paths of printed numbers (二（五）26, 2.5.26), a place or a file name before a clause, a clause alone, and marks [1]
with a list of sources. A citation without a document speaks of the document that was named last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from rag import english, places
from rag.describe import DOC_NUMBER, canonical_number
from rag.fold import fold, to_simplified
from rag.index import Index
from rag.numerals import chinese_numeral, parse_numeral
from rag.retrieve import label_matches
from rag.terms import tokens
from rag.types import CitationCheck, Clause, Metadata, Span

N = r"[〇○零一二三四五六七八九十百两\d]{1,5}"
# Spellings of a clause's number; the first that fits at a place is taken. Groups are its parts from the top.
LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("article", re.compile(rf"第\s*(?P<a>{N})\s*条之\s*(?P<sub>{N})")),
    (
        "article",  # 第十二条第（二）项, 第十二条第二款
        re.compile(rf"第\s*(?P<a>{N}(?:\.{N})*)\s*条(?:第\s*{N}\s*款)?(?:\s*第?\s*[（(]?\s*(?P<b>{N})\s*[)）]?\s*[项项目])?(?!例)"),
    ),
    (
        "path",  # 第二部分第（五）项第26条, 第二部分（五）
        re.compile(
            rf"第\s*(?P<a>{N})\s*(?:部分|章|编|大点)[,，的]?(?:\s*第?\s*(?P<open>[（(])?\s*(?P<b>{N})\s*(?(open)[)）]\s*(?:节|部分|点|条|项|款)?|(?:节|部分|点|条|项|款)))?"
            rf"(?:\s*第?\s*[（(]?\s*(?P<c>{N})\s*[)）]?\s*[条项点款])?"
        ),
    ),
    (
        "path",  # 二（五）26, 二、（五）
        re.compile(rf"(?P<a>{N})\s*[、.]?\s*[（(]\s*(?P<b>{N})\s*[)）]\s*第?\s*(?P<c>\d{{1,3}})?\s*[条项点]?"),
    ),
    ("path", re.compile(r"(?P<a>[一二三四五六七八九十]{1,3})(?P<b>\d{1,3})(?=\s*[)）\]】」,，;；。]|$)")),  # 三6
    ("path", re.compile(r"(?P<a>[一二三四五六七八九十]{1,3})、\s*(?P<b>\d{1,3})(?![\d年月日万亿元%家个人.])\s*[条项点]?")),
    ("path", re.compile(r"(?<![A-Za-z])(?:(?:[Pp]art|[Cc]hapter|[Ss]ection)\s+)?(?P<a>[IVX]{1,6})\s*[,(（]\s*(?:item\s*)?[(（]?(?P<b>\d{1,3})[)）](?:\s*[,(（]?\s*(?:item\s*)?(?P<c>\d{1,3})(?![\d%])[)）]?)?")),
    ("path", re.compile(r"(?:[Pp]art|[Cc]hapter|[Ss]ection)\s+(?P<a>[IVX]{1,6})(?![A-Za-z])")),
    ("path", re.compile(r"(?:part|chapter|section)\s+(?P<a>\d{1,2})\s*(?:(?P<open>[(（])|,)\s*(?:item\s*)?(?P<b>\d{1,3})\s*(?(open)[)）])", re.I)),
    ("dotted", re.compile(r"第?\s*(?<![\d.])(?P<a>\d{1,3}(?:\.\d{1,3}){1,5}(?:-\d{1,2})?)(?!\d|\s*(?:%|per ?cent|million|billion|times|years?|[万亿倍年元]|个百分点))\s*[条项款]?")),
    ("article", re.compile(rf"第\s*[（(]?\s*(?P<a>{N})\s*[)）]?\s*[项点条]")),
    ("article", re.compile(r"(?:clause|article|item|section|paragraph|no\.?)\s*(?P<open>\()?(?P<a>\d{1,3}(?:\.\d{1,3}){0,5})(?(open)\))", re.I)),
    ("article", re.compile(r"(?<![\d.])(?P<a>\d{1,3})\s*条(?!例)")),
)  # fmt: skip
# Only straight behind a document: 《…》（五）, 003_x.txt 26, 003_x.txt#2.5.26
BEHIND = re.compile(
    rf"(?:第\s*)?(?:[（(]\s*(?P<a>{N})\s*[)）]\s*(?P<c>\d{{1,3}})?|(?P<d>\d{{1,3}})(?![\d年月日万亿元%个〔(]))\s*[条项款]?"
)
LINK = re.compile(r"[\s)）】\]#,，、的中之:：]{0,4}")
TITLE = re.compile(r"《(?P<title>[^《》]{2,120}(?:〈[^〈〉]+〉[^《》]*)?)》")
THIS = re.compile(
    r"(?:本|该|上述|前述|同一|这[个份]|此)(?:项|份)?(?:实施)?(?:方案|意见|办法|通知|文件|规定|政策|条例|措施|细则)|同上(?:文件)?|(?:the )?same (?:document|plan|notice|opinions|measures|text)"
)
OF_PLACE = re.compile(
    r"(?:市|县|区|省)?(?:政府|发改委)?的?[一-鿿]{0,12}?(?:方案|意见|办法|通知|文件|规定|政策|条例|措施|细则)?的?"
)
LEAD = re.compile(
    r"(?:(?:根据|按照|依据|依照|参照|参见|详见|援引|引自|出自|见|据|依|按|来源\s*[:：]?|出处\s*[:：]?|依据\s*[:：]|according to|under|pursuant to|see|source\s*:?)\s*)$",
    re.I,
)
TRAIL = re.compile(
    r"\s*(?:的?相关)?的?(?:规定|要求|明确|指出|提出|精神|之规定|中规定|中明确)?\s*[，,：:]?\s*"
)
BRACKETS = re.compile(
    r"「[^「」]*」|[（(【\[［〔](?P<inner>[^（(【［）)】］]*(?:[（(〔\[][^（()）〔〕\[\]]*[)）〕\]][^（(【［）)】］]*)*)[)）】\]］]"
)
MARK = re.compile(
    r"[\[【［〔](?P<n>\d{1,2})(?:\s*[,，、;；:：]\s*(?P<label>[^\[\]【】［］〔〕\n]{1,40}))?[\]】］〕](?!号)"
)
# A translated title in brackets: (Implementing Opinions of … on …, III(4))
ENGLISH_TITLE = re.compile(
    r"\((?P<title>(?:the )?[A-Z](?=[^()\n]{0,240}\b(?:Opinions?|Plan|Measures|Notice|Scheme|Regulations?|Rules|Program(?:me)?)\b)[^()\n]{20,300}?)(?=\)|,\s*(?:[Pp]art|[Cc]hapter|[Ss]ection|[Aa]rticle|[Ii]tem|[IVX]{1,6}\b|\d))"
)
# A document's number in pinyin, as it stands in English letters: E Fu Fa [2019] No. 9
PINYIN_NUMBER = re.compile(
    r"(?P<word>(?:[A-ZÀ-Ž][a-zà-ž]{0,6}[ -]?){2,10})\s*[\[〔(（]\s*(?P<year>(?:19|20)\d{2})\s*[\]〕)）]\s*(?:No\.?|[Nn]umber|#)?\s*(?P<number>\d{1,5})(?:\s*号)?"
)
# A line of a list of sources: [1] 《…》第3条
SOURCE = re.compile(
    r"^[ \t　]*[\[【［(（]?\s*(?P<n>\d{1,2})\s*(?:[\]】］)）.、:：]|\s)\s*(?P<source>\S.*)$", re.M
)
# 资料来源： over the list, or before it
SOURCES_HEAD = re.compile(
    r"^[ \t　]*(?:资料|資料|信息|政策|文件)?(?:来源|來源|出处|出處|依据|依據|参考\S{0,4}|參考\S{0,4}|注释?|註釋?|附注|sources?|references?|notes?)\s*[:：]?[ \t]*(?=\n|[\[【［])",
    re.M | re.I,
)
NUMBER_PARTS = re.compile(r"(.+)〔(\d{4})〕(\d+)号")
CONTENT = re.compile(r"[一-鿿A-Za-z]")
# What may stand in a citation's brackets beside it.
SAID_BESIDE = re.compile(
    r"参见|详见|来源|出处|依据|根据|文件|见|第|的|号|条|款|项|规定|以及|和|及|、|source|see|clause|article|(?:the )?same (?:document|plan|notice|opinions|measures|text)|part|item",
    re.I,
)
BEFORE_NUMBER = re.compile(
    r"^.*(?:根据|按照|依据|依照|参见|详见|请看|来源|出自|文号|文件|和|与|及|见|据|的|是|为)(?=[一-鿿])"
)
LEAST_ALIKE_TITLE = 0.82
LEAST_TITLE = 6
"""Characters of a title from which on it names a document by itself; 《实施意见》 does not."""
LEAST_PLAIN_TITLE = 12
LEAST_TRANSLATED = 0.4
"""Three translated titles of held documents had 0.46 to 0.62, four of other documents up to 0.33."""
# What a document is to be called from now on: （以下简称《实施意见》）
ALIAS = re.compile(r"(?:下称|简称|称为)\s*$")


@dataclass(frozen=True)
class Cited:
    """A citation at `span` of the text; `phrase` covers the words around it that only introduce it.

    `documents` are the ids that it may mean; None where it names none. `labels` are empty for a whole document.
    """

    span: Span
    phrase: Span
    documents: tuple[str, ...] | None
    labels: tuple[str, ...] = ()
    fault: CitationCheck | None = None
    number: str | None = None
    """The 发文字号 as cited, where it is no held one's."""
    loose: bool = False
    """Whether it names a document only by the end of its title (《实施意见》), so that the one named before goes first."""


class _Named(NamedTuple):
    """A document named at [start, end)."""

    start: int
    end: int
    documents: tuple[str, ...] | None
    fault: CitationCheck | None = None
    number: str | None = None
    sure: bool = True
    """Whether it is a citation wherever it stands; else only with a clause, a lead or in brackets of its own."""
    loose: bool = False


class Citations:
    """Reads the citations of texts against the documents of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.held = tuple(index.metadata.values())
        self._titles = [
            (_squashed(title), metadata.document)
            for metadata in self.held
            for title in (metadata.title, metadata.title_notice)
            if title
        ]

    def read(self, text: str) -> list[Cited]:
        """The citations that stand in `text`, in order; marks [1] are left to `marks`."""
        flat = _flat(text)
        named = self._named(flat)
        found: list[Cited] = []
        for each in named:
            end, labels = _labels_behind(flat, each.end)
            if each.sure or labels or _introduced(flat, each.start, end):
                found.append(
                    Cited(
                        Span(each.start, end),
                        Span(each.start, end),
                        each.documents,
                        labels,
                        each.fault,
                        each.number,
                        each.loose,
                    )
                )
        found += self._bare(flat, [*named, *((c.span.start, c.span.end) for c in found)])
        return [replace(c, phrase=_phrase(flat, c.span)) for c in sorted(found, key=lambda c: c.span)]

    def clauses(self, cited: Cited, documents: Iterable[str]) -> tuple[Clause, ...]:
        """The clauses that a citation's labels mean in some documents."""
        index = self.index
        return tuple(
            clause
            for document in documents
            for number in range(*index.of_document.get(document, Span(0, 0)))
            if (clause := index.clauses[number])
            and any(self._is_meant(number, label) for label in cited.labels)
        )

    def _is_meant(self, number: int, label: str) -> bool:
        """Whether a clause is what a label names, an item of it, or inside the part that it names."""
        clause = self.index.clauses[number]
        if label.endswith("."):
            return f"{clause.label}.".startswith(label)
        lead = self.index.leads.get(number)
        return label_matches(clause.label, label) or (
            lead is not None and label_matches(self.index.clauses[lead].label, label)
        )

    def translated(self, source: str) -> tuple[str, ...]:
        """The one document held of the place that an English source names, if its words are the title's; else none."""
        if re.search(r"[一-鿿]", source):
            return ()
        renderings = [[set(tokens(word)) for word in words] for words in english.renderings(fold(source))]
        found = {
            m.document
            for mention in places.load().find(source)
            for m in self.held
            if any(p.name == m.place and p.ancestors == m.ancestors for p in mention.candidates)
            and _translates(renderings, m.title or "")
        }
        return tuple(found) if len(found) == 1 else ()

    # -- documents

    def _named(self, flat: str) -> list[_Named]:
        """The documents that are named, in order, without overlaps; a title and the number behind it are one."""
        found = [*self._ids(flat), *self._titled(flat)]
        taken = [(each.start, each.end) for each in found]
        found += [n for n in self._plainly_titled(flat) if not _overlaps((n.start, n.end), taken)]
        taken = [(each.start, each.end) for each in found]
        found += [n for n in self._numbered(flat) if not _overlaps((n.start, n.end), taken)]
        taken = [(each.start, each.end) for each in found]
        found += [n for n in self._in_pinyin(flat) if not _overlaps((n.start, n.end), taken)]
        found += [n for n in self._in_english(flat) if not _overlaps((n.start, n.end), taken)]
        taken = [(each.start, each.end) for each in found]
        for more in (self._of_places(flat), self._called(flat)):
            found += [n for n in more if not _overlaps((n.start, n.end), taken)]
            taken = [(each.start, each.end) for each in found]
        return sorted(found, key=lambda each: each.start)

    def _ids(self, flat: str) -> list[_Named]:
        return [
            _Named(match.start(), match.end(), (metadata.document,))
            for metadata in self.held
            for match in re.finditer(re.escape(to_simplified(metadata.document)), flat)
        ]

    def _titled(self, flat: str) -> list[_Named]:
        found = []
        for match in TITLE.finditer(flat):
            if ALIAS.search(flat[: match.start()]):
                continue
            loose = len(_squashed(match["title"])) < LEAST_TITLE
            documents = self._by_ending(match["title"]) if loose else self._by_title(match["title"])
            end = match.end()
            number = re.compile(r"\s*[（(]?\s*").match(flat, end)
            behind = DOC_NUMBER.match(flat, number.end() if number else end)
            fault, cited_number = None, None
            if behind:
                end = behind.end()
                close = re.compile(r"\s*[)）]").match(flat, end)
                end = close.end() if close else end
                by_number = self._by_number(behind.group())
                if documents and not set(documents) & set(by_number):
                    held = [m.doc_number for m in self.held if m.document in documents]
                    fault = CitationCheck.WRONG_NUMBER if any(held) else None
                elif documents is None and by_number:
                    documents = by_number
                elif documents is None:
                    fault, cited_number = CitationCheck.NO_SUCH_DOCUMENT, canonical_number(behind.group())
                elif by_number:
                    documents = tuple(d for d in documents if d in by_number)
            elif documents is None:
                fault = CitationCheck.NO_SUCH_DOCUMENT
            found.append(
                _Named(
                    match.start(),
                    end,
                    documents,
                    fault,
                    cited_number,
                    documents is not None and not loose,
                    loose,
                )
            )
        return found

    def _plainly_titled(self, flat: str) -> list[_Named]:
        """The documents whose whole title stands without its marks, as in a list of sources."""
        titles = {
            to_simplified(title): metadata.document
            for metadata in self.held
            for title in (metadata.title, metadata.title_notice)
            if title and len(title) >= LEAST_PLAIN_TITLE
        }
        found = [
            _Named(match.start(), match.end(), (document,))
            for title, document in titles.items()
            for match in re.finditer(re.escape(title), flat)
        ]
        longest = sorted(found, key=lambda each: each.start - each.end)
        return [
            n
            for i, n in enumerate(longest)
            if not _overlaps((n.start, n.end), [(o.start, o.end) for o in longest[:i]])
        ]

    def _numbered(self, flat: str) -> list[_Named]:
        found = []
        for match in DOC_NUMBER.finditer(flat):
            if not re.search(r"[〕\]］）)】﹞]|号", match.group()[match.group().find(match["year"]) :]):
                continue
            number = canonical_number(match.group()) or ""
            documents = self._by_number(match.group())
            word = match["word"]
            own = next(
                (m.doc_number.split("〔")[0] for m in self.held if m.document in documents and m.doc_number),
                "",
            )
            if not own:
                own = next((w for w in self._words() if word.endswith(w)), BEFORE_NUMBER.sub("", word))
            start = match.start("word") + len(word) - len(own)
            fault = None if documents else CitationCheck.NO_SUCH_DOCUMENT
            if not documents:
                number = own + number[number.find("〔") :]
            found.append(_Named(start, match.end(), documents or None, fault, None if documents else number))
        return found

    def _in_pinyin(self, flat: str) -> Iterator[_Named]:
        """The documents whose number is written in pinyin; of the words before it the first may belong to the sentence."""
        held = [
            (_pinyin(parts[1]), (parts[2], parts[3]), metadata.document)
            for metadata in self.held
            if (parts := NUMBER_PARTS.fullmatch(metadata.doc_number or ""))
        ]
        for match in PINYIN_NUMBER.finditer(flat):
            written, figures = _letters(match["word"]), (match["year"], match["number"])
            alike = [(number, document) for word, number, document in held if written.endswith(word)]
            same = tuple(document for number, document in alike if number == figures)
            fault = CitationCheck.WRONG_NUMBER if alike else CitationCheck.NO_SUCH_DOCUMENT
            yield _Named(match.start(), match.end(), same or None, None if same else fault)

    def _in_english(self, flat: str) -> Iterator[_Named]:
        """The documents whose translated title stands in brackets, if it names a place of which one is held."""
        for match in ENGLISH_TITLE.finditer(flat):
            if documents := self.translated(match["title"]):
                yield _Named(match.start("title"), match.end("title"), documents)

    def _words(self) -> list[str]:
        """The words before the year of the held documents' numbers: 吕发改服务发."""
        return [m.doc_number.split("〔")[0] for m in self.held if m.doc_number]

    def _by_number(self, text: str) -> tuple[str, ...]:
        number = canonical_number(text) or ""
        return tuple(m.document for m in self.held if m.doc_number and number.endswith(m.doc_number))

    def _by_title(self, title: str) -> tuple[str, ...] | None:
        """The documents of a title as cited: whole, shortened to a part, or with a slip; None for none of them."""
        cited = _squashed(title)
        exact = [document for held, document in self._titles if held == cited]
        parts = [
            d for held, d in self._titles if len(cited) >= LEAST_TITLE and (cited in held or held in cited)
        ]
        alike = [d for held, d in self._titles if not parts and _alike(cited, held) >= LEAST_ALIKE_TITLE]
        return tuple(dict.fromkeys(exact or parts or alike)) or None

    def _by_ending(self, title: str) -> tuple[str, ...] | None:
        """The documents whose title holds a short one: 《实施意见》."""
        cited = _squashed(title)
        return tuple(dict.fromkeys(d for held, d in self._titles if cited in held)) or None

    def _called(self, flat: str) -> list[_Named]:
        """Documents called by a piece of their title straight before a clause's number: 落实情况五、1."""
        found = []
        for match in re.finditer(r"[一-鿿]{4,40}?(?=[第一二三四五六七八九十（(])", flat):
            if not _label_at(flat, match.end()):
                continue
            for start in range(match.start(), match.end() - 3):
                documents = self._by_ending(flat[start : match.end()])
                if documents:
                    found.append(_Named(start, match.end(), documents, sure=False, loose=True))
                    break
        return found

    def _of_places(self, flat: str) -> list[_Named]:
        """Places named straight before a clause's number: 吕梁市二（五）26, 吕梁市方案第26条."""
        found = []
        for mention in places.load().find(flat):
            own = tuple(
                m.document
                for m in self.held
                if any(p.name == m.place and p.ancestors == m.ancestors for p in mention.candidates)
            )
            between = OF_PLACE.match(flat, mention.span.end)
            for end in {mention.span.end, between.end() if between else mention.span.end}:
                if own and _label_at(flat, end):
                    found.append(_Named(mention.span.start, end, own))
                    break
        return found

    def near_number(self, cited: Cited) -> tuple[str, ...]:
        """The held documents whose 发文字号 the cited one must be a slip of: of the same word, or the same figures."""
        match = NUMBER_PARTS.fullmatch(cited.number or "")
        if not match:
            return ()
        found = []
        for metadata in self.held:
            held = NUMBER_PARTS.fullmatch(metadata.doc_number or "")
            if held and (
                held[1] == match[1]
                or ((held[2], held[3]) == (match[2], match[3]) and _alike(held[1], match[1]) >= 0.5)
            ):
                found.append(metadata.document)
        return tuple(found)

    # -- clauses alone

    def _bare(self, flat: str, taken: Iterable[tuple[object, ...]]) -> list[Cited]:
        """Clauses cited without a document beside them; 本方案 and the like are the document named last."""
        spans = [(int(str(each[0])), int(str(each[1]))) for each in taken]
        found: list[Cited] = []
        for kind, pattern in LABELS:
            for match in pattern.finditer(flat):
                if _overlaps(match.span(), [*spans, *((c.span.start, c.span.end) for c in found)]):
                    continue
                this = re.search(rf"(?:{THIS.pattern})[的，,\s]*$", flat[: match.start()])
                before = flat[: match.start()][-1:]
                if not this and kind == "path" and ("\u4e00" <= before <= "\u9fff" or before.isdigit()):
                    continue
                # 第十二条, 第七部分（二）, but not 第七部分 alone
                deep = kind == "article" or match.groupdict().get("b") is not None
                strong = deep and match.group().startswith("第")
                if not (strong or this or _introduced(flat, *match.span())):
                    continue
                start = this.start() if this else match.start()
                found.append(
                    Cited(Span(start, match.end()), Span(start, match.end()), None, _labels(match, kind))
                )
        return found


class Mark(NamedTuple):
    """A mark [1] of a source; `labels` are the clause that [1, item 12] names, empty where it names none."""

    number: int
    span: Span
    labels: tuple[str, ...]


def marks(text: str) -> list[Mark]:
    """The marks that stand in `text`, in order."""
    return [
        Mark(int(m["n"]), Span(*m.span()), _labels_behind(_flat(m["label"]), 0)[1] if m["label"] else ())
        for m in MARK.finditer(text)
    ]


def source_lines(text: str) -> dict[int, Span]:
    """The list of sources at the end of `text`: number -> span of the source, each on a line or behind each other.

    Empty where there is none.
    """
    head = list(SOURCES_HEAD.finditer(text))
    start = head[-1].end() if head else len(text)
    used = {mark.number for mark in marks(text) if mark.span.start < start}
    found: dict[int, Span] = {}
    if head:
        listed = [(mark.number, mark.span) for mark in marks(text) if mark.span.start >= start]
        for (n, at), following in zip(listed, [*(at.start for _, at in listed[1:]), len(text)], strict=True):
            line = text.find("\n", at.end)
            end = min(following, line if line >= 0 else len(text))
            piece = text[at.end : end].rstrip("；; \t　")
            found[n] = Span(at.end, at.end + len(piece))
    for match in SOURCE.finditer(text):
        number = int(match["n"])
        bracketed = match.group().lstrip()[0] in "[【［"
        behind = match.start() >= start
        single = not MARK.search(match["source"]) and not re.search(r"[。！？!?]\s*\S", match["source"])
        if number in used and number not in found and (bracketed or behind) and single:
            found[number] = Span(match.start("source"), match.end("source"))
    return found


def label_alone(text: str) -> tuple[str, ...]:
    """The labels that a source names which is nothing but a clause's number: item 12; empty for any other."""
    flat = _flat(text.strip(" .。;；,，"))
    found = _label_at(flat, 0)
    return found[1] if found and found[0] == len(flat) else ()


def is_only_citation(text: str, cited: Sequence[Cited]) -> bool:
    """Whether nothing is said in `text` beside its citations."""
    rest = list(text)
    for each in cited:
        rest[each.phrase.start : each.phrase.end] = " " * (each.phrase.end - each.phrase.start)
    left = SAID_BESIDE.sub("", MARK.sub("", "".join(rest)))
    return len(CONTENT.findall(left)) <= 2


def _flat(text: str) -> str:
    """`text` in simplified characters, of the same length, so that offsets stay."""
    simplified = to_simplified(text)
    return simplified if len(simplified) == len(text) else text


def _translates(renderings: Sequence[Sequence[set[str]]], title: str) -> bool:
    """Whether a title has enough of what the words of an English one, each in its pairs of characters, may mean."""
    held = set(tokens(fold(title)))
    each = [[{t for t in word if len(t) == 2} for word in words] for words in renderings]
    met = [max((len(p & held) / len(p) for p in pairs if p), default=0.0) for pairs in each]
    return bool(met) and sum(met) >= LEAST_TRANSLATED * len(met)


@lru_cache(maxsize=256)
def _pinyin(words: str) -> str:
    """Chinese characters in pinyin, in small letters without tones and spaces: 鄂府发 is efufa."""
    import pypinyin

    return _letters("".join(pypinyin.lazy_pinyin(words)))


def _letters(text: str) -> str:
    """The letters of a text, small and without what stands over them."""
    apart = unicodedata.normalize("NFKD", text.lower().replace("ü", "v"))
    return "".join(char for char in apart if char.isascii() and char.isalpha()).replace("v", "u")


def _squashed(title: str) -> str:
    return re.sub(r"[\W_]", "", fold(title))


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _overlaps(span: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in spans)


def _label_at(flat: str, position: int) -> tuple[int, tuple[str, ...]] | None:
    """The clause's number that stands at `position`: its end and labels."""
    for kind, pattern in LABELS:
        match = pattern.match(flat, position)
        if match:
            return match.end(), _labels(match, kind)
    return None


def _labels_behind(flat: str, end: int) -> tuple[int, tuple[str, ...]]:
    """The end of what is cited behind a document, and the labels; the document's own end where no clause follows."""
    link = LINK.match(flat, end)
    at = link.end() if link else end
    for position in dict.fromkeys((at, end)):
        found = _label_at(flat, position)
        if found:
            return found
    match = BEHIND.match(flat, at) if "，" not in flat[end:at] and "," not in flat[end:at] else None
    if match:
        number = match["c"] or match["a"] or match["d"]
        value = parse_numeral(number)
        labels = () if value is None else (str(value),)
        return (match.end(), labels) if labels else (end, ())
    return end, ()


def _labels(match: re.Match[str], kind: str) -> tuple[str, ...]:
    """The labels that a spelling means, in ascii digits, the narrowest first; a part alone ends in a dot."""
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "." in groups.get("a", "") or "-" in groups.get("a", ""):
        return (groups["a"],)
    parts = [parse_numeral(groups[name]) for name in ("a", "b", "c") if name in groups]
    if any(part is None for part in parts):
        return ()
    numbers = [str(part) for part in parts]
    if "sub" in groups:
        return (f"{numbers[0]}-{parse_numeral(groups['sub'])}",)
    if kind == "article":
        return (".".join(numbers), numbers[0]) if len(numbers) > 1 else (numbers[0],)
    if len(numbers) == 1:
        return (numbers[0] + ".",)
    # A number that runs on over the chapters leaves out the level between: 第二部分第26条 is 2.5.26 too.
    return (".".join(numbers), f"{'.'.join(numbers)}.")


def _introduced(flat: str, start: int, end: int) -> bool:
    """Whether a reference is introduced as a source, or stands alone in brackets."""
    if LEAD.search(flat[max(0, start - 14) : start]):
        return True
    return _bracket_around(flat, Span(start, end)) is not None


def _bracket_around(flat: str, span: Span) -> Span | None:
    """The brackets that hold a citation and no other words."""
    for match in BRACKETS.finditer(flat):
        if match.start() < span.start and span.end < match.end() and not flat[: match.start()].endswith("》"):
            inner = flat[match.start() + 1 : span.start] + flat[span.end : match.end() - 1]
            inner = DOC_NUMBER.sub("", TITLE.sub("", inner))
            for _, pattern in LABELS:
                inner = pattern.sub("", inner)
            if len(CONTENT.findall(SAID_BESIDE.sub("", inner))) <= 4:
                return Span(*match.span())
    return None


def _phrase(flat: str, span: Span) -> Span:
    """A citation with the brackets around it, or with the words that introduce it."""
    bracket = _bracket_around(flat, span)
    if bracket:
        return bracket
    lead = LEAD.search(flat[: span.start])
    trail = TRAIL.match(flat, span.end)
    ends = trail.end() if trail and (lead or re.search(r"\S", trail.group())) else span.end
    return Span(lead.start() if lead else span.start, ends)


def title_of(metadata: Metadata) -> str:
    """How a document is cited: by its number, else its title, else its file."""
    return metadata.doc_number or (f"《{metadata.title}》" if metadata.title else metadata.document)


# The number that a clause opens with: 第二十六条, （二十六）, 26.
OWN_NUMBER = re.compile(
    r"(?P<article>第[〇零一二三四五六七八九十百\d]+条(?:之[一二三四五六七八九十]+)?)|(?P<paren>[（(][一二三四五六七八九十百]+[)）])|\d+\s*[.．、]"
)


def citation_of(clause: Clause, metadata: Metadata) -> str:
    """A citation of a clause in brackets, as a clerk writes it: （吕发改服务发〔2022〕153号二（五）26）, （…第二十六条）.

    An article is cited by its printed number, whatever chapter it stands in; where no such number is printed,
    by the label, in a style that `Citations` reads.
    """
    label = re.sub(r"^[AD]\d+\.|~\d+$", "", clause.label)
    numbers = [part for part in label.split(".") if re.fullmatch(r"[1-9]\d*(?:-\d+)?", part)]
    own = OWN_NUMBER.match(clause.text) if clause.label == label else None
    whole = bool(numbers) and len(numbers) == len(label.split("."))
    printed = f"第{'.'.join(numbers)}条" if whole else ""
    if own and own["article"]:
        printed = own["article"]
    elif own and whole and own["paren"] and len(numbers) == 1:
        printed = f"第{own['paren']}条"
    elif own and whole and (len(numbers) == 2 if own["paren"] else len(numbers) == 3):
        above = [chinese_numeral(int(number)) for number in numbers[:2]]
        printed = f"{above[0]}（{above[1]}）{'' if own['paren'] else numbers[2]}"
    elif not whole and numbers and label.split(".")[-1].startswith("0"):
        printed = f"第{'.'.join(numbers)}条" if len(numbers) > 1 else ""
    return f"（{title_of(metadata)}{printed}）"
