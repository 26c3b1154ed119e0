"""Which administrative divisions of China a text names, in Chinese, pinyin or English.

The gazetteer (`data/places.md` says where it is from) is matched by longest spelling first, one
dictionary look-up a position. A short name (吕梁, 盘山) is a spelling like the official one, but many of
them are words as well (合作, 平安) or arise where two words meet (财政和, 以上高): `data/place_stops.tsv`
lists these, by class:

- a `word` counts only straight after the place it lies in (沈阳和平), or where documents of it are held
  and the sentence asks for a place (在合作开店);
- a `border` spelling counts only where a name can begin and end (在大通开店, not 扩大通关).

Rejected: a word segmenter over the whole text, which needs 100 ms and a dependency, and which itself guesses
at names; and a language model, which invents divisions.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import resources
from typing import Literal, NamedTuple, TypeAlias

from rag.types import Span

DATA_DATE = "2026-09-11"
"""The day the divisions were read from the ministry's database; later changes are not in them."""

Level: TypeAlias = Literal["province", "prefecture", "county"]
StopClass: TypeAlias = Literal["free", "border", "word"]

LEVELS: dict[Level, int] = {"province": 0, "prefecture": 1, "county": 2}

# What may stand before a short name that is also something else: 在朝阳, 去大通, 是同安的.
LOCATIVES = frozenset("在到去来回从于赴往住是至离问们咱")
# What may follow it: 在大通开店, 朝阳有什么, 大同的, 长治怎么.
FOLLOWERS = frozenset(
    "的有能可想要办开创做搞怎哪对给这那什啥还也都会该需申领找贷补租买落打工干就上当投人本户生及与和或跟吗呢吧"
)
# Nouns and particles that a word takes as readily as a name does, so that they prove nothing: 合作的, 和平和.
WEAK_FOLLOWERS = frozenset("的人会都上工生及与和或对要可这那当也还")
# The longest words of data/common_words.txt.
LONGEST_WORD = 5
# A unit that begins the next word is no end of a name: 振兴区域, 资源市场, 南部县域.
UNIT_RUNS_ON = {
    "市": "场值盈容况售民占",
    "区": "域块间别分位县级",
    "县": "域级区乡市",
    "旗": "舰帜下号",
    "州": "际",
    "省": "级际市",
    "盟": "友约",
}
UNITS = "市县区旗州盟省"
# Variants that OpenCC leaves as they are, and what the official names write.
VARIANTS = str.maketrans({"衞": "卫", "敍": "叙", "濬": "浚", "澂": "澄"})
# 乾 is 干 nearly everywhere, but not in these two names: 乾安县, 乾县.
KEEP_QIAN = re.compile("乾(?=[安县縣])")

# What follows a name in English or pinyin, and the ends of official names that it means.
UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "county": ("县", "旗", "市"),
    "xian": ("县",),
    "city": ("市",),
    "shi": ("市",),
    "municipality": ("市",),
    "district": ("区",),
    "qu": ("区",),
    "banner": ("旗",),
    "qi": ("旗",),
    "prefecture": ("州", "地区", "盟", "市"),
    "zhou": ("州",),
    "league": ("盟",),
    "province": ("省",),
    "sheng": ("省",),
    "area": ("新区",),
    "region": ("自治区", "特别行政区", "地区"),
}
PLAIN_U = str.maketrans("üÜ", "uU")
# The unit of a name in English, the longer first; an autonomous region is called by its name alone.
ENGLISH_UNITS = (
    ("自治区", ""), ("特别行政区", ""), ("省", "Province"), ("自治州", "Prefecture"), ("地区", "Prefecture"), ("盟", "League"),
    ("市", "City"), ("县", "County"), ("区", "District"), ("旗", "Banner"),
)  # fmt: skip
UNIT_ATTRIBUTES = frozenset(("autonomous", "new"))
MAX_UNIT_WORDS = 5
LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)*")
LATIN_GAPS = frozenset((" ", "-", "  "))
MAX_LATIN_WORDS = 4
# Shorter names differ by one letter from too many words.
MIN_SLIP_LETTERS = 6
COMMON_READINGS = 2
# A province or municipality in one character, as officials write it: only where somebody comes there or is there
# to do something (来渝创业, 在沪高校), or with people from there (渝籍人员).
ABBREVIATIONS: dict[str, str] = {
    "京": "北京市", "津": "天津市", "沪": "上海市", "渝": "重庆市", "冀": "河北省", "晋": "山西省", "辽": "辽宁省",
    "吉": "吉林省", "苏": "江苏省", "浙": "浙江省", "皖": "安徽省", "闽": "福建省", "赣": "江西省",
    "鲁": "山东省", "豫": "河南省", "鄂": "湖北省", "湘": "湖南省", "粤": "广东省", "琼": "海南省", "川": "四川省",
    "蜀": "四川省", "黔": "贵州省", "滇": "云南省", "陕": "陕西省", "陇": "甘肃省", "甘": "甘肃省", "青": "青海省",
    "蒙": "内蒙古自治区", "桂": "广西壮族自治区", "藏": "西藏自治区",
}  # fmt: skip
ABBREVIATED = re.compile(
    rf"(?<=[来在到赴入驻返回抵离留])(?P<name>[{''.join(ABBREVIATIONS)}])"
    r"(?=创业|就业|创新|兴业|发展|工作|务工|打工|投资|经营|注册|开店|开公司|办厂|办企业|落户|安家|定居|居住|生活|"
    r"购房|买房|租房|上学|读书|求学|高校|院校|大学|企业|人才|人员)"
    rf"|(?P<from>[{''.join(ABBREVIATIONS)}])(?=籍[人员企创高毕农大学退])"
)
# What may stand between a place and the one it lies in: 吉林省 长春市, 长春的朝阳区, "Chaoyang, Beijing".
NEXT_TO = frozenset(("", " ", "的", "·", ", ", ",", "，"))


@dataclass(frozen=True)
class Place:
    """An administrative division; `ancestors` from the province down, official simplified names."""

    code: str
    name: str
    level: Level
    ancestors: tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A place named in a text: `span` in characters of it, `text` what stands there.

    Several candidates, higher levels first, where the name alone does not tell.
    """

    span: Span
    text: str
    candidates: tuple[Place, ...]


class _Spelling(NamedTuple):
    """What a Chinese spelling can mean; `stem_stop` is the class of a name less its unit (振兴区: 振兴)."""

    places: tuple[Place, ...]
    stop: StopClass
    official: bool
    stem_stop: StopClass


class _Entry(NamedTuple):
    """A line of the data: a place, its spellings besides the official one, and the pinyin of its name."""

    place: Place
    spellings: tuple[str, ...]
    syllables: tuple[str, ...]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def descends(place: Place, ancestor: Place) -> bool:
    """Whether `place` lies in `ancestor` (not in itself)."""
    depth = len(ancestor.ancestors)
    return place.ancestors[: depth + 1] == (*ancestor.ancestors, ancestor.name)


def related(place: Place, other: Place) -> bool:
    """Whether one of the two is, or lies in, the other."""
    return place == other or descends(place, other) or descends(other, place)


def simplify(text: str) -> str:
    """`text` in simplified script and half-width letters, character for character as long as `text`."""
    kept = KEEP_QIAN.sub("\ue000", text)
    converted = _converter().convert(kept)
    if len(converted) != len(text):
        converted = "".join(_convert_char(char) for char in kept)
    return converted.replace("\ue000", "乾").translate(VARIANTS).translate(_HALF_WIDTH)


class Gazetteer:
    """All places with every spelling they are found by; build it with `load`."""

    def __init__(
        self,
        entries: Sequence[_Entry],
        stops: dict[str, str],
        exonyms: dict[str, tuple[str, ...]],
        words: frozenset[str],
    ) -> None:
        self.places = tuple(entry.place for entry in entries)
        self._entries = {entry.place: entry for entry in entries}
        self._stops = stops
        self._english = {code: names[0] for code, names in exonyms.items()}
        self._exonyms = {code: tuple(map(_fold_latin, names)) for code, names in exonyms.items()}
        self._exonym_keys = {key for keys in self._exonyms.values() for key in keys}
        self._words = words
        self._by_name = _grouped((entry.place.name, entry.place) for entry in entries)
        self._spellings = self._chinese()
        self._lengths = _lengths(self._spellings)

    def by_name(self, official_name: str) -> tuple[Place, ...]:
        """The places of this official name; empty where there is none."""
        return self._by_name.get(official_name, ())

    def english(self, place: Place) -> str:
        """A place's name for an English reader: "Lüliang City", "Inner Mongolia"."""
        exonym = self._english.get(place.code)
        unit = next((english for unit, english in ENGLISH_UNITS if place.name.endswith(unit)), "")
        entry = self._entries[place]
        stem = next((name for name in entry.spellings if place.name.startswith(name)), place.name[:-1])
        shown = exonym or "".join(entry.syllables[: len(stem)]).capitalize()
        return shown if not unit or shown.endswith(unit) else f"{shown} {unit}"

    def spellings(self, place: Place) -> tuple[str, ...]:
        """The Chinese spellings of `place` besides the official name, stop-listed ones included."""
        return self._entries[place].spellings

    def stop_class(self, spelling: str) -> StopClass:
        """How far a Chinese spelling is trusted: `free`, `border` or `word` (see the module's docstring)."""
        found = self._spellings.get(spelling)
        return found.stop if found else "free"

    def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The places above `place`, from the province down."""
        return tuple(
            above for name in place.ancestors for above in self.by_name(name) if descends(place, above)
        )

    def find(self, text: str, *, near: Sequence[Place] = ()) -> list[Mention]:
        """The places named in `text`, in order and not overlapping.

        Ambiguous names are resolved by the places named beside them, then by `near`, the places that
        documents are held for: candidates that are, hold or lie in one of these are kept alone.
        """
        folded = simplify(text)
        found = [*self._find_chinese(folded, near), *self._find_latin(folded)]
        taken = [mention.span for mention in found]
        found += [
            one
            for one in self._find_abbreviated(folded)
            if not any(_overlap(one.span, span) for span in taken)
        ]
        found.sort(key=lambda mention: mention.span)
        found = _resolve_by_neighbours(found, folded)
        found = _resolve_by_context(found)
        return [
            replace(mention, text=text[slice(*mention.span)], candidates=_prefer(mention.candidates, near))
            for mention in found
        ]

    def find_misspelt(self, text: str, near: Sequence[Place]) -> list[Mention]:
        """The places of `near`, and those they lie in, that `text` names with a slip (吕粱, 图门市, Ordoss).

        Only what is not a correct mention, nor a common word, nor a part of one.
        """
        folded = simplify(text)
        taken = [mention.span for mention in self.find(text, near=near)]
        known = dict.fromkeys(above for place in near for above in (place, *self.ancestors(place)))
        found: list[Mention] = []
        for span, place in [*self._slips(folded, known), *self._latin_slips(folded, known)]:
            if all(span.end <= start or end <= span.start for start, end in taken):
                taken.append(span)
                found.append(Mention(span, text[slice(*span)], (place,)))
        return sorted(found, key=lambda mention: mention.span)

    # -- spellings

    def _chinese(self) -> dict[str, _Spelling]:
        """Every Chinese spelling with what it can mean."""
        shorts = _grouped(
            (spelling, entry.place) for entry in self._entries.values() for spelling in entry.spellings
        )
        table = {
            spelling: self._spelling(spelling, (*self.by_name(spelling), *shorts.get(spelling, ())))
            for spelling in self._by_name | shorts
        }
        for spelling in shorts:
            meaning = table[spelling]
            for variant in _other_units(spelling, meaning):
                # A unit makes a name of a rare word, but only where a name can begin.
                table.setdefault(variant, meaning._replace(official=meaning.stop != "free"))
        return table

    def _spelling(self, spelling: str, places: tuple[Place, ...]) -> _Spelling:
        stem = spelling[:-1] if spelling[-1] in UNITS else spelling
        ordered = sorted(set(places), key=_rank) if len(places) > 1 else places
        return _Spelling(tuple(ordered), self._stop(spelling), spelling in self._by_name, self._stop(stem))

    def _stop(self, spelling: str) -> StopClass:
        listed = self._stops.get(spelling)
        return "border" if listed == "border" else "word" if listed == "word" else "free"

    @cached_property
    def _latin(self) -> dict[str, tuple[Place, ...]]:
        """Folded Latin spellings, without spaces, with the places they can mean; built on first use."""
        pairs = [(key, entry.place) for entry in self._entries.values() for key in _pinyin_keys(entry)]
        pairs += [
            (key, entry.place)
            for entry in self._entries.values()
            for key in self._exonyms.get(entry.place.code, ())
        ]
        return _grouped(sorted(pairs, key=lambda pair: _rank(pair[1])))

    # -- Chinese

    def _find_chinese(self, text: str, near: Sequence[Place]) -> Iterator[Mention]:
        position = 0
        before: tuple[Place, ...] = ()
        while position < len(text) - 1:
            match = self._match(text, position, before, near)
            if match is None:
                position, before = position + 1, ()
                continue
            length, before = match
            yield Mention(Span(position, position + length), text[position : position + length], before)
            position += length

    def _find_abbreviated(self, text: str) -> Iterator[Mention]:
        for match in ABBREVIATED.finditer(text):
            places = self.by_name(ABBREVIATIONS[match.group()])
            yield Mention(Span(match.start(), match.end()), match.group(), places)

    def _match(
        self, text: str, start: int, before: tuple[Place, ...], near: Sequence[Place]
    ) -> tuple[int, tuple[Place, ...]] | None:
        """The longest spelling at `start` that stands for a place, and which; `before` ends at `start`."""
        for length in self._lengths.get(text[start : start + 2], ()):
            end = start + length
            spelling = self._spellings.get(text[start:end]) if end <= len(text) else None
            if spelling is None or self._gives_unit_away(text, end, spelling):
                continue
            under = _under(spelling.places, before)
            if under and (spelling.stop != "word" or any(_is_child(place, before) for place in under)):
                return length, under
            if self._stands(text, start, end, spelling, near):
                return length, spelling.places
        return None

    def _gives_unit_away(self, text: str, end: int, spelling: _Spelling) -> bool:
        """Whether the unit at the end of a name belongs to what follows: 图们市场, 济南市中区."""
        if text[end - 1] not in UNITS:
            return False
        if text[end : end + 1] in tuple(UNIT_RUNS_ON[text[end - 1]]):
            return True
        following = (
            self._spellings.get(text[end - 1 : end - 1 + length])
            for length in self._lengths.get(text[end - 1 : end + 1], ())
        )
        return any(other and other.official and _under(other.places, spelling.places) for other in following)

    def _stands(self, text: str, start: int, end: int, spelling: _Spelling, near: Sequence[Place]) -> bool:
        """Whether the spelling at [start, end) is a name here, with no place named straight before it."""
        if self._torn(text, start, end) or self._inside_word(text, start, end):
            return False
        if spelling.stop == "free" and end - start == 2 and spelling.places[0].level == "county":
            return self._whole(text, start, end)
        if spelling.stop == "free":
            # 在建 is a word, but 在建平县 names 建平县.
            cut = self._word_at(text, start - 1) and not _after_locative(text, start)
            return spelling.stem_stop == "free" or not cut
        if spelling.official:
            return self._official_stands(text, start, spelling, near)
        held = any(related(place, other) for place in spelling.places for other in near)
        if spelling.stop == "word":
            return held and _after_locative(text, start) and _followed(text, end)
        if held and not self._word_at(text, start - 1) and not self._word_at(text, end - 1):
            return True
        located = _after_locative(text, start)
        if held and located and _followed(text, end):  # though its end and what follows are a word too
            return True
        # 在三原创业 is 三原 and 创业, not 原创.
        if self._word_at(text, end - 1) and not (located and self._word_at(text, end)):
            return False
        if not _bordered(text, start):
            return False
        sure = located or spelling.places[0].level != "county"
        return end - start == len(text) or _followed(text, end, strictly=not sure)

    def _official_stands(self, text: str, start: int, spelling: _Spelling, near: Sequence[Place]) -> bool:
        """The same for an official name that is a noun (城区) or has a stem of one character (和县)."""
        if spelling.stop == "word":
            return any(related(place, other) for place in spelling.places for other in near) and (
                _bordered(text, start)
            )
        return _bordered(text, start)

    def _torn(self, text: str, start: int, end: int) -> bool:
        """Whether a short match only arises where two common words meet: 建[成都]市."""
        return end - start <= 3 and self._word_at(text, start - 1) and self._word_at(text, start + 1)

    def _whole(self, text: str, start: int, end: int) -> bool:
        """Whether a short name is no half of a word on either side, or stands where a name can."""
        if self._word_at(text, end - 1) and not _bordered(text, start):
            return False
        return _followed(text, end) or not self._word_at(text, start - 1)

    def _inside_word(self, text: str, start: int, end: int) -> bool:
        """Whether [start, end) lies in a longer common word: 一视[同仁], [长治]久安."""
        return any(
            text[first : first + length] in self._words
            for length in range(end - start + 1, LONGEST_WORD + 1)
            for first in range(max(0, end - length), start + 1)
        )

    def _word_at(self, text: str, start: int) -> bool:
        return start >= 0 and text[start : start + 2] in self._words

    # -- Latin

    def _find_latin(self, text: str) -> Iterator[Mention]:
        words = list(LATIN_WORD.finditer(text))
        index = 0
        while index < len(words):
            count, places = self._match_latin(text, words, index)
            if places:
                span = Span(words[index].start(), words[index + count - 1].end())
                yield Mention(span, text[slice(*span)], places)
            index += count

    def _match_latin(
        self, text: str, words: list[re.Match[str]], index: int
    ) -> tuple[int, tuple[Place, ...]]:
        """How many words from `index` on name a place, and which; (1, ()) where none do."""
        for count in range(min(MAX_LATIN_WORDS, len(words) - index), 0, -1):
            chosen = words[index : index + count]
            if not _adjoin(text, chosen) or (count > 1 and any(_has_apostrophe(word) for word in chosen)):
                continue
            typed = "".join(word.group() for word in chosen)
            key = _fold_latin(typed)
            # ü may stand for u as well (Ürümqi).
            places = self._latin.get(key, ()) or self._latin.get(_fold_latin(typed.translate(PLAIN_U)), ())
            if _has_apostrophe(chosen[0]):
                places = tuple(place for place in places if not self._monosyllabic(key, (place,)))
            if not places:
                continue
            units, kept = _unit_after(text, words, index + count, places)
            if units or self._latin_stands(chosen, places):
                return count + units, kept
        return 1, ()

    def _latin_stands(self, words: list[re.Match[str]], places: tuple[Place, ...]) -> bool:
        """Whether Latin words without a unit after them are a name."""
        first = words[0].group()
        capital = first[0].isupper()
        key = "".join(_fold_latin(word.group()) for word in words)
        if self._stops.get(key) == "english":
            return capital and _has_apostrophe(words[0])
        if places[0].level == "county":
            # Apart, the syllables are as often a person (He Ping) as a county.
            whole = len(words) == 1 or key in self._exonym_keys
            return capital and whole and not self._monosyllabic(key, places)
        return capital or (len(words) == 1 and len(key) > 4)

    def _monosyllabic(self, key: str, places: tuple[Place, ...]) -> bool:
        """Whether every place is named by one syllable only ("He" of 和县), which proves nothing."""
        return all(key in _romanisations(self._entries[place].syllables[:1]) for place in places)

    # -- slips

    def _slips(self, text: str, known: Iterable[Place]) -> Iterator[tuple[Span, Place]]:
        names = [
            (name, place) for place in known for name in (place.name, *self.spellings(place)) if len(name) > 1
        ]
        at: dict[str, list[int]] = {}
        for i, char in enumerate(text):
            at.setdefault(char, []).append(i)
        for name, place in sorted(names, key=lambda pair: -len(pair[0])):
            # Where some character stands in both at the same position.
            starts = {i - offset for offset, char in enumerate(name) for i in at.get(char, ())}
            for start in sorted(start for start in starts if 0 <= start <= len(text) - len(name)):
                if self._is_slip(text, start, name):
                    yield Span(start, start + len(name)), place

    def _is_slip(self, text: str, start: int, name: str) -> bool:
        """Whether the stretch at `start` is `name` with a slip, and nothing else."""
        end = start + len(name)
        stretch = text[start:end]
        if stretch == name or not _is_han(stretch) or self.stop_class(name) == "word":
            return False
        if self._word_at(text, start - 1) or self._word_at(text, end - 1) or self._hides_word(stretch):
            return False
        stem = name[:-1] if name[-1] in UNITS else name
        one_wrong = sum(a != b for a, b in zip(stretch, name, strict=True)) == 1
        if one_wrong and (len(stem) > 3 or (len(stem) == 3 and _bordered(text, start))):
            return True
        return _same_sound(stretch, name)

    def _hides_word(self, stretch: str) -> bool:
        return any(stretch[i : i + 2] in self._words for i in range(len(stretch) - 1))

    def _latin_slips(self, text: str, known: Iterable[Place]) -> Iterator[tuple[Span, Place]]:
        known = frozenset(known)
        keys = [
            (key, place)
            for key, places in self._latin.items()
            if len(key) >= MIN_SLIP_LETTERS - 1
            for place in places
            if place in known
        ]
        for word in LATIN_WORD.finditer(text):
            typed = _fold_latin(word.group())
            for key, place in keys:
                long_enough = max(len(typed), len(key)) >= MIN_SLIP_LETTERS
                if long_enough and typed not in self._latin and _one_edit_apart(typed, key):
                    yield Span(*word.span()), place
                    break


@lru_cache(maxsize=1)
def load() -> Gazetteer:
    """The gazetteer of the shipped data, built once."""
    rows = list(_read_rows("places.tsv"))
    names = {row[0]: row[1] for row in rows}
    entries = [
        _Entry(
            Place(code, name, _level(code), _ancestors(code, names)),
            tuple(spellings.split(",")) if spellings else (),
            tuple(pinyin.split()),
        )
        for code, name, spellings, pinyin in rows
    ]
    stops = {row[0]: row[1] for row in _read_rows("place_stops.tsv")}
    exonyms = {code: tuple(found.split("|")) for code, found in _read_rows("place_exonyms.tsv")}
    words = frozenset(word for row in _read_rows("common_words.txt") for word in row[0].split())
    return Gazetteer(entries, stops, exonyms, words)


def _read_rows(name: str) -> Iterator[list[str]]:
    """The tab-separated rows of a data file, comments left out."""
    text = resources.files("rag").joinpath("data", name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def _rank(place: Place) -> tuple[int, str]:
    """Higher levels first, then by code."""
    return LEVELS[place.level], place.code


def _level(code: str) -> Level:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def _ancestors(code: str, names: dict[str, str]) -> tuple[str, ...]:
    above = (code[:2] + "0000", code[:4] + "00")
    return tuple(names[other] for other in dict.fromkeys(above) if other != code and other in names)


def _grouped(pairs: Iterable[tuple[str, Place]]) -> dict[str, tuple[Place, ...]]:
    groups: dict[str, dict[Place, None]] = {}
    for key, place in pairs:
        groups.setdefault(key, {})[place] = None
    return {key: tuple(places) for key, places in groups.items()}


def _lengths(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For the first two characters of a spelling, the lengths it can have, longest first."""
    lengths: dict[str, set[int]] = {}
    for spelling in spellings:
        lengths.setdefault(spelling[:2], set()).add(len(spelling))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}


def _other_units(spelling: str, meaning: _Spelling) -> list[str]:
    """A short name with the unit it may have had before, or be thought to have: 长安县 for 长安区."""
    if meaning.stop == "word" or spelling[-1] in UNITS or meaning.places[0].level == "province":
        return []
    units = "市县区" if meaning.places[0].level == "county" else ("市", "地区", "州")
    return [spelling + unit for unit in units]


def _under(places: tuple[Place, ...], before: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple(place for place in places if any(descends(place, above) for above in before))


def _is_child(place: Place, before: tuple[Place, ...]) -> bool:
    return any(place.ancestors == (*above.ancestors, above.name) for above in before)


def _after_locative(text: str, start: int) -> bool:
    return start > 0 and text[start - 1] in LOCATIVES


def _bordered(text: str, start: int) -> bool:
    """Whether a name can begin at `start`: at the start, after no character of a word, or after 在, 去 ..."""
    return start == 0 or not text[start - 1].isalpha() or text[start - 1] in LOCATIVES


def _followed(text: str, end: int, *, strictly: bool = False) -> bool:
    """Whether a name can end at `end`; strictly: not where a common word could as well."""
    if end == len(text) or not text[end].isalpha():
        return not strictly
    if text[end] in "到至" and text[end + 1 : end + 2].isdigit():  # 成都到2020年
        return True
    return text[end] in FOLLOWERS and not (strictly and text[end] in WEAK_FOLLOWERS)


def _prefer(candidates: tuple[Place, ...], near: Sequence[Place]) -> tuple[Place, ...]:
    """Those candidates that are related to a place of `near`, or all where none is."""
    kept = tuple(place for place in candidates if any(related(place, other) for other in near))
    return kept or candidates


def _resolve_by_neighbours(mentions: list[Mention], text: str) -> list[Mention]:
    """Mentions side by side, each less the candidates that the other one rules out."""
    resolved = list(mentions)
    for index in range(len(resolved) - 1):
        left, right = resolved[index], resolved[index + 1]
        if text[left.span.end : right.span.start] not in NEXT_TO:
            continue
        both = ((a, b) for a in left.candidates for b in right.candidates)
        pairs = [(a, b) for a, b in both if descends(b, a) or descends(a, b)]
        if pairs:
            resolved[index] = replace(left, candidates=tuple(dict.fromkeys(a for a, _ in pairs)))
            resolved[index + 1] = replace(right, candidates=tuple(dict.fromkeys(b for _, b in pairs)))
    return resolved


def _resolve_by_context(mentions: list[Mention]) -> list[Mention]:
    """Mentions less the candidates that the certain places named elsewhere rule out (我在长春 ... 朝阳区)."""
    certain = tuple(dict.fromkeys(m.candidates[0] for m in mentions if len(m.candidates) == 1))
    return [
        replace(mention, candidates=_prefer(mention.candidates, certain))
        if len(mention.candidates) > 1
        else mention
        for mention in mentions
    ]


# -- Latin letters


def _fold_latin(word: str) -> str:
    """Lower case, no tone marks, no apostrophes; ü is v."""
    lowered = unicodedata.normalize("NFKD", word.lower()).replace("u\u0308", "v")
    return "".join(char for char in lowered if char.isascii() and char.isalpha())


def _romanisations(syllables: Sequence[str]) -> set[str]:
    joined = "".join(syllables)
    return {joined.replace("ü", written) for written in ("v", "u", "yu")}


def _pinyin_keys(entry: _Entry) -> set[str]:
    """The pinyin of the official name, and of those short names that open it."""
    shorts = [name for name in entry.spellings if entry.place.name.startswith(name)]
    lengths = {len(entry.place.name) - 1 if len(entry.place.name) == 2 else len(entry.place.name)}
    lengths |= {len(name) for name in shorts} | {len(entry.place.name)}
    lengths |= {len(entry.place.name) - 1} if entry.place.level == "county" and not shorts else set()
    return {key for length in lengths for key in _romanisations(entry.syllables[:length])}


def _has_apostrophe(word: re.Match[str]) -> bool:
    """Whether the syllables are parted, as in Xi'an: then the word is a whole name."""
    return "'" in word.group() or "’" in word.group()


def _adjoin(text: str, words: list[re.Match[str]]) -> bool:
    gaps = (text[a.end() : b.start()] for a, b in itertools.pairwise(words))
    return all(gap in LATIN_GAPS for gap in gaps)


def _unit_after(
    text: str, words: list[re.Match[str]], index: int, places: tuple[Place, ...]
) -> tuple[int, tuple[Place, ...]]:
    """How many words from `index` on are a unit ("County"), and the places that it leaves.

    A unit with an attribute counts whole: "Manchu Autonomous County", "New Area".
    """
    following = words[index - 1 : index + MAX_UNIT_WORDS]
    for count in range(1, len(following)):
        if not _adjoin(text, following[: count + 1]):
            break
        word = following[count].group().lower()
        plain = count == 1 or following[count - 1].group().lower() in UNIT_ATTRIBUTES
        if plain and word in UNIT_WORDS:
            kept = tuple(place for place in places if place.name.endswith(UNIT_WORDS[word]))
            return count, kept or places
    return 0, places


def _one_edit_apart(typed: str, name: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours swapped, turn one into the other."""
    if abs(len(typed) - len(name)) > 1 or typed == name:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, name, strict=False)) if a != b), None)
    start = min(len(typed), len(name)) if start is None else start
    rest, other = typed[start:], name[start:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped


# -- characters


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalpha()}


class _Converter:
    """OpenCC from traditional to simplified, built on first use."""

    def __init__(self) -> None:
        import opencc

        self._opencc = opencc.OpenCC("t2s")

    def convert(self, text: str) -> str:
        return str(self._opencc.convert(text))


@lru_cache(maxsize=1)
def _converter() -> _Converter:
    return _Converter()


@lru_cache(maxsize=8192)
def _convert_char(char: str) -> str:
    converted = _converter().convert(char)
    return converted if len(converted) == 1 else char


def _is_han(text: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in text)


def _same_sound(stretch: str, name: str) -> bool:
    return all(a == b or _readings(a) & _readings(b) for a, b in zip(stretch, name, strict=True))


@lru_cache(maxsize=4096)
def _readings(char: str) -> frozenset[str]:
    """The common toneless readings of a character."""
    from pypinyin import Style, pinyin

    # The commonest come first; the rare ones would make 和 sound like 越.
    return frozenset(pinyin(char, style=Style.NORMAL, heteronym=True)[0][:COMMON_READINGS])
