"""Verification on the sample library: what is shown carries its proof, true sentences pass, and false ones do not."""

import random
from collections.abc import Sequence

from clearspan.checks.samples import load_questions, run
from clearspan.language.sentences import sentences
from clearspan.library.library import Library
from clearspan.measure.bars import Bar, Cell, Report, Table
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.training.corruptions import corruptions
from clearspan.overview.proof.verify import Instruments, verify
from clearspan.receipts import Claim
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

_SENTENCES = 120
_LITERAL = frozenset({"number", "unit", "date", "negation"})
_THRESHOLD = 0.5


def measure(workspace: Workspace) -> Report:
    """Ask the sample questions, and hold sentences of the library and corruptions of them against their paragraphs."""
    outcomes = run(workspace, load_questions(), generate=False)
    claims = [claim for outcome in outcomes for claim in outcome.receipt.overview.claims]
    shown = [claim for claim in claims if claim.origin != "calculated"]
    library = workspace.library(SAMPLES_LIBRARY)
    lines, true, literal = _changed(library, Instruments(workspace.embedder))
    return Report(
        section="Truth: verification on the samples",
        command="clearspan check truth --only verification",
        tables=(
            Table(
                "Sentences of the sample library, true and with one thing changed",
                ("what was changed", "sentences", "decided supported", "contradicted", "unsupported"),
                lines,
                "Each against the paragraph that it is from.",
            ),
        ),
        bars=(
            Bar(
                "sentences shown with a proved citation, %", 100 * _share([_proved(one) for one in shown]), 95
            ),
            Bar("true sentences decided supported, %", 100 * true, 95),
            Bar("changed numbers, units, dates and denials decided supported, %", 100 * literal, 5, "<="),
        ),
        notes=(
            "What this cannot catch is told by the other rows: a name exchanged for another of the same paragraph, and "
            "an opposite that is in no list of opposites.",
        ),
    )


def _proved(claim: Claim) -> bool:
    return bool(claim.citations) and all(part.decision == "supported" for part in claim.parts)


def _changed(library: Library, instruments: Instruments) -> tuple[list[Sequence[Cell]], float, float]:
    """Rows by kind of change; the share of true sentences that pass, and of literal changes that slip through."""
    generator = random.Random(0)  # noqa: S311
    decided: dict[str, list[str]] = {}
    for title, paragraph, sentence in _drawn(library, generator):
        evidence = [
            Evidence(" ".join(paragraph[start:end].split()), title) for start, end in sentences(paragraph)
        ]
        false = [(one.kind, one.text) for one in corruptions(sentence, paragraph, generator)]
        for kind, text in [("nothing", sentence), *false]:
            decided.setdefault(kind, []).append(verify(text, evidence, _THRESHOLD, instruments).support)
    lines: list[Sequence[Cell]] = [
        (
            kind,
            len(found),
            *(found.count(decision) for decision in ("supported", "contradicted", "unsupported")),
        )
        for kind, found in sorted(decided.items())
    ]
    literal = [one for kind in _LITERAL for one in decided.get(kind, [])]
    return (
        lines,
        _share([o == "supported" for o in decided["nothing"]]),
        _share([o == "supported" for o in literal]),
    )


def _drawn(library: Library, generator: random.Random) -> list[tuple[str, str, str]]:
    """Title, paragraph and sentence, drawn from all prose of the library."""
    found: list[tuple[str, str, str]] = []
    for document in library.documents():
        whole = library.document(document.id)
        for paragraph in whole.text.split("\n\n"):
            if paragraph.lstrip()[:1] in {"", "#", "|", "-"}:
                continue
            spans = sentences(paragraph)
            said = [" ".join(paragraph[start:end].split()) for start, end in spans]
            found += [(document.title, paragraph, one) for one in said if len(one.split()) >= 6]
    return generator.sample(found, min(_SENTENCES, len(found)))


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")
