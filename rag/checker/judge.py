"""Judge: an assertion -> its verdict, and the clauses that it rests on.

It is true where one clause says all of it and nothing differs; the verdicts are tried in the order of `Verdict`,
the first that applies counts. A clause of the assertion's own place goes before one of another, and a clause that
all but repeats it before one that is further off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.checker.assertion import Assertion
from rag.checker.attribution import citations_of
from rag.checker.clauses import Clauses
from rag.checker.denials import DENYING
from rag.checker.fits import LEAST_ALIKE, LEAST_PART, LEAST_SHARE, Fit, fit_of, fits_of, nearest_at_home
from rag.checker.in_english import english_fits
from rag.checker.meaning import adds_nothing, meant, meant_halves, names_topic
from rag.checker.misnamed import IN_CHARGE, others_in_charge
from rag.checker.omissions import lacks
from rag.checker.quotes import squashed
from rag.checker.stitched import halves_of
from rag.checker.suggestions import recited, verbatim
from rag.checker.worded import wording
from rag.fold import to_simplified
from rag.index import Index
from rag.places import Place
from rag.quantities import quantities
from rag.statements import CONTENT, LEANING, is_idle, states_nothing
from rag.types import CheckedCitation, CitationCheck, Difference, Metadata, Span, Verdict

# A clause that says this much of a sentence outweighs one that is further off by this.
LEAST_TOLD, MOST_FURTHER = 0.72, 0.3
LEAST_APART = 0.15
"""A clause further off than this does not excuse what the nearest one is told without."""
LEAST_FURTHER = 0.02
"""A clause of another place that is nearer by less than this does not excuse what is told otherwise at home."""
MOST_BESIDE, MOST_NAMED = 4, 20
"""Characters that a sentence may hold beside who is in charge, if it says nothing else, and if they name of what."""
LEAST_STATED, LEAST_REPEATED = 8, 0.9
"""Characters, and the share of words in a clause's order, by which what reads like a greeting is a document's sentence."""
NEAREST_SHOWN = 2


@dataclass(frozen=True)
class Judgement:
    """A verdict and what it rests on."""

    verdict: Verdict
    fits: Sequence[Fit] = ()
    differences: tuple[Difference, ...] = ()
    """Their spans counted in the statement, but for what is left out: in the whole text, at the statement's end."""
    checks: tuple[CheckedCitation, ...] | None = None
    """Of the citations; None where the verdict does not hang on them."""
    suggestion: str | None = None
    subject: tuple[Place, ...] = ()
    """The place that the statement turned out to speak of; empty where it names none."""


def judge(said: Assertion, clauses: Clauses, day: str) -> Judgement:
    """The verdict on an assertion, with the documents as they are in force on a day (ISO)."""
    if said.statement.only_cites:
        return Judgement(Verdict.NOT_CHECKABLE)
    if charged := _in_charge_alone(said, clauses, day):
        return charged
    fits = english_fits(said, clauses) if said.english else fits_of(said, clauses)
    if _is_idle(said, fits):
        return Judgement(Verdict.NOT_CHECKABLE)
    true = [fit for fit in fits if fit.holds and fit.at_home and adds_nothing(said, fit, clauses)]
    by_others = next((fit for fit in fits if fit.names_others), None)
    if by_others and not any(fit.cited for fit in true):
        return _altered(by_others, by_others.differences, verbatim([by_others], clauses.index))
    return _of_nearest(said, fits, true, clauses, day)


def _is_idle(said: Assertion, fits: Sequence[Fit]) -> bool:
    """Whether a statement states nothing, and no clause has it all the same."""
    best = fits[0] if fits else None
    alike = best is not None and best.match.share >= LEAST_ALIKE
    idle = is_idle(said.body) or (not said.english and states_nothing(said.body) and not alike)
    repeated = best is not None and best.holds and best.match.close >= LEAST_REPEATED
    return idle and not (repeated and len(squashed(said.body)) >= LEAST_STATED)


def _altered(fit: Fit, differences: tuple[Difference, ...], suggestion: str | None) -> Judgement:
    """A clause says it, but for these differences."""
    return Judgement(Verdict.ALTERED, [fit], differences, suggestion=suggestion)


def _of_nearest(
    said: Assertion, fits: Sequence[Fit], true: Sequence[Fit], clauses: Clauses, day: str
) -> Judgement:
    """The verdict by the clauses that come nearest, of which `true` say all of the statement."""
    nearest = nearest_at_home(fits)
    told = nearest is not None and bool(nearest.differences) and nearest.match.share >= LEAST_TOLD
    if true and nearest and told and not nearest.holds:
        # Said otherwise by the clause that it all but repeats, it is not made true by one that is further off.
        true = [fit for fit in true if fit.nearness[0] >= nearest.nearness[0] - MOST_FURTHER]
        if not true:
            return _false(said, fits, clauses)
    away = [fit for fit in fits if fit.holds and not fit.at_home]
    elsewhere = max(away, key=lambda fit: fit.likeness, default=None)
    repeated = elsewhere is not None and _best(true) < elsewhere.likeness - MOST_FURTHER
    if true and not repeated:
        return _true(said, true, clauses, day)
    if elsewhere and not (nearest and told and elsewhere.likeness < nearest.likeness + LEAST_FURTHER):
        return _of_other_place(said, elsewhere, clauses)
    return _in_other_words(said, fits, clauses, day)


def _best(fits: Sequence[Fit]) -> float:
    """The highest likeness; 0 for none."""
    return max((fit.likeness for fit in fits), default=0.0)


def _in_other_words(said: Assertion, fits: Sequence[Fit], clauses: Clauses, day: str) -> Judgement:
    """The verdict on a statement that no clause says in its words."""
    if halves := meant_halves(said, fits, clauses):
        return Judgement(Verdict.STITCHED, halves, suggestion=verbatim(halves, clauses.index))
    if fit := meant(said, fits, clauses):
        return _true(said, [fit], clauses, day)
    return _false(said, fits, clauses)


# -- true -------------------------------------------------------------------------------------------


def _true(said: Assertion, true: Sequence[Fit], clauses: Clauses, day: str) -> Judgement:
    """Of a statement that some clauses say: whether it cites one of them, leaves nothing out, and they are in force."""
    subject = said.named_of(true[0].metadata)
    best = _best(true)
    true = [fit for fit in true if fit.likeness >= best - MOST_FURTHER]
    checks = citations_of(said, true, clauses)
    nearly = [fit for fit in true if fit.likeness >= best - LEAST_APART]
    whole = [fit for fit in nearly if not fit.match.omitted] or nearly
    fit = next((f for f in whole if f.cited), whole[0])
    if any(c.check not in (CitationCheck.RIGHT, CitationCheck.NONE_GIVEN) for c in checks):
        suggestion: str | None = recited(said.statement, fit, checks)
        return Judgement(Verdict.MISATTRIBUTED, [fit], (), checks, suggestion, subject)
    if left_out := _left_out(said, fit):
        suggestion = verbatim([fit], clauses.index)
        return Judgement(Verdict.OMITS, [fit], left_out, checks, suggestion, subject)
    in_force = [f for f in whole if not _is_outdated(f.metadata, clauses.index, day)]
    if not in_force:
        return Judgement(Verdict.OUTDATED, [fit], checks=checks, subject=subject)
    shown = fit if fit in in_force else in_force[0]
    return Judgement(Verdict.SUPPORTED, [shown], checks=checks, subject=subject)


def _left_out(said: Assertion, fit: Fit) -> tuple[Difference, ...]:
    """The conditions that a statement leaves out, at its end; the question that it answers may have said one, if it denies none."""
    end, asked = said.statement.span.end, wording(said.asked)
    counts = bool(said.asked) and not DENYING.search(asked.folded)
    unsaid = (text for text in fit.match.omitted if not counts or DENYING.search(text) or lacks(asked, text))
    return tuple(Difference("condition", Span(end, end), "", text) for text in unsaid)


def _is_outdated(metadata: Metadata, index: Index, day: str) -> bool:
    """Whether a document is past its validity, or another one held repeals it."""
    if metadata.valid_until and metadata.valid_until < day:
        return True
    titles = {squashed(title) for title in (metadata.title, metadata.title_notice) if title}
    return any(
        (reference.doc_number and reference.doc_number == metadata.doc_number)
        or squashed(reference.title) in titles
        for other in index.metadata.values()
        if other.document != metadata.document
        for reference in other.repeals
    )


def _in_charge_alone(said: Assertion, clauses: Clauses, day: str) -> Judgement | None:
    """Of a statement that says only who is in charge of what the clause says that it cites or leans on; else None."""
    beside = IN_CHARGE.sub("", LEANING.sub("", said.wording.folded))
    held_to = [clauses.index.number[clause.id] for clause in said.cited] or list(said.leant_on)
    if not held_to or not IN_CHARGE.search(said.wording.folded):
        return None
    if not _says_nothing_else(said, beside, held_to[0], clauses):
        return None
    others = {number: tuple(others_in_charge(said.wording, clauses.proof(number))) for number in held_to}
    number = min(held_to, key=lambda n: len(others[n]))
    fit = fit_of(said, number, clauses)
    if not others[number]:
        # Whose office it is does not say what place the text goes on about.
        return replace(_true(said, [fit], clauses, day), subject=())
    printed = "、".join(department.name for department in fit.clause.departments)
    differences = [Difference("department", _span_of(said, name), name, printed) for name in others[number]]
    return _altered(fit, tuple(differences), None)


def _says_nothing_else(said: Assertion, beside: str, clause: int, clauses: Clauses) -> bool:
    """Whether what stands beside who is in charge is nothing, or only names of what."""
    chars = len(CONTENT.findall(beside))
    return chars <= MOST_BESIDE or (
        chars <= MOST_NAMED and not quantities(beside) and names_topic(said, beside, clause, clauses)
    )


def _span_of(said: Assertion, name: str) -> Span:
    """Where a simplified name stands in a statement, at its start if it is not found."""
    start = max(0, to_simplified(said.body).find(name))
    return Span(start, start + len(name))


# -- not true ---------------------------------------------------------------------------------------


def _false(said: Assertion, fits: Sequence[Fit], clauses: Clauses) -> Judgement:
    """Of a statement that no clause says: stitched, altered or not found."""
    near = [fit for fit in fits if fit.match.share >= LEAST_ALIKE]
    best = max(near, key=lambda fit: fit.nearness, default=None)
    altered = best is not None and _is_altered(said, best)
    if (not altered or said.english) and (halves := halves_of(said, fits, clauses)):
        return Judgement(Verdict.STITCHED, halves, suggestion=verbatim(halves, clauses.index))
    if best is None:
        return Judgement(Verdict.NOT_FOUND, fits[:NEAREST_SHOWN])
    differences = best.differences or _added(said, best)
    place = () if best.at_home else _place_differences(said, best, clauses)
    suggestion = verbatim([best], clauses.index) if best.at_home else None
    subject = said.named_of(best.metadata)
    return Judgement(Verdict.ALTERED, [best], (*differences, *place), suggestion=suggestion, subject=subject)


def _is_altered(said: Assertion, fit: Fit) -> bool:
    """Whether the clause speaks of all that the statement does, and of some of it otherwise."""
    total = sum(part.weight for part in fit.match.parts)
    return bool(fit.differences) and all(
        part.share >= LEAST_PART or part.weight < 0.2 * total or _differs_in(said, fit, i)
        for i, part in enumerate(fit.match.parts)
    )


def _differs_in(said: Assertion, fit: Fit, part: int) -> bool:
    """Whether a group or department that the clause does not name stands in a part."""
    if part >= len(said.wording.parts) or fit.match.parts[part].share < 0.25:
        return False
    span = said.part_span(*said.wording.parts[part])
    return any(
        d.kind in ("group", "department") and span.start <= d.span.start < span.end for d in fit.differences
    )


def _added(said: Assertion, fit: Fit) -> tuple[Difference, ...]:
    """The parts of the statement that the clause does not say."""
    spans = [
        said.part_span(*words)
        for words, part in zip(said.wording.parts, fit.match.parts, strict=False)
        if part.share < LEAST_SHARE
    ]
    return tuple(Difference("added", span, said.statement.text[slice(*span)], "") for span in spans)


# -- places -----------------------------------------------------------------------------------------


def _of_other_place(said: Assertion, fit: Fit, clauses: Clauses) -> Judgement:
    """A clause of another place says all of it."""
    foreign = said.foreign(fit.metadata, clauses.proof(fit.number))
    subject = foreign[0].candidates if foreign else said.spoken
    return Judgement(Verdict.OTHER_PLACE, [fit], _place_differences(said, fit, clauses), subject=subject)


def _place_differences(said: Assertion, fit: Fit, clauses: Clauses) -> tuple[Difference, ...]:
    """The places that a statement names or speaks of in place of the clause's."""
    foreign = said.foreign(fit.metadata, clauses.proof(fit.number))
    printed = fit.metadata.place or ""
    if foreign:
        return tuple(Difference("place", m.span, m.text, printed) for m in foreign)
    return (Difference("place", Span(0, 0), said.spoken[0].name if said.spoken else "", printed),)
