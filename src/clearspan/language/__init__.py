"""Text as everybody here reads it: words, sentences, clauses, quantities and units; one table for each idea."""
