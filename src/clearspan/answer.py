"""The journey of a question, from top to bottom. Nothing else knows all of it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearspan.draft import Draft
from clearspan.economy.meter import Metering
from clearspan.errors import BadInput, TooLarge
from clearspan.receipts import Claim, Receipt, RouteDecision, Source
from clearspan.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Routed:
    """The tier that answers is chosen."""

    route: RouteDecision


@dataclass(frozen=True, slots=True)
class Judged:
    """Sources are found and judged; cited ones first, those not believed last."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim joins the end of the overview; it will not move or change afterwards."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The receipt is in the ledger, and with that the answer is final."""

    receipt: Receipt


Step = Routed | Judged | Stated | Finished


def journey(
    workspace: Workspace,
    question: str,
    *,
    library: str | None = None,
    generate: bool | None = None,
    dials: Sequence[str] = (),
    keep: bool = True,
) -> Iterator[Step]:
    """Answer a question step by step; the last step is `Finished`, after the receipt is committed.

    Args:
        workspace: settings, ledger, libraries and models.
        question: what is asked, one line of text.
        library: a library's name or a folder; the settings' library when None.
        generate: False keeps to calculated and quoted sentences; None takes the settings' word.
        dials: what the local model is dialled with while it writes, as `features.doses` reads them; what is quoted
            or calculated stays as it is.
        keep: False leaves no receipt in the ledger; a replay must not change what it looks at.

    Raises:
        BadInput: the question is empty, too long or holds control characters, or a dial is malformed.
        NotFound, Refused: a dial names what does not exist or cannot be set, or a remote tier would write.
        StorageError, Busy: the receipt could not be written; then there is no answer.
    """
    question = checked(question, workspace.settings.max_question_chars)
    with Metering(workspace.settings.watts_per_core) as metering:
        draft = Draft(workspace, question, library or workspace.settings.library, metering, dials)
        with metering.stage("route"):
            calculation = draft.calculate()
            draft.route(calculation, generate)
        yield Routed(draft.decision)
        if calculation is not None:
            for claim in draft.calculated(calculation):
                yield Stated(draft.state(claim))
        else:
            with metering.stage("search"):
                found = draft.search()
            with metering.stage("judge"):
                scored = draft.judge(found)
            with metering.stage("compose"):
                claims = draft.compose(scored)
            yield Judged(draft.sources)
            for claim in claims:
                yield Stated(draft.state(claim))
            draft.escalate()
            if draft.decision.tier == "generate":
                with metering.stage("generate and verify"):
                    generated = draft.generate()
                if generated is not None:
                    yield Stated(draft.state(generated))
                    with metering.stage("look inside"):
                        draft.look_inside(generated)
        receipt = draft.receipt()
        if keep:
            workspace.ledger.append(receipt)
        yield Finished(receipt)


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def checked(question: str, most: int) -> str:
    """A question as it is asked: one line of normalised text.

    Raises:
        BadInput: it is empty, longer than `most` characters, or holds control characters.
    """
    if len(question) > most:
        raise TooLarge(
            f"The question has {len(question):,} characters; at most {most:,} are answered.",
            do="Ask one thing at a time, or raise max_question_chars in the settings.",
        )
    if any(
        sign in _BIDI or (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r")
        for sign in question
    ):
        raise BadInput(
            "The question holds control characters.",
            why="They cannot be seen, and may make it read otherwise than it is.",
            do="Type the question again as plain text.",
        )
    text = " ".join(unicodedata.normalize("NFC", question).split())
    if not any(sign.isalnum() for sign in text):
        raise BadInput("The question is empty.", do="Type what you want to know.")
    return text
