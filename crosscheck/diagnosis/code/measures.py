r"""How formulas for E_N, S, I and discord differ: logarithms and factors, and what is commonly forgotten.

    E_N = Σ max(0, −ln 2ν̃),     S = Σ g(ν),     I = S(A) + S(B) − S(AB)

with vacuum ½·1. Each variant gives another number for the same covariance. The base of the logarithm is a convention:
E_N and S in nats or in ebits (log₂) are one quantity in two units, and both are in use. No unit makes them twice or
half as large. −ln 4ν̃² is −2 ln 2ν̃, the square root of ν̃² is forgotten; ½(−ln 2ν̃) has the ½ that belongs to −½ ln 4ν̃².
Such factors are mistakes.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gaussian

Array = NDArray[Any]
Formula = Callable[[Array, Sequence[int]], float]

RIGHT = ""
# What a code may do to the right number.
OUTPUTS: dict[str, float] = {
    RIGHT: 1.0,
    "the logarithm is log₂": 1 / np.log(2),
    "the logarithm is log₁₀": 1 / np.log(10),
    "the sign is reversed": -1.0,
}
# Factors of the right number that no unit has.
FACTORS: dict[str, float] = {"the result is doubled": 2.0, "the result is halved": 0.5}
FACTORS_OF_E_N: dict[str, float] = {
    "it is doubled, as by −ln 4ν̃², where the square root of ν̃² is missing": 2.0,
    "it is halved: the ½ of −½ ln 4ν̃² is applied to −ln 2ν̃": 0.5,
}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to compute a measure: a wrong `formula` (empty if right) and an `output` convention (empty if ours)."""

    formula: str
    output: str

    @property
    def is_convention(self) -> bool:
        return not self.formula and self.output != "the sign is reversed"

    @property
    def size(self) -> int:
        return bool(self.formula) + bool(self.output)

    @property
    def text(self) -> str:
        return "; ".join(part for part in (self.formula, self.output) if part) or "as here"


@contextlib.contextmanager
def on_trial() -> Iterator[None]:
    """What a formula on trial makes of its digits is told to nobody: most formulas are not those of the code."""
    with warnings.catch_warnings(action="ignore", category=gaussian.IllConditioned), np.errstate(all="ignore"):
        yield


def variants(measure: str, sigma: Array, party: Sequence[int]) -> dict[Variant, float]:
    """What each variant makes of one covariance (vacuum ½·1, order x1, p1, …)."""
    values: dict[str, float] = {}
    with on_trial():
        for formula, function in FORMULAS[measure].items():
            with contextlib.suppress(gaussian.GaussianError):
                values[formula] = float(function(sigma, party))
    if RIGHT in values:
        values |= {text: factor * values[RIGHT] for text, factor in factors_of(measure).items()}
    return {
        Variant(formula=formula, output=output): factor * value
        for formula, value in values.items()
        for output, factor in OUTPUTS.items()
        if np.isfinite(value)
    }


def factors_of(measure: str) -> dict[str, float]:
    """Factors of the right number that are mistakes, by their words."""
    return FACTORS_OF_E_N if measure == "log_negativity" else FACTORS


def matching(
    measure: str, claimed: Sequence[float], sigmas: Sequence[Array], party: Sequence[int], tolerance: float
) -> list[Variant]:
    """The variants that give all claimed numbers, fewest changes first; several only if they are equally simple."""
    tables = [variants(measure, sigma, party) for sigma in sigmas]
    fitting = [
        variant
        for variant in tables[0]
        if all(
            variant in table and abs(table[variant] - c) <= tolerance * max(abs(c), 1e-6)
            for table, c in zip(tables, claimed, strict=True)
        )
    ]
    if not fitting:
        return []
    smallest = min(variant.size for variant in fitting)
    return sorted((v for v in fitting if v.size == smallest), key=lambda v: not v.is_convention)


def _transposed(sigma: Array, party: Sequence[int]) -> Array:
    return np.asarray(gaussian.symplectic_eigenvalues(gaussian.partial_transpose(sigma, party=party)))


def _e_n(nu: Array, scale: float = 2.0) -> float:
    return float(np.maximum(0.0, -np.log(scale * nu)).sum())


def _in_order_of_blocks(sigma: Array, party: Sequence[int]) -> Array:
    """Eigenvalues of ΩΛσΛ with Ω of the order (x1, x2, …, p1, p2, …) and σ of the order (x1, p1, …)."""
    n = len(sigma) // 2
    form = np.block([[np.zeros((n, n)), np.eye(n)], [-np.eye(n), np.zeros((n, n))]])
    flip = np.diag([*np.ones(n), *(-1.0 if k in party else 1.0 for k in range(n))])
    return np.sort(np.abs(np.linalg.eigvals(form @ flip @ sigma @ flip).imag))[::2]


def _rest(sigma: Array, party: Sequence[int]) -> list[int]:
    return [k for k in range(len(sigma) // 2) if k not in party]


def _half_log_det(sigma: Array) -> float:
    return 0.5 * float(np.linalg.slogdet(2 * sigma)[1])


def _renyi_information(sigma: Array, party: Sequence[int]) -> float:
    parts = [gaussian.reduced(sigma, list(p)) for p in (party, _rest(sigma, party))]
    return sum(_half_log_det(part) for part in parts) - _half_log_det(sigma)


def _entropies(g: Callable[[Array], float]) -> Formula:
    """S(A) + S(B) − S(AB) with another entropy."""

    def information(sigma: Array, party: Sequence[int]) -> float:
        parts = [gaussian.reduced(sigma, list(p)) for p in (party, _rest(sigma, party))]
        return sum(g(part) for part in parts) - g(sigma)

    return information


def _entropy_at(scale: float) -> Callable[[Array], float]:
    return lambda sigma: float(gaussian.entropy_of_mode(scale * gaussian.symplectic_eigenvalues(sigma)).sum())


def _entropy_of_determinant(sigma: Array) -> float:
    n = len(sigma) // 2
    return n * float(gaussian.entropy_of_mode(0.5 * np.exp(_half_log_det(sigma) / n)))


FORMULAS: dict[str, dict[str, Formula]] = {
    "log_negativity": {
        RIGHT: lambda s, party: _e_n(_transposed(s, party)),
        "only the smallest ν̃ is counted": lambda s, party: _e_n(_transposed(s, party)[:1]),
        "max(0, ·) is missing: the smallest ν̃ counts even above ½": lambda s, party: float(
            -np.log(2 * _transposed(s, party)[0])
        ),
        "max(0, ·) is missing: all ν̃ are counted": lambda s, party: float(-np.log(2 * _transposed(s, party)).sum()),
        "|ln 2ν̃| of every ν̃ is added, those above ½ included": lambda s, party: float(
            np.abs(np.log(2 * _transposed(s, party))).sum()
        ),
        "there is no partial transpose (or det C enters Δ̃ with the wrong sign)": lambda s, party: _e_n(
            gaussian.symplectic_eigenvalues(s)
        ),
        "there is no partial transpose, nor max(0, ·)": lambda s, party: float(
            -np.log(2 * gaussian.symplectic_eigenvalues(s)[0])
        ),
        "it is the negativity 𝒩 = (e^{E_N} − 1)/2": lambda s, party: 0.5 * float(np.expm1(_e_n(_transposed(s, party)))),
        "the factor 2 of 2ν̃ is missing, as for a vacuum of 1": lambda s, party: _e_n(_transposed(s, party), 1.0),
        "the factor 2 of the smallest 2ν̃ is missing, as for a vacuum of 1": lambda s, party: _e_n(
            _transposed(s, party)[:1], 1.0
        ),
        "the largest ν̃ is taken, not the smallest, in max(0, ·)": lambda s, party: _e_n(_transposed(s, party)[-1:]),
        "the largest ν̃ is taken, not the smallest": lambda s, party: float(-np.log(2 * _transposed(s, party)[-1])),
        "the factor of ν̃ is 4, for a σ with vacuum 1 in a formula for vacuum ½": lambda s, party: _e_n(
            _transposed(s, party), 4.0
        ),
        "Ω is that of the order (x1, x2, …, p1, p2, …), σ is not": lambda s, party: _e_n(_in_order_of_blocks(s, party)),
    },
    "entropy": {
        RIGHT: lambda s, party: float(gaussian.entropy(s)),
        "it is the Rényi-2 entropy ½ ln det 2σ": lambda s, party: _half_log_det(s),
        "it is the linear entropy 1 − tr ρ²": lambda s, party: 1 - float(gaussian.purity(s)),
        "it is the entropy of one party": lambda s, party: float(gaussian.entropy(gaussian.reduced(s, list(party)))),
        "it is the entropy of the other party": lambda s, party: float(
            gaussian.entropy(gaussian.reduced(s, _rest(s, party)))
        ),
        "ν is twice too large, for a σ with vacuum 1 in a formula for vacuum ½": lambda s, party: _entropy_at(2.0)(s),
        "every ν is taken as their geometric mean, (det σ)^(1/2n)": lambda s, party: _entropy_of_determinant(s),
    },
    "mutual_information": {
        RIGHT: lambda s, party: float(gaussian.mutual_information(s, party=party)),
        "it is that of Rényi-2 entropies, ½ ln(det A det B/det σ)": _renyi_information,
        "S(AB) is added, not subtracted": lambda s, party: float(
            gaussian.mutual_information(s, party=party) + 2 * gaussian.entropy(s)
        ),
        "S(AB) is missing": lambda s, party: float(
            gaussian.entropy(gaussian.reduced(s, list(party))) + gaussian.entropy(gaussian.reduced(s, _rest(s, party)))
        ),
        "ν is twice too large, for a σ with vacuum 1 in a formula for vacuum ½": _entropies(_entropy_at(2.0)),
    },
    "discord": {
        RIGHT: lambda s, party: float(gaussian.discord(s, measured=_rest(s, party))),
        "the other mode is measured": lambda s, party: float(gaussian.discord(s, measured=list(party))),
        "it is the mutual information": lambda s, party: float(gaussian.mutual_information(s, party=party)),
        "it is the classical part I − D": lambda s, party: float(
            gaussian.mutual_information(s, party=party) - gaussian.discord(s, measured=_rest(s, party))
        ),
    },
}
