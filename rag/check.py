"""Check: a pasted text -> each of its sentences with a verdict, its proof and what became of its citations.

Deterministic, without the language model. A sentence is compared with the clauses that are nearest to it by
words and by meaning, and with those that it cites (`rag.checker.compare`). It is true where one clause says all of it
and nothing differs; the verdicts are tried in the order of `Verdict`, the first that applies counts.
Rejected: a threshold on the embedder's cosine, which is as high for 30万元 as for 40万元; and an entailment
model, which is slow, hides its reasons and cannot show the character that differs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np

from rag import english, lexicon, places
from rag.checker.amounts import bound_turned
from rag.checker.compare import compare
from rag.checker.match import Match, PartMatch
from rag.checker.misnamed import IN_CHARGE, others_in_charge
from rag.checker.proof import Proof, proof_of, share_of
from rag.checker.quotes import quotes_in, squashed
from rag.checker.worded import wording
from rag.cited import Citations, Cited, citation_of
from rag.embed import Embedder, Vectors
from rag.errors import InputError
from rag.evidence import of_sentence
from rag.fold import fold, to_simplified
from rag.index import Index
from rag.named import ENTERPRISE
from rag.places import Mention, Place
from rag.quantities import Quantity, quantities
from rag.retrieve import search_words
from rag.statements import CONTENT, LEANING, Statement, blanked, is_idle, statements, states_nothing
from rag.terms import tokens
from rag.types import (
    CheckedCitation,
    CheckedClaim,
    CitationCheck,
    Clause,
    Difference,
    Evidence,
    Metadata,
    Span,
    Verdict,
)
from rag.understand import PART_OF_NAME, language_of
from rag.verify import FREE, NEGATION, PRINTED_NUMBER, is_named

MAX_CHARS = 60_000
LEXICAL, DENSE, COMPARED = 10, 8, 6
"""Clauses looked at by words and by meaning, and those of them that are compared word by word."""
# Of a sentence, and of each of its parts, what a clause has to hold so that it says it.
LEAST_SHARE, LEAST_PART = 0.6, 0.48
# ... so that it speaks of the same thing at all; below this a sentence is not found.
LEAST_ALIKE = 0.52
# ... in other words: the cosine of the sentence, and of each part that shares too few words, with what the clause
# says. Of the claims of six sets of letters that differ in words alone those from 0.77 on were as a rule true.
LEAST_HALF_MEANT = 0.76
LEAST_MEANT, LEAST_PART_MEANT, MOST_BEHIND = 0.77, 0.6, 0.12
MOST_VECTORS = 256
"""Vectors kept of texts that are compared with several clauses."""
# ... of each half of a stitched sentence, which are verbatim as a rule.
LEAST_HALF = 0.65
# A clause that says this much of a sentence outweighs one that is further off by this.
LEAST_TOLD, MOST_FURTHER = 0.72, 0.3
MOST_BESIDE, MOST_NAMED = 4, 20
"""Characters that a sentence may hold beside who is in charge, if it says nothing else, and if they name of what."""
LEAST_APART = 0.15
"""A clause further off than this does not excuse what the nearest one is told without."""
# Of an English sentence: the cosine with the clause's closest sentence, and the share of its words that it says.
LEAST_ENGLISH_COSINE, LEAST_ENGLISH_SHARE, LEAST_ENGLISH_ALIKE = 0.54, 0.22, 0.42
ENGLISH_IN_CHARGE = re.compile(
    r"\b(?:led|headed|handled|run|administered|managed) by\b|\bresponsib|\bin charge\b|\btakes? the lead\b"
)
# Where an English sentence may be two: the Chinese one is parted at its commas.
ENGLISH_JOINT = re.compile(r"[,;] and |; |, while | and ")
LEAST_HALF_WORDS = 4
# Whose list, office or standard it is: in English, and as a clause prints it.
ENGLISH_LEVELS = (
    (
        re.compile(r"\b(?:national(?:-level)?|state-level|nationwide)\b"),
        re.compile(r"国家|全国|国务院|中央|部级"),
    ),
    (re.compile(r"\b(?:provincial|province-level|provincially)\b"), re.compile(r"省")),
    (re.compile(r"\bautonomous[- ]region(?:al)?\b"), re.compile(r"自治区")),
)
LEAST_STATED = 8
"""Characters from which on what reads like a greeting may be a sentence of a document."""
NEAREST_SHOWN = 2


@dataclass(frozen=True)
class Checked:
    """A text and its sentences in order, each with its verdict."""

    text: str
    claims: tuple[CheckedClaim, ...]

    @property
    def passed(self) -> bool:
        """Whether every sentence is supported or states nothing to check."""
        return all(claim.verdict in (Verdict.SUPPORTED, Verdict.NOT_CHECKABLE) for claim in self.claims)

    def fixed(self, chosen: Iterable[int] | None = None) -> str:
        """The text with the suggestions in place: all of them, or those of the claims at `chosen` positions."""
        wanted = set(range(len(self.claims)) if chosen is None else chosen)
        text = self.text
        for i in reversed(range(len(self.claims))):
            suggestion = self.claims[i].suggestion
            if i in wanted and suggestion is not None:
                text = text[: self.claims[i].span.start] + suggestion + text[self.claims[i].span.end :]
        return text


@dataclass(frozen=True)
class _Fit:
    """How a statement fares against one clause."""

    number: int
    clause: Clause
    metadata: Metadata
    match: Match
    at_home: bool
    """Whether the statement speaks of the clause's place, or of none."""
    cited: bool
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether the clause says all of the statement and nothing else."""
        parts = self.match.parts
        heaviest = max((part.weight for part in parts), default=0.0)
        return (
            not self.differences
            and self.match.share >= LEAST_SHARE
            and all(part.share >= LEAST_PART or part.weight < 0.25 * heaviest for part in parts)
        )

    @property
    def differs(self) -> bool:
        """Whether the clause says something else, and not only in other words."""
        return any(difference.kind != "wording" for difference in self.differences)

    @property
    def names_others(self) -> bool:
        """Whether it is cited and says all of the statement but for who does it."""
        others = bool(self.differences) and all(d.kind == "department" for d in self.differences)
        return others and self.cited and self.at_home and self.match.share >= LEAST_SHARE

    @property
    def order(self) -> tuple[float, ...]:
        """What is better first, when sorted in falling order."""
        return (self.at_home, self.cited, round(self.match.share + 0.5 * self.match.close, 6))


class Checker:
    """Holds what checking needs; clauses that were compared once are kept."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index = index
        self.embedder = embedder
        self.citations = Citations(index)
        self._proofs: dict[int, Proof] = {}
        self._weights: dict[str, float] = {}
        self._vectors: dict[str, Vectors] = {}
        self._scope = index.terms.scope(np.arange(len(index.clauses)))

    def check(self, text: str, *, place: str | None = None, as_of: datetime.date | None = None) -> Checked:
        """Every sentence of `text` with its verdict; see `claims`."""
        return Checked(text, tuple(self.claims(text, place=place, as_of=as_of)))

    def claims(
        self, text: str, *, place: str | None = None, as_of: datetime.date | None = None
    ) -> Iterator[CheckedClaim]:
        """The sentences of `text` in order, each as it is checked.

        `place` is what the text speaks of where it names none. Raises `InputError` for a text that is too
        long and for an unknown place.
        """
        if len(text) > MAX_CHARS:
            raise InputError(
                f"The text has {len(text):,} characters; at most {MAX_CHARS:,} are checked at a time. Split it into parts."
            )
        day = (as_of or datetime.date.today()).isoformat()
        found = statements(text, self.citations)
        default = _named(place) if place else self._framed(found)
        spoken, paragraph = default, -1
        documents: tuple[str, ...] | None = None
        before: tuple[int, ...] = ()
        for statement in found:
            if statement.paragraph != paragraph:
                spoken, paragraph = default, statement.paragraph
            one = _Check(self, statement, spoken, documents, before, day)
            claim = one.claim()
            yield claim
            spoken = one.subject or spoken
            if claim.proof and claim.verdict is not Verdict.NOT_FOUND:
                before = tuple(dict.fromkeys(self.index.number[item.clause.id] for item in claim.proof))
            documents = next((c.documents for c in reversed(statement.cited) if c.documents), documents)

    def weight(self, token: str) -> float:
        """How telling a pair is, over all clauses held."""
        if token not in self._weights:
            self._weights[token] = self.index.terms.idf(token, self._scope)
        return self._weights[token]

    def proof(self, number: int) -> Proof:
        """A clause as it is compared; with the lead of the list that it is an item of."""
        if number not in self._proofs:
            index = self.index
            clause, metadata = index.clauses[number], index.metadata[index.clauses[number].document]
            around = [
                *clause.heading,
                *(d.name for d in clause.departments),
                *(d.role for d in clause.departments),
            ]
            around += [metadata.place or "", *metadata.ancestors, metadata.title or "", *metadata.issuers]
            around += [metadata.doc_number or "", metadata.date_issued or ""]
            if number in index.leads:
                around.append(index.clauses[index.leads[number]].text)
            pairs = [
                (sentence.text, index.quote(clause.document, sentence.span))
                for sentence in index.sentences[number]
            ]
            self._proofs[number] = proof_of(pairs, "\n".join(around))
        return self._proofs[number]

    def lexical(self, body: str) -> list[int]:
        """The clauses that share most words with a text, best first."""
        scores = self.index.terms.bm25(tokens(search_words(body)), self._scope)
        best = np.argsort(-scores, kind="stable")[:LEXICAL]
        return [int(number) for number in best if scores[number] > 0]

    def dense(self, body: str) -> list[tuple[int, float]]:
        """The clauses nearest in meaning to a text, each with the cosine of its closest passage, best first."""
        vector = self.vector(body)
        scores, rows = self.index.vectors.search(vector[None, :], min(3 * DENSE, self.index.vectors.ntotal))
        found: dict[int, float] = {}
        for row, score in zip(rows[0], scores[0], strict=True):
            if row >= 0:
                found.setdefault(int(self.index.passages[row, 0]), float(score))
        return list(found.items())[:DENSE]

    def likeness(self, body: str, clause: int) -> float:
        """The cosine of a text with the sentence of a clause that comes nearest to it in meaning."""
        vector = self.vector(body)
        sentences = range(len(self.index.sentences[clause]))
        return max((self.index.cosine(clause, i, vector) for i in sentences), default=0.0)

    def vector(self, body: str) -> Vectors:
        """The vector of a text as questions are embedded, shape (dimension,), unit length."""
        text = to_simplified(body).strip()
        if text not in self._vectors:
            if len(self._vectors) >= MOST_VECTORS:
                self._vectors.clear()
            self._vectors[text] = self.embedder.embed_query(text)
        return self._vectors[text]

    def _framed(self, found: Sequence[Statement]) -> tuple[Place, ...]:
        """The one place that a text is about; empty if there is none or are several.

        It is the one that greetings, headings and signatures name, else that of all documents cited, else the
        only held one that its sentences name.
        """
        idle = [
            mention.candidates
            for statement in found
            if is_idle(statement.body)
            for mention in mentions_in(statement.body)
            if mention.text[-1] in places.UNITS or self._held_by(mention.candidates)
        ]
        if idle:
            return idle[0] if all(set(idle[0]) & set(other) for other in idle) else ()
        cited = [{self._place_of(d) for d in c.documents} for s in found for c in s.cited if c.documents]
        named = [
            {self._place_of(d) for d in held}
            for statement in found
            for mention in mentions_in(statement.body)
            if (held := self._held_by(mention.candidates))
        ]
        for each in (cited, named):
            if each:
                common = set.intersection(*each)
                return next(iter(common)) if len(common) == 1 else ()
        return ()

    def _held_by(self, candidates: Sequence[Place]) -> list[str]:
        """The documents that speak of one of some places; those that name no place of their own are none."""
        return [m.document for m in self.index.metadata.values() if m.place and _is_of(candidates, m)]

    def _place_of(self, document: str) -> tuple[Place, ...]:
        metadata = self.index.metadata[document]
        found = places.load().by_name(metadata.place or "")
        return tuple(place for place in found if place.ancestors == metadata.ancestors)


def check(
    text: str,
    index: Index,
    embedder: Embedder,
    *,
    place: str | None = None,
    as_of: datetime.date | None = None,
) -> Checked:
    """Every sentence of `text` with its verdict against the documents of an index; see `Checker.check`."""
    return Checker(index, embedder).check(text, place=place, as_of=as_of)


def mentions_in(text: str) -> list[Mention]:
    """The places that a text names, less those that are a part of another name (沈阳农业大学)."""
    found = places.load().find(text)
    return [m for m in found if not PART_OF_NAME.match(text[m.span.end : m.span.end + 12])]


def _named(place: str) -> tuple[Place, ...]:
    gazetteer = places.load()
    found = gazetteer.by_name(to_simplified(place.strip()))
    if not found:
        mentions = gazetteer.find(place.strip())
        found = mentions[0].candidates if len(mentions) == 1 else ()
    if not found:
        raise InputError(
            f"No place is called {place!r}. Give an official name, such as 长春市 or 上海市黄浦区."
        )
    return found


class _Check:
    """The checking of one statement: fits with clauses, a verdict, and what is shown for it."""

    def __init__(
        self,
        checker: Checker,
        statement: Statement,
        spoken: tuple[Place, ...],
        documents: tuple[str, ...] | None,
        before: tuple[int, ...],
        day: str,
    ) -> None:
        self.checker = checker
        self.index = checker.index
        self.day = day
        self.earlier = documents
        """The documents that were named last before it."""
        self.statement = self._without_own_words(statement)
        self.before = before if statement.leans else ()
        """The clauses of the statement before it, if it leans on that."""
        if self.before:
            spans = [Span(*m.span()) for m in LEANING.finditer(to_simplified(self.statement.body))]
            self.statement = replace(self.statement, body=_without(self.statement.body, spans))
        self.mentions = mentions_in(self.statement.body)
        cites = any(c.documents for c in self.statement.cited)
        self.spoken = () if cites else spoken
        self.subject: tuple[Place, ...] = ()
        self.english = language_of(self.statement.body) == "en"

    def _without_own_words(self, statement: Statement) -> Statement:
        """The statement less the citations that the clause itself prints: 按照《…》（国发〔2017〕37号）, they are what it says."""
        if not statement.cited:
            return statement
        numbers = self.checker.lexical(statement.text)[:4]
        printed = [squashed(PRINTED_NUMBER.sub("", self.index.clauses[n].text)) for n in numbers]
        kept = tuple(c for c in statement.cited if not any(_prints(text, statement, c) for text in printed))
        if kept == statement.cited:
            return statement
        return replace(statement, cited=kept, body=blanked(statement.text, kept), only_cites=False)

    # -- the verdict

    def claim(self) -> CheckedClaim:
        statement = self.statement
        if statement.only_cites:
            return self._made(Verdict.NOT_CHECKABLE, ())
        if charged := self._in_charge_alone():
            return charged
        fits = self.fits
        best = fits[0] if fits else None
        said = len(squashed(statement.body)) >= LEAST_STATED
        idle = is_idle(statement.body) or (
            not self.english
            and states_nothing(statement.body)
            and not (best and best.match.share >= LEAST_ALIKE)
        )
        if idle and not (said and best and best.holds and best.match.close >= 0.9):
            return self._made(Verdict.NOT_CHECKABLE, ())
        true = [fit for fit in fits if fit.holds and fit.at_home and self._adds_nothing(fit)]
        by_others = next((fit for fit in fits if fit.names_others), None)
        if by_others and not any(fit.cited for fit in true):
            suggestion = self._verbatim([by_others])
            return self._made(Verdict.ALTERED, [by_others], by_others.differences, suggestion=suggestion)
        nearest = max((f for f in fits if f.at_home), key=_nearness, default=None)
        if (
            true
            and nearest
            and not nearest.holds
            and nearest.differences
            and nearest.match.share >= LEAST_TOLD
        ):
            # Said otherwise by the clause that it all but repeats, it is not made true by one that is further off.
            true = [fit for fit in true if _nearness(fit)[0] >= _nearness(nearest)[0] - MOST_FURTHER]
            if not true:
                return self._false()
        elsewhere = max((fit for fit in fits if fit.holds and not fit.at_home), key=_likeness, default=None)
        if true and elsewhere and max(map(_likeness, true)) < _likeness(elsewhere) - MOST_FURTHER:
            true = []  # another place's clause is all but repeated
        if true:
            self.subject = self._subject(true[0])
            return self._true(true)
        told_at_home = nearest and nearest.differences and nearest.match.share >= LEAST_TOLD
        if nearest and elsewhere and told_at_home and _likeness(elsewhere) < _likeness(nearest) + 0.02:
            elsewhere = None
        if elsewhere:
            self.subject = self._foreign(elsewhere)
            return self._made(Verdict.OTHER_PLACE, [elsewhere], self._place_difference(elsewhere))
        if halves := self._meant_halves():
            return self._made(Verdict.STITCHED, halves, suggestion=self._verbatim(halves))
        if meant := self._meant():
            self.subject = self._subject(meant)
            return self._true([meant])
        return self._false()

    def _meant(self) -> _Fit | None:
        """The clause that says a statement in quite other words: it differs in nothing but words, and means the same.

        None where the clause that comes nearest differs in a number, a name or a direction.
        """
        if self.english or self._is_told_otherwise():
            return None
        fits = [fit for fit in self.fits if fit.at_home][:COMPARED]
        parts = self._parts()
        likely = [
            (likeness, fit)
            for fit in fits
            if not fit.differs
            and self._quantities <= quantities(self.checker.proof(fit.number).context)
            and (likeness := self.checker.likeness(self.statement.body, fit.number)) >= LEAST_MEANT
            and not any(self._is_quoted(difference.span) for difference in fit.differences)
            and all(
                match.share >= LEAST_PART
                or self._means(parts[i], fit.number)
                or self._belongs(parts, i, fit.number, likeness)
                for i, match in enumerate(fit.match.parts[: len(parts)])
            )
        ]
        return max(likely, key=lambda pair: pair[0], default=(0.0, None))[1]

    @cached_property
    def _quantities(self) -> frozenset[Quantity]:
        """The quantities of the statement, less what is only counted (一个, 三类)."""
        found = wording(self.statement.body).quantities
        return frozenset(each.quantity for each in found if each.name != "count")

    def _in_charge_alone(self) -> CheckedClaim | None:
        """Of a statement that says only who is in charge of what the clause says that it cites or leans on; else None."""
        claim = wording(self.statement.body)
        said = IN_CHARGE.sub("", LEANING.sub("", claim.folded))
        meant = [self.index.number[c.id] for c in self._cited_clauses()] or list(self.before)
        if not meant or not IN_CHARGE.search(claim.folded):
            return None
        beside = len(CONTENT.findall(said))
        named = beside <= MOST_NAMED and not quantities(said) and self._names_topic(said, meant[0])
        if beside > MOST_BESIDE and not named:
            return None
        others = {number: tuple(others_in_charge(claim, self.checker.proof(number))) for number in meant}
        number = min(meant, key=lambda n: len(others[n]))
        fit = self._fit(number)
        if not others[number]:
            return self._true([fit])
        printed = "、".join(department.name for department in fit.clause.departments)
        differences = [Difference("department", self._span_of(n), n, printed) for n in others[number]]
        return self._made(Verdict.ALTERED, [fit], differences)

    def _names_topic(self, text: str, clause: int) -> bool:
        """Whether a text, which says nothing itself, names what a clause is about."""
        return not self.english and self.checker.likeness(text, clause) >= LEAST_PART_MEANT

    def _span_of(self, name: str) -> Span:
        start = max(0, to_simplified(self.statement.body).find(name))
        return Span(start, start + len(name))

    def _is_told_otherwise(self) -> bool:
        """Whether the clause that comes nearest says most of the statement, and something in it otherwise."""
        nearest = max((fit for fit in self.fits if fit.at_home), key=_nearness, default=None)
        return nearest is None or (nearest.differs and nearest.match.share >= LEAST_ALIKE)

    def _parts(self) -> list[str]:
        """The statement parted at its commas."""
        body = wording(self.statement.body)
        spans = [body.span(body.words[a].start, body.words[b - 1].end) for a, b in body.parts]
        return [self.statement.body[slice(*span)] for span in spans]

    def _meant_halves(self) -> list[_Fit]:
        """The two clauses of which each says one half of a statement in other words, and not the other half; else none."""
        parts = self._parts()
        if self.english or IN_CHARGE.search(fold(self.statement.body)) or self._is_told_otherwise():
            return []
        for cut in range(1, len(parts)):
            halves = "，".join(parts[:cut]), "，".join(parts[cut:])
            said = [self._nearest_in_meaning(half) for half in halves]
            (one, first), (other, second) = said
            if first is None or second is None or first.number == second.number:
                continue
            apart = (
                self.checker.likeness(halves[0], second.number) < one - MOST_BEHIND
                and self.checker.likeness(halves[1], first.number) < other - MOST_BEHIND
            )
            if min(one, other) >= LEAST_HALF_MEANT and apart:
                return [first, second]
        return []

    def _nearest_in_meaning(self, text: str) -> tuple[float, _Fit | None]:
        """The clause of the statement's own place that says a text most nearly, all its quantities held; and how nearly."""
        best: tuple[float, _Fit | None] = (0.0, None)
        for number, _ in self.checker.dense(text)[:COMPARED]:
            likeness = self.checker.likeness(text, number)
            held = quantities(text) <= quantities(self.checker.proof(number).context)
            if likeness > best[0] and held and (fit := self._fit(number)).at_home:
                best = likeness, fit
        return best

    def _means(self, part: str, clause: int) -> bool:
        """Whether a clause says a part of the statement in other words, and no other clause says it more nearly."""
        if self._stands_elsewhere(part, clause):
            return False
        likeness = self.checker.likeness(part, clause)
        others = (self.checker.likeness(part, number) for number, _ in self.checker.dense(part)[:COMPARED])
        return likeness >= max(LEAST_PART_MEANT, max(others, default=0.0) - MOST_BEHIND)

    def _adds_nothing(self, fit: _Fit) -> bool:
        """Whether the short parts of a statement that a clause has no words for still belong to what it says."""
        unsaid = [i for i, match in enumerate(fit.match.parts) if match.share < LEAST_PART]
        if self.english or not unsaid:
            return True
        parts = self._parts()
        likeness = self.checker.likeness(self.statement.body, fit.number)
        return all(self._belongs(parts, i, fit.number, likeness) for i in unsaid if i < len(parts))

    def _belongs(self, parts: Sequence[str], i: int, clause: int, likeness: float) -> bool:
        """Whether a part, of which no other clause has the words, brings the statement no further from what a clause says.

        A short part alone (会给资金支持) is like many clauses; left out of the statement it is missed or not.
        """
        if self._stands_elsewhere(parts[i], clause):
            return False
        rest = "，".join(part for k, part in enumerate(parts) if k != i)
        return bool(rest) and likeness >= self.checker.likeness(rest, clause)

    def _stands_elsewhere(self, part: str, clause: int) -> bool:
        """Whether another clause has the words of a part of the statement."""
        words = wording(part)
        return any(
            share_of(words, self.checker.proof(number), self.checker.weight) >= LEAST_HALF
            for number in self.checker.lexical(part)[:3]
            if number != clause
        )

    def _is_quoted(self, span: Span) -> bool:
        """Whether what stands there is a term in quotation marks, in which a word is all there is."""
        return self.statement.body[max(0, span.start - 1) : span.start] in set('“「『"')

    def _true(self, true: Sequence[_Fit]) -> CheckedClaim:
        """Of a statement that some clauses say: whether it cites one of them, leaves nothing out, and they are in force."""
        best = max(map(_likeness, true))
        true = [fit for fit in true if _likeness(fit) >= best - MOST_FURTHER]
        checks = self._checks(true)
        wrong = [c for c in checks if c.check not in (CitationCheck.RIGHT, CitationCheck.NONE_GIVEN)]
        nearly = [fit for fit in true if _likeness(fit) >= best - LEAST_APART]
        whole = [fit for fit in nearly if not fit.match.omitted] or nearly
        fit = next((f for f in whole if f.cited), whole[0])
        if wrong:
            return self._made(
                Verdict.MISATTRIBUTED, [fit], checks=checks, suggestion=self._recited(fit, checks)
            )
        if fit.match.omitted:
            differences = tuple(
                Difference("condition", Span(self.statement.span.end, self.statement.span.end), "", text)
                for text in fit.match.omitted
            )
            return self._made(Verdict.OMITS, [fit], differences, checks, self._verbatim([fit]))
        in_force = [f for f in whole if not self._is_outdated(f.metadata)]
        if not in_force:
            return self._made(Verdict.OUTDATED, [fit], checks=checks)
        fit = fit if fit in in_force else in_force[0]
        return self._made(Verdict.SUPPORTED, [fit], checks=checks)

    def _false(self) -> CheckedClaim:
        """Of a statement that no clause says: stitched, altered or not found."""
        fits = self.fits
        near = [fit for fit in fits if fit.match.share >= LEAST_ALIKE]
        best = max(near, key=_nearness, default=None)
        altered = best is not None and self._is_altered(best)
        if not altered or self.english:
            halves = self._halves()
            if halves:
                return self._made(Verdict.STITCHED, halves, suggestion=self._verbatim(halves))
        if best is None:
            return self._made(Verdict.NOT_FOUND, fits[:NEAREST_SHOWN])
        self.subject = self._subject(best)
        differences = best.differences or self._added(best)
        place = () if best.at_home else self._place_difference(best)
        return self._made(
            Verdict.ALTERED,
            [best],
            (*differences, *place),
            suggestion=self._verbatim([best]) if best.at_home else None,
        )

    def _is_altered(self, fit: _Fit) -> bool:
        """Whether the clause speaks of all that the statement does, and of some of it otherwise."""
        total = sum(part.weight for part in fit.match.parts)
        return bool(fit.differences) and all(
            part.share >= LEAST_PART or part.weight < 0.2 * total or self._differs_in(fit, i)
            for i, part in enumerate(fit.match.parts)
        )

    def _differs_in(self, fit: _Fit, part: int) -> bool:
        """Whether a group or department that the clause does not name stands in a part."""
        claim = wording(self.statement.body)
        first, last = claim.parts[part] if part < len(claim.parts) else (0, 0)
        if first == last:
            return False
        span = claim.span(claim.words[first].start, claim.words[last - 1].end)
        return any(
            fit.match.parts[part].share >= 0.25
            and d.kind in ("group", "department")
            and span.start <= d.span.start < span.end
            for d in fit.differences
        )

    def _added(self, fit: _Fit) -> tuple[Difference, ...]:
        """The parts of the statement that the clause does not say."""
        claim = wording(self.statement.body)
        found = []
        for (first, last), part in zip(claim.parts, fit.match.parts, strict=False):
            if part.share < LEAST_SHARE:
                span = claim.span(claim.words[first].start, claim.words[last - 1].end)
                found.append(Difference("added", span, self.statement.text[slice(*span)], ""))
        return tuple(found)

    def _halves(self) -> list[_Fit]:
        """The clauses that say the parts of the statement between them, each the one that says most; empty if they do not."""
        claim = wording(self.statement.body)
        if self.english:
            return self._english_halves()
        if len(claim.parts) < 2:
            return []
        fits = list(self.fits)
        known = {fit.number for fit in fits}
        if IN_CHARGE.search(claim.folded):  # who is in charge is told with what, or not at all
            return []
        for first, last in claim.parts:
            piece = self.statement.body[
                slice(*claim.span(claim.words[first].start, claim.words[last - 1].end))
            ]
            for number in self.checker.lexical(piece)[:3]:
                if number not in known:
                    known.add(number)
                    fits.append(self._fit(number))
        chosen: dict[int, _Fit] = {}
        wanted = set(range(len(claim.parts)))
        while wanted:
            said = [
                ({i for i in wanted if _says(fit, i)}, fit)
                for fit in fits
                if len(fit.match.parts) == len(claim.parts)
            ]
            covered, fit = max(said, key=lambda pair: (len(pair[0]), pair[1].order), default=(set(), None))
            if not covered or fit is None:
                small = sum(
                    claim.words[claim.parts[i][1] - 1].end - claim.words[claim.parts[i][0]].start
                    for i in wanted
                )
                if small > 0.2 * len(claim.folded.strip()):
                    return []
                break
            chosen[fit.number] = fit
            wanted -= covered
        return list(chosen.values()) if len(chosen) > 1 else []

    # -- fits

    @cached_property
    def fits(self) -> list[_Fit]:
        """The clauses that come nearest, the best first: true ones, then by nearness."""
        body = self.statement.body
        if self.english:
            return self._english_fits()
        cited = [self.index.number[c.id] for c in self._cited_clauses()]
        numbers = self._ranked(dict.fromkeys([*self.checker.lexical(body), *cited, *self.before]))
        found = [
            self._fit(number)
            for number in dict.fromkeys([*numbers[:COMPARED], *cited[:COMPARED], *self.before])
        ]
        # What shares most of its words with a clause needs no search by meaning, which is the slow part.
        told = any(fit.match.share >= LEAST_SHARE and fit.at_home for fit in found)
        if not told and not is_idle(body):
            done = {fit.number for fit in found}
            near = [number for number, _ in self.checker.dense(body) if number not in done]
            found += [self._fit(number) for number in self._ranked(near)[: COMPARED // 2]]
        return sorted(found, key=lambda fit: ((fit.holds, *fit.order), -fit.number), reverse=True)

    def _ranked(self, numbers: Iterable[int]) -> list[int]:
        claim = wording(self.statement.body)
        shares = {n: share_of(claim, self.checker.proof(n), self.checker.weight) for n in numbers}
        return sorted(shares, key=lambda n: (-shares[n], n))

    def _fit(self, number: int) -> _Fit:
        clause = self.index.clauses[number]
        metadata = self.index.metadata[clause.document]
        proof = self.checker.proof(number)
        foreign = [m for m in self.mentions if self._is_foreign(m, metadata, proof)]
        claim = wording(_without(self.statement.body, [m.span for m in foreign]))
        match = compare(claim, proof, self.checker.weight, ignored=[m.span for m in foreign])
        differences = (*match.differences, *self._quote_differences(number))
        at_home = not foreign and (
            any(_is_of(m.candidates, metadata) for m in self.mentions)
            or not self.spoken
            or _is_of(self.spoken, metadata)
        )
        cited = number in self.before or any(clause.id == c.id for c in self._cited_clauses())
        return _Fit(number, clause, metadata, match, at_home, cited, differences)

    def _is_foreign(self, mention: Mention, metadata: Metadata, proof: Proof) -> bool:
        return not _is_of(mention.candidates, metadata) and fold(mention.text) not in proof.context

    def _quote_differences(self, number: int) -> tuple[Difference, ...]:
        """The quotations that do not stand in a clause, nor run on from it into the next one."""
        found = []
        index = self.index
        for span in quotes_in(self.statement.body):
            quote = squashed(self.statement.body[slice(*span)])
            clause = index.clauses[number]
            after = index.clauses[min(number + 1, len(index.clauses) - 1)]
            texts = [clause.text, index.quote(clause.document, clause.span), clause.text + after.text]
            if not any(quote in squashed(text) for text in texts):
                nearest = max(
                    (sentence.text for sentence in index.sentences[number]),
                    key=lambda text: SequenceMatcher(None, quote, squashed(text), autojunk=False).ratio(),
                    default="",
                )
                found.append(Difference("quote", span, self.statement.text[slice(*span)], nearest))
        return tuple(found)

    # -- English

    def _english_fits(self) -> list[_Fit]:
        """An English statement is held to quantities, bounds, groups, departments and negation."""
        body = self.statement.body
        cosines = dict(self.checker.dense(body))
        cited = [self.index.number[c.id] for c in self._cited_clauses()]
        numbers = dict.fromkeys([*cosines, *self.checker.lexical(body)[:4], *cited])
        found = [self._english_fit(number, cosines.get(number, 0.0)) for number in numbers]
        return sorted(found, key=lambda fit: ((fit.holds, *fit.order), -fit.number), reverse=True)

    def _english_halves(self) -> list[_Fit]:
        """The clauses that say each half of an English sentence, where no one clause says both; empty if there are none."""
        whole = self.statement
        for joint in ENGLISH_JOINT.finditer(whole.body):
            halves = whole.body[: joint.start()], whole.body[joint.end() :]
            if any(len(half.split()) < LEAST_HALF_WORDS for half in halves):
                continue
            said: list[_Fit] = []
            for half in halves:
                self.statement = replace(whole, body=half)
                said += [fit for fit in self._english_fits()[:1] if fit.holds and fit.at_home]
            self.statement = whole
            if len(said) == len(halves) and said[0].number != said[1].number:
                return said
        return []

    def _english_fit(self, number: int, cosine: float) -> _Fit:
        clause = self.index.clauses[number]
        metadata = self.index.metadata[clause.document]
        proof = self.checker.proof(number)
        share = self._english_share(proof)
        best = self._english_sentence(number)
        told = self.index.sentences[number][best].text if self.index.sentences[number] else ""
        charged = [d.name for d in clause.departments]
        differences = tuple(self._english_differences(proof, fold(told), charged))
        enough = share >= LEAST_ENGLISH_SHARE and (
            cosine >= LEAST_ENGLISH_COSINE or share >= 2 * LEAST_ENGLISH_SHARE
        )
        cited = any(clause.id == c.id for c in self._cited_clauses())
        enough = enough and (not differences or cited or share >= LEAST_ENGLISH_ALIKE)
        share_told = LEAST_SHARE + 0.4 * share if enough else 0.5 * share
        whole = wording(self.statement.body)
        part = PartMatch(share_told, share_told, float(len(whole.folded)), best, 0, ())
        at_home = not self.mentions and (not self.spoken or _is_of(self.spoken, metadata))
        at_home = at_home or any(_is_of(m.candidates, metadata) for m in self.mentions)
        return _Fit(
            number, clause, metadata, Match((part,), share_told, differences, ()), at_home, cited, differences
        )

    def _english_sentence(self, number: int) -> int:
        """The sentence of a clause that has most of the statement's quantities, the nearest in meaning of several."""
        said = quantities(self.statement.body)
        vector = self.checker.vector(self.statement.body)

        def shared(i: int) -> tuple[int, float]:
            return len(said & quantities(self.index.sentences[number][i].text)), self.index.cosine(
                number, i, vector
            )

        return max(range(len(self.index.sentences[number])), key=shared, default=0)

    def _english_share(self, proof: Proof) -> float:
        """The share of the statement's words that the clause says in Chinese."""
        met = []
        for renderings in english.renderings(fold(self.statement.body)):
            each = [{t for t in tokens(word) if len(t) == 2} for word in renderings]
            met.append(max((len(pairs & proof.held) / len(pairs) for pairs in each if pairs), default=0.0))
        terms = lexicon.expand(fold(self.statement.body))
        met += [float(any(form in proof.context for form in t.search_words)) for t in terms]
        return sum(met) / len(met) if met else 0.0

    def _english_differences(
        self, proof: Proof, told: str, departments: Sequence[str]
    ) -> Iterable[Difference]:
        """What an English statement says otherwise than a clause, of which it retells the folded sentence `told`."""
        body = self.statement.body
        whole = Span(0, len(body))
        if quantities(body) - quantities(proof.context):
            yield Difference("number", whole, body, "")
        if bound := bound_turned(wording(body), proof):
            yield Difference("bound", whole, *bound)
        for level, printed in ENGLISH_LEVELS:
            if (said := level.search(fold(body))) and not printed.search(told):
                yield Difference("group", whole, said.group(), "")
        known = {term.official for term in lexicon.expand(proof.context)}
        charged = departments if ENGLISH_IN_CHARGE.search(fold(body)) else ()
        for term in lexicon.expand(fold(body)):
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
        if NEGATION.search(fold(body)) and not (NEGATION.search(proof.body) or FREE.search(proof.body)):
            yield Difference("negation", whole, body, "")

    # -- places

    def _foreign(self, fit: _Fit) -> tuple[Place, ...]:
        proof = self.checker.proof(fit.number)
        foreign = [m.candidates for m in self.mentions if self._is_foreign(m, fit.metadata, proof)]
        return foreign[0] if foreign else self.spoken

    def _subject(self, fit: _Fit) -> tuple[Place, ...]:
        return next((m.candidates for m in self.mentions if _is_of(m.candidates, fit.metadata)), ())

    def _place_difference(self, fit: _Fit) -> tuple[Difference, ...]:
        proof = self.checker.proof(fit.number)
        foreign = [m for m in self.mentions if self._is_foreign(m, fit.metadata, proof)]
        printed = fit.metadata.place or ""
        if foreign:
            return tuple(Difference("place", m.span, m.text, printed) for m in foreign)
        return (Difference("place", Span(0, 0), self.spoken[0].name if self.spoken else "", printed),)

    # -- citations

    def _cited_clauses(self) -> tuple[Clause, ...]:
        return self._cited

    @cached_property
    def _cited(self) -> tuple[Clause, ...]:
        """The clauses that the statement cites by number."""
        found: dict[str, Clause] = {}
        for cited in self.statement.cited:
            if cited.labels:
                for clause in self.checker.citations.clauses(cited, self._documents(cited)):
                    found[clause.id] = clause
        return tuple(found.values())

    def _documents(self, cited: Cited) -> tuple[str, ...]:
        """The documents that a citation may mean: its own, those named before it, or all held."""
        if cited.documents is not None:
            both = tuple(d for d in cited.documents if cited.loose and d in (self.earlier or ()))
            return both or cited.documents
        return self.earlier or tuple(self.index.metadata)

    def _checks(self, true: Sequence[_Fit]) -> tuple[CheckedCitation, ...]:
        """What became of each citation, given the clauses that say the statement."""
        if not self.statement.cited:
            end = self.statement.span.end
            return (CheckedCitation("", Span(end, end), CitationCheck.NONE_GIVEN),)
        start = self.statement.span.start
        return tuple(
            CheckedCitation(
                self.statement.within(cited),
                Span(start + cited.span.start, start + cited.span.end),
                self._check_of(cited, true),
            )
            for cited in self.statement.cited
        )

    def _check_of(self, cited: Cited, true: Sequence[_Fit]) -> CitationCheck:
        if cited.fault is CitationCheck.NO_SUCH_DOCUMENT and cited.number:
            near = self.checker.citations.near_number(cited)
            says = any(fit.clause.document in near for fit in true)
            return (
                CitationCheck.WRONG_NUMBER
                if near and (says or self._shares_figures(cited, near))
                else cited.fault
            )
        if cited.fault is not None:
            return cited.fault
        documents = self._documents(cited)
        if not cited.labels:
            says = any(fit.clause.document in documents for fit in true)
            return CitationCheck.RIGHT if says or self.statement.only_cites else CitationCheck.DOES_NOT_SAY
        clauses = self.checker.citations.clauses(cited, documents)
        if not clauses:
            return CitationCheck.NO_SUCH_CLAUSE
        if self.statement.only_cites or {c.id for c in clauses} & {fit.clause.id for fit in true}:
            return CitationCheck.RIGHT
        return CitationCheck.DOES_NOT_SAY

    def _shares_figures(self, cited: Cited, near: Sequence[str]) -> bool:
        """Whether the year or the serial number cited is that of one of the documents that it comes near to."""
        figures = set(re.findall(r"\d+", cited.number or ""))
        return any(figures & set(re.findall(r"\d+", self.index.metadata[d].doc_number or "")) for d in near)

    def _recited(self, fit: _Fit, checks: Sequence[CheckedCitation]) -> str:
        """The statement with its wrong citations put right: the first one names the clause, the others go."""
        text = self.statement.text
        right = citation_of(fit.clause, fit.metadata)
        wrong = [
            cited
            for cited, checked in zip(self.statement.cited, checks, strict=True)
            if checked.check is not CitationCheck.RIGHT
        ]
        for cited in reversed(wrong):
            if cited is not wrong[0]:
                text = text[: cited.phrase.start] + text[cited.phrase.end :]
            elif re.match(r"[\[【［〔]\d{1,2}[\]】］〕]$", self.statement.within(cited)):
                text = text[: cited.span.start] + right + text[cited.span.end :]
            else:
                text = text[: cited.span.start] + right[1:-1] + text[cited.span.end :]
        return text

    # -- what is shown

    def _evidence(self, fit: _Fit) -> tuple[Evidence, ...]:
        """The sentences of a clause that bear the statement out, or come nearest."""
        sentences = self.index.sentences[fit.number]
        if not sentences:
            return ()
        chosen = [i for i in fit.match.sentences if i < len(sentences)] or [
            max(fit.match.parts, key=lambda part: part.share).sentence if fit.match.parts else 0
        ]
        if (
            fit.match.omitted
            and chosen[-1] + 1 < len(sentences)
            and sentences[chosen[-1] + 1].text in fit.match.omitted
        ):
            chosen.append(chosen[-1] + 1)
        return tuple(of_sentence(self.index, fit.number, sentences[i]) for i in chosen)

    def _verbatim(self, fits: Sequence[_Fit]) -> str:
        """The clauses' own sentences, each clause with its citation."""
        said = []
        for fit in fits:
            quotes = [PRINTED_NUMBER.sub("", item.quote.strip()) for item in self._evidence(fit)]
            body = "".join(quotes).rstrip("。.；;，, \n")
            said.append(f"{body}{citation_of(fit.clause, fit.metadata)}。")
        return "".join(said)

    def _is_outdated(self, metadata: Metadata) -> bool:
        """Whether a document is past its validity, or another one held repeals it."""
        if metadata.valid_until and metadata.valid_until < self.day:
            return True
        titles = {squashed(title) for title in (metadata.title, metadata.title_notice) if title}
        return any(
            (reference.doc_number and reference.doc_number == metadata.doc_number)
            or squashed(reference.title) in titles
            for other in self.index.metadata.values()
            if other.document != metadata.document
            for reference in other.repeals
        )

    def _made(
        self,
        verdict: Verdict,
        fits: Sequence[_Fit],
        differences: Sequence[Difference] = (),
        checks: tuple[CheckedCitation, ...] | None = None,
        suggestion: str | None = None,
    ) -> CheckedClaim:
        start = self.statement.span.start
        if checks is None:
            checks = self._checks(fits if verdict in (Verdict.STITCHED, Verdict.OTHER_PLACE) else ())
            if verdict is Verdict.STITCHED and not all(fit.cited for fit in fits):
                says_not = CitationCheck.DOES_NOT_SAY  # a part of it only
                checks = tuple(
                    replace(c, check=says_not) if c.check is CitationCheck.RIGHT else c for c in checks
                )
        moved = tuple(
            d
            if d.kind == "condition" and not d.said
            else replace(d, span=Span(d.span.start + start, d.span.end + start))
            for d in differences
        )
        proof = tuple(item for fit in fits for item in self._evidence(fit))
        return CheckedClaim(
            self.statement.text, self.statement.span, verdict, proof, moved, suggestion, checks
        )


def _likeness(fit: _Fit) -> float:
    """How much of a statement a clause says, and how nearly in its words."""
    return round(fit.match.share + 0.5 * fit.match.close, 6)


def _nearness(fit: _Fit) -> tuple[float, ...]:
    """What a statement that no clause says is held against: the clause that says most of it, in its own place first."""
    return (round(_likeness(fit) + 0.1 * fit.at_home + 0.1 * fit.cited, 6), -float(fit.number))


def _says(fit: _Fit, part: int) -> bool:
    match = fit.match.parts[part]
    return match.share >= LEAST_HALF and not match.differences


def _prints(clause: str, statement: Statement, cited: Cited) -> bool:
    """Whether a squashed clause prints what is cited; a held document's name only with the words around it."""
    if re.fullmatch(r"\W*\d{1,2}\W*", statement.within(cited)):
        return False  # a mark
    around = 6 if cited.documents else 0
    start, end = max(0, cited.span.start - around), cited.span.end + around
    return squashed(statement.text[start:end]) in clause


def _is_of(candidates: Sequence[Place], metadata: Metadata) -> bool:
    """Whether a document speaks of one of some places: its own, one that it lies in, or one inside it."""
    if not metadata.place:
        return True
    own = (*metadata.ancestors, metadata.place)
    return any(
        own[: len(path)] == path or path[: len(own)] == own
        for place in candidates
        for path in [(*place.ancestors, place.name)]
    )


def _without(text: str, spans: Iterable[Span]) -> str:
    """`text` with some spans blank, as long as before."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
