"""Clean: raw text -> clean simplified text, each character with its raw span, and the list of repairs.

The rules are data: each has a name, a pattern, what becomes of a match, how sure it is, and an example
in `EXAMPLES` that a test runs. Page furniture (boilerplate) is told by whole lines, so that no rule can
cut into a sentence.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rag.aligned import AlignedText, Edit
from rag.fold import INVISIBLE, to_simplified
from rag.mojibake import mojibake_repairs
from rag.ocr import ocr_slips
from rag.types import Document, Repair, Script, Span
from rag.vocabulary import mainland_words

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
    printed: str
    """`text` before its characters were simplified, position by position."""
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
    # Tabs stay: they part the cells of a table.
    Rule("space", re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\v\f]"), lambda match: " ", 1.0),
    Rule("markdown_bold", re.compile(r"\*\* ?([^*\n]{1,80}?) ?\*\*"), lambda match: match[1], 0.95),
    Rule(
        "table_ruler",
        re.compile(r"(?m)^[ |:-]{3,}$"),
        lambda match: "" if "|" in match[0] and "--" in match[0] else None,
        1.0,
    ),
    Rule(
        "letter_spacing",
        re.compile(r"(?m)^ *(?:[一-鿿《》“”] {1,3}){3,}[一-鿿《》“”] *$"),
        lambda match: match[0].replace(" ", ""),
        0.95,
    ),
    Rule("html_comment", re.compile(r"<!--.{0,200}?-->"), lambda match: "", 1.0),
    Rule("ruby", re.compile(rf"(?<=[\u3400-\u9fff)）])\s?[(（](?P<ruby>{PINYIN}{{1,7}})[)）]"), _ruby, 1.0),
    # The bracket is part of the match, so that its span takes in what is dropped behind it.
    # A page's number that was read into a sentence: 符合条件- 3 -的人员, or 2、的人员 behind a broken line.
    Rule(
        "page_marker",
        re.compile(
            r"(?<=[一-鿿，、；]) *[-—－─] ?\d{1,3} ?[-—－─] *(?=[一-鿿，、；。])|"
            r"(?<=[一-鿿，、])[ \n]*(?<!\d)\d{1,3}[、.．] *(?=[的了])"
        ),
        lambda match: "",
        0.9,
    ),
    Rule(
        "doubled_punctuation",
        re.compile(r"([，。、；：])(?: ?\1)+|([,;])\2+"),
        lambda match: match[1] or match[2],
        0.95,
    ),
    Rule("stray_mark", re.compile(r"([)）])(?:[;；']+|\"+)(?=\s*(?:\n|$))"), lambda match: match[1], 0.95),
)

# rule -> (before, after); tests/test_clean.py runs each.
EXAMPLES: dict[str, tuple[str, str]] = {
    "line_end": ("第一条\r\n第二条", "第一条\n第二条"),
    "invisible": ("补\u200b贴", "补贴"),
    "space": ("\u3000\u3000各县", "  各县"),
    "ruby": ("創(chuàng)業(yè)課程(MOOC)", "创业课程(MOOC)"),
    "html_comment": ("<!-- L:1 -->黄浦区", "黄浦区"),
    "markdown_bold": ("须为 **高级工** 的", "须为 高级工 的"),
    "table_ruler": ("|类别|金额|\n|:---|---:|\n|A|1|", "|类别|金额|\n\n|A|1|"),
    "page_marker": ("符合条件- 3 -的人员", "符合条件的人员"),
    "doubled_punctuation": ("免费培训。。每年一次，，自愿参加。", "免费培训。每年一次，自愿参加。"),
    "letter_spacing": ("实 施 方 案", "实施方案"),
    "stray_mark": ("(市科技局);", "(市科技局)"),
}

DATABASE_FIELDS = "字号|文号|发文字号|发布部门|发文机关|发布机关|制定机关|发布日期|公布日期|颁布日期|印发日期|实施日期|施行日期|失效日期|时效性|效力级别|效力等级|法规类别|法规标题|标题|分类|主题分类|批准部门|批准日期|失效依据|修改依据|全文"
LINE_FIELDS = "标题|索引号|文号|发文字号|发布单位|发布机关|发布机构|发文机关|成文日期|发布日期|印发日期|来源"
# Lines that belong to the page and not to the document; each pattern must match the line's beginning.
FURNITURE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "posted",
        re.compile(
            r"(?:发布|更新|发文|成文)?(?:时间|日期)?\s*[:：]?\s*\d{4}-\d\d?-\d\d?[\s\d:：]*(?:(?:文章|信息)?来源|作者|浏览|点击|字[号体]|$)"
        ),
    ),
    (
        "source",
        re.compile(
            r"(?:信息|文章)?(?:来源|发布机构|发布单位|作者|责任编辑|编辑|浏览次数|阅读次数|点击数?|访问量)\s*[:：]"
        ),
    ),
    # A bar of nothing but a page's tools: 分享 微信 微博 纠错 打印 [大][中][小].
    (
        "tools",
        re.compile(
            r"(?:[\[【(（]?\s*(?:我要)?(?:分享|微信|微博|[Qq]{2}空间|朋友圈|纠错|打印(?:本页)?|收藏|关闭|下载|朗读|语音播报|字[号体]|大|中|小|[Aa][-+]?)\s*[\]】)）:：]?[\s|/·]*){2,}$"
        ),
    ),
    (
        "tools",
        re.compile(
            r"[【\[]?\s*(?:打印|字[号体]|大\s*中\s*小(?!企业|微|学|型)|分享(?:到|至|\s*[:：])|收藏|关闭(?:窗口|本页)|返回(?:顶部|首页|列表)|复制链接|扫一扫|下载)[^。；]{0,40}$"
        ),
    ),
    (
        "navigation",
        re.compile(
            r"(?:您?(?:当前|现在|目前)?(?:的|所在)*位置\s*[:：]|您?(?:当前|现在|所在)(?:的)?位置|首页\s*[>＞»›/|·-]|网站首页|上一[篇条页]|下一[篇条页]|(?:政策)?解读链接|相关(?:解读|链接|阅读|文档|文章|新闻|信息|附件下载)|热门(?:词条|推荐|标签|搜索)|友情链接|猜你喜欢|推荐阅读|联[络系]我们|网站(?:地图|声明|支持|标识码)|无障碍|关于我们|隐私(?:政策|声明))[^。；]{0,120}$"
        ),
    ),
    (
        "footer",
        re.compile(
            r"(?:(?:主办|承办)(?:单位)?\s*[:：]|技术支持\s*[:：]|版权所有|备案序?号|ICP\s*备|[^。；]{0,40}[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP|[^。；]{0,40}公网?安备|政府网站(?:标识码|找错)|Copyright|©)"
        ),
    ),
    (
        "contact",
        re.compile(r"(?:联系|咨询|服务|监督|传真)?(?:电话|热线|传真|邮箱|邮编|地址)\s*[:：][^。；]{0,40}$"),
    ),
    # 【图解】【打印本页】【关闭窗口】: nothing but links, each in its brackets.
    (
        "links",
        re.compile(
            r"(?=.*(?:打印|关闭|图解|解读|视频|分享|首页|返回|下载|收藏|检索|查询|投诉|专区|互动))(?:[【\[][^】\]\n。；]{2,8}[】\]][\s|/·]*){3,}$"
        ),
    ),
    # The site's own name, over everything that the page states.
    (
        "site",
        re.compile(
            r"(?!.*(?:登录|登陆|申报|申请|公布|公示|详见|通过|网址|网站为|渠道|查询|[在为请到]))[一-鿿]{2,20}(?:官网|官方网站|门户网站|政务网|政府网)$"
        ),
    ),
    (
        "visits",
        re.compile(r"您?是?(?:本站|本页)?第\s*[\d,]+\s*(?:位|个)(?:访客|访问者|来访者|浏览者)[。！!]?$"),
    ),
    # 文号：… 发布单位：… 发布日期：… in one line.
    (
        "metadata",
        re.compile(
            rf"(?:{LINE_FIELDS})\s*[:：][^。；]{{1,40}}?[\s　|]+(?:{LINE_FIELDS})\s*[:：][^。；]{{0,60}}$"
        ),
    ),
    (
        "page_number",
        re.compile(r"[-—－─]\s*\d{1,3}\s*[-—－─]$|第\s*\d{1,3}\s*页(?:\s*[共/]\s*\d{1,3}\s*页)?$|\d{1,4}$"),
    ),
    (
        "metadata",
        re.compile(
            r"(?:索引号|主题分类|体裁分类|主题词|阅读量|浏览量|成文日期|发布日期|生效日期|发布机构|有效性|文件编号|统一编号|文件状态|公开方式|公开范围|信息名称|"
            r"原文(?:链接|地址|网址)|网址|检索时间|检索关键词|抓取时间|采集时间)\s*[:：]"
        ),
    ),
    (
        "menu",
        re.compile(
            r"(?=[^。；]{0,80}(?:无障碍|内容纠错|网站纠错|使用帮助|意见反馈|长者模式|长者助手|智能问答|网站首页|登录|注册|繁体|手机版))[^。；|]{1,20}(?:\s*\|\s*[^。；|]{1,20}){2,}$"
        ),
    ),
    (
        "spam",
        re.compile(
            r"(?=.*(?:加\s*[VvＶ]|微信号?|QQ|[Vv][Xx])\s*[:：]?\s*[A-Za-z0-9]{5,}).*(?:★|下款|征信|包过|代办|代开|发票|贷款|点击|赚|额度).*$"
        ),
    ),
    # 【发布部门】甲市人民政府, •【字号】: the header fields of a legal database, and its notes.
    (
        "database",
        re.compile(rf"[•·●◆■\s]*[【\[](?:{DATABASE_FIELDS})[】\]]|本法变迁史|[【\[]?法宝(?:联想|引证|提示)"),
    ),
    # 文号：…, 实施日期：… are the fields of a page only beside others of them.
    (
        "field",
        re.compile(
            r"(?:文\s*号|发布机关|发文机关|公布日期|印发日期|施行日期|实施日期|失效日期|废止日期|时效性|标\s*题|名\s*称)\s*[:：]"
        ),
    ),
    ("link", re.compile(r"[-*\s]*\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)\s*$|https?://\S+$")),
    ("dated_link", re.compile(r"[^。；]{6,120}\s{2,}[\[(（]?\d{4}-\d{1,2}-\d{1,2}[\])）]?$")),
    ("note", re.compile(r"[（(]此件\S{2,12}[)）]$")),
    ("empty_annex", re.compile(r"附件\s*[:：]?$")),
)
# 索 引 号：, 有 效 性：: the name of a field, set wide.
SPACED_NAME = re.compile(r"^(?:[一-鿿][ \u3000]){1,4}[一-鿿](?=\s*[:：])")
# What a browser shows as the page's title: the document's and the site's. Only the first line of a page is one.
PAGE_TITLE = re.compile(
    r"[^。；;]{6,}?(?:\s[-—|]\s|_|-)[^。；;_]{2,40}(?:政府|门户网站|网|[局委厅办部院]|中心)(?:[（(][^（）()]{2,12}[)）])?$"
)
MARKDOWN_MARKS = re.compile(r"^(?:#{1,6} +|[-*] +(?=\[))")
# What follows such a line to the end are titles of other pages.
LINKS_FOLLOW = re.compile(r"相关(?:链接|阅读|文档|文章|新闻|信息)|热门|猜你喜欢|推荐阅读|友情链接|上一[篇条]")
FRONT_MATTER = re.compile(r"\A\s*---[ ]*\n(?:[^\n]{0,200}\n){1,40}?---[ ]*(?=\n)")
# These mark furniture only beside other furniture or at the very end: in a body they may be content.
# Behind these, once something has been stated, follow the menus of a page's foot.
ENDS_A_PAGE = frozenset({"footer", "navigation", "tools", "menu"})
DEPENDENT = frozenset({"contact", "dated_link", "empty_annex", "field"})


def clean(document: Document) -> Cleaned:
    """The clean text of `document`, without page furniture, in simplified characters."""
    text = AlignedText.of(document.raw)
    repairs: list[Repair] = []
    for rule in RULES:
        text = _repaired(text, _edits(rule, text.text), repairs, document.raw)
    text = _repaired(text, mojibake_repairs(text.text), repairs, document.raw)
    text = _rows_of_lone_cells(_with_tabs(text))
    before = text
    simplified = to_simplified(text.text)
    script: Script = "traditional" if _share_changed(text.text, simplified) > 0.05 else "simplified"
    text = _with_text(text, simplified)
    text = _repaired(text, mainland_words(text.text), repairs, document.raw)
    text, boilerplate = _without_furniture(text)
    text = _unwrapped(text)
    text = _repaired(text, ocr_slips(text.text), repairs, document.raw)
    printed = _printed(text, before)
    return Cleaned(text, printed, tuple(sorted(repairs, key=lambda repair: repair.span)), boilerplate, script)


def _printed(text: AlignedText, before: AlignedText) -> str:
    """The characters of `before` that stand at the raw positions of `text`."""
    at = dict(zip(before.starts.tolist(), before.text, strict=True))
    return "".join(at.get(start, char) for start, char in zip(text.starts.tolist(), text.text, strict=True))


def _edits(rule: Rule, text: str) -> Iterator[Edit]:
    for match in rule.pattern.finditer(text):
        after = rule.after(match)
        if after is not None:
            yield Edit(match.start(), match.end(), after, rule.name, rule.certainty)


def _repaired(text: AlignedText, found: Iterable[Edit], repairs: list[Repair], raw: str) -> AlignedText:
    """`text` after the edits `found`, each noted in `repairs`; a flag is noted and changes nothing."""
    edits = list(found)
    changes = []
    for edit in edits:
        span = text.raw_span(edit.start, edit.end)
        before = raw[span.start : span.end]
        flag = edit.after == text.text[edit.start : edit.end]
        repairs.append(Repair(span, before, before if flag else edit.after, edit.rule, edit.certainty))
        if not flag:
            changes.append(edit)
    return text.edit(changes) if changes else text


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
    """`text` with the furniture emptied, and the raw spans of its runs of lines."""
    front = FRONT_MATTER.match(text.text)
    start = front.end() if front else 0
    lines = [
        match.span() for match in re.compile(r"[^\n]+").finditer(text.text, start) if match.group().strip()
    ]
    texts = [text.text[a:b].strip() for a, b in lines]
    kinds = _kinds(texts)
    edits = [Edit(*_stripped(text.text, *front.span()), "")] if front else []
    runs = [text.raw_span(edits[0].start, edits[0].end)] if front else []
    for i, kind in enumerate(kinds):
        if kind is None:
            continue
        low, high = _stripped(text.text, *lines[i])
        span = text.raw_span(low, high)
        if kind == "page_number" and _parts_a_sentence(texts, kinds, i):
            low, high = _stripped(text.text, *lines[i - 1])[1], _stripped(text.text, *lines[i + 1])[0]
        edits.append(Edit(low, high, ""))
        adjoins = i > 0 and kinds[i - 1] is not None
        runs[-1:] = [Span(runs[-1].start, span.end)] if adjoins else [*runs[-1:], span]
    return text.edit(edits), tuple(runs)


def _parts_a_sentence(lines: list[str], kinds: list[str | None], i: int) -> bool:
    """Whether line `i`, a page's number, stands between the two halves of a sentence."""
    if not 0 < i < len(lines) - 1 or kinds[i - 1] or kinds[i + 1] or len(lines[i - 1]) < SHORTEST_BROKEN:
        return False
    return not ENDS_PARAGRAPH.search(lines[i - 1]) and not OPENS_PARAGRAPH.match(lines[i + 1])


def _kinds(lines: list[str]) -> list[str | None]:
    """For each line the kind of furniture it is, or None; what depends on its neighbours is settled."""
    kinds = [_furniture_kind(line) for line in lines]
    if len(lines) > 1 and PAGE_TITLE.match(lines[0]):
        kinds[0] = kinds[0] or "page_title"
    for i in _repeated_bodies(lines):
        kinds[i] = kinds[i] or "repeated_body"
    content = [i for i, kind in enumerate(kinds) if kind is None]
    stated = next((i for i in content if "。" in lines[i]), len(lines))
    kinds = [None if kind == "site" and i > stated else kind for i, kind in enumerate(kinds)]
    links = next(
        (
            i
            for i, line in enumerate(lines)
            if kinds[i] and (LINKS_FOLLOW.match(line) or (i > stated and kinds[i] in ENDS_A_PAGE))
        ),
        len(lines),
    )
    if all(len(lines[i]) < 60 and "。" not in lines[i] for i in content if i > links):
        kinds = [kind or ("link" if i > links else None) for i, kind in enumerate(kinds)]
        content = [i for i in content if i < links]
    kinds = _with_menus(lines, kinds)
    first, last = (content[0], content[-1]) if content else (len(lines), -1)
    for i, kind in enumerate(kinds):
        if kind in DEPENDENT and first < i < last:
            beside = any(kinds[j] not in DEPENDENT | {None} for j in (i - 1, i + 1))
            kinds[i] = kind if beside else None
    return kinds


# A page that prints its document once more, without line breaks: one line as long as many others together.
SHORTEST_BODY, SHINGLE, SHARE_REPEATED, MOST_IN_ONE_LINE, MOST_BODIES = 600, 12, 0.85, 0.6, 20


def _repeated_bodies(lines: list[str]) -> Iterator[int]:
    """The lines that only repeat what other lines say: nearly all their shingles stand in several of those.

    Shingles are 12 characters without white space; those compared begin with a character whose code is a
    multiple of 4, a sample that falls on the same words in both copies (Broder's mod-p sampling).
    """
    squashed = [re.sub(r"\s", "", line) for line in lines]
    longest = sorted(range(len(lines)), key=lambda i: -len(squashed[i]))[:MOST_BODIES]
    own: dict[int, list[str]] = {i: [] for i in longest if len(squashed[i]) >= SHORTEST_BODY}
    if not own:
        return
    holders: dict[str, list[int]] = {}
    for i, shingle in _shingles(squashed):
        found = holders.setdefault(shingle, [])
        if not found or found[-1] != i:
            found.append(i)
        if i in own:
            own[i].append(shingle)
    dropped: set[int] = set()
    for i, shingles in own.items():
        others = (next((j for j in holders[s] if j != i and j not in dropped), None) for s in shingles)
        counts = Counter(j for j in others if j is not None)
        repeated = counts.total() >= SHARE_REPEATED * len(shingles)
        if counts and repeated and max(counts.values()) <= MOST_IN_ONE_LINE * len(shingles):
            dropped.add(i)
            yield i


def _shingles(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The sampled shingles of the joined lines, each with the number of the line it begins in."""
    joined, at = "".join(lines), 0
    for i, line in enumerate(lines):
        for start in range(at, min(at + len(line), len(joined) - SHINGLE + 1)):
            if ord(joined[start]) % 4 == 0:
                yield i, joined[start : start + SHINGLE]
        at += len(line)


# Entries of a menu are short and state nothing; so many of them in a row before the text begins are one.
MENU_ENTRY = re.compile(r"[^。，,；;：:、〔（(\n]{1,12}|\S{1,12}(?:\s{3,}\S{1,12})+")
MENU_LENGTH = 6
# Three entries or more in one line are a menu by themselves, 简 | 繁 | English; names of joint issuers are none.
BETWEEN_ENTRIES = re.compile(r"\s*[|｜·›»>]\s*|\s{2,}")
LEAST_IN_ROW, LONGEST_ENTRY = 3, 12
ISSUER = re.compile(r"(?:[局委厅办部院会行]|政府|中心)$")
TEXT_BEGINS = re.compile(r"第一[章条]|[一1][、.．]\s*\S|[（(]一[)）]|[^。]{30,}[。，]")


def _with_menus(lines: list[str], kinds: list[str | None]) -> list[str | None]:
    """`kinds` with the runs of menu entries before the text begins marked as such."""
    begin = next((i for i, line in enumerate(lines) if TEXT_BEGINS.match(line)), len(lines))
    for i in range(begin):
        if _is_menu_row(lines[i]):
            kinds[i] = kinds[i] or "menu"
    run: list[int] = []
    for i in range(begin + 1):
        entry = i < begin and (kinds[i] is not None or MENU_ENTRY.fullmatch(lines[i]))
        if entry:
            run.append(i)
            continue
        if len(run) >= MENU_LENGTH:
            for j in run:
                kinds[j] = kinds[j] or "menu"
        run = []
    return kinds


def _is_menu_row(line: str) -> bool:
    entries = [entry for entry in BETWEEN_ENTRIES.split(line) if entry]
    short = all(
        len(entry) <= LONGEST_ENTRY and not re.search(r"[。，,；;：:、〔（(《]", entry) for entry in entries
    )
    return len(entries) >= LEAST_IN_ROW and short and not all(ISSUER.search(entry) for entry in entries)


SHORTEST_BROKEN = 12  # characters of a line that a page's end may have broken; a heading is shorter
WRAP_SHARE = 0.4  # a text is hard-wrapped when so many of its longer lines break off in mid-sentence
MOST_WRAPPED_CHARS = 60
ENDS_PARAGRAPH = re.compile(r"[。；;：:！!？?…》”」』）)】|]$")
OPENS_PARAGRAPH = re.compile(
    r" {2,}|\s*(?:第[一-鿿\d]{1,6}[条章节编]|[一二三四五六七八九十百]{1,4}[、.．]|[（(][一二三四五六七八九十\d]{1,4}[)）]|\d{1,3}[.．﹒、](?!\d)|[①-⑳]|[|―—#]|附件|[一-鿿]{2,8}[〔\[［（(【]\d{4}[〕\]］）)】]\d+号$)"
)


# Cells of a table that are parted by blanks alone, and how many such lines in a row are one.
GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
LEAST_ROWS, LONGEST_CELL = 3, 30


def _with_tabs(text: AlignedText) -> AlignedText:
    """`text` with a tab between the cells of its tables: lines in a row of equally many cells, most with a number."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text.text) if match.group().strip()]
    cells = [GAP.split(text.text[a:b].strip()) for a, b in lines]
    edits = []
    for columns, run in itertools.groupby(range(len(lines)), key=lambda i: len(cells[i])):
        rows = list(run)
        numbers = sum(any(map(str.isdigit, "".join(cells[i]))) for i in rows)
        if columns < 2 or len(rows) < LEAST_ROWS or numbers < len(rows) - 1:
            continue
        if any(len(cell) > LONGEST_CELL or "。" in cell for i in rows for cell in cells[i]):
            continue
        edits += [
            Edit(lines[i][0] + gap.start(), lines[i][0] + gap.end(), "\t")
            for i in rows
            for gap in GAP.finditer(text.text[slice(*lines[i])])
        ]
    return text.edit(edits)


# A table that was copied with one cell a line: how many columns are tried, and how long its cells are at most.
MOST_COLUMNS, LONGEST_LONE_CELL = 8, 24


def _rows_of_lone_cells(text: AlignedText) -> AlignedText:
    """`text` with a tab between the cells of tables that stand one cell a line: 项目 / 市区 / 县 / 外墙 / 80元 / 70元 / ..."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text.text) if match.group().strip()]
    edits = []
    for alone, run in itertools.groupby(
        range(len(lines)), key=lambda i: _may_be_cell(text.text[slice(*lines[i])])
    ):
        at = list(run)
        if not alone:
            continue
        for first in range(2):  # the table's title may stand over it
            columns = _columns([text.text[slice(*lines[i])].strip() for i in at[first:]])
            if columns:
                edits += [
                    Edit(
                        _stripped(text.text, *lines[here])[1],
                        _stripped(text.text, *lines[following])[0],
                        "\t",
                    )
                    for position, (here, following) in enumerate(itertools.pairwise(at[first:]), 1)
                    if position % columns
                ]
                break
    return text.edit(edits)


def _may_be_cell(line: str) -> bool:
    return (
        len(line.strip()) <= LONGEST_LONE_CELL
        and not re.search(r"[。；;：:？?\t]", line)
        and not OPENS_PARAGRAPH.match(line)
    )


def _columns(cells: list[str]) -> int:
    """Of how many columns a table is whose cells are these, row by row; 0 if of none.

    Its first row has no number, the others have one in the same columns, but not in the first.
    """
    for columns in range(2, MOST_COLUMNS + 1):
        rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
        if len(cells) % columns or len(rows) <= LEAST_ROWS:
            continue
        numbered = [[any(map(str.isdigit, cell)) for cell in row] for row in rows]
        if (
            not any(numbered[0])
            and all(row == numbered[1] for row in numbered[1:])
            and any(numbered[1])
            and not numbered[1][0]
        ):
            return columns
    return 0


# A line that can only go on from the one before it: a sum or share whose 「每人每月」 stands above.
GOES_ON = re.compile(r"\s*\d[\d.,]*\s*(?:万|亿|千)?(?:元|[%％]|周岁|平方米|个工作日)")
BREAKS_OFF = re.compile(r"[，,；;].{2,}[^\s。；;：:，,！!？?…》”」』”）)】|\d]$")


def _unwrapped(text: AlignedText) -> AlignedText:
    """`text` with hard line wraps removed: where it is wrapped throughout, or a line can but go on from the last."""
    text = _hard_wraps_removed(text)
    edits = []
    lines = [match.span() for match in re.finditer(r"[^\n]+", text.text) if match.group().strip()]
    for here, following in itertools.pairwise(lines):
        before, behind = text.text[slice(*here)].rstrip(), text.text[slice(*following)]
        if GOES_ON.match(behind) and BREAKS_OFF.search(before):
            edits.append(Edit(_stripped(text.text, *here)[1], _stripped(text.text, *following)[0], ""))
    return text.edit(edits)


def _hard_wraps_removed(text: AlignedText) -> AlignedText:
    """`text` without the breaks of lines that break off in mid-sentence at a common width."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text.text) if match.group().strip()]
    widths = sorted(b - a for a, b in lines if b - a >= 12)
    width = widths[int(len(widths) * 0.9)] if widths else 0
    broken = [
        (a, b)
        for a, b in lines
        if 0.75 * width <= b - a and not ENDS_PARAGRAPH.search(text.text[a:b].rstrip())
    ]
    full = [(a, b) for a, b in lines if 0.75 * width <= b - a]
    if not 12 <= width <= MOST_WRAPPED_CHARS or len(broken) < 6 or len(broken) < WRAP_SHARE * len(full):
        return text
    breaking = set(broken)
    edits = []
    for here, following in itertools.pairwise(lines):
        if here in breaking and not OPENS_PARAGRAPH.match(text.text[slice(*following)]):
            start, end = _stripped(text.text, *here)[1], _stripped(text.text, *following)[0]
            edits.append(Edit(start, end, ""))
    return text.edit(edits)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _furniture_kind(line: str) -> str | None:
    plain = SPACED_NAME.sub(lambda name: re.sub(r"\s", "", name[0]), MARKDOWN_MARKS.sub("", line))
    if plain.isdigit() and plain != line:  # ## 01 heads a paragraph
        return None
    return next((kind for kind, pattern in FURNITURE if pattern.match(plain)), None)
