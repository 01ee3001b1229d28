"""Gathering evidence keeps up with a model: tokens a second of everything in a pass but the model's own reading.

Data: none; activations are random, and thresholds are set so that about 50 of 8,192 features are active at a token.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.evidence.gather import active_places
from clearspan.features.evidence.pools import WINDOW
from clearspan.features.evidence.table import (
    HISTOGRAM_BINS,
    Example,
    FeatureEvidence,
    FeatureNeighbour,
    TokenWeight,
)
from clearspan.features.evidence.tally import Active, Tally
from clearspan.features.evidence.writing import write_evidence
from clearspan.measure.bars import Bar, Report, Table, report

REPOSITORY = Path(__file__).resolve().parent.parent
FEATURES, WIDTH, STEP, DOCUMENT = 8192, 576, 1024, 341


def dictionary() -> JumpReluDictionary:
    """Random, its features of different densities."""
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(FEATURES, WIDTH, generator=generator) / WIDTH**0.5
    spread = 0.3 * torch.randn(FEATURES, generator=generator)
    parameters = {
        "W_enc": rows.T.contiguous(),
        "b_enc": torch.zeros(FEATURES),
        "threshold": 2.62 + spread,
        "W_dec": rows,
        "b_dec": torch.zeros(WIDTH),
    }
    return JumpReluDictionary(Card(name="random/layers.0.residual/8k", architecture="jumprelu"), parameters)


def read(tokens: int) -> tuple[Tally, float, float, float]:
    """What was gathered, and processor seconds of encoding, of tallying, and of tallying the last fifth."""
    given, tally = dictionary(), Tally.empty(FEATURES)
    generator, torch_generator = np.random.default_rng(0), torch.Generator().manual_seed(1)
    encoding = tallying = last = 0.0
    steps = max(5, tokens // STEP)
    for step in range(steps):
        hidden = torch.randn(STEP, WIDTH, generator=torch_generator)
        begun = time.process_time()
        places, values = active_places(given, hidden)
        between = time.process_time()
        documents = np.arange(STEP) // DOCUMENT + 4 * step
        words = generator.integers(0, 49_152, STEP).astype(np.int32)
        tally.add(Active(words, documents, np.ones(STEP, np.bool_), places, values, STEP))
        ended = time.process_time()
        encoding += between - begun
        tallying += ended - between
        last += (ended - begun) if step >= steps - steps // 5 else 0.0
    return tally, encoding, tallying, last


def stored_bytes(tally: Tally) -> int:
    """Size of a file whose examples are words drawn by lot, so that nothing repeats: the worst case."""
    generator = np.random.default_rng(2)
    words = [f" w{number}" for number in range(49_152)]
    token, near = TokenWeight(" w1", 1.0), FeatureNeighbour(0, 0.5)
    pools = (("top", tally.top, 5), ("middle", tally.middle, 3))
    features = [
        FeatureEvidence(
            index,
            0.01,
            float(tally.maxima[index]),
            1.0,
            (100,) * HISTOGRAM_BINS,
            tuple(
                Example(
                    tuple(words[one] for one in generator.integers(0, len(words), WINDOW)),
                    tuple(map(float, pool.arrays["activations"][index, place])),
                    int(pool.arrays["peaks"][index, place]),
                    "A document",
                    band,
                )
                for band, pool, count in pools
                for place in range(count)
                if pool.arrays["documents"][index, place] >= 0
            ),
            (token,) * 8,
            (token,) * 8,
            (near,) * 8,
            0.0,
            0.0,
            0,
        )
        for index in range(FEATURES)
    ]
    with tempfile.TemporaryDirectory() as folder:
        return write_evidence(Path(folder), features, tokens=tally.tokens, method="PCA").stat().st_size


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tokens", type=int, default=300_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tally, encoding, tallying, last = read(arguments.tokens)
    fifth = max(5, arguments.tokens // STEP) // 5 * STEP
    speed, late = tally.tokens / (encoding + tallying), fifth / last
    kept = sum(array.nbytes for array in tally.arrays().values()) / 1e6
    size = stored_bytes(tally) / 1e6
    active = float(tally.counts.sum() / tally.tokens)
    found = Report(
        section="Gathering evidence",
        command="python benchmarks/evidence.py",
        tables=(
            Table(
                f"{FEATURES:,} features of width {WIDTH}, {active:.0f} active at a token, {tally.tokens:,} tokens",
                ("part", "processor µs a token"),
                (
                    ("encode, and find what is active", 1e6 * encoding / tally.tokens),
                    ("count, and keep candidates", 1e6 * tallying / tally.tokens),
                    ("both, over the last fifth", 1e6 * last / fifth),
                ),
            ),
        ),
        bars=(
            Bar("tokens a processor second, first ones included", speed, 15_000),
            Bar("tokens a processor second over the last fifth", late, 15_000),
            Bar("memory of what is kept, MB", kept, 100, "<="),
            Bar("evidence.parquet of random words, which do not compress, MB", size, 5, "<="),
        ),
        notes=(
            "One thread; processor time, so that other work on the machine counts less; the load average was "
            f"{os.getloadavg()[0]:.1f}. The beginning is slower, because every activation is a candidate at first.",
        ),
    )
    write = REPOSITORY / "docs" / "measurements.md" if arguments.write else None
    return report(found, as_json=arguments.json, write=write)


if __name__ == "__main__":
    sys.exit(main())
