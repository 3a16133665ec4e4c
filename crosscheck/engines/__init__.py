"""Engines of other packages on trial: found through entry points, judged on what they offer."""
