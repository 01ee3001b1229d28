"""vLLM's CPU build on the default model in float32, and the plain path on the same weights as its yardstick.

These tests run in the environment that `make test-vllm` makes, and are skipped elsewhere.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from clearspan.models.backends.base import Work
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.gauge import ModelGauge, write_gauge
from clearspan.models.inside.limits.measured import FILE, MeasuredDose, fingerprint, keep_measured
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel, load_weights
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

CONTEXT = 512
MODEL = "smollm2-135m"
COUNT = 12
LAKE = "The lake behind the mill freezes in December, and"
SHIP = "A ship that carries salt must keep its hold dry, because"
LONG = " ".join(f"Line {n} of the ledger names a ship, its cargo and its port." for n in range(24))


def direction(site: str, seed: int, size: float, **more: Any) -> Direction:
    vector = torch.randn(576, generator=torch.Generator().manual_seed(seed))
    vector = vector / vector.norm() * size
    if not more:
        return Direction.of(f"d{seed}", MODEL, site, vector)
    return Direction(f"d{seed}", MODEL, Site.parse(site), vector / size**2, vector, **more)


def residual(seed: int, layer: int = 15) -> Direction:
    return direction(f"layers.{layer}.residual", seed, 30.0)


DIALS: dict[str, tuple[Dial, ...]] = {
    "none": (),
    "clamped residual": (residual(1).clamp(2.0),),
    "raised residual": (residual(2, 3).add(1.5),),
    "ablated residual": (residual(3, 20).ablate(),),
    "the last layer": (residual(4, 29).add(1.0),),
    "feed-forward": (direction("layers.10.mlp", 5, 4.0).clamp(3.0),),
    "attention": (direction("layers.12.attention", 6, 4.0).add(3.0),),
    "embedding": (direction("embedding", 7, 1.0).add(0.5),),
    "a feature that is off": (direction("layers.15.residual", 8, 9.0, bias=-0.2, threshold=5.0).ablate(),),
    "a feature that is on": (
        direction("layers.15.residual", 9, 9.0, bias=0.5, threshold=0.1, maximum=2.0).clamp(1.5),
    ),
    "two at one site and one elsewhere": (
        residual(10).add(0.7),
        residual(11).clamp(1.2),
        direction("layers.16.mlp", 12, 3.0).add(1.0),
    ),
}


class Yardstick:
    """Greedy continuations and their log-probabilities on the plain path."""

    def __init__(self, loaded: LoadedModel, folder: Path) -> None:
        self.folder = folder
        self.loaded = loaded
        self.tokenizer = loaded.tokenizer
        self.backend = PlainBackend(loaded, MODEL)

    def continued(
        self, prompt: Sequence[int], dials: Sequence[Dial], count: int
    ) -> tuple[list[int], torch.Tensor, torch.Tensor]:
        """Tokens; their log-probabilities; log-probabilities of the prompt's tokens but the first."""
        slot = self.backend.open(dials)
        (logits,) = self.backend.forward([Work(slot, prompt, "all")])
        assert logits is not None
        told = logits.log_softmax(-1)
        before = told[:-1].gather(1, torch.tensor(prompt[1:])[:, None])[:, 0]
        tokens: list[int] = []
        chosen: list[float] = []
        last = told[-1]
        for _ in range(count):
            tokens.append(int(last.argmax()))
            chosen.append(float(last.max()))
            (after,) = self.backend.forward([Work(slot, tokens[-1:])])
            assert after is not None
            last = after.log_softmax(-1)
        self.backend.close(slot)
        return tokens, torch.tensor(chosen), before


@pytest.fixture(scope="session")
def yardstick(weights: Path, converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    settings = Settings(home=tmp_path_factory.mktemp("vllm-home"), weights=weights)
    loaded = load_weights(resolve(MODEL, settings), settings, torch.float32)
    return Yardstick(loaded, converted)


@pytest.fixture(scope="session")
def environment() -> Iterator[dict[str, str]]:
    """A small cache, one process, and no network."""
    wanted = {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_LOGGING_LEVEL": "WARNING",
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    yield wanted
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def gauged(yardstick: Yardstick, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a server is told of its model, and a home folder in which every one of `DIALS` was measured."""
    home = tmp_path_factory.mktemp("vllm-limits")
    backend, loaded = yardstick.backend, yardstick.loaded
    gauge = ModelGauge(loaded, backend.anatomy, backend.context_length)
    sites = [shape.site for shape in backend.anatomy.sites()]
    weights = fingerprint(loaded)
    write_gauge(home / "gauge", MODEL, {site: gauge.at(site) for site in sites}, weights)
    made = [MeasuredDose(name, MODEL, weights, dials, ("fluency",)) for name, dials in DIALS.items() if dials]
    keep_measured(made, home / FILE)
    return {"CLEARSPAN_HOME": str(home), "CLEARSPAN_DIAL_GAUGE": str(home / "gauge")}


@pytest.fixture(autouse=True)
def _held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process dials go as far as a test wants; a server in its own holds them to what was measured."""
    pytest.importorskip("vllm", reason="vLLM is not installed here; 'make test-vllm' runs these")
    request.getfixturevalue("unlimited")
    for name, value in request.getfixturevalue("gauged").items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def engine(yardstick: Yardstick, environment: dict[str, str]) -> Any:
    """The engine, which finds the plugin by its entry point as a server does."""
    vllm = pytest.importorskip("vllm", reason="vLLM is not installed here; 'make test-vllm' runs these")
    return vllm.LLM(
        model=str(yardstick.folder),
        dtype="float32",
        enforce_eager=True,
        max_model_len=CONTEXT,
        max_num_seqs=16,
        max_num_batched_tokens=CONTEXT,
        hf_overrides={"architectures": ["LlamaForCausalLM"]},
    )
