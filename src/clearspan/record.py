"""What everything that the ledger keeps has in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of all that is written to the ledger: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
