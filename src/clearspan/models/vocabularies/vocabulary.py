"""A model's vocabulary: what its tokens say, how words fall into them, and which lie near each other."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clearspan.errors import BadInput
from clearspan.models.text.characters import require_whole_characters
from clearspan.models.vocabularies.folder import read_folder
from clearspan.models.vocabularies.gguf_file import read_gguf
from clearspan.models.vocabularies.rows import Floats, Rows, TokenEmbeddings
from clearspan.models.vocabularies.splitting import Splitter
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings


@dataclass(frozen=True, slots=True)
class TokenNeighbour:
    """A token near another.

    Attributes:
        cosine: of the angle between their vectors, 1 for the same direction.
    """

    number: int
    text: str
    cosine: float


class Vocabulary:
    """Tokens and the vectors that they enter a model with; nothing of the model itself is loaded.

    Attributes:
        reference: the model reference.
        texts: what each token says.
        ordinary: whether it is text, and not a mark or a placeholder; shape `(tokens,)`.
        embeddings: the vectors.
    """

    def __init__(
        self, reference: str, texts: list[str], ordinary: Sequence[bool], rows: Rows, splitter: Splitter
    ) -> None:
        self.reference = reference
        self.texts = texts
        # A matrix may have rows beyond the last token, for the sake of round numbers.
        self.ordinary = np.zeros(rows.count, np.bool_)
        self.ordinary[: len(ordinary)] = list(ordinary)[: rows.count]
        self.embeddings = TokenEmbeddings(rows)
        self._splitter = splitter

    @classmethod
    def load(cls, reference: str, settings: Settings) -> "Vocabulary":
        """Of a model reference; the weights are fetched if they are not here yet.

        Raises:
            ClearspanError: as `sources.resolve`, or the files show no vocabulary.
        """
        files = resolve(reference, settings)
        found = read_gguf(files.gguf) if files.gguf is not None else read_folder(files.folder)
        return cls(reference, found.texts, found.ordinary, found.rows, found.splitter)

    def __len__(self) -> int:
        return self.embeddings.count

    def split(self, word: str) -> list[int]:
        """The tokens of a word as it stands in a text, after a space."""
        return self._splitter.split(f" {require_whole_characters(word)}")

    def number(self, text: str) -> int:
        """The token that says exactly this, or else this after a space.

        Raises:
            BadInput: there is none; says into which pieces it falls.
        """
        require_whole_characters(text)
        for said in (text, f" {text}") if text else ():
            if said in self._numbers:
                return self._numbers[said]
        pieces = (
            " + ".join(repr(self.texts[number]) for number in self._splitter.split(text))
            if text
            else "nothing"
        )
        raise BadInput(
            f"{text!r:.80} is no token of {self.reference}.",
            why=f"It falls into {pieces:.200}.",
            do="Give one token; a space in front makes a difference.",
        )

    def neighbours(self, number: int, count: int) -> list[TokenNeighbour]:
        """The ordinary tokens nearest to one, nearest first, without itself."""
        vector = self.embeddings.vectors(np.array([number]))
        ids, cosines = self.embeddings.nearest(vector, count + 1, self.ordinary)
        found = zip(map(int, ids[0]), map(float, cosines[0]), strict=True)
        return [TokenNeighbour(near, self.texts[near], cosine) for near, cosine in found if near != number][
            :count
        ]

    def vectors(self, words: Sequence[str]) -> tuple[Floats, list[int]]:
        """A vector for each word: that of its token, or the mean of its pieces'.

        Returns:
            Shape `(words, width)`, and into how many pieces each word falls.
        """
        split = [self.split(word) for word in words]
        flat = self.embeddings.vectors(np.array([number for pieces in split for number in pieces]))
        ends = itertools.accumulate((len(pieces) for pieces in split), initial=0)
        means = [flat[start:end].mean(0) for start, end in itertools.pairwise(ends)]
        return np.stack(means), [len(pieces) for pieces in split]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        # Of tokens that say the same, such as a byte and a letter, the ordinary one is meant.
        order = sorted(range(len(self.texts)), key=lambda number: bool(self.ordinary[number]))
        return {self.texts[number]: number for number in order}
