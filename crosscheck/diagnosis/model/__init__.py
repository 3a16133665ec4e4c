"""What can be told about a model: positivity, stability, magnitudes, symmetries, what is not Gaussian, cost."""
