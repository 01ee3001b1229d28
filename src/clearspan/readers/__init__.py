"""The people who read answers: what they open, and whether overviews help."""
