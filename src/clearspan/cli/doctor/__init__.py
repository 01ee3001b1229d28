"""`clearspan doctor`."""
