"""What a harvest was asked for, and what it found: `manifest.json` beside the shards."""

from pathlib import Path
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clearspan.errors import BadInput, NotFound
from clearspan.features.card import CorpusShare
from clearspan.features.harvest.shuffled import CopiedCorpus
from clearspan.features.harvest.source import SourceCard
from clearspan.models.inside.sites import Site

FILE = "manifest.json"


class Shard(BaseModel):
    """One file a site.

    Attributes:
        rows: activations in it.
        sha256: of the file, by site.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(gt=0)
    sha256: dict[str, str]


class HarvestPlan(BaseModel):
    """Everything that the bytes of a harvest depend on, beside the text itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    sites: tuple[str, ...]
    tokens: int = Field(gt=0, description="Activations a site at most.")
    seed: int = Field(ge=0)
    context: int = Field(gt=0, description="Tokens that the model sees at once.")
    holdout: float = Field(ge=0, lt=1)
    shard_rows: int = Field(gt=0, description="Activations in a shard, about.")
    backend: str = Field(description="What ran the model: its last digits differ between backends.")
    maker: str


class SiteStatistics(BaseModel):
    """Moments of all activations of a site, accumulated in float64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: tuple[float, ...]
    mean_square: float


class ReadCorpus(CopiedCorpus):
    """A corpus, and the activations that it gave."""

    tokens: int


class Manifest(BaseModel):
    """What lies in a folder of shards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["clearspan-activations-1"] = "clearspan-activations-1"
    plan: HarvestPlan
    dtype: Literal["bfloat16"] = "bfloat16"
    width: int = Field(gt=0)
    rows: int = Field(gt=0)
    sinks: int = Field(ge=0, description="Tokens that were read and left out, as attention sinks.")
    sites: dict[str, SiteStatistics]
    corpora: tuple[ReadCorpus, ...]
    shards: tuple[Shard, ...]

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of a folder.

        Raises:
            NotFound: it has none.
            BadInput: it is damaged.
        """
        try:
            return cls.model_validate_json((folder / FILE).read_bytes())
        except FileNotFoundError as error:
            raise NotFound(
                f"{folder} holds no finished harvest.",
                do="'clearspan features harvest' makes one; the same command again ends one that was interrupted.",
            ) from error
        except ValidationError as error:
            raise BadInput(
                f"{folder / FILE} is not the manifest of a harvest.",
                why=str(error.errors()[0]["msg"]),
                do="Harvest again into an empty folder.",
            ) from error

    def card(self, site: str) -> SourceCard:
        """What a training needs to know of one of the sites.

        Raises:
            NotFound: it was not harvested.
        """
        statistics = self.sites.get(str(Site.parse(site)))
        if statistics is None:
            raise NotFound(
                f"{site} was not harvested.",
                why=f"There is {', '.join(self.sites)}.",
                do="Name one of these, or harvest it.",
            )
        return SourceCard(
            model=self.plan.model,
            site=Site.parse(site),
            width=self.width,
            mean=torch.tensor(statistics.mean, dtype=torch.float32),
            mean_square=statistics.mean_square,
            corpora=tuple(
                CorpusShare(name=each.name, tokens=each.tokens, licence=each.licence) for each in self.corpora
            ),
            seed=self.plan.seed,
            context=self.plan.context,
            holdout=self.plan.holdout,
        )


def shard_path(folder: Path, site: str, number: int) -> Path:
    """Where a shard lies."""
    return folder / site / f"{number:05}.safetensors"
