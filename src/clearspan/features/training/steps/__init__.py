"""One step of a training: the gradients of its loss on a batch, and the update of its parameters."""
