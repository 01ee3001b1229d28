"""One training with SAELens or sparsify, as `dictionaries.py` starts it in the peers' environment (`.venv-peers`).

python dictionaries_peers.py SETTINGS.json

The file names a `peer`, a `precision`, a safetensors file of `activations` with tensors `train` and `held_out`, and
`features`, `k`, `batch`, `rate`, `steps`, `threads`. Prints seconds a step and the unexplained variance as JSON.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file


def main(path: Path) -> None:
    """Train, measure, and print."""
    asked = json.loads(path.read_text())
    torch.set_num_threads(asked["threads"])
    torch.manual_seed(0)
    tensors = load_file(asked["activations"])
    # On the scale that our own training uses, so that no peer is hurt by the scale of this model.
    mean = tensors["train"].float().mean(0)
    scale = (tensors["train"].float() - mean).square().mean().sqrt()
    train = (tensors["train"].float() - mean) / scale
    held_out = (tensors["held_out"].float() - mean) / scale
    makers: dict[str, Callable[..., tuple[Any, Any]]] = {"saelens": saelens, "sparsify": sparsify}
    step, reconstruct = makers[asked["peer"]](asked, train.shape[1])
    seconds: list[float] = []
    for batch in batches(train, asked["batch"], asked["steps"]):
        began = time.perf_counter()
        step(batch)
        seconds.append(time.perf_counter() - began)
    with torch.no_grad():
        wrong = sum(float((reconstruct(rows) - rows).square().sum()) for rows in held_out.split(2048))
    variance = float((held_out - held_out.mean(0)).square().sum())
    found = {
        "seconds": statistics.median(seconds[len(seconds) // 5 :]),
        "unexplained_variance": wrong / variance,
    }
    print(json.dumps(found))


def batches(rows: torch.Tensor, size: int, count: int) -> Iterator[torch.Tensor]:
    """In order, over and over."""
    whole = len(rows) // size
    for number in range(count):
        yield rows[(number % whole) * size : (number % whole + 1) * size]


def saelens(
    asked: dict[str, Any], width: int
) -> tuple[Callable[[torch.Tensor], object], Callable[..., torch.Tensor]]:
    """A step of its own trainer on its TopK architecture."""
    from sae_lens.config import LoggingConfig, SAETrainerConfig
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
    from sae_lens.training.sae_trainer import SAETrainer

    sae = TopKTrainingSAE(
        TopKTrainingSAEConfig(d_in=width, d_sae=asked["features"], k=asked["k"], device="cpu")
    )
    config = SAETrainerConfig(
        total_training_samples=asked["batch"] * asked["steps"],
        train_batch_size_samples=asked["batch"],
        lr=asked["rate"],
        lr_end=asked["rate"] / 10,
        lr_decay_steps=asked["steps"] // 5,
        autocast=asked["precision"] == "bfloat16",
        logger=LoggingConfig(log_to_wandb=False),
    )
    trainer = SAETrainer(cfg=config, sae=sae, data_provider=iter(()))

    def step(batch: torch.Tensor) -> None:
        trainer.step(batch)
        trainer.n_training_steps += 1

    return step, lambda rows: sae.decode(sae.encode(rows))


def sparsify(
    asked: dict[str, Any], width: int
) -> tuple[Callable[[torch.Tensor], object], Callable[..., torch.Tensor]]:
    """What its trainer does for one batch of one dictionary, with Adam."""
    from sparsify.config import SparseCoderConfig
    from sparsify.sparse_coder import SparseCoder

    coder = SparseCoder(width, SparseCoderConfig(num_latents=asked["features"], k=asked["k"]))
    adam = torch.optim.Adam(coder.parameters(), lr=asked["rate"])
    falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.1, total_iters=asked["steps"])

    def step(batch: torch.Tensor) -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=asked["precision"] == "bfloat16"):
            loss = coder(batch).fvu
        loss.backward()
        coder.remove_gradient_parallel_to_decoder_directions()
        adam.step()
        falling.step()
        adam.zero_grad()
        coder.set_decoder_norm_to_unit_norm()

    return step, lambda rows: coder(rows).sae_out


if __name__ == "__main__":
    main(Path(sys.argv[1]))
