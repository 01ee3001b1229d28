"""A pass in a process of its own, to be killed: python pass_process.py FOLDER RESULT."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from reading_model import ReadingModel, dictionary, texts

from clearspan.features.evidence.gather import EvidencePass


def main(folder: Path, result: Path) -> None:
    """Read, telling how far it is, and keep what was gathered."""
    whole = EvidencePass(dictionary(), ReadingModel(), folder, 1_000_000, save_every=1500)
    progress = whole.run(texts(700), lambda tokens: print(tokens, flush=True))
    progress.forget_origins()
    progress.save(result)


main(Path(sys.argv[1]), Path(sys.argv[2]))
