"""What a training is told; a field's description is the help of its flag on the command line."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

_LONG = 3000
_LONG_RATE = 1e-3
_MOST_TIMES = 4.0
_MOST_PACE = 2.0


class TrainingConfig(BaseModel):
    """Everything that changes the weights that come out, beside the activations themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: str = Field(default="batchtopk", description="How features are made to be few.")
    features: int = Field(default=8192, ge=1, le=1 << 24, description="Features of the dictionary.")
    k: int = Field(default=48, ge=1, description="Features active at a position, on average.")
    tokens: int = Field(default=4_000_000, ge=1, description="Activations to train on, repeats included.")
    batch: int = Field(default=2048, ge=1, description="Activations in one step.")
    learning_rate: float = Field(
        default=0.0,
        ge=0,
        description="Highest learning rate of Adam; 0 for 0.001 in a training of 3,000 steps or more, and the more the "
        "fewer steps there are, up to 0.004. Above 0.001 the decoder's is higher still, up to twice.",
    )
    warm_up: float = Field(
        default=0.02, ge=0, le=1, description="Share of the steps over which the learning rate rises."
    )
    decay: float = Field(
        default=0.8, ge=0, le=1, description="Share of the steps, the last, over which it falls to 0."
    )
    momentum: float = Field(default=0.5, ge=0, lt=1, description="Adam's first decay rate.")
    second_momentum: float = Field(default=0.999, ge=0, lt=1, description="Adam's second decay rate.")
    dead_after: int = Field(
        default=200_000, ge=1, description="Tokens without activity after which a feature counts as dead."
    )
    revival: float = Field(
        default=1 / 32, ge=0, description="Weight of the loss that revives dead features (AuxK); 0 for none."
    )
    revived: int = Field(
        default=256, ge=1, description="Dead features that explain the error at a position, at most."
    )
    sparsity: float = Field(
        default=0.0,
        ge=0,
        description="Weight of the sparsity loss of jumprelu and gated; 0 steers it so that k are active.",
    )
    bandwidth: float = Field(
        default=0.1, gt=0, description="Width of jumprelu's straight-through window, normalised."
    )
    prefixes: tuple[int, ...] = Field(
        default=(),
        description="Sizes of the nested dictionaries of matryoshka, rising to `features`; empty for sixteenths, "
        "eighths, quarters, halves and all.",
    )
    seed: int = Field(default=0, ge=0, lt=1 << 63, description="Of the weights that it begins with.")

    @model_validator(mode="after")
    def _fits(self) -> "TrainingConfig":
        if self.k > self.features:
            raise ValueError(f"{self.k} of {self.features} features cannot be active")
        if self.warm_up + self.decay > 1:
            raise ValueError("the learning rate cannot rise and fall at once: warm_up + decay is over 1")
        if self.prefixes and (
            self.prefixes[-1] != self.features
            or self.prefixes[0] < 1
            or any(a >= b for a, b in zip(self.prefixes, self.prefixes[1:], strict=False))
        ):
            raise ValueError("prefixes must rise, and end in the number of features")
        return self

    @property
    def highest_rate(self) -> float:
        """The learning rate that the schedule reaches.

        Measured on the residual stream of a small model: 0.002 and more learn fastest, and break down where they last
        for more than about 700 steps.
        """
        if self.learning_rate:
            return self.learning_rate
        return _LONG_RATE * min(max(1.0, (_LONG / self.steps) ** 0.5), _MOST_TIMES)

    @property
    def decoder_pace(self) -> float:
        """Learning rate of the decoder over that of the other parameters.

        Measured as the rate itself: twice as high errs 3 % less after 150 and 500 steps, and 2 % more after 3,000.
        """
        return min(max(1.0, self.highest_rate / _LONG_RATE) ** 0.5, _MOST_PACE)

    @property
    def steps(self) -> int:
        """How many batches that is: the last one is whole."""
        return -(-self.tokens // self.batch)
