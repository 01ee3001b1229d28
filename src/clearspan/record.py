"""What everything that the ledger keeps has in common, and what models say of their dials in it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """Base of all that is written to the ledger: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DoseVerdict(Record):
    """How far some dials reach, how far they may, and what was measured of them.

    A reach is the norm of what the dials together add to the residual stream, summed over the sites, as a share of
    the median norm that the stream has there.
    """

    reach: float
    limit: float = Field(description="the reach up to which these dials may go")
    basis: Literal["default", "measured"] = Field(
        description="`measured`: these very dials were tried up to the limit; `default`: nobody tried them together"
    )
    measured_as: str = Field(default="", description="what was measured, by the name that it had then")
    measurement: str = Field(default="", description="SHA-256 of the record of that measurement")
    probes: tuple[str, ...] = Field(default=(), description="what that measurement looked at")
    beyond: str = Field(default="", description="what is exceeded; empty where all limits hold")
    override: str = Field(default="", description="by whose leave it is exceeded all the same")
    guard_rails: str = Field(description="in words: whether the guard rails were audited at this dose")

    @property
    def holds(self) -> bool:
        """Whether all limits hold."""
        return not self.beyond
