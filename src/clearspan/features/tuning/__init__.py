"""What dials do to replies, measured: how often a thing is mentioned, and whether the text stays whole."""
