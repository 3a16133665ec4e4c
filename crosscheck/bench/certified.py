"""Certificates of points: steady states of one model at 100,000 temperatures, each with a theorem about E_N.

What is timed is `certify_points`: the engine's own answers, the generator read off the ladder algebra, and the proofs.
The error is the largest that is proved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.bench.batches import HOTTEST
from crosscheck.bench.result import Case, Goal, Run
from crosscheck.bench.steady import MODEL
from crosscheck.bench.timing import Advance, best_of
from crosscheck.certificates.batched.points import certify_points
from crosscheck.report.verdict import Verdict

OURS = "certify_points"
# Largest proved error of E_N that counts.
ACCURACY = 1e-8
# Points a minute on one core.
WANTED = 1e5


def certified(points: int, advance: Advance = lambda text, steps: None) -> Case:
    """All points, with E_N."""
    temperatures: Any = np.linspace(0, HOTTEST, points)
    model = replace(MODEL, nbar=temperatures)
    advance(f"{points} certified points", 0)
    certify_points(replace(MODEL, nbar=temperatures[:2]))  # what is imported once is not counted
    seconds, report = best_of(lambda: certify_points(model))
    error = float(report["log_negativity"].errors.max())
    right = report.verdict is Verdict.CERTIFIED and error <= ACCURACY
    advance("", 1)
    return Case(
        name="Gaussian steady states of two modes with a theorem each",
        axis="points",
        accuracy=ACCURACY,
        error_of="E_N, proved",
        ours=OURS,
        default="",
        runs=(Run(solver=OURS, size=points, seconds=seconds, error=error, right=right),),
    )


def goal(case: Case) -> Goal:
    """At least so many points a minute on one core."""
    run = case.run(OURS, max(case.sizes))
    value = None if run is None else 60 * run.size / run.seconds
    return Goal(
        what="certified points of two modes, a minute on one core",
        wanted=f"≥ {WANTED:g}",
        measured="–" if value is None else f"{value:.3g}",
        reached=None if value is None else value >= WANTED,
    )
