"""The verifier: does a passage say what a sentence says? Features, a small trained model, and how it is trained."""
