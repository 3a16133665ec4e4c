r"""`certify_points`: a theorem for every point of a scan, a model whose fields are arrays.

    1. A, d and D are read off the ladder algebra of the model's text, with a rounding bound   (`symbol`)
    2. the steady state of each point is proved to exist or not, and enclosed                  (`steady`)
    3. the measures asked for are enclosed                                                     (`measures`)
    4. the engine's A, d, D, ⟨r⟩, σ and measures are held against these, point by point
    5. points that doubles do not decide go to ball arithmetic, one by one                     (`balls`)

Steps 1 to 4 are vectorised: some 100 µs a point of two modes. Step 5 takes some 60 ms a point, and has a budget.

>>> import numpy as np
>>> from crosscheck.models import ParametricOscillator
>>> model = ParametricOscillator(epsilon=np.array([0.1, 0.3, 0.7]), kappa=1.0)
>>> report = certify_points(model, quantities=["entropy"])
>>> [PointVerdict(v).words for v in report.verdicts]                              # above threshold, ε > κ/2, it grows
['certified', 'certified', 'no steady state']
>>> bool(report["entropy"].errors[:2].max() < 1e-10)
True
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from threadpoolctl import threadpool_limits

from crosscheck.certificates.batched.asked import Asked
from crosscheck.certificates.batched.balls import by_balls
from crosscheck.certificates.batched.doubles import by_doubles
from crosscheck.certificates.batched.result import PointsReport
from crosscheck.certificates.batched.verdicts import PointVerdict
from crosscheck.certificates.budget import Budget
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.model import Model
from crosscheck.models.protocol import runs_to_its_end
from gaussian.enclosed.precision import alone

# How narrow both intervals together must be, in units of max(1, |value|).
TOLERANCE = 1e-6
__all__ = ["PointVerdict", "certify_points"]


@alone
def certify_points(
    model: Model,
    *,
    quantities: Sequence[str] = ("log_negativity",),
    party: Sequence[int] | None = None,
    tolerance: float = TOLERANCE,
    budget: Budget | float | None = None,
    engine: Engine = GAUSSIAN,
    progress: Callable[[str], None] = lambda text: None,
) -> PointsReport:
    """Certify the steady state and measures of every point of a scan.

    Args:
        model: a model with constant coefficients, some of whose fields are arrays. They broadcast against each other to
            the shape of the scan: `nbar=x[:, None], r=y[None, :]` is a map. If all of them are DataArrays of xarray,
            results have their dimensions and coordinates.
        quantities: of "log_negativity", "mutual_information", "entropy" and "purity".
        party: one side of the bipartition, by its places in `model.observed`; default `model.party`.
        tolerance: how narrow both error intervals together must be, in units of max(1, |value|); for an entry σ_jk of
            the covariance in units of max(1, √(σ_jj σ_kk)).
        budget: seconds (predicted, of one core) for points that doubles do not decide; 0.06 s each for two modes.
        engine: the moment engine on trial. It is called once with the whole model, and with stacked covariances.
        progress: called with a line of text now and then.

    Returns:
        A `PointsReport`: `verdicts`, `means` and `report[quantity].values` and `.errors` in the shape of the scan,
        `counts`, `verdict`. Errors are theorems.

    Raises:
        InvalidParameter: no field is an array, an unknown quantity, a party that is none, a bad tolerance or budget.
        gaussian.NotQuadratic, gaussian.NotHermitian, gaussian.TimeDependent: the model has no such steady states.
    """
    with threadpool_limits(limits=1), runs_to_its_end():
        began = time.perf_counter()
        asked, purse = Asked.of(model, quantities, party, tolerance, engine), Budget.of(budget)
        progress("reading the generator of every point")
        found = by_doubles(asked, progress)
        by_balls(asked, found, purse, progress)
        return found.report(asked, time.perf_counter() - began)
