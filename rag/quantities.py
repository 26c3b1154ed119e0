"""Quantities in a text, by value: 三万元 = 3万元 = 30,000元 = RMB 30,000; 百分之五十 = 50% = 五成 = 一半; 七成五 = 75%; 半年 = 6个月.

What a claim says in numbers has to stand in the clause it cites, whatever the spelling. A quantity is a
value with a kind; the kinds are few, since 30万元 and 30万 are often the same thing said twice.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

from rag.numerals import DIGITS, MAX_CHARS, UNITS, parse_numeral


class Quantity(NamedTuple):
    """A value and what it counts: "%", "month", "day", "hour", "year" (a calendar year) or "" for the rest."""

    value: Fraction
    kind: str


class Located(NamedTuple):
    """A quantity at characters [start, end) of a text, found by the pattern `name` of `PATTERNS`."""

    quantity: Quantity
    name: str
    start: int
    end: int


BIG = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "百": 100, "十": 10}
ENGLISH_BIG = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "k": 1_000}
_ENGLISH_WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
ENGLISH_SMALL = {word: Fraction(value) for value, word in enumerate(_ENGLISH_WORDS)} | {
    "half": Fraction(1, 2),
    "thirty": Fraction(30),
    "forty": Fraction(40),
    "fifty": Fraction(50),
    "sixty": Fraction(60),
}

ENGLISH_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}

# Bounded, so that a long run of digits is not read to its end from each of them.
ARABIC = r"\d{1,3}(?:,\d{3}){1,8}(?:\.\d{1,9})?|\d{1,18}(?:\.\d{1,9})?"
CHINESE = r"[〇○零一二三四五六七八九十百千两]{1,18}"
# name -> pattern; tried in this order at each place of the text.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("percent", re.compile(rf"百分之(?P<n>{ARABIC}|{CHINESE}(?:点{CHINESE})?)")),
    (
        "percent",
        re.compile(rf"(?P<n>{ARABIC})\s*(?:%|个百分点|percent\b|per cent\b)|\b(?P<w>[a-z]+)\s+per ?cent\b"),
    ),
    ("half_share", re.compile(r"一半|半数|\b(?:one |a )?half (?=of\b|the\b)|\bone[ -]half\b")),
    (
        "fraction",
        re.compile(
            r"\b(?P<w>one|a|two|three|four|five|six|seven|eight|nine)[ -](?P<parts>third|quarter|fifth|tenth)(?:s\b|(?= of\b))"
        ),
    ),
    (
        "tenths",  # 七成, 七成五
        re.compile(
            r"(?P<n>[一二三四五六七八九])成(?:(?P<tail>[一二三四五六七八九])(?=$|[以左的多,.;:、，。；：!?！？)）\s])|(?![立为本果功长效员交就套都]))"
        ),
    ),
    (
        "year",
        re.compile(
            r"(?P<n>(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九]{3})\s*年(?!度?以)|\b(?P<m>(?:19|20)\d{2})\b(?!\s*[万亿元家个人%]|,\d)"
        ),
    ),
    ("half_year", re.compile(r"半年|half a year|six months")),
    ("half_day", re.compile(r"半[天日](?!制)|half a day")),
    (
        "years",
        re.compile(
            rf"(?<![同这那某当])(?P<n>{ARABIC}|{CHINESE})(?:\s|-(?=[a-z]))*(?:周年|年(?!代|级|度|月)|years?\b)|\b(?P<w>[a-z]+)[ -]years?\b"
        ),
    ),
    (
        "months",
        re.compile(
            rf"(?P<n>{ARABIC}|{CHINESE})(?:\s|-(?=[a-z]))*(?:个月|months?\b)|\b(?P<w>[a-z]+)[ -]months?\b"
        ),
    ),
    ("hours", re.compile(rf"(?P<n>{ARABIC}|{CHINESE})\s*(?:个?小时|hours?\b)")),
    (
        "days",
        re.compile(
            rf"(?P<n>{ARABIC}|{CHINESE})(?:\s|-(?=[a-z]))*(?:个?(?:工作)?[日天](?!常)|(?:working |business )?days?\b)|\b(?P<w>[a-z]+)[ -](?:working |business )?days?\b"
        ),
    ),
    (
        "number",
        re.compile(
            rf"(?P<n>{ARABIC})\s*(?P<big>[万亿千百]{{1,3}})?(?P<english>\s*(?:hundred|thousand|million|billion|k)\b)?"
        ),
    ),
    (
        "chinese",
        re.compile(
            r"(?P<n>[〇○零一二三四五六七八九两十百千万亿]{0,18}[十百千万亿][〇○零一二三四五六七八九两十百千万亿]{0,18})(?=元|人|家|个|户|次|项|名|以|块|吨|亩|平|万|亿|[,.;，。；\s「」『』《》（）()！!？?]|$)"
        ),
    ),
    ("count", re.compile(r"(?P<n>[一二三四五六七八九两])(?=个|家|人|次|项|名|户|批|类|种|所|支|件|倍|折)")),
    (
        "english",
        re.compile(
            r"\b(?P<w>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty)\b(?P<english>\s*(?:hundred|thousand|million|billion)\b)?"
        ),
    ),
)


# What any quantity begins with; all else is passed over.
START = re.compile(r"[\da-z〇○零一二三四五六七八九十百千两万亿半]")


def quantities(text: str) -> frozenset[Quantity]:
    """All quantities of a text, by value.

    >>> quantities("三万元") == quantities("3万元") == quantities("30,000元") == quantities("RMB 30 thousand")
    True
    >>> quantities("百分之五十") == quantities("50%") == quantities("五成") == quantities("一半")
    True
    """
    return frozenset(found.quantity for found in located(unicodedata.normalize("NFKC", text).lower()))


def located(text: str) -> list[Located]:
    """The quantities of a text in lower case and NFKC, each with where it stands, in order."""
    found: list[Located] = []
    position = 0
    while start := START.search(text, position):
        position = start.start()
        for kind, pattern in PATTERNS:
            match = pattern.match(text, position)
            quantity = _quantity(kind, match) if match and match.end() > position else None
            if match and quantity:
                found.append(Located(quantity, kind, position, match.end()))
                position = match.end()
                break
        else:
            position += 1
    return found


def _quantity(kind: str, match: re.Match[str]) -> Quantity | None:
    groups = match.groupdict()
    if kind == "half_year":
        return Quantity(Fraction(6), "month")
    if kind == "half_share":
        return Quantity(Fraction(50), "%")
    if kind == "half_day":
        return Quantity(Fraction(1, 2), "day")
    word = groups.get("w")
    if kind == "fraction":
        return Quantity(
            ENGLISH_SMALL.get(word or "", Fraction(1)) * 100 / ENGLISH_PARTS[groups["parts"]], "%"
        )
    value = ENGLISH_SMALL.get(word or "")
    if value is None:
        if word:
            return None
        value = number_value(groups.get("n") or groups.get("m") or "")
    if value is None:
        return None
    for char in groups.get("big") or "":
        value *= BIG[char]
    value *= ENGLISH_BIG.get((groups.get("english") or "").strip(), 1)
    value += Fraction(DIGITS.get(groups.get("tail") or "", 0), 10)
    return {
        "percent": Quantity(value, "%"),
        "tenths": Quantity(value * 10, "%"),
        "year": Quantity(value, "year"),
        "years": Quantity(value * 12, "month"),
        "months": Quantity(value, "month"),
        "hours": Quantity(value, "hour"),
        "days": Quantity(value, "day"),
    }.get(kind, Quantity(value, ""))


def number_value(text: str) -> Fraction | None:
    """The value of an Arabic or Chinese number, decimals and 万 and 亿 included; None if it is none."""
    text = text.replace(",", "").replace("○", "〇")
    if len(text) > MAX_CHARS:
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Fraction(text)
    if "点" in text:
        whole, decimals = text.split("点", 1)
        value = number_value(whole)
        digits = "".join(str(DIGITS.get(char, "")) for char in decimals)
        return value + Fraction(int(digits or 0), 10 ** len(digits)) if value is not None else None
    for unit in ("亿", "万"):
        if unit in text:
            high, low = text.split(unit, 1)
            left, right = number_value(high or "一"), number_value(low or "〇")
            return left * BIG[unit] + right if left is not None and right is not None else None
    if not text or any(char not in DIGITS and char not in UNITS for char in text):
        return None
    if not any(char in UNITS for char in text):
        return Fraction(int("".join(str(DIGITS[char]) for char in text)))
    total = digit = 0
    for char in text:
        if char in UNITS:
            total, digit = total + (digit or 1) * UNITS[char], 0
        else:
            digit = DIGITS[char]
    return Fraction(total + digit)


# -- ages -----------------------------------------------------------------------------------------

_AGE = r"(?P<{name}>\d{{1,3}}|[一二三四五六七八九十百]{{1,4}})"
# How old somebody says to be: 17岁, 92了, 满80, aged 46, 46 years old.
AGE_SAID = re.compile(
    rf"(?:{_AGE.format(name='a')})\s*(?:多|几)?(?:周岁|岁|歲|了(?=[,，。.!！?？]|$))|(?:妈|爸|爷|奶|外公|外婆|婆婆|公公|岳父|岳母|父亲|母亲|老人|老伴)(?:今年|都|已经|快|刚|满|过)?(?P<d>\d{{2,3}})(?=[,，。.!！?？;；\s]|$)|\b(?P<b>\d{{2,3}})[- ]years?[- ]old|\baged (?P<c>\d{{2,3}})\b"
)
# Whom a clause takes in by age: 90至99周岁; 十六周岁以上不满十八周岁; 80周岁以上; 不满16周岁.
AGE_RANGE = re.compile(
    rf"{_AGE.format(name='low')}\s*(?:周岁|岁)?\s*(?:至|到|-|—|~|以上[,，]?(?:不满|未满|至)?|[,，]?不满)\s*{_AGE.format(name='high')}\s*(?:周岁|岁)(?P<under>(?:以下)?)"
)
AGE_BOUND = re.compile(
    rf"(?P<below>不满|未满|不足|低于)?\s*{_AGE.format(name='age')}\s*(?:周岁|岁)(?:[（(]含[^）)]*[)）])?(?P<above>及?以上)?"
)


def ages_in(text: str) -> frozenset[int]:
    """The ages in years that a question tells of people.

    >>> sorted(ages_in("我奶奶92了，孙子17岁"))
    [17, 92]
    """
    found = (parse_numeral(next(filter(None, match.groups()))) for match in AGE_SAID.finditer(text))
    return frozenset(age for age in found if age and age < 120)


def takes_in(text: str, age: int) -> bool:
    """Whether a clause names a range of ages, or a bound, with `age` inside.

    >>> takes_in("90至99周岁，每人每月240元", 92), takes_in("十六周岁以上不满十八周岁的，不得载人", 17), takes_in("不满16周岁", 17)
    (True, True, False)
    """
    for match in AGE_RANGE.finditer(text):
        low, high = parse_numeral(match["low"]), parse_numeral(match["high"])
        if low is not None and high is not None and low < high:
            if low <= age <= high:
                return True
            text = text.replace(match.group(), " ")
    for match in AGE_BOUND.finditer(text):
        bound = parse_numeral(match["age"])
        if bound and ((match["below"] and age < bound) or (match["above"] and age >= bound)):
            return True
    return False


# -- counts and bounds ------------------------------------------------------------------------------

# Units of which people tell what they have and clauses ask for so many; amounts and times are told too loosely.
_COUNT = r"(?P<n>\d{1,6}(?:\.\d{1,2})?|[一二两三四五六七八九十百]{1,4})\s*(?P<unit>间|户|亩|平方米|台|辆|张|头|周岁|岁)"
TOLD = re.compile(rf"(?<![\d.第]){_COUNT}(?!以上|以下|以内|及|多|左右)")
LEAST = re.compile(
    rf"(?:不少于|不低于|不得少于|不得低于|至少|达到|年满|满)\s*{_COUNT}|{_COUNT.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}(?:及)?以上"
)
MOST = re.compile(
    rf"(?:不超过|不高于|不得超过|不多于|不满|未满)\s*{_COUNT}|{_COUNT.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}(?:及)?(?:以下|以内)"
)


class Count(NamedTuple):
    """So many of a unit, as a text says it."""

    value: Fraction
    unit: str
    text: str


class Bound(NamedTuple):
    """A bound on a count; `least` tells a lower one from an upper."""

    value: Fraction
    unit: str
    text: str
    least: bool

    def takes(self, value: Fraction) -> bool:
        """Whether a count keeps the bound."""
        return value >= self.value if self.least else value <= self.value


# A day on which something happened, and the words of people and of clauses for what; 2018年8月31日（含当日）以前出生.
_DAY = r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"
HAPPENED = {
    "出生": "生",
    "毕业": "毕业",
    "注册": "注册|开的",
    "登记": "登记",
    "签订": "签",
    "购买": "买",
    "取得": "取得|拿到",
}
DAY_TOLD = re.compile(_DAY)
DAY_BOUND = re.compile(
    rf"{_DAY}(?P<with>[（(]含[^）)]*[)）])?(?P<way>及?以前|之前|前|及?以后|之后|后|起)(?P<what>{'|'.join(HAPPENED)})"
)
MOST_BETWEEN = 8
"""Characters between a day that is told and what happened on it."""


def counts_in(text: str) -> list[Count]:
    """What a question tells in counts: 4间房, 60亩; a day by its ordinal, what happened on it for its unit."""
    found = ((number_value(m["n"]), m) for m in TOLD.finditer(text))
    counts = [Count(value, _plain_unit(m["unit"]), m[0]) for value, m in found if value is not None]
    for match in DAY_TOLD.finditer(text):
        around = text[max(0, match.start() - MOST_BETWEEN) : match.end() + MOST_BETWEEN]
        day = _ordinal(match)
        happened = [what for what, words in HAPPENED.items() if re.search(words, around)]
        counts += [Count(day, what, match[0]) for what in happened if day is not None]
    return counts


def _ordinal(match: re.Match[str]) -> Fraction | None:
    """The day that a match names as a number; None for no day of the calendar."""
    try:
        return Fraction(datetime.date(int(match["y"]), int(match["m"]), int(match["d"])).toordinal())
    except ValueError:
        return None


def bounds_in(text: str) -> list[Bound]:
    """The bounds on counts that a clause prints.

    >>> [(int(b.value), b.unit, b.least) for b in bounds_in("客房不少于5间，100平方米以下")]
    [(5, '间', True), (100, '平方米', False)]
    >>> [bound.takes(day.value) for bound in bounds_in("2018年8月31日前出生") for day in counts_in("2018年8月31日生的")]
    [False]
    """
    bounds = []
    for pattern, least in ((LEAST, True), (MOST, False)):
        for match in pattern.finditer(text):
            value = number_value(match["n"] or match["n2"])
            if value is not None:
                bounds.append(Bound(value, _plain_unit(match["unit"] or match["unit2"]), match[0], least))
    for match in DAY_BOUND.finditer(text):
        day = _ordinal(match)
        least = match["way"][-1] in "后起"
        apart = (
            match["way"] in ("之前", "前", "之后", "后") and not match["with"]
        )  # the day itself is none of them
        if day is not None:
            bounds.append(Bound(day + apart * (1 if least else -1), match["what"], match[0], least))
    return bounds


def _plain_unit(unit: str) -> str:
    return "岁" if unit == "周岁" else unit


# A sum that is a condition, 营业收入500万元以上的, by what it is a sum of; one that is given (最高30万元) is none.
SUM_BOUND = re.compile(
    r"(?P<of>[一-鿿]{2,8}?)(?P<n>\d{1,6}(?:\.\d{1,2})?)\s*(?P<scale>万|亿)?元(?:[（(]含[^）)]*[)）])?(?:及)?(?P<way>以上|以下|以内)"
)
SUM_TOLD = re.compile(
    r"(?<![\d.])(?P<n>\d{1,6}(?:\.\d{1,2})?)\s*(?P<scale>万|亿)(?!元?(?:以上|以下|以内|多))元?"
)
SCALES = {"万": 10_000, "亿": 100_000_000, None: 1}


def sum_out_of_bounds(question: str, clause: str) -> tuple[str, str] | None:
    """The one sum that a question tells of itself and the bound of a clause, on a sum of the same, that it does not keep.

    >>> sum_out_of_bounds("注册资本有800万，能算吗", "注册资本500万元以下的，给予补贴")
    ('800万', '注册资本500万元以下')
    """
    told = list(SUM_TOLD.finditer(question))
    if len(told) != 1:
        return None
    value = Fraction(told[0]["n"]) * SCALES[told[0]["scale"]]
    for match in SUM_BOUND.finditer(clause):
        if not {match["of"][-2:], match["of"][-4:-2]} & {question[i : i + 2] for i in range(len(question))}:
            continue
        bound = Bound(Fraction(match["n"]) * SCALES[match["scale"]], "元", match[0], match["way"] == "以上")
        return None if bound.takes(value) else (told[0][0], match["of"][-4:] + match[0][len(match["of"]) :])
    return None
