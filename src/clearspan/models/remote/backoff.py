"""When to try a server again: full jitter, and never before the server said."""

import email.utils
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

RETRIED = frozenset({408, 409, 425, 429})
"""Client-side status codes that pass; so does everything from 500 up."""


def passes(status: int) -> bool:
    """Whether a status tells of something that may be gone at the next try."""
    return status in RETRIED or status >= 500


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between tries.

    Full jitter (Brooker, "Exponential backoff and jitter", 2015): anything from nothing to a ceiling that doubles,
    so that clients that failed together do not come back together.

    Attributes:
        base: seconds; the ceiling of the first pause.
        ceiling: seconds; no pause of its own accord is longer.
        draw: `draw(low, high)`, uniform.
    """

    base: float = 0.5
    ceiling: float = 20.0
    draw: Callable[[float, float], float] = random.uniform

    def pause(self, failures: int, retry_after: float | None) -> float:
        """Seconds until the next try.

        Args:
            failures: tries that failed so far, from 1.
            retry_after: what the server asked for; the pause is not shorter.
        """
        # Past 2^30 the ceiling rules anyway, and the power must not overflow.
        jitter = self.draw(0.0, min(self.ceiling, self.base * 2.0 ** min(failures - 1, 30)))
        return jitter if retry_after is None else retry_after + min(jitter, self.base)


def read_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number or a date (RFC 9110, section 10.2.3).

    Returns:
        None where there is no header or it cannot be read; never a negative number.
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    return max(0.0, seconds) if math.isfinite(seconds) else None
