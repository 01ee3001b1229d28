"""What is found about one source, and what each finding does to its standing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearspan.library.documents import Document, Hit
from clearspan.library.readers.direction import TURNED
from clearspan.overview.trust.copies import Copy
from clearspan.overview.trust.injection.detection import Instruction, instruction
from clearspan.overview.trust.labels import Label, claims, fetched_from
from clearspan.overview.trust.publishers.addresses import parse
from clearspan.overview.trust.publishers.registry import Listing
from clearspan.overview.trust.shingles import Shingles
from clearspan.overview.trust.standing import KIND_REASON, STANDING
from clearspan.receipts import Effect, Kind, Signal, SignalName, Source

_ORDER: Mapping[Effect, int] = {"rejects": 0, "lowers": 1, "raises": 2, "notes": 3}

_BESIDE_INSTRUCTIONS = 0.3
"""Standing at most of a passage of a forum whose page addresses an AI reader elsewhere."""

_MAY_BE_SATIRE = 0.6
"""What is left of the standing of a page that reads like satire as a whole."""

_IMPOSTOR = 0.3
"""Standing at most of a page that goes by a publisher's name from an address that is not the publisher's."""


@dataclass(slots=True)
class Finding:
    """One passage while it is judged.

    Attributes:
        standing: how far it is believed so far; 0 is not at all.
        copied: spans of the document's text that are not its own words: taken from satire or a retracted text, or
            examples of instructions to an AI reader. They are not quoted.
        witness: sources of one number are one witness.
    """

    hit: Hit
    shingles: Shingles
    kind: Kind = "unknown"
    standing: float = STANDING["unknown"]
    listing: Listing | None = None
    signals: list[Signal] = field(default_factory=list[Signal])
    copied: tuple[tuple[int, int], ...] = ()
    copy_of: str | None = None
    witness: int = 0
    may_be_satire: float | None = None

    @property
    def believed(self) -> bool:
        return self.standing > 0.0

    def note(self, name: SignalName, detail: str, evidence: str = "") -> None:
        """Say something that changes nothing."""
        self.signals.append(Signal(name=name, effect="notes", detail=detail, evidence=evidence))

    def lower(self, name: SignalName, to: float, detail: str, evidence: str = "") -> None:
        """Believe it no further than `to`."""
        self.standing = min(self.standing, to)
        effect: Effect = "rejects" if to <= 0.0 else "lowers"
        self.signals.append(Signal(name=name, effect=effect, detail=detail, evidence=evidence))

    def source(self) -> Source:
        """The judgement as it is kept and shown: what weighs most is said first."""
        document, passage = self.hit.document, self.hit.passage
        # What gives orders is quoted nowhere, not even here: the reader of a receipt may be a machine.
        hidden = any(
            each.name == "instructions" and each.effect in ("rejects", "notes") for each in self.signals
        )
        signals = sorted(self.signals, key=lambda signal: _ORDER[signal.effect])
        return Source(
            number=None,
            document_id=document.id,
            passage_id=passage.id,
            start=passage.start,
            end=passage.end,
            title=document.title,
            url=document.url,
            publisher=document.publisher,
            date=document.date,
            kind=self.kind,
            believed=self.believed,
            standing=round(self.standing, 3),
            reasons=tuple(dict.fromkeys(signal.detail for signal in signals)),
            copy_of=self.copy_of,
            signals=tuple(signals),
            publisher_listed=self.listing.described() if self.listing else "",
            witness=self.witness,
            relevance=self.hit.score,
            may_be_satire=self.may_be_satire,
            excerpt="" if hidden else " ".join(passage.text.split())[:240],
        )


def publisher(finding: Finding, listing: Listing | None) -> None:
    """Who publishes it: what the page or the user says of it, held against the registry. The lower one counts."""
    tagged = finding.hit.document.kind
    finding.kind, finding.standing, finding.listing = tagged, STANDING[tagged], listing
    if listing is None:
        finding.note("publisher", KIND_REASON[tagged])
        return
    one = listing.publisher
    said_by = f"{one.listed_by}, since {one.listed_on}" if one.listed_by else f"set on {one.listed_on}"
    if listing.impostor:
        detail = f"goes by the name of {one.name}, whose address is {one.domain} and not this one"
        finding.lower("publisher", _IMPOSTOR, detail, said_by)
        return
    if tagged == "unknown" or listing.standing < finding.standing:
        finding.kind = one.kind if one.kind != "unknown" else tagged
        finding.standing = listing.standing
    effect: Effect = "rejects" if listing.standing == 0 else "lowers" if listing.standing < 0.5 else "raises"
    detail = listing.described() + (f": {one.note}" if one.note else "")
    finding.signals.append(Signal(name="publisher", effect=effect, detail=detail, evidence=said_by))
    if tagged not in ("unknown", finding.kind):
        finding.note("publisher", f"calls itself {KIND_REASON[tagged].partition(':')[0]}")


def claimed(finding: Finding) -> None:
    """What the page says of itself where nobody vouches for it: shown as a claim, and counted for nothing."""
    who, where = claims(finding.hit.document)
    fetched, said = parse(fetched_from(finding.hit.document) or ""), parse(where or "")
    at = f" at {said}" if said and (fetched is None or fetched.host != said.host) else ""
    if not who and not at:
        return
    detail = f"calls itself {who or 'a page'}{at}"
    if fetched is None:
        detail += "; it was not fetched from there, so that is only its word"
    elif at:
        detail += f"; it was fetched from {fetched.host}"
    finding.note("publisher", detail, where or "")


def hidden(finding: Finding) -> None:
    """It holds text that somebody who opens it does not see; what is hidden and addresses an AI reader is meant."""
    text = finding.hit.document.hidden
    if not text:
        return
    pieces = text.split("\n")
    turned = [piece for piece in pieces if piece.startswith(tuple(TURNED))]
    words = sum(len(piece.split()) for piece in pieces if piece not in turned)
    if words:
        finding.note(
            "hidden", f"holds hidden text ({words:,} words or more); it was left out and is not quoted"
        )
    if turned:
        detail = "marks in it turn letters around, so that it shows other words than a machine finds"
        finding.note("hidden", f"{detail} ({len(turned):,} times or more); open it before you rely on it")
    order = instruction(text)
    if order is not None:
        detail = "hides instructions to an AI reader where a person does not see them: it is not believed"
        finding.lower("instructions", 0.0, detail, f"it {order.does}")


def labelled(finding: Finding, label: Label) -> None:
    """It is satire or retracted itself."""
    if label.what == "retracted":
        finding.lower("retraction", 0.0, f"retracted: {label.detail}", label.evidence)
        return
    finding.kind = "satire"
    name: SignalName = "self-declared" if label.source in ("page", "publisher") else "publisher"
    finding.lower(name, 0.0, f"satire, not meant to be believed: {label.detail}", label.evidence)


def copied(finding: Finding, copy: Copy, original: Document, label: Label) -> None:
    """It repeats a text that is satire or retracted."""
    what = "satire" if label.what == "satire" else "a retracted text"
    finding.copy_of = original.title
    detail = f"copy of {what}: {copy.share:.0%} of this passage's word pairs stand in {_name(original)}"
    name: SignalName = "copy" if label.what == "satire" else "retraction"
    finding.lower(name, 0.0, detail, f"“{original.title}”: {label.detail}")


def repeats(finding: Finding, original: Document, label: Label) -> None:
    """Some of its sentences are taken from such a text; the rest is its own."""
    finding.note(
        "copy", f"repeats sentences of {_name(original)} ({label.what}); they are not quoted", original.title
    )


def instructed(finding: Finding, here: Instruction | None, on_page: Instruction | None) -> None:
    """It, or its page, gives orders to an AI reader.

    On a page that many hands write only the passage is rejected; any other page is its publisher's own doing.
    """
    if here is not None and here.quoted:
        detail = (
            "repeats instructions to an AI reader as an example; the sentences that hold them are not quoted"
        )
        finding.note("instructions", detail, f"it {here.does}")
    elif here is not None:
        detail = "contains instructions to an AI reader: not followed, and quoted only if you open it"
        finding.lower("instructions", 0.0, detail, f"it {here.does}")
    elif on_page is not None:
        many_hands = finding.hit.document.kind == "forum"
        detail = "another part of this page gives instructions to an AI reader, so it is "
        detail += "believed less" if many_hands else "not believed"
        to = _BESIDE_INSTRUCTIONS if many_hands else 0.0
        finding.lower("instructions", to, detail, f"the page {on_page.does}")


def reads_like_satire(finding: Finding, probability: float, others: int) -> None:
    """The whole document reads like satire, and nobody vouches for its publisher."""
    finding.may_be_satire = round(probability, 3)
    beside = f", as {others} more of its publisher do" if others else ""
    detail = (
        f"reads as a whole like satire ({probability:.0%}){beside}; what it alone says is attributed to it"
    )
    finding.lower("satire", finding.standing * _MAY_BE_SATIRE, detail)


def _name(document: Document) -> str:
    return document.publisher or document.title
