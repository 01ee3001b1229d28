"""The fast path on a processor: one C++ step over packed weights, compiled on the machine that runs it."""
