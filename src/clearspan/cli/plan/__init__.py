"""`clearspan plan …`."""
