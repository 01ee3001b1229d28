"""What one text may say next: a request may be held to few tokens at each step instead of the whole vocabulary."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Guidance(Protocol):
    """Holds one text; the thread that draws its tokens calls it."""

    def allowed(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The tokens that may come next, at least one, and what each costs: nats taken off its logit."""
        ...

    def take(self, token: int) -> None:
        """One of them was drawn."""
        ...
