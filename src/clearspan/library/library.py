"""A library: documents in, passages out."""
