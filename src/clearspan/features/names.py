"""Names of dictionaries and features: a closed grammar that round-trips.

smollm2-135m/layers.15.residual/8k          a dictionary: model reference, site, size
smollm2-135m/layers.15.residual/8k#1234     one of its features
"""

import re
from dataclasses import dataclass

from clearspan.errors import BadInput, NotFound
from clearspan.models.inside.sites import Site

_SIZE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class DictionaryName:
    """What a dictionary is called.

    Attributes:
        model: reference of the model whose activations it was trained on; may hold slashes.
        site: where they were read.
        size: tells dictionaries of one site apart: `8k`, `16k-wiki`.
    """

    model: str
    site: Site
    size: str

    @classmethod
    def parse(cls, name: str) -> "DictionaryName":
        """Read a name.

        Raises:
            BadInput: it is not written in the grammar above.
        """
        model, _, rest = name.rpartition("/")
        model, _, site = model.rpartition("/")
        if not model or not _SIZE.fullmatch(rest):
            raise BadInput(
                f"'{name:.100}' is not the name of a dictionary.",
                why="A name is MODEL/SITE/SIZE.",
                do="Write it as 'smollm2-135m/layers.15.residual/8k'.",
            )
        return cls(model, Site.parse(site), rest)

    def __str__(self) -> str:
        return f"{self.model}/{self.site}/{self.size}"


@dataclass(frozen=True, slots=True)
class FeatureName:
    """What a feature is called: its dictionary and its number there."""

    dictionary: DictionaryName
    index: int

    @classmethod
    def parse(cls, name: str) -> "FeatureName":
        """Read a name.

        Raises:
            BadInput: it is not written in the grammar above.
        """
        dictionary, sign, index = name.rpartition("#")
        if not sign or not index.isascii() or not index.isdigit() or len(index) > 9:
            raise BadInput(
                f"'{name:.100}' is not the name of a feature.",
                why="A feature is DICTIONARY#NUMBER.",
                do="Write it as 'smollm2-135m/layers.15.residual/8k#1234'.",
            )
        return cls(DictionaryName.parse(dictionary), int(index))

    def require(self, size: int) -> None:
        """Raise unless a dictionary of so many features has this one.

        Raises:
            NotFound: it has not.
        """
        if self.index >= size:
            raise NotFound(
                f"There is no feature {self}.",
                why=f"The dictionary has {size:,}, numbered from 0.",
                do=f"Name one from 0 to {size - 1}.",
            )

    def __str__(self) -> str:
        return f"{self.dictionary}#{self.index}"


def size_label(features: int) -> str:
    """The size as names write it: 8192 → `8k`, 100 → `100`."""
    return f"{features // 1024}k" if features and features % 1024 == 0 else str(features)
