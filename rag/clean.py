"""Clean: raw text -> clean simplified text, each character with its raw span, and the list of repairs.

The rules are data: each has a name, a pattern, what becomes of a match, how sure it is, and an example
in `EXAMPLES` that a test runs. Page furniture (boilerplate) is told by whole lines, so that no rule can
cut into a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rag.aligned import AlignedText, Edit
from rag.fold import INVISIBLE, to_simplified
from rag.types import Document, Repair, Script, Span

PINYIN = r"[A-Za-züÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]"
# All syllables that Mandarin has: a bracket holding anything else is a real parenthesis, 课程(MOOC).
SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|van|"
    r"iou|uei|uen|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v)|[mn]|ng|hng"
)
TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")


class Rule(NamedTuple):
    """Every match of `pattern` becomes `after(match)`, or stays where that is None."""

    name: str
    pattern: re.Pattern[str]
    after: Callable[[re.Match[str]], str | None]
    certainty: float


class Cleaned(NamedTuple):
    """A clean text, what was changed on the way, and the raw spans of what belongs to the page."""

    text: AlignedText
    repairs: tuple[Repair, ...]
    boilerplate: tuple[Span, ...]
    script: Script


def _ruby(match: re.Match[str]) -> str | None:
    """Nothing, if the bracket holds one syllable of pinyin; Latin capitals (MOOC) never are."""
    syllable = match["ruby"].translate(TONES)
    return "" if syllable.islower() and SYLLABLE.fullmatch(syllable) else None


RULES: tuple[Rule, ...] = (
    Rule("line_end", re.compile("\r\n?"), lambda match: "\n", 1.0),
    Rule("invisible", INVISIBLE, lambda match: "", 1.0),
    Rule("space", re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\v\f]"), lambda match: " ", 1.0),
    Rule("ruby", re.compile(rf"(?<=[\u3400-\u9fff)）])\s?[(（](?P<ruby>{PINYIN}{{1,7}})[)）]"), _ruby, 1.0),
    # The bracket is part of the match, so that its span takes in what is dropped behind it.
    Rule("stray_mark", re.compile(r"([)）])(?:[;；']+|\"+)(?=\s*(?:\n|$))"), lambda match: match[1], 0.95),
)

# rule -> (before, after); tests/test_clean.py runs each.
EXAMPLES: dict[str, tuple[str, str]] = {
    "line_end": ("第一条\r\n第二条", "第一条\n第二条"),
    "invisible": ("补\u200b贴", "补贴"),
    "space": ("\u3000\u3000各县", "  各县"),
    "ruby": ("創(chuàng)業(yè)課程(MOOC)", "创业课程(MOOC)"),
    "stray_mark": ("(市科技局);", "(市科技局)"),
}

# Lines that belong to the page and not to the document; each pattern must match the line's beginning.
FURNITURE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "posted",
        re.compile(
            r"(?:发布|更新|发文|成文)?(?:时间|日期)?\s*[:：]?\s*\d{4}-\d\d?-\d\d?[\s\d:：]*(?:来源|作者|浏览|点击|字号|$)"
        ),
    ),
    (
        "source",
        re.compile(
            r"(?:信息|文章)?(?:来源|发布机构|发布单位|作者|责任编辑|编辑|浏览次数|阅读次数|点击数?|访问量)\s*[:：]"
        ),
    ),
    (
        "tools",
        re.compile(
            r"[【\[]?\s*(?:打印|字[号体]|大\s*中\s*小(?!企业|微|学|型)|分享(?:到|至)|收藏|关闭(?:窗口|本页)|返回(?:顶部|首页|列表)|复制链接|扫一扫|下载)[^。；]{0,40}$"
        ),
    ),
    (
        "navigation",
        re.compile(
            r"(?:您?(?:当前|现在|所在)(?:的)?位置|首页\s*[>＞»›/|·-]|网站首页|上一[篇条页]|下一[篇条页]|相关(?:链接|阅读|文档|文章|新闻|信息|附件下载)|热门(?:词条|推荐|标签|搜索)|友情链接|猜你喜欢|推荐阅读|联[络系]我们|网站(?:地图|声明|支持|标识码)|无障碍|关于我们|隐私(?:政策|声明))[^。；]{0,120}$"
        ),
    ),
    (
        "footer",
        re.compile(
            r"(?:(?:主办|承办)(?:单位)?\s*[:：]|技术支持\s*[:：]|版权所有|备案序?号|ICP\s*备|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP|[^。；]{0,4}公网?安备|政府网站(?:标识码|找错)|Copyright|©)"
        ),
    ),
    (
        "contact",
        re.compile(r"(?:联系|咨询|服务|监督|传真)?(?:电话|热线|传真|邮箱|邮编|地址)\s*[:：][^。；]{0,40}$"),
    ),
    (
        "page_number",
        re.compile(r"[-—－─]\s*\d{1,3}\s*[-—－─]$|第\s*\d{1,3}\s*页(?:\s*[共/]\s*\d{1,3}\s*页)?$|\d{1,4}$"),
    ),
    ("empty_annex", re.compile(r"附件\s*[:：]?$")),
)
# These mark furniture only beside other furniture or at the very end: in a body they may be content.
DEPENDENT = frozenset({"contact", "empty_annex"})


def clean(document: Document) -> Cleaned:
    """The clean text of `document`, without page furniture, in simplified characters."""
    text = AlignedText.of(document.raw)
    repairs: list[Repair] = []
    for rule in RULES:
        edits = list(_edits(rule, text.text))
        repairs += [
            Repair(
                _raw_span(text, edit), text.text[edit.start : edit.end], edit.after, rule.name, rule.certainty
            )
            for edit in edits
        ]
        text = text.edit(edits) if edits else text
    simplified = to_simplified(text.text)
    script: Script = "traditional" if _share_changed(text.text, simplified) > 0.05 else "simplified"
    text = _with_text(text, simplified)
    text, boilerplate = _without_furniture(text)
    return Cleaned(text, tuple(sorted(repairs, key=lambda repair: repair.span)), boilerplate, script)


def _edits(rule: Rule, text: str) -> Iterator[Edit]:
    for match in rule.pattern.finditer(text):
        after = rule.after(match)
        if after is not None:
            yield Edit(match.start(), match.end(), after)


def _raw_span(text: AlignedText, edit: Edit) -> Span:
    return text.raw_span(edit.start, edit.end)


def _share_changed(before: str, after: str) -> float:
    """The share of Chinese characters that conversion changed; 0 to 1."""
    pairs = [(x, y) for x, y in zip(before, after, strict=False) if "\u3400" <= x <= "\u9fff"]
    return sum(x != y for x, y in pairs) / len(pairs) if pairs else 0.0


def _with_text(text: AlignedText, converted: str) -> AlignedText:
    """`text` with its characters converted; line by line where a line's length changed."""
    if len(converted) == len(text):
        return AlignedText(converted, text.starts, text.ends)
    edits, start = [], 0
    for line in text.text.splitlines(keepends=True):
        edits.append(Edit(start, start + len(line), to_simplified(line)))
        start += len(line)
    return text.edit(edits)


def _without_furniture(text: AlignedText) -> tuple[AlignedText, tuple[Span, ...]]:
    """`text` with the furniture lines emptied, and the raw spans of their runs."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text.text) if match.group().strip()]
    kinds = [_furniture_kind(text.text[start:end].strip()) for start, end in lines]
    last_content = max((i for i, kind in enumerate(kinds) if kind is None), default=-1)
    first_content = next((i for i, kind in enumerate(kinds) if kind is None), len(kinds))
    edits: list[Edit] = []
    runs: list[Span] = []
    for i, kind in enumerate(kinds):
        at_edge = i > last_content or i < first_content
        beside = any(0 <= j < len(kinds) and kinds[j] not in DEPENDENT | {None} for j in (i - 1, i + 1))
        if kind is None or (kind in DEPENDENT and not (at_edge or beside)):
            continue
        start, end = _stripped(text.text, *lines[i])
        edits.append(Edit(start, end, ""))
        span = text.raw_span(start, end)
        adjoins = (
            runs
            and i
            and kinds[i - 1] is not None
            and edits[-2].start == _stripped(text.text, *lines[i - 1])[0]
        )
        runs[-1:] = [Span(runs[-1].start, span.end)] if adjoins else [*runs[-1:], span]
    return text.edit(edits), tuple(runs)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _furniture_kind(line: str) -> str | None:
    return next((kind for kind, pattern in FURNITURE if pattern.match(line)), None)
