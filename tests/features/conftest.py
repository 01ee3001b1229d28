"""A small dictionary that ships, with evidence beside it, for tests of what stands on one."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from clearspan.features import places
from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.directions.contrast import difference_of_means
from clearspan.features.evidence.table import (
    HISTOGRAM_BINS,
    Example,
    FeatureEvidence,
    FeatureNeighbour,
    TokenWeight,
)
from clearspan.features.evidence.writing import write_evidence
from clearspan.features.finding import SearchableDictionary, described
from clearspan.features.formats.saelens import write_saelens
from clearspan.features.labels.log import LabelLog, label
from clearspan.features.places import slug
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

SMALL = "smollm2-135m/layers.15.residual/16"


def small_dictionary() -> JumpReluDictionary:
    """16 features that fit the default model, the last one dead."""
    generator = torch.Generator().manual_seed(7)
    decoder = torch.nn.functional.normalize(torch.randn(16, 576, generator=generator), dim=1)
    parameters = {
        "W_enc": decoder.T.clone(),
        "b_enc": torch.zeros(16),
        "threshold": torch.full([16], 0.5),
        "W_dec": decoder,
        "b_dec": torch.zeros(576),
    }
    card = Card(name=SMALL, architecture="jumprelu", tokens=1000, measures={"l0": 4.0})
    return JumpReluDictionary(card, parameters)


def evidence_of(index: int) -> FeatureEvidence:
    """Made-up evidence: the maximum is the feature's number plus one, and 0 for the last."""
    maximum = 0.0 if index == 15 else index + 1.0
    example = Example((" a", " bridge", "."), (0.0, maximum, 0.0), 1, "A ferry to nowhere", "top")
    return FeatureEvidence(
        index,
        0.0 if index == 15 else 0.01,
        maximum,
        maximum / 2,
        tuple(range(HISTOGRAM_BINS)),
        () if index == 15 else (example,),
        (TokenWeight(" bridge", 1.5),),
        (TokenWeight(" bread", -1.25),),
        (FeatureNeighbour((index + 1) % 16, 0.5),),
        0.1,
        -0.1,
        0,
    )


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of the small dictionary, as if it came with Clearspan."""
    monkeypatch.setattr(places, "SHIPPED", tmp_path / "shipped")
    folder = tmp_path / "shipped" / slug(SMALL)
    write_saelens(small_dictionary(), folder)
    write_evidence(folder, [evidence_of(index) for index in range(16)], tokens=1000, method="PCA")
    LabelLog(folder).append([label(3, "bridges and spans", "words", 0.9)])
    return folder


SUBJECTS = ("the Golden Gate Bridge", "cats", "baking bread", "the French language")
"""What the first features of `speaking` mean."""


@pytest.fixture(scope="session")
def speaking(language_model: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> SearchableDictionary:
    """16 features of the real model: the first four mean `SUBJECTS` and can be dialled, the others are random."""
    random = small_dictionary().parameters
    named = [
        difference_of_means(language_model, "layers.15.residual", one.like, one.unlike, "one").direction
        for one in map(described, SUBJECTS)
    ]
    parameters = {name: value.clone() for name, value in random.items()}
    rows = [evidence_of(index) for index in range(16)]
    for index, one in enumerate(named):
        parameters["W_enc"][:, index] = one.encoder
        parameters["b_enc"][index] = one.bias
        parameters["threshold"][index] = 0.3
        parameters["W_dec"][index] = one.decoder
        rows[index] = replace(rows[index], maximum=0.75 * one.maximum, examples=(), promoted=())
    # Random rows of length one are hardly active beside activations of a hundred times that.
    rows[4:15] = [replace(row, maximum=300.0) for row in rows[4:15]]
    folder = tmp_path_factory.mktemp("speaking")
    write_saelens(JumpReluDictionary(Card(name=SMALL, architecture="jumprelu"), parameters), folder)
    write_evidence(folder, rows, tokens=1000, method="PCA")
    return SearchableDictionary(folder, Settings())
