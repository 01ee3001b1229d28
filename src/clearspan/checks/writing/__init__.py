"""What the writer makes of the evidence of real questions: to learn from what is proved, and to measure."""
