r"""`diagnose`: a model, or a code that claims to be about one.

>>> import numpy as np
>>> import gaussian
>>> from crosscheck.models import BathBeamSplitter
>>> model = BathBeamSplitter.example()
>>> mine = {"A": gaussian.drift(model), "D": 2 * gaussian.diffusion(model), "vacuum": 0.5}
>>> print(diagnose(mine, model=model).causes[0].text)
all noise is twice the model's: D belongs to vacuum 1, or lacks a factor ½
>>> print(*diagnose(model, tolerance=1e-3).story)
Nothing is the matter with BathBeamSplitter: moments and Fock space agree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import gaussian
from crosscheck.certificates.batched.scan import scan_shape
from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.diagnosis.code.chain import diagnose_code
from crosscheck.diagnosis.code.chain_in_time import diagnose_in_time
from crosscheck.diagnosis.code.claim import Claim
from crosscheck.diagnosis.code.clock import Clock
from crosscheck.diagnosis.code.data import is_data, load_data
from crosscheck.diagnosis.code.grid import diagnose_grid
from crosscheck.diagnosis.code.names import is_code
from crosscheck.diagnosis.code.report import CodeDiagnosis
from crosscheck.diagnosis.code.scan_report import ScanDiagnosis
from crosscheck.diagnosis.model.examine import examine
from crosscheck.diagnosis.model.report import ModelDiagnosis
from crosscheck.errors import InvalidParameter
from crosscheck.models import find_model
from crosscheck.models.loading import is_target, load, model_of, only_model
from crosscheck.models.protocol import runs_to_its_end
from gaussian.enclosed.precision import alone

OF_A_CODE = "Give the arrays of a code their usual names (A, D, sigma, log_negativity …): none was found."
OF_A_MODEL = "Call again with the linearised model as the target."


@alone
@runs_to_its_end("A code or model")
def diagnose(
    target: Any,
    *,
    model: Any = None,
    full: Any = None,
    vacuum: float | None = None,
    layout: str | None = None,
    use: Any = None,
    tolerance: float | None = None,
    budget: Budget | float | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> CodeDiagnosis | ModelDiagnosis | ScanDiagnosis:
    """Say what is wrong with a model, or with somebody's own Gaussian code.

    Args:
        target: a model; or a `Claim`, or a module, class, dict or object with matrices and measures under their usual
            names (drift or A, diffusion or D, covariance or sigma, log_negativity …); or `"file.py:Name"` of one, or a
            file of arrays (`.npz`, `.npy`, `.mat`, `.json`, `.csv`).
        model: the model that a code claims to be about, if it does not say so itself (a file may define it beside the
            matrices); or its name, for its example.
        full: of a model, the one that it linearises, to be judged against.
        vacuum: the variance of the vacuum in the code, if it is known; it is guessed otherwise.
        layout: the order of its quadratures, "xpxp" or "xxpp", if it is known.
        use: of a code, which of its names are meant, as `"A=drift_ss,D=noise,E_N=none"` (theirs on the right) or as a
            dict. Without it, usual names are read where they hold something of the right shape.
        tolerance: of a code, how far right entries may be off, relatively: 1e-6, more for printed digits and for
            trajectories; if it is given, trajectories that agree within it are right. Of a model, that of `certify`.
        budget: seconds (or a `Budget`): of a model, that each simulation may spend; of a code, that the causes of what
            is wrong may be searched for (by default 7 of up to 4 modes, and 45 of more).
        progress: called with a line of text now and then.

    Returns:
        A diagnosis with `.verdict`, `.story`, `to_json()`; of a model also `.sections` and `.findings`, of a code
        `.stages`, `.causes` and `.conventions`. Of a code over a scan (a model whose fields are arrays, claims whose
        first axes are those of the scan) `.judged`, `.wrong` and `.unstable` for all points, and `.point`, the
        diagnosis of the first wrong one.

    Raises:
        TargetNotFound, InvalidParameter: the target cannot be loaded or read.
        InvalidModel: a model is ill-formed, or code of the user's leaves the program.
        gaussian.GaussianError: the model that a code claims to be about is not Gaussian.
    """
    found = (
        named(str(target), with_model=model is not None or use is not None)
        if isinstance(target, str | Path)
        else target
    )
    model, full = (_model(m) if isinstance(m, str) else m for m in (model, full))
    if hasattr(found, "hamiltonian"):
        for name, given in (("model", model), ("vacuum", vacuum), ("layout", layout), ("use", use)):
            if given is not None:
                raise InvalidParameter(name, "be left out where the target is a model", given, OF_A_CODE)
        found = model_of(found, getattr(found, "__name__", "the model"))
        tolerance = TOLERANCE if tolerance is None else tolerance
        with runs_to_its_end():
            return examine(found, full=full, tolerance=tolerance, budget=budget, progress=progress)
    if full is not None:
        raise InvalidParameter("full", "be left out where the target is a code", full, OF_A_MODEL)
    if isinstance(found, ModuleType) and model is None and not hasattr(found, "model"):
        model = model_of(only_model(found, Path(str(found.__file__)).name), found.__name__)
    options = {"vacuum": vacuum, "layout": layout, "tolerance": tolerance}
    claim = Claim.of(found, model, use=use, **options)
    clock = None if budget is None else Clock(Budget.of(budget).seconds)
    if scan_shape(claim.model):
        return diagnose_grid(claim, progress=progress, clock=clock)
    follow = diagnose_in_time if gaussian.is_time_dependent(claim.model) else diagnose_code
    return follow(claim, progress=progress, clock=clock)


def named(target: str, *, with_model: bool) -> Any:
    """What a target names: a model, or a code, which a file is if it holds matrices or comes with a model."""
    if is_data(target):
        return load_data(target)
    return load(target, whole=lambda module: is_code(module, named=with_model)) if is_target(target) else _model(target)


def _model(name: str) -> Any:
    """The model of a name, ours or a target."""
    return model_of(load(name) if is_target(name) else find_model(name), name)
