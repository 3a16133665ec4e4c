r"""How formulas for purity, populations and squeezing differ: what is conventional, and what is commonly forgotten.

    μ = 1/√det 2σ,     ⟨a†a⟩ = ½(σ_xx + σ_pp − 1) + ½⟨x⟩² + ½⟨p⟩²,     squeezing = λ_min(2σ), or −10 log₁₀ of it in dB

with vacuum ½·1. Of several modes, populations are added up, and σ is that of all of them.

>>> table = variants("populations", 1.5 * np.eye(2), np.zeros(2))
>>> [float(table[v]) for v in table if v.text in ("as here", WITHOUT_HALF)]
[1.0, 1.5]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.diagnosis.code.measures import RIGHT, Variant, on_trial

Array = NDArray[Any]
Formula = Callable[[Array, Array], float]

WITHOUT_HALF = "the ½ of the vacuum is not subtracted: it is n + ½"
FLUCTUATIONS = "the displaced part ½⟨x⟩² + ½⟨p⟩² is missing: it counts fluctuations alone"


def _quanta(diagonal: float, shift: float, displaced: float) -> Formula:
    """diagonal · Σ(σ_xx + σ_pp) − shift · (number of modes) + displaced · Σ(⟨x⟩² + ⟨p⟩²)."""
    return lambda s, r: float(diagonal * np.trace(s) - shift * (len(s) // 2) + displaced * (r @ r))


def _root_of_det(s: Array, scale: float = 2.0) -> float:
    return float(np.sqrt(np.linalg.det(scale * s)))


def _least(s: Array) -> float:
    return 2 * float(np.linalg.eigvalsh(s)[0])


def _of_x(s: Array, r: Array) -> float:
    return float(np.sum(np.diagonal(s)[::2] - 0.5) + r[::2] @ r[::2])


def _of_p(s: Array, r: Array) -> float:
    return float(np.sum(np.diagonal(s)[1::2] - 0.5) + r[1::2] @ r[1::2])


FORMULAS: dict[str, dict[str, Formula]] = {
    "purity": {
        RIGHT: lambda s, r: 1 / _root_of_det(s),
        "the square root is missing: it is 1/det 2σ": lambda s, r: _root_of_det(s) ** -2,
        "the factor 2 of 2σ is missing, as for a vacuum of 1": lambda s, r: 1 / _root_of_det(s, 1.0),
        "σ is twice too large, for a σ with vacuum 1 in a formula for vacuum ½": lambda s, r: 1 / _root_of_det(s, 4.0),
        "it is the inverse of the purity, √det 2σ": lambda s, r: _root_of_det(s),
        "it is the linear entropy 1 − μ": lambda s, r: 1 - 1 / _root_of_det(s),
    },
    "populations": {
        RIGHT: _quanta(0.5, 0.5, 0.5),
        WITHOUT_HALF: _quanta(0.5, 0.0, 0.5),
        FLUCTUATIONS: _quanta(0.5, 0.5, 0.0),
        "the displaced part is counted twice: it is ½⟨x⟩² + ½⟨p⟩²": _quanta(0.5, 0.5, 1.0),
        "1 is subtracted, not ½": _quanta(0.5, 1.0, 0.5),
        "the factor ½ is missing: it is 2n": _quanta(1.0, 1.0, 1.0),
        "it is σ_xx + σ_pp, or 2n + 1": _quanta(1.0, 0.0, 1.0),
        "σ is twice too large, for a σ with vacuum 1 in a formula for vacuum ½": _quanta(1.0, 0.5, 1.0),
        "the formula is that for a vacuum of 1, ¼(σ_xx + σ_pp) − ½": _quanta(0.25, 0.5, 0.25),
        "x alone is counted, σ_xx − ½ + ⟨x⟩²": _of_x,
        "p alone is counted, σ_pp − ½ + ⟨p⟩²": _of_p,
    },
    "squeezing": {
        RIGHT: lambda s, r: _least(s),
        "it is the smallest variance of x and p, not the least eigenvalue": lambda s, r: float(2 * np.diag(s).min()),
        "it is the largest eigenvalue, not the least": lambda s, r: 2 * float(np.linalg.eigvalsh(s)[-1]),
    },
}
SAME: dict[str, Callable[[float], float]] = {RIGHT: lambda v: v}
# What a code may do to the right number; in `MISTAKES` what it may not.
OUTPUTS: dict[str, dict[str, Callable[[float], float]]] = {
    "purity": SAME,
    "populations": SAME,
    "squeezing": SAME
    | {
        "it is in dB below the vacuum, −10 log₁₀(2λ)": lambda v: -10 * float(np.log10(v)),
        "it is in dB relative to the vacuum, 10 log₁₀(2λ)": lambda v: 10 * float(np.log10(v)),
        "it is the variance λ itself, with vacuum ½": lambda v: v / 2,
        "it is the parameter r of e^{−2r} = 2λ": lambda v: -0.5 * float(np.log(v)),
    },
}
MISTAKES: dict[str, Callable[[float], float]] = {
    "20 log₁₀ is that of amplitudes: variances take 10 log₁₀": lambda v: -20 * float(np.log10(v)),
    "20 log₁₀ is that of amplitudes: variances take 10 log₁₀ (and the sign is that of 2λ)": lambda v: (
        20 * float(np.log10(v))
    ),
    "the vacuum ½ is forgotten: it is −10 log₁₀ λ": lambda v: -10 * float(np.log10(v / 2)),
    "the vacuum ½ is forgotten: it is 10 log₁₀ λ": lambda v: 10 * float(np.log10(v / 2)),
    "the logarithm is ln, not log₁₀: it is −10 ln(2λ)": lambda v: -10 * float(np.log(v)),
}


def variants(quantity: str, sigma: Array, mean: Array) -> dict[Variant, float]:
    """What each variant makes of a covariance and a mean (vacuum ½·1, order x1, p1, …); only finite numbers."""
    found = {}
    with on_trial():
        for formula, function in FORMULAS[quantity].items():
            value = function(sigma, mean)
            for output, change in OUTPUTS[quantity].items():
                found[Variant(formula=formula, output=output)] = change(value)
        if quantity == "squeezing":
            value = FORMULAS[quantity][RIGHT](sigma, mean)
            found |= {Variant(formula=text, output=RIGHT): change(value) for text, change in MISTAKES.items()}
    return {variant: value for variant, value in found.items() if np.isfinite(value)}
