"""Wrong answers at a few points of a scan, which must be refuted at those points and at no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian
from crosscheck.certificates.batched.points import certify_points
from crosscheck.certificates.batched.verdicts import PointVerdict
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.exam.bug import BUDGET, Bug
from crosscheck.models import ParametricOscillator, ReservoirGravity
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict

# Temperatures and squeezings: entangled in one corner, not in the other. Then through the threshold at ε = κ/2.
NBAR: Any = np.linspace(0, 2, 6)[:, None]
SQUEEZING: Any = np.linspace(0.1, 1, 5)[None, :]
EPSILON: Any = np.linspace(0.05, 0.95, 10)
MAP = replace(ReservoirGravity.example(), nbar=NBAR, r=SQUEEZING)
THRESHOLD = ParametricOscillator(epsilon=EPSILON, kappa=1.0)
Points = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PointsTrial:
    """`engine` at all points of a scan; it is wrong at the points `at`, and right everywhere else."""

    model: Any
    engine: Engine
    at: Points
    quantity: str

    @property
    def subject(self) -> str:
        return f"{self.quantity} of {type(self.model).__name__}: {self.model!r}"

    def of_suspect(self, name: str) -> Report:
        """Refuted if the points `at` are refuted, and no others; inconclusive if it is others."""
        return self._report(replace(self.engine, name=name), self.at)

    def of_right(self) -> Report:
        """Certified if no point is refuted or left open."""
        return self._report(GAUSSIAN, ())

    def _report(self, engine: Engine, wrong: Points) -> Report:
        found = certify_points(self.model, quantities=[self.quantity], engine=engine, budget=BUDGET)
        refuted = tuple(found.where(PointVerdict.REFUTED))
        only = found.count(PointVerdict.INCONCLUSIVE) == 0 and sorted(refuted) == sorted(wrong)
        certificate = Certificate(
            kind="points",
            basis="A, d and D from the ladder algebra, σ and measures enclosed in doubles",
            comparisons=(),
            note=f"Refuted at {', '.join(map(str, refuted)) or 'no point'}.",
            decided=found.verdict if only else Verdict.INCONCLUSIVE,
            theorem=True,
        )
        name = type(self.model).__name__
        return Report(model=name, name=name, engine=engine.name, certificates=(certificate,))


def bugs() -> list[Bug]:
    """One mistake each, at one or a few points."""
    hot = tuple((j, k) for j in range(4, 6) for k in range(5))
    entangled = np.argwhere(gaussian.log_negativity(gaussian.steady_state(MAP).covariance, party=[0]) > 0)
    above = tuple((k,) for k in range(5, 10))
    return [
        _bug("point-doubled", "σ twice what it is at one point", _states(_doubled), ((2, 3),)),
        _bug("point-of-the-neighbour", "σ of the next point at one point", _states(_neighbour), ((3, 1),)),
        _bug("point-too-sure", "σ off by 10⁻⁷ with an error of 10⁻¹² at one point", _states(_too_sure), ((1, 4),)),
        _bug("point-mean", "⟨r⟩ = 1 for 0 at one point", _states(_pushed), ((0, 2),)),
        _bug("point-missing", "no steady state reported where there is one", _states(_missing), ((5, 0),)),
        _bug("points-transposed", "the axes of the scan exchanged in one row", _states(_turned), _row(2)),
        _bug("points-hot", "twice the diffusion wherever n̄ > 1.5", {"moment_equations": _hot}, hot),
        _bug("points-in-bits", "E_N in bits, wrong where it is not zero", {"log_negativity": _in_bits},
             tuple(tuple(map(int, index)) for index in entangled)),
        _bug("points-above-threshold", "the closed form below threshold, used above it", {"steady_state": _believed},
             above, model=THRESHOLD, quantity="entropy"),
    ]  # fmt: skip


def _bug(
    name: str, what: str, changes: dict[str, Any], at: Points, *, model: Any = MAP, quantity: str = "log_negativity"
) -> Bug:
    trial = PointsTrial(model=model, engine=replace(GAUSSIAN, **changes), at=at, quantity=quantity)
    return Bug(name=name, description=what, certificate="points", trial=trial)


def _row(j: int) -> Points:
    return tuple((j, k) for k in range(5) if k != 2)


def _states(change: Callable[[Any], None]) -> dict[str, Any]:
    """`gaussian`'s steady states, changed in place."""

    def steady_state(model: Any) -> Any:
        right = gaussian.steady_state(model)
        parts = {name: np.array(getattr(right, name)) for name in ("mean", "covariance", "error")}
        found = replace(right, **parts)
        change(found)
        return found

    return {"steady_state": steady_state}


def _doubled(state: Any) -> None:
    state.covariance[2, 3] *= 2


def _neighbour(state: Any) -> None:
    state.covariance[3, 1] = state.covariance[3, 2]


def _too_sure(state: Any) -> None:
    state.covariance[1, 4] += 1e-7 * np.eye(4)
    state.error[1, 4] = 1e-12


def _pushed(state: Any) -> None:
    state.mean[0, 2] += 1.0


def _missing(state: Any) -> None:
    state.covariance[5, 0] = np.nan


def _turned(state: Any) -> None:
    state.covariance[2] = state.covariance[2, ::-1].copy()


def _hot(model: Any) -> gaussian.MomentEquations:
    right = gaussian.moment_equations(model)
    factor = np.where(np.asarray(model.nbar) > 1.5, 2.0, 1.0)
    return replace(right, diffusion=right.diffusion * factor[..., None, None])


def _in_bits(sigma: NDArray[Any], *, party: Any) -> Any:
    return gaussian.log_negativity(sigma, party=party, require_physical_state=False) / np.log(2)


def _believed(model: Any) -> tuple[Any, Any]:
    found = gaussian.moment_equations(model)
    epsilon = np.asarray(model.epsilon)
    x, p = (0.5 / (1 - 2 * sign * epsilon) for sign in (1, -1))
    return np.zeros(found.drift.shape[:-1]), np.stack([x, 0 * x, 0 * x, p], -1).reshape(-1, 2, 2)
