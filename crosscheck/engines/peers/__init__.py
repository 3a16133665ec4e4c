"""Adapters of packages that are installed with the extra `peers` only; each imports its package."""
