"""What the models of `model.py` predict for questions that they have not seen, as the page plots it.

Made again with `python -m clearspan.overview.answering.answerability.curves DATA`, where DATA is that of `train.py`.
"""

import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clearspan.overview.answering.answerability.model import FAULTS, Fault

SHIPPED = "held_out.npz"

HeldOut = Mapping[Fault, tuple[NDArray[np.float32], NDArray[np.bool_]]]


def shipped() -> HeldOut:
    """For each fault the held-out probability of each question of its data set, and whether it has the fault."""
    with files(__package__ or "").joinpath(SHIPPED).open("rb") as stream:
        arrays = cast("Mapping[str, NDArray[np.generic]]", np.load(stream, allow_pickle=False))
        return {
            fault: (
                arrays[f"{fault}.probability"].astype(np.float32),
                arrays[f"{fault}.faulty"].astype(np.bool_),
            )
            for fault in FAULTS
        }


def main(data: Path) -> None:
    """Predict every question of both data sets from models that have not seen its subject."""
    from clearspan.overview.answering.answerability.train import embedder, held_out, read

    embed = embedder().embed
    arrays: dict[str, NDArray[np.generic]] = {}
    for fault in FAULTS:
        questions = read(fault, data)
        probability = held_out(questions, embed(questions.texts), with_vectors=True)
        arrays[f"{fault}.probability"] = probability[questions.own].astype(np.float16)
        arrays[f"{fault}.faulty"] = questions.faulty[questions.own]
    np.savez_compressed(Path(__file__).with_name(SHIPPED), allow_pickle=False, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
