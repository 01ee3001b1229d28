"""Trains a small dictionary to its end, keeping every step; started and killed by `test_loop`, or by torchrun.

python trainer_process.py FOLDER WEIGHTS ARCHITECTURE
"""

import importlib.util
import sys
from pathlib import Path

import torch

from clearspan.features.formats.saelens import write_saelens
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.finish import finished
from clearspan.features.training.loop import Training
from clearspan.features.training.parallel import Processes
from clearspan.settings import Settings


def main(folder: Path, weights: Path, architecture: str) -> None:
    """Train, and write the dictionary into the folder."""
    spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    torch.set_num_threads(1)
    config = TrainingConfig.model_validate(
        {
            "architecture": architecture,
            "features": 96,
            "k": 4,
            "tokens": 20_000,
            "batch": 500,
            "dead_after": 4000,
        }
    )
    source = made_up.MadeUpSource(made_up.sparse_sums(8192), passes=8)
    processes = Processes.joined()
    training = Training(config, source, folder, Settings(weights=weights), processes=processes)
    training.run(checkpoint_seconds=0)
    if processes.rank == 0:
        write_saelens(finished(training), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
