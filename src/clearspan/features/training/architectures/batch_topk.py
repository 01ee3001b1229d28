"""BatchTopK (Bussmann et al. 2024): of a batch, the k · n largest activations are kept.

Positions that need more features get them from those that need fewer. It has no thresholds of its own; `thresholds`
fits one afterwards, which makes it a JumpReLU dictionary.
"""

from clearspan.features.training.architectures.largest import Largest
from clearspan.features.training.steps.dense import Selection

ARCHITECTURE = Largest(lambda config: Selection(config.k, pooled=True, prefixes=(config.features,)))
