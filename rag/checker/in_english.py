"""In English: an English statement -> the clauses that say it in Chinese, and what it says otherwise.

It cannot be compared word by word: it is held to the quantities, bounds, levels, groups, departments and denials
of a clause, to the share of its words whose renderings the clause has, and to the clause's meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag import english, lexicon
from rag.checker.amounts import bound_turned
from rag.checker.assertion import Assertion
from rag.checker.clauses import Clauses
from rag.checker.fits import LEAST_SHARE, Fit, best_first
from rag.checker.match import Match, PartMatch
from rag.checker.proof import Proof
from rag.checker.spoken import is_of
from rag.fold import fold
from rag.named import ENTERPRISE
from rag.quantities import quantities
from rag.terms import tokens
from rag.types import Difference, Metadata, Span
from rag.verify import FREE, NEGATION, is_named

# The cosine with the clause's closest sentence, and the share of its words that the clause says.
LEAST_COSINE, LEAST_SAID, LEAST_SAID_DIFFERING = 0.54, 0.22, 0.42
IN_CHARGE = re.compile(
    r"\b(?:led|headed|handled|run|administered|managed) by\b|\bresponsib|\bin charge\b|\btakes? the lead\b"
)
# Where an English sentence may be two: the Chinese one is parted at its commas.
JOINT = re.compile(r"[,;] and |; |, while | and ")
LEAST_HALF_WORDS = 4
# Whose list, office or standard it is: in English, and as a clause prints it.
LEVELS = (
    (
        re.compile(r"\b(?:national(?:-level)?|state-level|nationwide)\b"),
        re.compile(r"国家|全国|国务院|中央|部级"),
    ),
    (re.compile(r"\b(?:provincial|province-level|provincially)\b"), re.compile(r"省")),
    (re.compile(r"\bautonomous[- ]region(?:al)?\b"), re.compile(r"自治区")),
)
NEAREST_BY_WORDS = 4
THINGS = frozenset({"concept", "support", "procedure"})
# A direction in English, what prints it, and what prints the opposite.
DIRECTIONS: tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"\b(?:{said})\b"), re.compile(same), re.compile(opposite))
    for said, same, opposite in (
        ("tighten(?:s|ed|ing)?|stricter", "收紧|从严|严格", "放宽|放开"),
        (
            "relax(?:es|ed|ing)?|loosen(?:s|ed|ing)?|ease(?:s|d)?|easing",
            "放宽|放开|简化|降低|优化|便利",
            "收紧|从严|严格",
        ),
        ("lower(?:s|ed|ing)|reduc(?:e|es|ed|ing)", "降|减|缩|压|少|低|免", "提高|增加|上调|扩大|提升"),
        (
            "rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)",
            "提高|增|上调|扩大|提升|加大|放大|超过|高于",
            "降低|减少|下调|压缩|缩减",
        ),
        (
            "forbid(?:s|den)?|prohibit(?:s|ed)?|ban(?:s|ned)?",
            "禁|不得|不准|不允许|严禁|不可|打击|严查|查处",
            "允许|支持|鼓励|可以",
        ),
    )
)
# Something that one has to do or show, and a clause that does away with it.
REQUIRED = re.compile(r"\b(?:must|has to|have to|need to|needs to|(?:is|are) (?:still )?required)\b")
DONE_AWAY = re.compile(r"取消|不再要求|不再需要|无需|不需要?|免(?:于|交|提交|除)")
ASKED_FOR = re.compile(r"(?<![供相对响适反])应当?|须|必须|不得|只能|(?<!不)(?<!无)需|登记|提交")
LET_OFF = re.compile(r"\bwaive|\bfree of\b|\bonly\b|\bexempt")
# 最低, 增值税: neither lowers nor raises anything.
NO_DIRECTION = re.compile(
    r"最低|最高|至少|不少于|不低于|不超过|不高于|增值税|新增|低收入|低保|高校|高层次|高新|高端|多高"
)


def english_fits(said: Assertion, clauses: Clauses) -> list[Fit]:
    """The clauses that come nearest, the best first."""
    cosines = dict(clauses.dense(said.body))
    cited = [clauses.index.number[clause.id] for clause in said.cited]
    numbers = dict.fromkeys([*cosines, *clauses.lexical(said.body)[:NEAREST_BY_WORDS], *cited])
    return best_first(_fit(said, number, cosines.get(number, 0.0), clauses) for number in numbers)


def english_halves(said: Assertion, clauses: Clauses) -> list[Fit]:
    """The clauses that say each half of a sentence, where no one clause says both; empty if there are none."""
    for joint in JOINT.finditer(said.body):
        halves = said.body[: joint.start()], said.body[joint.end() :]
        if any(len(half.split()) < LEAST_HALF_WORDS for half in halves):
            continue
        found: list[Fit] = []
        for half in halves:
            alone = replace(said, statement=replace(said.statement, body=half))
            found += [fit for fit in english_fits(alone, clauses)[:1] if fit.holds and fit.at_home]
        if len(found) == len(halves) and found[0].number != found[1].number:
            return found
    return []


def _fit(said: Assertion, number: int, cosine: float, clauses: Clauses) -> Fit:
    """How a statement fares against a clause, as if it were one part that stands for the whole."""
    clause = clauses.index.clauses[number]
    metadata = clauses.index.metadata[clause.document]
    sentences = clauses.index.sentences[number]
    best = _sentence(said, number, clauses)
    told = fold(sentences[best].text) if sentences else ""
    charged = [department.name for department in clause.departments]
    proof = clauses.proof(number)
    differences = tuple(_differences(said, proof, told, charged))
    cited = said.cites(clause)
    share = _share(said, proof)
    apart = bool(differences) or _names_more(said.body, proof)
    enough = _is_enough(share, cosine) and (not apart or cited or share >= LEAST_SAID_DIFFERING)
    share_told = LEAST_SHARE + 0.4 * share if enough else 0.5 * share
    part = PartMatch(share_told, share_told, float(len(said.wording.folded)), best, 0, ())
    match = Match((part,), share_told, differences, ())
    return Fit(number, clause, metadata, match, _is_at_home(said, metadata), cited, differences)


def _is_enough(share: float, cosine: float) -> bool:
    """Whether a clause that says this share of a statement's words, and is this near in meaning, says it."""
    return share >= LEAST_SAID and (cosine >= LEAST_COSINE or share >= 2 * LEAST_SAID)


def _is_at_home(said: Assertion, metadata: Metadata) -> bool:
    """Whether the statement speaks of a document's place, or of none."""
    of_spoken = not said.mentions and (not said.spoken or is_of(said.spoken, metadata))
    return of_spoken or bool(said.named_of(metadata))


def _sentence(said: Assertion, number: int, clauses: Clauses) -> int:
    """The sentence of a clause that has most of the statement's quantities, the nearest in meaning of several."""
    stated = quantities(said.body)
    vector = clauses.vector(said.body)
    sentences = clauses.index.sentences[number]

    def shared(i: int) -> tuple[int, float]:
        return len(stated & quantities(sentences[i].text)), clauses.index.cosine(number, i, vector)

    return max(range(len(sentences)), key=shared, default=0)


def _share(said: Assertion, proof: Proof) -> float:
    """The share of the statement's words that the clause says in Chinese."""
    body = fold(said.body)
    met = []
    for renderings in english.renderings(body):
        each = [{t for t in tokens(word) if len(t) == 2} for word in renderings]
        met.append(max((len(pairs & proof.held) / len(pairs) for pairs in each if pairs), default=0.0))
    met += [float(any(form in proof.context for form in t.search_words)) for t in lexicon.expand(body)]
    return sum(met) / len(met) if met else 0.0


def _names_more(body: str, proof: Proof) -> bool:
    """Whether a statement names a thing by a term of the lexicon (patents) of which the clause has no two characters."""
    return any(
        not any(form in proof.context for form in term.search_words)
        and not any(t in proof.context for form in term.search_words for t in tokens(form) if len(t) == 2)
        for term in lexicon.expand(fold(body))
        if term.kind in THINGS
    )


def _differences(
    said: Assertion, proof: Proof, told: str, departments: Sequence[str]
) -> Iterator[Difference]:
    """What a statement says otherwise than a clause, of which it retells the folded sentence `told`."""
    body, folded = said.body, fold(said.body)
    whole = Span(0, len(body))
    if quantities(body) - quantities(proof.context):
        yield Difference("number", whole, body, "")
    if bound := bound_turned(said.wording, proof):
        yield Difference("bound", whole, *bound)
    for level, printed in LEVELS:
        if (named := level.search(folded)) and not printed.search(told):
            yield Difference("group", whole, named.group(), "")
    yield from _named_otherwise(folded, proof, departments if IN_CHARGE.search(folded) else (), whole)
    required, dropped = REQUIRED.search(folded), DONE_AWAY.search(told)
    if (
        required
        and dropped
        and not (NEGATION.search(folded) or LET_OFF.search(folded))
        and not ASKED_FOR.search(told)
    ):
        yield Difference("direction", whole, required.group(), dropped.group())
    moving = NO_DIRECTION.sub(" ", told)
    said_words = [(row, word) for row in DIRECTIONS if (word := row[0].search(folded))]
    if len(said_words) == 1:
        (_, same, opposite), word = said_words[0]
        turned = opposite.search(moving)
        if turned and not same.search(moving):
            yield Difference("direction", whole, word.group(), turned.group())
    if NEGATION.search(folded) and not (NEGATION.search(proof.body) or FREE.search(proof.body)):
        yield Difference("negation", whole, body, "")


def _named_otherwise(folded: str, proof: Proof, charged: Sequence[str], whole: Span) -> Iterator[Difference]:
    """Groups and departments that the clause does not name; `charged` are those that it puts in charge, if it is said who is."""
    known = {term.official for term in lexicon.expand(proof.context)}
    for term in lexicon.expand(folded):
        if term.kind not in ("group", "department") or ENTERPRISE.search(term.official):
            continue
        if term.kind == "department" and charged:
            if not any(is_named(fold(name), term) for name in charged):
                yield Difference(term.kind, whole, term.english[0], "、".join(charged))
            continue
        pieces = {t for form in term.search_words for t in tokens(form) if len(t) == 2}
        named = term.official in known or is_named(proof.context, term)
        if not named and not any(piece in proof.context for piece in pieces):
            yield Difference(term.kind, whole, term.english[0], "")
