"""The fast path on a GPU: plain PyTorch over transformers' weights, a static cache, and recorded decode steps."""
