"""Somebody's own Gaussian code: its claims, how it may differ from the model, and how it does."""
