"""The learning rate over a training: it rises, stays, and falls, each in a straight line."""

from clearspan.features.training.config import TrainingConfig


def learning_rate(config: TrainingConfig, step: int) -> float:
    """The rate of step `step`, from 0; the first is above 0 and so is the last."""
    rising = round(config.warm_up * config.steps)
    falling = round(config.decay * config.steps)
    share = min(1.0, (step + 1) / (rising + 1), (config.steps - step) / (falling + 1))
    return config.highest_rate * share
