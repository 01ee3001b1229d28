"""The types every answer records.

A receipt is the immutable record of one answer: it holds the overview itself and everything that led to it.
One shape serves the ledger, `clearspan ask --json`, `POST /api/ask` and the page.
"""

from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from pydantic import Field

from clearspan.citations import Citation as Citation
from clearspan.citations import CitedTable as CitedTable
from clearspan.faults import Conflict, Diagnosis
from clearspan.record import DoseVerdict, Record

Origin = Literal["quoted", "generated", "calculated"]
Support = Literal["supported", "disputed", "contradicted", "unsupported"]
Kind = Literal["reporting", "reference", "opinion", "satire", "forum", "promotion", "unknown"]
PartKind = Literal["number", "date", "name", "relation", "negation", "comparison", "scope", "statement"]
Decision = Literal["supported", "contradicted", "unsupported"]
Layout = Literal[
    "fact", "yes_no", "number", "list", "steps", "why", "comparison", "about", "timeline", "table"
]
ClaimRole = Literal["answer", "context", "stem", "item", "step", "condition", "side", "difference", "event"]
SignalName = Literal[
    "publisher",
    "self-declared",
    "copy",
    "retraction",
    "instructions",
    "hidden",
    "implausible",
    "style",
    "satire",
    "age",
    "independence",
]
Effect = Literal["rejects", "lowers", "raises", "notes"]
ReasonCode = Literal[
    "nothing_found",
    "nothing_supports",
    "only_untrusted_sources",
    "library_empty",
    "cannot_calculate",
    "unknowable",
    "false_premise",
    "nonsense",
]


class Check(Record):
    """One part of a verification: `score` is in [0, 1], 1 speaks for the claim; `detail` is for a person."""

    name: str
    score: float
    detail: str = ""


class Calculation(Record):
    """How a calculated claim came about: what was computed, its result as written, and by which rule."""

    expression: str
    result: str
    method: str


class ClaimPart(Record):
    """One checkable thing that a sentence says, held against what the sentence cites.

    `text` is exactly `sentence[start:end]`; `probability` that the cited text says it is calibrated; `decided_by`
    says to a person what decided, and `evidence` is the sentence of the cited text that it was held against.
    """

    kind: PartKind
    text: str
    start: int
    end: int
    decision: Decision
    probability: float
    decided_by: str
    evidence: str = ""
    citation: int | None = Field(default=None, description="number of the citation that `evidence` is from")


class Claim(Record):
    """One sentence of an overview."""

    text: str
    origin: Origin
    support: Support
    score: float = Field(description="verification score in [0, 1]")
    checks: tuple[Check, ...] = ()
    parts: tuple[ClaimPart, ...] = Field(default=(), description="what the sentence says, thing by thing")
    citations: tuple[Citation, ...] = ()
    calculation: Calculation | None = None
    role: ClaimRole = Field(default="answer", description="the part that it plays in the overview's layout")
    mark: str = Field(
        default="", description="what stands before it: an item's number in its source, a date, a side's name"
    )
    depth: int = Field(default=0, description="of the list that it is an item of; 0 for one in no other")
    emphasis: tuple[int, int] | None = Field(
        default=None, description="where the short answer stands in `text`, in characters"
    )
    attribution: str = Field(
        default="",
        description="who alone says it, where that is doubtful: 'according to NAME, which may be satire'",
    )


class Signal(Record):
    """One thing that speaks for or against believing a source.

    `effect` is what it does to the standing, `detail` says it to a person, and `evidence` is what it rests on: words
    of the page, or who listed its publisher and when.
    """

    name: SignalName
    effect: Effect
    detail: str
    evidence: str = ""


class Source(Record):
    """A source that search found, with the judgement on it.

    `number` is given to sources that are cited and to the other believed ones after them; sources that are
    not believed have none, and `reasons` says why: the details of `signals`, what weighs most first.
    """

    number: int | None
    document_id: str
    passage_id: str
    start: int
    end: int
    title: str
    url: str | None = None
    publisher: str | None = None
    date: str | None = None
    kind: Kind = "unknown"
    believed: bool = True
    standing: float = Field(default=0.5, description="how far this source is believed here, in [0, 1]")
    reasons: tuple[str, ...] = ()
    copy_of: str | None = Field(
        default=None, description="title of the satire or retracted document whose text this repeats"
    )
    signals: tuple[Signal, ...] = Field(default=(), description="what the judgement rests on")
    publisher_listed: str = Field(
        default="", description="what the publisher registry says, and who said it; empty when unlisted"
    )
    witness: int = Field(
        default=0, description="sources of one number share a text or a publisher; 0 in old receipts"
    )
    relevance: float = Field(default=0.0, description="fused search score; comparable within one answer only")
    excerpt: str = ""
    may_be_satire: float | None = Field(
        default=None,
        description="calibrated probability that the whole document is satire, where it may be and nobody vouches for "
        "its publisher; what it alone says is attributed to it",
    )


class Abstention(Record):
    """Why there is no answer; as much a result as an answer is."""

    code: ReasonCode
    message: str
    searched: tuple[str, ...] = Field(default=(), description="what was looked for, as a person would say it")
    found: str = ""
    would_help: str = ""
    probability: float | None = Field(
        default=None, description="calibrated, that nobody could answer this; None where that is no reason"
    )


class Offer(Record):
    """What a tier was predicted to give for this question, and at what price."""

    tier: str
    quality: float = Field(description="probability that it is good enough, by a router or set by hand")
    joules: float = Field(description="predicted energy of one answer")
    seconds: float = Field(description="predicted time of one answer")
    money: float = Field(default=0.0, description="predicted price of one answer")
    currency: str = Field(default="", description="of the price, ISO 4217; empty where nothing is paid")
    why_not: str = Field(
        default="", description="why it was not chosen; empty for the tier that answers, and in old receipts"
    )


class RouteDecision(Record):
    """Which tier answers, and why: `calculator`, `quote`, `generate`, or one that another package added."""

    tier: str
    why: str
    offers: tuple[Offer, ...] = ()
    escalated_from: str | None = None
    tried: str | None = Field(
        default=None, description="the tier that was asked to write and of which nothing is shown"
    )


class FeatureReading(Record):
    """A feature of the local model that was active while it read a claim that it generated."""

    feature: str = Field(description="MODEL/SITE/SIZE#NUMBER")
    label: str
    activation: float
    share: float = Field(
        default=0.0, description="the activation in multiples of its maximum over the evidence"
    )
    claim: int = Field(description="index of the claim in the overview")


class Stage(Record):
    """Wall-clock seconds of one stage of the journey."""

    name: str
    seconds: float


class Meter(Record):
    """What the answer cost, and how each figure was counted."""

    seconds: float = 0.0
    stages: tuple[Stage, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cpu_seconds: float = 0.0
    joules: float = 0.0
    joules_how: str = ""
    money: float = 0.0
    currency: str = ""
    money_how: str = ""
    loaded: tuple[str, ...] = Field(
        default=(), description="what was loaded first; the price of a tier leaves such answers out"
    )


class Dropped(Record):
    """A sentence that was considered and not shown, and why."""

    text: str
    origin: Origin
    why: str
    checks: tuple[Check, ...] = ()


class Verdict(Record):
    """The one word that answers a yes/no question, as it was read in the claims; neither quoted nor generated."""

    answer: Literal["yes", "no"]
    probability: float = Field(description="that this is the right word")
    hedged: bool = Field(default=False, description="whether 'probably' is said before it")

    @property
    def words(self) -> str:
        """As it is said: 'Yes', or 'Probably yes'."""
        return f"Probably {self.answer}" if self.hedged else self.answer.capitalize()


class Overview(Record):
    """What the reader sees: claims in reading order, or an abstention; never both, never neither."""

    claims: tuple[Claim, ...] = ()
    abstention: Abstention | None = None
    conflict: Conflict | None = None
    notes: tuple[str, ...] = Field(
        default=(), description="e.g. that sources disagree, or words alone were searched"
    )
    spoken: str = Field(default="", description="the same in words for a voice; empty in old receipts")
    layout: Layout = Field(default="fact", description="the form of the answer, after the question's")
    verdict: Verdict | None = None
    missing: tuple[str, ...] = Field(
        default=(), description="parts of the question that nothing found here answers, each a sentence"
    )
    more: bool = Field(default=False, description="whether a list goes on beyond the claims")

    def as_text(self) -> str:
        """The overview as plain text, one claim a line, with citation numbers; what is missing comes last."""
        if self.abstention:
            return self.abstention.message
        word = [f"{self.verdict.words}."] if self.verdict else []
        more = ["… and perhaps more."] if self.more else []
        return "\n".join((*word, *map(_claim_line, self.claims), *more, *self.missing))


class Versions(Record):
    """What the answer depended on; a replay compares these."""

    clearspan: str
    library_revision: int
    model: str | None = None
    embedder: str | None = None


class Hop(Record):
    """A further search, for what the passages before it named."""

    name: str = Field(description="that was followed, as a passage has it")
    passages: int = Field(description="that it brought")


class Receipt(Record):
    """The immutable record of one answer."""

    id: str = Field(default_factory=lambda: f"r-{uuid4().hex[:16]}")
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    question: str
    library: str
    route: RouteDecision
    overview: Overview
    sources: tuple[Source, ...] = ()
    hops: tuple[Hop, ...] = Field(default=(), description="searches for what earlier passages named")
    dropped: tuple[Dropped, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = Field(
        default=(), description="faults of sentences, as far as they were known when the answer was made"
    )
    features: tuple[FeatureReading, ...] = ()
    dials: tuple[str, ...] = Field(default=(), description="as written, that the local model wrote under")
    dose: DoseVerdict | None = Field(default=None, description="how far dials reach, and may")
    meter: Meter = Meter()
    versions: Versions


def beginning(claim: Claim) -> str:
    """What stands before a claim in text: the number of a step, the bullet of an item, a date, a side."""
    before = "  " * claim.depth
    if claim.role in ("step", "item", "condition"):
        numbered = claim.mark if not claim.mark or claim.mark[-1] in ".)" else f"{claim.mark}."
        return f"{before}{numbered or '•'} "
    return f"{before}{claim.mark}: " if claim.mark else before


def _claim_line(claim: Claim) -> str:
    return beginning(claim) + _claim_text(claim)


def _claim_text(claim: Claim) -> str:
    numbers = "".join(f"[{number}]" for number in sorted({c.number for c in claim.citations}))
    if claim.origin == "quoted":
        table = claim.citations[0].table if claim.citations else None
        said = f"“{table.as_text() if table else claim.text}” {claim.attribution}".rstrip()
        return f"{said} {numbers}".rstrip()
    if claim.origin == "calculated":
        return f"= {claim.text} {numbers}".rstrip()
    return f"{claim.text} ◇ {numbers}".rstrip()
