"""Train the verifier again: `python -m clearspan.overview.proof.training.train --data FOLDER`.

FOLDER holds evals/ with attributionbench_dev, scifact and climate_fever_dev as they are published, as JSON lines, and
corpus/ with plain texts to make pairs from. What was measured of each pair is kept in --cache, so that a run that was
cut short goes on where it was. The weights are written beside this module, where Clearspan reads them.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from clearspan.errors import ClearspanError
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.engine import LanguageModel
from clearspan.overview.proof import predictors
from clearspan.overview.proof.model import Array, Logistic, Weights
from clearspan.overview.proof.training import pairs
from clearspan.overview.proof.training.fit import calibrated, fit
from clearspan.overview.proof.training.pairs import Pair
from clearspan.settings import Settings, load

MEASURED = Mapping[str, Mapping[str, float]]
"""Identity of a pair → its predictors; those of likelihood only where they were measured."""

_MOST_LIKELIHOODS = 150
_CHECKS_OF_KINDS: Mapping[str, frozenset[str]] = {
    "numbers": frozenset({"number", "unit", "date"}),
    "negation": frozenset({"negation"}),
    "direction": frozenset({"direction"}),
    "hedges": frozenset({"scope"}),
    "exchange": frozenset({"name", "relation"}),
    "order": frozenset({"relation"}),
}
_PARTS_OF_KINDS: Mapping[str, frozenset[str]] = {
    "number": frozenset({"number", "unit"}),
    "date": frozenset({"date"}),
    "name": frozenset({"name"}),
    "scope": frozenset({"scope"}),
}


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with evals/ and corpus/")
    parser.add_argument("--cache", type=Path, required=True, help="folder for what was measured of each pair")
    parser.add_argument("--write", type=Path, default=Path(__file__).parents[1] / "weights.json")
    options = parser.parse_args(given)
    settings = load()
    try:
        known = read_pairs(options.data)
        rows = measure(known, settings, options.cache)
    except ClearspanError as error:
        print(error, file=sys.stderr)
        return 2
    options.write.write_text(train(known, rows).as_json(), "utf-8")
    print(f"{options.write}: trained on {len(known):,} pairs")
    return 0


def read_pairs(data: Path) -> list[Pair]:
    """All pairs to learn from.

    Raises:
        NotFound: a set is missing; says what is expected.
    """
    sets = (pairs.attribution_bench, pairs.scifact, pairs.climate_fever, pairs.made)
    return list(chain.from_iterable(each(data) for each in sets))


def measure(known: Sequence[Pair], settings: Settings, cache: Path) -> MEASURED:
    """The predictors of pairs, from the cache where they are there."""
    cache.mkdir(parents=True, exist_ok=True)
    plain = _kept(cache / "predictors.jsonl")
    embedder = Embedder.load(settings.embedder, settings)
    with (cache / "predictors.jsonl").open("a", encoding="utf-8") as file:
        for pair in _missing(known, plain, "predictors"):
            plain[key(pair)] = of_pair(pair, embedder)
            file.write(json.dumps({"key": key(pair), "predictors": plain[key(pair)]}) + "\n")
    said = _kept(cache / "likelihoods.jsonl")
    with (
        LanguageModel.load(settings.model, settings) as model,
        (cache / "likelihoods.jsonl").open("a") as file,
    ):
        for pair in _missing(with_likelihood(known), said, "likelihoods"):
            said[key(pair)] = predictors.of_likelihood(pair.claim, pair.evidence, model, wait=600.0)
            file.write(json.dumps({"key": key(pair), "predictors": said[key(pair)]}) + "\n")
    return {pair: {**found, **said.get(pair, {})} for pair, found in plain.items()}


def of_pair(pair: Pair, embedder: Embedder) -> dict[str, float]:
    """The predictors of words and meaning of one pair."""
    texts = [each.titled for each in pair.evidence]
    measured = predictors.of_words(pair.claim, pair.evidence, predictors.hard_checks(pair.claim, texts))
    wanted = predictors.texts_to_read(pair.claim, pair.evidence)
    return measured | predictors.of_meaning(pair.claim, pair.evidence, embedder.read(wanted))


def with_likelihood(known: Iterable[Pair]) -> list[Pair]:
    """At most 150 pairs of each source, drawn by a hash, since asking the language model is what takes long.

    Made pairs are left out: to a language model a changed number is hardly less likely than the right one.
    """
    taken: Counter[str] = Counter()
    chosen: list[Pair] = []
    for pair in sorted(known, key=lambda pair: hashlib.sha256(key(pair).encode()).digest()):
        if pair.source != "made" and taken[pair.source] < _MOST_LIKELIHOODS:
            taken[pair.source] += 1
            chosen.append(pair)
    return chosen


def train(known: Sequence[Pair], rows: MEASURED) -> Weights:
    """All weights, calibrated on sources that were held out one at a time."""
    read = [pair for pair in known if "likelier" in rows[key(pair)]]
    wrong = [
        pair for pair in known if pair.label != "supported" and not pair.source.startswith("Attribution")
    ]
    plain = {**predictors.WORDS, **predictors.CHECKS}
    free = dict.fromkeys(predictors.WITHOUT_MODEL, 0)
    return Weights(
        words=calibrated_model(known, rows, plain),
        meaning=calibrated_model(known, rows, predictors.WITHOUT_MODEL),
        likelihood=with_model(calibrated_model(known, rows, predictors.WITHOUT_MODEL), read, rows),
        contradiction=contradiction(wrong, rows, free),
        contradiction_words=contradiction(wrong, rows, dict.fromkeys(plain, 0)),
        broken=broken_rates(known, rows),
        kept=kept_rates(known, rows),
        trained=dict(Counter(pair.source for pair in known)),
    )


def supported(known: Sequence[Pair], rows: MEASURED, signs: Mapping[str, int]) -> Logistic:
    """The model of 'the evidence says it', not yet calibrated."""
    truth = [pair.label == "supported" for pair in known]
    return fit([rows[key(pair)] for pair in known], truth, [pair.source for pair in known], signs)


def with_model(base: Logistic, read: Sequence[Pair], rows: MEASURED) -> Logistic:
    """A model with the language model's word added: two numbers are fitted, how much it counts, and the base.

    Args:
        base: fitted without it, on many more pairs.
        read: pairs with a likelihood.
    """
    found = [rows[key(pair)] for pair in read]
    logits = base.logits(found)
    stacked = [
        {"base": float(logit), "likelier": row["likelier"]} for logit, row in zip(logits, found, strict=True)
    ]
    truth, sources = [pair.label == "supported" for pair in read], [pair.source for pair in read]
    top = fit(stacked, truth, sources, {"base": 1, "likelier": 1}, penalty=5.0)
    stretch = top.weights["base"]
    weights = {name: weight * stretch for name, weight in base.weights.items()}
    added = {"likelier": top.weights.get("likelier", 0.0)}
    return Logistic(weights | added, base.intercept * stretch + top.intercept)


def contradiction(wrong: Sequence[Pair], rows: MEASURED, signs: Mapping[str, int]) -> Logistic:
    """The model of 'the evidence says otherwise', among pairs that are not supported."""
    truth = [pair.label == "contradicted" for pair in wrong]
    return fit([rows[key(pair)] for pair in wrong], truth, [pair.source for pair in wrong], signs)


def held_out(
    known: Sequence[Pair], rows: MEASURED, signs: Mapping[str, int], among: Sequence[str] = ()
) -> Array:
    """The logit of each pair by a model that has not seen the data set that it is from; NaN where not asked.

    Args:
        among: sources to hold out; all when empty.
    """
    sources = np.array([pair.source for pair in known])
    logits = np.full(len(known), np.nan)
    for source in among or sorted(set(sources.tolist())):
        others = [pair for pair in known if pair.source != source]
        model = supported(others, rows, signs)
        chosen = np.flatnonzero(sources == source)
        logits[chosen] = model.logits([rows[key(known[int(index)])] for index in chosen])
    return logits


def broken_rates(known: Sequence[Pair], rows: MEASURED) -> dict[str, float]:
    """For each hard check, the share of pairs with its fault that are supported, every source counting alike.

    Only where the nearest sentence has six tenths of the claim's words: that is what a rewritten quote looks like.
    """
    found: dict[str, float] = {}
    for check in _CHECKS_OF_KINDS:
        faulty = [pair for pair in known if rows[key(pair)][f"broken_{check}"] >= 0.6]
        shares = [
            sum(pair.label == "supported" for pair in faulty if pair.source == source) + 0.5
            for source in {pair.source for pair in faulty}
        ]
        counts = [sum(pair.source == source for pair in faulty) + 1 for source in {p.source for p in faulty}]
        rates = [share / count for share, count in zip(shares, counts, strict=True) if count > 5]
        found[check] = float(np.mean(rates)) if rates else 0.1
    return found


def kept_rates(known: Sequence[Pair], rows: MEASURED) -> dict[str, float]:
    """For each kind of part, the share of made pairs without any fault in which it had not been changed."""
    made = [pair for pair in known if pair.source == "made" and pair.kind != "other"]
    clean = [pair for pair in made if not _any_fault(rows[key(pair)])]
    return {
        part: 1.0 - (sum(pair.kind in kinds for pair in clean) + 0.5) / (len(clean) + 1)
        for part, kinds in _PARTS_OF_KINDS.items()
    }


def key(pair: Pair) -> str:
    """What identifies a pair over all sources."""
    return f"{pair.source}/{pair.id}"


def _any_fault(row: Mapping[str, float]) -> bool:
    return any(
        value > 0 for name, value in row.items() if name.startswith("broken_") or name.endswith("_missing")
    )


def calibrated_model(known: Sequence[Pair], rows: MEASURED, signs: Mapping[str, int]) -> Logistic:
    """The model of 'the evidence says it', its probabilities made right on sources held out one at a time."""
    # Made pairs teach what a fault looks like; how sure to be is for sentences that people and engines wrote.
    natural = [index for index, pair in enumerate(known) if pair.source != "made"]
    logits = held_out(known, rows, signs)[natural]
    truth = [known[index].label == "supported" for index in natural]
    return calibrated(
        supported(known, rows, signs), logits, truth, [known[index].source for index in natural]
    )


def _kept(path: Path) -> dict[str, dict[str, float]]:
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["key"]: row["predictors"] for row in rows}


def _missing(known: Iterable[Pair], kept: Mapping[str, object], what: str) -> Iterable[Pair]:
    waiting = [pair for pair in known if key(pair) not in kept]
    for number, pair in enumerate(waiting, 1):
        if number % 50 == 0 or number == len(waiting):
            print(f"\r{what}: {number:,} of {len(waiting):,}", end="", file=sys.stderr, flush=True)
        yield pair


if __name__ == "__main__":
    sys.exit(main())
