"""One file an architecture: what it keeps, and the gradients of its loss."""
