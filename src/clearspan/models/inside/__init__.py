"""What a model computes, addressed, read and dialled."""
