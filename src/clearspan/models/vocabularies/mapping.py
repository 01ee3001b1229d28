"""A vocabulary on a plane: its two principal axes, the tokens on them, and the words of our lists among these."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clearspan.models.vocabularies.neighbourhoods import LISTS, categories
from clearspan.models.vocabularies.rows import Floats, unit
from clearspan.models.vocabularies.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of a list, and where it lies.

    Attributes:
        name: of the list.
        pieces: into how many tokens it falls; the mean of their vectors is what is placed.
    """

    word: str
    name: str
    x: float
    y: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Map:
    """The plane.

    Attributes:
        explained: share of the variance of all tokens' directions along each of the two axes.
        tokens: where each token lies, shape `(tokens, 2)`.
        words: where the words of the lists lie.
    """

    explained: tuple[float, float]
    tokens: Floats
    words: tuple[Placed, ...]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Map":
        """Find the axes of a vocabulary, from all its tokens, and place tokens and words on them."""
        mean, axes, shares = vocabulary.embeddings.principal(2)

        def place(vectors: Floats) -> Floats:
            return ((unit(vectors) - mean) @ axes.T).astype(np.float32)

        tokens = np.concatenate([place(block) for _, block in vocabulary.embeddings.blocks()])
        lists = categories()
        vectors, pieces = vocabulary.vectors(tuple(lists))
        placed = zip(lists.items(), place(vectors), pieces, strict=True)
        words = tuple(
            Placed(word, name, float(at[0]), float(at[1]), count) for (word, name), at, count in placed
        )
        return cls((float(shares[0]), float(shares[1])), tokens, words)

    def middles(self) -> Mapping[str, tuple[float, float]]:
        """The middle of each list's words."""
        of = {name: [(word.x, word.y) for word in self.words if word.name == name] for name in LISTS}
        return {name: (float(np.mean(at, 0)[0]), float(np.mean(at, 0)[1])) for name, at in of.items()}
