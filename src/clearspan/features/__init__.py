"""Inside: learn the features of a model, find one by what it means, and dial it.

harvest → train → evidence → labels → find → dial; one module an idea. docs/guides/dictionaries.md explains each.
"""
