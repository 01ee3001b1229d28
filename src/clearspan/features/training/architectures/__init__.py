"""The ways to train a dictionary, by name.

A package adds one under the entry point group `clearspan.architectures`: an `Architecture`.
"""

from clearspan.features.training.architectures.base import Architecture
from clearspan.plugins import Plugins

_MODULES = {
    "batchtopk": "batch_topk",
    "topk": "topk",
    "matryoshka": "matryoshka",
    "jumprelu": "jumprelu",
    "gated": "gated",
}
ARCHITECTURES: Plugins[Architecture] = Plugins(
    "clearspan.architectures",
    "architecture",
    {
        name: f"clearspan.features.training.architectures.{module}:ARCHITECTURE"
        for name, module in _MODULES.items()
    },
    Architecture,
)
