"""Spoken: a text -> the place that it speaks of where a sentence names none, and whether a document is of that place."""

from __future__ import annotations

from collections.abc import Sequence

from rag import places
from rag.errors import InputError
from rag.fold import to_simplified
from rag.index import Index
from rag.places import Mention, Place
from rag.statements import Statement, is_idle
from rag.types import Metadata
from rag.understand import PART_OF_NAME


def spoken_of(found: Sequence[Statement], index: Index) -> tuple[Place, ...]:
    """The one place that a text is about; empty if there is none or are several.

    It is the one that greetings, headings and signatures name, else that of all documents cited, else the
    only held one that its sentences name.
    """
    idle = _named_idly(found, index)
    if idle:
        return idle[0] if all(set(idle[0]) & set(other) for other in idle) else ()
    cited = [{_place_of(d, index) for d in c.documents} for s in found for c in s.cited if c.documents]
    named = [
        {_place_of(d, index) for d in held}
        for statement in found
        for mention in mentions_in(statement.body)
        if (held := _held_by(mention.candidates, index))
    ]
    for each in (cited, named):
        if each:
            common = set.intersection(*each)
            return next(iter(common)) if len(common) == 1 else ()
    return ()


def _named_idly(found: Sequence[Statement], index: Index) -> list[tuple[Place, ...]]:
    """The places that sentences name which state nothing: a greeting, a heading, a signature."""
    return [
        mention.candidates
        for statement in found
        if is_idle(statement.body)
        for mention in mentions_in(statement.body)
        if mention.text[-1] in places.UNITS or _held_by(mention.candidates, index)
    ]


def _held_by(candidates: Sequence[Place], index: Index) -> list[str]:
    """The documents that speak of one of some places; those that name no place of their own are none."""
    return [m.document for m in index.metadata.values() if m.place and is_of(candidates, m)]


def _place_of(document: str, index: Index) -> tuple[Place, ...]:
    """The place that a document is of, those above it as its metadata name them; empty if it is of none."""
    metadata = index.metadata[document]
    found = places.load().by_name(metadata.place or "")
    return tuple(place for place in found if place.ancestors == metadata.ancestors)


def mentions_in(text: str) -> list[Mention]:
    """The places that a text names, less those that are a part of another name (沈阳农业大学)."""
    found = places.load().find(text)
    return [m for m in found if not PART_OF_NAME.match(text[m.span.end : m.span.end + 12])]


def place_named(place: str) -> tuple[Place, ...]:
    """The places of a name that a person gave. Raises `InputError` for an unknown one."""
    gazetteer = places.load()
    found = gazetteer.by_name(to_simplified(place.strip()))
    if not found:
        mentions = gazetteer.find(place.strip())
        found = mentions[0].candidates if len(mentions) == 1 else ()
    if not found:
        raise InputError(
            f"No place is called {place!r}. Give an official name, such as 长春市 or 上海市黄浦区."
        )
    return found


def is_of(candidates: Sequence[Place], metadata: Metadata) -> bool:
    """Whether a document speaks of one of some places: its own, one that it lies in, or one inside it."""
    if not metadata.place:
        return True
    own = (*metadata.ancestors, metadata.place)
    return any(
        own[: len(path)] == path or path[: len(own)] == own
        for place in candidates
        for path in [(*place.ancestors, place.name)]
    )
