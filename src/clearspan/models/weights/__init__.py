"""From a model reference to verified files, and from files to a model in memory."""
