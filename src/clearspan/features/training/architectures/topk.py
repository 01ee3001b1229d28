"""TopK (Gao et al. 2024): at every position, the k largest activations are kept."""

from clearspan.features.training.architectures.largest import Largest
from clearspan.features.training.steps.dense import Selection

ARCHITECTURE = Largest(lambda config: Selection(config.k, pooled=False, prefixes=(config.features,)))
