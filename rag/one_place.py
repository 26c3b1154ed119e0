"""One place: a query of one scope -> the plan of its answer, from a lookup to an overview."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag import lexicon
from rag.brief import brief, naming_part
from rag.embed import Embedder
from rag.evidence import LEAD, LEANING, Judgement, best_of, judge, of_departments, select, tells_who
from rag.fold import fold
from rag.index import Index
from rag.not_covered import is_decisive, plan_no_such_clause, plan_not_covered
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
from rag.plan import ONE_THING, Plan, best_first, claims_of
from rag.premise import is_contradicted, is_lent, is_misstated, out_of_bounds
from rag.retrieve import Found, search_words
from rag.search import fused, search
from rag.slots import SLOTS
from rag.terms import tokens
from rag.types import Claim, Clause, Evidence, Framing, Language, Line, Query, Status
from rag.understand import REST_OF_LIST, WHOSE, in_parts, names_nothing
from rag.verify import stated
from rag.wording import (
    department_names,
    gist_of,
    in_script,
    kind_name,
    place_names,
    say,
    slot_names,
    term_names,
)

VERBATIM = frozenset({"list", "definition", "papers", "confirm", "compare"})
ASKING_WORD = re.compile(r"什么|啥|哪|谁|多少|几|怎么|如何|吗")
# Slots of which one can ask the department in charge where they are not stated.
TO_ASK = frozenset({"venue", "address", "phone", "hours", "form", "mail", "online"})
# The number that a clause opens with: 第二十六条, （八）, 任务12.
PRINTED_LABEL = re.compile(
    r"第[〇零一二三四五六七八九十百\d]+条|[（(][一二三四五六七八九十\d]+[)）]|(?:任务|举措|措施)\d+"
)
# A question for what a thing rests on, which sentences say first: 依托联席会议制度，协调解决…
MEANS = re.compile(r"靠(?:什么|啥|哪)|依托|依靠|凭(?:什么|啥)|机制|借助|通过(?:什么|啥|哪)")


def plan_one(query: Query, scoped: Query, index: Index, embedder: Embedder, *, whole_list: bool) -> Plan:
    """An answer about one place."""
    found = search(scoped, index, embedder)
    if "overview" in query.intents and not query.labels:
        listed = supports_of(scoped, found, index, embedder)
        if listed:
            # An English line takes a model seconds: the whole list is made where it is asked for apart.
            rest = REST_OF_LIST.search(fold(query.asked)) is not None
            everything = whole_list or (asks_all(query.asked) and (rest or query.language != "en"))
            return _plan_overview(scoped, found, listed, index, whole=everything)
    if query.labels and not any(hit.looked_up for hit in found.hits) and not _asks_more(query):
        return plan_no_such_clause(scoped, found, index)
    evidence = select(scoped, found, index)
    judgement = judge(scoped, evidence, found, index)
    evidence, judgement, asked_who = _with_each_part(scoped, evidence, judgement, index, embedder)
    about_this = judgement.enough and not {"group", "year", "named"} & set(judgement.missing)
    misstated = about_this and is_misstated(query, evidence[best_of(scoped, evidence, found, index)])
    missed = is_decisive(judgement, query)
    if not judgement.enough or (missed and not misstated):
        return plan_not_covered(scoped, found, judgement, index)
    if missed:  # nothing is answered, but a wrong sum is put right
        evidence = (evidence[best_of(scoped, evidence, found, index)],)
    plan = Plan(Status.ANSWERED, evidence=list(evidence), hits=found.hits, compose=True)
    plan.confidence = judgement.confidence
    plan.lines = claims_of(evidence, query.language)
    if "definition" in query.intents and query.language != "en":
        asked = fold(query.asked)
        said = [in_script(naming_part(stated(item), asked), query.language) for item in evidence]
        plan.lines = [Claim(text, (mark,)) for mark, text in enumerate(said, 1)]
    elif not query.intents & VERBATIM and not query.labels:
        plan.lines = _briefly(query, plan.lines)
    plan.best = best_of(scoped, evidence, found, index) + 1
    printed_so = query.labels or query.intents & (VERBATIM - {"confirm"})
    if not printed_so and not _in_order(evidence, index):
        plan.lines = best_first(plan.lines, plan.best)
    if "confirm" in query.intents and is_lent(query, evidence[plan.best - 1]):
        plan.head.append(Framing(say("lent", query.language)))
        plan.lines[:0] = plan.head
    elif misstated or ("confirm" in query.intents and is_contradicted(query, evidence[plan.best - 1])):
        plan.lines.insert(0, Framing(say("not_so", query.language)))
    elif outside := out_of_bounds(query, evidence):
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
        _add_departments(plan, around, query.language, asked_who, index, each=several)
    if "where" in query.intents and not query.labels:
        plan.compose = False
        plan.tail.append(Framing(_place_of(evidence[plan.best - 1], query.language, index)))
        plan.lines.append(plan.tail[-1])
    if judgement.missing:
        plan.status = Status.PARTLY
        missing = Framing(say("missing", query.language, slots=slot_names(judgement.missing, query.language)))
        plan.tail.append(missing)
        plan.lines.append(missing)
        named = [d.name for d in evidence[plan.best - 1].clause.departments]
        ask = missed or TO_ASK & set(judgement.missing)
        if named and "department" not in query.intents and ask:
            names = department_names(named, query.language)
            plan.tail.append(Framing(say("ask_department", query.language, departments=names)))
            plan.lines.append(plan.tail[-1])
    return plan


def supports_of(scoped: Query, found: Found, index: Index, embedder: Embedder) -> list[Support]:
    """The supports that the clauses of a scope hold, best first."""
    return supports(scoped, found, index, embedder.embed_query(aim_of(scoped.text)))


def _plan_overview(query: Query, found: Found, listed: list[Support], index: Index, *, whole: bool) -> Plan:
    """The supports grouped by whom they are for and by kind, what is granted before what is only intended."""
    language = query.language
    most = MOST_SHOWN_ENGLISH if language == "en" else MOST_SHOWN
    shown = listed if whole else best_shown(listed, query.asked, kinds_asked(query.asked), most)
    plan = Plan(Status.ANSWERED, hits=fused(found.hits, [support.evidence.clause for support in shown]))
    if groups := groups_not_named(query, index):
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


def _with_each_part(
    scoped: Query,
    evidence: tuple[Evidence, ...],
    judgement: Judgement,
    index: Index,
    embedder: Embedder,
) -> tuple[tuple[Evidence, ...], Judgement, dict[Clause, str]]:
    """Both with what answers each thing that a message of several questions asks.

    Third the clauses that the questions for a department are about, with the thing where nothing else is asked of it.
    """
    who: dict[Clause, str] = {}
    for part in in_parts(scoped):
        if not part.intents and names_nothing(part.asked):
            continue  # 到时候怎么办 asks on about what the message as a whole finds
        found = search(part, index, embedder)
        chosen = select(part, found, index)
        judged = judge(part, chosen, found, index)
        if not judged.enough:
            continue
        best = chosen[best_of(part, chosen, found, index)]
        if judged.missing:
            if {*judged.missing} <= {*judgement.missing} and best not in evidence:
                evidence += (best,)  # what comes nearest, beside the word that it is not all
            continue
        if "department" in part.intents:
            who[best.clause] = part.text if part.asked == f"{part.text}{WHOSE}" else ""
        family = _family(chosen[0], index)
        evidence += tuple(item for item in chosen if item not in evidence and _family(item, index) == family)
        missing = tuple(name for name in judgement.missing if name not in part.intents)
        confidence = judgement.confidence if missing else max(judgement.confidence, judged.confidence)
        judgement = replace(judgement, missing=missing, confidence=confidence)
    return evidence, judgement, who


def _family(item: Evidence, index: Index) -> int:
    """The number of the clause that a piece of evidence belongs to, for the item of a list that of its lead."""
    number = index.number[item.clause.id]
    return index.leads.get(number, number)


def _place_of(item: Evidence, language: Language, index: Index) -> str:
    """Where a clause stands, in words: its document, its number as printed and as a label, its headings."""
    title = in_script(item.metadata.title or item.clause.document, language)
    heading = in_script(" > ".join(item.clause.heading), language)
    lead = index.leads.get(index.number[item.clause.id])
    over = (index.clauses[lead],) if lead is not None else ()
    printed = "".join(m[0].strip() for c in (*over, item.clause) if (m := PRINTED_LABEL.match(c.text)))
    return say(
        "stands_in", language, title=title, label=item.clause.label,
        printed=in_script(printed, language), heading=heading,
    )  # fmt: skip


def _add_departments(
    plan: Plan,
    clauses: Sequence[Clause],
    language: Language,
    things: Mapping[Clause, str],
    index: Index,
    *,
    each: bool = False,
) -> None:
    """Who is in charge, from the parenthesis of the first clause that has one, or of each; no model words this.

    `things` says what the question calls that which a clause is about.
    """
    named = [c for c in dict.fromkeys(clauses) if of_departments(index, c) is not None]
    for clause in named if each else named[:1]:
        departments = of_departments(index, clause)
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
        plan.lines = claims_of(plan.evidence, language)


def _asks_more(query: Query) -> bool:
    """Whether a question that names a clause's number is about a thing besides."""
    return bool(query.intents & set(SLOTS)) or any(
        term.kind in ("support", "procedure", "group") for term in lexicon.expand(fold(query.asked))
    )


def _in_order(evidence: Sequence[Evidence], index: Index) -> bool:
    """Whether pieces say something only in the order printed: items behind their lead, one that leans on the last."""
    numbers = {index.number[item.clause.id] for item in evidence}
    led = any(number in index.leads or number in index.items for number in numbers)
    return led or any(LEANING.match(item.text) or LEAD.search(item.text) for item in evidence)


def _briefly(query: Query, claims: Sequence[Line]) -> list[Line]:
    """The claims without the background that they open with; whole in English, and where that is what is asked."""
    if query.language == "en" or MEANS.search(fold(query.asked)):
        return list(claims)
    asked = frozenset(token for token in tokens(fold(search_words(query.text))) if len(token) > 1)
    return [replace(claim, text=brief(claim.text, asked)) for claim in claims]
