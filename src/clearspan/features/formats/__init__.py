"""Dictionaries and directions on disk: one module a format, each exact to the bit on a round trip."""
