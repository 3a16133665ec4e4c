"""Test configuration: one hypothesis profile, no deadlines (timings live in the benchmarks).

Failures are not shrunk by default, which can take longer than the whole suite: HYPOTHESIS_PROFILE=thorough shrinks,
and looks ten times harder.
"""

import os

from hypothesis import HealthCheck, Phase, settings

# The suite runs one process a core; threads inside BLAS would only get in each other's way (workers inherit this).
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tables are as wide as the terminal, which a test does not have.
os.environ["COLUMNS"] = "100"

calm = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "suite",
    deadline=None,
    max_examples=30,
    derandomize=True,
    suppress_health_check=calm,
    phases=(Phase.explicit, Phase.generate),
)
settings.register_profile("thorough", deadline=None, max_examples=300, suppress_health_check=calm)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
