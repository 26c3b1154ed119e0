"""Metrics over a run file, the raw documents and the gold; nothing of `rag` but types is read here.

A verifier must not grade itself: numbers, sentences and script are read here a second time, by other means.
The definition of a correct answer is that of the development set's README ("When an answer is right"); each
other measure is defined where it is computed. Shares are in 0 to 1, None where a question asks for no such thing.
"""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import opencc

from eval.questions import Question

FITTING = {
    "answer": {"answered", "partly"},
    "abstain": {"not_covered", "refused"},
    "clarify": {"which_city", "answered", "partly"},
}
Clause = tuple[str, int]
"""A gold clause: file and where it starts; (file, -1) stands for a place in none."""
Clauses = Mapping[str, Sequence[tuple[int, int]]]
"""File -> the spans of its gold clauses."""


@dataclass(frozen=True)
class Score:
    """What one answer got right."""

    id: str
    status_fits: bool
    facts: float | None
    """Share of the facts of which the answer's text holds a spelling."""
    forbidden: bool
    """Whether a forbidden string stands in the text."""
    wrong_file: bool
    """Whether a document outside the question's files is cited."""
    cites_evidence: bool | None
    """Whether at least one clause with a gold quote is cited."""
    cites_required: float | None
    """Share of the required gold clauses that are cited."""
    clause_recall: float | None
    """Share of all gold clauses, the optional ones too, that are cited: of an overview, the supports listed."""
    citation_precision: float | None
    """Share of the cited clauses that hold a gold quote. A citation counts only if a sentence carries it."""
    alce_recall: float | None
    """Share of the sentences that their citations together support (`supports`); uncited ones are not."""
    alce_precision: float | None
    """Share of the citations without which their sentence would not be supported, or that support it alone."""
    quotes_exact: bool
    """Whether each quote is exactly the raw text at its offsets."""
    unsupported_numbers: int
    """Numbers in the sentences that no clause cited for that sentence holds, equal in value."""
    omissions: int
    """Sentences in words of their own that name no condition though every sentence quoted for them does."""
    own_words: float | None
    """Share of the sentences that are no verbatim part of a quote."""
    language_fits: bool
    """Whether the text is in the language and script asked for (`language_of`)."""
    characters: int
    """Length of `text`, marks included."""
    in_scope: bool | None
    """Whether every clause found lies in a document that a right answer may cite."""
    hit_at_1: bool | None
    recall_at_1: float | None
    recall_at_3: float | None
    recall_at_5: float | None
    recall_at_10: float | None
    reciprocal_rank: float | None
    """1 / rank of the first clause found that holds a gold quote, 0 if none was found (MRR is its mean)."""
    ndcg_at_10: float | None
    """nDCG@10 (Järvelin and Kekäläinen 2002) with grade 2 for required and 1 for optional clauses."""
    evidence_s: float | None
    first_token_s: float | None
    total_s: float

    @property
    def correct(self) -> bool:
        """The status fits, every fact is there, nothing forbidden or foreign is, and evidence is cited."""
        return (
            self.status_fits
            and self.facts in (None, 1.0)
            and not self.forbidden
            and not self.wrong_file
            and self.cites_evidence in (None, True)
        )


def score(question: Question, record: Mapping[str, Any], raw: Mapping[str, str], clauses: Clauses) -> Score:
    """How an answer fares against its question; `raw` holds the text of each document."""
    text = plain(record["text"])
    found = [any(plain(spelling) in text for spelling in spellings) for spellings in question.facts]
    sentences = [
        (sentence["text"], [record["citations"][at] for at in sentence["citations"]])
        for sentence in record["sentences"]
    ]
    cited = [citation for _, citations in sentences for citation in citations]
    grades = _grades(question, raw, clauses)
    required = {clause for clause, grade in grades.items() if grade == 2}
    got = [_clause_of(c["file"], c["start"], clauses) for c in cited]
    distinct = list(dict.fromkeys(got))
    hits = [_clause_of(h["file"], h["start"], clauses) for h in record["hits"]]
    answerable = question.expected == "answer"
    alce_recall, alce_precision = alce(sentences)
    return Score(
        id=question.id,
        status_fits=record["status"] in FITTING[question.expected],
        facts=_share(found),
        forbidden=any(plain(word) in text for word in question.forbidden),
        wrong_file=any(c["file"] not in question.files for c in cited),
        cites_evidence=bool(grades.keys() & set(got)) if answerable else None,
        cites_required=_share([clause in got for clause in required]) if answerable else None,
        clause_recall=_share([clause in got for clause in grades]) if answerable else None,
        citation_precision=_share([clause in grades for clause in distinct]) if answerable else None,
        alce_recall=alce_recall,
        alce_precision=alce_precision,
        quotes_exact=all(raw[c["file"]][c["start"] : c["end"]] == c["quote"] for c in record["citations"]),
        unsupported_numbers=sum(_unsupported(said, quotes, raw, clauses) for said, quotes in sentences),
        omissions=sum(_omits(said, quotes) for said, quotes in sentences),
        own_words=_share([not _is_verbatim(said, quotes) for said, quotes in sentences]),
        language_fits=language_of(record["text"]) in (question.lang, ""),
        characters=len(record["text"]),
        hit_at_1=hits[:1] != [] and hits[0] in grades if grades else None,
        in_scope=all(h["file"] in question.files for h in record["hits"]) if record["hits"] else None,
        recall_at_1=recall_at(hits, required, 1),
        recall_at_3=recall_at(hits, required, 3),
        recall_at_5=recall_at(hits, required, 5),
        recall_at_10=recall_at(hits, required, 10),
        reciprocal_rank=reciprocal_rank(hits, set(grades)),
        ndcg_at_10=ndcg_at(hits, grades, 10),
        evidence_s=record["evidence_s"],
        first_token_s=record["first_token_s"],
        total_s=record["total_s"],
    )


def _grades(question: Question, raw: Mapping[str, str], clauses: Clauses) -> dict[Clause, int]:
    """Gold clause -> 2 if a complete answer must cite it, else 1."""
    grades: dict[Clause, int] = {}
    for evidence in question.evidence:
        clause = _clause_of(evidence.file, raw[evidence.file].find(evidence.quote), clauses)
        grades[clause] = max(grades.get(clause, 1), 2 if evidence.required else 1)
    return grades


def _clause_of(file: str, offset: int, clauses: Clauses) -> Clause:
    return next(((file, start) for start, end in clauses.get(file, ()) if start <= offset < end), (file, -1))


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


# -- retrieval --------------------------------------------------------------------------------------


def recall_at(hits: Sequence[Clause], relevant: set[Clause], k: int) -> float | None:
    """Recall@k: the share of the relevant clauses among the first k hits; None where none is relevant."""
    return len(relevant & set(hits[:k])) / len(relevant) if relevant else None


def reciprocal_rank(hits: Sequence[Clause], relevant: set[Clause]) -> float | None:
    """1 / rank of the first relevant hit, 0 if there is none; None where no clause is relevant."""
    if not relevant:
        return None
    return next((1 / rank for rank, clause in enumerate(hits, 1) if clause in relevant), 0.0)


def ndcg_at(hits: Sequence[Clause], grades: Mapping[Clause, int], k: int) -> float | None:
    """nDCG@k with gain 2^grade - 1 and discount log2(rank + 1); a clause counts once; None without grades."""
    if not grades:
        return None
    ranked = list(dict.fromkeys(hits))[:k]
    ideal = sorted(grades.values(), reverse=True)[:k]
    found = _dcg([grades.get(clause, 0) for clause in ranked])
    return found / _dcg(ideal)


def _dcg(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


# -- sentences and their citations ------------------------------------------------------------------

LEAST_OVERLAP = 0.6


def supports(said: str, quotes: Sequence[str]) -> bool:
    """Whether quotes support a sentence: every number of it stands there, and 0.6 of its pairs of characters.

    Deterministic, where ALCE (Gao et al. 2023) asks an inference model; stricter on numbers, blind to
    rewording that shares no words: figures may be set beside published ones, not equated with them.
    """
    together = " ".join(quotes)
    if not numbers(said) <= numbers(together):
        return False
    wanted = _pairs(said)
    return bool(wanted) and len(wanted & _pairs(together)) >= LEAST_OVERLAP * len(wanted)


def alce(sentences: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]) -> tuple[float | None, float | None]:
    """ALCE's citation recall and precision with the support test of `supports`."""
    recall: list[bool] = []
    precision: list[bool] = []
    for said, citations in sentences:
        quotes = [citation["quote"] for citation in citations]
        whole = supports(said, quotes)
        recall.append(whole)
        for at, quote in enumerate(quotes):
            rest = quotes[:at] + quotes[at + 1 :]
            precision.append(whole and (supports(said, [quote]) or not supports(said, rest)))
    return _share(recall), _share(precision)


def _unsupported(
    said: str, citations: Sequence[Mapping[str, Any]], raw: Mapping[str, str], clauses: Clauses
) -> int:
    """How many numbers of a sentence no clause cited for it holds."""
    held: set[Decimal] = set()
    for citation in citations:
        file, start = _clause_of(citation["file"], citation["start"], clauses)
        end = next((b for a, b in clauses.get(file, ()) if a == start), citation["end"])
        held |= numbers(raw[file][start if start >= 0 else citation["start"] : end])
    return len(numbers(CLAUSE_NAMED.sub("", said)) - held)


# An English sentence that hands on a Chinese one names its clause and quotes it: clause 2.5.26, says: “…”.
CLAUSE_NAMED = re.compile(r"clause [\w.~-]+")
HANDED_ON = re.compile(r"“(?P<quote>.+)”[.。]?$")
CONDITION = re.compile(r"不得|除外|但是?|须|必须|仅限|限于|应当先|以上的?，?方可|方可")


def _omits(said: str, citations: Sequence[Mapping[str, Any]]) -> bool:
    quotes = [citation["quote"] for citation in citations]
    if not quotes or language_of(said) == "en" or _is_verbatim(said, citations):
        return False
    return all(CONDITION.search(plain(quote)) for quote in quotes) and not CONDITION.search(plain(said))


def _is_verbatim(said: str, citations: Sequence[Mapping[str, Any]]) -> bool:
    handed_on = HANDED_ON.search(said) if not said.startswith("“") else None
    bare = _bare(handed_on["quote"] if handed_on else said)
    return any(bare in _bare(citation["quote"]) for citation in citations)


def _bare(text: str) -> str:
    """Simplified characters, digits and letters alone."""
    return re.sub(r"[^\w]|_", "", plain(unicodedata.normalize("NFKC", text)))


def _pairs(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[at : at + 2] for at in range(len(bare) - 1)}


# -- numbers ----------------------------------------------------------------------------------------

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8, "thousand": 10**3, "million": 10**6, "billion": 10**9}
NUMBER = re.compile(
    r"(?P<percent>百分之)?(?P<value>\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+)(?:\s*(?P<myriad>[万亿]{1,2}|thousand\b|million\b|billion\b))?\s*(?P<unit>%|成|个百分点)?"
)


@lru_cache(maxsize=4096)
def numbers(text: str) -> frozenset[Decimal]:
    """The numbers of a text by value, percentages as shares: 三万元, 3万元 and 30,000元 give 30000; 50%, 五成 0.5.

    Chinese numerals of one character without a unit of ten (一个, 三次) are words more often than numbers,
    and are left out; so are the marks of citations.
    """
    text = plain(unicodedata.normalize("NFKC", text))
    found: set[Decimal] = set()
    for match in NUMBER.finditer(text):
        digits = match["value"]
        arabic = digits[0].isdigit()
        told = match["percent"] or match["myriad"] or match["unit"]
        if not arabic and len(digits) == 1 and not told:
            continue
        value = Decimal(digits.replace(",", "")) if arabic else Decimal(_chinese(digits))
        scale = match["myriad"] or ""
        for sign in [scale] if scale.isascii() else scale:
            value *= MYRIADS.get(sign, 1)
        if match["percent"] or match["unit"] in ("%", "个百分点"):
            value /= 100
        elif match["unit"] == "成":
            value /= 10
        found.add(value.normalize())
    return frozenset(found)


def _chinese(text: str) -> int:
    if not any(char in TENS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in TENS:
            total += (digit or 1) * TENS[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


# -- text -------------------------------------------------------------------------------------------


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """`text` as facts are looked for: simplified characters, no marks."""
    return str(_T2S.convert(re.sub(r"\[\d+\]", "", unicodedata.normalize("NFC", text))))


_T2S, _S2T = opencc.OpenCC("t2s"), opencc.OpenCC("s2t")


def language_of(text: str) -> str:
    """`en`, `zh-Hans` or `zh-Hant` by most of the text's letters; "" where there is too little to tell by."""
    text = re.sub(
        r"「[^」]*」|《[^》]*》|“[^”]*”|\[\d+\]", "", text
    )  # quotes and titles stay in their own script
    chinese = re.findall("[\u3400-\u9fff]", text)
    latin = re.findall("[A-Za-z]+", text)
    if len(latin) > len(chinese):
        return "en"
    simplified, traditional = "".join(chinese), "".join(chinese)
    only_traditional = sum(a != b for a, b in zip(traditional, _T2S.convert(traditional), strict=False))
    only_simplified = sum(a != b for a, b in zip(simplified, _S2T.convert(simplified), strict=False))
    if only_traditional == only_simplified:
        return ""
    return "zh-Hant" if only_traditional > only_simplified else "zh-Hans"


# -- figures over many answers ----------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A mean over the answers that the measure applies to, with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    count: int


RESAMPLES = 1000


def figure(values: Sequence[float | bool | None]) -> Figure | None:
    """The mean of the values that are not None with the 2.5th and 97.5th percentile of resampled means.

    Percentile bootstrap (Efron 1979) with a fixed seed; None if there is no value.
    """
    present = [float(value) for value in values if value is not None]
    if not present:
        return None
    chance = random.Random(0)
    means = sorted(sum(chance.choices(present, k=len(present))) / len(present) for _ in range(RESAMPLES))
    return Figure(
        sum(present) / len(present),
        means[int(0.025 * RESAMPLES)],
        means[int(0.975 * RESAMPLES) - 1],
        len(present),
    )


def mean(values: Sequence[float | bool | None]) -> float | None:
    """The mean of the values that are not None; None if there is none."""
    present = [float(value) for value in values if value is not None]
    return sum(present) / len(present) if present else None


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` in 0 to 1, of at least one value."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def sign_test(better: int, worse: int) -> float:
    """Two-sided exact sign test of `better` against `worse` changed pairs (McNemar's exact test): the p-value."""
    changed = better + worse
    tail = sum(math.comb(changed, k) for k in range(min(better, worse) + 1)) / float(2**changed)
    return min(1.0, 2 * tail)


# -- confidence -------------------------------------------------------------------------------------


def area_under_curve(confidences: Sequence[float], true: Sequence[bool]) -> float | None:
    """The chance that a true one has the higher confidence of a pair, ties half (Mann-Whitney); None without both."""
    yes = [value for value, holds in zip(confidences, true, strict=True) if holds]
    no = [value for value, holds in zip(confidences, true, strict=True) if not holds]
    if not yes or not no:
        return None
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


def brier(confidences: Sequence[float], true: Sequence[bool]) -> float:
    """Brier's score: the mean squared distance of a confidence from the truth (1 or 0); lower is better."""
    return sum((value - holds) ** 2 for value, holds in zip(confidences, true, strict=True)) / len(true)


BINS = 10


def reliability(confidences: Sequence[float], true: Sequence[bool]) -> list[tuple[float, float, int]]:
    """(mean confidence, share that is true, count) of each filled one of ten equal bins of confidence."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for value, holds in zip(confidences, true, strict=True):
        bins.setdefault(min(BINS - 1, int(value * BINS)), []).append((value, holds))
    return [
        (sum(v for v, _ in pairs) / len(pairs), sum(t for _, t in pairs) / len(pairs), len(pairs))
        for _, pairs in sorted(bins.items())
    ]


def calibration_error(confidences: Sequence[float], true: Sequence[bool]) -> float:
    """Expected calibration error (Naeini et al. 2015): the bins' |confidence - share true|, weighted by count."""
    return sum(n * abs(c - t) for c, t, n in reliability(confidences, true)) / len(true)


def precision_by_refusals(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """(share refused, share right of the rest) as the bound that an answer must pass rises over `confidences`."""
    ranked = sorted(zip(confidences, right, strict=True), key=lambda pair: pair[0])
    points = []
    for refused in range(len(ranked)):
        if refused and ranked[refused][0] == ranked[refused - 1][0]:
            continue  # no bound parts equal confidences
        rest = ranked[refused:]
        points.append((refused / len(ranked), sum(good for _, good in rest) / len(rest)))
    return points
