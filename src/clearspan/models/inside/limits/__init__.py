"""How far dials may go: measured on what they do to activations, whatever they are called.

`gauge` measures what is at a site, `pushes` what dials add there, `measured` keeps what was tried, `dose` compares,
and `overrides` says who may exceed a limit.
"""
