"""SAELens' own way from text to a trained dictionary, as `dictionaries.py` starts it in the peers' environment.

python dictionaries_runner.py SETTINGS.json

The file names the `folder` of a model in transformers' format, its `layer`, a JSONL file of `texts`, a `precision`, and
`features`, `k`, `batch`, `context`, `tokens`, `threads`. Prints seconds of the run, loading left out, as JSON.
"""

import json
import sys
import time
from pathlib import Path

import torch
from datasets import Dataset
from sae_lens import LanguageModelSAERunnerConfig, LanguageModelSAETrainingRunner
from sae_lens.config import LoggingConfig
from sae_lens.saes.topk_sae import TopKTrainingSAEConfig


def main(path: Path) -> None:
    """Train as its documentation shows, and print how long it took."""
    asked = json.loads(path.read_text())
    torch.set_num_threads(asked["threads"])
    texts = Path(asked["texts"]).read_text("utf-8").splitlines()
    is_half = asked["precision"] == "bfloat16"
    config = LanguageModelSAERunnerConfig(
        sae=TopKTrainingSAEConfig(d_in=asked["width"], d_sae=asked["features"], k=asked["k"], device="cpu"),
        model_name=asked["folder"],
        model_class_name="AutoModelForCausalLM",
        hook_name=f"model.layers.{asked['layer']}",
        dataset_path="texts",
        streaming=False,
        is_dataset_tokenized=False,
        context_size=asked["context"],
        training_tokens=asked["tokens"],
        train_batch_size_tokens=asked["batch"],
        store_batch_size_prompts=16,
        n_batches_in_buffer=8,
        prepend_bos=False,
        lr=1e-3,
        device="cpu",
        autocast=is_half,
        autocast_lm=is_half,
        logger=LoggingConfig(log_to_wandb=False),
        n_checkpoints=0,
        checkpoint_path=None,
        output_path=None,
        verbose=False,
    )
    data = Dataset.from_list([{"text": json.loads(line)["text"]} for line in texts])
    runner = LanguageModelSAETrainingRunner(config, override_dataset=data)
    began = time.perf_counter()
    runner.run()
    print(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
