"""The step compiled for this machine's processor: sparse everywhere but in the encoder's product."""
