"""The generator certificate: whether drift, drive and diffusion are those of the master equation."""
