"""The reader's network at work on one window, and what it says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.windows import Body, Window

VOCABULARY = "tokenizer.json"
"""The file of the words that every reader reads."""

_LONGEST_ANSWER = 24
"""Tokens of a short answer."""

_NOTHING = -20.0
"""Logit of a sentence of which no token was read."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SaidOfWindow:
    """What a network says of a window.

    Attributes:
        tokens: logits of each token, shape `(tokens, 5)`, as `graph` writes them.
        whole: of the window, shape `(2 + kinds,)`: that it answers, that it says yes, and of each kind of question.
    """

    tokens: Array
    whole: Array

    @property
    def answers(self) -> float:
        """Logit that the window holds an answer."""
        return float(self.whole[0])

    @property
    def yes(self) -> float:
        """Logit that the answer is yes, given that it is yes or no."""
        return float(self.whole[1])

    def evidence(self, window: Window) -> list[float]:
        """Logit of each sentence of the window that it is evidence; as `network.Heads` has it."""
        attention, mean, weighted = self.tokens[:, 0], self.tokens[:, 1], self.tokens[:, 2]
        found: list[float] = []
        for start, end in window.spans:
            if end <= start:
                found.append(_NOTHING)
                continue
            own = np.exp(attention[start:end] - attention[start:end].max())
            found.append(float(mean[start:end].mean() + (own / own.sum()) @ weighted[start:end]))
        return found

    def short(self, span: tuple[int, int]) -> tuple[int, int, float] | None:
        """First and last token of the short answer in a sentence, and its probability; None for one without tokens."""
        start, end = span
        if end <= start:
            return None
        both = np.triu(np.outer(softmax(self.tokens[start:end, 3]), softmax(self.tokens[start:end, 4])))
        both = np.tril(both, _LONGEST_ANSWER - 1)
        first, last = np.unravel_index(int(both.argmax()), both.shape)
        return start + int(first), start + int(last), float(both[first, last])


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """A window of a passage as it was read.

    Attributes:
        quick: what the small network says of it.
        close: what the large one says; None where it did not read it.
    """

    window: Window
    body: Body
    quick: SaidOfWindow
    close: SaidOfWindow | None = None

    @property
    def best(self) -> SaidOfWindow:
        """What the largest network says that read it."""
        return self.close or self.quick

    @property
    def tokens(self) -> Iterator[tuple[int, ...]]:
        """The tokens of each sentence."""
        return (self.window.ids[start:end] for start, end in self.window.spans)


class Session:
    """A network that reads windows; safe to share between threads.

    Args:
        graph: the ONNX file that `graph` writes, as bytes or where it lies.

    Raises:
        BadInput: the graph cannot be read.
    """

    def __init__(self, graph: bytes | Path) -> None:
        import onnxruntime as runtime  # pyright: ignore[reportMissingTypeStubs]

        options: Any = cast("Any", runtime).SessionOptions()
        # Windows are read side by side, each by one thread: threads within a product would wait for each other.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        content = graph if isinstance(graph, bytes) else str(graph)
        if isinstance(graph, Path):
            # Its weights are mapped; packed, they would be a second copy, for an eighth less time.
            options.add_session_config_entry("session.disable_prepacking", "1")
        # Windows of every length would keep what the longest of them needed.
        options.enable_cpu_mem_arena = False
        try:
            self._session: Any = cast("Any", runtime).InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise BadInput(
                "The reader's weights cannot be read.",
                why=f"{type(error).__name__}: {error}",
                do="Install Clearspan again; they are part of the package, or are made from what is.",
            ) from error
        # A question of several hops reads its first passages again beside those that it finds later.
        self._known = lru_cache(maxsize=512)(self._run)

    def read(self, window: Window) -> SaidOfWindow:
        """What it says of a window."""
        return self._known(window.ids, window.second)

    def _run(self, ids: tuple[int, ...], second: int) -> SaidOfWindow:
        tokens = np.array([ids], np.int64)
        types = np.zeros_like(tokens)
        types[:, second:] = 1
        said, whole = self._session.run(None, {"ids": tokens, "types": types})
        return SaidOfWindow(said[0], whole[0])


def softmax(values: Array) -> Array:
    """Shares that sum to one."""
    raised = np.exp(values - values.max())
    return raised / raised.sum()
