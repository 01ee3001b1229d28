"""Training the reader on questions that people asked, and measuring it on documents that it has not seen."""
