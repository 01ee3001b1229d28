"""What is known of a dictionary: where it belongs, how it was made, and how good it is."""

from pydantic import BaseModel, ConfigDict, Field

from clearspan.features.names import DictionaryName


class CorpusShare(BaseModel):
    """One source of the text that a dictionary was trained on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    tokens: int = Field(ge=0)
    licence: str = ""


class Card(BaseModel):
    """Kept in `cfg.json`, under `metadata.clearspan`.

    A dictionary in a foreign format says less: what it leaves open stays at the defaults.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="MODEL/SITE/SIZE, see `names`.")
    architecture: str = Field(description="How activations are computed: relu, topk, jumprelu, gated.")
    trained_as: str = Field(default="", description="Architecture of the training: batchtopk, jumprelu, …")
    tokens: int = Field(default=0, ge=0, description="Activations that it was trained on.")
    corpora: tuple[CorpusShare, ...] = ()
    command: str = Field(default="", description="What made it, as typed.")
    seed: int | None = None
    maker: str = Field(default="", description="Program and version.")
    measures: dict[str, float] = Field(
        default={},
        description="On held-out text: unexplained_variance, l0, alive, cross_entropy_recovered, …",
    )

    @property
    def parsed_name(self) -> DictionaryName:
        """The name's parts."""
        return DictionaryName.parse(self.name)
