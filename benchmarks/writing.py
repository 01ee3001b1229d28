"""What the writer makes of the evidence of real questions: how often a sentence of it is proved, and what it takes.

The evidence that people marked is given to the writer as quotes, at most three, as an overview would have them;
nothing is searched. Questions are of the fold that nothing was trained on, drawn by a hash of their id, one a page.
With --keep FILE each outcome is written there, and a run that was cut short goes on where it was; the sentences in it
are read by hand, and benchmarks/verdicts/writing.jsonl holds those that were read, a line each (see
the README beside it).
"""

import argparse
import hashlib
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from clearspan.checks.writing.evidence import drawn, quotes_of
from clearspan.errors import NotFound
from clearspan.features.catalogue import default_dictionary
from clearspan.features.training.measure import reconstruction
from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.measure.intervals import wilson
from clearspan.models.backends.base import Work
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.hooks import hooked
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.late import Late
from clearspan.models.serving.runtime import preferred_dtype
from clearspan.models.text.prompts import Prompts
from clearspan.models.weights.loading import load_weights
from clearspan.models.weights.sources import resolve
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.reader.training.run import split_questions
from clearspan.overview.answering.writing import Selected, choose
from clearspan.overview.proof.verify import Instruments
from clearspan.settings import Settings
from clearspan.tiers.forms import form_of
from clearspan.tiers.local import Local
from clearspan.tiers.rewriting import conversation
from clearspan.tiers.writer.learned import learned_prefix

REPOSITORY = Path(__file__).resolve().parent.parent
VERDICTS = Path(__file__).parent / "verdicts" / "writing.jsonl"
ROWS = {
    "clapnq": 45,
    "medquad": 50,
    "qed": 20,
    "hotpotqa": 20,
    "2wiki": 20,
    "selqa": 30,
    "mtrag": 8,
    "conditional_qa": 20,
    "covid_qa": 20,
    "pubmedqa": 15,
}
"""Questions of each set, of those that nothing was trained on."""

WIDE = ("why", "how", "compare", "list", "about")
_SHORT_QUOTE_WORDS = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        needed: whether an overview would ask the writer: there is more than one short quote.
        shown: sentences that were proved.
        processor: seconds of all cores, of writing and proving.
    """

    set: str
    id: str
    question: str
    asked: str
    needed: bool
    quotes: tuple[str, ...]
    shown: tuple[str, ...]
    why_dropped: tuple[str, ...]
    seconds: float
    processor: float


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument(
        "--rows", type=int, default=sum(ROWS.values()), help="at most this many, over all sets"
    )
    parser.add_argument("--keep", type=Path, help="append each outcome to this file, and go on where it ends")
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/measurements.md")
    given = parser.parse_args()
    if not (given.data / "evals/questions").is_dir():
        expected = "clapnq, medquad and others as dev.jsonl.zst"
        print(f"Not measured: {given.data}/evals/questions is missing; it holds {expected}.", file=sys.stderr)
        return 2
    questions = drawn(split_questions(given.data / "evals" / "questions").held_out, ROWS)[: given.rows]
    outcomes = list(measured(questions, given.keep))
    document = REPOSITORY / "docs/measurements.md" if given.write else None
    return report(summary(outcomes, *unexplained(outcomes, questions)), as_json=given.json, write=document)


def measured(questions: Sequence[LabelledQuestion], keep: Path | None) -> Iterator[Outcome]:
    """Every question that was drawn, those of `keep` as they were."""
    kept = (
        [json.loads(line) for line in keep.read_text("utf-8").splitlines()] if keep and keep.exists() else []
    )
    known = {one["id"]: Outcome(**{**one, **_tuples(one)}) for one in kept}
    settings = Settings()
    instruments, reader = Instruments(Embedder.load(settings.embedder, settings)), EvidenceReader.load()
    patient = settings.model_copy(update={"generate_seconds": 600.0})
    with LanguageModel.load(settings.model, settings) as model:
        writer = Local(Late(lambda: model), patient)
        model.settle()
        for number, one in enumerate(questions, 1):
            print(f"\rquestion {number} of {len(questions)}", end="", file=sys.stderr, flush=True)
            if one.id not in known:
                known[one.id] = outcome_of(one, writer, instruments, reader, settings.support_threshold)
                if keep:
                    with keep.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(known[one.id]), ensure_ascii=False) + "\n")
            yield known[one.id]
    print(file=sys.stderr)


def outcome_of(
    one: LabelledQuestion,
    writer: Local,
    instruments: Instruments,
    reader: EvidenceReader,
    threshold: float,
) -> Outcome:
    quotes = quotes_of(one)
    started, processor = time.perf_counter(), time.process_time()
    wording = writer.write(one.question, quotes)
    candidates = (wording.text, *wording.others) if wording.text else ()
    selected = choose(one.question, candidates, quotes, threshold, instruments, reader.answers)
    return Outcome(
        one.origin,
        one.id,
        one.question,
        form_of(one.question).asked,
        len(quotes) > 1 or len(quotes[0].text.split()) > _SHORT_QUOTE_WORDS,
        tuple(quote.text for quote in quotes),
        tuple(claim.text for claim in selected.claims),
        _reasons(selected),
        time.perf_counter() - started,
        time.process_time() - processor,
    )


def unexplained(outcomes: Sequence[Outcome], questions: Sequence[LabelledQuestion]) -> tuple[float, float]:
    """Unexplained variance of the bundled dictionary over what was written, behind the words and behind the prefix."""
    settings = Settings()
    opened, prefix = default_dictionary(settings.model, settings), learned_prefix(settings.model)
    if opened is None or prefix is None:
        raise NotFound("There is no dictionary with evidence, or no prefix, of the settings' model.")
    loaded = load_weights(resolve(settings.model, settings), settings, preferred_dtype())
    backend = PlainBackend(loaded, settings.model)
    prompts = Prompts(loaded.tokenizer, settings.model, backend.context_length)
    site = opened.card.parsed_name.site
    by_id = {one.id: one for one in questions}
    found: list[float] = []
    for put in (None, prefix):
        batches: list[torch.Tensor] = []
        for one in outcomes:
            for text in one.shown:
                prompt = prompts.chat(conversation(one.question, quotes_of(by_id[one.id])))
                tokens = [*prompt, *prompts.said(text)]
                read = tokens[len(prefix.tokens) :] if put else tokens
                with hooked(backend.anatomy, read=[site], stop=True) as seen:
                    backend.forward([Work(backend.open(prefix=put), read, "none")])
                batches.append(seen[site][0, len(prompt) - len(tokens) :])
        found.append(reconstruction(opened.dictionary, batches).unexplained_variance)
    return found[0], found[1]


def summary(outcomes: Sequence[Outcome], words: float, learned: float) -> Report:
    """Shares by form and by set, and what a person found of those that were read.

    Args:
        words, learned: unexplained variance of the dictionary behind what any model is told, and behind the prefix.
    """
    needed = [one for one in outcomes if one.needed]
    wide = [one for one in needed if one.asked in WIDE]
    tables, bars = by_hand(outcomes)
    reasons = Counter(
        re.sub("“.*”", "a word", reason) for one in needed if not one.shown for reason in one.why_dropped
    )
    return Report(
        section="Writing",
        command="python benchmarks/writing.py",
        tables=(
            Table(
                "By what is asked for",
                ("asked for", "rows", "with a proved sentence, %"),
                _shares(needed, "asked"),
            ),
            Table("By set", ("set", "rows", "with a proved sentence, %"), _shares(needed, "set")),
            Table("Why candidates were not shown", ("why", "sentences"), reasons.most_common()),
            *tables,
        ),
        bars=(
            Bar(
                "why, how, compare, list, about: with a proved sentence, %",
                100 * _mean([bool(o.shown) for o in wide]),
                60,
            ),
            *bars,
            Bar(
                "unexplained variance behind the prefix, times that behind the words",
                learned / words,
                1.1,
                "<=",
            ),
            Bar(
                "writing and proving, processor seconds, median",
                statistics.median(o.processor for o in needed),
                4,
                "<=",
            ),
        ),
        notes=(
            f"{len(outcomes)} questions whose marked evidence is given as quotes, {len(needed)} of them with more than "
            "one short quote: of one short quote an overview makes nothing. Time is of all cores together, so that it "
            "does not hang on what else the machine does.",
        ),
    )


def by_hand(outcomes: Sequence[Outcome]) -> tuple[list[Table], list[Bar]]:
    """What a person found of those texts that were read; nothing where none was."""
    lines = VERDICTS.read_text("utf-8").splitlines() if VERDICTS.exists() else []
    shown = {(one.id, _digest(one)) for one in outcomes if one.needed and one.shown}
    verdicts = [one for one in map(json.loads, lines) if (one["id"], one["sha256"]) in shown]
    if not verdicts:
        return [], []
    said = {
        "fully supported, %": [bool(one["supported"]) for one in verdicts],
        "better than or as good as the quotes alone, %": [one["better"] != "worse" for one in verdicts],
    }
    rows: list[Sequence[Cell]] = []
    for name, own in said.items():
        low, high = wilson(sum(own), len(own))
        rows.append((name, len(own), 100 * _mean(own), f"{100 * low:.1f} to {100 * high:.1f}"))
    note = f"{len(verdicts)} of the {len(shown)} texts that are shown were read as they stand. Intervals after Wilson."
    table = Table("Read by hand", ("what", "texts", "share", "95 %"), rows, note)
    bars = zip(said.items(), (95, 85), strict=True)
    return [table], [Bar(f"read by hand: {name}", 100 * _mean(own), bound) for (name, own), bound in bars]


def _digest(outcome: Outcome) -> str:
    return hashlib.sha256(" ".join(outcome.shown).encode()).hexdigest()[:16]


def _shares(outcomes: Sequence[Outcome], by: str) -> list[Sequence[Cell]]:
    names = sorted({getattr(one, by) for one in outcomes})
    return [
        (name, len(some), 100 * _mean([bool(one.shown) for one in some]))
        for name in [*names]
        if (some := [one for one in outcomes if getattr(one, by) == name])
    ]


def _reasons(selected: Selected) -> tuple[str, ...]:
    return tuple(one.why for one in selected.dropped)


def _tuples(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(row[name]) for name in ("quotes", "shown", "why_dropped")}


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")


if __name__ == "__main__":
    sys.exit(main())
