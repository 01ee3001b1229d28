"""The Model Context Protocol: what assistants of other programs may use of a library."""
