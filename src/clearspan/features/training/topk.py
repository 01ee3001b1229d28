"""TopK (Gao et al. 2024): at every position, the k largest activations are kept."""

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.dense import Selection


def selection(config: TrainingConfig) -> Selection:
    """What TopK keeps."""
    return Selection(config.k, pooled=False, prefixes=(config.features,))
