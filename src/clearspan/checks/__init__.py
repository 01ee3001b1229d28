"""Clearspan measured against its own promises; run by `clearspan check …`.

A package adds a probe of `clearspan check truth` under the entry point group `clearspan.probes`: a function that is a
`Probe`.
"""

from types import FunctionType
from typing import TYPE_CHECKING

from clearspan.plugins import Plugins

if TYPE_CHECKING:
    from clearspan.checks.base import Probe

PROBES: "Plugins[Probe]" = Plugins(
    "clearspan.probes",
    "probe",
    {
        "sources": "clearspan.checks.trust:measure",
        "verification": "clearspan.checks.verification:measure",
        "outcomes": "clearspan.checks.outcomes:measure",
    },
    FunctionType,
)
