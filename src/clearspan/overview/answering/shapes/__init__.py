"""Answers that have the shape of their question: one file a shape, each from scored statements to claims in order."""
