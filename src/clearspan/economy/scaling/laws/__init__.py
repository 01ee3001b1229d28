"""Scaling laws, one file a law, and the runs that they are fitted to."""
