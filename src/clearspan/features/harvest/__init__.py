"""From text to activations: corpora, shards on disk, and streams straight into training."""
