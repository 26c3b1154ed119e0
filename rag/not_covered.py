"""Not covered: the plan of an answer that the held documents do not give, with what comes nearest."""

from __future__ import annotations

from rag.evidence import Judgement, select
from rag.index import Index
from rag.plan import Plan
from rag.retrieve import Found
from rag.slots import SLOTS
from rag.types import Framing, Query, Status
from rag.understand import in_parts
from rag.wording import department_names, place_names, say, slot_names

NEAREST_SHOWN = 2
# Slots that nearly any clause fills somewhere: beside a narrower one they are none of what is asked for.
WIDE = frozenset({"amount", "number", "deadline", "date"})


def held_places(index: Index) -> tuple[str, ...]:
    """The places of the held documents, in their order."""
    return tuple(dict.fromkeys(m.place for m in index.metadata.values() if m.place))


def plan_not_covered(query: Query, found: Found, judgement: Judgement, index: Index) -> Plan:
    """Says of what nothing is held; where documents speak of it, with the nearest clauses and whom to ask."""
    language = query.language
    detail = judgement.related and judgement.enough and judgement.missing
    if query.places and detail:
        slots = slot_names(judgement.missing, language)
        text = say("not_stated", language, places=place_names(query.places, language), slots=slots)
    elif query.places:
        text = say("not_covered", language, places=place_names(query.places, language))
    else:
        text = say("not_covered_anywhere", language, held=place_names(held_places(index), language))
    plan = Plan(Status.NOT_COVERED, [Framing(text)], hits=found.hits, confidence=judgement.confidence)
    if not judgement.related:
        return plan
    if detail and not query.places:
        plan.lines.append(Framing(say("missing", language, slots=slot_names(judgement.missing, language))))
    plan.nearest = list(select(query, found, index))[:NEAREST_SHOWN]
    departments = [d.name for item in plan.nearest[:1] for d in item.clause.departments][:4]
    if departments:
        names = department_names(departments, language)
        plan.lines.append(Framing(say("ask_department", language, departments=names)))
    return plan


def plan_no_such_clause(scoped: Query, found: Found, index: Index) -> Plan:
    """The number that is asked for stands nowhere in scope: says so, with the numbers that there are."""
    labels = [index.clauses[n].label for n in index.clauses_of(scoped.documents).tolist()]
    held = [label for label in labels if label[:1] in "123456789"]
    text = say(
        "no_such_clause",
        scoped.language,
        place=place_names(scoped.places, scoped.language),
        label="、".join(scoped.labels),
        first=held[0] if held else "-",
        last=held[-1] if held else "-",
    )
    return Plan(Status.NOT_COVERED, [Framing(text)], hits=found.hits, confidence=0.0)


def is_decisive(judgement: Judgement, query: Query) -> bool:
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
