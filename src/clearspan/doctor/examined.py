"""How what was found is told."""

from dataclasses import dataclass
from typing import Literal

from clearspan.errors import ClearspanError

State = Literal["ok", "note", "fault"]
"""`note` is what works, but less well or not yet; `fault` is what does not work until something is done."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at.

    Attributes:
        name: what was looked at.
        found: what it is like, in one sentence.
        do: what to do about it; empty where nothing is to be done.
    """

    name: str
    state: State
    found: str
    do: str = ""

    @classmethod
    def failed(cls, name: str, error: ClearspanError) -> "Examined":
        """What an error says, as a fault."""
        return cls(name, "fault", " ".join(part for part in (error.what, error.why) if part), error.do)

    def as_dict(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {"name": self.name, "state": self.state, "found": self.found, "do": self.do}


def megabytes(size: float) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e6:,.0f} MB" if size < 10e9 else f"{size / 1e9:,.0f} GB"
