"""What Clearspan promises about truth, measured on what ships with it; evaluation sets are for benchmarks/truth.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from clearspan.checks import outcomes, trust, verification
from clearspan.measure.bars import Report
from clearspan.workspace.workspace import Workspace

Part = Callable[[Workspace], Report]

PARTS: Mapping[str, Part] = {
    "sources": trust.measure,
    "verification": verification.measure,
    "outcomes": outcomes.measure,
}
"""Name of a part → what measures it; one report each, in the order in which they are printed."""


def run(workspace: Workspace, only: Sequence[str] = ()) -> Iterator[Report]:
    """Measure the named parts, or all of them; each report comes as soon as it is there."""
    for name, measure in PARTS.items():
        if not only or name in only:
            yield measure(workspace)
