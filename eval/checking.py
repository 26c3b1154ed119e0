"""Checking: sentences of the documents, true and made false by rule, put before `rag.checker` as a pasted text.

The statements are made without looking at how they are checked: true ones verbatim and reworded by rule, and
eighteen kinds of falsification. One kind after another is drawn from all held documents with a fixed seed.
"""

from __future__ import annotations

import datetime
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.metrics import Figure, figure
from rag import lexicon
from rag.checker.check import Checker
from rag.embed import Embedder
from rag.errors import InputError
from rag.evidence import of_sentence
from rag.fold import fold, to_simplified, to_traditional
from rag.index import Index
from rag.numerals import chinese_numeral
from rag.types import CheckedClaim, Evidence, Metadata, Verdict
from rag.verify import stated

SETS = Path(__file__).parent / "sets"
INVENTED, PARAPHRASES = SETS / "invented.jsonl", SETS / "paraphrases.jsonl"
MIN_CHARS, MAX_CHARS = 16, 130
MOST_A_KIND = 60
HARMLESS = (Verdict.SUPPORTED, Verdict.NOT_CHECKABLE)
# Target -> the kinds that count for it, and whether it is enough that they are not called true.
TARGETS: dict[str, tuple[tuple[str, ...], bool]] = {
    "altered numbers, units, directions and places found": (
        ("digit", "unit", "magnitude", "bound", "date", "direction", "negation", "swapped city"),
        True,
    ),
    "true verbatim called true": (("verbatim", "other script"), False),
    "true paraphrased called true": (
        ("numerals respelt", "synonyms", "parts in another order", "reworded", "by hand"),
        False,
    ),
    "misattributions named right": (
        ("wrong clause number", "wrong document number", "wrong document"),
        False,
    ),
}


class Case(NamedTuple):
    """A text with one statement in it, and the verdict that it must have; `checks` of its citations if they matter."""

    text: str
    statement: str
    verdict: Verdict
    checks: tuple[str, ...] | None = None


class Checked(NamedTuple):
    """How many statements of a kind were judged as they must be, and how many false ones were not called true."""

    kind: str
    verdict: str
    share: Figure
    found: Figure
    missed: tuple[tuple[str, str], ...]
    """Of those judged otherwise the text, and what was said."""


class Pool(NamedTuple):
    """What statements are made of: the sentences that say something, and their documents."""

    items: tuple[Evidence, ...]
    library: Index

    @property
    def held(self) -> tuple[Metadata, ...]:
        return tuple(self.library.metadata.values())


Made = Iterator[Case]


def pool_of(index: Index) -> Pool:
    """The sentences of an index that are neither titles nor too short or long to be a statement."""
    items = [
        of_sentence(index, number, sentence)
        for number, sentences in enumerate(index.sentences)
        for sentence in sentences
        if MIN_CHARS <= len(sentence.text) <= MAX_CHARS
        and not any(sentence.text.endswith(title) for title in index.clauses[number].heading)
        and sentence.text.rstrip("」”）)").endswith(("。", ".", ";", "；", ",", "，"))
    ]
    return Pool(tuple(items), index)


def checking(
    index: Index,
    embedder: Embedder,
    as_of: datetime.date,
    told: Callable[[str, int, int], None],
    *,
    most: int = MOST_A_KIND,
) -> list[Checked]:
    """Each kind's share of rightly judged statements over the documents of an index."""
    pool = pool_of(index)
    checker = Checker(index, embedder)
    results = []
    for done, (kind, make) in enumerate(KINDS.items(), 1):
        cases = _drawn(kind, make, pool, most)
        judged = [(case, _judge(case, checker, as_of)) for case in cases]
        results += [_counted(kind, judged)] if judged else []
        told("questions", done, len(KINDS))
    return results


def _drawn(kind: str, make: Callable[[Evidence, Pool], Made], pool: Pool, most: int) -> list[Case]:
    cases: list[Case] = []
    for item in random.Random(kind).sample(pool.items, len(pool.items)):
        cases += list(make(item, pool))[:1]
        if len(cases) >= most:
            break
    return list({case.text: case for case in cases}.values())


def _judge(case: Case, checker: Checker, as_of: datetime.date) -> CheckedClaim:
    """The claim that covers most of the statement."""
    claims = checker.check(case.text, as_of=as_of).claims
    start = case.text.find(case.statement)
    end = start + len(case.statement)
    return max(claims, key=lambda claim: min(claim.span.end, end) - max(claim.span.start, start))


def _counted(kind: str, judged: Sequence[tuple[Case, CheckedClaim]]) -> Checked:
    right = [_is_right(case, claim) for case, claim in judged]
    found = [claim.verdict not in HARMLESS for _, claim in judged]
    share, seen = figure(right), figure(found)
    assert share is not None
    assert seen is not None
    missed = tuple((case.text, _shown(claim)) for case, claim in judged if not _is_right(case, claim))
    return Checked(kind, judged[0][0].verdict.value, share, seen, missed)


def _is_right(case: Case, claim: CheckedClaim) -> bool:
    """Whether a statement is judged as it must be; what is true of a document past its validity is outdated."""
    checks = tuple(citation.check.value for citation in claim.citations)
    past = claim.verdict is Verdict.OUTDATED and all(item.metadata.valid_until for item in claim.proof)
    said = claim.verdict is case.verdict or (case.verdict is Verdict.SUPPORTED and past)
    return said and (case.checks is None or checks == case.checks)


def _shown(claim: CheckedClaim) -> str:
    checks = ",".join(citation.check.value for citation in claim.citations)
    parts = "; ".join(f"{d.kind} {d.said!r}/{d.printed!r}" for d in claim.differences)
    return f"{claim.verdict.value} [{checks}] {parts}"


# -- true statements ------------------------------------------------------------------------------


def _verbatim(item: Evidence, pool: Pool) -> Made:
    """As printed, cited in one of several styles or not at all."""
    style = random.Random(item.text).randrange(5)
    quote = item.quote.strip()
    cited = _cited(quote, item, item.metadata.doc_number, _last_number(item), style)
    yield Case(cited, quote, Verdict.SUPPORTED, ("none_given",) if style == 0 else ("right",))


def _cited(text: str, item: Evidence, number: str | None, label: str | None, style: int) -> str:
    """A statement with a citation in the style chosen; by title where the document has no number."""
    metadata = item.metadata
    document = number or f"《{metadata.title}》"
    clause = f"第{label}条" if label else ""
    body, end = (text[:-1], text[-1]) if text[-1] in "。.；;" else (text, "。")
    titled = f"《{metadata.title}》" + (f"（{number}）" if number else "")
    path = _path(item) if label == _last_number(item) else ""
    return {
        0: text,
        1: f"{body}（{document}{clause}）{end}",
        2: f"根据{titled}{f'第{chinese_numeral(int(label))}条' if label and label.isdigit() else ''}，{text}",
        3: f"{body}[1]{end}\n\n[1] {titled}{clause}",
        4: f"{body}（{document}{path or clause}）{end}",
    }[style]


def _path(item: Evidence) -> str:
    """二（五）26 for 2.5.26; empty for another shape of label."""
    parts = item.clause.label.split(".")
    if len(parts) != 3 or not all(part.isdigit() and int(part) for part in parts):
        return ""
    return f"{chinese_numeral(int(parts[0]))}（{chinese_numeral(int(parts[1]))}）{parts[2]}"


def _last_number(item: Evidence) -> str | None:
    last = item.clause.label.split(".")[-1]
    return last if last.isdigit() and last != "0" else None


def _other_script(item: Evidence, pool: Pool) -> Made:
    traditional = item.metadata.script == "traditional"
    text = to_simplified(item.quote) if traditional else to_traditional(item.quote)
    yield Case(text, text, Verdict.SUPPORTED)


def _true(text: str, item: Evidence) -> Made:
    if text and fold(text) != fold(stated(item)):
        yield Case(text, text, Verdict.SUPPORTED)


def _respelt(item: Evidence, pool: Pool) -> Made:
    """3万元 as 三万元 and 30000元, 50% as 百分之五十, 2年 as 两年."""
    text = stated(item)
    text = re.sub(r"(?<![\d.])(\d{1,2})(?=[万亿])(?!\d)", lambda m: chinese_numeral(int(m[1])), text)
    text = re.sub(r"(?<![\d.])(\d{1,2})%", lambda m: "百分之" + chinese_numeral(int(m[1])), text)
    text = re.sub(r"(?<![\d.])(\d)(?=个月|年以|年内|年的)", lambda m: chinese_numeral(int(m[1])), text)
    yield from _true(text, item)


def _synonyms(item: Evidence, pool: Pool) -> Made:
    """Official terms by a short form of the lexicon, and the other way about."""
    text = stated(item)
    for term in lexicon.expand(fold(text)):
        forms = [form for form in term.search_words if form in text]
        others = [form for form in term.search_words if form not in text and forms and forms[0] not in form]
        if forms and others and term.kind in ("support", "group", "department", "procedure"):
            yield from _true(text.replace(forms[0], others[0], 1), item)
            return


def _reordered(item: Evidence, pool: Pool) -> Made:
    """The last two parts of a sentence before the others."""
    parts = re.split(r"[,，]", stated(item).rstrip("。"))
    if len(parts) >= 4 and all(len(part) > 4 for part in parts):
        yield from _true("，".join([*parts[-2:], *parts[:-2]]) + "。", item)


# Light rewording, as somebody does who retells a sentence.
REWORDED = (
    ("给予", "发放"), ("可申请", "能够申请"), ("进一步", "更加"), ("加大", "加强"), ("积极", "主动"), ("建立健全", "建立并完善"),
    ("开展", "进行"), ("提升", "提高"), ("促进", "推进"), ("推动", "促进"), ("降低", "减少"), ("符合条件的", "满足条件的"),
    ("应当", "应"), ("以及", "和"), ("利用", "用好"), ("提供", "给出"), ("鼓励", "支持和鼓励"), ("完善", "健全"), ("对", "对于"),
)  # fmt: skip


def _reworded(item: Evidence, pool: Pool) -> Made:
    text = stated(item)
    changed = 0
    for word, other in REWORDED:
        if word in text and other not in text and changed < 2:
            text = text.replace(word, other, 1)
            changed += 1
    yield from _true(f"按照规定，{text}" if len(text) % 2 else text, item)


def _by_hand(item: Evidence, pool: Pool) -> Made:
    """Statements retold by hand, for the sentences that they retell."""
    for line in _lines(PARAPHRASES):
        if line["file"] == item.clause.document and line["quote"] in item.quote:
            yield Case(line["text"], line["text"], Verdict.SUPPORTED)


# -- false statements -----------------------------------------------------------------------------


def _altered(text: str, item: Evidence, pool: Pool) -> Made:
    """A statement that is altered and, by chance, true nowhere in the documents."""
    if fold(text) != fold(stated(item)) and not any(fold(text) in fold(other.text) for other in pool.items):
        yield Case(text, text, Verdict.ALTERED)


def _replaced(pattern: str, other: str | Callable[[re.Match[str]], str]) -> Callable[[Evidence, Pool], Made]:
    compiled = re.compile(pattern)

    def make(item: Evidence, pool: Pool) -> Made:
        text = stated(item)
        matches = list(compiled.finditer(text))
        if matches:
            match = random.Random(text).choice(matches)
            new = match.expand(other) if isinstance(other, str) else other(match)
            yield from _altered(text[: match.start()] + new + text[match.end() :], item, pool)

    return make


def _other_digit(match: re.Match[str]) -> str:
    digits = match.group()
    place = random.Random(digits).randrange(len(digits))
    other = random.Random(digits + "d").choice([d for d in "123456789" if d != digits[place]])
    return digits[:place] + other + digits[place + 1 :]


# Each pattern's match is replaced by one of the others of its row.
UNITS = ("个月", "年", "天"), ("家", "人"), ("万元", "亿元", "元"), ("%", "倍"), ("平方米", "亩")


def _unit(match: re.Match[str]) -> str:
    unit = match.group()
    row = next(row for row in UNITS if unit in row)
    return random.Random(match.string).choice([other for other in row if other != unit])


OPPOSED = (
    ("提高", "降低"), ("增加", "减少"), ("扩大", "缩小"), ("放宽", "收紧"), ("取消", "保留"), ("免费", "收费"), ("允许", "禁止"),
    ("不得", "可以"), ("加快", "放慢"), ("优先", "最后"), ("简化", "增加"), ("鼓励", "限制"), ("降低", "提高"), ("减少", "增加"), ("支持", "限制"),
    ("缩减", "增加"), ("免收", "收取"), ("加大", "减小"), ("压缩", "延长"), ("继续", "停止"),
)  # fmt: skip


def _direction(item: Evidence, pool: Pool) -> Made:
    text = stated(item)
    found = [(word, other) for word, other in OPPOSED if word in text]
    if found:
        word, other = random.Random(text).choice(found)
        yield from _altered(text.replace(word, other, 1), item, pool)


def _negation(item: Evidence, pool: Pool) -> Made:
    text = stated(item)
    for word, other in (
        ("不得", "可"), ("不予", "给予"), ("不再", "继续"), ("未", "已"), ("可以", "不可以"), ("可申请", "不可申请"), ("享受", "不享受"),
        ("给予", "不给予"), ("应当", "不应当"), ("纳入", "不纳入"), ("提供", "不提供"), ("鼓励", "不鼓励"), ("支持", "不支持"), ("建立", "不建立"),
        ("推进", "不推进"), ("落实", "不落实"),
    ):  # fmt: skip
        if word in text and f"不{word}" not in text:
            yield from _altered(text.replace(word, other, 1), item, pool)
            return


def _swapped(kind: lexicon.Kind) -> Callable[[Evidence, Pool], Made]:
    terms = [term for term in lexicon.load() if term.kind == kind]

    def make(item: Evidence, pool: Pool) -> Made:
        text = stated(item)
        held = [t for t in lexicon.named(fold(text), kind) if t.official in text]
        context = fold(f"{item.clause.text} {' '.join(item.clause.heading)}")
        others = [t for t in terms if not any(form in context for form in (*t.search_words, *t.lay))]
        if held and others:
            other = random.Random(text).choice(others)
            yield from _altered(text.replace(held[0].official, other.official, 1), item, pool)

    return make


def _department(item: Evidence, pool: Pool) -> Made:
    """A responsible department named as another one."""
    departments = [d.name for d in item.clause.departments if len(d.name) > 2]
    body = stated(item).rstrip("。.；;")
    if not departments:
        yield from _swapped("department")(item, pool)
        return
    owner = to_simplified(item.clause.text)
    terms = [t for t in lexicon.load() if t.kind == "department"]
    others = [t for t in terms if not any(form in owner for form in (*t.search_words, *t.lay))]
    other = random.Random(body).choice(others).official
    text = f"{body}，由市{other}负责。"
    yield from _altered(text, item, pool)


CONDITIONAL = re.compile(r"^但|除外|不得|须|仅限|必须|前提下|符合.*条件|满足|经.*(?:同意|批准|认定|审核)|^除")


def _omitting(item: Evidence, pool: Pool) -> Made:
    parts = re.split(r"[,，]", stated(item).rstrip("。"))
    kept = [part for part in parts if not CONDITIONAL.search(part)]
    if len(kept) == len(parts) - 1 and len("".join(kept)) >= MIN_CHARS - 4:
        text = "，".join(kept) + "。"
        yield Case(text, text, Verdict.OMITS)


CITIES = ("绍兴市", "佳木斯市", "遵义市", "宝鸡市", "湛江市", "长沙市")


def _swapped_city(item: Evidence, pool: Pool) -> Made:
    """True of the document's place and told of another, held or not."""
    place = item.metadata.place
    text = stated(item)
    held = {m.place for m in pool.held if m.place}
    unrelated = [
        *(
            m.place
            for m in pool.held
            if m.place and m.place not in (place, *item.metadata.ancestors) and place not in m.ancestors
        ),
        *(city for city in CITIES if city not in held),
    ]
    if not place or not unrelated:
        return
    other = random.Random(text).choice(unrelated)
    if place in text:
        text = text.replace(place, other)
    elif place[:-1] in text and len(place) > 2:
        text = text.replace(place[:-1], other[:-1])
    else:
        text = random.Random(text).choice((f"在{other}，{text}", f"{other}规定，{text}"))
    yield Case(text, text, Verdict.OTHER_PLACE)


def _wrong_clause(item: Evidence, pool: Pool) -> Made:
    """Cited to another clause of the same document."""
    right = _last_number(item)
    labels = {
        c.label.split(".")[-1] for c in pool.library.clauses if c.document == item.clause.document
    } - set(item.clause.label.split("."))
    numbers = sorted(label for label in labels if label.isdigit() and label != "0")
    if right and numbers:
        style = random.Random(item.text).choice((1, 2, 3))
        other = random.Random(item.text).choice(numbers)
        text = _cited(stated(item), item, item.metadata.doc_number, other, style)
        yield Case(text, stated(item), Verdict.MISATTRIBUTED, ("does_not_say",))


def _wrong_number(item: Evidence, pool: Pool) -> Made:
    """Cited with another 发文字号."""
    number = item.metadata.doc_number
    if number:
        text = stated(item)
        digits = re.search(r"(\d+)号$", number)
        assert digits is not None
        other = number[: digits.start()] + f"{int(digits[1]) + 1 + len(text) % 7}号"
        style = random.Random(text).choice((1, 2, 3))
        cited = _cited(text, item, other, _last_number(item), style)
        yield Case(cited, text, Verdict.MISATTRIBUTED, ("wrong_number",))


def _wrong_document(item: Evidence, pool: Pool) -> Made:
    """Cited to another held document of the same or of another place."""
    others = [m for m in pool.held if m.document != item.clause.document and (m.doc_number or m.title)]
    if others:
        other = random.Random(item.text).choice(others)
        text = stated(item)
        cited = _cited(text, _of(item, other), other.doc_number, None, 1)
        yield Case(cited, text, Verdict.MISATTRIBUTED, ("does_not_say",))


def _of(item: Evidence, metadata: Metadata) -> Evidence:
    return Evidence(item.clause, metadata, item.span, item.quote, item.text)


def _stitched(item: Evidence, pool: Pool) -> Made:
    """The first half of one sentence and the last of another clause's."""
    others = [
        other
        for other in pool.items
        if other.clause.document == item.clause.document and other.clause.id != item.clause.id
    ]
    first = re.split(r"[,，]", stated(item).rstrip("。."))
    if not others or len(first) < 2:
        return
    last = re.split(r"[,，]", stated(random.Random(item.text).choice(others)).rstrip("。."))
    head, tail = "，".join(first[: len(first) // 2]), "，".join(last[len(last) // 2 :])
    if len(last) >= 2 and min(len(head), len(tail)) >= 12:
        text = f"{head}，{tail}。"
        yield Case(text, text, Verdict.STITCHED)


def _invented(item: Evidence, pool: Pool) -> Made:
    """A statement that no document of the pool makes."""
    lines = _lines(INVENTED)
    line = random.Random(item.text).choice(lines)
    yield Case(line["text"], line["text"], Verdict.NOT_FOUND)


ADDED = (
    "还送一套办公桌椅", "当天就能到账", "由街道干部上门代办", "老客户优先", "亲属也一样享受", "周末也照常受理",
    "办完还能抽奖", "材料由银行代交", "结果用短信告诉本人", "外地户口也算", "超过的部分由区里兜底",
)  # fmt: skip


def _added(item: Evidence, pool: Pool) -> Made:
    """A statement with a short part behind it that no document makes."""
    text = f"{stated(item).rstrip('。.;；,，')}，{random.Random(item.text).choice(ADDED)}。"
    yield Case(text, text, Verdict.ALTERED)


def _idle(item: Evidence, pool: Pool) -> Made:
    """A greeting, an opinion or a question."""
    line = random.Random(item.text).choice(IDLE)
    yield Case(line, line, Verdict.NOT_CHECKABLE)


IDLE = (
    "您好！", "感谢您对我们工作的关心和支持。", "您的来信收悉，现答复如下：", "如有疑问，欢迎来电咨询。", "祝您生活愉快！", "此致", "敬礼！",
    "我们认为这项政策非常好。", "请问您是哪一年毕业的？", "希望我们的答复能够帮到您。", "特此回复。", "2024年3月5日", "尊敬的王先生：",
    "关于您咨询的问题", "以上内容供您参考。", "给您带来不便，敬请谅解。", "Dear Sir or Madam,", "Thank you for your letter.",
    "您好，很高兴为您解答。", "我们理解您的心情。", "欢迎您继续监督我们的工作。", "再次感谢您的来信！", "祝您创业成功！",
)  # fmt: skip

KINDS: dict[str, Callable[[Evidence, Pool], Made]] = {
    "verbatim": _verbatim,
    "other script": _other_script,
    "numerals respelt": _respelt,
    "synonyms": _synonyms,
    "parts in another order": _reordered,
    "reworded": _reworded,
    "by hand": _by_hand,
    "digit": _replaced(
        r"(?<![\d.第〔(（])\d+(?=\.?\d*\s*(?:[万亿]?[元家个人户]|%|个月|年(?!代)|日|天|项|支|名))",
        _other_digit,
    ),
    "unit": _replaced(r"(?<=\d)(?:个月|(?<!\d{4})年|天|家|人(?!次)|万元|亿元|元|%|平方米)", _unit),
    "magnitude": _replaced(
        r"(?<=\d)[万亿]|(?<=\d)(?=元)", lambda m: {"万": "亿", "亿": "万", "": "万"}[m.group()]
    ),
    "bound": _replaced(
        r"(?<=[\d元家个年人%])(?:以上|以下|以内)|不超过|不低于|最高(?=[^,，。]{0,8}\d)|不少于|超过(?=\d)|低于(?=\d)",
        lambda m: {
            "以上": "以下",
            "以下": "以上",
            "以内": "以上",
            "不超过": "不低于",
            "不低于": "不超过",
            "最高": "最低",
            "不少于": "不超过",
            "超过": "低于",
            "低于": "超过",
        }[m.group()],
    ),
    "date": _replaced(
        r"20\d\d(?=年)|(?<=年)\d{1,2}(?=月)|(?<=月)\d{1,2}(?=日)",
        lambda m: (
            str(int(m.group()) + 1 + len(m.string) % 3)
            if len(m.group()) == 4
            else str(int(m.group()) % 9 + 1)
        ),
    ),
    "department": _department,
    "group": _swapped("group"),
    "negation": _negation,
    "direction": _direction,
    "dropped condition": _omitting,
    "swapped city": _swapped_city,
    "wrong clause number": _wrong_clause,
    "wrong document number": _wrong_number,
    "wrong document": _wrong_document,
    "stitched halves": _stitched,
    "invented": _invented,
    "invented part added": _added,
    "idle": _idle,
}


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as JSON lines: {error}.") from error


# -- letters --------------------------------------------------------------------------------------


def letters(
    path: Path, index: Index, embedder: Embedder, as_of: datetime.date
) -> tuple[list[Checked], dict[str, Figure | None]]:
    """The hand-written letters of a file: each verdict's share judged right, and the figures over all claims."""
    judged: dict[str, list[tuple[Case, CheckedClaim]]] = defaultdict(list)
    verdicts: list[bool] = []
    checks: list[bool] = []
    checker = Checker(index, embedder)
    for line in _lines(path):
        claims = checker.check(line["text"], as_of=as_of).claims
        after = 0
        for wanted in line["claims"]:
            start = line["text"].find(wanted["text"], after)
            end = after = start + len(wanted["text"])
            got = max(claims, key=lambda c: min(c.span.end, end) - max(c.span.start, start))
            case = Case(wanted["text"], wanted["text"], Verdict(wanted["verdict"]))
            judged[wanted["verdict"]].append((case, got))
            verdicts.append(got.verdict.value == wanted["verdict"])
            checks.append([c.check.value for c in got.citations] == list(wanted.get("citations", [])))
    results = [_counted(name, found) for name, found in sorted(judged.items())]
    return results, {"verdicts right": figure(verdicts), "citations right": figure(checks)}


# -- what is told ---------------------------------------------------------------------------------


def lines(results: Sequence[Checked]) -> list[str]:
    """A line a kind: share judged right with its interval, share not called true, and what was missed."""
    out = [f"{'kind':26} {'must be':14} {'right':>22} {'not called true':>18}"]
    for each in results:
        share, found = each.share, each.found
        interval = f"{share.value:.3f} [{share.low:.2f}, {share.high:.2f}] of {share.count}"
        out.append(f"{each.kind:26} {each.verdict:14} {interval:>22} {found.value:>14.3f}")
    return out


def target_lines(results: Iterable[Checked]) -> list[str]:
    """The figures that the targets are set for, over the kinds that count for each."""
    by_kind = {each.kind: each for each in results}
    out = []
    for name, (kinds, found_is_enough) in TARGETS.items():
        counted = [by_kind[kind] for kind in kinds if kind in by_kind]
        total = sum(each.share.count for each in counted)
        good = sum((e.found if found_is_enough else e.share).value * e.share.count for e in counted)
        if total:
            out.append(f"{name:54} {good / total:.3f} of {total}")
    return out


def missed_lines(results: Iterable[Checked]) -> list[str]:
    """Every statement that was not judged as it must be."""
    return [f"  {each.kind}: {text!r} -> {said}" for each in results for text, said in each.missed]
