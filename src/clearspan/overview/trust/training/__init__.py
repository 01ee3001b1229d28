"""Training of what judges sources, on headlines and articles that others labelled."""
