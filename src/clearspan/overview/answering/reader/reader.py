"""The reader at work: for each sentence of some passages, how surely it answers a question, and the short answer.

Devlin et al. 2019 ('BERT') for the encoder and the short answer's start and end; Rajpurkar et al. 2018 ('Know What You
Don't Know') for the window that holds no answer. Trained by `clearspan train reader`; docs/concepts/reader.md has what
it was trained on and how well it reads.
"""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
from clearspan.overview.answering.reader.close import CloseReader
from clearspan.overview.answering.reader.kinds import KINDS, AskedFor, wideness
from clearspan.overview.answering.reader.session import (
    VOCABULARY,
    ReadWindow,
    SaidOfWindow,
    Session,
    softmax,
)
from clearspan.overview.answering.reader.windows import Window, WindowCutter

SHIPPED = Path(str(files("clearspan"))) / "overview" / "answering" / "reader" / "data"
GRAPH, CARD = "reader.onnx", "reader.json"


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
        decides: whether it counts for whether anything is shown: it was read by the largest network that read any.
    """

    start: int
    end: int
    probability: float
    logit: float
    window: float
    short: ShortAnswer | None
    copies: int = 0
    decides: bool = True


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
        answer: gives the probability that one of what is shown answers.
    """

    kinds: dict[AskedFor, float]
    passages: tuple[ReadPassage, ...]
    answer: AnswerCalibration


class EvidenceReader:
    """Reads questions with passages; safe to share between threads.

    Args:
        session: the small network, which reads every window.
        tokenizer: of its vocabulary.
        calibration: from logits to probabilities.
        yes: the same for yes and no.
        answer: the same for what is shown together.
        close: the large network, which reads the best windows again; None for the small one alone.
        threads: windows that are read at once; the processor's cores when None.
    """

    def __init__(
        self,
        session: Session,
        tokenizer: Tokenizer,
        calibration: Calibration,
        yes: YesCalibration,
        answer: AnswerCalibration,
        close: CloseReader | None = None,
        threads: int | None = None,
    ) -> None:
        self._session = session
        self._windows = WindowCutter(tokenizer)
        self._body = lru_cache(maxsize=4096)(self._windows.body)
        self._calibration = calibration
        self._yes = yes
        self._answer = answer
        self._close, self.note = close, ""
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, "reader")

    @classmethod
    def load(
        cls, folder: Path = SHIPPED, close: CloseReader | None = None, threads: int | None = None
    ) -> "EvidenceReader":
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
        return cls(Session(graph), tokenizer, calibration, yes, answer, close, threads)

    def use(self, close: CloseReader | None, note: str = "") -> None:
        """Read with a close reader from now on, or without one.

        Args:
            note: why it reads alone though it should not, for whoever reads the answer.
        """
        self._close, self.note = close, note

    def read(
        self, question: str, passages: Sequence[tuple[str, str]], believed: Sequence[bool] | None = None
    ) -> ReadQuestion:
        """Read a question with passages.

        Args:
            passages: place (see `windows.place_of`) and text of each.
            believed: whether each may be quoted: others are not read again. All may when None.
        """
        close = self._close
        said = self._said(question, passages, believed, close)
        kinds = _kinds(said)
        shown = _shown(said)
        copies = np.split(shown.copies, np.cumsum(shown.passages)[:-1]) if said else []
        calibration = close.calibration if close else self._calibration
        probabilities = calibration.probabilities(shown)
        read = [
            self._passage(each, probability, own, close)
            for each, probability, own in zip(said, probabilities, copies, strict=True)
        ]
        answer = close.answer if close else self._answer
        return ReadQuestion(kinds, tuple(read), answer)

    def shown(self, question: str, passages: Sequence[tuple[str, str]]) -> Shown:
        """The logits that `read` calibrates."""
        said = self._said(question, passages, None, self._close)
        return replace(_shown(said), wide=wideness(_kinds(said)))

    def says_yes(self, question: str, passages: Sequence[tuple[str, str]]) -> float:
        """The logit of yes of the window that answers most surely, before calibration; there must be one."""
        said = [one for each in self._said(question, passages, None, self._close) for one in each]
        return max(said, key=_sureness).quick.yes

    def answers(self, question: str, texts: Sequence[str]) -> list[float]:
        """How surely each text by itself answers: the logit of the small network, before calibration."""
        windows = [
            (place, window)
            for place, text in enumerate(texts)
            for window in self._windows.of(question, "", self._body(text))
        ]
        found = [-20.0] * len(texts)
        said = self._run(self._session, [window for _, window in windows])
        for (place, _), one in zip(windows, said, strict=True):
            found[place] = max(found[place], one.answers)
        return found

    def close(self) -> None:
        """End its threads; harmless when repeated."""
        self._pool.shutdown()

    def _said(
        self,
        question: str,
        passages: Sequence[tuple[str, str]],
        believed: Sequence[bool] | None,
        close: CloseReader | None,
    ) -> list[list[ReadWindow]]:
        """What the networks say of the windows of each passage."""
        work = [
            (index, body, window)
            for index, (place, text) in enumerate(passages)
            for body in (self._body(text),)
            for window in self._windows.of(question, place, body)
        ]
        said = self._run(self._session, [window for _, _, window in work])
        by_passage: list[list[ReadWindow]] = [[] for _ in passages]
        for (index, body, window), quick in zip(work, said, strict=True):
            by_passage[index].append(ReadWindow(window, body, quick))
        return self._again(by_passage, believed, close) if close else by_passage

    def _again(
        self, said: list[list[ReadWindow]], believed: Sequence[bool] | None, close: CloseReader
    ) -> list[list[ReadWindow]]:
        """The same, with what the large network says of the windows whose best sentence is likeliest to answer.

        The same window of several pages counts once.
        """
        found = self._calibration.probabilities(_shown(said))
        likely: list[tuple[float, int, int]] = []
        for place, (windows, probabilities) in enumerate(zip(said, found, strict=True)):
            at = 0
            for index, one in enumerate(windows):
                own = probabilities[at : at + len(one.window.spans)]
                likely.append((max(own, default=0.0), place, index))
                at += len(own)
        alike: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        for _, place, index in sorted(likely, key=lambda one: -one[0]):
            if believed is None or believed[place]:
                alike.setdefault(said[place][index].window.ids, []).append((place, index))
        chosen = list(alike.values())[: close.most]
        again = self._run(close.session, [said[place][index].window for (place, index), *_ in chosen])
        for places, closely in zip(chosen, again, strict=True):
            for place, index in places:
                said[place][index] = replace(said[place][index], close=closely)
        return said

    def _run(self, session: Session, windows: Sequence[Window]) -> list[SaidOfWindow]:
        # The longest first, so that no thread is left alone with one at the end.
        order = sorted(range(len(windows)), key=lambda at: -len(windows[at].ids))
        found = dict(zip(order, self._pool.map(session.read, [windows[at] for at in order]), strict=True))
        return [found[at] for at in range(len(windows))]

    def _passage(
        self,
        said: Sequence[ReadWindow],
        probabilities: Sequence[float],
        copies: NDArray[np.int64],
        close: CloseReader | None,
    ) -> ReadPassage:
        if not said:
            return ReadPassage(-20.0, 0.5, ())
        logits = [(one, at, logit) for one in said for at, logit in enumerate(one.best.evidence(one.window))]
        sentences: list[ReadSentence] = []
        for (one, at, logit), probability, first in zip(logits, probabilities, copies, strict=True):
            start, end = one.body.sentences[one.window.first + at]
            decides = one.close is not None or close is None
            sentences.append(
                ReadSentence(
                    start, end, probability, logit, one.best.answers, _short(one, at), int(first), decides
                )
            )
        best = max(said, key=_sureness)
        # The large network tells yes from no no better, see docs/concepts/reader.md.
        return ReadPassage(best.best.answers, self._yes.probability(best.quick.yes), tuple(sentences))


def _sureness(one: ReadWindow) -> tuple[bool, float]:
    """What puts a window before another: what was read closely, then how surely it answers."""
    return one.close is not None, one.best.answers


def _shown(said: Sequence[Sequence[ReadWindow]]) -> Shown:
    return Shown.of([[_shown_window(one) for one in each] for each in said])


def _shown_window(one: ReadWindow) -> ShownWindow:
    close = one.close and (one.close.answers, one.close.evidence(one.window))
    return ShownWindow(one.quick.answers, one.quick.evidence(one.window), list(one.tokens), close)


def _short(said: ReadWindow, at: int) -> ShortAnswer | None:
    found = said.best.short(said.window.spans[at])
    if found is None:
        return None
    first, last, probability = found
    offset = said.window.offset
    return ShortAnswer(int(said.body.starts[first - offset]), int(said.body.ends[last - offset]), probability)


def _kinds(said: Sequence[Sequence[ReadWindow]]) -> dict[AskedFor, float]:
    logits = [one.quick.whole[2:] for each in said for one in each]
    mean = np.mean(logits, 0) if logits else np.zeros(len(KINDS))
    return dict(zip(KINDS, map(float, softmax(np.asarray(mean, np.float32))), strict=True))
