"""What was learned for the writer: a prefix of the bundled model, and how it is trained."""
