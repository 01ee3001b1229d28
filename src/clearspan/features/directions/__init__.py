"""Named vectors at sites of a model: made from texts, kept, exchanged with other programs, and dialled."""
