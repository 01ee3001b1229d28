"""What of a text may be quoted, and what must be shown with it so that it can be understood alone."""
