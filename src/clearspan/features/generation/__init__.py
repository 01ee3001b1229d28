"""Text that the model writes: samples to train on, many replies at once, and whether they are still language."""
