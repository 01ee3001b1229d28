"""Open models: where their weights come from, the engine that generates, and sentence embeddings.

- `sources`: a model reference becomes files on this machine, verified, in a cache that is never half-written.
- `engine`: `LanguageModel`, which generates text, scores it, and is read and dialled inside.
- `schedule`: many requests at once on one of the `backends`, each of which runs a model's forward passes.
- `sites`, `dials`: what can be read and set inside a model, and how it is written.
- `embedder`: `Embedder`, which turns sentences into unit vectors.

Nothing heavy is imported here; PyTorch arrives with `engine` or `embedder`.
"""
