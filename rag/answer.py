"""Answer: the order of the steps, in one place, as one generator of events.

    understand -> scope -> retrieve -> select -> judge -> (extractive answer) -> compose -> verify -> finish

Terminal, page, service and evaluation all drain `Answerer.stream`. The answer without the model comes
first: its lines stand in `EvidenceFound`, and whatever composing does not improve falls back to them.
"""

from __future__ import annotations

import collections.abc
import datetime
import logging
import math
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag import english, lexicon, models
from rag.brief import brief, naming_part
from rag.compose import draft_lines, prompt_for, system_prompt, translation_prompt
from rag.config import Settings
from rag.embed import Embedder, SentenceTransformerEmbedder
from rag.errors import ModelError
from rag.evidence import (
    ASKING,
    LEAD,
    LEANING,
    WHETHER,
    Judgement,
    Scored,
    Scorer,
    best_of,
    fills,
    judge,
    of_departments,
    of_sentence,
    select,
    tells_who,
)
from rag.fold import fold
from rag.generate import Generator, build_generator
from rag.index import Index
from rag.index import load as load_index
from rag.named import groups_in
from rag.overview import (
    MOST_SHOWN,
    MOST_SHOWN_ENGLISH,
    Support,
    aim_of,
    asks_all,
    best_shown,
    groups_not_named,
    kinds_asked,
    sections,
    supports,
)
from rag.quantities import bounds_in, counts_in, quantities, sum_out_of_bounds
from rag.rerank import CANDIDATES, rerank
from rag.retrieve import Found, retrieve, rrf, search_words
from rag.slots import SLOTS
from rag.terms import tokens
from rag.types import (
    Answer,
    Check,
    Claim,
    ClaimChecked,
    Clause,
    Draft,
    Event,
    Evidence,
    EvidenceFound,
    Finished,
    Framing,
    Hit,
    Language,
    Line,
    Metadata,
    Mode,
    Outcome,
    Query,
    Scope,
    Status,
    Timing,
    Turn,
    Understood,
)
from rag.understand import (
    REST_OF_LIST,
    WHOSE,
    asking,
    asks_something,
    in_parts,
    names_nothing,
    understand,
)
from rag.verify import FILLER, is_named, stated, verify, verify_translation
from rag.wording import (
    department_names,
    gist_of,
    in_script,
    kind_name,
    place_name,
    place_names,
    say,
    slot_names,
    term_names,
)

log = logging.getLogger(__name__)

HITS_KEPT = 20
VERBATIM = frozenset({"list", "definition", "papers", "confirm", "compare"})
ENGLISH_ASKING = re.compile(r"\b(?:what|which|who|whom|how|when|where)\b")
ASKING_WORD = re.compile(r"什么|啥|哪|谁|多少|几|怎么|如何|吗")
ONE_THING = frozenset(
    {"amount", "number", "deadline", "date", "papers", "interest", "phone", "overview", "definition"}
)
# Slots that nearly any clause fills somewhere: beside a narrower one they are none of what is asked for.
WIDE = frozenset({"amount", "number", "deadline", "date"})
# Slots of which one can ask the department in charge where they are not stated.
TO_ASK = frozenset({"venue", "address", "phone", "hours", "form", "mail", "online"})
# The number that a clause opens with: 第二十六条, （八）, 任务12.
PRINTED_LABEL = re.compile(
    r"第[〇零一二三四五六七八九十百\d]+条|[（(][一二三四五六七八九十\d]+[)）]|(?:任务|举措|措施)\d+"
)
# A question for what a thing rests on, which sentences say first: 依托联席会议制度，协调解决…
MEANS = re.compile(r"靠(?:什么|啥|哪)|依托|依靠|凭(?:什么|啥)|机制|借助|通过(?:什么|啥|哪)")
MOST_PLACES_APART = 6
ONE_PLACE_MARGIN = 2.5
"""How much better the best clause of a place is than that of any other, by `rerank`, for a question that names none to be about it.

Of 764 questions on 20 places of `eval/unseen`, held together, it decides 345, 96 of 100 rightly.
"""
MOST_BEHIND = 3.0
"""How far behind the best place's clause the best one of another may score and still be told, where no place is named.

Of 208 questions that the margin above leaves open, the place meant lies as near in 98 of 100, with 2.9 places told for 4.1.
"""
NEAREST_SHOWN = 2
# Chinese signs outside brackets, in which an English line gives an official name.
HAN = re.compile(r"[\u3400-\u9fff](?![^(（]*[)）])")
MOST_TRANSLATED = 16
"""Lines of an English answer that are put into English, about five seconds each; a whole overview's others stay Chinese."""
LITTLE = 2
"""Pieces of evidence of each place where several are answered apart, besides what fits best."""
# A place has what "which places" asks about when its best sentence lies by its cosine no further than this behind the
# best of all places, and holds this share of the words that one holds; a smaller share where it names the group of
# people that the question is about. Set on the questions of `eval/sets` that ask so.
PLACE_COSINE, PLACE_COVERAGE, GROUP_COVERAGE = 0.15, 0.4, 0.35
LEAST_MEANT_IN_ENGLISH, FEWEST_WORDS = 0.6, 9
"""The cosine of an English claim with what it cites below which it is no rendering of it, and from how many words on that tells.

Of 57 claims of composed answers that were read three of so many words lie below it, all of them wrong. A short claim leans on the
question, and one with a figure is known by that.
"""
LEAST_ASKED_IN_ENGLISH = 0.3
"""The share of an English question's words that the English of its best sentence has to hold, see `english.share_said`."""
MOST_OF_PLACE = 2
"""Supports told of a place beside its best sentence, where a question asks what each place gives."""


Translating = collections.abc.Generator[Draft | ClaimChecked, None, Check | None]


@dataclass
class _Plan:
    """What the steps before the model came to: everything of an answer but the composing."""

    status: Status
    lines: list[Line] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    nearest: list[Evidence] = field(default_factory=list)
    hits: tuple[Hit, ...] = ()
    compose: bool = False
    """Whether a model may reword the claims; lists made by code are shown as they are."""
    head: list[Line] = field(default_factory=list)
    """Lines that stay before the claims, whoever words them."""
    tail: list[Line] = field(default_factory=list)
    """Lines that stay behind the claims, whoever words them."""
    best: int = 1
    """The mark of the evidence that fits best."""
    more: int = 0
    """How many supports of an overview are not shown."""
    wording: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Of a mark: what stands before its claim (a kind, a place), and the Chinese words that the claim holds of it."""
    confidence: float | None = None
    """That of the judgement; None where nothing was searched."""


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
                for event in self._in_words(query, plan, checks, cancel):
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

    # -- what to answer ---------------------------------------------------------------------------

    def _plan(self, query: Query, *, whole_list: bool = False) -> _Plan:
        language = query.language
        if "order" in query.intents:
            return _Plan(Status.REFUSED, [Framing(say("refused_order", language))])
        if "errand" in query.intents:
            return _Plan(Status.REFUSED, [Framing(say("refused_errand", language))])
        if query.not_held and not query.documents:
            held = place_names(self._held(), language)
            text = say("not_held", language, places=place_names(query.not_held, language), held=held)
            return _Plan(Status.NOT_COVERED, [Framing(text)])
        parted = [(each.below, self._within(query, each)) for each in query.scopes]
        asked = [scoped for below, scoped in parted if not below]
        inside = [scoped for below, scoped in parted if below]
        if len(asked) == 1:
            plan = self._plan_one(query, asked[0], whole_list)
        elif "places" in query.intents:
            plan = self._plan_which_places(query, asked)
        else:
            best = {} if query.places else self._best_scores(query)
            plan = self._plan_of_one(query, asked, best, whole_list) or self._plan_apart(query, asked, best)
        if inside:
            plan = self._plan_inside(query, plan, inside)
        if query.not_held:
            plan.tail.append(
                Framing(say("also_not_held", language, places=place_names(query.not_held, language)))
            )
            plan.lines.append(plan.tail[-1])
            plan.status = Status.PARTLY if plan.status is Status.ANSWERED else plan.status
        return plan

    def _held(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.place for m in self.index.metadata.values() if m.place))

    def _within(self, query: Query, scope: Scope) -> Query:
        """The query as it is asked of one scope."""
        return replace(query, places=(scope.place,) if scope.place else (), documents=scope.documents)

    def search(self, scoped: Query) -> Found:
        """The best clauses of a scope, in the order of the second stage."""
        found = retrieve(scoped, self.index, self.embedder, k=CANDIDATES)
        return rerank(scoped, found, self.index, k=HITS_KEPT)

    def _supports(self, scoped: Query, found: Found) -> list[Support]:
        return supports(scoped, found, self.index, self.embedder.embed_query(aim_of(scoped.text)))

    def _plan_one(self, query: Query, scoped: Query, whole_list: bool) -> _Plan:
        """An answer about one place."""
        found = self.search(scoped)
        if "overview" in query.intents and not query.labels:
            listed = self._supports(scoped, found)
            if listed:
                # An English line takes a model seconds: the whole list is made where it is asked for apart.
                rest = REST_OF_LIST.search(fold(query.asked)) is not None
                everything = whole_list or (asks_all(query.asked) and (rest or query.language != "en"))
                return self._plan_overview(scoped, found, listed, whole=everything)
        if query.labels and not any(hit.looked_up for hit in found.hits) and not _asks_more(query):
            return self._plan_no_such_clause(scoped, found)
        evidence = select(scoped, found, self.index)
        judgement = judge(scoped, evidence, found, self.index)
        evidence, judgement, asked_who = self._with_each_part(scoped, evidence, judgement)
        if not judgement.enough or _decisive(judgement, query):
            return self._plan_not_covered(scoped, found, judgement)
        plan = _Plan(Status.ANSWERED, evidence=list(evidence), hits=found.hits, compose=True)
        plan.confidence = judgement.confidence
        plan.lines = _claims(evidence, query.language)
        if "definition" in query.intents and query.language != "en":
            asked = fold(query.asked)
            said = [in_script(naming_part(stated(item), asked), query.language) for item in evidence]
            plan.lines = [Claim(text, (mark,)) for mark, text in enumerate(said, 1)]
        elif not query.intents & VERBATIM and not query.labels:
            plan.lines = _briefly(query, plan.lines)
        plan.best = best_of(scoped, evidence, found, self.index) + 1
        printed_so = query.labels or query.intents & (VERBATIM - {"confirm"})
        if not printed_so and not _in_order(evidence, self.index):
            plan.lines = _best_first(plan.lines, plan.best)
        if "confirm" in query.intents and _is_lent(query, evidence[plan.best - 1]):
            plan.head.append(Framing(say("lent", query.language)))
            plan.lines[:0] = plan.head
        elif "confirm" in query.intents and _contradicted(query, evidence[plan.best - 1]):
            plan.lines.insert(0, Framing(say("not_so", query.language)))
        elif outside := _out_of_bounds(query, evidence):
            counted, bound = outside
            plan.lines.insert(0, Framing(say("out_of_bounds", query.language, said=counted, bound=bound)))
            plan.compose = False
        if query.intents & VERBATIM or (query.labels and not query.intents & ONE_THING):
            plan.compose = False  # a clause, a list or a term asked for is given whole, as it is printed
        if "department" in query.intents and not query.intents & ONE_THING:
            plan.compose = False  # whom to ask is all that is asked: the names are given as they are printed
            if len(ASKING_WORD.findall(fold(query.asked))) <= 1:
                who = [i for i, item in enumerate(evidence, 1) if tells_who(item)] or [plan.best]
                told = plan.best if plan.best in who else who[0]
                plan.lines = [line for line in plan.lines if isinstance(line, Claim) and told in line.marks]
        if "department" in query.intents:
            several = len(asked_who) > 1
            around = list(asked_who) if several else [item.clause for item in evidence]
            if several and all(asked_who.values()):  # nothing else is asked
                plan.lines, plan.evidence = [], []
            self._add_departments(plan, around, query.language, asked_who, each=several)
        if "where" in query.intents and not query.labels:
            plan.compose = False
            plan.tail.append(Framing(self._place_of(evidence[plan.best - 1], query.language)))
            plan.lines.append(plan.tail[-1])
        if judgement.missing:
            plan.status = Status.PARTLY
            missing = Framing(
                say("missing", query.language, slots=slot_names(judgement.missing, query.language))
            )
            plan.tail.append(missing)
            plan.lines.append(missing)
            named = [d.name for d in evidence[plan.best - 1].clause.departments]
            if named and "department" not in query.intents and TO_ASK & set(judgement.missing):
                names = department_names(named, query.language)
                plan.tail.append(Framing(say("ask_department", query.language, departments=names)))
                plan.lines.append(plan.tail[-1])
        return plan

    def _with_each_part(
        self, scoped: Query, evidence: tuple[Evidence, ...], judgement: Judgement
    ) -> tuple[tuple[Evidence, ...], Judgement, dict[Clause, str]]:
        """Both with what answers each thing that a message of several questions asks.

        Third the clauses that the questions for a department are about, with the thing where nothing else is asked of it.
        """
        who: dict[Clause, str] = {}
        for part in in_parts(scoped):
            if not part.intents and names_nothing(part.asked):
                continue  # 到时候怎么办 asks on about what the message as a whole finds
            found = self.search(part)
            chosen = select(part, found, self.index)
            judged = judge(part, chosen, found, self.index)
            if not judged.enough:
                continue
            best = chosen[best_of(part, chosen, found, self.index)]
            if judged.missing:
                if {*judged.missing} <= {*judgement.missing} and best not in evidence:
                    evidence += (best,)  # what comes nearest, beside the word that it is not all
                continue
            if "department" in part.intents:
                who[best.clause] = part.text if part.asked == f"{part.text}{WHOSE}" else ""
            family = self._family(chosen[0])
            evidence += tuple(
                item for item in chosen if item not in evidence and self._family(item) == family
            )
            missing = tuple(name for name in judgement.missing if name not in part.intents)
            confidence = judgement.confidence if missing else max(judgement.confidence, judged.confidence)
            judgement = replace(judgement, missing=missing, confidence=confidence)
        return evidence, judgement, who

    def _place_of(self, item: Evidence, language: Language) -> str:
        """Where a clause stands, in words: its document, its number as printed and as a label, its headings."""
        title = in_script(item.metadata.title or item.clause.document, language)
        heading = in_script(" > ".join(item.clause.heading), language)
        lead = self.index.leads.get(self.index.number[item.clause.id])
        over = (self.index.clauses[lead],) if lead is not None else ()
        printed = "".join(m[0].strip() for c in (*over, item.clause) if (m := PRINTED_LABEL.match(c.text)))
        return say(
            "stands_in", language, title=title, label=item.clause.label,
            printed=in_script(printed, language), heading=heading,
        )  # fmt: skip

    def _family(self, item: Evidence) -> int:
        """The number of the clause that a piece of evidence belongs to, for the item of a list that of its lead."""
        number = self.index.number[item.clause.id]
        return self.index.leads.get(number, number)

    def _plan_inside(self, query: Query, plan: _Plan, inside: list[Query]) -> _Plan:
        """`plan`, with the places inside the one asked about, which answer where its own documents do not."""
        if plan.status is Status.NOT_COVERED:
            of_those = self._plan_apart(query, inside, {})
            if of_those.status is not Status.NOT_COVERED:
                return of_those
        names = place_names([name for scoped in inside for name in scoped.places], query.language)
        plan.tail.append(Framing(say("held_below", query.language, places=names)))
        plan.lines.append(plan.tail[-1])
        return plan

    def _add_departments(
        self,
        plan: _Plan,
        clauses: Sequence[Clause],
        language: Language,
        things: Mapping[Clause, str],
        *,
        each: bool = False,
    ) -> None:
        """Who is in charge, from the parenthesis of the first clause that has one, or of each; no model words this.

        `things` says what the question calls that which a clause is about.
        """
        named = [c for c in dict.fromkeys(clauses) if of_departments(self.index, c) is not None]
        for clause in named if each else named[:1]:
            departments = of_departments(self.index, clause)
            assert departments is not None
            plan.evidence.append(departments)
            names = department_names([d.name for d in clause.departments], language)
            told = say("departments", language, departments=names)
            if each and len(named) > 1:  # of which clause, for there are several
                heading = clause.heading[-1] if clause.heading else clause.label
                about = in_script(things.get(clause) or heading, language)
                told = f"For clause {clause.label}: {told}" if language == "en" else f"{about}：{told}"
            claim = Claim(told, (len(plan.evidence),))
            plan.tail.append(claim)
            plan.lines.append(claim)
        if not plan.lines:  # the clause names nobody; its own words may
            plan.lines = _claims(plan.evidence, language)

    def _plan_not_covered(self, query: Query, found: Found, judgement: Judgement) -> _Plan:
        language = query.language
        detail = judgement.related and judgement.enough and judgement.missing
        if query.places and detail:
            slots = slot_names(judgement.missing, language)
            text = say("not_stated", language, places=place_names(query.places, language), slots=slots)
        elif query.places:
            text = say("not_covered", language, places=place_names(query.places, language))
        else:
            text = say("not_covered_anywhere", language, held=place_names(self._held(), language))
        plan = _Plan(Status.NOT_COVERED, [Framing(text)], hits=found.hits, confidence=judgement.confidence)
        if not judgement.related:
            return plan
        if detail and not query.places:
            plan.lines.append(
                Framing(say("missing", language, slots=slot_names(judgement.missing, language)))
            )
        plan.nearest = list(select(query, found, self.index))[:NEAREST_SHOWN]
        departments = [d.name for item in plan.nearest[:1] for d in item.clause.departments][:4]
        if departments:
            names = department_names(departments, language)
            plan.lines.append(Framing(say("ask_department", language, departments=names)))
        return plan

    def _plan_no_such_clause(self, scoped: Query, found: Found) -> _Plan:
        """The number that is asked for stands nowhere in scope: says so, with the numbers that there are."""
        labels = [self.index.clauses[n].label for n in self.index.clauses_of(scoped.documents).tolist()]
        held = [label for label in labels if label[:1] in "123456789"]
        text = say(
            "no_such_clause",
            scoped.language,
            place=place_names(scoped.places, scoped.language),
            label="、".join(scoped.labels),
            first=held[0] if held else "-",
            last=held[-1] if held else "-",
        )
        return _Plan(Status.NOT_COVERED, [Framing(text)], hits=found.hits, confidence=0.0)

    def _plan_overview(self, query: Query, found: Found, listed: list[Support], *, whole: bool) -> _Plan:
        """The supports grouped by whom they are for and by kind, what is granted before what is only intended."""
        language = query.language
        most = MOST_SHOWN_ENGLISH if language == "en" else MOST_SHOWN
        shown = listed if whole else best_shown(listed, query.asked, kinds_asked(query.asked), most)
        plan = _Plan(Status.ANSWERED, hits=_fused(found.hits, [support.evidence.clause for support in shown]))
        if groups := groups_not_named(query, self.index):
            plan.lines.append(Framing(say("group_not_named", language, groups=term_names(groups, language))))
            plan.status = Status.PARTLY
        plan.lines.append(Framing(say("overview", language, place=place_names(query.places, language))))
        for heading, group in sections(shown):
            if heading:
                plan.lines.append(Framing(say(heading, language)))
            for kind in dict.fromkeys(support.kind for support in group):
                for support in (s for s in group if s.kind == kind):
                    plan.evidence += (support.evidence, *support.beside)
                    mark = len(plan.evidence) - len(support.beside)
                    name = kind_name(kind, language)
                    label = f"{name}: " if language == "en" else f"{name}："
                    plan.wording[mark] = (label, support.line)
                    if language == "en" and (gist := gist_of(support.line)):
                        label = f"{name} ({gist}): "
                    marks = tuple(range(mark, len(plan.evidence) + 1))
                    plan.lines.append(Claim(label + in_script(support.line, language), marks))
        plan.more = len(listed) - len(shown)
        if plan.more:
            plan.lines.append(Framing(say("more", language, count=plan.more)))
        return plan

    def _best_scores(self, query: Query) -> dict[str, float]:
        """Of each place the score of its best clause among the best of all, whose places are not known to be meant."""
        best: dict[str, float] = {}
        for hit in self.search(query).hits:
            best.setdefault(self.index.metadata[hit.clause.document].place or "", hit.score)
        return best

    def _plan_of_one(
        self, query: Query, scopes: list[Query], best: Mapping[str, float], whole_list: bool
    ) -> _Plan | None:
        """The answer of the one place whose clauses fit far better than those of any other, where none is named."""
        if query.places or not asks_something(query):
            return None
        scores = sorted(best.values(), reverse=True)
        if not scores or (len(scores) > 1 and scores[0] - scores[1] < ONE_PLACE_MARGIN):
            return None
        place = max(best, key=lambda name: best[name])
        own = next((scoped for scoped in scopes if place and scoped.places == (place,)), None)
        if own is None or ("overview" in query.intents and groups_not_named(own, self.index)):
            return None
        plan = self._plan_one(replace(query, places=own.places), own, whole_list)
        if plan.status not in (Status.ANSWERED, Status.PARTLY):
            return None
        plan.head.append(
            Framing(say("only_place", query.language, place=place_name(place or "", query.language)))
        )
        plan.lines[:0] = plan.head
        return plan

    def _plan_apart(self, query: Query, scopes: list[Query], scores: Mapping[str, float]) -> _Plan:
        """Several places, each answered apart under its own name.

        Where none is named and one thing is asked, `scores` of their best clauses tell those that are far off: they are only named.
        """
        language = query.language
        named = bool(query.places)
        status = Status.ANSWERED if named else Status.WHICH_CITY
        plan = _Plan(status, compose=False)
        if not named and len(scopes) > MOST_PLACES_APART:
            found = self.search(query)
            judgement = judge(query, select(query, found, self.index), found, self.index)
            if not judgement.enough:
                return self._plan_not_covered(query, found, judgement)
            held = place_names(self._held(), language)
            return _Plan(status, [Framing(say("which_city_many", language, held=held))])
        if not named:
            plan.lines.append(Framing(say("which_city", language)))
        overview = "overview" in query.intents
        unnamed = [groups_not_named(scoped, self.index) if overview else () for scoped in scopes]
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
            found = self.search(scoped)
            hits += found.hits
            evidence, judgement = self._best_of(query, scoped, found)
            best = max(best, judgement.confidence)
            if not judgement.enough or _decisive(judgement, query):
                nothing.append(place)
                continue
            plan.lines.append(Framing(say("place_line", language, place=place_name(place, language))))
            if groups and not nowhere:
                names = term_names(groups, language)
                plan.lines.append(Framing(say("group_not_named_there", language, groups=names)))
            first = len(plan.evidence) + 1
            plan.evidence += evidence
            plan.lines += _claims(evidence, language, first)
        plan.hits = _merged(hits)
        plan.confidence = best
        if not plan.evidence:
            text = say("not_covered_anywhere", language, held=place_names(self._held(), language))
            plan = _Plan(Status.NOT_COVERED, [Framing(text)], hits=plan.hits, confidence=best)
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

    def _best_of(self, query: Query, scoped: Query, found: Found) -> tuple[list[Evidence], Judgement]:
        """The little that a place contributes to an answer about several: first what fits best by words weighed over all."""
        if "overview" in scoped.intents:
            # Where no clause names the asker's group, what is for certain others is nothing for the asker.
            any_group = not groups_not_named(scoped, self.index)
            listed = self._supports(scoped, found)
            granted = [s for s in listed if s.granted]
            fitting = [s for s in granted if s.fits] or [s for s in granted if any_group or s.for_anybody]
            fitting = fitting[:LITTLE]
            return [s.evidence for s in fitting], Judgement(bool(fitting), 1.0 if fitting else 0.0)
        evidence = list(select(scoped, found, self.index))
        judgement = judge(scoped, evidence, found, self.index)
        little = evidence[:LITTLE]
        if query.places and judgement.enough and (part := self._best_sentence(query, found)):
            first = of_sentence(self.index, part.clause, part.sentence)
            little = [first, *(item for item in little if item != first)]
        if evidence and (best := evidence[best_of(scoped, evidence, found, self.index)]) not in little:
            little.append(best)
        return little, judgement

    def _plan_which_places(self, query: Query, scopes: list[Query]) -> _Plan:
        """Which places have something: one sentence for each that has it, the others named as having none."""
        language = query.language
        plan = _Plan(Status.ANSWERED)
        hits: list[Hit] = []
        best: dict[str, Scored | None] = {}
        given: dict[str, list[Support]] = {}
        for scoped in scopes:
            found = self.search(scoped)
            hits += found.hits
            place = scoped.places[0] if scoped.places else ""
            best[place] = self._best_sentence(query, found)
            if "overview" in query.intents:
                given[place] = [s for s in self._supports(scoped, found) if s.fits and s.granted]
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
                evidence = of_sentence(self.index, part.clause, part.sentence)
                more = [s.evidence for s in given.get(place, ()) if s.evidence != evidence]
                for item in [evidence, *more[:MOST_OF_PLACE]]:
                    plan.evidence.append(item)
                    mark = len(plan.evidence)
                    plan.wording[mark] = (label, stated(item))
                    plan.lines.append(Claim(label + in_script(stated(item), language), (mark,)))
        plan.hits = _merged(hits)
        if not plan.evidence:
            text = say("not_covered_anywhere", language, held=place_names(self._held(), language))
            return _Plan(Status.NOT_COVERED, [Framing(text)], hits=plan.hits)
        if nothing:
            plan.lines.append(Framing(say("none_there", language, places=place_names(nothing, language))))
        return plan

    def _best_sentence(self, query: Query, found: Found) -> Scored | None:
        """The sentence of a place's best clauses that fits best; it must hold what the question quotes.

        Words are weighed over all places, so that the sentences of several can be compared.
        """
        scorer = Scorer(query, found, self.index)
        parts = [part for hit in found.hits for part in scorer.sentences(self.index.number[hit.clause.id])]
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

    # -- composing --------------------------------------------------------------------------------

    def _in_words(
        self, query: Query, plan: _Plan, checks: list[Check], cancel: threading.Event
    ) -> Iterator[Draft | ClaimChecked]:
        """Puts the plan's lines into the model's words as far as they are proved; drafts and checks as they come.

        Where the model fails or is stopped the lines that stood before still stand.
        """
        if plan.compose:
            composed: list[Line] = []
            for event in self._compose(query, plan, cancel):
                if isinstance(event, ClaimChecked):
                    checks.append(event.check)
                    composed += [event.check.claim] if event.check.claim is not None else []
                yield event
            stands = any(check.outcome in (Outcome.SUPPORTED, Outcome.RECITED) for check in checks)
            if stands and not cancel.is_set():
                kept = _left_out(query, plan, composed)
                said = {mark for line in kept if isinstance(line, Claim) for mark in line.marks}
                others = [line for line in composed if _adds(line, said, query.language)]
                plan.lines = [*plan.head, *_best_first([*kept, *others], plan.best), *plan.tail]
        if query.language == "en":
            for event in self._translate(query, plan, cancel):
                if isinstance(event, ClaimChecked):
                    checks.append(event.check)
                yield event

    def _compose(self, query: Query, plan: _Plan, cancel: threading.Event) -> Iterator[Draft | ClaimChecked]:
        """Drafts as they stream and each line's check."""
        assert self.generator is not None
        by_code = {mark for line in plan.tail if isinstance(line, Claim) for mark in line.marks}
        evidence = [item for mark, item in enumerate(plan.evidence, 1) if mark not in by_code]
        language = query.language
        prompt = prompt_for(_asked(query), evidence, language)
        used: set[int] = set()
        said: set[str] = set()
        for text, line in draft_lines(self.generator, prompt, len(evidence), cancel):
            if text:
                yield Draft(in_script(text, language))
            if line is None:
                continue
            whole = bool(query.intents & {"list", "definition"})
            check = verify(line, evidence, language, used=frozenset(used), whole_lists=whole)
            key = re.sub(r"\W", "", check.claim.text) if check.claim else ""
            if check.claim and key in said:
                check = Check(line, Outcome.DROPPED, None, ("said already",))
            if check.claim and self._is_unlike(check.claim, evidence):
                check = Check(line, Outcome.DROPPED, None, ("it does not mean what the evidence says",))
            if check.claim and _only_repeats(query, check.claim.text):
                check = Check(line, Outcome.DROPPED, None, ("it only repeats the question",))
            if check.claim:
                said.add(key)
                if check.outcome is Outcome.REPLACED:
                    used.update(check.claim.marks)
                check = replace(check, claim=replace(check.claim, text=in_script(check.claim.text, language)))
            yield ClaimChecked(check)

    def _is_unlike(self, claim: Claim, evidence: Sequence[Evidence]) -> bool:
        """Whether a claim in English means something else than what it cites, which shares no words with it."""
        words = re.findall("[A-Za-z]{2,}", claim.text)
        if HAN.search(claim.text) or len(words) < FEWEST_WORDS or quantities(claim.text):
            return False
        cited = [evidence[mark - 1].text for mark in claim.marks]
        said = self.embedder.embed_query(claim.text)
        pieces = {*cited, "".join(cited)}
        return max(float(said @ self.embedder.embed_query(text)) for text in pieces) < LEAST_MEANT_IN_ENGLISH

    def _translate(
        self, query: Query, plan: _Plan, cancel: threading.Event
    ) -> Iterator[Draft | ClaimChecked]:
        """Puts the claims of an English answer that still stand in Chinese into English, sentence by sentence.

        A claim of which one sentence is not proved, or leaves something out, stays as it is, and so does what fits
        the question best where its English has lost what is asked.
        """
        by_code = set(map(id, plan.tail))
        chinese = [
            (at, line)
            for at, line in enumerate(plan.lines)
            if isinstance(line, Claim) and id(line) not in by_code and HAN.search(line.text)
        ][:MOST_TRANSLATED]
        for at, line in chinese:
            item = plan.evidence[line.marks[0] - 1]
            label, text = plan.wording.get(line.marks[0], ("", stated(item)))
            rendered: list[str] = []
            for sentence in (part for part in re.findall(r"[^。]+。?", text) if HAN.search(part)):
                if cancel.is_set():
                    return
                check = yield from self._translated(sentence, item, cancel)
                if check is None or check.claim is None:
                    break
                rendered.append(check.claim.text)
            else:
                claim = Claim(label + " ".join(rendered), line.marks)
                told = 1.0 if label else english.share_said(fold(query.asked), fold(claim.text))
                if plan.best in line.marks and told < LEAST_ASKED_IN_ENGLISH:
                    lost = ("it leaves out what is asked",)
                    yield ClaimChecked(Check(claim.text, Outcome.DROPPED, None, lost))
                    continue
                plan.lines[at] = claim
                yield ClaimChecked(Check(claim.text, Outcome.SUPPORTED, claim))

    def _translated(self, sentence: str, item: Evidence, cancel: threading.Event) -> Translating:
        """One Chinese sentence of a piece of evidence in English, as far as it is proved; None where nothing was drafted."""
        assert self.generator is not None
        for text, line in draft_lines(self.generator, translation_prompt(sentence), 1, cancel):
            if text:
                yield Draft(text)
            if line is None:
                continue
            check = verify_translation(line, item, sentence)
            if check.claim and self._is_unlike(check.claim, [item]):
                check = Check(line, Outcome.DROPPED, None, ("it does not mean what the evidence says",))
            if check.claim is None:
                yield ClaimChecked(check)
            return check
        return None


def _far_off(scopes: Sequence[Query], scores: Mapping[str, float]) -> tuple[Query, ...]:
    """The scopes whose best clause lies further behind that of the best place than `MOST_BEHIND`; none without `scores`."""
    if not scores:
        return ()
    least = max(scores.values()) - MOST_BEHIND
    return tuple(s for s in scopes if s.places and scores.get(s.places[0], -math.inf) < least)


def _left_out(query: Query, plan: _Plan, composed: Sequence[Line]) -> Sequence[Line]:
    """The extractive claims that composing may not lose.

    The best one, where no composed claim cites it, one that fills a slot which no composed claim fills, and one
    that alone holds words of the question (合伙 ...).
    """
    claims = [line for line in composed if isinstance(line, Claim)]
    kept = [line for line in plan.lines if isinstance(line, Claim) and line not in plan.tail]
    cited = {mark for claim in claims for mark in claim.marks}
    lost = [
        line
        for line in kept
        if plan.best in line.marks and (plan.best not in cited or _strays(query, line, claims))
    ]
    asked = [name for name in query.intents if name in SLOTS and name != "department"]
    # An English claim fills what its proof does: the patterns look for Chinese words.
    proofs = [plan.evidence[mark - 1].text for claim in claims for mark in claim.marks]
    texts = [claim.text for claim in (*claims, *lost)] + (proofs if query.language == "en" else [])
    open_slots = [name for name in asked if not any(fills(name, query, text) for text in texts)]
    lost = lost or [line for line in kept if any(fills(name, query, line.text) for name in open_slots)][:1]
    alone = _alone(query, kept, [*claims, *lost])
    return [*lost, *(_unmet(query, plan, kept, [*claims, *lost]) if query.language == "en" else alone)]


def _alone(query: Query, kept: Sequence[Claim], shown: Sequence[Claim]) -> list[Claim]:
    """The claims that hold words of the question which none of `shown`, nor one before them, holds."""
    words = set(tokens(fold(ASKING.sub(" ", fold(asking(query.asked))))))
    open_words = {word for word in words if len(word) == 2 and not set(word) & FILLER}
    open_words -= set(tokens(fold(" ".join(line.text for line in shown))))
    found: list[Claim] = []
    for line in kept:
        held = open_words & set(tokens(fold(line.text)))
        if held and line not in shown:
            found.append(line)
            open_words -= held
    return found


def _only_repeats(query: Query, claim: str) -> bool:
    """Whether a claim says nothing that a question for who, what or how much does not say itself."""
    asked = fold(query.asked)
    if query.language != "en" or not ENGLISH_ASKING.search(asked):
        return False
    new = set(english.words(fold(claim))) - set(english.words(asked))
    return len(new) < 2 and not quantities(claim) - quantities(query.asked)


def _unmet(query: Query, plan: _Plan, kept: Sequence[Claim], shown: Sequence[Claim]) -> list[Claim]:
    """The claims whose evidence meets words of an English question that none of `shown` meets."""
    asked = fold(asking(query.asked))
    wanted = english.renderings(asked)
    terms = [term for term in lexicon.expand(asked) if term.kind != "place_kind"]

    def met(claims: Sequence[Claim]) -> set[str]:
        proofs = fold(" ".join(plan.evidence[mark - 1].text for claim in claims for mark in claim.marks))
        words = {each[0] for each in wanted if any(len(word) > 1 and word in proofs for word in each)}
        return words | {term.official for term in terms if is_named(proofs, term)}

    found: list[Claim] = []
    for line in kept:
        if line not in shown and met([line]) - met([*shown, *found]):
            found.append(line)
    return found[:1]


def _adds(line: Line, said: set[int], language: Language) -> bool:
    """Whether a composed line tells more than the verbatim ones; an English one tells it in another language."""
    return language == "en" or not (isinstance(line, Claim) and set(line.marks) <= said)


LEAST_KEPT = 0.5
"""The share of the question's words in the best sentence that its rewording keeps, measured on development questions."""


def _strays(query: Query, line: Claim, composed: Sequence[Claim]) -> bool:
    """Whether the composed claims leave out most of what the question and the best sentence have in common.

    In English: a group of people that both name.
    """
    if query.language == "en":
        said = {term for claim in composed for term in lexicon.expand(fold(claim.text))}
        groups = {term for term in lexicon.expand(fold(query.asked)) if term.kind == "group"}
        return any(is_named(fold(line.text), term) for term in groups - said)
    asked = {token for token in tokens(fold(asking(_asked(query)))) if len(token) > 1}
    shared = asked & set(tokens(fold(line.text)))
    kept = set(tokens(fold(" ".join(claim.text for claim in composed))))
    return len(shared & kept) < LEAST_KEPT * len(shared)


def _asked(query: Query) -> str:
    """The question as the model reads it: with what the history supplies, without whom to ask, which no model words."""
    text = query.text if len(query.text) > len(query.asked) else query.asked
    for part in in_parts(query):
        if "department" in part.intents and not part.intents & ONE_THING:
            text = text.replace(part.asked, "")
    return text.strip(" ,，。?？") or query.asked


def _decisive(judgement: Judgement, query: Query) -> bool:
    """Whether an unfilled slot leaves nothing to answer: what is asked is the missing thing itself."""
    asked = query.intents & set(SLOTS) - {"department"}
    missing = set(judgement.missing)
    if {"group", "year", "named"} & missing:
        return True
    if "department" in query.intents and "department" not in missing:
        return False
    if "confirm" in query.intents:  # what is put to us is put right, whatever else is asked
        return False
    narrow = asked - WIDE
    if narrow and not in_parts(query):
        asked = narrow
    return bool(asked) and asked <= missing


def _asks_more(query: Query) -> bool:
    """Whether a question that names a clause's number is about a thing besides."""
    return bool(query.intents & set(SLOTS)) or any(
        term.kind in ("support", "procedure", "group") for term in lexicon.expand(fold(query.asked))
    )


# What a clause sets apart: 非商品住房; 除某公司外.
DENIED = re.compile("不|没|非")
NOT_A, ALL_BUT = (
    re.compile(r"(?<![一-鿿]是)非([一-鿿]{2})"),
    re.compile(r"除(?:了)?([^,。;]{2,16}?)(?:以|之)?外"),
)
# Money that one need not give back, put to us of a loan.
FOR_NOTHING = re.compile(
    r"不用还|不用归还|不必还|无需归还|白[给送拿]|直接(?:发|给)\S{0,4}(?:钱|\d)|免费(?:给|发|领)\S{0,4}(?:钱|\d)"
)
LENT, GIFT = re.compile("贷款|借款"), re.compile("补[贴助]|奖|资助|无偿|发放")
OF_A_LOAN = re.compile("贷款|借款|利息|本金|贴息")


def _is_lent(query: Query, best: Evidence) -> bool:
    """Whether the question puts to us money for nothing, and the best sentence speaks of a loan."""
    asked, clause = fold(query.asked), fold(best.text)
    given = FOR_NOTHING.search(asked) and not OF_A_LOAN.search(asked)
    return bool(given and LENT.search(clause) and not GIFT.search(clause))


def _contradicted(query: Query, best: Evidence) -> bool:
    """Whether the question puts to us a quantity of a sort of which the best sentence has others only, or what it sets apart."""
    question, clause = fold(query.asked), fold(best.text)
    apart = not DENIED.search(question) and any(
        match[1] in question
        and f"非{match[1]}" not in question
        and clause.count(match[1]) == clause.count(f"非{match[1]}")
        for match in NOT_A.finditer(clause)
    )
    if apart or any(match[1] in question for match in ALL_BUT.finditer(clause)):
        return True
    confirmed = [part.asked for part in in_parts(query) if "confirm" in part.intents] or [query.asked]
    said = {q for text in confirmed for q in quantities(text) if q.kind not in ("year", "number")}
    printed = quantities(best.text)
    kinds = {q.kind for q in said} & {q.kind for q in printed}
    return bool(kinds) and not any(q in printed for q in said if q.kind in kinds)


def _best_first(lines: Sequence[Line], best: int) -> list[Line]:
    """`lines` with the claim on what fits best before the other claims; what frames them stays in its place."""
    return sorted(lines, key=lambda line: isinstance(line, Claim) and best not in line.marks)


def _in_order(evidence: Sequence[Evidence], index: Index) -> bool:
    """Whether pieces say something only in the order printed: items behind their lead, one that leans on the last."""
    numbers = {index.number[item.clause.id] for item in evidence}
    led = any(number in index.leads or number in index.items for number in numbers)
    return led or any(LEANING.match(item.text) or LEAD.search(item.text) for item in evidence)


def _out_of_bounds(query: Query, evidence: Sequence[Evidence]) -> tuple[str, str] | None:
    """What the question tells of itself, and the bound of the evidence that it does not keep: 4间, 不少于5间.

    Only where it asks whether it may be, and no bound of that unit in the clause lets it in.
    """
    if query.language == "en" or not WHETHER.search(fold(query.asked)):
        return None
    for item in evidence:
        if outside := sum_out_of_bounds(fold(query.asked), fold(item.text)):
            return in_script(outside[0], query.language), in_script(outside[1], query.language)
        bounds = bounds_in(fold(item.clause.text))
        for told in counts_in(fold(query.asked)):
            same = [bound for bound in bounds if bound.unit == told.unit]
            if same and not any(bound.takes(told.value) for bound in same):
                printed = next((b for b in same if b.text in fold(item.text)), None)
                if printed is not None:
                    return in_script(told.text, query.language), in_script(printed.text, query.language)
    return None


def _claims(evidence: Sequence[Evidence], language: Language, first: int = 1) -> list[Line]:
    """The evidence itself as claims, in the asker's script; for an English asker inside an English frame."""
    return [Claim(_stated(item, language), (mark,)) for mark, item in enumerate(evidence, first)]


def _briefly(query: Query, claims: Sequence[Line]) -> list[Line]:
    """The claims without the background that they open with; whole in English, and where that is what is asked."""
    if query.language == "en" or MEANS.search(fold(query.asked)):
        return list(claims)
    asked = frozenset(token for token in tokens(fold(search_words(query.text))) if len(token) > 1)
    return [replace(claim, text=brief(claim.text, asked)) for claim in claims]


def _stated(item: Evidence, language: Language) -> str:
    if language != "en":
        return in_script(stated(item), language)
    place = place_name(item.metadata.place or "", language)
    return say(
        "english_frame", language, place=place, label=item.clause.label, about=_about(item), quote=item.text
    )


def _about(item: Evidence) -> str:
    """Of a Chinese quotation for an English reader: whom and what it is about, as far as terms of the lexicon tell."""
    gist = gist_of(item.text)
    return f", on {gist}" if gist else ""


def _framed_once(lines: Sequence[Line], citations: Sequence[Evidence]) -> list[Line]:
    """English lines in which of several verbatim ones of a document only the first names the place."""
    framed: list[Line] = []
    before = None
    for line in lines:
        item = citations[line.marks[0] - 1] if isinstance(line, Claim) and line.marks else None
        verbatim = item is not None and line.text == _stated(item, "en")
        document = item.clause.document if item is not None and verbatim else None
        if item is not None and document is not None and document == before:
            text = say(
                "english_frame_next", "en", label=item.clause.label, about=_about(item), quote=item.text
            )
            line = replace(line, text=text)
        framed.append(line)
        before = document
    return framed


def _fused(hits: Sequence[Hit], listed: Sequence[Clause]) -> tuple[Hit, ...]:
    """The clauses found and those of a list as one ranking: by both ranks."""
    clauses = {clause.id: clause for clause in (*(hit.clause for hit in hits), *listed)}
    scores = rrf([[hit.clause.id for hit in hits], list(dict.fromkeys(clause.id for clause in listed))])
    best = sorted(scores, key=lambda name: (-scores[name], name))[:HITS_KEPT]
    return tuple(Hit(clauses[name], scores[name], rank) for rank, name in enumerate(best, 1))


def _merged(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits of several places as one ranking."""
    best = sorted(hits, key=lambda hit: (-hit.score, hit.clause.id))[:HITS_KEPT]
    return tuple(Hit(hit.clause, hit.score, rank) for rank, hit in enumerate(best, 1))


def _finish(
    query: Query,
    plan: _Plan,
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
        renumbered = _framed_once(renumbered, [plan.evidence[mark - 1] for mark in order])
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
