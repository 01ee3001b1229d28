"""The dictionary that ships, measured on documents that its training never saw."""

import argparse
import os
import sys
from pathlib import Path

from clearspan.features.catalogue import open_dictionary
from clearspan.features.training.held_out import as_measures, held_out_texts, measured
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
HELD_OUT = 0.02
"""Share of documents that the harvest of this dictionary kept back; which ones, their text alone decides."""
CONTEXT = 256
MODEL = "smollm2-135m"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--tokens", type=int, default=40_000, help="activations that are measured")
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace this section of docs/measurements.md")
    given = parser.parse_args()
    corpus = given.data / "corpus"
    if not corpus.is_dir():
        print(
            f"Not measured: {corpus} is missing. It is expected to hold English prose and code as zstd-compressed "
            "JSON lines with `text`; name the folder above it with --data.",
            file=sys.stderr,
        )
        return 2
    settings = Settings()
    opened = open_dictionary(MODEL, settings)
    with LanguageModel.load(MODEL, settings) as model:
        texts = held_out_texts([corpus], HELD_OUT)
        found = as_measures(*measured(model, opened.dictionary, texts, context=CONTEXT, tokens=given.tokens))
    megabytes = sum(file.stat().st_size for file in opened.folder.iterdir()) / 1e6
    table = Table(
        f"{opened.card.name}, {len(opened):,} features, trained on {opened.card.tokens:,} activations",
        ("measure", "value"),
        [(name.replace("_", " "), value) for name, value in found.items()],
        note="On documents that the harvest kept back (2 % of all, chosen by a hash of their text); variance about the "
        "mean, attention sinks left out, cross-entropy recovered against zeros in the place of the site.",
    )
    bars = (
        Bar("unexplained variance on held-out text", found["unexplained_variance"], 0.15, "<="),
        Bar("cross-entropy recovered", found["cross_entropy_recovered"], 0.95),
        Bar("L0, at least", found["l0"], 32),
        Bar("L0, at most", found["l0"], 64, "<="),
        Bar("alive features, share", found["alive"], 0.97),
        Bar("features", len(opened), 8192),
        Bar("folder, MB", megabytes, 25, "<="),
    )
    result = Report(
        "The bundled dictionary", "python benchmarks/dictionary_bundled.py --write", (table,), bars
    )
    write = REPOSITORY / "docs/measurements.md" if given.write else None
    return report(result, as_json=given.json, write=write)


if __name__ == "__main__":
    sys.exit(main())
