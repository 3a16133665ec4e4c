"""Certificates of what is asked for beyond states and measures: monitored states, spectra, correlations."""
