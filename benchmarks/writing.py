"""What the writer makes of the evidence of real questions: how often a sentence of it is proved, and what it takes.

The evidence that people marked is given to the writer as quotes, at most three, as an overview would have them;
nothing is searched. Rows are drawn by a hash of their id, one a document. With --keep FILE each outcome is written
there, and a run that was cut short goes on where it was; the sentences in it are read by hand, and
benchmarks/verdicts/writing.jsonl holds those that were read, a line each: `id`, `sentence`, `supported`, `reason`.
"""

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import zstandard

from clearspan.language.sentences import sentences
from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.measure.intervals import wilson
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.late import Late
from clearspan.overview.answering.writing import Selected, choose
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Citation, Claim
from clearspan.settings import Settings
from clearspan.tiers.forms import form_of
from clearspan.tiers.local import Local

REPOSITORY = Path(__file__).resolve().parent.parent
VERDICTS = Path(__file__).parent / "verdicts" / "writing.jsonl"
ROWS = {
    "clapnq": 22,
    "medquad": 26,
    "qed": 12,
    "fetaqa": 10,
    "mtrag": 8,
    "conditional_qa": 18,
    "covid_qa": 12,
    "pubmedqa": 8,
}
"""Rows of each set."""

WIDE = ("why", "how", "compare", "list", "about")
_MOST_QUOTES = 3
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
    outcomes = list(measured(given.data, given.rows, given.keep))
    document = REPOSITORY / "docs/measurements.md" if given.write else None
    return report(summary(outcomes), as_json=given.json, write=document)


def measured(data: Path, most: int, keep: Path | None) -> Iterator[Outcome]:
    """Every row that was drawn, those of `keep` as they were."""
    kept = (
        [json.loads(line) for line in keep.read_text("utf-8").splitlines()] if keep and keep.exists() else []
    )
    known = {one["id"]: Outcome(**{**one, **_tuples(one)}) for one in kept}
    settings = Settings()
    instruments = Instruments(Embedder.load(settings.embedder, settings))
    patient = settings.model_copy(update={"generate_seconds": 600.0})
    with LanguageModel.load(settings.model, settings) as model:
        writer = Local(Late(lambda: model), patient)
        for number, (name, row) in enumerate(drawn(data)[:most], 1):
            print(f"\rrow {number} of {most}", end="", file=sys.stderr, flush=True)
            if row["id"] not in known:
                known[row["id"]] = one_row(name, row, writer, instruments, settings.support_threshold)
                if keep:
                    with keep.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(known[row["id"]]), ensure_ascii=False) + "\n")
            yield known[row["id"]]
    print(file=sys.stderr)


def one_row(
    name: str, row: dict[str, Any], writer: Local, instruments: Instruments, threshold: float
) -> Outcome:
    quotes = quotes_of(row)
    started, processor = time.perf_counter(), time.process_time()
    wording = writer.write(row["question"], quotes)
    candidates = (wording.text, *wording.others) if wording.text else ()
    selected = choose(row["question"], candidates, quotes, threshold, instruments)
    return Outcome(
        name,
        row["id"],
        row["question"],
        form_of(row["question"]).asked,
        len(quotes) > 1 or len(quotes[0].text.split()) > _SHORT_QUOTE_WORDS,
        tuple(quote.text for quote in quotes),
        tuple(claim.text for claim in selected.claims),
        _reasons(selected),
        time.perf_counter() - started,
        time.process_time() - processor,
    )


def drawn(data: Path) -> list[tuple[str, dict[str, Any]]]:
    """Set and row of each question, in an order that mixes the sets; one question a document."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, most in ROWS.items():
        titles: set[str] = set()
        for row in sorted(_rows(data / f"evals/questions/{name}/dev.jsonl.zst"), key=_hashed):
            title = row["documents"][0]["title"] if row["documents"] else ""
            usable = row["answerable"] and len(row["question"].split()) > 2 and title not in titles
            if len(titles) < most and usable and quotes_of(row):
                titles.add(title)
                found.append((name, row))
    return sorted(found, key=lambda pair: _hashed(pair[1]))


def quotes_of(row: dict[str, Any]) -> list[Claim]:
    """The evidence as quotes; the first sentences of the documents where none is marked."""
    documents = row["documents"]
    evidence = row["evidence"] or [
        one["text"][start:end] for one in documents[:2] for start, end in sentences(one["text"])[:2]
    ]
    found: list[Claim] = []
    for text in evidence:
        number = next((n for n, one in enumerate(documents, 1) if text in one["text"]), 0)
        if len(text.split()) < 5 or not number:
            continue
        document = documents[number - 1]
        start = document["text"].find(text)
        citation = Citation(
            number=number,
            document_id=str(number),
            passage_id=str(number),
            start=start,
            end=start + len(text),
            quote=text,
            title=document["title"],
        )
        shown = " ".join(text.split())
        found.append(
            Claim(text=shown, origin="quoted", support="supported", score=1.0, citations=(citation,))
        )
    return found[:_MOST_QUOTES]


def summary(outcomes: Sequence[Outcome]) -> Report:
    """Shares by form and by set, and what a person found of those that were read."""
    needed = [one for one in outcomes if one.needed]
    wide = [one for one in needed if one.asked in WIDE]
    tables, bars = by_hand()
    reasons = Counter(reason for one in needed if not one.shown for reason in one.why_dropped)
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


def by_hand() -> tuple[list[Table], list[Bar]]:
    """What a person found of the sentences that were read; nothing where none were yet."""
    if not VERDICTS.exists():
        return [], []
    verdicts = [json.loads(line) for line in VERDICTS.read_text("utf-8").splitlines()]
    supported = [bool(one["supported"]) for one in verdicts]
    low, high = wilson(sum(supported), len(supported))
    columns = ("sentences", "fully supported, %", "95 %")
    row = (len(supported), 100 * _mean(supported), f"{100 * low:.1f} to {100 * high:.1f}")
    table = Table("Read by hand", columns, [row], "Interval after Wilson.")
    return [table], [Bar("sentences fully supported, read by hand, %", 100 * _mean(supported), 95)]


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


def _hashed(row: dict[str, Any]) -> bytes:
    return hashlib.sha256(row["id"].encode()).digest()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=2**27)
    with path.open("rb") as file:
        text = unpacker.stream_reader(file).read().decode("utf-8")
    return (json.loads(line) for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
