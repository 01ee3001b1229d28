"""Whether what is brought in fits the model that it is said to belong to."""

from typing import Any

from clearspan.errors import BadInput
from clearspan.models.inside.sites import Site
from clearspan.models.weights.pretrained import read_config
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings


def require_fit(model: str, site: Site, width: int, settings: Settings) -> None:
    """Raise unless activations of so many numbers are at a site of a model.

    Raises:
        BadInput: the model has no such layer, or other widths.
        ClearspanError: the model is unknown, or cannot be had.
    """
    files = resolve(model, settings)
    config: Any = read_config(files.folder, files.gguf.name if files.gguf else None).get_text_config()
    site.require(int(config.num_hidden_layers))
    if width != int(config.hidden_size):
        raise BadInput(
            f"What is brought in does not belong to {model:.60}.",
            why=f"It reads {width:,} numbers at a position, and the model has {int(config.hidden_size):,}.",
            do="Name the model that it was made for.",
        )
