"""How the verifier is trained: pairs, corruptions and the fit."""
