"""How a word falls into tokens, by the rules that GGUF files describe."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Splitter(Protocol):
    """Splits text as the model's tokenizer does."""

    def split(self, text: str) -> list[int]:
        """Numbers of the tokens, without special ones."""
        ...


class ByScore:
    """SentencePiece's byte-pair encoding: of all neighbours that join into a token, those of the best score join.

    Characters that are no token fall into their UTF-8 bytes.

    Args:
        numbers: of tokens, by their text as the file has it, with ▁ for a space.
        scores: of tokens, by their number.
    """

    def __init__(self, numbers: Mapping[str, int], scores: Sequence[float]) -> None:
        self._numbers = numbers
        self._scores = scores

    def split(self, text: str) -> list[int]:
        """See `Splitter.split`."""
        pieces: list[str] = list(text.replace(" ", "▁"))
        following = list(range(1, len(pieces) + 1))
        before = list(range(-1, len(pieces) - 1))
        waiting: list[tuple[float, int, str]] = []

        def consider(left: int) -> None:
            right = following[left]
            if left >= 0 and right < len(pieces):
                joined = pieces[left] + pieces[right]
                number = self._numbers.get(joined)
                if number is not None:
                    heapq.heappush(waiting, (-self._scores[number], left, joined))

        for place in range(len(pieces) - 1):
            consider(place)
        while waiting:
            _, left, joined = heapq.heappop(waiting)
            right = following[left]
            # One of the two may have joined another by now.
            if not pieces[left] or right >= len(pieces) or pieces[left] + pieces[right] != joined:
                continue
            pieces[left], pieces[right] = joined, ""
            following[left] = following[right]
            if following[left] < len(pieces):
                before[following[left]] = left
            consider(left)
            if before[left] >= 0:
                consider(before[left])
        return [number for piece in pieces if piece for number in self._numbers_of(piece)]

    def _numbers_of(self, piece: str) -> list[int]:
        number = self._numbers.get(piece)
        if number is not None:
            return [number]
        return [self._numbers[f"<0x{byte:02X}>"] for byte in piece.encode()]


class ByMerges:
    """Byte-level byte-pair encoding, as GPT-2 introduced it; done by the tokenizers library.

    Args:
        numbers: of tokens, by their text as the file has it, bytes written as letters.
        merges: pairs that join, best first, each written with a space between.
    """

    def __init__(self, numbers: Mapping[str, int], merges: Sequence[str]) -> None:
        import tokenizers

        library: Any = tokenizers
        pairs = [tuple(merge.split(" ", 1)) for merge in merges]
        self._tokenizer = library.Tokenizer(library.models.BPE(vocab=dict(numbers), merges=pairs))
        self._tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)

    def split(self, text: str) -> list[int]:
        """See `Splitter.split`."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


class ByTokenizer:
    """What a tokenizer of transformers does.

    Args:
        tokenizer: its values are not typed.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def split(self, text: str) -> list[int]:
        """See `Splitter.split`."""
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
