"""Several places: a query of several scopes -> the plan of its answer, each place told apart under its own name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag import lexicon
from rag.embed import Embedder
from rag.evidence import Judgement, Scored, Scorer, best_of, judge, of_sentence, select
from rag.fold import fold
from rag.index import Index
from rag.named import groups_in
from rag.not_covered import held_places, is_decisive, plan_not_covered
from rag.one_place import plan_one, supports_of
from rag.overview import Support, groups_not_named
from rag.plan import Plan, claims_of
from rag.retrieve import Found
from rag.search import merged, search
from rag.types import Claim, Evidence, Framing, Hit, Query, Status
from rag.understand import asks_something
from rag.verify import stated
from rag.wording import in_script, place_name, place_names, say, term_names

MOST_PLACES_APART = 6
ONE_PLACE_MARGIN = 2.5
"""How much better the best clause of a place is than that of any other, by `rerank`, for a question that names none to be about it.

Of 764 questions on 20 places of `eval/unseen`, held together, it decides 345, 96 of 100 rightly.
"""
MOST_BEHIND = 3.0
"""How far behind the best place's clause the best one of another may score and still be told, where no place is named.

Of 208 questions that the margin above leaves open, the place meant lies as near in 98 of 100, with 2.9 places told for 4.1.
"""
LITTLE = 2
"""Pieces of evidence of each place where several are answered apart, besides what fits best."""
# A place has what "which places" asks about when its best sentence lies by its cosine no further than this behind the
# best of all places, and holds this share of the words that one holds; a smaller share where it names the group of
# people that the question is about. Set on the questions of `eval/sets` that ask so.
PLACE_COSINE, PLACE_COVERAGE, GROUP_COVERAGE = 0.15, 0.4, 0.35
MOST_OF_PLACE = 2
"""Supports told of a place beside its best sentence, where a question asks what each place gives."""


def best_scores(query: Query, index: Index, embedder: Embedder) -> dict[str, float]:
    """Of each place the score of its best clause among the best of all, whose places are not known to be meant."""
    best: dict[str, float] = {}
    for hit in search(query, index, embedder).hits:
        best.setdefault(index.metadata[hit.clause.document].place or "", hit.score)
    return best


def plan_of_one(
    query: Query,
    scopes: list[Query],
    best: Mapping[str, float],
    index: Index,
    embedder: Embedder,
    *,
    whole_list: bool,
) -> Plan | None:
    """The answer of the one place whose clauses fit far better than those of any other, where none is named."""
    if query.places or not asks_something(query):
        return None
    scores = sorted(best.values(), reverse=True)
    if not scores or (len(scores) > 1 and scores[0] - scores[1] < ONE_PLACE_MARGIN):
        return None
    place = max(best, key=lambda name: best[name])
    own = next((scoped for scoped in scopes if place and scoped.places == (place,)), None)
    if own is None or ("overview" in query.intents and groups_not_named(own, index)):
        return None
    plan = plan_one(replace(query, places=own.places), own, index, embedder, whole_list=whole_list)
    if plan.status not in (Status.ANSWERED, Status.PARTLY):
        return None
    plan.head.append(
        Framing(say("only_place", query.language, place=place_name(place or "", query.language)))
    )
    plan.lines[:0] = plan.head
    return plan


def plan_apart(
    query: Query, scopes: list[Query], scores: Mapping[str, float], index: Index, embedder: Embedder
) -> Plan:
    """Several places, each answered apart under its own name.

    Where none is named and one thing is asked, `scores` of their best clauses tell those that are far off: they are only named.
    """
    language = query.language
    named = bool(query.places)
    status = Status.ANSWERED if named else Status.WHICH_CITY
    plan = Plan(status, compose=False)
    if not named and len(scopes) > MOST_PLACES_APART:
        found = search(query, index, embedder)
        judgement = judge(query, select(query, found, index), found, index)
        if not judgement.enough:
            return plan_not_covered(query, found, judgement, index)
        held = place_names(held_places(index), language)
        return Plan(status, [Framing(say("which_city_many", language, held=held))])
    if not named:
        plan.lines.append(Framing(say("which_city", language)))
    overview = "overview" in query.intents
    unnamed = [groups_not_named(scoped, index) if overview else () for scoped in scopes]
    nowhere = len(set(unnamed)) == 1 and unnamed[0]
    if nowhere:
        plan.lines.append(Framing(say("group_not_named", language, groups=term_names(nowhere, language))))
    nothing: list[str] = []
    others: list[str] = []
    far = () if overview else _far_off(scopes, scores)
    hits: list[Hit] = []
    best = 0.0
    for scoped, groups in zip(scopes, unnamed, strict=True):
        if scoped in far:
            continue
        place = scoped.places[0] if scoped.places else ""
        if groups and not nowhere and not named:
            others.append(place)  # what is for anybody is told where the place is asked about
            continue
        found = search(scoped, index, embedder)
        hits += found.hits
        evidence, judgement = _best_of(query, scoped, found, index, embedder)
        best = max(best, judgement.confidence)
        if not judgement.enough or is_decisive(judgement, query):
            nothing.append(place)
            continue
        plan.lines.append(Framing(say("place_line", language, place=place_name(place, language))))
        if groups and not nowhere:
            names = term_names(groups, language)
            plan.lines.append(Framing(say("group_not_named_there", language, groups=names)))
        first = len(plan.evidence) + 1
        plan.evidence += evidence
        plan.lines += claims_of(evidence, language, first)
    plan.hits = merged(hits)
    plan.confidence = best
    if not plan.evidence:
        text = say("not_covered_anywhere", language, held=place_names(held_places(index), language))
        plan = Plan(Status.NOT_COVERED, [Framing(text)], hits=plan.hits, confidence=best)
        nothing, far = [], ()
    if others:
        names = term_names(next(filter(None, unnamed)), language)
        where = place_names(others, language)
        plan.lines.append(Framing(say("group_not_named_in", language, groups=names, places=where)))
    if nothing:
        plan.lines.append(Framing(say("none_there", language, places=place_names(nothing, language))))
        plan.status = Status.PARTLY if named else plan.status
    if far:
        names = place_names([place for scoped in far for place in scoped.places], language)
        plan.lines.append(Framing(say("far_off", language, places=names)))
    return plan


def _far_off(scopes: Sequence[Query], scores: Mapping[str, float]) -> tuple[Query, ...]:
    """The scopes whose best clause lies further behind that of the best place than `MOST_BEHIND`; none without `scores`."""
    if not scores:
        return ()
    least = max(scores.values()) - MOST_BEHIND
    return tuple(s for s in scopes if s.places and scores.get(s.places[0], -math.inf) < least)


def _best_of(
    query: Query, scoped: Query, found: Found, index: Index, embedder: Embedder
) -> tuple[list[Evidence], Judgement]:
    """The little that a place contributes to an answer about several: first what fits best by words weighed over all."""
    if "overview" in scoped.intents:
        # Where no clause names the asker's group, what is for certain others is nothing for the asker.
        any_group = not groups_not_named(scoped, index)
        listed = supports_of(scoped, found, index, embedder)
        granted = [s for s in listed if s.granted]
        fitting = [s for s in granted if s.fits] or [s for s in granted if any_group or s.for_anybody]
        fitting = fitting[:LITTLE]
        return [s.evidence for s in fitting], Judgement(bool(fitting), 1.0 if fitting else 0.0)
    evidence = list(select(scoped, found, index))
    judgement = judge(scoped, evidence, found, index)
    little = evidence[:LITTLE]
    if query.places and judgement.enough and (part := _best_sentence(query, found, index)):
        first = of_sentence(index, part.clause, part.sentence)
        little = [first, *(item for item in little if item != first)]
    if evidence and (best := evidence[best_of(scoped, evidence, found, index)]) not in little:
        little.append(best)
    return little, judgement


def plan_which_places(query: Query, scopes: list[Query], index: Index, embedder: Embedder) -> Plan:
    """Which places have something: one sentence for each that has it, the others named as having none."""
    language = query.language
    plan = Plan(Status.ANSWERED)
    hits: list[Hit] = []
    best: dict[str, Scored | None] = {}
    given: dict[str, list[Support]] = {}
    for scoped in scopes:
        found = search(scoped, index, embedder)
        hits += found.hits
        place = scoped.places[0] if scoped.places else ""
        best[place] = _best_sentence(query, found, index)
        if "overview" in query.intents:
            given[place] = [s for s in supports_of(scoped, found, index, embedder) if s.fits and s.granted]
    told = [part for part in best.values() if part]
    asked = groups_in(query.asked)

    def has_it(part: Scored | None) -> bool:
        """Whether a place's best sentence is about what the question asks, measured by the best of all places."""
        if part is None:
            return False
        named = bool(asked & groups_in(part.sentence.text))
        least = GROUP_COVERAGE if named else PLACE_COVERAGE
        return (
            part.coverage > 0
            and part.coverage >= least * max(other.coverage for other in told)
            and (named or part.cosine >= max(other.cosine for other in told) - PLACE_COSINE)
        )

    nothing = [place for place, part in best.items() if not has_it(part)]
    for place, part in best.items():
        if part and place not in nothing:
            label = place_name(place, language) + (": " if language == "en" else "：")
            evidence = of_sentence(index, part.clause, part.sentence)
            more = [s.evidence for s in given.get(place, ()) if s.evidence != evidence]
            for item in [evidence, *more[:MOST_OF_PLACE]]:
                plan.evidence.append(item)
                mark = len(plan.evidence)
                plan.wording[mark] = (label, stated(item))
                plan.lines.append(Claim(label + in_script(stated(item), language), (mark,)))
    plan.hits = merged(hits)
    if not plan.evidence:
        text = say("not_covered_anywhere", language, held=place_names(held_places(index), language))
        return Plan(Status.NOT_COVERED, [Framing(text)], hits=plan.hits)
    if nothing:
        plan.lines.append(Framing(say("none_there", language, places=place_names(nothing, language))))
    return plan


def plan_inside(query: Query, plan: Plan, inside: list[Query], index: Index, embedder: Embedder) -> Plan:
    """`plan`, with the places inside the one asked about, which answer where its own documents do not."""
    if plan.status is Status.NOT_COVERED:
        of_those = plan_apart(query, inside, {}, index, embedder)
        if of_those.status is not Status.NOT_COVERED:
            return of_those
    names = place_names([name for scoped in inside for name in scoped.places], query.language)
    plan.tail.append(Framing(say("held_below", query.language, places=names)))
    plan.lines.append(plan.tail[-1])
    return plan


def _best_sentence(query: Query, found: Found, index: Index) -> Scored | None:
    """The sentence of a place's best clauses that fits best; it must hold what the question quotes.

    Words are weighed over all places, so that the sentences of several can be compared.
    """
    scorer = Scorer(query, found, index)
    parts = [part for hit in found.hits for part in scorer.sentences(index.number[hit.clause.id])]
    if scorer.quoted:
        official = {
            fold(word)
            for said in scorer.quoted
            for term in lexicon.expand(said)
            for word in term.search_words
        }
        words = official.union(scorer.quoted)
        parts = [p for p in parts if any(word in fold(p.sentence.text) for word in words)]
    return max(parts, key=lambda part: part.score, default=None)
