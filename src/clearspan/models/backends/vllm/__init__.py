"""Dials on a vLLM server: a general plugin of vLLM, which finds it where Clearspan is installed beside it.

A request carries its dials as one string in `vllm_xargs`; `encoding.request_arguments` writes it. Each is applied at
every position of that request alone, prompt and generated tokens alike, with the arithmetic of `inside.dials`; other
requests of the batch are not touched. Cached prefixes are shared only between requests with the same dials.

Dials are Python that runs between the layers, which graphs leave out: a server that is to take them runs with
`--enforce-eager`, and one that does not refuses them, as it does for architectures where the sites are not known to be
where they are expected.
"""
