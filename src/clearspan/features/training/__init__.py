"""Training of dictionaries: activations in, a dictionary's folder out; one module an architecture."""
