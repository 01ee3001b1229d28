"""The Python face: a client, answers that print, plans; `clearspan` itself names what is public of it."""
