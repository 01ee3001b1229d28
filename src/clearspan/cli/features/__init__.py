"""`clearspan features …`, one file a command."""
