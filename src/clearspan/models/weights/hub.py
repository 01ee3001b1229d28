"""Weights from a Hugging Face hub: safetensors, JSON and tokenizer files only; nothing that is pickled or run."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clearspan.errors import ClearspanError, FetchError, NotFound, Refused
from clearspan.models.weights.cache import disk_full, sha256_of
from clearspan.models.weights.progress import Fetched, Progress, watch_folder

_WANTED = ("*.safetensors", "*.json", "*.txt", "*.jinja", "tokenizer.model", "spiece.model", "vocab.bpe")


def fetch_from_hub(
    reference: str, repository: str, revision: str, folder: Path, progress: Progress | None
) -> Mapping[str, str]:
    """Fill `folder` with a repository's files at one commit and return the facts about them.

    The hub is the one that HF_ENDPOINT names. Where the hub states a file's SHA-256, it is checked.

    Raises:
        NotFound: no such repository or revision, or it is closed to this user.
        Refused: the repository holds no safetensors.
        FetchError: the hub was not reached, or a file arrived damaged.
    """
    import huggingface_hub
    from huggingface_hub.hf_api import ModelInfo

    endpoint = os.environ.get("HF_ENDPOINT")
    try:
        info: ModelInfo = huggingface_hub.HfApi(endpoint=endpoint).model_info(
            repository, revision=revision, files_metadata=True
        )
        siblings = info.siblings or []
        names = [sibling.rfilename for sibling in siblings]
        if not any(name.endswith(".safetensors") for name in names):
            raise Refused(
                f"{reference} has no safetensors weights.",
                why="Other weight files are pickles, which can run code when they are opened.",
                do="Choose a repository with safetensors, or convert it and use dir:PATH.",
            )
        wanted = {s.rfilename: s for s in siblings if _is_wanted(s.rfilename)}
        total = sum(sibling.size or 0 for sibling in wanted.values())
        with watch_folder(folder, reference, total, progress):
            huggingface_hub.snapshot_download(  # pyright: ignore[reportUnknownMemberType]
                repository,
                revision=info.sha,
                local_dir=folder,
                allow_patterns=list(wanted),
                endpoint=endpoint,
            )
    except ClearspanError:
        raise
    except Exception as error:
        raise _explain(reference, error, folder) from error
    # The client's own notes on the download, of no use once it is whole.
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    if progress is not None:
        progress(Fetched(reference, "checking", total, total))
    for name, sibling in wanted.items():
        _require_hash(reference, folder / name, sibling.lfs)
    card: Any = info.card_data
    licence = str(card.get("license") or "not stated") if card is not None else "not stated"
    source = f"{repository}@{info.sha}"
    return {"reference": reference, "source": source, "licence": licence, "format": "transformers"}


def _is_wanted(name: str) -> bool:
    # Folders hold other formats of the same weights (onnx/, openvino/); pooling modules are `1_Pooling/`.
    path = Path(name)
    top = len(path.parts) == 1
    return any(path.match(pattern) for pattern in _WANTED) and (top or path.name == "config.json")


def _require_hash(reference: str, path: Path, lfs: Any) -> None:
    expected = getattr(lfs, "sha256", None)
    if expected is not None and sha256_of(path) != expected:
        raise FetchError(
            f"{path.name} of {reference} arrived damaged; nothing of it was kept.",
            why="Its SHA-256 is not the one that the hub states.",
            do="Try again.",
        )


def _explain(reference: str, error: Exception, folder: Path) -> ClearspanError:
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, GatedRepoError):
        return NotFound(
            f"{reference} is closed: its owner asks people to accept terms first.",
            do="Accept them on the model's page, then log in with 'hf auth login'.",
        )
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError | HFValidationError):
        return NotFound(
            f"{reference} does not exist on the hub, or you may not see it.",
            do="Check the spelling: hub:organisation/name, or hub:organisation/name@revision.",
        )
    if isinstance(error, OSError) and error.errno == 28:
        return disk_full(folder)
    said = next(iter(str(error).strip().splitlines()), "no reason given")
    return FetchError(
        f"{reference} could not be fetched.",
        why=f"{type(error).__name__}: {said}",
        do="Check the network and HF_ENDPOINT, then try again; files already on this machine: dir:PATH.",
    )
