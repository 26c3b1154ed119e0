"""Answer: the order of the steps, in one place, as one generator of events.

    understand -> scope -> retrieve -> select -> judge -> (extractive answer) -> compose -> verify -> finish

Terminal, page, service and evaluation all drain `Answerer.stream`. The answer without the model comes
first: its lines stand in `EvidenceFound`, and whatever composing does not improve falls back to them.
What is answered is planned in `one_place` and `several_places`; `reword` puts the plan into the model's words.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag import models
from rag.compose import system_prompt, translation_prompt
from rag.config import Settings
from rag.embed import Embedder, SentenceTransformerEmbedder
from rag.errors import ModelError
from rag.generate import Generator, build_generator
from rag.index import Index
from rag.index import load as load_index
from rag.not_covered import held_places
from rag.one_place import plan_one
from rag.plan import Plan, framed_once
from rag.retrieve import Found
from rag.reword import reword
from rag.search import search
from rag.several_places import best_scores, plan_apart, plan_inside, plan_of_one, plan_which_places
from rag.types import (
    Answer,
    Check,
    Claim,
    Draft,
    Event,
    EvidenceFound,
    Finished,
    Framing,
    Language,
    Line,
    Metadata,
    Mode,
    Query,
    Scope,
    Status,
    Timing,
    Turn,
    Understood,
)
from rag.understand import understand
from rag.wording import in_script, place_names, say

log = logging.getLogger(__name__)


class Answerer:
    """Holds what is loaded: index, embedder and, for composed answers, a language model."""

    def __init__(self, index: Index, embedder: Embedder, generator: Generator | None = None) -> None:
        self.index = index
        self.embedder = embedder
        self.generator = generator

    def warm(self, language: Language = "zh-Hans") -> None:
        """Read the fixed part of the prompt ahead, so that the first question need not wait for it."""
        if self.generator is not None:
            self.generator.warm(system_prompt(language))
            if language == "en":
                self.generator.warm(translation_prompt("").system)

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        place: str | None = None,
        mode: Mode = "composed",
        as_of: datetime.date | None = None,
        whole_list: bool = False,
    ) -> Answer:
        """The whole answer: `stream`, drained."""
        events = self.stream(question, history, place=place, mode=mode, as_of=as_of, whole_list=whole_list)
        for event in events:
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("stream ended without Finished")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        place: str | None = None,
        mode: Mode = "composed",
        as_of: datetime.date | None = None,
        whole_list: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """The events of an answer; the last is `Finished`. `as_of` is the day it is asked on, default today.

        With `whole_list` an overview lists every support, else those that fit best and how many more there are.

        Setting `cancel` stops the model; the answer then is the extractive one. Raises `InputError` for a
        question that cannot be one.
        """
        started = time.perf_counter()
        cancel = cancel or threading.Event()
        query = understand(question, history, tuple(self.index.metadata.values()), place=place)
        yield Understood(query)
        plan = self._plan(query, whole_list=whole_list)
        evidence_s = time.perf_counter() - started
        yield EvidenceFound(tuple(plan.evidence), plan.hits, tuple(plan.lines))
        checks: list[Check] = []
        notices, first_token_s = [], None
        if mode == "composed" and self.generator is not None:
            try:
                for event in reword(query, plan, checks, self.generator, self.embedder, cancel):
                    if first_token_s is None and isinstance(event, Draft):
                        first_token_s = time.perf_counter() - started
                    yield event
            except ModelError as error:
                log.error("composing failed: %s", error)
                notices.append(say("notice_model", query.language))
        answer = _finish(query, plan, plan.lines, tuple(checks), notices, as_of or datetime.date.today())
        timing = Timing(evidence_s, first_token_s, time.perf_counter() - started)
        log.info(
            "status=%s hits=%d evidence_ms=%.0f total_ms=%.0f",
            answer.status.value,
            len(answer.hits),
            evidence_s * 1000,
            timing.total_s * 1000,
        )
        yield Finished(replace(answer, timing=timing))

    def search(self, scoped: Query) -> Found:
        """The best clauses of a scope, in the order of the second stage."""
        return search(scoped, self.index, self.embedder)

    def _plan(self, query: Query, *, whole_list: bool = False) -> Plan:
        """What there is to answer: nothing where orders or places not held are asked about, else what each scope says."""
        language = query.language
        if "order" in query.intents:
            return Plan(Status.REFUSED, [Framing(say("refused_order", language))])
        if "errand" in query.intents:
            return Plan(Status.REFUSED, [Framing(say("refused_errand", language))])
        if query.not_held and not query.documents:
            held = place_names(held_places(self.index), language)
            text = say("not_held", language, places=place_names(query.not_held, language), held=held)
            return Plan(Status.NOT_COVERED, [Framing(text)])
        parted = [(each.below, _within(query, each)) for each in query.scopes]
        asked = [scoped for below, scoped in parted if not below]
        inside = [scoped for below, scoped in parted if below]
        if len(asked) == 1:
            plan = plan_one(query, asked[0], self.index, self.embedder, whole_list=whole_list)
        elif "places" in query.intents:
            plan = plan_which_places(query, asked, self.index, self.embedder)
        else:
            best = {} if query.places else best_scores(query, self.index, self.embedder)
            of_one = plan_of_one(query, asked, best, self.index, self.embedder, whole_list=whole_list)
            plan = of_one or plan_apart(query, asked, best, self.index, self.embedder)
        if inside:
            plan = plan_inside(query, plan, inside, self.index, self.embedder)
        if query.not_held:
            plan.tail.append(
                Framing(say("also_not_held", language, places=place_names(query.not_held, language)))
            )
            plan.lines.append(plan.tail[-1])
            plan.status = Status.PARTLY if plan.status is Status.ANSWERED else plan.status
        return plan


def _within(query: Query, scope: Scope) -> Query:
    """The query as it is asked of one scope."""
    return replace(query, places=(scope.place,) if scope.place else (), documents=scope.documents)


def _finish(
    query: Query,
    plan: Plan,
    lines: Sequence[Line],
    checks: tuple[Check, ...],
    notices: Sequence[str],
    as_of: datetime.date,
) -> Answer:
    """The answer with its citations renumbered in the order of use; what no claim carries is not cited."""
    order: dict[int, int] = {}
    renumbered: list[Line] = []
    for line in lines:
        if isinstance(line, Claim):
            for mark in line.marks:
                order.setdefault(mark, len(order) + 1)
            line = replace(line, marks=tuple(order[mark] for mark in line.marks))
        renumbered.append(line)
    if query.language == "en":
        renumbered = framed_once(renumbered, [plan.evidence[mark - 1] for mark in order])
    citations = tuple(plan.evidence[mark - 1] for mark in order)
    dated = _notices([item.metadata for item in citations], query.language, as_of)
    return Answer(
        question=query.question,
        status=plan.status,
        language=query.language,
        scope=query.places or tuple(dict.fromkeys(item.metadata.place or "" for item in citations)),
        lines=tuple(renumbered),
        citations=citations,
        nearest=tuple(plan.nearest),
        notices=(*notices, *dated),
        hits=plan.hits,
        checks=checks,
        confidence=plan.confidence,
        more=plan.more,
    )


def _notices(cited: Sequence[Metadata], language: Language, as_of: datetime.date) -> list[str]:
    """One line for each cited document that is past its term or target years, or bears no date."""
    found = []
    for metadata in dict.fromkeys(cited):
        title = in_script(metadata.title or metadata.document, language)
        if metadata.valid_until and metadata.valid_until < as_of.isoformat()[: len(metadata.valid_until)]:
            found.append(say("notice_expired", language, title=title, date=metadata.valid_until))
        elif metadata.horizon_year and metadata.horizon_year < as_of.year:
            found.append(say("notice_horizon", language, title=title, year=metadata.horizon_year))
        elif not metadata.date_issued:
            found.append(say("notice_undated", language, title=title))
    return found


def load_answerer(settings: Settings, *, mode: Mode) -> Answerer:
    """An answerer over the index in use; the language model is loaded only for composed answers.

    Raises `ModelError` or `IndexNotUsableError`, each saying what to do.
    """
    identity = models.identity(settings.cache, settings.embedder)
    index = load_index(settings.home, identity)
    embedder = load_embedder(settings)
    generator = None
    if mode == "composed":
        generator = build_generator(
            settings.runtime,
            models.resolve(settings.cache, settings.generator, "generator"),
            threads=settings.threads,
            context_tokens=settings.context_tokens,
            max_tokens=settings.max_answer_tokens,
            stall_timeout_s=settings.stall_timeout_s,
        )
    return Answerer(index, embedder, generator)


def load_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    model = models.resolve(settings.cache, settings.embedder, "embedder")
    identity = models.identity(settings.cache, settings.embedder)
    return SentenceTransformerEmbedder(model, identity, adapter=models.adapter(settings.embedder))
