"""How the writer's prefix is trained: on sentences that people made of others, then on its own that were proved."""
