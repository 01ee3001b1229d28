"""What the commands of `clearspan route` read: outcomes, routers, and embeddings of questions."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clearspan.economy.routing.outcomes import Outcomes
    from clearspan.economy.routing.stored import Stored

LEDGER = Path("ledger")
"""Names the outcomes of the ledger's feedback."""


def outcomes_at(path: Path, fewest: int | None = None) -> "Outcomes":
    """The outcomes of a file, or of the ledger.

    Args:
        fewest: questions that there must be, if another number than fitting needs.
    """
    from clearspan import settings
    from clearspan.economy.routing.feedback import outcomes_of
    from clearspan.economy.routing.outcomes import FEWEST, read_outcomes
    from clearspan.workspace.workspace import Workspace

    least = FEWEST if fewest is None else fewest
    if path != LEDGER:
        return read_outcomes(path, least)
    with Workspace.open(settings.load()) as workspace:
        return outcomes_of(workspace.ledger, least)


def stored_at(path: Path) -> "Stored":
    """The router of a file."""
    from clearspan.economy.routing.stored import read_router

    return read_router(path)


def embedded(outcomes: "Outcomes", needs: Collection[str]) -> "tuple[Outcomes, str]":
    """Outcomes with the embeddings of their questions if they are needed, and the reference of what made them."""
    if "vectors" not in needs:
        return outcomes, ""
    from clearspan import settings
    from clearspan.models.serving.embedder import Embedder

    configured = settings.load()
    embedder = Embedder.load(configured.embedder, configured)
    return outcomes.with_vectors(embedder.embed(outcomes.asks.questions)), embedder.reference


def usable(outcomes: "Outcomes", names: tuple[str, ...]) -> tuple[str, ...]:
    """Of some routers those that find what they look at: embeddings by the settings, scores in the outcomes."""
    from clearspan import settings

    lacking = set[str]()
    if not settings.load().embedder:
        lacking |= {"neighbours", "linear"}
    if outcomes.asks.scores is None or np.isnan(outcomes.asks.scores[:, 0]).all():
        lacking.add("cascade")
    return tuple(name for name in names if name not in lacking)
