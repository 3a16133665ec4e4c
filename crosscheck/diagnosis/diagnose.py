r"""`diagnose`: a model, or a code that claims to be about one.

>>> import numpy as np
>>> import gaussian
>>> from crosscheck.models import BathBeamSplitter
>>> model = BathBeamSplitter.example()
>>> mine = {"A": gaussian.drift(model), "D": 2 * gaussian.diffusion(model), "vacuum": 0.5}
>>> print(diagnose(mine, model=model).causes[0].text)
all noise is twice the model's: D belongs to vacuum 1, or lacks a factor ½
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crosscheck.diagnosis.code.chain import diagnose_code
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.models import find_model
from crosscheck.target import is_target, load, model_of


def diagnose(
    target: Any,
    *,
    model: Any = None,
    vacuum: float | None = None,
    layout: str | None = None,
    tolerance: float | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> CodeDiagnosis:
    """Say what is wrong with a model, or with somebody's own Gaussian code.

    Args:
        target: a model; or a `Claim`, or a module, class, dict or object with matrices and measures under their usual
            names (drift or A, diffusion or D, covariance or sigma, log_negativity …); or `"file.py:Name"` of one.
        model: the model that a code claims to be about, if it does not say so itself; or its name, for its example.
        vacuum: the variance of the vacuum in the code, if it is known; it is guessed otherwise.
        layout: the order of its quadratures, "xpxp" or "xxpp", if it is known.
        tolerance: how far right entries may be off, relatively.
        progress: called with a line of text now and then.

    Returns:
        A diagnosis with `.verdict`, `.story`, `to_json()`; of a code also `.stages`, `.causes` and `.conventions`.

    Raises:
        TargetNotFound, InvalidParameter: the target cannot be loaded or read.
        gaussian.GaussianError: the model that a code claims to be about is not Gaussian.
    """
    found = load(target, alone=True) if isinstance(target, str) and is_target(target) else target
    if isinstance(model, str):
        model = model_of(load(model) if is_target(model) else find_model(model), model)
    options = {"vacuum": vacuum, "layout": layout, "tolerance": tolerance}
    return diagnose_code(Claim.of(found, model, **options), progress=progress)
