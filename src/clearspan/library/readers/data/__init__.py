"""Plain text, and text with a structure of its own: data, notes and mail."""
