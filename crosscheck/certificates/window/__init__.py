"""The window certificate: whether a Gaussian state solves a master equation, by matrix elements with |m| + |n| ≤ 2."""
