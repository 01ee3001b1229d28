"""A dictionary's folder, opened: its features with their evidence and labels, ready to be dialled."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from clearspan.errors import NotFound, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.evidence.table import FILE, Evidence, FeatureEvidence
from clearspan.features.formats.saelens import read_saelens
from clearspan.features.labels.log import Label, LabelLog
from clearspan.features.names import FeatureName
from clearspan.models.inside.dials import Dial, Direction

if TYPE_CHECKING:
    from clearspan.features.finding.find import Findings
    from clearspan.models.serving.engine import LanguageModel


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of an opened dictionary."""

    opened: "OpenDictionary"
    index: int

    @property
    def name(self) -> str:
        """`smollm2-135m/layers.15.residual/8k#1234`."""
        return str(FeatureName(self.opened.card.parsed_name, self.index))

    @property
    def label(self) -> Label | None:
        """What it is about, if anybody or anything has said so."""
        return self.opened.labels.of(self.index)

    @property
    def evidence(self) -> FeatureEvidence:
        """What was seen of it.

        Raises:
            NotFound: nothing was read with this dictionary yet.
        """
        return self.opened.evidence.row(self.index)

    @property
    def direction(self) -> Direction:
        """What a dial of it moves; its unit is the highest activation over the evidence.

        Raises:
            Refused: it never was active over the evidence, so that its dial has no unit.
        """
        maximum = float(self.opened.evidence.maxima[self.index])
        if maximum <= 0:
            raise Refused(
                f"{self.name} cannot be dialled.",
                why="It was never active over the evidence, so that nobody knows how high it goes.",
                do="Choose another, or gather evidence over more text.",
            )
        return self.opened.dictionary.direction(self.index, maximum)

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


class OpenDictionary:
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
    def evidence(self) -> Evidence:
        """What was seen of its features.

        Raises:
            NotFound: nothing was read with it yet.
        """
        return Evidence(self.folder / FILE, self.dictionary.size)

    def feature(self, index: int) -> Feature:
        """One of its features.

        Raises:
            NotFound: there is no such feature.
        """
        FeatureName(self.card.parsed_name, index).require(self.dictionary.size)
        return Feature(self, index)

    def find(
        self,
        text: str = "",
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        model: "LanguageModel | None" = None,
        limit: int = 10,
    ) -> "Findings":
        """Features that mean a thing, best first; see `finding.find`.

        Args:
            text: what to find, as 'the Golden Gate Bridge'.
            like: example texts that have it, beside a description or instead of one.
            unlike: texts that do not; neutral ones by default.
            model: the dictionary's; loaded for this search alone if it is not given.

        Raises:
            BadInput: there is nothing to find, or the model is another one.
            NotFound: nothing was read with the dictionary yet.
        """
        from clearspan.features.finding.find import find
        from clearspan.features.finding.texts import described, exemplified

        meaning = exemplified(like, unlike, text) if like else described(text)
        if model is not None:
            return find(self, meaning, model, limit)
        from clearspan.models.serving.engine import LanguageModel
        from clearspan.settings import load

        with LanguageModel.load(self.card.parsed_name.model, load()) as opened:
            return find(self, meaning, opened, limit)

    def __len__(self) -> int:
        return self.dictionary.size

    def __repr__(self) -> str:
        return f"<OpenDictionary {self.card.name}: {len(self):,} features>"
