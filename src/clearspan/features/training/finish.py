"""From trained weights to the dictionary that is used: the scale folded back, and thresholds where there are none."""

from collections.abc import Mapping

import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.names import DictionaryName, size_label
from clearspan.features.training.architectures import ARCHITECTURES
from clearspan.features.training.loop import Training
from clearspan.features.training.steps.step import Tensors
from clearspan.features.training.thresholds import fitted_threshold, sample_of
from clearspan.features.training.trained import TrainedWeights
from clearspan.version import __version__


def finished(
    training: Training, *, size: str = "", command: str = "", stored: torch.dtype = torch.float32
) -> Dictionary:
    """The dictionary that a training came to.

    Args:
        size: last part of its name; its number of features by default.
        command: what made it, as typed.
        stored: number format of its two matrices; biases and thresholds keep float32.
    """
    raw = {name: tensor.cpu() for name, tensor in training.objective.parameters.items()}
    scale = training.scale.to(torch.device("cpu"))
    parameters = _rounded(scale.folded(raw), scale.mean, stored)
    trained = TrainedWeights(
        _card(training, size, command), raw, scale, parameters, lambda: _fitted(training, parameters)
    )
    return ARCHITECTURES.get(training.config.architecture).dictionary(trained)


def with_measures(dictionary: Dictionary, measures: Mapping[str, float]) -> Dictionary:
    """The same dictionary, with what was measured of it in its card."""
    return dictionary.with_card(dictionary.card.model_copy(update={"measures": dict(measures)}))


def _rounded(parameters: Tensors, mean: torch.Tensor, stored: torch.dtype) -> Tensors:
    """Matrices in another number format; what rounding the encoder changes at the mean goes into its bias."""
    encoder = parameters["W_enc"].to(stored)
    lost = mean @ (parameters["W_enc"] - encoder.float())
    return parameters | {
        "W_enc": encoder,
        "W_dec": parameters["W_dec"].to(stored),
        "b_enc": parameters["b_enc"] + lost,
    }


def _fitted(training: Training, parameters: Tensors) -> float:
    """One threshold for all features that lets as many be active as the training was told."""
    encoder = parameters["W_enc"].float().T.contiguous()
    return fitted_threshold(sample_of(training.source), encoder, parameters["b_enc"], training.config.k)


def _card(training: Training, size: str, command: str) -> Card:
    config, source = training.config, training.source.card
    name = DictionaryName(source.model, source.site, size or size_label(config.features))
    return Card(
        name=str(name),
        architecture="",
        trained_as=config.architecture,
        tokens=training.step * config.batch,
        corpora=source.corpora,
        command=command,
        seed=config.seed,
        maker=f"clearspan {__version__}",
    )
