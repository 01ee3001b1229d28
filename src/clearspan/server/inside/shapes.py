"""What the routes of Inside send: dictionaries, features with their evidence, hits, presets."""

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from clearspan.features.card import Card
from clearspan.features.labels.log import FeatureLabel
from clearspan.server.shapes import Shape

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary
    from clearspan.features.presets import Preset


class DictionarySummary(Shape):
    """A dictionary that is found by name."""

    name: str
    model: str
    site: str
    ships: bool = Field(description="whether it came with Clearspan")
    evidence: bool = Field(description="whether it has evidence, without which there is nothing to show")
    card: Card


class Dictionaries(Shape):
    """The dictionaries here, and the one that the local model's features are named in when none is."""

    dictionaries: tuple[DictionarySummary, ...]
    default: str | None


class FeatureMap(Shape):
    """Every feature of a dictionary, one entry a feature; columns are base64 of little-endian numbers."""

    name: str
    features: int
    tokens: int = Field(description="tokens that were read to gather the evidence")
    x: str = Field(description="32-bit floats, from -1 to 1")
    y: str = Field(description="32-bit floats, from -1 to 1")
    density: str = Field(description="32-bit floats: share of the tokens at which it was active")
    maximum: str = Field(description="32-bit floats: highest activation; 0 for one that never was active")
    cluster: str = Field(description="32-bit integers: number of its group on the map")


class Labels(Shape):
    """The labels that stand, by feature."""

    labels: dict[int, str]
    telling: tuple[int, ...] = Field(description="the same features, first those whose label says most")


class ExampleShape(Shape):
    """See `clearspan.features.evidence.table.Example`."""

    tokens: tuple[str, ...]
    activations: tuple[float, ...]
    peak: int
    source: str
    band: str
    written_by: str = Field(description="the model that wrote it; empty where a person did, or nobody said")


class TokenShape(Shape):
    """A token that the feature makes more or less likely."""

    token: str
    weight: float


class NeighbourShape(Shape):
    """A feature near this one."""

    index: int
    cosine: float
    label: str = ""


class DialRange(Shape):
    """How far a feature's dial was measured to work: from a preset that dials it; None where there is none."""

    recommended: float | None = None
    limit: float | None = None
    presets: tuple[str, ...] = ()


class FeaturePage(Shape):
    """All that is known of one feature."""

    dictionary: str
    index: int
    name: str
    label: FeatureLabel | None
    history: tuple[FeatureLabel, ...]
    density: float
    maximum: float
    mean: float
    histogram: tuple[int, ...]
    examples: tuple[ExampleShape, ...]
    promoted: tuple[TokenShape, ...]
    suppressed: tuple[TokenShape, ...]
    neighbours: tuple[NeighbourShape, ...]
    x: float
    y: float
    cluster: int
    dial: DialRange


class NewLabel(BaseModel):
    """What a person says that a feature is about; an empty text takes the label away."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=200)


class FeatureHit(Shape):
    """A feature that was found, with the parts of its score."""

    index: int
    label: str
    density: float
    score: float
    parts: dict[str, float]


class FeatureHits(Shape):
    """What was found, best first; `note` says what was not looked at, and why."""

    query: str
    hits: tuple[FeatureHit, ...]
    note: str = ""


class PresetDialShape(Shape):
    """One dial of a preset: a feature `#1234` of its dictionary, or `direction:NAME`."""

    target: str
    operation: str
    share: float


class DoseShape(Shape):
    """How far a preset is turned up, and beyond what its text was measured to break."""

    recommended: float
    limit: float


class PresetShape(Shape):
    """A named, saved set of dials."""

    name: str
    title: str
    description: str
    model: str
    dictionary: str
    dials: tuple[PresetDialShape, ...]
    dose: DoseShape
    measured: dict[str, float]


class Presets(Shape):
    """The presets of the local model."""

    presets: tuple[PresetShape, ...]


def feature_map(opened: "AnnotatedDictionary") -> FeatureMap:
    """The map of an opened dictionary. Raises NotFound if it has no evidence."""
    evidence = opened.evidence
    return FeatureMap(
        name=opened.card.name,
        features=len(opened),
        tokens=evidence.tokens,
        x=_column(evidence.places[:, 0], "<f4"),
        y=_column(evidence.places[:, 1], "<f4"),
        density=_column(evidence.densities, "<f4"),
        maximum=_column(evidence.maxima, "<f4"),
        cluster=_column(evidence.clusters, "<i4"),
    )


def feature_page(opened: "AnnotatedDictionary", index: int, presets: "Iterable[Preset]") -> FeaturePage:
    """The page of one feature. Raises NotFound if there is no such feature, or no evidence."""
    feature = opened.feature(index)
    evidence = feature.evidence
    labels = opened.labels
    return FeaturePage(
        dictionary=opened.card.name,
        index=index,
        name=feature.name,
        label=feature.label,
        history=labels.history(index),
        density=evidence.density,
        maximum=evidence.maximum,
        mean=evidence.mean,
        histogram=evidence.histogram,
        examples=tuple(ExampleShape.model_validate(one) for one in evidence.examples),
        promoted=tuple(TokenShape.model_validate(one) for one in evidence.promoted),
        suppressed=tuple(TokenShape.model_validate(one) for one in evidence.suppressed),
        neighbours=tuple(
            NeighbourShape(index=one.index, cosine=one.cosine, label=labels.text(one.index))
            for one in evidence.neighbours
        ),
        x=evidence.x,
        y=evidence.y,
        cluster=evidence.cluster,
        dial=_range(opened.card.name, index, presets),
    )


def _range(dictionary: str, index: int, presets: "Iterable[Preset]") -> DialRange:
    using = [
        (len(preset.dials), preset, dial)
        for preset in presets
        if preset.dictionary == dictionary
        for dial in preset.dials
        if dial.target == f"#{index}" and dial.operation == "clamp" and dial.share > 0
    ]
    if not using:
        return DialRange()
    # The preset with the fewest other dials says most about this one.
    _, preset, dial = min(using, key=lambda one: one[0])
    return DialRange(
        recommended=preset.dose.recommended * dial.share,
        limit=preset.dose.limit * dial.share,
        presets=tuple(one.name for _, one, _ in using),
    )


def _column(values: ArrayLike, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()
