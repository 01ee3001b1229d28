"""The reader at work: for each sentence of some passages, how surely it answers a question, and the short answer.

Devlin et al. 2019 ('BERT') for the encoder and the short answer's start and end; Rajpurkar et al. 2018 ('Know What You
Don't Know') for the window that holds no answer. Trained by `clearspan train reader`; docs/concepts/reader.md has what
it was trained on and how well it reads.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.calibration import (
    AnswerCalibration,
    Calibration,
    Shown,
    ShownWindow,
    YesCalibration,
)
from clearspan.overview.answering.reader.kinds import KINDS, AskedFor
from clearspan.overview.answering.reader.windows import Body, Window, WindowCutter

SHIPPED = Path(str(files("clearspan"))) / "overview" / "answering" / "reader" / "data"
GRAPH, VOCABULARY, CARD = "reader.onnx", "tokenizer.json", "reader.json"

_LONGEST_ANSWER = 24
"""Tokens of a short answer."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """Where the answer stands in its sentence.

    Attributes:
        start, end: characters of the passage, the end exclusive.
        probability: that the answer is exactly these words, given that the sentence answers.
    """

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """What the reader makes of one sentence.

    Attributes:
        start, end: characters of the passage, as `language.sentences` cuts it.
        probability: that it answers, calibrated over all that was read for the question.
        logit, window: of the sentence alone and of its window, before calibration.
        short: the short answer in it; None where no token of it was read.
        copies: number of the first sentence of all that were read that says the same word for word; mostly its own.
    """

    start: int
    end: int
    probability: float
    logit: float
    window: float
    short: ShortAnswer | None
    copies: int = 0


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """What the reader makes of a passage.

    Attributes:
        answers: logit that it holds an answer, of its best window.
        yes: probability that the answer is yes, given that it is yes or no.
        sentences: in order.
    """

    answers: float
    yes: float
    sentences: tuple[ReadSentence, ...]


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question read with some passages.

    Attributes:
        kinds: probability of each kind of question.
        passages: in the order given.
    """

    kinds: dict[AskedFor, float]
    passages: tuple[ReadPassage, ...]


@dataclass(frozen=True, slots=True)
class _ReadWindow:
    window: Window
    body: Body
    tokens: Array
    whole: Array


class EvidenceReader:
    """Reads questions with passages; safe to share between threads.

    Args:
        graph: bytes of the ONNX file that `training.graph` writes.
        tokenizer: of its vocabulary.
        calibration: from logits to probabilities.
        yes: the same for yes and no.
        answer: the same for what is shown together.
        threads: windows that are read at once; the processor's cores when None.

    Raises:
        BadInput: the graph cannot be read.
    """

    def __init__(
        self,
        graph: bytes,
        tokenizer: Tokenizer,
        calibration: Calibration,
        yes: YesCalibration,
        answer: AnswerCalibration,
        threads: int | None = None,
    ) -> None:
        import onnxruntime as runtime  # pyright: ignore[reportMissingTypeStubs]

        options: Any = cast("Any", runtime).SessionOptions()
        # Windows are read side by side, each by one thread: threads within a product would wait for each other.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = cast("Any", runtime).InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise BadInput(
                "The reader's weights cannot be read.",
                why=f"{type(error).__name__}: {error}",
                do="Install Clearspan again; they are part of the package.",
            ) from error
        self._windows = WindowCutter(tokenizer)
        self._body = lru_cache(maxsize=4096)(self._windows.body)
        # A question of several hops reads its first passages again beside those that it finds later.
        self._network = lru_cache(maxsize=512)(self._forward)
        self._calibration = calibration
        self._yes = yes
        self._answer = answer
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, "reader")

    @classmethod
    def load(cls, folder: Path = SHIPPED, threads: int | None = None) -> "EvidenceReader":
        """The reader of a folder; the shipped one by default.

        Raises:
            BadInput: a file is missing or damaged.
        """
        try:
            graph = (folder / GRAPH).read_bytes()
            tokenizer = Tokenizer.from_file(str(folder / VOCABULARY))
            card = cast("dict[str, Any]", json.loads((folder / CARD).read_text("utf-8")))
            calibration = Calibration.from_card(card["calibration"])
            yes = YesCalibration(**card["yes"])
            answer = AnswerCalibration.from_card(card["answer"])
        except Exception as error:  # a damaged tokenizer raises Exception itself
            raise BadInput(
                f"The reader in {folder} cannot be loaded.",
                why=f"{type(error).__name__}: {error}",
                do="Install Clearspan again, or train the reader with `clearspan train reader`.",
            ) from error
        return cls(graph, tokenizer, calibration, yes, answer, threads)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> ReadQuestion:
        """Read a question with passages.

        Args:
            passages: place (see `windows.place_of`) and text of each.
        """
        said = self._said(question, passages)
        kinds = _kinds(one.whole for each in said for one in each)
        shown = _shown(said)
        copies = np.split(shown.copies, np.cumsum(shown.passages)[:-1]) if said else []
        read = [
            _passage(each, probability, own, self._yes)
            for each, probability, own in zip(
                said, self._calibration.probabilities(shown), copies, strict=True
            )
        ]
        return ReadQuestion(dict(zip(KINDS, map(float, kinds), strict=True)), tuple(read))

    def shown(self, question: str, passages: Sequence[tuple[str, str]]) -> Shown:
        """The logits that `read` calibrates."""
        return _shown(self._said(question, passages))

    def answers(self, seen: NDArray[np.float64]) -> float:
        """The probability that one of what is shown answers; `seen` as `AnswerCalibration.probability` takes it."""
        return self._answer.probability(seen)

    def says_yes(self, question: str, passages: Sequence[tuple[str, str]]) -> float:
        """The logit of yes of the window that answers most surely, before calibration; there must be one."""
        said = [one for each in self._said(question, passages) for one in each]
        return float(max(said, key=lambda one: float(one.whole[0])).whole[1])

    def close(self) -> None:
        """End its threads; harmless when repeated."""
        self._pool.shutdown()

    def _said(self, question: str, passages: Sequence[tuple[str, str]]) -> list[list[_ReadWindow]]:
        """What the network says of the windows of each passage."""
        work = [
            (index, body, window)
            for index, (place, text) in enumerate(passages)
            for body in (self._body(text),)
            for window in self._windows.of(question, place, body)
        ]
        # The longest first, so that no thread is left alone with one at the end.
        order = sorted(range(len(work)), key=lambda at: -len(work[at][2].ids))
        ran = self._pool.map(self._run, [work[at][1] for at in order], [work[at][2] for at in order])
        said = dict(zip(order, ran, strict=True))
        by_passage: list[list[_ReadWindow]] = [[] for _ in passages]
        for at, (index, _, _) in enumerate(work):
            by_passage[index].append(said[at])
        return by_passage

    def _run(self, body: Body, window: Window) -> _ReadWindow:
        return _ReadWindow(window, body, *self._network(window.ids, window.second))

    def _forward(self, ids: tuple[int, ...], second: int) -> tuple[Array, Array]:
        tokens = np.array([ids], np.int64)
        types = np.zeros_like(tokens)
        types[:, second:] = 1
        said, whole = self._session.run(None, {"ids": tokens, "types": types})
        return said[0], whole[0]


def _shown(said: Sequence[Sequence[_ReadWindow]]) -> Shown:
    return Shown.of(
        [
            [ShownWindow(float(one.whole[0]), _logits(one), list(_tokens(one))) for one in each]
            for each in said
        ]
    )


def _tokens(said: _ReadWindow) -> Iterator[tuple[int, ...]]:
    return (said.window.ids[start:end] for start, end in said.window.spans)


def _logits(said: _ReadWindow) -> list[float]:
    """Of each sentence of a window that it is evidence; as `network.Heads` has it."""
    attention, mean, weighted = said.tokens[:, 0], said.tokens[:, 1], said.tokens[:, 2]
    found: list[float] = []
    for start, end in said.window.spans:
        if end <= start:
            found.append(-20.0)
            continue
        own = np.exp(attention[start:end] - attention[start:end].max())
        found.append(float(mean[start:end].mean() + (own / own.sum()) @ weighted[start:end]))
    return found


def _passage(
    said: Sequence[_ReadWindow],
    probabilities: Sequence[float],
    copies: NDArray[np.int64],
    yes: YesCalibration,
) -> ReadPassage:
    if not said:
        return ReadPassage(-20.0, 0.5, ())
    logits = [(one, at, logit) for one in said for at, logit in enumerate(_logits(one))]
    sentences: list[ReadSentence] = []
    for (one, at, logit), probability, first in zip(logits, probabilities, copies, strict=True):
        start, end = one.body.sentences[one.window.first + at]
        short, window = _short(one, at), float(one.whole[0])
        sentences.append(ReadSentence(start, end, probability, logit, window, short, int(first)))
    best = max(said, key=lambda one: float(one.whole[0]))
    return ReadPassage(float(best.whole[0]), yes.probability(float(best.whole[1])), tuple(sentences))


def _short(said: _ReadWindow, at: int) -> ShortAnswer | None:
    start, end = said.window.spans[at]
    if end <= start:
        return None
    starts = _softmax(said.tokens[start:end, 3])
    ends = _softmax(said.tokens[start:end, 4])
    both = np.triu(np.outer(starts, ends))
    both = np.tril(both, _LONGEST_ANSWER - 1)
    first, last = np.unravel_index(int(both.argmax()), both.shape)
    token = start - said.window.offset
    return ShortAnswer(
        int(said.body.starts[token + int(first)]),
        int(said.body.ends[token + int(last)]),
        float(both[first, last]),
    )


def _kinds(wholes: Iterable[Array]) -> NDArray[np.float64]:
    logits = [one[2:] for one in wholes]
    mean = np.mean(logits, 0) if logits else np.zeros(len(KINDS))
    return _softmax(np.asarray(mean, np.float32)).astype(np.float64)


def _softmax(values: Array) -> Array:
    raised = np.exp(values - values.max())
    return raised / raised.sum()
