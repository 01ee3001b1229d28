"""From trained weights to the dictionary that is used: the scale folded back, one threshold fitted."""

import itertools

import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.names import DictionaryName, size_label
from clearspan.features.training.loop import Training
from clearspan.features.training.thresholds import fitted_threshold
from clearspan.version import __version__

_ROWS, _TOKENS = 2048, 65_536


def finished(training: Training, *, size: str = "", command: str = "") -> JumpReluDictionary:
    """The dictionary that a training came to, with as many features active at a position as it was told.

    Args:
        size: last part of its name; its number of features by default.
        command: what made it, as typed.
    """
    config, source = training.config, training.source
    card = source.card
    name = DictionaryName(card.model, card.site, size or size_label(config.features))
    folded = training.scale.folded(training.objective.parameters)
    parameters = {key: tensor.cpu() for key, tensor in folded.items()}
    rows = min(_ROWS, source.rows)
    batches = itertools.islice(source.batches(rows), max(1, _TOKENS // rows))
    threshold = fitted_threshold(batches, parameters["W_enc"].T, parameters["b_enc"], config.k)
    parameters["threshold"] = torch.full((config.features,), threshold)
    return JumpReluDictionary(
        Card(
            name=str(name),
            architecture=JumpReluDictionary.architecture,
            trained_as=config.architecture,
            tokens=training.step * config.batch,
            corpora=card.corpora,
            command=command,
            seed=config.seed,
            maker=f"clearspan {__version__}",
        ),
        parameters,
    )


def with_measures(dictionary: JumpReluDictionary, measures: dict[str, float]) -> JumpReluDictionary:
    """The same dictionary, with what was measured of it in its card."""
    card = dictionary.card.model_copy(update={"measures": measures})
    return JumpReluDictionary(card, dictionary.parameters, centred=dictionary.centred)
