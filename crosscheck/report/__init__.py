"""Verdicts, certificates and reports: what a comparison means, and how a result is shown."""
