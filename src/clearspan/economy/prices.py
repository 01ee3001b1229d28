"""Prices and hardware that plans start from. Every figure has a source and a date, and can be overridden."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, Unpack, cast

from clearspan.errors import BadInput
from clearspan.measure.estimate import positive, share, short

JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True)
class Hardware:
    """An accelerator.

    Attributes:
        name: as the command line names it.
        flops_per_second: dense 16-bit peak, FLOP/s.
        bytes_per_second: peak memory bandwidth.
        memory: bytes of it.
        watts: rated board power.
        price_per_hour: of renting one, US dollars.
        source: of the specification.
        price_source: of the price, with its date.
    """

    name: str
    flops_per_second: float
    bytes_per_second: float
    memory: float
    watts: float
    price_per_hour: float
    source: str
    price_source: str


HARDWARE = {
    name: Hardware(name, **figures)
    for name, figures in tomllib.loads(Path(__file__).with_name("hardware.toml").read_text("utf-8")).items()
}


@dataclass(frozen=True, slots=True)
class Prices:
    """What compute costs, for training and for serving.

    Attributes:
        training: hardware that trains.
        serving: hardware that serves.
        training_utilisation: share of peak FLOP/s reached in training.
        input_utilisation: share reached on input tokens, which are read many at a time.
        dollars_per_kwh: of electricity.
        overhead: total energy of the site over that of the accelerators (power usage effectiveness and the
            rest of the server).
        electricity_included: whether the hourly price already includes electricity, as rented hardware does.
    """

    training: Hardware = HARDWARE["h100"]
    serving: Hardware = HARDWARE["h100"]
    training_utilisation: float = 0.40
    input_utilisation: float = 0.50
    dollars_per_kwh: float = 0.08
    overhead: float = 1.5
    electricity_included: bool = True

    def __post_init__(self) -> None:
        for name in ("training_utilisation", "input_utilisation"):
            positive(name.replace("_", " ").capitalize(), share(name, getattr(self, name)))
        positive("The price of electricity", self.dollars_per_kwh)
        if not self.overhead >= 1:
            raise BadInput(
                f"The energy overhead must be at least 1, not {self.overhead:g}.",
                why="It is the energy of the whole site over that of the accelerators.",
                do="Give 1 for the accelerators alone.",
            )

    @property
    def dollars_per_training_flop(self) -> float:
        reached = self.training.flops_per_second * self.training_utilisation
        return self._hourly(self.training) / (reached * 3600)

    @property
    def dollars_per_serving_hour(self) -> float:
        """Of one accelerator that serves, electricity included."""
        return self._hourly(self.serving)

    def training_hours(self, flops: float) -> float:
        """Accelerator hours of a training run."""
        return flops / (self.training.flops_per_second * self.training_utilisation * 3600)

    def training_kwh(self, flops: float) -> float:
        """Electricity of a training run, at rated power and with the overhead."""
        return self.training_hours(flops) * self.training.watts / 1000 * self.overhead

    def sources(self) -> tuple[str, ...]:
        """Where every figure comes from, in sentences."""
        used = {h.name: h for h in (self.training, self.serving)}
        return (
            *(
                f"{h.name.upper()}: {short(h.flops_per_second)} FLOP/s and {short(h.watts, 6)} W ({h.source}); "
                f"{short(h.price_per_hour, 6)} USD an hour ({h.price_source})."
                for h in used.values()
            ),
            f"Utilisation: {self.training_utilisation:.0%} in training (38 to 43 % reported for Llama 3 405B, "
            f"2024), {self.input_utilisation:.0%} on input tokens (Sardana et al. 2024, section 4).",
            f"Energy: rated power times {self.overhead:g} for the rest of the server and the site (assumed); "
            f"electricity {short(self.dollars_per_kwh, 6)} USD/kWh (about the U.S. industrial average of 2024, EIA), "
            + ("included in the hourly price." if self.electricity_included else "paid on top."),
        )

    def _hourly(self, hardware: Hardware) -> float:
        extra = hardware.watts / 1000 * self.overhead * self.dollars_per_kwh
        return hardware.price_per_hour + (0.0 if self.electricity_included else extra)


def hardware(name: str, price_per_hour: float | None = None) -> Hardware:
    """Hardware by name, at another hourly price if given.

    Raises:
        BadInput: the name is unknown, or the price is not positive.
    """
    if name not in HARDWARE:
        raise BadInput(f"There is no hardware '{name}'.", do=f"Choose one of: {', '.join(HARDWARE)}.")
    if price_per_hour is None:
        return HARDWARE[name]
    return replace(
        HARDWARE[name],
        price_per_hour=positive("The hourly price", price_per_hour),
        price_source="given by you",
    )


class PriceWords(TypedDict, total=False):
    """What compute costs; `Prices` has the defaults.

    Attributes:
        hardware: h100, h200, b200 or a100.
        price_per_hour: US dollars an hour of one accelerator.
        training_utilisation: share of peak FLOP/s reached in training.
        input_utilisation: share reached on input tokens.
        dollars_per_kwh: of electricity.
        electricity_extra: whether the hourly price leaves out electricity.
    """

    hardware: str
    price_per_hour: float | None
    training_utilisation: float
    input_utilisation: float
    dollars_per_kwh: float
    electricity_extra: bool


def priced(**words: Unpack[PriceWords]) -> Prices:
    """The prices that words name, and the planner's own for the rest.

    Raises:
        BadInput: there is no such hardware, or a number cannot be used.
    """
    chosen = hardware(words.get("hardware", "h100"), words.get("price_per_hour"))
    included = not words.get("electricity_extra", False)
    named = ("hardware", "price_per_hour", "electricity_extra")
    figures = {word: cast(float, figure) for word, figure in words.items() if word not in named}
    return Prices(chosen, chosen, electricity_included=included, **figures)
