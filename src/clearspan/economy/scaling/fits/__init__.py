"""Laws fitted to runs, and what the runs cannot determine."""
