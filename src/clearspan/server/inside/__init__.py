"""Dictionaries, features and dials over HTTP."""
