"""Documents in, passages out: readers, passages, stores, and search by words and by meaning."""
