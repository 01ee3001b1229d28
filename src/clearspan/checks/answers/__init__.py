"""Answers measured on questions that people asked of real documents, which no reader was trained on."""

DEFAULT_SAMPLE = 12
"""Questions of a set that are asked unless more are wanted."""
