"""Referred: a clause that sends to another of its document (违反第十三条第一项的) -> the clauses that it sends to.

What somebody does stands in one article and what it costs in another that only names the number of the first;
who asks about the deed uses the words of the one and wants the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.numerals import parse_numeral
from rag.types import Clause

NUMERAL = r"[〇零一二三四五六七八九十百两\d]+"
# 第十三条第一项、第二项; 第（九）条. An article of another law stands behind its title in 《》 or its short name.
REFERENCE = re.compile(
    rf"第\s*[（(]?\s*(?P<article>{NUMERAL})\s*[）)]?\s*条(?!例)(?:第{NUMERAL}款)?(?P<items>(?:[、和及或]?第\s*[（(]?{NUMERAL}[）)]?\s*项)*)"
)
OF_ANOTHER = re.compile(r"(?:》|(?<!本办)(?<!本)法|(?<!本)(?:条例|规定|细则|办法))\s*$")
ITEM = re.compile(rf"第\s*[（(]?({NUMERAL})[）)]?\s*项")
PRINTED = re.compile(rf"\s*(?:第\s*({NUMERAL})\s*条|[（(]\s*({NUMERAL})\s*[）)])")
MOST_REFERENCES = 4
"""Articles that one sentence may name; where it names more it is about none in particular."""


class Articles:
    """The clauses of one document by the numbers that others of it name them by."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """`clauses` are those of one document, in order."""
        self._labels = [clause.label for clause in clauses]
        self._by_article: dict[int, str] = {}
        bracketed: dict[int, list[str]] = {}
        for clause in clauses:
            match = PRINTED.match(clause.text)
            number = parse_numeral(match[1] or match[2]) if match else None
            if match is None or number is None:
                continue
            stem = re.sub(r"\.0[a-z]?$", "", clause.label)
            if match[1]:
                self._by_article.setdefault(number, stem)
            else:
                bracketed.setdefault(number, []).append(stem)
        if not self._by_article:  # （九） counts through a document without articles
            self._by_article = {number: stems[0] for number, stems in bracketed.items() if len(stems) == 1}

    def referred(self, text: str) -> tuple[int, ...]:
        """The positions of the clauses that `text` sends to, in order; its own number at its head is no reference."""
        head = PRINTED.match(text)
        found: dict[int, None] = {}
        named, end, foreign = 0, -1, False
        for match in REFERENCE.finditer(text, head.end() if head else 0):
            goes_on = 0 <= end <= match.start() and re.fullmatch(
                r"\s*[、,，和及或]\s*", text[end : match.start()]
            )
            foreign = (foreign and goes_on is not None) or OF_ANOTHER.search(
                text[: match.start()]
            ) is not None
            end = match.end()
            number = parse_numeral(match["article"])
            stem = self._by_article.get(number) if number is not None else None
            if stem is None or foreign:
                continue
            named += 1
            items = {parse_numeral(item) for item in ITEM.findall(match["items"])}
            wanted = {f"{stem}.{item}" for item in items} or None
            found |= {
                at: None
                for at, label in enumerate(self._labels)
                if (label in wanted if wanted else label == stem or label.startswith(f"{stem}."))
            }
        return tuple(found) if named <= MOST_REFERENCES else ()
