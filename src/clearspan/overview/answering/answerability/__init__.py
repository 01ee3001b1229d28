"""Can anybody answer a question? Two calibrated probabilities, how they are read, and how they are trained."""
