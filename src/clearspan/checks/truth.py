"""What Clearspan promises about truth, measured on what ships with it; evaluation sets are for benchmarks/truth.py."""

from collections.abc import Iterator, Sequence

from clearspan.checks import PROBES
from clearspan.measure.bars import Report
from clearspan.workspace.workspace import Workspace


def run(workspace: Workspace, only: Sequence[str] = ()) -> Iterator[Report]:
    """Measure with the named probes, or with all of them; each report comes as soon as it is there."""
    for name in PROBES.names():
        if not only or name in only:
            yield PROBES.get(name)(workspace)
