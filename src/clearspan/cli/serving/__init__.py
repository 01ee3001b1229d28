"""Serving: the page and its routes, all that comes before them on a new machine, and the tools for assistants."""
