"""Vectors of texts seen lately: the same sentences of a library come up again with every question about them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


class Recall:
    """The vectors of the last texts, at most `capacity` of them; safe to share between threads.

    Args:
        embed: makes the vectors of texts that are not known, shape `(len(texts), dimension)`.
        capacity: texts that are kept; one of 384 dimensions takes about 2 kB.
    """

    def __init__(self, embed: Embed, capacity: int = 16_384) -> None:
        self._embed = embed
        self._capacity = capacity
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of `texts`, one row a text; only those that are not known are computed."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._embed(new), strict=True))
            with self._lock:
                self._known.update((text, found[text]) for text in new)
                while len(self._known) > self._capacity:
                    self._known.popitem(last=False)
        return np.stack([found[text] for text in texts]) if texts else self._embed([])
