"""Gradients of the dense and the compiled pass against PyTorch's own, and of both against each other."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearspan.errors import Refused
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.native.library import NativeTrainer
from clearspan.features.training.native.sparse import SparseAdam, SparsePass
from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.dense import DensePass, Passed, Selection
from clearspan.features.training.steps.largest import DictionaryPass, LargestObjective
from clearspan.features.training.steps.optimiser import Adam
from clearspan.features.training.steps.step import Tensors
from clearspan.settings import Settings

NAMES = ("encoder", "encoder_bias", "decoder", "decoder_bias")


@pytest.fixture(scope="session")
def compiled(weights: Path) -> Settings:
    """Settings with which the compiled pass is there."""
    settings = Settings(weights=weights)
    try:
        NativeTrainer(settings, 16, 16)
    except Refused as error:
        pytest.skip(f"no C++ compiler: {error.why}")
    return settings


def random_parameters(features: int, width: int, seed: int = 0) -> Tensors:
    """Numbers that bfloat16 holds exactly, small enough that sums of products are exact too."""
    generator = torch.Generator().manual_seed(seed)

    def whole(*shape: int) -> torch.Tensor:
        return torch.randint(-3, 4, shape, generator=generator).float()

    return {
        "encoder": whole(features, width),
        "encoder_bias": whole(features),
        "decoder": whole(features, width),
        "decoder_bias": whole(width),
    }


def by_autograd(
    selection: Selection, parameters: Tensors, batch: torch.Tensor
) -> tuple[Tensors, torch.Tensor]:
    """The loss written plainly, in float64: gradients, and what is active."""
    leaves = {name: tensor.double().requires_grad_() for name, tensor in parameters.items()}
    before = batch.double() @ leaves["encoder"].T + leaves["encoder_bias"]
    if selection.pooled:
        limit = before.detach().flatten().sort(descending=True).values[selection.k * len(batch) - 1]
    else:
        limit = before.detach().sort(descending=True, dim=1).values[:, selection.k - 1 : selection.k]
    active = torch.where((before >= limit) & (before > 0), before, 0.0)
    loss = torch.zeros((), dtype=torch.float64)
    for prefix in selection.prefixes:
        made = active[:, :prefix] @ leaves["decoder"][:prefix] + leaves["decoder_bias"]
        loss = loss + (batch.double() - made).square().sum() / len(batch)
    loss.backward()
    return {
        name: leaf.grad.float() for name, leaf in leaves.items() if leaf.grad is not None
    }, active.detach()


def run(forward: DictionaryPass, parameters: Tensors, batch: torch.Tensor) -> tuple[Tensors, Passed]:
    """Gradients of one pass."""
    gradients = {name: torch.full_like(tensor, torch.nan) for name, tensor in parameters.items()}
    forward.updated(parameters)
    return gradients, forward.run(batch, len(batch), gradients)


def sparse_pass(
    settings: Settings, selection: Selection, parameters: Tensors, *, portable: bool = False
) -> SparsePass:
    features, width = parameters["encoder"].shape
    copies = {name: parameters[name].bfloat16() for name in ("encoder", "decoder")}
    trainer = NativeTrainer(settings, width, features, portable=portable)
    return SparsePass(trainer, selection, copies, Processes())


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_gradients_are_those_of_the_loss(compiled: Settings, data: st.DataObject) -> None:
    features, width = data.draw(st.integers(2, 150)), data.draw(st.integers(1, 70))
    rows, seed = data.draw(st.integers(1, 90)), data.draw(st.integers(0, 1000))
    k = data.draw(st.integers(1, min(features, 12)))
    inner = data.draw(st.sets(st.integers(1, features - 1), max_size=3))
    selection = Selection(k, data.draw(st.booleans()), (*sorted(inner), features))
    parameters = random_parameters(features, width, seed)
    batch = torch.randint(-2, 3, (rows, width), generator=torch.Generator().manual_seed(seed)).float()
    wanted, active = by_autograd(selection, parameters, batch)
    dense = DensePass(selection, torch.float32, Processes())
    sparse = sparse_pass(compiled, selection, parameters, portable=data.draw(st.booleans()))
    for forward, tolerance in ((dense, 1e-5), (sparse, 2e-2)):
        gradients, passed = run(forward, parameters, batch)
        assert torch.equal(passed.fired, (active > 0).sum(0))
        assert passed.lowest == (float(active[active > 0].min()) if (active > 0).any() else passed.lowest)
        for name in NAMES:
            size = float(wanted[name].abs().max()) + 1e-6
            torch.testing.assert_close(gradients[name], wanted[name], rtol=0, atol=tolerance * size)


@pytest.mark.parametrize("pooled", [True, False])
def test_the_choice_stays_exact_from_batch_to_batch(compiled: Settings, pooled: bool) -> None:
    # Later batches begin from a guess of the limit, which a sudden change makes wrong.
    parameters = random_parameters(200, 24)
    selection = Selection(5, pooled, (200,))
    sparse = sparse_pass(compiled, selection, parameters)
    dense = DensePass(selection, torch.float32, Processes())
    for seed, size in enumerate((1, 1, 16, 4, 1, 64, 1)):
        drawn = torch.randint(-2, 3, (64, 24), generator=torch.Generator().manual_seed(seed))
        batch = drawn.float() * size
        found, wanted = (run(one, parameters, batch)[1] for one in (sparse, dense))
        assert torch.equal(found.fired, wanted.fired)


def test_one_thread_and_two_give_the_same_bytes(compiled: Settings) -> None:
    parameters = random_parameters(300, 40)
    selection = Selection(7, True, (100, 300))
    batch = torch.randn(333, 40, generator=torch.Generator().manual_seed(3))
    before = torch.get_num_threads()
    found: list[Tensors] = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(run(sparse_pass(compiled, selection, parameters), parameters, batch)[0])
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(found[0][name], found[1][name]) for name in NAMES)


def test_the_compiled_update_is_adam(compiled: Settings) -> None:
    config = TrainingConfig(features=70, k=3)
    one, other = (random_parameters(70, 45) for _ in range(2))
    for parameters in (one, other):
        parameters["decoder"] = torch.nn.functional.normalize(parameters["decoder"] + 0.1, dim=1)
    copies = {name: one[name].bfloat16() for name in ("encoder", "decoder")}
    compiled_adam = SparseAdam(config, one, NativeTrainer(compiled, 45, 70), copies)
    plain = Adam(config, other)
    for step in range(5):
        generator = torch.Generator().manual_seed(step)
        gradients = {name: torch.randn(tensor.shape, generator=generator) for name, tensor in one.items()}
        compiled_adam.update(gradients, 1e-2, step)
        plain.update({name: tensor.clone() for name, tensor in gradients.items()}, 1e-2, step)
    for name in NAMES:
        torch.testing.assert_close(one[name], other[name], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(one["decoder"].norm(dim=1), torch.ones(70))
    assert torch.equal(copies["encoder"], one["encoder"].bfloat16())
    assert torch.equal(copies["decoder"], one["decoder"].bfloat16())


@pytest.mark.parametrize(("tokens", "rate", "pace"), [(10_000_000, 0.001, 1.0), (100_000, 0.004, 2.0)])
def test_the_fewer_the_steps_the_faster_decoder_rows_turn(tokens: int, rate: float, pace: float) -> None:
    parameters = {"encoder": torch.zeros(1, 2), "decoder": torch.tensor([[1.0, 0.0]])}
    config = TrainingConfig(features=1, k=1, tokens=tokens)
    assert config.highest_rate == rate
    # Adam's first step is as long as its rate, whatever the gradient; what lies along a row of norm 1 is left out.
    gradients = {"encoder": torch.tensor([[3.0, 0.0]]), "decoder": torch.tensor([[5.0, 7.0]])}
    Adam(config, parameters).update(gradients, rate, 0)
    torch.testing.assert_close(parameters["encoder"], torch.tensor([[-rate, 0.0]]))
    row = parameters["decoder"][0]
    torch.testing.assert_close(row[1] / row[0], torch.tensor(-rate * pace))


def test_the_dead_are_pulled_towards_what_is_left_over() -> None:
    config = TrainingConfig(features=40, k=2, revived=4, revival=1.0)
    parameters = random_parameters(40, 16)
    batch = torch.randn(50, 16, generator=torch.Generator().manual_seed(1)).bfloat16().float()
    selection = Selection(2, True, (40,))
    objective = LargestObjective(
        config, parameters, DensePass(selection, torch.float32, Processes()), Processes()
    )
    dead = torch.zeros(40, dtype=torch.bool)
    objective.step(batch, dead)
    without = {name: tensor.clone() for name, tensor in objective.gradients.items()}
    dead[[3, 8, 21, 22, 30, 39]] = True
    objective.step(batch, dead)
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in parameters.items()}
    with torch.no_grad():
        before = batch @ parameters["encoder"].T + parameters["encoder_bias"]
        limit = before.flatten().sort(descending=True).values[99]
        kept = torch.where((before >= limit) & (before > 0), before, 0)
        left = batch - kept @ parameters["decoder"] - parameters["decoder_bias"]
    sums = batch @ leaves["encoder"][dead].T + leaves["encoder_bias"][dead]
    top = sums.topk(4, dim=1)
    active = torch.zeros_like(sums).scatter(1, top.indices, top.values.relu())
    ((active @ leaves["decoder"][dead] - left).square().sum() / len(batch)).backward()
    for name in ("encoder", "encoder_bias", "decoder"):
        wanted, added = leaves[name].grad, objective.gradients[name] - without[name]
        assert wanted is not None
        size = float(wanted.abs().max())
        torch.testing.assert_close(added, wanted, rtol=0, atol=0.03 * size)
        assert torch.equal(added[~dead], torch.zeros_like(added[~dead]))
