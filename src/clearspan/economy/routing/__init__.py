"""Which tier answers, from what each offers and what it has cost so far."""
