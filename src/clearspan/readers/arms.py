"""Who sees overviews: the two arms of the experiment, drawn by hash, and the name under which a visit is kept."""

import hashlib

from clearspan.events import Arm


def arm_of(session: str, holdout: float) -> Arm:
    """What a visit sees, the same all through it and independent of what is asked.

    Args:
        session: the number that the page drew for the visit.
        holdout: share of all visits that see search results alone, in [0, 1].
    """
    digest = hashlib.sha256(f"clearspan arm {session}".encode()).digest()
    return "results" if int.from_bytes(digest[:6]) < holdout * 2**48 else "overview"


def pseudonym(session: str) -> str:
    """Ties the acts of one visit together, and is not the number that the reader's browser holds."""
    return f"s-{hashlib.sha256(f'clearspan visit {session}'.encode()).hexdigest()[:16]}"
