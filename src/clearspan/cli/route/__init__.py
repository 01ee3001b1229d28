"""`clearspan route`: routers that are fitted, judged, explained, and held to a promise."""
