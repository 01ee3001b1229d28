"""Training the parser of table questions on questions and their answers alone, and measuring it on other documents."""
