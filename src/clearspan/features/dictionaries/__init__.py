"""Trained sparse autoencoders as they are used: one module an architecture."""
