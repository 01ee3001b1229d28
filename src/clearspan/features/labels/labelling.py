"""Labelling a whole dictionary: labels are made, scored, and kept where they are no worse than what stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clearspan.features.evidence.table import DictionaryEvidence, FeatureEvidence
from clearspan.features.labels import tier, words
from clearspan.features.labels.detection import Detection, Embed, learned_from
from clearspan.features.labels.log import FeatureLabel, LabelLog, label
from clearspan.features.labels.topics import Topics

PERSON = "person"
_BLOCK = 128
"""Features whose labels are kept together: what a crash may cost."""

Describe = Callable[[FeatureEvidence], str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What labelling a dictionary came to.

    Attributes:
        made: labels that were made.
        kept: those that stand now: new ones, changed ones, and ones that came out as before.
        mean_score: of the kept ones that have a score; None if none has.
    """

    made: int
    kept: int
    mean_score: float | None


def label_by_words(
    evidence: DictionaryEvidence, log: LabelLog, embed: Embed, seen: Callable[[int], None]
) -> Labelled:
    """Label every feature from its own words; labels that were made so before are made again.

    Args:
        embed: gives unit vectors of texts, for topics and scores.
        seen: told how many features were gone through.

    Raises:
        NotFound: there is no evidence.
        Refused: the labels cannot be kept.
    """
    features = evidence.rows(range(len(evidence)))
    background = words.Background(features)
    texts = [words.written(example) for feature in features for example in learned_from(feature)]
    topics = Topics(texts, [words.letters(text) for text in texts], embed)

    def describe(feature: FeatureEvidence) -> str:
        return words.describe(feature, learned_from(feature), background, topics)

    return _Labelling(log, features, words.MAKER, embed).run(features, describe, 1, seen)


def label_by_tier(
    evidence: DictionaryEvidence,
    log: LabelLog,
    maker: str,
    chat: tier.Chat,
    embed: Embed,
    seen: Callable[[int], None],
    at_once: int = 1,
) -> Labelled:
    """Label every feature with a model; where a label of this maker stands, it is not asked again.

    Args:
        maker: the tier's name.
        chat: asks it.
        at_once: how many questions it may be asked at the same time.
        embed: as `label_by_words`.
        seen: the same.

    Raises:
        ClearspanError: as `label_by_words`, and what asking raises.
    """
    features = evidence.rows(range(len(evidence)))
    standing = log.all()
    open_ones = [one for one in features if one.index not in standing or standing[one.index].maker != maker]

    def describe(feature: FeatureEvidence) -> str:
        return tier.describe(feature, learned_from(feature), chat)

    return _Labelling(log, features, maker, embed).run(open_ones, describe, at_once, seen)


def label_by_person(
    log: LabelLog, feature: int, text: str, detection: Detection | None = None
) -> FeatureLabel:
    """Keep a person's label, which no other maker replaces; an empty text takes the label away.

    Args:
        detection: scores it; None where there is nothing to score it with.

    Raises:
        BadInput: the text is no label.
        Refused: it cannot be kept.
    """
    made = label(feature, text, PERSON)
    if detection is not None and made.text:
        made = label(feature, text, PERSON, detection.scores([(feature, made.text)])[0])
    log.append([made])
    return made


class _Labelling:
    def __init__(self, log: LabelLog, features: list[FeatureEvidence], maker: str, embed: Embed) -> None:
        self._log = log
        self._maker = maker
        self._detection = Detection(features, embed)
        self._standing = log.all()

    def run(
        self, features: list[FeatureEvidence], describe: Describe, at_once: int, seen: Callable[[int], None]
    ) -> Labelled:
        made = kept = 0
        scores: list[float] = []
        free = [one for one in features if not self._is_persons(one.index)]
        with ThreadPoolExecutor(at_once) as pool:
            for begin in range(0, len(free), _BLOCK):
                block = free[begin : begin + _BLOCK]
                texts = list(pool.map(describe, block))
                some = self._scored([(one.index, text) for one, text in zip(block, texts, strict=True)])
                stay = [one for one in some if self._stays(one)]
                self._log.append([one for one in stay if self._is_news(one)])
                labels = [one for one in stay if one.text]
                made += sum(bool(text) for text in texts)
                kept += len(labels)
                scores.extend(one.score for one in labels if one.score is not None)
                seen(len(features) - len(free) + begin + len(block))
        return Labelled(made, kept, sum(scores) / len(scores) if scores else None)

    def _scored(self, texts: list[tuple[int, str]]) -> list[FeatureLabel]:
        spoken = [(index, text) for index, text in texts if text]
        scores = dict(zip((index for index, _ in spoken), self._detection.scores(spoken), strict=True))
        return [label(index, text, self._maker, scores.get(index)) for index, text in texts]

    def _is_persons(self, index: int) -> bool:
        return index in self._standing and self._standing[index].maker == PERSON

    def _stays(self, new: FeatureLabel) -> bool:
        """Whether a label takes the place of what stands: its own maker's always, another's if it tells more."""
        old = self._standing.get(new.feature)
        if old is None or old.maker == self._maker:
            return bool(new.text) or old is not None
        return bool(new.text) and (new.score or 0.5) > (old.score or 0.5)

    def _is_news(self, new: FeatureLabel) -> bool:
        old = self._standing.get(new.feature)
        return old is None or (old.text, old.maker, old.score) != (new.text, new.maker, new.score)
