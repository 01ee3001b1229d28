"""Clearspan measured against its own promises; run by `clearspan check …`."""
