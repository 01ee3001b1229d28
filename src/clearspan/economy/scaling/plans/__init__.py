"""Plans: laws and prices that end in a decision."""
