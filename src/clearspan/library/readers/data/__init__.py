"""Formats of data, notes and mail: text with a structure of its own."""
