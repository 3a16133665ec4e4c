"""`diagnose`: what is the matter with a model, or with a covariance-matrix code, and what to do about it."""
