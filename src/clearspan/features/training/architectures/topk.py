"""TopK (Gao et al. 2024): at every position, the k largest activations are kept."""

from clearspan.features.training.architectures.largest import Largest
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.steps.dense import Selection


def _selection(config: TrainingConfig) -> Selection:
    """What TopK keeps."""
    return Selection(config.k, pooled=False, prefixes=(config.features,))


ARCHITECTURE = Largest(_selection)
