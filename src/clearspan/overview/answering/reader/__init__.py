"""The reader: a small encoder that reads a question with a window of a passage and marks what answers it."""
