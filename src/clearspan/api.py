"""The Python face: ask a question, load a model; the same words as the command line and the HTTP routes."""

import html
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clearspan import settings as configuration
from clearspan.answer import Finished, journey
from clearspan.receipts import Abstention, Claim, Receipt, Source
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.features.finding import SearchableDictionary
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.settings import Settings

_MARKS = {"supported": "●", "disputed": "◐", "contradicted": "○", "unsupported": "○"}
_workspaces: dict["Settings", Workspace] = {}
_lock = threading.Lock()


class Answer:
    """An answer and its receipt; prints as text with its citations, and as a page in a notebook."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The sentences of the overview, in reading order."""
        return self.receipt.overview.claims

    @property
    def sources(self) -> tuple[Source, ...]:
        """What search found, judged; those not believed come last, without a number."""
        return self.receipt.sources

    @property
    def abstention(self) -> Abstention | None:
        """Why there is no answer, if there is none."""
        return self.receipt.overview.abstention

    def __str__(self) -> str:
        lines = [self.receipt.overview.as_text(), *self.receipt.overview.notes]
        cited = {c.number: c for claim in self.claims for c in claim.citations}
        lines += [f"[{n}] {c.title}{_behind(c.publisher, c.date)}" for n, c in sorted(cited.items())]
        if self.abstention:
            lines += [line for line in (self.abstention.found, self.abstention.would_help) if line]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Answer {self.receipt.id}: {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(_claim_html(claim) for claim in self.claims)
        if self.abstention:
            rows = f"<p>{html.escape(self.abstention.message)}</p><p>{html.escape(self.abstention.would_help)}</p>"
        cited = {c.number: c for claim in self.claims for c in claim.citations}
        items = "".join(
            f"<li value='{n}'>{html.escape(c.title + _behind(c.publisher, c.date))}<br>"
            f"<q>{html.escape(c.quote)}</q></li>"
            for n, c in sorted(cited.items())
        )
        meter = self.receipt.meter
        cost = f"{self.receipt.route.tier} tier · {meter.seconds:.1f} s · {meter.joules:.0f} J · {self.receipt.id}"
        question = html.escape(self.receipt.question)
        return f"<div><p><b>{question}</b></p>{rows}<ol>{items}</ol><small>{cost}</small></div>"


def ask(
    question: str,
    *,
    library: str | Path | None = None,
    generate: bool | None = None,
    dials: Sequence[str] = (),
    settings: "Settings | None" = None,
) -> Answer:
    """Answer a question from a library; the receipt is kept in the ledger.

    Args:
        question: what is asked.
        library: a library's name or a folder of documents; the settings' library when None.
        generate: False keeps to calculated and quoted sentences; None takes the settings' word.
        dials: what the local model is dialled with while it writes, as 'golden-gate=0.6x'.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: the question or the library cannot be used; says why and what to do.
    """
    workspace = _workspace(settings or configuration.load())
    name = None if library is None else str(library)
    steps = journey(workspace, question, library=name, generate=generate, dials=dials)
    return Answer(next(step.receipt for step in steps if isinstance(step, Finished)))


def load(reference: str = "smollm2-135m", *, settings: "Settings | None" = None) -> "LanguageModel":
    """An open model, ready to generate.

    Args:
        reference: `smollm2-135m`, `hub:org/name`, `gguf:path` or `dir:path`.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: the reference is unknown or its weights cannot be had.
    """
    from clearspan.models.serving.engine import LanguageModel

    return LanguageModel.load(reference, settings or configuration.load())


def dictionary(reference: str | Path, *, settings: "Settings | None" = None) -> "SearchableDictionary":
    """A dictionary of features, with what is known of each.

    Args:
        reference: a dictionary's name, its folder, or a model reference, which stands for the model's default.
        settings: taken from file and environment when None.

    Raises:
        ClearspanError: there is none, or it cannot be read.
    """
    from clearspan.features.catalogue import open_dictionary

    return open_dictionary(reference, settings or configuration.load())


def _workspace(settings: "Settings") -> Workspace:
    with _lock:
        key = settings
        if key not in _workspaces:
            _workspaces[key] = Workspace.open(settings)
        return _workspaces[key]


def _behind(publisher: str | None, date: str | None) -> str:
    known = [part for part in (publisher, date) if part]
    return f" ({', '.join(known)})" if known else ""


def _claim_html(claim: Claim) -> str:
    numbers = ",".join(str(n) for n in sorted({c.number for c in claim.citations}))
    end = f" {_MARKS[claim.support]}<sup>{numbers}</sup>"
    text = html.escape(claim.text)
    if claim.origin == "quoted":
        style = "font-family:serif;border-left:1px solid;padding-left:.6em"
        return f"<p style='{style}'>“{text}”{end}</p>"
    if claim.origin == "calculated":
        return f"<p style='font-family:monospace'>= {text}{end}</p>"
    return f"<p style='font-family:sans-serif'>{text} ◇{end}</p>"
