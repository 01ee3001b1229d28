"""How dictionaries compute their activations, by the name of their architecture.

A package adds one under the entry point group `clearspan.activations`: a class that is a `Dictionary`. It is then
read from our folders and written into them.
"""

from clearspan.features.dictionaries.base import Dictionary
from clearspan.plugins import Plugins

DICTIONARY_CLASSES: Plugins[type[Dictionary]] = Plugins(
    "clearspan.activations",
    "activation",
    {
        "relu": "clearspan.features.dictionaries.relu:ReluDictionary",
        "topk": "clearspan.features.dictionaries.topk:TopKDictionary",
        "jumprelu": "clearspan.features.dictionaries.jumprelu:JumpReluDictionary",
        "gated": "clearspan.features.dictionaries.gated:GatedDictionary",
    },
    Dictionary,
    classes=True,
)
