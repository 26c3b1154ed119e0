"""Verify: a drafted claim and the evidence -> a checked claim, with reasons.

Cheap exact checks: its marks are real; every number in it stands in the cited evidence by value; bounds
(最高, 不低于) are kept; departments and groups are named there; negations and conditions are neither added
nor left out; and its words are the evidence's. A claim that fails is cited anew where another piece of
evidence proves it, else replaced by the verbatim sentence, else dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import english, lexicon
from rag.brief import under_scheme
from rag.compose import parse_line
from rag.fold import fold
from rag.named import same_group
from rag.quantities import Quantity, located, quantities
from rag.terms import tokens
from rag.types import Check, Claim, Evidence, Language, Outcome

# A claim's pairs of characters that must stand in its evidence: below this it says something else.
LEAST_SHARED = 0.55
# Of an English claim's words this share has to be met; sound ones of the development questions had 0.33 or more,
# claims put to the wrong evidence 0.12 or less; of a few words nothing can be told.
LEAST_MET, LEAST_WORDS = 0.25, 4
MAX_CLAIM_CHARS: dict[Language, int] = {"zh-Hans": 150, "zh-Hant": 150, "en": 360}
# A name that ends as departments do; some ending of it has to stand in the evidence.
DEPARTMENT_NAME = re.compile(
    r"[一-鿿]{2,14}?(?:管理局|服务局|保障局|(?<![布格结全大开])局|委员会|办公室|厅|支行)"
)
# An English bound counts only beside its figure: "signed up to a platform" and "government" hold none.
_FIGURE = r"(?= ?(?:an? |the )?(?:rmb|cny|usd|¥|\$)? ?(?:\d|one|two|three|four|five|six|ten|half))"
UPPER = re.compile(
    r"最高|最多|不超过|不高于|以下|以内|至多|上限|不得超过|之内|at most|no more than|\bmaximum|not exceed|\bceiling\b|\bcapped\b|\bor (?:less|below|under|fewer)\b|"
    rf"\b(?:up to|within|below|under|(?<!no )(?:less|fewer) than){_FIGURE}"
)
LOWER = re.compile(
    r"最低|不低于|不少于|以上|至少|起步|(?:元|块|万|%)起(?:(?=的|[^一-鿿]|$)|[贷算付奖补投收](?![一-鿿]))|超过(?<!不超过)(?<!不得超过)|突破|at least|no less than|\bminimum|\bor (?:more|above|over)\b|\bexceed(?<!not exceed)|"
    rf"\b(?:more than|over){_FIGURE}"
)
# What bounds a figure right before or behind it, and how a claim tells both bounds of a range.
BOUNDED_BEFORE = re.compile(
    r"(?:最高|最多|最低|不超过|不高于|不低于|不少于|至多|至少|上限)[^\d,.;，。；]{0,8}$"
)
BOUNDED_BEHIND = re.compile(r"^(?:美?元|人|户|家|名|间|台|亩|平方米)?(?:[(（]含[^)）]*[)）])?以[上下内]")
RANGE = re.compile(r"\d\S*(?: [a-z]+)?\s*(?:至|到|-|—|–|~|\bto\b|\band\b)\s*\S{0,6}\d")
NEGATION = re.compile(
    r"不得|不予|不能|不可|禁止|严禁|取消|不再|无需|无须|不需|免于|除外|未(?=[经按能])|没有|不(?:用|必|要求|受|允许|准|许|给|享受|纳入|属于|需要?|收|参与|参加|发给|管(?!理))|\bnot?\b(?! (?:more|less|fewer|later|higher|lower|earlier|(?:to )?exceed\w*|only)\b)|n't\b|cannot|without|absence of|lack(?:s|ing)?\b|exempt|cancel|abolish|never|except"
)
# A bare yes or no before a claim; its proof has to grant or deny something.
BARE_ANSWER = re.compile(
    r"(?:(?P<no>不(?:可以|能|行|会|用|需要|要|是|对)|没有|不|no)|(?:可以|能|行|会|要|需要|有|是的?|对|yes))\s*[。,.，!！]\s*",
    re.IGNORECASE,
)
# The document that a claim names as its source is told by its citation.
SOURCE = re.compile(r"(?:根据|按照|依据)《[^》]{1,60}》[^,，]{0,12}[,，]\s*")
GRANTS = re.compile(r"可|允许|享受|给予|支持|提供|应|免|纳入|优先|予以|实行|推行|落实")
# Words that turn a sentence round: a claim may not say one where its proof says only the other.
OPPOSED = (
    ("取消|废止|撤销", "保留|恢复"),
    ("免收|免征|免缴|免交|免费", "收取|征收|须缴|应缴|收费"),
    ("提高|增加|上调|上浮|扩大", "降低|减少|下调|下浮|缩小|压缩"),
    ("放宽|放开", "收紧|从严|限制"),
    ("允许|可以", "禁止|严禁|不得"),
    ("继续|恢复", "停止|暂停|不再"),
    (
        "预算(?!管理|绩效|单位)|计划安排|拟安排",
        "拿了|拿到|花了|花掉|(?<![采利使运引])用了|用掉|支出了|拨了|收到(?!申请|材料)",
    ),
)
# How a sentence of mere intention opens, and the words of which a claim of it has to keep one: what is encouraged or
# explored is nothing that anybody can claim yet.
INTENTION = re.compile(
    r"^\W*(?:积极|大力|进一步|加快|继续)?(?:探索|鼓励|推动|研究|争取|逐步|力争|引导|支持有条件|有条件)"
)
KEPT_INTENTION = re.compile(
    r"探索|鼓励|推动|研究|争取|逐步|力争|引导|有条件|试点|计划|拟|正在|支持|将|推进|推广"
)
# A part of a claim retells the part of its proof that holds this share of its words.
RETOLD = 0.4
# What an English claim may tell with a "no" although its proof holds none: no cost, no rent.
FREE = re.compile(r"[0零]成本|免(?:费|收|征|租|交|缴|税|息)|全免")
# A name put between marks of quotation: what is not printed so in the evidence was made up (the "Kiln Plan").
QUOTED = re.compile(r"[“\"][^”\"]{1,20}[”\"]")
QUOTED_NAME = re.compile(r"[\"“]([A-Z][^\"”]{1,60})[\"”]")
ENGLISH_CAPITALS = frozenset({"RMB", "CNY", "GDP", "IP", "SME", "SMEs", "PRC", "ID", "IT", "RD"})
CONDITION = re.compile(r"但|除外|不得|须|仅限|必须|除.{1,40}外|前提下|unless|only|must|provided|except")
PRINTED_NUMBER = re.compile(
    r"^(?:第[〇零一二三四五六七八九十百\d]{1,6}条(?:之[一二三四五六七八九十])?(?!第|之|所[称列述指]|规定|中的|的|和|至|及|或|、)|[（(][一二三四五六七八九十百\d]{1,4}[)）]|\d{1,2}(?:\.\d{1,2}){1,3}(?=\s*[一-鿿“《])|[a-z][)）]|[\d]{1,3}[.．﹒、](?!\d)|[一二三四五六七八九十]{1,3}、|[①-⑳]|[―—]{1,2})\s*"
)
LEAST_TOLD = 3
"""Pairs of characters that a claim has in common with one piece of evidence alone, if it tells anything of it."""
FILLER = frozenset("怎么的了是在和与及或等可以能有为对您你我请需要将会由向其该这那也都就")


def verify(
    line: str,
    evidence: Sequence[Evidence],
    language: Language,
    *,
    used: frozenset[int] = frozenset(),
    whole_lists: bool = False,
) -> Check:
    """What becomes of a drafted line. Marks in the result count into `evidence`, from 1.

    `used` are the marks whose verbatim sentence the answer already holds; with `whole_lists` a claim may
    leave out no item of a list that it retells.
    """
    text, marks = parse_line(line)
    real = tuple(mark for mark in marks if 1 <= mark <= len(evidence))
    reasons = [] if marks and real == marks else ["a mark stands for no evidence"]
    if text and not reasons:
        cited = [evidence[mark - 1] for mark in real]
        text = SOURCE.sub(
            "", without_bare_answer(text, fold("\n".join(item.text for item in cited))), count=1
        )
        reasons = _faults(text, cited, language)
        if language != "en" and _is_longer(text, cited):
            reasons.append("it is longer than what it rewords")
        if whole_lists and language != "en" and _lost_items(fold(text), fold(cited[0].text)):
            reasons.append("items of the list are left out")
        kept = _proved_part(text, cited, language)
        if not reasons and kept in ("", text):
            return Check(line, Outcome.SUPPORTED, Claim(text, _told_marks(text, real, evidence, language)))
        if kept:
            marks = _told_marks(kept, real, evidence, language)
            return Check(
                line, Outcome.SUPPORTED, Claim(kept, marks), (*reasons, "only what is proved of it is kept")
            )
    if text and (others := _proved_by(text, real, evidence, language)):
        return Check(line, Outcome.RECITED, Claim(text, others), tuple(reasons))
    if real and real[0] not in used and language != "en":
        return Check(line, Outcome.REPLACED, Claim(stated(evidence[real[0] - 1]), real[:1]), tuple(reasons))
    return Check(line, Outcome.DROPPED, None, tuple(reasons or ["no text"]))


def verify_translation(line: str, item: Evidence, chinese: str) -> Check:
    """What becomes of a drafted English line: proved by the evidence that it translates, and all of `chinese`, or dropped."""
    text, _ = parse_line(line)
    # A model may part a line in two, of which one says it all, or go on to say what is its own.
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", text)
    checks = [_translated(line, one, item, chinese) for one in dict.fromkeys((*sentences, text))]
    return next((check for check in checks if check.claim), checks[0])


def _translated(line: str, text: str, item: Evidence, chinese: str) -> Check:
    """What becomes of one sentence, or all, of a drafted English line."""
    check = verify(f"{text}[1]", [item], "en")
    if check.outcome is not Outcome.SUPPORTED or check.claim is None:
        return Check(line, Outcome.DROPPED, None, check.reasons)
    reasons = tuple(lost_in_english(check.claim.text, chinese))
    return Check(line, Outcome.DROPPED, None, reasons) if reasons else check


def _proved_part(text: str, cited: Sequence[Evidence], language: Language) -> str:
    """The sentences of a claim of several that its evidence proves one by one; empty where none does, or it is but one."""
    parts = re.findall(r"[^。!！?？.]+(?:\.(?=\d)[^。!！?？.]*)*[。!！?？.]+[\s”]*", text)
    if len(parts) < 2 or "".join(parts) != text:
        return ""
    proved = [p for p in parts if BARE_ANSWER.fullmatch(p) or not _faults(p.strip(), cited, language)]
    kept = "" if all(map(BARE_ANSWER.fullmatch, proved)) else "".join(proved).strip()
    return "" if kept and language != "en" and _is_longer(kept, cited) else kept


def _proved_by(
    text: str, real: Sequence[int], evidence: Sequence[Evidence], language: Language
) -> tuple[int, ...]:
    """The marks that prove a claim which those it cites do not: another one alone, else two.

    Of two one is cited or both are of one clause; those are tried first that hold most of the claim.
    """
    every = range(1, len(evidence) + 1)
    alone = [(mark,) for mark in every if mark not in real]
    several = [
        (a, b)
        for a in every
        for b in every
        if a < b and language != "en" and real
        and ({a, b} & set(real) or evidence[a - 1].clause == evidence[b - 1].clause)
    ]  # fmt: skip
    claim = _pairs(fold(text))

    def held(marks: tuple[int, ...]) -> int:
        return len(claim & _pairs(fold(" ".join(evidence[mark - 1].text for mark in marks))))

    for marks in [*alone, *sorted(several, key=held, reverse=True)]:
        cited = [evidence[mark - 1] for mark in marks]
        if not _faults(text, cited, language) and (language == "en" or not _is_longer(text, cited)):
            return _told_marks(text, marks, evidence, language)
    return ()


def _told_marks(
    text: str, marks: tuple[int, ...], evidence: Sequence[Evidence], language: Language
) -> tuple[int, ...]:
    """`marks` without those of evidence that a Chinese claim tells nothing of, and that it is proved without."""
    if language == "en":
        return marks
    claim = _pairs(fold(text))
    for mark in reversed(marks):
        others = [other for other in marks if other != mark]
        if not others:
            break
        beside = set().union(*(_pairs(fold(evidence[other - 1].text)) for other in others))
        own = claim & _pairs(fold(evidence[mark - 1].text)) - beside
        documents = {evidence[other - 1].clause.document for other in others}
        if evidence[mark - 1].clause.document not in documents:
            continue  # of two places both are told
        if len(own) < LEAST_TOLD and not _faults(text, [evidence[other - 1] for other in others], language):
            marks = tuple(others)
    return marks


def _is_longer(text: str, cited: Sequence[Evidence]) -> bool:
    """Whether a rewording is longer than what it rewords, which then serves better."""
    return len(text) > sum(len(stated(item)) for item in cited)


def without_bare_answer(text: str, proof: str) -> str:
    """A claim without the yes or no before it, unless its folded proof grants or denies something accordingly.

    >>> without_bare_answer("可以。创业有补贴。", "给予创业补贴。"), without_bare_answer("不能。创业有补贴。", "给予创业补贴。")
    ('可以。创业有补贴。', '创业有补贴。')
    """
    match = BARE_ANSWER.match(text)
    if match is None:
        return text
    denied = bool(NEGATION.search(proof))
    proved = denied if match["no"] else GRANTS.search(proof) and not denied
    return text if proved else text[match.end() :]


def stated(item: Evidence) -> str:
    """A piece of evidence as a claim: its own words, without the number printed before them, under what they are about."""
    return under_scheme(PRINTED_NUMBER.sub("", item.text), item.clause.heading)


def _faults(text: str, cited: Sequence[Evidence], language: Language) -> list[str]:
    """Why `text` is not proved by the evidence it cites; empty when it is."""
    proof = "\n".join(item.text for item in cited)
    titles = "\n".join(title for item in cited for title in item.clause.heading)
    context = f"{proof}\n{titles}\n" + "\n".join(
        department.name for item in cited for department in item.clause.departments
    )
    folded, folded_proof = fold(text), fold(proof)
    if len(text) > MAX_CLAIM_CHARS[language]:
        return ["it is too long to be one claim"]
    if "?" in folded:
        return ["it asks, and claims nothing"]
    if not text.strip() or BARE_ANSWER.fullmatch(text.strip()):
        return ["a bare yes or no says nothing of the clause"]
    faults = [
        f"number {_shown(q)} is not in the evidence" for q in sorted(quantities(text) - quantities(context))
    ]
    bounds = (("an upper bound", UPPER), ("a lower bound", LOWER))
    faults += [
        f"{name} is not in the evidence"
        for name, pattern in bounds
        if quantities(text) and pattern.search(folded) and not pattern.search(folded_proof)
    ]
    if lost_bound(folded, folded_proof):
        faults.append("a bound is left out")
    if language == "en":
        faults += _english_faults(text, proof, context)
    else:
        faults += _chinese_faults(folded, folded_proof, fold(context))
    return faults


def lost_bound(claim: str, proof: str) -> bool:
    """Whether a folded claim tells a figure flatly that its folded proof has only as a bound: 押金二十元以上.

    >>> lost_bound("押金20元", "押金二十元以上六十元以下"), lost_bound("押金20元至60元", "押金二十元以上六十元以下")
    (True, False)
    """
    if UPPER.search(claim) or LOWER.search(claim) or RANGE.search(claim):
        return False
    bounded: dict[Quantity, bool] = {}
    for found in located(proof):
        bound = BOUNDED_BEFORE.search(proof[: found.start]) or BOUNDED_BEHIND.match(proof[found.end :])
        bounded[found.quantity] = bounded.get(found.quantity, True) and bound is not None
    return any(bounded.get(q, False) for q in quantities(claim) if q.kind in ("", "%"))


def _shown(quantity: tuple[object, str]) -> str:
    return f"{quantity[0]}{quantity[1]}"


# A claim tells; words of asking are the question's own: 可以拖几年.
ASKING_WORD = re.compile(
    r"几(?:年|天|个|月|岁|次|家|人)|多少|多久|多大|什么|哪(?:个|些|里|儿|家|年)|怎么|怎样|咋|吗|谁"
)


def _chinese_faults(claim: str, proof: str, context: str) -> list[str]:
    faults = []
    if set(ASKING_WORD.findall(claim)) - set(ASKING_WORD.findall(proof)):
        faults.append("it repeats what is asked")
    told = retold(claim, proof) or [(claim, proof)]
    if any(bool(NEGATION.search(a)) != bool(NEGATION.search(b)) and shares_negated(a, b) for a, b in told):
        faults.append("a negation was added or lost")
    if any(_turned(a, b) for a, b in told):
        faults.append("its direction is turned round")
    if promised(claim, proof):
        faults.append("an intention is told as a promise")
    if _lost_condition(claim, proof):
        faults.append("a condition of the clause is left out")
    for kind in ("department", "group"):
        named = {term for term in lexicon.named(claim, kind) if not is_named(context, term)}
        faults += [
            f"{term.official} is not in the evidence" for term in sorted(named, key=lambda t: t.official)
        ]
    if misbound(claim, proof):
        faults.append("a number of the evidence is said of something else")
    faults += [f"{name} is not in the evidence" for name in unknown_departments(claim, context)]
    pairs = [token for token in tokens(claim) if len(token) == 2 and not set(token) & FILLER]
    held = set(tokens(" ".join([context, *_other_forms(context)])))
    shared = sum(pair in held for pair in pairs) / len(pairs) if pairs else 0.0
    if shared < LEAST_SHARED:
        faults.append(f"only {shared:.0%} of its words are the evidence's")
    return faults


def misbound(claim: str, proof: str) -> bool:
    """Whether a number is said of what the evidence gives another number for.

    The part of the proof that shares most words with a part of the claim has numbers, none of them the claim's,
    and the claim's number stands in a part that shares far fewer.
    """
    parts = [(_pairs(part), _counted(part)) for part in PARTS.split(proof)]
    for part in PARTS.split(claim):
        words, numbers = _pairs(part), _counted(part)
        if not words or not numbers:
            continue
        shares = [(len(words & held) / len(words), counted) for held, counted in parts if counted]
        best, counted = max(shares, key=lambda share: share[0], default=(0.0, frozenset()))
        own = max((share for share, counted in shares if counted & numbers), default=0.0)
        if best >= 0.4 and not counted & numbers and own <= 0.7 * best:
            return True
    return False


PARTS = re.compile(r"[,;:\n]|\.(?!\d)")


def _pairs(text: str) -> set[str]:
    return {
        token for token in tokens(text) if len(token) == 2 and not set(token) & FILLER and not token.isdigit()
    }


def _counted(text: str) -> frozenset[Quantity]:
    """The quantities of a text but calendar years."""
    return frozenset(quantity for quantity in quantities(text) if quantity.kind != "year")


def unknown_departments(claim: str, context: str) -> list[str]:
    """Names of departments in the claim of which neither a short form nor an ending stands in the evidence."""
    known = {name for term in lexicon.expand(context) for name in (term.official, *term.short)}
    return [
        name
        for name in DEPARTMENT_NAME.findall(claim)
        if name[-4:] not in context
        and name[-3:] not in context
        and not any(name.endswith(form) for form in known)
    ]


def _lost_items(claim: str, proof: str) -> bool:
    """Whether the longest list of the proof (at least three items) has an item that the claim lacks."""
    lists = [re.split(r"[.、]", part) for part in re.split(r"[,;:\n]", proof)]
    items = max(lists, key=len)
    held = set(tokens(claim))
    if len(items) < 3 or not any(item and item in claim for item in items):
        return False
    pairs = [[token for token in tokens(item) if len(token) == 2 or not token.isalpha()] for item in items]
    return any(part and sum(token in held for token in part) < 0.5 * len(part) for part in pairs)


def _other_forms(context: str) -> list[str]:
    """Other words for the terms of the evidence: 公租房 says what 公共租赁住房 says."""
    return [form for term in lexicon.expand(context) for form in (term.official, *term.short, *term.lay)]


def _english_faults(text: str, proof: str, context: str) -> list[str]:
    """An English claim is proved by its numbers and by the terms of the bilingual table."""
    faults = []
    if re.search(r"[\u3400-\u9fff]", re.sub(r"[（(][^（()）]*[)）]", "", text)):
        faults.append("it is not English")
    if not text.rstrip("”\"')").endswith((".", "!", "?", ")")) or len(re.findall(r"[.!?] [A-Z]", text)) > 1:
        faults.append("it is not one whole sentence")
    strange = [
        word for word in re.findall(r"\b[A-Z][A-Za-z]*[A-Z]\b", text) if word.lower() not in fold(context)
    ]
    faults += [f"{word} is not in the evidence" for word in strange if word not in ENGLISH_CAPITALS]
    if any(quoted.lower() not in fold(context) for quoted in QUOTED_NAME.findall(text)):
        faults.append("a name that it quotes is not in the evidence")
    if NEGATION.search(fold(text)) and not (NEGATION.search(fold(proof)) or FREE.search(fold(proof))):
        faults.append("a negation was added")
    met = _met(text, proof)
    if met < LEAST_MET:
        faults.append(f"only {met:.0%} of its words are the evidence's")
    known = {term.official for term in lexicon.expand(fold(context))}
    for term in lexicon.expand(fold(text)):
        if (
            term.kind in ("group", "department")
            and not any(term.official in other or other in term.official for other in known)
            and not is_named(fold(context), term)
        ):
            faults.append(f"{term.english[0] if term.english else term.official} is not in the evidence")
    faults += [f"{name} is not in the evidence" for name in _other_supports(fold(text), fold(context))]
    return faults


# What the names of many supports have in common, and so tells none of them from another.
COMMON = re.compile(r"补贴|补助|津贴|奖励|奖补|资助|贷款|资金|服务|住房|一次性|创业|财政|政策")


LEAST_HINTED = 0.5
"""The share of what tells one of such a support's names from others that the evidence has to hold."""


def _other_supports(claim: str, context: str) -> list[str]:
    """The supports named in an English claim of which the evidence holds nothing that tells them apart: rental, purchase."""

    def hinted(term: lexicon.Term) -> bool:
        own = [COMMON.sub(" ", form) for form in (term.official, *term.short, *term.lay)]
        told = [kept for form in own if (kept := {token for token in tokens(form) if len(token) > 1})]
        return not told or any(
            sum(token in context for token in form) >= LEAST_HINTED * len(form) for form in told
        )

    return [
        claim[start:end]
        for start, end, named in lexicon.spans(claim)
        if " " in claim[start:end].strip()
        and all(term.kind == "support" for term in named)
        and not any(map(hinted, named))
    ]


def lost_in_english(text: str, chinese: str) -> list[str]:
    """What an English rendering of a Chinese line leaves out: its quantities, and the groups of people it is for."""
    kept = quantities(text)
    printed = quantities(QUOTED.sub("", chinese))
    faults = [
        f"number {_shown(q)} is left out" for q in sorted(printed - kept) if q.kind != "year" and q.value > 1
    ]
    named = {term.official for term in lexicon.expand(fold(text)) if term.kind == "group"}
    faults += [
        f"{term.official} is left out"
        for term in lexicon.named(fold(chinese), "group")
        if not any(same_group(term.official, other) for other in named)
    ]
    return faults


def _met(text: str, proof: str) -> float:
    """The share of a claim's English words of which the evidence holds a rendering, by its pairs of characters; 0 to 1."""
    held, folded = set(tokens(fold(proof))), fold(text)

    def share(rendering: str) -> float:
        parts = tokens(rendering)
        return sum(part in held for part in parts) / len(parts) if parts else 0.0

    terms, rest, at = [], [], 0
    for start, end, named in lexicon.spans(folded):
        terms.append(float(any(is_named(fold(proof), term) for term in named)))
        rest.append(folded[at:start])
        at = end
    words = english.renderings(" ".join([*rest, folded[at:]]))
    met = [*terms, *(max(map(share, each)) for each in words)]
    return sum(met) / len(met) if len(met) >= LEAST_WORDS else 1.0


def is_named(context: str, term: lexicon.Term) -> bool:
    """Whether the folded evidence names a term, by its official or a short form or a part of it."""
    forms = (term.official, *term.short)
    return any(form in context for form in forms)


def shares_negated(claim: str, proof: str) -> bool:
    """Whether the claim speaks of the words around the proof's negation, so that the negation matters."""
    for text, other in ((proof, claim), (claim, proof)):
        for match in NEGATION.finditer(text):
            after = tokens(text[match.end() : match.end() + 8])
            if any(len(token) == 2 and token in tokens(other) for token in after):
                return True
    return False


def retold(claim: str, proof: str) -> list[tuple[str, str]]:
    """The parts of a claim, each with the part of the proof that shares most of its words, if that is enough."""
    held = [(part, _pairs(part)) for part in PARTS.split(proof)]
    found = []
    for part in PARTS.split(claim):
        words = _pairs(part)
        best, share = max(
            ((text, len(words & pairs) / len(words)) for text, pairs in held if words),
            key=lambda pair: pair[1],
            default=("", 0.0),
        )
        if share >= RETOLD:
            found.append((part, best))
    return found


def promised(claim: str, proof: str) -> bool:
    """Whether the sentence of the proof that the claim retells only intends what the claim says flatly."""
    if KEPT_INTENTION.search(claim):
        return False
    words = _pairs(claim)
    sentences = [PRINTED_NUMBER.sub("", part) for part in re.split(r"[;\n]|\.(?!\d)", proof)]
    nearest = max(sentences, key=lambda part: len(words & _pairs(part)))
    return bool(words & _pairs(nearest)) and bool(INTENTION.search(nearest))


def _turned(claim: str, proof: str) -> bool:
    """Whether the claim says words of a direction, and its proof only those of the opposed one."""
    return any(
        re.search(said, claim)
        and not re.search(said, proof)
        and re.search(other, proof)
        and not re.search(other, claim)
        for one, two in OPPOSED
        for said, other in ((one, two), (two, one))
    )


def _lost_condition(claim: str, proof: str) -> bool:
    """Whether a condition stands in the very part of the proof that the claim retells, and not in the claim."""
    if CONDITION.search(claim):
        return False
    for part in re.split(r"[.;\n]", proof):
        match = CONDITION.search(part)
        if (match and match.group() in ("除外", "不得", "仅限")) or (
            match and match.group().startswith("除")
        ):
            held = set(tokens(part))
            pairs = [token for token in tokens(claim) if len(token) == 2]
            if pairs and sum(pair in held for pair in pairs) / len(pairs) > 0.6:
                return True
    return False
