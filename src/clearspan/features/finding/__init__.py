"""Finding a feature by what it means: what it responds to, what it is called, and what it makes the model say."""
