"""Texts that address an AI reader with instructions."""
