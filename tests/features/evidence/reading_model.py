"""A model that makes its activations up from the letters of a text, quickly and the same each time."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.evidence.mixing import Text
from clearspan.features.evidence.table import Origin
from clearspan.models.inside.reading import Activations
from clearspan.models.inside.sites import Site

WIDTH = 12
FEATURES = 40
SITE = Site.parse("layers.15.residual")


class ReadingModel:
    """Letters are tokens; the first of a text is a sink."""

    reference = "smollm2-135m"
    backend_name = "plain"

    def __init__(self, broken: str = "") -> None:
        self._broken = broken
        self.read: list[str] = []

    def stream_activations(self, texts: Iterable[str], sites: list[Site | str]) -> Iterator[Activations]:
        assert list(sites) == [SITE]
        for number, text in enumerate(texts):
            self.read.append(text)
            tokens = torch.tensor([ord(letter) % 251 for letter in text])
            places = torch.arange(len(text))
            rows = torch.sin(tokens[:, None] * torch.arange(1, WIDTH + 1) * 0.37 + places[:, None] * 0.11)
            if text == self._broken:
                rows[2, 3] = torch.nan
            yield Activations(
                tokens, torch.full((len(text),), number), places, {SITE: rows}, {SITE: places == 0}
            )


def dictionary(model: str = "smollm2-135m", width: int = WIDTH) -> JumpReluDictionary:
    """Random, with about a tenth of its features active at a time, and one that never is."""
    generator = torch.Generator().manual_seed(5)
    decoder = torch.randn(FEATURES, width, generator=generator)
    threshold = torch.full([FEATURES], 4.0)
    threshold[-1] = 1e6
    parameters = {
        "W_enc": decoder.T.contiguous(),
        "b_enc": torch.zeros(FEATURES),
        "threshold": threshold,
        "W_dec": decoder,
        "b_dec": torch.zeros(width),
    }
    return JumpReluDictionary(Card(name=f"{model}/{SITE}/40", architecture="jumprelu"), parameters)


def texts(count: int, seed: int = 0) -> list[Text]:
    """Documents of 5 to 60 letters; every third must not be quoted."""
    generator = np.random.default_rng(seed)
    return [
        Text(
            "".join(chr(97 + letter) for letter in generator.integers(0, 26, generator.integers(5, 60))),
            Origin(f"Document {number}", "a-model" if number % 2 else ""),
            number % 3 != 0,
        )
        for number in range(count)
    ]
