"""Two sentences that answer together: which ones, and how surely."""
