"""How surely two sentences answer together, fitted on questions that the reader takes for ones of several hops."""

from collections.abc import Iterable, Sequence

import numpy as np

from clearspan.overview.answering.reader.calibration import PairCalibration
from clearspan.overview.answering.reader.hops import Alone, SentencePair, best_pair, wants_several
from clearspan.overview.answering.reader.reader import EvidenceReader, ReadQuestion, ReadSentence
from clearspan.overview.answering.reader.training.examples import Laid
from clearspan.overview.answering.reader.training.labels import says
from clearspan.overview.answering.reader.training.questions import LabelledQuestion

_UNKNOWN = PairCalibration(np.array([0.5, 0.5, 0.0, 0.0]))
"""Where no question tells: the geometric mean of the odds."""


def fitted_pairs(
    reader: EvidenceReader, asked: Iterable[tuple[LabelledQuestion, Sequence[Laid]]]
) -> PairCalibration:
    """The calibration of pairs.

    Args:
        reader: calibrated for single sentences, and for two that were read apart.
        asked: questions that the reader has not seen, with what is laid before it.
    """
    pairs: list[tuple[float, float, float]] = []
    right: list[bool] = []
    for question, laid in asked:
        passages = [(one.place, one.text) for one in laid]
        read = reader.read(question.question, passages)
        if not wants_several(read.kinds):
            continue
        once = foremost(read)
        alone = {
            (place, one.end): Alone(laid[place].text[one.start : one.end], one.probability)
            for place, one in once
        }
        if pair := best_pair(reader, question.question, passages, alone):
            apart = reader.answers(np.array([(one.probability, one.logit, one.window) for _, one in once]))
            told = f"{alone[pair.first].text} {alone[pair.second].text}"
            pairs.append((pair.alone, pair.given, apart))
            right.append(question.answerable and _answers(question, read, laid, pair, told))
    return PairCalibration.fit(pairs, np.array(right)) if pairs else _UNKNOWN


def foremost(read: ReadQuestion) -> list[tuple[int, ReadSentence]]:
    """Each text once, where it was read most surely, with the number of its passage."""
    best: dict[int, tuple[int, ReadSentence]] = {}
    for place, passage in enumerate(read.passages):
        for one in passage.sentences:
            known = best.get(one.copies)
            if known is None or one.probability > known[1].probability:
                best[one.copies] = (place, one)
    return list(best.values())


def _answers(
    question: LabelledQuestion, read: ReadQuestion, laid: Sequence[Laid], pair: SentencePair, told: str
) -> bool:
    """Whether two sentences say the answer, or are all that is marked; where one answers alone, one that is will do."""
    marked = {
        (place, one.end)
        for place, (passage, given) in enumerate(zip(read.passages, laid, strict=True))
        for one, own in zip(passage.sentences, given.marked, strict=True)
        if own
    }
    shown = {pair.first, pair.second}
    if question.kind == "compare":
        # The answer's words are those of a side, which any sentence about it says.
        return bool(marked) and marked <= shown
    if says(told, question.answers):
        return True
    return bool(marked) and (marked <= shown if question.kind == "multi_hop" else bool(marked & shown))
