"""A promise about quality on one's own traffic: whether it can be kept, from where on, and until when."""
