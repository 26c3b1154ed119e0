"""Plan: what the steps before the model come to, and how evidence is put in lines of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.types import Claim, Evidence, Hit, Language, Line, Status
from rag.verify import stated
from rag.wording import gist_of, in_script, place_name, say

# Asking for one thing of a clause: beside it the clause's number, or whom to ask, is not all that is asked for.
ONE_THING = frozenset(
    {"amount", "number", "deadline", "date", "papers", "interest", "phone", "overview", "definition", "both"}
)


@dataclass
class Plan:
    """What the steps before the model came to: everything of an answer but the composing."""

    status: Status
    lines: list[Line] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    nearest: list[Evidence] = field(default_factory=list)
    hits: tuple[Hit, ...] = ()
    compose: bool = False
    """Whether a model may reword the claims; lists made by code are shown as they are."""
    head: list[Line] = field(default_factory=list)
    """Lines that stay before the claims, whoever words them."""
    tail: list[Line] = field(default_factory=list)
    """Lines that stay behind the claims, whoever words them."""
    best: int = 1
    """The mark of the evidence that fits best."""
    more: int = 0
    """How many supports of an overview are not shown."""
    wording: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Of a mark: what stands before its claim (a kind, a place), and the Chinese words that the claim holds of it."""
    confidence: float | None = None
    """That of the judgement; None where nothing was searched."""


def claims_of(evidence: Sequence[Evidence], language: Language, first: int = 1) -> list[Line]:
    """The evidence itself as claims, in the asker's script; for an English asker inside an English frame."""
    return [Claim(_stated(item, language), (mark,)) for mark, item in enumerate(evidence, first)]


def _stated(item: Evidence, language: Language) -> str:
    if language != "en":
        return in_script(stated(item), language)
    place = place_name(item.metadata.place or "", language)
    return say(
        "english_frame", language, place=place, label=item.clause.label, about=_about(item), quote=item.text
    )


def _about(item: Evidence) -> str:
    """Of a Chinese quotation for an English reader: whom and what it is about, as far as terms of the lexicon tell."""
    gist = gist_of(item.text)
    return f", on {gist}" if gist else ""


def framed_once(lines: Sequence[Line], citations: Sequence[Evidence]) -> list[Line]:
    """English lines in which of several verbatim ones of a document only the first names the place."""
    framed: list[Line] = []
    before = None
    for line in lines:
        item = citations[line.marks[0] - 1] if isinstance(line, Claim) and line.marks else None
        verbatim = item is not None and line.text == _stated(item, "en")
        document = item.clause.document if item is not None and verbatim else None
        if item is not None and document is not None and document == before:
            text = say(
                "english_frame_next", "en", label=item.clause.label, about=_about(item), quote=item.text
            )
            line = replace(line, text=text)
        framed.append(line)
        before = document
    return framed


OPENING_YEAR = re.compile(r"\s*((?:19|20)\d{2})\s*年")


def best_first(lines: Sequence[Line], best: int) -> list[Line]:
    """`lines` with the claim on what fits best before the other claims; what frames them stays in its place.

    Claims that all open with a year stand by their years.
    """
    years = [match[1] for line in lines if (match := OPENING_YEAR.match(line.text))]
    if 1 < len(years) == len(lines):
        return [line for _, line in sorted(zip(years, lines, strict=True), key=lambda pair: pair[0])]
    return sorted(lines, key=lambda line: isinstance(line, Claim) and best not in line.marks)
