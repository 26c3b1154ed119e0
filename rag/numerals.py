"""Chinese and Arabic numerals -> integers, and back."""

from __future__ import annotations

import re
import unicodedata

DIGITS = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
MAX_CHARS = 30  # a longer run of digits is noise, and Python refuses to read one of 4,300


def parse_numeral(text: str) -> int | None:
    """The value of 十二, 一百零三, 二〇, 12, １２, ⑫ or XII; None for anything else.

    >>> parse_numeral("二十六"), parse_numeral("一百零三"), parse_numeral("二〇"), parse_numeral("１２"), parse_numeral("IX")
    (26, 103, 20, 12, 9)
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > MAX_CHARS:
        return None
    if ROMAN.fullmatch(text):
        values = [ROMAN_DIGITS[char] for char in text]
        return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(char not in DIGITS and char not in UNITS for char in text):
        return None
    if not any(char in UNITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in UNITS:
            total += (digit or 1) * UNITS[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


def chinese_numeral(value: int) -> str:
    """`value` as official texts number their units, from 1 to 9,999; in digits outside.

    >>> chinese_numeral(10), chinese_numeral(26), chinese_numeral(103)
    ('十', '二十六', '一百零三')
    """
    if not 0 < value < 10_000:
        return str(value)
    text, zero = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += "零" * (zero and bool(text)) + "零一二三四五六七八九"[digit] + sign
        zero = not digit
    return text[1:] if text.startswith("一十") else text
