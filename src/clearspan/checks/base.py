"""What `clearspan check truth` needs of a probe. One file a probe beside this one."""

from typing import Protocol

from clearspan.measure.bars import Report
from clearspan.workspace.workspace import Workspace


class Probe(Protocol):
    """One measurement, with the bars that it is held to and the controls that show what the bars are worth."""

    def __call__(self, workspace: Workspace) -> Report:
        """Measure.

        Args:
            workspace: has the sample library, `workspace.workspace.SAMPLES_LIBRARY`. Whatever else is asked or kept
                must not change the user's own state: ask with `keep=False`.
        """
        ...
