"""What a training begins with: rows whose first reconstruction errs least, as many active features as are wanted."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.step import first_length, first_parameters, first_threshold


@given(st.sampled_from((32, 128, 512)), st.integers(128, 2048), st.floats(0.005, 0.3), st.integers(0, 9))
def test_the_first_reconstruction_is_near_the_best(
    width: int, features: int, share: float, seed: int
) -> None:
    k = max(2, int(share * features))
    config = TrainingConfig(features=features, k=k, seed=seed)
    parameters = first_parameters(config, width, torch.device("cpu"))
    batch = torch.randn(256, width, generator=torch.Generator().manual_seed(seed + 1))
    largest = (batch @ parameters["encoder"].T).relu().topk(k, dim=1)
    active = torch.zeros(len(batch), features).scatter(1, largest.indices, largest.values)
    made = active @ parameters["decoder"]
    # Least squares: the factor that would still improve all of it. With rows as long as the decoder's it is 1 / length.
    assert 0.8 < float((batch * made).sum() / made.square().sum()) < 1.25


@given(st.integers(64, 4096), st.floats(0.002, 0.45), st.sampled_from((32, 256)))
def test_as_many_are_active_as_are_wanted(features: int, share: float, width: int) -> None:
    config = TrainingConfig(features=features, k=max(1, int(share * features)))
    encoder = first_parameters(config, width, torch.device("cpu"))["encoder"]
    threshold = first_threshold(config) * first_length(config, width)
    # Rows on a sphere of as many dimensions: the square of each coordinate is 1 on average.
    batch = torch.randn(4096, width, generator=torch.Generator().manual_seed(0))
    found = float((batch @ encoder.T > threshold).sum(1).float().mean())
    # Products of the same rows and activations depend on each other: few features vary more.
    assert abs(found - config.k) < 0.15 * config.k + 0.3


def test_more_than_half_of_the_features_cannot_be_active_at_first() -> None:
    config = TrainingConfig(features=64, k=64)
    assert first_threshold(config) == 0
    assert first_length(config, 64) == 1 / (1 + 0.5)
