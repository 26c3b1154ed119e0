"""Text that remembers where every character of it came from.

Only the raw text has offsets that may be cited; everything derived from it (ruby removed, script
converted) is an `AlignedText`, whose every character knows its raw span. An edit gives a new one.
Offsets are numpy arrays: two tuples of Python integers a document would cost forty times the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.types import Span

Offsets = npt.NDArray[np.int32]


class Edit(NamedTuple):
    """Characters [start, end) of a text become `after`; equal lengths map character to character.

    `rule` names what found it and `certainty`, in (0, 1], says how sure that is; an edit that leaves its
    characters as they are is a flag: something is wrong there that cannot be put right with certainty.
    """

    start: int
    end: int
    after: str
    rule: str = ""
    certainty: float = 1.0


class AlignedText:
    """A derived text with the raw span [starts[i], ends[i]) of each of its characters."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: Offsets, ends: Offsets) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    @classmethod
    def of(cls, raw: str) -> AlignedText:
        """`raw` itself, each character mapped to itself."""
        starts = np.arange(len(raw), dtype=np.int32)
        return cls(raw, starts, starts + 1)

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> AlignedText:
        return AlignedText(self.text[part], self.starts[part], self.ends[part])

    def raw_span(self, start: int, end: int) -> Span:
        """The raw span of characters [start, end), which must not be empty."""
        return Span(int(self.starts[start]), int(self.ends[end - 1]))

    def edit(self, edits: Iterable[Edit]) -> AlignedText:
        """The text after `edits`, which must be in order and not overlap.

        A replacement of another length is spread over what it replaces, in order and in even parts.
        """
        texts: list[str] = []
        starts: list[Offsets] = []
        ends: list[Offsets] = []
        done = 0
        for change in edits:
            texts += [self.text[done : change.start], change.after]
            starts.append(self.starts[done : change.start])
            ends.append(self.ends[done : change.start])
            if change.after:
                new_starts, new_ends = self._offsets_of(change)
                starts.append(new_starts)
                ends.append(new_ends)
            done = change.end
        texts.append(self.text[done:])
        starts.append(self.starts[done:])
        ends.append(self.ends[done:])
        return AlignedText("".join(texts), np.concatenate(starts), np.concatenate(ends))

    def _offsets_of(self, change: Edit) -> tuple[Offsets, Offsets]:
        size, length = len(change.after), change.end - change.start
        if length == 0:
            start, end = self._gap_before(change.start)
            return np.full(size, start, dtype=np.int32), np.full(size, end, dtype=np.int32)
        bounds = change.start + np.arange(size + 1) * length // size
        first, last = bounds[:-1], np.maximum(bounds[1:], bounds[:-1] + 1) - 1
        return self.starts[first], self.ends[last]

    def _gap_before(self, position: int) -> Span:
        """The empty raw span where a character is inserted; within a replaced run, that run's span."""
        if position == 0:
            start = int(self.starts[0]) if len(self) else 0
            return Span(start, start)
        end = int(self.ends[position - 1])
        inside = position < len(self) and int(self.starts[position]) < end
        return self.raw_span(position - 1, position) if inside else Span(end, end)
