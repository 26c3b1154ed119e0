"""Mojibake: runs of GBK text whose bytes were paired off by one, found back by arithmetic.

A tool that cut GBK text in the middle of a character left its first byte alone (printed as ?), read every
following pair of bytes one place late, and stopped where a last byte was left over, printed as the ASCII
character it is or as ? again. Pairs that mean nothing in GBK vanished, full-width signs became half-width:

    担[保 基 金 的 扶 持 政 策]。      93FA  B1A3 BBF9 BDF0 B5C4 B7F6 B3D6 D5FE B2DF  A1A3
    担 ? ; _ 鸬 姆 龀 终 _ ?。        93FA  B1 A3BB F9BD F0B5 C4B7 F6B3 D6D5 FEB2 DF  A1A3

So the bytes are known again but for the first, the vanished pairs and perhaps the last. Where a byte is
missing, every character that fits the other one is weighed by how well the whole reads as words
(`rag.words`), the text on both sides included. A run is restored only if that reads far better than what
is printed; a character that is not near certain, or none of whose bytes is known, becomes �.

On 150 runs of two to ten characters damaged so (tests/test_mojibake.py), 0.97 of the characters restored
were right in simplified text and 0.94 in traditional, and 0.64 and 0.50 of all came back; on sound text, the
documents of the tests among it, nothing was touched. A model of words alone cannot tell 扶持政策 from
扶持政府: such characters stay �.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rag.aligned import Edit
from rag.fold import to_simplified, to_traditional
from rag.words import LONGEST_OWN, Reader, unknown_cost

DAMAGED = "\ufffd"
# The mark of a lost first byte, behind a character; the ruby inserted there lost its bracket: ?jié)
LOST = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e)）])[?？\ufffd□](?:(?P<ruby>[a-zü-ǜāēīōūáéíóúàèìòùǎěǐǒǔ]{1,6})[)）])?"
)
# What may stand in a run: characters of two bytes, and half-width signs that were full-width.
INSIDE = re.compile(r"[!-~\u00a4-\u2fff\u3000-\u33ff\u4e00-\u9fff\ue000-\uffff]{1,40}")
# What a document says beside a run is no witness for the run.
BESIDE_LOST = re.compile(r"[^\n]{0,5}" + LOST.pattern + INSIDE.pattern + r"[^\n]{0,5}")
LAST_BYTE = re.compile(r"[@-~]")
FULL_WIDTH = {chr(code - 0xFEE0): chr(code) for code in range(0xFF01, 0xFF40)}
MARKS = "?？\ufffd□"
MOST_ENDS, MOST_VANISHED = 4, 2
MOST_READINGS = 2_000  # of one document that are weighed: a text with more such runs is no text
TRADITIONAL_SHARE = 0.05  # of characters that conversion changes
CONTEXT = 3  # characters on either side that are weighed with the run

# In nats (natural logarithms of likelihood), set on damaged official prose (tests/test_mojibake.py).
RUN_COST, LAST_COST = 6.0, 1.0
# Of shifted pairs 0.21 mean nothing in GBK where the text was simplified, 0.32 where it was traditional
# (5,464 pairs each): the logarithm of the odds.
VANISHED_COST = {False: 1.3, True: 0.75}
LEAST_GAIN = 8.0
LEAST_CERTAIN = 0.8
LEAST_GARBAGE = 7.0  # nats a character; ordinary text has 3 to 5
GARBAGE = 12.5  # a character of ordinary text costs 4 to 6


KNOWN = Reader()


class _Run(NamedTuple):
    """One way to read a run: where it ends, and its bytes, None where one is not known."""

    end: int
    data: tuple[int | None, ...]
    origins: tuple[int, ...]
    """For each byte the printed pair it belongs to (0 is the lost one): what readings are aligned by."""
    prior: float


def mojibake_repairs(text: str) -> Iterator[Edit]:
    """The shifted runs of `text`, restored or marked as damaged; in order, none overlapping."""
    if not LOST.search(text):
        return
    sound = BESIDE_LOST.sub("\n", text)
    simple = _simple(sound)
    reader = Reader(simple)
    traditional = sum(a != b for a, b in zip(sound, simple, strict=True)) > TRADITIONAL_SHARE * len(sound)
    done, budget = 0, itertools.count()
    for lost in LOST.finditer(text):
        if lost.start() >= done:
            edit = _repair(text, lost, reader, traditional, budget)
            if edit is not None:
                yield edit
                done = edit.end


def _repair(
    text: str, lost: re.Match[str], reader: Reader, traditional: bool, budget: Iterator[int]
) -> Edit | None:
    before = text[max(0, lost.start() - CONTEXT) : lost.start()]
    weighed: list[tuple[float, int, _Reading]] = []

    def beside(end: int) -> float:
        return sum(map(reader.text_cost, (_simple(before), _simple(text[end : end + CONTEXT]))))

    for run in _runs(text, lost, reader, traditional):
        if next(budget) >= MOST_READINGS:
            break
        found = _read(run, before, text[run.end : run.end + CONTEXT], reader, traditional)
        if found is not None and found.cost - beside(run.end) <= LEAST_GARBAGE * len(found.text):
            printed = reader.text_cost(_simple(before + "?" + text[lost.end() : run.end + CONTEXT]))
            weighed.append((printed - found.cost - run.prior, run.end, found))
    gain, end, best = max(weighed, key=lambda item: item[:2], default=(0.0, 0, None))
    if gain < LEAST_GAIN or best is None:
        return _marked(text, lost, reader)
    after, certainty = _agreed([(gain, reading) for gain, _, reading in weighed], best)
    return Edit(lost.start(), end, after, "mojibake" if after.strip(DAMAGED) else "damaged", certainty)


def _agreed(weighed: list[tuple[float, _Reading]], best: _Reading) -> tuple[str, float]:
    """The characters that the readings of one run agree on, � between them, and how sure the least sure is.

    The readings differ in which pairs vanished; characters answer to each other that stand on the same bytes.
    """
    highest = max(gain for gain, _ in weighed)
    votes: dict[tuple[int, int], dict[str, float]] = {}
    total = 0.0
    for gain, reading in weighed:
        weight = math.exp(gain - highest)
        total += weight
        for place, char, share in zip(reading.places, reading.text, reading.shares, strict=True):
            of = votes.setdefault(place, {})
            of[char] = of.get(char, 0.0) + weight * share
    certain = [
        (place, char, vote / total)
        for place, chars in sorted(votes.items())
        for char, vote in chars.items()
        if vote / total >= LEAST_CERTAIN and place <= best.places[-1]
    ]
    steps = {pair for _, reading in weighed for pair in itertools.pairwise(((0, 0), *reading.places, END))}
    starts = {reading.places[0] for _, reading in weighed}
    after, previous = "", (0, 0)
    for place, char, _ in certain:
        joined = (previous, place) in steps if after else place in starts
        after += DAMAGED * (not joined) + char
        previous = place
    after += DAMAGED * ((previous, END) not in steps)
    return after, round(min((share for *_, share in certain), default=0.5), 3)


END = (-1, -1)


def _marked(text: str, lost: re.Match[str], reader: Reader) -> Edit | None:
    """A run that reads as nothing and cannot be restored, as �."""
    inside = INSIDE.match(text, lost.end())
    end = inside.end() if inside else lost.end()
    size = (
        next((at for at in range(lost.end(), end) if reader.char_cost(_simple(text[at])) < GARBAGE), end)
        - lost.end()
    )
    if size < 2:
        return None
    return Edit(lost.start(), lost.end() + size, DAMAGED, "damaged", 0.9)


def _runs(text: str, lost: re.Match[str], reader: Reader, traditional: bool) -> Iterator[_Run]:
    """The runs that may begin with a lost byte: by where they end and how many pairs vanished."""
    first = _first_bytes(text[lost.start() - 1], lost["ruby"])
    inside = INSIDE.match(text, lost.end())
    body = inside.group() if inside else ""
    ends = 0
    for size in range(len(body) + 1):
        pairs = [pair for char in body[:size] if (pair := _bytes_of(char))]
        if len(pairs) < size or ends == MOST_ENDS:
            return
        at = lost.end() + size
        byte = LAST_BYTE.match(text, at)
        mark = size > 0 and text[at : at + 1] in tuple(MARKS)
        if not (byte or mark) or (size and reader.text_cost(_simple(body[:size])) < LEAST_GARBAGE * size):
            continue
        ends += 1
        yield from _with_vanished(at + 1, first, pairs, ord(text[at]) if byte else None, traditional)


def _first_bytes(before: str, ruby: str | None) -> tuple[int | None, ...]:
    """What the lost byte may be. With the byte before it, it once passed for a character that was given `ruby`."""
    data = _bytes_of(before)
    if ruby is None or data is None:
        return (None,)
    fitting = (
        byte for byte in range(0x40, 0xFF) if (char := _decoded(data[1], byte)) and ruby in _readings(char)
    )
    return tuple(fitting) or (None,)


def _readings(char: str) -> set[str]:
    """How a character is read, with and without tone marks."""
    import pypinyin

    styles = (pypinyin.Style.TONE, pypinyin.Style.NORMAL)
    return {reading for style in styles for reading in pypinyin.pinyin(char, style=style, heteronym=True)[0]}


def _with_vanished(
    end: int, first: tuple[int | None, ...], pairs: list[bytes], last: int | None, traditional: bool
) -> Iterator[_Run]:
    places = range(len(pairs) + 1)
    choices = (
        choice for count in range(MOST_VANISHED + 1) for choice in itertools.combinations(places, count)
    )
    for vanished in choices:
        for byte in first:
            data: list[int | None] = [byte]
            origins = [0]
            for place, pair in enumerate([*pairs, b""]):
                if place in vanished:
                    data += [VANISHED_LEAD, None]
                    origins += [place, place + 1]
                data += pair
                origins += [place + 1] * len(pair)
            prior = RUN_COST + VANISHED_COST[traditional] * len(vanished) + LAST_COST * (last is None)
            yield _Run(end, (*data, last), (*origins, len(pairs) + 1), prior)


VANISHED_LEAD = -1  # the first byte of a pair that means nothing: one of a few


class _Reading(NamedTuple):
    text: str
    places: tuple[tuple[int, int], ...]
    """The printed pairs that each character's two bytes belong to."""
    shares: tuple[float, ...]
    """How likely each character is, 0 to 1, among all readings of this run."""
    cost: float


def _read(run: _Run, before: str, behind: str, reader: Reader, traditional: bool) -> _Reading | None:
    """The likeliest characters for the bytes of a run, weighed with the text on both sides."""
    data = run.data
    sets = [_fitting(data[i], data[i + 1], traditional) for i in range(0, len(data), 2)]
    if not all(sets):
        return None
    fixed = [{_simple(char): char} for char in before], [{_simple(char): char} for char in behind]
    lattice = [*fixed[0], *sets, *fixed[1]]
    words = [_words_at(lattice, at, reader) for at in range(len(lattice))]
    forward = _sums(words, len(lattice))
    backward = _sums_back(words, len(lattice))
    total = forward[-1]
    if total == -math.inf:
        return None
    shares: list[dict[str, float]] = [{} for _ in lattice]
    for at, found in enumerate(words):
        for word, score in found:
            share = math.exp(forward[at] + score + backward[at + len(word)] - total)
            for i, char in enumerate(word):
                shares[at + i][char] = shares[at + i].get(char, 0.0) + share
    own = range(len(before), len(before) + len(sets))
    best = [max(shares[at].items(), key=lambda item: (item[1], item[0])) for at in own]
    text = "".join(lattice[at][char] for at, (char, _) in zip(own, best, strict=True))
    places = tuple((run.origins[i], run.origins[i + 1]) for i in range(0, len(data), 2))
    # A character none of whose bytes is known is a guess, however well it reads.
    known = [any(byte is not None and byte >= 0 for byte in data[i : i + 2]) for i in range(0, len(data), 2)]
    shares_of = tuple(min(share, 1.0) if sure else 0.0 for (_, share), sure in zip(best, known, strict=True))
    return _Reading(text, places, shares_of, -total)


def _words_at(lattice: list[dict[str, str]], at: int, reader: Reader) -> list[tuple[str, float]]:
    """The words that may begin at a place of the lattice, with their log-likelihood."""
    found = [(char, -reader.char_cost(char)) for char in lattice[at]]
    pieces = set(lattice[at])
    for options in lattice[at + 1 : at + LONGEST_OWN]:
        pieces = {piece + char for piece in pieces for char in reader.following(piece) if char in options}
        found += [(piece, -cost) for piece in sorted(pieces) if (cost := reader.cost(piece)) is not None]
    return found


def _sums(words: list[list[tuple[str, float]]], size: int) -> list[float]:
    """The log-likelihood of all readings up to each place."""
    sums = [-math.inf] * (size + 1)
    sums[0] = 0.0
    for at, found in enumerate(words):
        for word, score in found:
            end = at + len(word)
            sums[end] = _add(sums[end], sums[at] + score)
    return sums


def _sums_back(words: list[list[tuple[str, float]]], size: int) -> list[float]:
    """The log-likelihood of all readings from each place on."""
    sums = [-math.inf] * (size + 1)
    sums[size] = 0.0
    for at in range(size - 1, -1, -1):
        for word, score in words[at]:
            sums[at] = _add(sums[at], score + sums[at + len(word)])
    return sums


def _add(one: float, two: float) -> float:
    """ln(e^one + e^two)."""
    high, low = max(one, two), min(one, two)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


@lru_cache(maxsize=8192)
def _simple(text: str) -> str:
    simple = to_simplified(text)
    return simple if len(simple) == len(text) else text


def _bytes_of(char: str) -> bytes | None:
    """The two GBK bytes of a character as it was before a full-width sign became half-width; None if it has none."""
    try:
        data = FULL_WIDTH.get(char, char).encode("gbk")
    except UnicodeEncodeError:
        return None
    return data if len(data) == 2 else None


@lru_cache(maxsize=4096)
def _fitting(lead: int | None, trail: int | None, traditional: bool) -> dict[str, str]:
    """The characters of official prose whose bytes these may be: simplified -> as encoded.

    Where a byte is missing, only what is a word, in the script of the document, may stand.
    """
    leads = [lead] if lead is not None and lead >= 0 else LEADS
    trails = (
        [trail] if trail is not None and trail >= 0 else VANISHED_LEADS if trail == VANISHED_LEAD else TRAILS
    )
    table = _table()
    fitting = [table[one, two] for one in leads for two in trails if (one, two) in table]
    if len(leads) > 1 or len(trails) > 1:
        fitting = [
            form
            for form in fitting
            if KNOWN.char_cost(form.simple) < unknown_cost()
            and form.char == (form.traditional if traditional else form.simple)
        ]
    return {form.simple: form.char for form in reversed(fitting)}


class _Form(NamedTuple):
    simple: str
    traditional: str
    char: str


@lru_cache(maxsize=1)
def _table() -> dict[tuple[int, int], _Form]:
    """The two bytes of each GBK character of prose -> that character and its forms in both scripts."""
    codes = [(lead, trail) for lead in LEADS for trail in TRAILS if _decoded(lead, trail)]
    chars = [_decoded(*code) for code in codes]
    simple, traditional = (_each_converted(chars, convert) for convert in (to_simplified, to_traditional))
    return dict(zip(codes, map(_Form, simple, traditional, chars), strict=True))


def _each_converted(chars: list[str], convert: Callable[[str], str]) -> list[str]:
    """Each character converted by itself: parted by line ends, they form no words."""
    return convert("\n".join(chars)).split("\n")


def _decoded(lead: int, trail: int) -> str:
    try:
        char = bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return ""
    return (
        char
        if len(char) == 1 and ("\u4e00" <= char <= "\u9fff" or char in "，。、；：？！“”（）《》")
        else ""
    )


LEADS, TRAILS = range(0x81, 0xFF), range(0x40, 0xFF)
# A pair vanishes when it means nothing in GBK: these first bytes begin such pairs.
VANISHED_LEADS = tuple(
    lead for lead in LEADS if sum(not _decoded(lead, trail) for trail in range(0xA1, 0xFF)) > 20
)
