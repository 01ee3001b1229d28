"""A made-up dictionary with evidence, labels and presets for the local model, in a home folder of its own."""

import math
from pathlib import Path

import numpy as np
import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.evidence.table import (
    HISTOGRAM_BINS,
    Example,
    FeatureEvidence,
    FeatureNeighbour,
    TokenWeight,
)
from clearspan.features.evidence.writing import write_evidence
from clearspan.features.formats.saelens import write_saelens
from clearspan.features.labels.log import LabelLog, label
from clearspan.features.names import DictionaryName
from clearspan.features.places import home_folder
from clearspan.features.presets import Preset, save_preset
from clearspan.settings import Settings

NAME = "smollm2-135m/layers.15.residual/512"
SIZE = 512
DEAD = 511
BRIDGE = 16
SUBJECTS = ("bridges", "bread", "rivers", "law", "music", "harbours", "ferries", "numbers")


def invent(settings: Settings, size: int = SIZE) -> Path:
    """Write it, with the preset `spans`, and give its folder."""
    name = NAME if size == SIZE else f"smollm2-135m/layers.15.residual/{size}"
    folder = home_folder(DictionaryName.parse(name), settings)
    generator = torch.Generator().manual_seed(3)
    rows = torch.nn.functional.normalize(torch.randn(size, 576, generator=generator), dim=1)
    parameters = {
        "W_enc": rows.T.contiguous(),
        "b_enc": torch.zeros(size),
        "threshold": torch.full([size], 1.0),
        "W_dec": rows,
        "b_dec": torch.zeros(576),
    }
    card = Card(
        name=name,
        architecture="jumprelu",
        tokens=100_000,
        measures={"l0": 40.0, "unexplained_variance": 0.14},
    )
    write_saelens(JumpReluDictionary(card, parameters), folder)
    write_evidence(folder, list(evidence(size)), tokens=100_000, method="PCA")
    made = [label(BRIDGE, "bridges and their spans", "words", 0.91)]
    made += [
        label(i, f"{SUBJECTS[i % 8]} {i}", "words", 0.6 + (i % 4) / 10)
        for i in range(0, size, 3)
        if i != BRIDGE
    ]
    LabelLog(folder).append(made)
    preset = Preset.model_validate(
        {
            "name": "spans",
            "title": "Bridges and spans",
            "description": "Everything becomes a bridge.",
            "model": "smollm2-135m",
            "dictionary": name,
            "dials": [{"target": f"#{BRIDGE}"}],
            "dose": {"recommended": 1.5, "limit": 3.0},
            "measured": {"mentions": 0.85},
        }
    )
    save_preset(preset, settings)
    return folder


def evidence(size: int) -> list[FeatureEvidence]:
    """A row a feature: eight groups on the map, densities over three decades, examples about made-up places."""
    generator = np.random.default_rng(5)
    return [_row(index, size, generator) for index in range(size)]


def _row(index: int, size: int, generator: np.random.Generator) -> FeatureEvidence:
    cluster = index % 8
    angle, spread = 2 * math.pi * cluster / 8, generator.normal(0, 0.11, 2)
    dead = index == DEAD
    # So that twice the highest of them is within the reach of dials that nobody measured.
    maximum = 0.0 if dead else 0.6 * (12.0 + index % 20)
    subject = SUBJECTS[cluster]
    counts = (4000 * np.exp(-np.arange(HISTOGRAM_BINS) / 4)).astype(int).tolist()
    return FeatureEvidence(
        index,
        0.0 if dead else float(10 ** generator.uniform(-4.5, -1.2)),
        maximum,
        maximum / 3,
        tuple([0] * HISTOGRAM_BINS if dead else counts),
        () if dead else tuple(_example(subject, maximum * share, band) for share, band in _BANDS),
        tuple(TokenWeight(f" {subject}{'s' * n}", 2.0 - 0.3 * n) for n in range(5)),
        tuple(TokenWeight(f" not{n}", -1.5 + 0.2 * n) for n in range(5)),
        tuple(FeatureNeighbour((index + 8 * n) % size, 0.9 - 0.1 * n) for n in range(1, 6)),
        float(np.clip(0.62 * math.cos(angle) + spread[0], -1, 1)),
        float(np.clip(0.62 * math.sin(angle) + spread[1], -1, 1)),
        cluster,
    )


_BANDS = ((1.0, "top"), (0.9, "top"), (0.8, "top"), (0.5, "middle"), (0.4, "middle"))


def _example(subject: str, peak: float, band: str) -> Example:
    tokens = (
        " In",
        " Port",
        " Merrow",
        " the",
        " council",
        " spoke",
        " of",
        f" {subject}",
        " at",
        " the",
        " quay",
        ".\n",
    )
    activations = tuple(peak if i == 7 else peak / 4 if i == 6 else 0.0 for i in range(len(tokens)))
    title = f"Minutes of Port Merrow, {band}"
    if band == "top":
        return Example(tokens, activations, 7, title, "top")
    return Example(tokens, activations, 7, title, "middle", written_by="smollm2-135m")
