"""TopK (Gao et al. 2024): at every position, the k largest activations are kept."""

from clearspan.features.training.architectures.dense import Selection
from clearspan.features.training.config import TrainingConfig


def selection(config: TrainingConfig) -> Selection:
    """What TopK keeps."""
    return Selection(config.k, pooled=False, prefixes=(config.features,))
