"""What a training begins with: rows like the activations, unlike each other, and as long as they should be."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from clearspan.features.training.beginning import begun, rows_wanted
from clearspan.features.training.config import TrainingConfig


def uneven(count: int, width: int, seed: int = 0) -> torch.Tensor:
    """Normalised rows, most of whose variance lies in few directions, as a residual stream's does."""
    generator = torch.Generator().manual_seed(seed)
    scales = torch.linspace(1, width, width).reciprocal()
    turn = torch.linalg.qr(torch.randn(width, width, generator=torch.Generator().manual_seed(99)))[0]
    return (
        torch.randn(count, width, generator=generator) * scales * (width / scales.square().sum()).sqrt()
    ) @ turn


@settings(max_examples=30, deadline=None)
@given(st.sampled_from((16, 64, 200)), st.integers(16, 1500), st.floats(0.005, 0.3), st.integers(0, 99))
def test_the_length_is_the_middle_of_the_best_and_of_one(
    width: int, features: int, share: float, seed: int
) -> None:
    config = TrainingConfig(features=features, k=max(1, int(share * features)), seed=seed)
    rows = uneven(4000, width, seed)
    begins = begun(config, rows)
    encoder, decoder = begins.parameters["encoder"], begins.parameters["decoder"]
    torch.testing.assert_close(decoder.norm(dim=1), torch.ones(features))
    lengths = encoder.norm(dim=1)
    length = float(lengths[0])
    torch.testing.assert_close(encoder, length * decoder)
    batch = rows[-2048:]
    before = batch @ encoder.T
    made = before.where(before >= begins.threshold, 0.0) @ decoder
    # Least squares: the factor that would bring it nearest. The best length is that times this one.
    best = length * float((batch * made).sum() / made.square().sum())
    assert abs(length - best**0.5) < 0.02 * length


@settings(max_examples=30, deadline=None)
@given(st.sampled_from((16, 64, 200)), st.integers(16, 1500), st.floats(0.005, 0.45), st.integers(0, 99))
def test_as_many_are_active_as_are_wanted(width: int, features: int, share: float, seed: int) -> None:
    config = TrainingConfig(features=features, k=max(1, int(share * features)), seed=seed)
    begins = begun(config, uneven(4000, width, seed))
    fresh = uneven(4000, width, seed + 1000)
    found = float((fresh @ begins.parameters["encoder"].T >= begins.threshold).sum(1).float().mean())
    # The threshold is a bfloat16 number, and other activations vary.
    assert abs(found - config.k) < 0.1 * config.k + 0.1


def test_rows_are_like_the_activations_and_unlike_each_other() -> None:
    rows = uneven(3000, 64) + 2.0
    decoder = begun(TrainingConfig(features=500, k=8), rows).parameters["decoder"]
    about = functional.normalize(rows[:500] - rows.mean(0), dim=1)
    assert float((decoder * about).sum(1).mean()) > 0.3
    others = (decoder @ decoder.T)[~torch.eye(500, dtype=torch.bool)]
    as_they_are = (about @ about.T)[~torch.eye(500, dtype=torch.bool)]
    random = functional.normalize(torch.randn(500, 64), dim=1)
    at_random = (random @ random.T)[~torch.eye(500, dtype=torch.bool)]
    # In width 64 the shrinkage leaves some of the alikeness; as they are, they share all of it.
    assert float(others.square().mean()) < 2 * float(at_random.square().mean())
    assert float(as_they_are.square().mean()) > 5 * float(at_random.square().mean())


def test_few_activations_serve_many_features_that_differ() -> None:
    rows = uneven(1, 32).repeat(20, 1) + 0.01 * uneven(20, 32, 1)
    decoder = begun(TrainingConfig(features=300, k=3), rows).parameters["decoder"]
    assert float((decoder @ decoder.T).fill_diagonal_(0).max()) < 0.95
    assert not torch.equal(
        decoder, begun(TrainingConfig(features=300, k=3, seed=1), rows).parameters["decoder"]
    )


def test_what_never_varies_gets_no_more_than_chance() -> None:
    rows = uneven(3000, 48)
    rows[:, 40:] = 1e-4 * torch.randn(3000, 8)
    begins = begun(TrainingConfig(features=400, k=6), rows)
    share = begins.parameters["decoder"][:, 40:].square().sum(1).mean()
    # Half of a row's square is random, and an 1/6 of that lies in these coordinates.
    assert float(share) < 1.2 * 8 / 48 / 2
    assert all(bool(one.isfinite().all()) for one in begins.parameters.values())


def test_as_many_activations_are_asked_for_as_it_has_use_for() -> None:
    assert rows_wanted(TrainingConfig(features=8192), 576) == 8192 + 2048
    assert rows_wanted(TrainingConfig(features=100), 4096) == 4 * 4096 + 2048
    assert rows_wanted(TrainingConfig(features=1 << 20), 576) == 65_536 + 2048
