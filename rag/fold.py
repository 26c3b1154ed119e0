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

# Variant characters that OpenCC's t2s leaves; none of them is in a word of simplified text.
VARIANTS = str.maketrans(
    "谘釆菓甦牠揹鎗觔荳隄燄籐瑯暱伕耡",
    "咨采果苏它背枪斤豆堤焰藤琅昵夫锄",
)
# Traditional characters with two simplified forms, of which t2s takes the rarer: 帳戶 is 账户 but 帳篷 帐篷.
BEFORE_T2S: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![蚊營营軍军中毡氈帷幔羅罗紗纱篷升])帳(?!篷|幕|子|幔|房|下|頂|顶|前)"), "账"),
    (re.compile(r"(?<=[業业據据應应給给物值鎖锁鐵铁項项條条全])鍊|鍊(?=[接條条式主長长])"), "链"),
    (re.compile(r"(?<=主)乾(?=道)"), "干"),
    (re.compile(r"徵(?=[調调](?!式))"), "征"),
)
# Characters whose simplified form hangs on the word: 著力 is 着力 but 著名 stays; 藉助 but 狼藉; 恢覆 but 覆盖.
IN_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"著(?=[力眼手重实陆装想急落色迷凉床火])|"
            r"(?<=[沿随向朝接带伴围绕意味跟怀抱持靠冒顶守看听说想有指活顺存留当趁冲乘凭照踏试走笑站坐拿背穿住])"
            r"著(?![作名称述者录书有])"
        ),
        "着",
    ),
    (re.compile(r"(?<![慰狼枕蕴酝藉])藉(?![藉田没槁])"), "借"),
    (
        re.compile(
            r"(?<=[恢康报收光往修批答回反重函])覆(?![盖没灭])|"
            r"覆(?=[杂习合兴工产制查核审议垦员诊活式赛试测检评位学信印原苏旧古发])"
        ),
        "复",
    ),
    (re.compile(r"祇(?=[有要能是会需限可在应得准见好])|(?<=[不船])祇"), "只"),
    (re.compile(r"瞭(?![望哨])"), "了"),
    (re.compile(r"彷(?![徨徉])"), "仿"),
    (re.compile(r"(?<=[工家用器农])俱(?!乐|全|备|在|到|下|有)|俱(?=体)"), "具"),
    (re.compile(r"(?<=[对现印迹抽])像|像(?=[征牙棋])"), "象"),
)

LONGEST_KEPT = 1000


@lru_cache(maxsize=4)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def to_simplified(text: str) -> str:
    """`text` in simplified characters, words left as they are; also text that a converter got wrong (麵向, 係統)."""
    for pattern, simplified in BEFORE_T2S:
        text = pattern.sub(simplified, text)
    text = str(_converter("t2s").convert(text)).translate(VARIANTS)
    for pattern, simplified in IN_WORDS:
        text = pattern.sub(simplified, text)
    return text


def to_traditional(text: str) -> str:
    """`text` in the characters of Taiwan standard, words left as they are (OpenCC s2tw, never s2twp)."""
    return str(_converter("s2tw").convert(text))


def fold(text: str) -> str:
    """`text` as it is searched: NFKC, simplified, lower case, punctuation unified, invisibles removed.

    What is no longer than a paragraph is kept: the same sentences are met at every question.
    """
    return _kept(text) if len(text) <= LONGEST_KEPT else _folded(text)


def _folded(text: str) -> str:
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return to_simplified(text).translate(PUNCTUATION).lower()


_kept = lru_cache(maxsize=8192)(_folded)
