"""Vocabulary: a text that a converter gave Taiwan's words -> the edits that give it its mainland words back.

Converters do more than change characters: 互联网 is printed 網際網路, 优化 最佳化, 知识产权 智慧財產權. Such a text
is told by words that no mainland writer uses, and by what it lacks: a converter leaves none of the words
that it replaces. `data/vocabulary.tsv` holds the pairs (`data/vocabulary.md` says where they come from).
Both sides are in simplified characters; so is the text, characters being `to_simplified`'s work.

Measured on 20 mainland policy documents (70,000 characters) converted for it and used to mend the table, share
of characters right before and after: OpenCC s2twp 0.9837, 0.9995; MediaWiki zh-tw 0.9960, 0.9999; of 719 edits
one was wrong. One more document, as first measured: 0.9652, 0.9979 and 0.9861, 0.9999. None of the 20 is taken for
converted as it was published, and with detection off no sign and no rare word is found in them. A text
too short to show two Taiwan words stays as it is (5 of the 40, at most 5 characters wrong in each).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias, cast

from rag.aligned import Edit
from rag.words import Reader

TABLE = "data/vocabulary.tsv"
RULE = "taiwan_vocabulary"

# sign: no word of the mainland; word: rare there; contested: common there too, replaced only where the
# document prints the mainland word nowhere; kept: left as it is, for it only looks like one of the others.
Use: TypeAlias = Literal["sign", "word", "contested", "kept"]
CERTAINTY: dict[Use, float] = {"sign": 0.99, "word": 0.95, "contested": 0.85}

WEIGHT: dict[Use, int] = {"sign": 2, "word": 2, "contested": 1}
LEAST_WEIGHT = 4
"""What the Taiwan words of a converted text weigh together; a sign that is repeated weighs 4."""
LEAST_SHARE = 0.6
"""Of a converter's pairs that a text prints at all, the share that stand on the Taiwan side alone."""
AROUND, SHORT, SLACK, MARGIN = 5, 4, 0.3, 2.0
"""A find shorter than `SHORT` has to read as a word among `AROUND` characters on each side: within `SLACK`
nats (`rag.words`) of the best reading, or better by `MARGIN` with the mainland word's frequency in its place.
Of 40 chance runs (配套|用房, 联网|路由) the nearest missed these by 0.8."""
# What only an authority, law or calendar of Taiwan prints, and what only a mainland document does.
TAIWAN = re.compile(
    r"中华民国|民国[一二三四五六七八九十百〇○零元\d]{1,4}年|行政院|立法院|监察院|考试院|司法院|内政部|国科会|国发会|"
    r"卫生福利部|[新台]台币|县[（(]市[)）]|直辖市、县|[乡镇][（(、][镇市]|(?:区|乡|镇|市)公所|里办公处|总统府|全民健保|国民年金"
)
MAINLAND = re.compile(
    r"国务院|人民政府|党中央|党委|党组|[省市县区]委(?![托外员任请办])|习近平|社会主义|中国特色|人民币|中央财政|自治区|改革委|"
    r"街道办事处|居委会|村委会|乡镇企业|[〔\[（(](?:19|20)\d\d[〕\]）)]\d+号|十[一二三四五六七八九]届"
)
MOST_HITS = 60_000
"""Places looked at in a text, some seconds' work; ten megabytes of converted policy text hold half as many."""
BEFORE, AFTER = re.compile(r"[一-鿿]+\Z"), re.compile(r"[一-鿿]+")


class Pair(NamedTuple):
    """What Taiwan and the mainland call the same thing, and the converters that replace one by the other."""

    taiwan: str
    mainland: str
    use: Use
    converters: str


class _Found(NamedTuple):
    start: int
    pair: Pair


def mainland_words(text: str) -> Iterator[Edit]:
    """The edits that give `text`, simplified, its mainland words back; none if no converter touched it."""
    found = list(_finds(text))
    if not _may_be_converted(text, found):
        return
    left = _mainland_sides(text)
    by = _converters(found, left)
    for start, pair in found if by else ():
        if pair.use != "contested" or (by & set(pair.converters) and pair not in left):
            yield Edit(start, start + len(pair.taiwan), pair.mainland, RULE, CERTAINTY[pair.use])


def is_vocabulary_converted(text: str) -> bool:
    """Whether a converter gave the simplified `text` Taiwan's words; False for one written in Taiwan."""
    found = list(_finds(text))
    return _may_be_converted(text, found) and bool(_converters(found, _mainland_sides(text)))


def is_genuine_taiwan(text: str) -> bool:
    """Whether the simplified `text` speaks of Taiwan's own authorities, laws and years more than of others."""
    return len(TAIWAN.findall(text)) > len(MAINLAND.findall(text))


def _may_be_converted(text: str, found: list[_Found]) -> bool:
    return any(find.pair.use in ("sign", "word") for find in found) and not is_genuine_taiwan(text)


def _mainland_sides(text: str) -> set[Pair]:
    """The pairs whose mainland side stands in `text`."""
    return {pair for pair in _pairs() if pair.mainland in text}


def _converters(found: list[_Found], left: set[Pair]) -> set[str]:
    """The converters at work: enough Taiwan words, and few of the words that they replace `left`."""
    times = Counter(find.pair for find in found)
    alone = {pair: times[pair] for pair in times if pair not in left}
    return {
        name
        for name in {name for pair in alone for name in pair.converters}
        if _weight(pairs := {p: n for p, n in alone.items() if name in p.converters}) >= LEAST_WEIGHT
        and len(pairs) >= LEAST_SHARE * sum(name in p.converters for p in left | set(times))
    }


def _weight(times: Mapping[Pair, int]) -> int:
    return sum(WEIGHT[pair.use] * (2 if pair.use == "sign" and n > 1 else 1) for pair, n in times.items())


def _finds(text: str) -> Iterator[_Found]:
    """The pairs whose Taiwan side stands in `text` as a word, the longest at each place, in order."""
    done = 0
    for start, pair in islice(_hits(text), MOST_HITS):
        if start >= done and _stands_alone(text, start, pair):
            done = start + len(pair.taiwan)
            if pair.use != "kept":
                yield _Found(start, pair)


def _hits(text: str) -> Iterator[_Found]:
    """Every place where the Taiwan side of a pair is printed; the longest first at each."""
    pairs_of = _by_first_char()
    for match in _first_chars().finditer(text):
        for pair in pairs_of[match.group()]:
            if text.startswith(pair.taiwan, match.start()):
                yield _Found(match.start(), pair)


def _stands_alone(text: str, start: int, pair: Pair) -> bool:
    """Whether the words around read best when `pair` is a word of its own: not in 联网|路由 and 配套|用房."""
    end = start + len(pair.taiwan)
    if pair.use == "kept" or end - start >= SHORT:
        return True
    before = BEFORE.search(text, max(start - AROUND, 0), start)
    after = AFTER.match(text, end, end + AROUND)
    return _is_word(before[0] if before else "", pair, after[0] if after else "")


@lru_cache(maxsize=100_000)
def _is_word(before: str, pair: Pair, after: str) -> bool:
    cost = _reader().text_cost
    word = min(cost(pair.taiwan) - SLACK, cost(pair.mainland) + MARGIN)
    return cost(before) + word + cost(after) <= cost(before + pair.taiwan + after)


@lru_cache(maxsize=1)
def _reader() -> Reader:
    return Reader()


@lru_cache(maxsize=1)
def _pairs() -> tuple[Pair, ...]:
    lines = resources.files("rag").joinpath(TABLE).read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines]
    return tuple(Pair(taiwan, mainland, cast(Use, use), by) for taiwan, mainland, use, by, _ in cells)


@lru_cache(maxsize=1)
def _by_first_char() -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in sorted(_pairs(), key=lambda pair: -len(pair.taiwan)):
        found.setdefault(pair.taiwan[0], []).append(pair)
    return found


@lru_cache(maxsize=1)
def _first_chars() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(_by_first_char())))}]")
