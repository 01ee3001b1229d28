"""Numbers with their bounds: estimates, intervals, bars that hold or do not, charts."""
