"""Fold: any spelling of a text -> the one form that is searched and compared.

NFKC makes full-width signs and digits half-width, OpenCC brings both scripts to simplified, invisible
characters go. A folded text has no offsets that may be cited.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

# Zero-width and direction marks, soft hyphen, variation selectors and Unicode tag characters.
INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)

# NFKC leaves these apart; a searcher types any of them.
PUNCTUATION = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "「": '"',
        "」": '"',
        "『": '"',
        "』": '"',
        "‘": "'",
        "’": "'",
        "—": "-",
        "–": "-",
        "―": "-",
        "〔": "(",
        "〕": ")",
        "【": "(",
        "】": ")",
        "[": "(",
        "]": ")",
        "。": ".",
        "、": ",",
        "﹒": ".",
        "·": ".",
    }
)

# Single characters that over-converted texts print and OpenCC's t2s leaves.
VARIANTS = str.maketrans({"谘": "咨", "釆": "采"})
# Characters whose simplified form hangs on the word: 著力 is 着力 but 著名 stays; 藉助 but 狼藉.
IN_WORDS = re.compile(r"著(?=[力眼手重实陆装])|(?<=[沿随向朝接])著|(?<=凭)藉|藉(?=[助由以])")
IN_WORDS_SIMPLIFIED = {"著": "着", "藉": "借"}


@lru_cache(maxsize=4)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def to_simplified(text: str) -> str:
    """`text` in simplified characters, words left as they are."""
    text = str(_converter("t2s").convert(text)).translate(VARIANTS)
    return IN_WORDS.sub(lambda match: IN_WORDS_SIMPLIFIED[match.group()], text)


def to_traditional(text: str) -> str:
    """`text` in the characters of Taiwan standard, words left as they are (OpenCC s2tw, never s2twp)."""
    return str(_converter("s2tw").convert(text))


def fold(text: str) -> str:
    """`text` as it is searched: NFKC, simplified, lower case, punctuation unified, invisibles removed."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return to_simplified(text).translate(PUNCTUATION).lower()
