"""The verifier: does a passage say what a sentence says? Predictors, a small trained model, and how it is trained."""
