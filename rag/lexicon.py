"""Lexicon: a folded text -> the official terms that it names in official, everyday or English words.

People write 当兵回来 or "veteran" where policy documents print 退役军人; `data/lexicon.tsv` holds the three
beside each other (`data/lexicon.md` says how to add to it). A trie over tokens finds the forms: a Chinese
character is a token, and so is a Latin word without its plural. One mechanism thus gives longest match in
Chinese and word boundaries in English. One alternation of all forms was rejected: Python's engine tries
thousands of branches one by one at every character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple, TypeAlias, get_args

from rag.errors import ConfigError

Kind: TypeAlias = Literal[
    "support", "group", "department", "procedure", "place_kind", "organisation", "concept", "amount"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("official", "kind", "short", "lay", "english")
TABLE = "data/lexicon.tsv"

# A Latin word or number (R&D, master's, 4050), else any one character; space, hyphen, apostrophe separate.
TOKEN = re.compile(r"[a-z0-9]+(?:[&'][a-z0-9]+)*|[^\s\-']")
# Words that come and go inside a form: start a company, start my own company.
SKIPPED = {"a", "an", "the", "my", "our", "your", "his", "her", "their", "own"}
# Plurals that no ending tells.
IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}
# The first ending that fits is replaced: subsidies, businesses, taxes, branches, loans; business stays.
PLURALS = (
    ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ss", "ss"), ("us", "us"),
    ("is", "is"), ("men", "man"), ("s", ""),
)  # fmt: skip
LONG_ENOUGH = 4
"""Letters a word needs before an ending is taken off; gas, bus and its are no plurals."""


@dataclass(frozen=True)
class Term:
    """One official term with the other words for the same thing; the first English form is the one shown."""

    official: str
    kind: Kind
    short: tuple[str, ...]
    lay: tuple[str, ...]
    english: tuple[str, ...]

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words that documents may print for it: the official one first, then its short forms."""
        return (self.official, *self.short)


class _Node:
    """A place in the trie; the terms are those with a form that ends here, in the order of the table."""

    __slots__ = ("children", "printed", "terms")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.terms: tuple[Term, ...] = ()
        """By any form."""
        self.printed: tuple[Term, ...] = ()
        """By an official or short form."""


class _Token(NamedTuple):
    text: str
    start: int
    end: int


class _Match(NamedTuple):
    """Terms with a form that covers the tokens [start, end)."""

    start: int
    end: int
    terms: tuple[Term, ...]


@lru_cache(maxsize=1)
def load() -> tuple[Term, ...]:
    """The terms of the shipped table, in its order; read once."""
    return parse_terms(resources.files("rag").joinpath(TABLE).read_text(encoding="utf-8"))


def expand(folded_text: str) -> tuple[Term, ...]:
    """The terms that `folded_text` names in any words, distinct, in the order of the text.

    The longest forms are taken first and do not overlap: 残疾人联合会 does not name 残疾人. A form that
    stands with several terms gives all of them, in the order of the table.
    """
    return _distinct(_matches(_tokens(folded_text), printed_only=False))


def named(folded_text: str, kind: Kind) -> tuple[Term, ...]:
    """The terms of `kind` whose official or short form stands in `folded_text`, in the order of the text."""
    matches = _matches(_tokens(folded_text), printed_only=True)
    return tuple(term for term in _distinct(matches) if term.kind == kind)


def printed(folded_text: str) -> list[tuple[int, int, Term]]:
    """Where official and short forms stand in `folded_text`: characters [start, end) and the first term of each."""
    tokens = _tokens(folded_text)
    return [
        (tokens[match.start].start, tokens[match.end - 1].end, match.terms[0])
        for match in _matches(tokens, printed_only=True)
    ]


def spans(folded_text: str) -> list[tuple[int, int, tuple[Term, ...]]]:
    """Where terms are named in any words: characters [start, end) of `folded_text` and the terms of each."""
    tokens = _tokens(folded_text)
    return [
        (tokens[match.start].start, tokens[match.end - 1].end, match.terms)
        for match in _matches(tokens, printed_only=False)
    ]


def translate(folded_text: str) -> dict[str, str]:
    """The English for each official or short form in `folded_text`, by the form as it stands there."""
    tokens = _tokens(folded_text)
    return {
        folded_text[tokens[match.start].start : tokens[match.end - 1].end]: match.terms[0].english[0]
        for match in _matches(tokens, printed_only=True)
    }


def parse_terms(table: str) -> tuple[Term, ...]:
    """The terms of a tab-separated `table` with a header; raises ConfigError with the line and the field."""
    lines = table.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise ConfigError(f"{TABLE} line 1: the header must be {', '.join(COLUMNS)}, separated by tabs")
    seen: dict[str, int] = {}
    terms = []
    for number, line in enumerate(lines[1:], start=2):
        term = _parse_line(line, number)
        if term.official in seen:
            raise _fault(number, "official", term.official, f"new: line {seen[term.official]} has it")
        seen[term.official] = number
        terms.append(term)
    return tuple(terms)


def _parse_line(line: str, number: int) -> Term:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise ConfigError(f"{TABLE} line {number}: {len(cells)} fields, expected {len(COLUMNS)}")
    official, kind, short, lay, english = cells
    if not english:
        raise _fault(number, "english", english, "one translation at least")
    return Term(
        official=_form(official, number, "official"),
        kind=_parse_kind(kind, number),
        short=_forms(short, number, "short"),
        lay=_forms(lay, number, "lay"),
        english=_forms(english, number, "english"),
    )


def _parse_kind(cell: str, number: int) -> Kind:
    for kind in KINDS:
        if kind == cell:
            return kind
    raise _fault(number, "kind", cell, f"one of {', '.join(KINDS)}")


def _forms(cell: str, number: int, name: str) -> tuple[str, ...]:
    forms = tuple(_form(form, number, name) for form in cell.split("|")) if cell else ()
    if len(set(forms)) < len(forms):
        raise _fault(number, name, cell, "each form once")
    return forms


def _form(form: str, number: int, name: str) -> str:
    if len(form) < 2 or "|" in form or form != form.strip() or not form.isprintable():
        raise _fault(number, name, form, "at least two printable characters with no white space around them")
    return form


def _fault(number: int, name: str, value: str, expected: str) -> ConfigError:
    return ConfigError(f"{TABLE} line {number}, field {name}: {value!r} is not usable, it must be {expected}")


@lru_cache(maxsize=1)
def _trie() -> _Node:
    """The root of the trie over all forms of all terms; built once, at the first text."""
    root = _Node()
    for term in load():
        for form in term.search_words:
            node = _grow(root, form)
            node.printed = _with(node.printed, term)
            node.terms = _with(node.terms, term)
        for form in (*term.lay, *term.english):
            node = _grow(root, form)
            node.terms = _with(node.terms, term)
    return root


def _grow(root: _Node, form: str) -> _Node:
    node = root
    for token in _tokens(form.lower()):
        if token.text not in node.children:
            node.children[token.text] = _Node()
        node = node.children[token.text]
    return node


def _with(terms: tuple[Term, ...], term: Term) -> tuple[Term, ...]:
    """`terms` and `term`, once: two English forms of a term may be one without their plural."""
    return terms if term in terms else (*terms, term)


def _tokens(text: str) -> list[_Token]:
    found = TOKEN.finditer(text)
    return [_Token(_singular(one[0]), one.start(), one.end()) for one in found if one[0] not in SKIPPED]


def _singular(word: str) -> str:
    """`word` without its plural or possessive ending: forms and texts both pass here, so they meet."""
    if len(word) < LONG_ENOUGH or not word.isascii():
        return IRREGULAR.get(word, word)
    word = word.removesuffix("'s")
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, singular in PLURALS:
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word


def _matches(tokens: list[_Token], *, printed_only: bool) -> list[_Match]:
    """The matches that do not overlap, longest first when chosen, in the order of the text when returned."""
    found = [match for start in range(len(tokens)) for match in _matches_at(start, tokens, printed_only)]
    taken: set[int] = set()
    chosen = []
    for match in sorted(found, key=lambda match: (match.start - match.end, match.start)):
        if taken.isdisjoint(range(match.start, match.end)):
            taken.update(range(match.start, match.end))
            chosen.append(match)
    return sorted(chosen, key=lambda match: match.start)


def _matches_at(start: int, tokens: list[_Token], printed_only: bool) -> Iterator[_Match]:
    node: _Node | None = _trie()
    for end in range(start, len(tokens)):
        node = node.children.get(tokens[end].text) if node else None
        if node is None:
            return
        if terms := node.printed if printed_only else node.terms:
            yield _Match(start, end + 1, terms)


def _distinct(matches: Iterable[_Match]) -> tuple[Term, ...]:
    return tuple({term.official: term for match in matches for term in match.terms}.values())
