"""A dictionary with what is known of its features: their evidence and their labels; each is ready to be dialled."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clearspan.errors import NotFound, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.evidence.table import FILE, DictionaryEvidence, FeatureEvidence
from clearspan.features.formats.saelens import read_saelens
from clearspan.features.labels.log import FeatureLabel, LabelLog
from clearspan.features.names import FeatureName
from clearspan.models.inside.dials import Dial, Direction


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of an annotated dictionary."""

    annotated: "AnnotatedDictionary"
    index: int

    @property
    def name(self) -> str:
        """`smollm2-135m/layers.15.residual/8k#1234`."""
        return str(FeatureName(self.annotated.card.parsed_name, self.index))

    @property
    def label(self) -> FeatureLabel | None:
        """What it is about, if anybody or anything has said so."""
        return self.annotated.labels.of(self.index)

    @property
    def evidence(self) -> FeatureEvidence:
        """What was seen of it.

        Raises:
            NotFound: nothing was read with this dictionary yet.
        """
        return self.annotated.evidence.row(self.index)

    @property
    def direction(self) -> Direction:
        """What a dial of it moves; its unit is the highest activation over the evidence.

        Raises:
            Refused: it never was active over the evidence, so that its dial has no unit.
        """
        maximum = float(self.annotated.evidence.maxima[self.index])
        if maximum <= 0:
            raise Refused(
                f"{self.name} cannot be dialled.",
                why="It was never active over the evidence, so that nobody knows how high it goes.",
                do="Choose another, or gather evidence over more text.",
            )
        return self.annotated.dictionary.direction(self.index, maximum)

    def clamp(self, amount: float) -> Dial:
        """Hold its activation at `amount` times its maximum."""
        return self.direction.clamp(amount)

    def add(self, amount: float) -> Dial:
        """Raise its activation by `amount` times its maximum."""
        return self.direction.add(amount)

    def ablate(self) -> Dial:
        """Take its activation away."""
        return self.direction.ablate()

    def __repr__(self) -> str:
        label = self.label
        return f"<Feature {self.name}{f': {label.text}' if label else ''}>"


class AnnotatedDictionary:
    """A dictionary with what lies beside it in its folder.

    Args:
        folder: holds `cfg.json` and `sae_weights.safetensors`, and perhaps evidence and labels.
        edits: where edited labels are kept, if not in the folder itself: one that ships cannot be written.

    Raises:
        NotFound: there is no such folder.
        BadInput: it does not hold a dictionary.
    """

    def __init__(self, folder: Path, edits: Path | None = None) -> None:
        if not folder.is_dir():
            raise NotFound(
                f"There is no folder {folder}.", do="'clearspan features list' shows what is here."
            )
        self.folder = folder
        self.dictionary: Dictionary = read_saelens(folder)
        self.labels = LabelLog(folder, edits)

    @property
    def card(self) -> Card:
        """What is known of the dictionary."""
        return self.dictionary.card

    @cached_property
    def evidence(self) -> DictionaryEvidence:
        """What was seen of its features.

        Raises:
            NotFound: nothing was read with it yet.
        """
        return DictionaryEvidence(self.folder / FILE, self.dictionary.size)

    def feature(self, index: int) -> Feature:
        """One of its features.

        Raises:
            NotFound: there is no such feature.
        """
        FeatureName(self.card.parsed_name, index).require(self.dictionary.size)
        return Feature(self, index)

    def __len__(self) -> int:
        return self.dictionary.size

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.card.name}: {len(self):,} features>"
