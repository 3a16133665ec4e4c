"""The simulation certificates: truncated dynamics along a trajectory, and in the steady state, at growing cutoffs."""
