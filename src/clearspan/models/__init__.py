"""Open models: where their weights come from, the engine that generates, and sentence embeddings.

- `sources`: a model reference becomes files on this machine, verified, in a cache that is never half-written.
- `engine`: `LanguageModel`, which generates text one request at a time.
- `embedder`: `Embedder`, which turns sentences into unit vectors.

Nothing heavy is imported here; PyTorch arrives with `engine` or `embedder`.
"""
