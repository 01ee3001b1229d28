"""One scenario of serving, from which money, energy and time are all counted."""

from dataclasses import dataclass, replace

from clearspan.economy.energy import ENERGY, Serving
from clearspan.economy.prices import JOULES_PER_KWH, Prices
from clearspan.economy.serving.machine import IDLE_SHARE
from clearspan.economy.serving.speed import SPEED
from clearspan.errors import BadInput
from clearspan.measure.estimate import Estimate, positive, share, short


@dataclass(frozen=True, slots=True)
class Scenario:
    """How a model is served over its life.

    Accelerators are rented for the busiest moment, so each second of work is paid `peak` times. A model takes as many
    as its 16-bit weights need with a fifth to spare, in fractions above one, so that no choice of size hangs on a
    step from one to two.

    Attributes:
        prices: of the accelerators, and what reading and training reach of their peak.
        output_share: share of output tokens among those served.
        batch: requests that share a machine at once.
        peak: the busiest rate over the mean.
        slower: what the time of a step is multiplied by; 1 for the model as it was fitted.
    """

    prices: Prices
    output_share: float = 0.2
    batch: float = 96.0
    peak: float = 3.0
    slower: float = 1.0

    def __post_init__(self) -> None:
        share("The share of output tokens", self.output_share)
        positive("The batch size", self.batch)
        if not 1 <= self.peak <= 100:
            raise BadInput(
                f"The busiest rate must be 1 to 100 times the mean, not {short(self.peak, 6)}.",
                do="Give 1 for traffic that never changes, 3 for a day with a night.",
            )

    def accelerators(self, parameters: float) -> float:
        """Accelerators that share the model."""
        return max(1.0, 1.2 * 2 * parameters / self.prices.serving.memory)

    def step(self, parameters: float) -> float:
        """Seconds from one token of a request to its next."""
        count = self.accelerators(parameters)
        whole = Serving(parameters, parameters, self.prices.serving.name, 1)
        alone = SPEED.step(whole, self.batch)
        fixed = SPEED.shared_by_none(self.batch)
        return self.slower * ((alone - fixed) / count + fixed)

    def output_utilisation(self, parameters: float) -> float:
        """Share of peak FLOP/s that output tokens reach at this batch."""
        reached = 2 * parameters * self.batch / self.step(parameters)
        return reached / (self.accelerators(parameters) * self.prices.serving.flops_per_second)

    def seconds(self, parameters: float, served: float) -> float:
        """Accelerator-seconds of work for so many tokens, input and output together."""
        written = self.step(parameters) * self.accelerators(parameters) / self.batch
        peak = self.prices.serving.flops_per_second * self.prices.input_utilisation
        read = 2 * parameters / peak
        return served * (self.output_share * written + (1 - self.output_share) * read)

    def dollars(self, parameters: float, served: float) -> float:
        """US dollars of serving so many tokens, machines that wait for the peak included."""
        return self.seconds(parameters, served) * self.peak / 3600 * self.prices.dollars_per_serving_hour

    def energy(self, parameters: float, served: float) -> Estimate:
        """Electricity of serving so many tokens: writing, reading, idling and the site, kWh."""
        count = max(1, round(self.accelerators(parameters)))
        served_on = Serving(parameters, parameters, self.prices.serving.name, count, self.batch)
        token = ENERGY.joules_per_token(served_on)
        watts = self.prices.serving.watts
        reading = (
            replace(self, output_share=0.0).seconds(parameters, served * (1 - self.output_share)) * watts
        )
        idle = (self.peak - 1) * self.seconds(parameters, served) * watts * IDLE_SHARE
        written = served * self.output_share

        def kwh(joules: float) -> float:
            return (written * joules + reading + idle) * self.prices.overhead / JOULES_PER_KWH

        low, high = token.low or token.value, token.high or token.value
        how = f"output and input tokens, idling and the site; of a token, {token.how}"
        return Estimate(kwh(token.value), "kWh", kwh(low), kwh(high), how)

    def sources(self) -> tuple[str, ...]:
        """What is assumed, in sentences."""
        return (
            f"One scenario feeds money, energy and time: {short(self.batch, 6)} requests at once on a machine, the "
            f"busiest rate {short(self.peak, 6)} times the mean, machines rented for that, "
            f"{self.prices.input_utilisation:.0%} of peak on input.",
            f"Speed: a step's time fitted to {SPEED.source}; within a factor of {SPEED.factor:g} for 95 %.",
        )
