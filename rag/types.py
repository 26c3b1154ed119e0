"""The values that pass between the steps: frozen, comparable, without behaviour beyond their own shape.

A type for each stage: a `Document` is read, its `Clause`s are split off, a `Hit` is a clause found for a
query, `Evidence` is what of it is quoted, a `Claim` is one sentence of an answer, an `Answer` is the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias


class Span(NamedTuple):
    """Half-open range [start, end) in characters of a document's raw text."""

    start: int
    end: int


Language: TypeAlias = Literal["zh-Hans", "zh-Hant", "en"]
Script: TypeAlias = Literal["simplified", "traditional"]
ClauseKind: TypeAlias = Literal["preamble", "principle", "goal", "measure", "safeguard", "status", "closing"]
Mode: TypeAlias = Literal["composed", "extractive"]


class Status(str, Enum):
    """What became of a question; closed, so that no caller guesses from the text."""

    ANSWERED = "answered"
    PARTLY = "partly"
    WHICH_CITY = "which_city"
    NOT_COVERED = "not_covered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Repair:
    """One change on the way from raw to clean text; `certainty` is in (0, 1]."""

    span: Span
    before: str
    after: str
    rule: str
    certainty: float


@dataclass(frozen=True)
class Document:
    """A file as published: `id` is its file name, `raw` the strictly decoded text, line ends untouched."""

    id: str
    raw: str
    sha256: str


@dataclass(frozen=True)
class Department:
    """A responsible department; `role` is "牵头", "配合" or "" where the text names none."""

    name: str
    role: str = ""


@dataclass(frozen=True)
class Clause:
    """A leaf of a document's tree: the smallest unit that can be cited.

    `label` is the path of printed numbers (`2.5.26`), `heading` the printed headings above it,
    `span` the raw characters, `text` the same in clean simplified Chinese.
    """

    document: str
    label: str
    kind: ClauseKind
    heading: tuple[str, ...]
    span: Span
    text: str
    departments: tuple[Department, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.document}#{self.label}"


@dataclass(frozen=True)
class Sentence:
    """A piece of a clause that can be quoted alone: raw span and the clean text of it."""

    span: Span
    text: str


@dataclass(frozen=True)
class Reference:
    """A document that another one names as its basis, or repeals."""

    title: str
    doc_number: str | None


@dataclass(frozen=True)
class Metadata:
    """What a document says about itself; None where it does not say, with the reason in `null_reasons`."""

    document: str
    title: str | None = None
    title_notice: str | None = None
    doc_number: str | None = None
    issuers: tuple[str, ...] = ()
    place: str | None = None
    ancestors: tuple[str, ...] = ()
    province: str | None = None
    level: str | None = None
    date_issued: str | None = None
    date_posted: str | None = None
    date_effective: str | None = None
    valid_until: str | None = None
    horizon_year: int | None = None
    based_on: tuple[Reference, ...] = ()
    repeals: tuple[Reference, ...] = ()
    script: Script = "simplified"
    null_reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """A document with everything that was understood of it."""

    document: Document
    metadata: Metadata
    clauses: tuple[Clause, ...]
    sentences: tuple[tuple[Sentence, ...], ...]
    """The sentences of each clause, in the order of `clauses`."""
    repairs: tuple[Repair, ...]
    boilerplate: tuple[Span, ...]


@dataclass(frozen=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Passage:
    """What is embedded and searched: some sentences of one clause, with its place and heading path.

    `sentences` are positions, half-open, among the sentences of clause number `clause` of the index.
    """

    clause: int
    sentences: tuple[int, int]
    text: str


@dataclass(frozen=True)
class Hit:
    """A clause found for a query; `score` is its step's own (higher is better), `rank` counts from 1."""

    clause: Clause
    score: float
    rank: int
    looked_up: bool = False
    """Whether the question names the clause's number."""


@dataclass(frozen=True)
class Evidence:
    """A verbatim quote that may support a claim.

    `quote` is exactly `raw[span]` of the clause's document and lies inside the clause; `text` is its
    clean simplified reading.
    """

    clause: Clause
    metadata: Metadata
    span: Span
    quote: str
    text: str


@dataclass(frozen=True)
class Claim:
    """One checkable sentence of an answer; `marks` count from 1 into the answer's citations."""

    text: str
    marks: tuple[int, ...]


class Outcome(str, Enum):
    """What verification made of a drafted claim."""

    SUPPORTED = "supported"
    RECITED = "recited"
    REPLACED = "replaced"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Check:
    """A drafted line beside what became of it; `claim` is None when it was dropped."""

    draft: str
    outcome: Outcome
    claim: Claim | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framing:
    """A line of an answer that states nothing a clause has to prove (a city's name above its claims)."""

    text: str


Line: TypeAlias = Claim | Framing


@dataclass(frozen=True)
class Scope:
    """Documents that answer together: those of `place` and of the wider places that govern it."""

    place: str
    documents: tuple[str, ...]
    below: bool = False
    """Whether it lies inside a place that was asked about and has documents of its own."""


@dataclass(frozen=True)
class Query:
    """A question as it was understood.

    `text` is what is searched (folded, with what the history supplies), `places` the official names asked
    about, `not_held` those of them no document is held for, `documents` the ids that may be searched.
    """

    question: str
    text: str
    language: Language
    places: tuple[str, ...]
    not_held: tuple[str, ...]
    documents: tuple[str, ...]
    labels: tuple[str, ...] = ()
    """Clause labels or label endings that the question names outright ("26", "2.5.26")."""
    intents: frozenset[str] = frozenset()
    """What is asked for: names of `slots.SLOTS` and `understand.INTENTS`."""
    scopes: tuple[Scope, ...] = ()
    """`documents` parted into what is answered apart."""
    asked: str = ""
    """The question without orders to the service: what the evidence is judged by."""


@dataclass(frozen=True)
class Timing:
    """Seconds since the question came in; None for a stage that was not reached."""

    evidence_s: float | None = None
    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True)
class Answer:
    """A whole answer. Mark [k] in a line is `citations[k - 1]`; `nearest` is shown and never cited."""

    question: str
    status: Status
    language: Language
    scope: tuple[str, ...]
    lines: tuple[Line, ...]
    citations: tuple[Evidence, ...] = ()
    nearest: tuple[Evidence, ...] = ()
    notices: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    checks: tuple[Check, ...] = ()
    confidence: float | None = None
    """How likely the held documents answer the question, 0 to 1; None where nothing was searched."""
    more: int = 0
    """How many supports of an overview are left out; asked for as a whole list they are shown."""
    timing: Timing = field(default_factory=Timing, compare=False)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(line for line in self.lines if isinstance(line, Claim))

    @property
    def text(self) -> str:
        """The lines as a person reads them, each claim with its marks."""
        return "\n".join(
            line.text + "".join(f"[{mark}]" for mark in line.marks) if isinstance(line, Claim) else line.text
            for line in self.lines
        )


@dataclass(frozen=True)
class Understood:
    """The question has been read; `query` holds the scope."""

    query: Query


@dataclass(frozen=True)
class EvidenceFound:
    """The evidence is there and numbered: mark [k] is `evidence[k - 1]` while the answer is composed."""

    evidence: tuple[Evidence, ...]
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    """The extractive answer over the same evidence, which stands whenever composing adds nothing."""


@dataclass(frozen=True)
class Draft:
    """A piece of provisional text, as the model writes it; never part of the answer until checked."""

    text: str


@dataclass(frozen=True)
class ClaimChecked:
    """A drafted line has been verified."""

    check: Check


@dataclass(frozen=True)
class Finished:
    """The whole answer; always the last event."""

    answer: Answer


Event: TypeAlias = Understood | EvidenceFound | Draft | ClaimChecked | Finished


class Verdict(str, Enum):
    """What the held documents say to a sentence of a checked text; of several that apply the first counts."""

    NOT_CHECKABLE = "not_checkable"
    OTHER_PLACE = "other_place"
    NOT_FOUND = "not_found"
    ALTERED = "altered"
    STITCHED = "stitched"
    MISATTRIBUTED = "misattributed"
    OMITS = "omits"
    OUTDATED = "outdated"
    SUPPORTED = "supported"


class CitationCheck(str, Enum):
    """What became of a citation of a checked text."""

    RIGHT = "right"
    NO_SUCH_DOCUMENT = "no_such_document"
    WRONG_NUMBER = "wrong_number"
    NO_SUCH_CLAUSE = "no_such_clause"
    DOES_NOT_SAY = "does_not_say"
    NONE_GIVEN = "none_given"


@dataclass(frozen=True)
class Difference:
    """Where a checked sentence parts from a clause: what it says at `span` of the checked text, and what the clause says.

    `kind` is one of `compare.KINDS`; `said` is empty for what the sentence leaves out, `printed` for what it adds.
    """

    kind: str
    span: Span
    said: str
    printed: str


@dataclass(frozen=True)
class CheckedCitation:
    """A citation as it stands in the checked text (empty where none is given), and whether it holds."""

    text: str
    span: Span
    check: CitationCheck


@dataclass(frozen=True)
class CheckedClaim:
    """A sentence of a checked text: `text` is exactly `checked[span]`.

    `proof` are the sentences that bear it out or come nearest, `suggestion` what may stand in its place.
    """

    text: str
    span: Span
    verdict: Verdict
    proof: tuple[Evidence, ...] = ()
    differences: tuple[Difference, ...] = ()
    suggestion: str | None = None
    citations: tuple[CheckedCitation, ...] = ()
