"""Which sentences answer, which are shown, and why there is none."""
