"""Text and conversations into tokens, and tokens into text."""
