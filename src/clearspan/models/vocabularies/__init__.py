"""What a language model reads: its tokens, and the vector that each enters the model with.

- `rows`: an embedding matrix read block by block, never held whole; exact nearest neighbours.
- `gguf_file`, `folder`: tokens, splitting and matrix out of the two formats that models come in.
- `vocabulary`: `Vocabulary`, tokens with their vectors.
- `neighbourhoods`: how pure the neighbourhoods of word lists are, with intervals.
"""
