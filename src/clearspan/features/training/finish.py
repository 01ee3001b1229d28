"""From trained weights to the dictionary that is used: the scale folded back, and thresholds where there are none."""

from collections.abc import Mapping

import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.gated import GatedDictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.names import DictionaryName, size_label
from clearspan.features.training.architectures.gated import GAIN, GATE_BIAS
from clearspan.features.training.architectures.jumprelu import THRESHOLD
from clearspan.features.training.architectures.step import Tensors
from clearspan.features.training.loop import Training
from clearspan.features.training.scale import Scale
from clearspan.features.training.thresholds import fitted_threshold, sample_of
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
    trained = training.objective.parameters
    parameters = {name: tensor.cpu() for name, tensor in training.scale.folded(trained).items()}
    parameters = _rounded(parameters, training.scale.mean.cpu(), stored)
    if GAIN in trained:
        return GatedDictionary(
            _card(training, GatedDictionary.architecture, size, command),
            _gated(parameters, trained, training.scale),
        )
    if THRESHOLD in trained:
        threshold = trained[THRESHOLD].cpu().exp() / training.scale.factor
    else:
        threshold = torch.full((training.config.features,), _fitted(training, parameters))
    card = _card(training, JumpReluDictionary.architecture, size, command)
    return JumpReluDictionary(card, parameters | {"threshold": threshold})


def with_measures(dictionary: Dictionary, measures: Mapping[str, float]) -> Dictionary:
    """The same dictionary, with what was measured of it in its card."""
    card = dictionary.card.model_copy(update={"measures": dict(measures)})
    return type(dictionary)(card, dictionary.parameters, centred=dictionary.centred)


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


def _gated(parameters: Tensors, trained: Tensors, scale: Scale) -> Tensors:
    """With the gate's bias folded as the magnitude's is, which reads the mean with its gain."""
    off = parameters["W_enc"].float().T @ scale.mean.cpu()
    gain = trained[GAIN].cpu()
    return {
        "W_enc": parameters["W_enc"],
        "W_dec": parameters["W_dec"],
        "b_dec": parameters["b_dec"],
        "r_mag": gain,
        "b_gate": trained[GATE_BIAS].cpu() / scale.factor - off,
        "b_mag": trained["encoder_bias"].cpu() / scale.factor - gain.exp() * off,
    }


def _card(training: Training, architecture: str, size: str, command: str) -> Card:
    config, source = training.config, training.source.card
    name = DictionaryName(source.model, source.site, size or size_label(config.features))
    return Card(
        name=str(name),
        architecture=architecture,
        trained_as=config.architecture,
        tokens=training.step * config.batch,
        corpora=source.corpora,
        command=command,
        seed=config.seed,
        maker=f"clearspan {__version__}",
    )
