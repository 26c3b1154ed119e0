"""Describe: a document's text -> its `Metadata`.

What the text does not say is None with a reason, never guessed. The place is the one thing that is weighed:
each mention counts by where it stands (who issues, who signs, whose site), and 我县 / 我市 / 我省 in the body
says on which level to look.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rag import places
from rag.clean import Cleaned
from rag.fold import to_simplified
from rag.numerals import parse_numeral
from rag.places import Place
from rag.split import ADDRESSEE, DATE_LINE, DOC_NUMBER_LINE, TITLE_LINE, Split
from rag.types import Clause, Document, Metadata, Reference

# 吉政发〔2017〕35号, whatever the brackets; damaged: 图政办发〔201889 (the closing bracket and 号 lost).
DOC_NUMBER = re.compile(
    r"(?P<word>[一-鿿]{2,14})\s*[〔\[［（(【﹝]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]］）)】﹞]?\s*第?\s*(?P<number>\d{1,5})\s*号?"
)
# The names are taken apart afterwards: a repeated group here would try every way to divide them.
ISSUER_IN_TITLE = re.compile(
    r"^(?P<names>\S[^\n]{1,200}?(?:政府办公[厅室]|委员会办公室|[局委厅部办院]|人民政府|委员会|办公[厅室]|中心支行|分行|协会|联合会))[\s、]*关于"
)
ISSUER_NAME = re.compile(
    r"\S{2,30}?(?:政府办公[厅室]|人民政府|委员会办公室|委员会|办公[厅室]|[局委厅部院](?![一-鿿]*[局委厅部院])|中心支行|分行|协会|联合会)(?=[\s、]|$)"
)
RED_HEAD = re.compile(r"(?P<name>\S{2,30}?(?:人民政府|办公[厅室]|委员会|[局委厅部]))文件")
ISSUER_END = re.compile(r"(?:人民政府|办公[厅室]|委员会|[局委厅部]|中心支行|分行|联合会)$")
NO_TITLE = re.compile(r"^第[一-鿿\d]{1,4}[章节条]|目\s*录|门户网站|^首页|通过|^[（(].*[)）]$|\||^附件")
QUOTED_TITLE = re.compile(
    r"《(?P<title>[^《》]{4,120}(?:〈[^〈〉]+〉[^《》]*)?)》(?:\s*[（(](?P<number>[^（()）]{4,40}号)[)）])?"
)
OWN_MAKING = re.compile(r"制定|现印发|经[^。]{0,20}同意|现(?:将|就|印发)|提出如下|研究(?:制定|起草)|印发给")
# （2019年10月29日 舟山市第七届人民代表大会常务委员会第二十七次会议通过）: the first one named passed it.
PASSED_BY = re.compile(
    r"(?P<place>[一-鿿]{2,12}?(?:[省市县区州盟旗]|自治区))(?:第[一二三四五六七八九十]+届)?"
    r"(?P<body>人民代表大会(?:常务委员会)?)(?:第[一二三四五六七八九十]+次会议)?(?:通过|修订)"
)
DATE = re.compile(
    r"(?P<year>\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*(?:(?P<month>[\d一二三四五六七八九十]{1,3})\s*月\s*(?:(?P<day>[\d一二三四五六七八九十]{1,3})\s*[日号])?)?"
)
# （… 通过 2023年6月2日市人民政府令第9号公布 …）
ISSUED_IN_BRACKETS = re.compile(DATE.pattern + r"[^。年]{0,40}(?:公布|发布|印发)")
POSTED = re.compile(r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})")
# Beside another page's title a date is that page's.
POSTING = re.compile(r"^\s*\d{4}[-/.年]|时间|日期|来源|发布|更新|发文")
# ... or among the fields of one line: 文号：… 发布日期：2025年3月2日.
POSTED_FIELD = re.compile(rf"(?:发布|更新)(?:日期|时间)\s*[:：]\s*{POSTED.pattern}")
POSTED_DOTS = re.compile(r"(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})")
EFFECTIVE = re.compile(
    r"自\s*(?P<date>[\d〇○零一二三四五六七八九]{4}\s*年[^。，,起]{2,10}日)\s*起\s*(?:施行|实施|执行|生效)"
)
EFFECTIVE_ON_ISSUE = re.compile(r"自(?:发布|印发|公布|发文)之日起\s*(?:\S{0,8})?(?:施行|实施|执行|生效)")
VALID_YEARS = re.compile(r"(?:有效期|试行期?)(?:限)?(?:为|是)?\s*(?P<n>[\d一二三四五六七八九十]+)\s*年")
VALID_UNTIL = re.compile(
    r"(?:有效期(?:限)?[^。]{0,6}|执行)?[至到]\s*(?P<date>\d{4}年\d{1,2}月\d{1,2}日)\s*(?:止|为止|废止|失效)?"
)
HORIZON = re.compile(r"(?:到|至)\s*(?P<year>20\d{2})\s*年(?!\d*月)(?:底|末)?")
PRINTED_LEVELS = re.compile(r"[我本](?P<level>[省市县区州盟旗])(?![场政委长直])")

# Which levels 我X may mean.
LEVEL_OF_CHARACTER = {
    "省": ("province",),
    "州": ("prefecture",),
    "盟": ("prefecture",),
    "市": ("prefecture", "province", "county"),
    "县": ("county",),
    "旗": ("county",),
    "区": ("county", "province"),
}
# The fields of a page or a legal database that speak of the document: 【字号】…, 成文日期：…
FIELD_NAMES = {
    "title": "(?<![一-鿿])标题|信息名称|文件名称",
    "doc_number": "文号|发文字号|字号",
    "issuers": "发布部门|发文机关|制定机关",
    "date_issued": "成文日期|发文日期|印发日期|颁布日期|公布日期",
    "date_effective": "实施日期|施行日期|生效日期",
    "valid_until": "失效日期|废止日期",
}
# In a database 发布日期 is the day of issue; on a page it is the day of posting.
FIELD = re.compile(
    "|".join(
        rf"(?P<{field}>(?:[【\[](?:{names}{'|发布日期' if field == 'date_issued' else ''})[】\]]|(?:{names}) *[:：]))"
        for field, names in FIELD_NAMES.items()
    )
)
# ... and what parts a field's value from what follows it in the line: wide space, or the name of another field.
NEXT_FIELD = re.compile(
    r"\t|\u3000{2,}|\s{3,}|[\s\u3000|]{1,4}(?=(?:索引号|文号|发文字号|发布[日时部机单]\S{1,3}|成文日期|来源|阅读|浏览|字[号体]) *[:：])"
)
# How much a mention counts, by where it stands.
WEIGHT_ISSUER, WEIGHT_TITLE, WEIGHT_SIGNATURE, WEIGHT_SITE, WEIGHT_BODY, MOST_BODY = (
    8.0,
    6.0,
    8.0,
    3.0,
    0.5,
    4.0,
)


class _Titles(NamedTuple):
    title: str | None
    notice: str | None
    number: str | None
    issuers: tuple[str, ...]


def describe(document: Document, cleaned: Cleaned, split: Split) -> Metadata:
    """What `document` says about itself."""
    furniture = [to_simplified(document.raw[span.start : span.end]) for span in cleaned.boilerplate]
    fields = _fields(furniture)
    titles = _titles(split.front_matter)
    body = "\n".join(clause.text for clause in split.clauses)
    issuers = _issuers(titles, split.signature) or tuple(_split_names(fields.get("issuers", "")))
    place = _place(titles, issuers, split.signature, furniture, body)
    number = titles.number or canonical_number(fields.get("doc_number", ""))
    # A crawler's front matter dates the crawl.
    posted = next(
        (found for line in furniture if not line.startswith("---") for found in _posted(line)), None
    )
    printed = (split.front_matter, split.signature, _field_date(fields, "date_issued"))
    issued = _issued(*printed, posted, number)
    effective = _effective(body, issued) or _field_date(fields, "date_effective")
    values: dict[str, object] = {
        "title": titles.title or fields.get("title"),
        "doc_number": number,
        "issuers": issuers,
        "place": place.name if place else None,
        "date_issued": issued,
        "date_posted": posted,
        "date_effective": effective,
        "valid_until": _valid_until(body, effective) or _field_date(fields, "valid_until"),
        "horizon_year": max((int(match["year"]) for match in HORIZON.finditer(body)), default=None),
    }
    values |= {
        "title_notice": titles.notice,
        "province": (place.ancestors[0] if place.ancestors else place.name) if place else None,
        "level": place.level if place else None,
    }
    reasons = tuple((name, NULL_REASONS[name]) for name, value in values.items() if not value)
    return Metadata(
        document=document.id,
        ancestors=place.ancestors if place else (),
        based_on=tuple(_based_on(split.clauses, titles)),
        repeals=tuple(_repeals(body)),
        script=cleaned.script,
        null_reasons=reasons,
        **values,  # type: ignore[arg-type]  # the dict spells each field once, for value and reason
    )


NULL_REASONS = {
    "title": "no line at the top reads as a title",
    "doc_number": "no document number is printed at the top",
    "issuers": "neither title nor signature names who issued it",
    "place": "no administrative division stands out in title, signature, page or text",
    "title_notice": "no notice that issues it is printed above it",
    "province": "the place is not known",
    "level": "the place is not known",
    "date_issued": "no date of signature, and neither posting date nor number gives a year",
    "date_posted": "the page prints no posting date",
    "date_effective": "no date of taking effect is stated",
    "valid_until": "no term of validity is stated",
    "horizon_year": "no target year is named",
}


# -- titles and numbers ---------------------------------------------------------------------------


def canonical_number(text: str) -> str | None:
    """The first document number in `text` in its canonical form, 国发〔2017〕37号; None if there is none."""
    match = DOC_NUMBER.search(to_simplified(text))
    return f"{match['word']}〔{match['year']}〕{int(match['number'])}号" if match else None


def _titles(front: tuple[str, ...]) -> _Titles:
    """Title, title of the transmittal notice, number and issuers, from the lines around the text.

    A title printed over several lines is joined; the names of joint issuers and a red head
    (市人民政府文件) above it are issuers, and the names of a web site's pages are nothing.
    """
    marked = [_tidy_title(line) for line in front if line.startswith("#")]
    front = tuple(line.lstrip("# ") for line in front)
    number = next(filter(None, map(canonical_number, front)), None)
    found: list[str] = []
    issuers: list[str] = []
    heads: list[str] = []
    unfinished = ""
    for line in front:
        if DOC_NUMBER_LINE.match(line) and DOC_NUMBER.match(line):
            continue
        text = _tidy_title(line)
        if ISSUER_IN_TITLE.match(text):  # a title of its own, whatever stands above it
            unfinished = ""
        red_head = RED_HEAD.fullmatch(text)
        if red_head or ADDRESSEE.match(line) or DATE_LINE.match(line) or NO_TITLE.search(line):
            issuers += [red_head["name"]] if red_head else []
            unfinished = ""
        elif not unfinished and all(len(part) < 40 and ISSUER_END.search(part) for part in line.split()):
            issuers += _split_names(line)
            heads.append(text)
        elif TITLE_LINE.match(unfinished + text):
            found.append(unfinished + text)
            unfinished = ""
        else:
            unfinished = unfinished + text if len(text) > 8 else ""
    if not found:  # a title without a word such as 办法: the line marked as one, else the first long enough
        long = (text for line in front if len(text := _tidy_title(line)) >= 8 and not _is_other(line))
        found = [*marked, *long][:1]
    if len(heads) == 1:  # one line of issuers over 关于... is the title's first line
        found = [heads[0] + title if title.startswith("关于") else title for title in found]
    title, notice = _title_and_notice(found)
    named = [name for line in front for name in _passing(line)]
    return _Titles(title, notice, number, tuple(dict.fromkeys(issuers or named)))


def _title_and_notice(found: list[str]) -> tuple[str | None, str | None]:
    """The title, and the title of the notice that issues it, among the titles printed at the top.

    A line that only repeats a part of another (its second half, after a break) is no title of its own.
    """
    squashed = [re.sub(r"[\s《》〈〉]", "", title) for title in found]
    for i, whole in enumerate(squashed):
        issued = [j for j, part in enumerate(squashed) if j != i and _issues(whole, part)]
        if issued:
            return found[issued[0]], found[i]
    kept = [
        found[i]
        for i, part in enumerate(squashed)
        if not any(part != other and part in other for other in squashed)
    ]
    notice = next((title for title in kept if title.endswith("通知") and len(set(kept)) > 1), None)
    return next((title for title in kept if title != notice), None), notice


def _issues(notice: str, title: str) -> bool:
    """Whether `notice` (关于印发…的通知) is the one that issues `title`."""
    if notice == f"{title}的通知":
        return True
    named = re.search(rf"(?:印发|转发|公布|发布|下发){re.escape(title)}", notice)
    return bool(named) and notice.endswith(("通知", "通告", "公告", "函", "批复"))


def _passing(line: str) -> Iterator[str]:
    """The congress or government that passed a regulation, from the note under its title, without its term."""
    match = PASSED_BY.search(line)
    if match:
        yield match["place"] + match["body"]


def _is_other(line: str) -> bool:
    """Whether a line before the text is an addressee, a date, a number or a page's name, not a title."""
    patterns = (ADDRESSEE, DATE_LINE, DOC_NUMBER_LINE)
    return any(pattern.match(line) for pattern in patterns) or bool(NO_TITLE.search(line))


def _tidy_title(line: str) -> str:
    """`line` without letter-spacing, inner blanks, Markdown marks and the number in brackets behind it."""
    line = re.sub(r"^[#*\s]+|[*\s]+$", "", line)
    line = re.sub(r"[（(]\s*[^（()）]*[〔\[［【]\s*\d{4}[^（()）]*[)）]$", "", line)
    # A blank between two issuers stays: it is what parts them.
    return re.sub(r"(?<=[一-鿿》”])(?<![局委厅部院])\s+(?=[一-鿿《“])|\s+(?=关于)", "", line).strip()


def _issuers(titles: _Titles, signature: tuple[str, ...]) -> tuple[str, ...]:
    """Who issued it: named at the head of the title or of the notice, or signing at the end."""
    if titles.issuers:
        return titles.issuers
    for title in (titles.notice, titles.title):
        match = ISSUER_IN_TITLE.match(title or "")
        if match:
            return tuple(name.strip("、 ") for name in _split_names(match["names"]))
    names = [name for line in signature if not DATE_LINE.match(line) for name in _split_names(line)]
    return tuple(dict.fromkeys(names))


def _split_names(text: str) -> list[str]:
    parts = (piece for part in re.split(r"[\s、]+", text) for piece in _unglued(part))
    return [name for part in parts for name in (ISSUER_NAME.findall(part) or [part]) if name]


def _unglued(names: str) -> list[str]:
    """Joint issuers printed without a blank: 广州市…局广州市…局 is parted where its place comes again."""
    first = places.load().find(names)
    if not first or first[0].span[0] != 0:
        return [names]
    place = re.escape(names[slice(*first[0].span)])
    return re.split(rf"(?<=[局委厅办部会院])(?={place})", names)


def _fields(furniture: list[str]) -> dict[str, str]:
    """What the fields of the page say of the document: name in the metadata -> printed value."""
    found: dict[str, str] = {}
    for line in "\n".join(furniture).splitlines():
        printed = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿] *[:：])", "", line)
        for match in FIELD.finditer(printed):
            value = printed[match.end() :].strip(" \t\u3000:：")
            found.setdefault(str(match.lastgroup), NEXT_FIELD.split(value)[0])
    return {name: value for name, value in found.items() if value}


def _field_date(fields: dict[str, str], name: str) -> str | None:
    match = POSTED.search(fields.get(name, "")) or POSTED_DOTS.search(fields.get(name, ""))
    return _iso(match["year"], match["month"], match["day"]) if match else None


# -- place ----------------------------------------------------------------------------------------


def _place(
    titles: _Titles, issuers: tuple[str, ...], signature: tuple[str, ...], furniture: list[str], body: str
) -> Place | None:
    """The place whose mentions weigh most among those that may call themselves as the body does."""
    weights: dict[Place, float] = {}
    for place, weight in _weighed(titles, issuers, signature, furniture, body):
        weights[place] = weights.get(place, 0.0) + weight
    allowed = _levels_of_us(body)
    fitting = [place for place in weights if allowed is None or _fits(place, allowed)] or list(weights)
    if not fitting:
        return None
    best = max(fitting, key=lambda place: weights[place])  # ties: the one named first
    return best if weights[best] >= 1.0 else None


def _weighed(
    titles: _Titles, issuers: tuple[str, ...], signature: tuple[str, ...], furniture: list[str], body: str
) -> Iterator[tuple[Place, float]]:
    hosts = [word for line in furniture for word in line.split() if word.startswith("主办")]
    sources: tuple[tuple[Iterable[str], float], ...] = (
        (issuers, WEIGHT_ISSUER),
        ([title for title in (titles.title, titles.notice) if title], WEIGHT_TITLE),
        (signature, WEIGHT_SIGNATURE),
        (hosts, WEIGHT_SITE),
    )
    gazetteer = places.load()
    for texts, weight in sources:
        for text in texts:
            yield from ((place, weight) for place in _first_named(text))
    mentions = Counter(mention.candidates[0] for mention in gazetteer.find(body))
    yield from ((place, min(times * WEIGHT_BODY, MOST_BODY)) for place, times in mentions.items())


def _levels_of_us(body: str) -> str | None:
    """The character of 我省 / 我市 / 我县 that the body uses most, counting only two uses or more."""
    counts = Counter(match["level"] for match in PRINTED_LEVELS.finditer(body))
    top = counts.most_common(1)
    return top[0][0] if top and top[0][1] >= 2 else None


def _fits(place: Place, character: str) -> bool:
    """Whether a place may call itself 我X: its level allows it and, below a province, its name ends so."""
    return place.level in LEVEL_OF_CHARACTER[character] and (
        place.name.endswith(character) or (character == "区" and place.name.endswith("自治区"))
    )


def _first_named(text: str) -> Iterator[Place]:
    """The place that a line names first; of 咸阳市秦都区 the district."""
    mentions = places.load().find(text)
    if not mentions:
        return
    first = mentions[0]
    for mention in mentions[1:]:
        if mention.span[0] != first.span[1] or not places.descends(
            mention.candidates[0], first.candidates[0]
        ):
            break
        first = mention
    yield first.candidates[0]


# -- dates and other documents --------------------------------------------------------------------


def _iso(year: str, month: str | None, day: str | None) -> str:
    parts = [parse_numeral(part) for part in (year, month, day) if part]
    return "-".join([f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])])


def _posted(furniture: str) -> Iterator[str]:
    for line in furniture.splitlines():
        if FIELD.match(line) and (match := POSTED_FIELD.search(line)):
            yield _iso(match["year"], match["month"], match["day"])
        if len(line) < 200 and POSTING.search(line) and not FIELD.match(line):
            yield from (_iso(match["year"], match["month"], match["day"]) for match in POSTED.finditer(line))


def _issued(
    front: tuple[str, ...],
    signature: tuple[str, ...],
    field: str | None,
    posted: str | None,
    number: str | None,
) -> str | None:
    """The printed date of issue; else the posting date if its year is the number's; else that year."""
    for line in (*front, *signature):
        match = DATE.match(line) if line in signature else ISSUED_IN_BRACKETS.search(line)
        if match:
            return _iso(match["year"], match["month"], match["day"])
    if field:
        return field
    year = re.search(r"〔(\d{4})〕", number or "")
    if posted and year and posted.startswith(year[1]):
        return posted
    return year[1] if year else None


def _effective(body: str, issued: str | None) -> str | None:
    match = EFFECTIVE.search(body)
    if match:
        date = DATE.match(match["date"])
        return _iso(date["year"], date["month"], date["day"]) if date else None
    return issued if EFFECTIVE_ON_ISSUE.search(body) and issued and len(issued) == 10 else None


def _valid_until(body: str, effective: str | None) -> str | None:
    """The printed last day; else the effective day so many years on, less a day."""
    for sentence in re.split(r"[。\n]", body):
        if not re.search(r"有效|[施执试]行|实施|日为?止", sentence):
            continue
        until = VALID_UNTIL.search(sentence)
        if until:
            date = DATE.match(until["date"])
            return _iso(date["year"], date["month"], date["day"]) if date else None
    years = VALID_YEARS.search(body)
    count = parse_numeral(years["n"]) if years else None
    if count and effective and len(effective) == 10:
        return _day_before(int(effective[:4]) + count, effective[5:])
    return None


def _day_before(year: int, month_day: str) -> str | None:
    """The day before, or None where no such day can be: scans print a 13th month."""
    month, day = (int(part) for part in month_day.split("-"))
    try:
        first = datetime.date(year, month, min(day, 28) if month == 2 else day)
        return (first - datetime.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return None


def _based_on(clauses: tuple[Clause, ...], titles: _Titles) -> Iterator[Reference]:
    """The documents that the opening paragraphs name as basis, before they speak of their own making."""
    own = {re.sub(r"\s", "", title) for title in (titles.title, titles.notice) if title}
    for i, clause in enumerate(clauses):
        if not clause.label.startswith("0") and i > 0:  # a regulation names its basis in its first article
            return
        making = OWN_MAKING.search(clause.text)
        basis = clause.text[: making.start()] if making else clause.text
        for match in QUOTED_TITLE.finditer(basis):
            if re.sub(r"\s", "", match["title"]) not in own:
                yield Reference(match["title"], canonical_number(match["number"] or ""))


def _repeals(body: str) -> Iterator[Reference]:
    """The documents quoted before 废止 or 停止执行 in the same sentence; a line end inside 《》 belongs to the title."""
    for sentence in re.split(r"[。\n]", re.sub(r"\n(?=[^《\n]*》)", "", body)):
        for match in QUOTED_TITLE.finditer(_before_repeal(sentence)):
            yield Reference(match["title"], canonical_number(match["number"] or ""))


def _before_repeal(sentence: str) -> str:
    ends = [match.start() for match in re.finditer("废止|停止执行|不再执行", sentence)]
    return sentence[: ends[-1]] if ends else ""
